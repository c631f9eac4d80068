"""Consignment (委託販売): contracts, prices with consent, the buyback guarantee, settlement."""
