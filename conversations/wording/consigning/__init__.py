"""What is said to consignors: where a piece stands, prices, the guarantee, the end (委託の文言)."""
