"""Mirror of `catalog/duties/cash`."""
