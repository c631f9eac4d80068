"""Mirror of `catalog/duties/papers`."""
