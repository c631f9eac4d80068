"""The places an original is kept in (複製), and the only reading that counts as evidence (証拠用の
読み出し).

A certificate, an export, a dispute and a download of the original get a private copy whose digest
was taken while it was written: whatever happens to the store meanwhile, what they hold is what the
name says. A replica that is wrong is passed over for the next one and told of. Not here: the rows
that remember how each copy is (`media/retention`).
"""

import contextlib
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from catalog.ground.errors import Refused
from catalog.ground.record import Sha256
from media.originals.local import disk_errors
from media.originals.store import (
    ObjectMissing,
    OriginalStore,
    StoreUnavailable,
    original_key,
    write_whole,
)

FIRST, SECOND = "first", "second"


class OriginalLost(Refused):
    """No place holds bytes that are this original: nothing is shown in its stead. `sha256`."""

    def __init__(self, sha256: Sha256) -> None:
        super().__init__(f"no copy of original {sha256} is what it was")
        self.sha256 = sha256


@dataclass(frozen=True, slots=True)
class Replica:
    """One place, by the name the rows know it by."""

    name: str
    store: OriginalStore


# Told which replica was found wrong while somebody waited for the bytes.
Heard = Callable[[Sha256, str], None]


class Replicas:
    """All places, the first asked first."""

    def __init__(
        self,
        first: OriginalStore,
        second: OriginalStore | None = None,
        *,
        heard: Heard | None = None,
    ) -> None:
        more = [Replica(SECOND, second)] if second is not None else []
        self.all: Sequence[Replica] = (Replica(FIRST, first), *more)
        self._heard = heard

    @property
    def staging(self) -> Path:
        """Where private copies are made."""
        return self.all[0].store.staging

    @contextlib.contextmanager
    def verified(self, sha256: Sha256) -> Iterator[Path]:
        """A private file with exactly this original, gone afterwards.

        Raises OriginalLost when every place was asked and none has it; StoreUnavailable when one
        that might have it did not answer. Network and disk: never inside a transaction.
        """
        staged = self.fetch(sha256)
        try:
            yield staged
        finally:
            staged.unlink(missing_ok=True)

    def fetch(self, sha256: Sha256) -> Path:
        """The same for a caller who removes the file."""
        silent: StoreUnavailable | None = None
        for replica in self.all:
            try:
                # Where it was read from there is a disk; the first may not be there now.
                staged = copied(replica.store, sha256, replica.store.staging)
            except ObjectMissing:
                continue
            except StoreUnavailable as unavailable:
                silent = unavailable
                continue
            if staged is not None:
                return staged
            if self._heard is not None:
                self._heard(sha256, replica.name)
        if silent is not None:
            raise silent
        raise OriginalLost(sha256)


def copied(store: OriginalStore, sha256: Sha256, staging: Path) -> Path | None:
    """A private copy of what this store holds, None when that is not the original.

    Read a second time before it counts as wrong: a service that keeps several replicas gives the
    bytes of another one then. Raises ObjectMissing, StoreUnavailable.
    """
    for _ in range(2):
        staged = staging / f"{secrets.token_hex(16)}.part"
        with contextlib.closing(store.open(original_key(sha256))) as chunks, disk_errors():
            found, _ = write_whole(staged, chunks)
        if found == sha256:
            return staged
        staged.unlink(missing_ok=True)
    return None
