"""Holds (取り置き): a piece kept for one person until a moment, without leaving the shop window."""
