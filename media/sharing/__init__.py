"""Who may fetch which bytes (共有): a pass for one rendition in one letter, a page about one piece
that may be passed on, and the addresses they open.
"""
