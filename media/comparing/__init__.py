"""Comparing (見比べ): two captures of one piece, how one lies over the other, and findings."""
