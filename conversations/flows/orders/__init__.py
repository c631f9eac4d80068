"""After the sale (購入後): where an order is, sending back, exchanging, collecting, disputing."""
