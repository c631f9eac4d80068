"""Mirror of `catalog/duties/visits`."""
