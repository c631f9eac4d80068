"""Buying at the customer's home (訪問購入): the request, the document, the eight days."""
