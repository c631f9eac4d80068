"""What the police tell and order, and what the shop tells them (品触れ・差止め・不正品申告)."""
