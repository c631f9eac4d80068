"""Mirror of `catalog/duties/breaches`."""
