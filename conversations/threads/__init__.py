"""Threads (会話): one row per conversation, its memory and whose turn it is to work on it."""
