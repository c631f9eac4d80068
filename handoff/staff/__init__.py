"""Staff (担当者): who works in the shop, and as what."""
