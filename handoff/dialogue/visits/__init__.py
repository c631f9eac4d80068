"""Visits, video calls, visits at home and calls, booked in the chat (来店・出張・通話の予約)."""
