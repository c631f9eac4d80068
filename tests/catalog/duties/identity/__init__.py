"""Mirror of `catalog/duties/identity`."""
