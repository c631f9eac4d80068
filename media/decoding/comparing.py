"""Two pictures of one piece laid over each other, in the jailed child (比較の補助).

Answers with candidates, never with a verdict. Needs the extra `compare` (OpenCV); without it
`is_there` says so and everything else works. Not here: what becomes of it (`media/comparing`).
"""

import importlib.util
import json
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from catalog.ground.errors import Malformed
from media.decoding import compare_child
from media.decoding.runner import GIGABYTE, DecoderMissing, Finished, Limits, run

_CHILD = str(Path(compare_child.__file__).absolute())
_LIMITS = Limits(cpu_seconds=60, wall_seconds=120, memory_bytes=3 * GIGABYTE, file_bytes=0)


class NotComparable(Malformed):
    """The aid came to no answer about these two."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the pictures cannot be compared: {reason}")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Box:
    """Where to look, in widths of the earlier picture."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Laid:
    """How the later picture lies over the earlier one (`matrix`, both one wide; None when too
    little agrees), how many points say so, and where to look.
    """

    matrix: Sequence[Sequence[float]] | None
    inliers: int
    boxes: Sequence[Box]


def is_there() -> bool:
    """Whether this machine has the extra."""
    return importlib.util.find_spec("cv2") is not None


def compare(earlier: Path, later: Path, *, cancel: threading.Event | None = None) -> Laid:
    """Lay the later one over the earlier. Both are renditions of ours, never originals.

    Blocks for seconds. Raises NotComparable, DecoderMissing without the extra, DecodingCancelled.
    """
    if not is_there():
        raise DecoderMissing("opencv")
    files = [str(each.absolute()) for each in (earlier, later)]
    command = [sys.executable, "-I", _CHILD, "compare", *files]
    return _understood(run(command, limits=_LIMITS, cancel=cancel))


def _understood(finished: Finished) -> Laid:
    if finished.ran_too_long:
        raise NotComparable("it took too long")
    lines = finished.answer.decode(errors="replace").strip().splitlines()
    try:
        said = json.loads(lines[-1]) if lines and finished.went_well else {}
    except json.JSONDecodeError:
        said = {}
    if not said.get("ok"):
        raise NotComparable(str(said.get("reason", f"it ended with {finished.code}")))
    return Laid(said["matrix"], int(said["inliers"]), [Box(*each) for each in said["boxes"]])
