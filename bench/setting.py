"""What every bench is given: how often, how long, and where."""

import contextlib
import itertools
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bench.processes import ROOT


@dataclass(slots=True)
class Setting:
    """`seconds` is the length of the open-loop runs, `short_seconds` of the closed ones."""

    folder: Path
    rounds: int = 3
    seconds: float = 60.0
    short_seconds: float = 5.0
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def number(self) -> int:
        """Never the same twice: for tags and names."""
        return next(self._numbers)

    def place(self, name: str) -> Path:
        """A new path in the folder of this run."""
        return self.folder / f"{name}-{self.number()}"


@contextlib.contextmanager
def opened(*, quick: bool) -> Iterator[Setting]:
    """A folder on the disk the product's own `var` is on; gone afterwards."""
    home = ROOT / "var" / "bench"
    home.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=home))
    try:
        yield (
            Setting(folder, rounds=1, seconds=15.0, short_seconds=3.0) if quick else Setting(folder)
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
