"""Appointments (予約): a person of the shop and a customer, at a time nobody else has."""
