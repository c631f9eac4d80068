"""Promises of speed (性能), each measured with its reference in the same run and told as a ratio.

`python -m bench [NAME…]`; one module per promise. Everything runs on loopback against the real
`akashi` processes; not here: correctness under faults, which the tests hold.
"""
