"""Shifts (シフト・営業時間): when the shop is open, who works when, and who is asked first."""
