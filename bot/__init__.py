"""Hears and speaks: the edges of the product and the one place where it is composed."""
