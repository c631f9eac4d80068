"""Who may fetch which bytes (共有): a pass for one rendition in one letter, and the address it
opens.
"""
