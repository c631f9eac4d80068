"""Mirror of `catalog/duties/ledger`."""
