"""The rules as seen from outside (規則集): JSON in, JSON out, over the very functions the product
calls.
"""
