"""Leaks of personal data (漏えい等): the register and its deadlines."""
