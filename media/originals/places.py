"""A place that says which it is (置き場所の印): a small object with the place's own random id, in
the folder of originals and in that of renditions, each of which may be a disk of its own.

A disk that is not mounted is an empty folder, and an empty folder has lost nothing. So a place is
asked for its mark before anything is written, deleted or judged there, and whenever something is
missing in it; where the mark is gone or is another's, the place is not there, until it is back. Not
here: which mark is whose (`media/retention/places`).
"""

import contextlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Protocol

from catalog.ground.record import Sha256
from media.originals.store import (
    ORIGINALS,
    RENDITIONS,
    Chunks,
    Listed,
    ObjectMissing,
    OriginalStore,
    StoreUnavailable,
    Tombstone,
    original_key,
    place_key,
)

_MOST_MARK_BYTES = 4096


class PlaceAway(StoreUnavailable):
    """The place does not bear its mark: a disk that is not mounted, or another one in its stead.
    `place`; `is_other`: what is there bears the mark of another.
    """

    def __init__(self, place: str, *, is_other: bool) -> None:
        why = "another place lies there" if is_other else "its mark is missing"
        super().__init__(f"the {place} place is not there: {why}; is its disk mounted?")
        self.place = place
        self.is_other = is_other


class Marks(Protocol):
    """Whoever knows the mark of each place."""

    def wanted(self, place: str, folder: str, store: OriginalStore, held: str | None) -> str:
        """The mark that this place is to bear. One that is used for the first time is given it.
        Raises PlaceAway unless that is `held`, or was given to it just now.
        """
        ...


def mark_in(store: OriginalStore, folder: str) -> str | None:
    """The mark that lies there. Raises StoreUnavailable."""
    with contextlib.suppress(ObjectMissing, ValueError):
        told = json.loads(b"".join(store.open(place_key(folder), length=_MOST_MARK_BYTES)))
        if isinstance(told, dict) and isinstance(told.get("place"), str):
            return str(told["place"])
    return None


def put_mark(store: OriginalStore, folder: str, mark: str) -> None:
    """From here on that place bears this mark. Raises StoreUnavailable."""
    store.put_bytes(place_key(folder), [json.dumps({"place": mark}).encode()])


class MarkedStore:
    """A store that does nothing where it is not what it was. `places`: the name of the place by the
    folder that bears its mark; what lies in other folders lies with the originals.
    """

    def __init__(self, bare: OriginalStore, places: Mapping[str, str], marks: Marks) -> None:
        self._bare = bare
        self._places = places
        self._marks = marks
        self._wanted: dict[str, str] = {}

    @property
    def bare(self) -> OriginalStore:
        """The store itself, for whoever brings it back or takes it over as it lies there."""
        return self._bare

    @property
    def places(self) -> Mapping[str, str]:
        """The names of its places by their folders."""
        return self._places

    @property
    def staging(self) -> Path:
        return self._bare.staging

    def need(self, folder: str = ORIGINALS) -> None:
        """Raises PlaceAway unless the place bears its mark."""
        marked = folder if folder in self._places else ORIGINALS
        held = mark_in(self._bare, marked)
        if held is None or held != self._wanted.get(marked):
            if marked != ORIGINALS:
                self.need()  # one disk may hold both
            place = self._places[marked]
            self._wanted[marked] = self._marks.wanted(place, marked, self._bare, held)

    def put(self, staged: Path, sha256: Sha256, *, facts: Mapping[str, object]) -> bool:
        self.need()
        return self._bare.put(staged, sha256, facts=facts)

    def put_file(self, key: str, staged: Path) -> None:
        self.need(_folder(key))
        self._bare.put_file(key, staged)

    def put_bytes(self, key: str, chunks: Iterable[bytes]) -> int:
        self.need(_folder(key))
        return self._bare.put_bytes(key, chunks)

    def open(self, key: str, *, start: int = 0, length: int | None = None) -> Chunks:
        with self._missing_there(key):
            return self._bare.open(key, start=start, length=length)

    def size(self, key: str) -> int:
        with self._missing_there(key):
            return self._bare.size(key)

    def exists(self, key: str) -> bool:
        if self._bare.exists(key):
            return True
        self.need(_folder(key))
        return False

    def path(self, key: str) -> Path | None:
        found = self._bare.path(key)
        self.need(_folder(key))
        return found

    def signed_address(self, key: str, *, seconds: int, method: str = "GET") -> str | None:
        return self._bare.signed_address(key, seconds=seconds, method=method)

    def delete(self, key: str) -> None:
        self.need(_folder(key))
        self._bare.delete(key)

    def each(self, folder: str) -> Iterator[Listed]:
        found = self._bare.each(folder)
        self.need(_folder(folder))
        yield from found

    def describe(self, sha256: Sha256, asset: str, facts: Mapping[str, object]) -> None:
        self.need()
        self._bare.describe(sha256, asset, facts)

    def quarantine(self, sha256: Sha256, mark: str) -> str | None:
        original_key(sha256)
        self.need()
        return self._bare.quarantine(sha256, mark)

    def bury(self, tombstone: Tombstone) -> None:
        self.need()
        self._bare.bury(tombstone)

    def room(self) -> int | None:
        self.need()
        return self._bare.room()

    @contextlib.contextmanager
    def _missing_there(self, key: str) -> Iterator[None]:
        """Nothing is missing in a place that is not there."""
        try:
            yield
        except ObjectMissing:
            self.need(_folder(key))
            raise


def bare(store: OriginalStore) -> OriginalStore:
    """The store as it lies there, whatever mark it bears."""
    return store.bare if isinstance(store, MarkedStore) else store


def _folder(key: str) -> str:
    return RENDITIONS if key.partition("/")[0] == RENDITIONS else ORIGINALS
