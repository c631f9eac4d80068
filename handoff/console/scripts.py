"""The bundled scripts of the console, if set-up could make them (`js/build.mjs`)."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_DIST = Path(__file__).parent / "static" / "dist"


@dataclass(frozen=True, slots=True)
class Script:
    """What it is called, and what a browser checks it against."""

    file: str
    integrity: str


@cache
def script() -> Script | None:
    """None where there was no npm: pages then work by forms and links alone."""
    listed = _DIST / "manifest.json"
    if not listed.exists():
        return None
    made = json.loads(listed.read_text())["console.js"]
    return Script(made["file"], made["integrity"])


def worker() -> Path | None:
    """What browsers run beside the pages; None where there was no npm."""
    found = _DIST / "worker.js"
    return found if found.exists() else None
