"""Duties: the law's side of the registers (古物台帳 and what belongs to it)."""
