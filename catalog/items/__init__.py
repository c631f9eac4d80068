"""Items (商品): styles, the single units of them, and how they are found."""
