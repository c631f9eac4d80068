"""Random walks through every flow: what people do in any order, and what must hold after it."""
