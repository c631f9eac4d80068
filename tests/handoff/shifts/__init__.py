"""Mirror of `handoff/shifts`."""
