"""Parcels (荷物): kits, pieces on their way in and out, and what the carrier tells of them."""
