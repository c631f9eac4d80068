"""Mirror of `catalog/duties/notices`."""
