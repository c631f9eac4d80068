"""Customers: the people the shop serves, and the addresses they write from."""
