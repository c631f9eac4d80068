"""Inbox (受信一覧): which conversations staff see in which list, and what each line tells."""
