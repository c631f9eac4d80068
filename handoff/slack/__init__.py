"""Slack for staff (スタッフ用 Slack): cards of waiting customers, and what is pressed on them."""
