"""Faults on purpose: killed processes, full disks, lost answers; and a check of what was left behind."""
