"""The whole way of a message on a virtual clock, with seeded faults at every boundary."""
