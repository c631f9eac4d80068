"""Files sent in by browsers and scripts of the shop's own people, also over lines that break."""
