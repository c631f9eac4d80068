"""Faults on purpose: killed processes, full disks, lost answers; and what must hold after."""
