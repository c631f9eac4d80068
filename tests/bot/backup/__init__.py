"""Backup and the way back from it."""
