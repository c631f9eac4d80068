"""Canned replies (定型文): the shop's own good sentences, with places that the registers fill."""
