"""Selling to the shop (買取): asking a price, sending in, deciding, being paid; a repair goes the
same way (R-060).
"""
