"""Mirror of `handoff/appointments`."""
