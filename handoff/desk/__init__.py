"""Desk (対応台): what waits for a person, and what staff see of it."""
