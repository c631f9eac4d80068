"""Proves: originals, the evidence log, renditions and who may look at them."""
