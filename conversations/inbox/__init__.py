"""Inbox (受信箱): what was heard, kept once, handed out in order."""
