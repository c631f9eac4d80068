"""Disputes (現状相違の申し出): a claim that a piece differs from its record, frozen with it."""
