"""The bundled scripts of the console, if set-up could make them (`js/build.mjs`)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DIST = Path(__file__).parent / "static" / "dist"


@dataclass(frozen=True, slots=True)
class Script:
    """What it is called, and what a browser checks it against."""

    file: str
    integrity: str


@cache
def scripts() -> Mapping[str, Script]:
    """By what each is of: `console.js` on every page, `look.js` where pictures are looked at
    closely. None of them where there was no npm: pages then work by forms and links alone.
    """
    listed = DIST / "manifest.json"
    if not listed.exists():
        return {}
    told = json.loads(listed.read_text())
    return {name: Script(made["file"], made["integrity"]) for name, made in told.items()}


def script(name: str = "console.js") -> Script | None:
    """One of them."""
    return scripts().get(name)


def worker() -> Path | None:
    """What browsers run beside the pages; None where there was no npm."""
    found = DIST / "worker.js"
    return found if found.exists() else None
