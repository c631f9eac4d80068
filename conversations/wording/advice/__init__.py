"""Advice (ご案内): finding a piece, its story, the shop's terms, small talk and help."""
