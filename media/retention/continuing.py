"""The leaves that lie in the store, and the log of the database brought up to them (葉の継承): the
pages, and between and after them what the sidecars hold of other leaves, as far as none is missing.

A log is only ever continued, and only by leaves that continue exactly it.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col

from catalog.ground.errors import Refused
from catalog.ground.record import Sha256
from catalog.ground.session.database import Database
from media.assets.kinds import BlobState
from media.assets.tables import Blob
from media.log import actions as log
from media.log import queries
from media.originals.store import ORIGINALS, OriginalStore, digest_in
from media.originals.tending import described
from media.retention import deleting, pages

AT_ONCE = 500
_STATES = {
    "original.lost": BlobState.LOST,
    "original.found": BlobState.KEPT,
    "original.deleted": BlobState.DELETED,
}


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a person put a capture last, by the leaves: the unit by the id it had then, or none.
    `part`: None where no leaf since tells of it. `laid_aside`: why it is no capture;
    `corrected_at`: milliseconds.
    """

    unit: str | None
    part: tuple[str | None] | None
    laid_aside: str | None
    corrected_at: int


class AnotherLog(Refused):
    """The database has a log already, and it is not the beginning of the one in the store."""

    def __init__(self) -> None:
        super().__init__("the log in the database is not that of the store; use an empty one")


@dataclass(frozen=True, slots=True)
class Told:
    """Every leaf in the store from the first on without a gap, as text and read. `gaps`: how many
    stand after a missing one, which no root can hold any more.
    """

    texts: list[str]
    leaves: list[dict[str, Any]]
    gaps: int = 0

    def of(self, *kinds: str) -> Iterator[tuple[int, dict[str, Any]]]:
        """Those of these kinds with their numbers."""
        for number, leaf in enumerate(self.leaves):
            if leaf.get("kind") in kinds:
                yield number, leaf


def placed(told: Told) -> dict[str, Placed]:
    """Every capture that was ever taken off a unit or laid aside, as the last leaf leaves it."""
    found: dict[str, Placed] = {}
    for _, leaf in told.of("asset.corrected", "asset.laid_aside", "asset.assigned"):
        asset, at = str(leaf["asset"]), int(leaf["at"])
        before = found.get(asset)
        if leaf["kind"] == "asset.laid_aside":
            part = before.part if before is not None else None
            found[asset] = Placed(None, part, str(leaf["why"]), at)
        elif leaf["kind"] == "asset.corrected":
            found[asset] = Placed(None, (leaf["part"],), None, at)
        elif before is not None:
            part = (leaf["part"],) if leaf["part"] is not None else before.part
            found[asset] = Placed(leaf["unit"], part, None, before.corrected_at)
    return found


def leaves_in(database: Database, store: OriginalStore) -> Told:
    """What the pages and the sidecars of this store hold, and between them the log of the database.
    Raises StoreUnavailable.
    """
    held = dict(pages.numbered(store))
    for sha256, _ in digests(store):
        for _, facts in described(store, sha256):
            for name in ("key_leaf", "leaf"):
                leaf = facts.get(name) or {}
                number, payload = leaf.get("number"), leaf.get("payload")
                if isinstance(number, int) and isinstance(payload, str):
                    held.setdefault(number, payload)
    for start in range(0, database.read(queries.size), AT_ONCE):
        kept = database.read(lambda db, s=start: queries.payloads(db, s, limit=AT_ONCE))  # type: ignore[misc]  # bound at once
        for number, payload in enumerate(kept, start):
            held.setdefault(number, payload)
    texts: list[str] = []
    while len(texts) in held:
        texts.append(held.pop(len(texts)))
    return Told(texts, [json.loads(text) for text in texts], len(held))


def continued(database: Database, told: Told) -> int:
    """The leaves that the log of the database does not have yet are added to it, letter by letter;
    how many. Raises AnotherLog.
    """
    texts = told.texts
    have = database.read(queries.size)
    for start in range(0, have, AT_ONCE):
        kept = database.read(lambda db, s=start: queries.payloads(db, s, limit=AT_ONCE))  # type: ignore[misc]  # bound at once
        if kept[: max(0, len(texts) - start)] != texts[start : start + len(kept)]:
            raise AnotherLog
    for start in range(have, len(texts), AT_ONCE):
        batch = texts[start : start + AT_ONCE]
        database.write(lambda db, b=batch: log.restore(db, b))  # type: ignore[misc]  # bound at once
    return max(0, len(texts) - have)


def states(db: Session, told: Told) -> None:
    """Lost, found, deleted, and kept again when the same bytes were taken in after that: the last
    leaf counts.
    """
    last: dict[str, BlobState] = {}
    gone: dict[str, int] = {}
    for number, leaf in told.of(*_STATES, "asset.received"):
        sha256 = str(leaf["sha256"])
        if leaf["kind"] in _STATES:
            last[sha256] = _STATES[leaf["kind"]]
            gone[sha256] = number
        elif last.get(sha256) is BlobState.DELETED:
            last[sha256] = BlobState.KEPT
    for sha256, state in last.items():
        there = db.connection().execute(
            update(Blob).where(col(Blob.sha256) == sha256).values(state=state.value)
        )
        if there.rowcount and state is BlobState.DELETED:
            number = gone[sha256]
            deleting.told_by_log(db, Sha256(sha256), number, told.leaves[number])


def digests(store: OriginalStore) -> Iterator[tuple[Sha256, int | None]]:
    """Every digest the store knows; its size where the bytes are there."""
    last: str | None = None
    for each in store.each(ORIGINALS):
        digest = digest_in(each.key)
        if digest is not None:
            last = digest
            yield digest, each.size
            continue
        # Sidecars sort after their original; alone they tell of one that is deleted or lost.
        name = each.key.rpartition("/")[2].partition(".")[0]
        if name != last and digest_in(f"{each.key.rpartition('/')[0]}/{name}"):
            last = name
            yield Sha256(name), None
