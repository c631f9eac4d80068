"""What is said of selling to the shop: prices, sending in, deciding, being paid (買取の文言)."""
