"""Places (保管場所): where the shop's pieces lie, and with whom lent ones are."""
