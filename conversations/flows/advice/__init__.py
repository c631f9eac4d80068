"""Advice (ご案内): finding a piece together, its story, the terms of the shop, small talk, help."""
