"""After the sale (購入後): orders, returns, exchanges, disputes and collecting."""
