"""Orders (注文), returns and exchanges, and their money."""
