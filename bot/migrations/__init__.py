"""The database's history: one line, from empty on both databases."""
