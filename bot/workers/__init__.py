"""Workers (裏方): loops that take what is due and see it through."""
