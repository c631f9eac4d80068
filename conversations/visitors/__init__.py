"""Visitors (来訪者): who writes on the shop's own page, and what stands there in order."""
