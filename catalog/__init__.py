"""Remembers: the dealer's registers (台帳) of what is held, who is dealt with and what is owed."""
