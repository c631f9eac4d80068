"""Draw the console's icons from `icon.svg` again, after it was changed: browsers want PNG of some
sizes to put the console on a home screen, and one whose drawing stays clear of a round cut.
"""

import re
from pathlib import Path

import pyvips

STATIC = Path(__file__).resolve().parent.parent / "handoff" / "console" / "static"
PLAIN = {"icon-192.png": 192, "icon-512.png": 512}
WHOLE = {"icon-180.png": (180, 0.9), "icon-mask.png": (512, 0.72)}  # to the edge; drawing so large


def drawn(name: str) -> bytes:
    """That icon as PNG."""
    svg = (STATIC / "icon.svg").read_text(encoding="utf-8")
    size = PLAIN.get(name)
    if size is None:
        size, share = WHOLE[name]
        side = 32 / share
        edge = (32 - side) / 2
        svg = svg.replace('viewBox="0 0 32 32"', f'viewBox="{edge} {edge} {side} {side}"')
        square = rf'<rect x="{edge}" y="{edge}" width="{side}" height="{side}"\1/>'
        svg = re.sub(r'<rect width="32" height="32" rx="6"([^/]*)/>', square, svg)
    sized = svg.replace("<svg ", f'<svg width="{size}" height="{size}" ', 1)
    image = pyvips.Image.svgload_buffer(sized.encode())
    return bytes(image.pngsave_buffer(compression=9, strip=True))


def main() -> None:
    """Write all of them."""
    for name in (*PLAIN, *WHOLE):
        (STATIC / name).write_bytes(drawn(name))


if __name__ == "__main__":
    main()
