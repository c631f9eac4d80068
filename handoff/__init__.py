"""Brings in a person: staff, desk and the flows that need somebody."""
