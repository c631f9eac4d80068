"""A small believable shop (見本の店) with drawn pieces and films of them, for `akashi demo` and for
tests.

Data and generation only; what composes and runs it is the command (`bot/cli/demo`). The people who
write to it belong to the simulator and are handed in.
"""
