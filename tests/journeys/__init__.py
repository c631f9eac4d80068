"""Recorded webhook bytes in, outgoing calls out, through the production path."""
