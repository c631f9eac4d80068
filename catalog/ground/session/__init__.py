"""The two databases behind one shape (decisions 0003 and 0005)."""
