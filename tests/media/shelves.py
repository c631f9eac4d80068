"""Two places of originals on this disk, captures in them, and hands that damage what lies there."""

import asyncio
import hashlib
import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import Session

from bot.unit import Units
from bot.workers.errands import Errand
from bot.workers.keeping import KeepingWork
from catalog.ground import worklist
from catalog.ground.record import AssetId, Sha256, UnitId
from catalog.ground.session.database import Database
from media.assets import sidecars
from media.assets.kinds import AssetKind, Part, TimeSource
from media.assets.tables import Blob, BlobCopy
from media.intake.receive import Capture, Received, receive
from media.originals.local import LocalStore
from media.originals.replicas import FIRST, SECOND, Replicas
from media.originals.store import OriginalStore, original_key
from media.retention import places
from tests.media.captures import NOON


@dataclass
class Shelves:
    """A database, two places, and the worker between them. `now` moves when told to."""

    database: Database
    first: OriginalStore
    second: OriginalStore | None
    now: datetime = NOON
    doubted: list[tuple[Sha256, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.replicas = Replicas(
            self.first, self.second, heard=lambda *told: self.doubted.append(told)
        )
        self.units = Units(self.database)
        self.work = KeepingWork(self.units, self.replicas, lambda: self.now)

    def keep(
        self,
        content: bytes,
        *,
        unit: UnitId | None = None,
        name: str = "W-10234_01.jpg",
        part: Part | None = None,
    ) -> Received:
        """One capture with these bytes, as the intake takes it: in the first place only."""
        digest = Sha256(hashlib.sha256(content).hexdigest())
        staged = self.first.staging / f"{os.urandom(8).hex()}.part"
        staged.write_bytes(content)
        self.first.put(staged, digest, facts={"mime": "image/jpeg", "media": "still", "name": name})
        capture = Capture(
            sha256=digest, size=len(content), mime="image/jpeg", kind=AssetKind.STILL, name=name,
            source=f"/hot/{name}/{digest[:8]}", unit_id=unit, part=part, captured_at=self.now,
            time_source=TimeSource.CAMERA, hinted_code="W-10234",
        )  # fmt: skip
        taken = self.database.write(lambda db: receive(db, capture, actor="test", now=self.now))
        told = self.database.read(lambda db: sidecars.described(db, AssetId(taken.asset_id)))
        sidecars.write(self.first, told)
        return taken

    def fill(self, contents: list[bytes]) -> None:
        """All of these in both places already, as after a long time; quicker than one by one."""
        for store in (self.first, self.second):
            for content in contents:
                path = place(store, digest(content))  # type: ignore[arg-type]  # there are two
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
                path.chmod(0o400)

        def unit(db: Session) -> None:
            for content in contents:
                row = {"sha256": digest(content), "bytes": len(content), "mime": "image/jpeg"}
                db.add(Blob(**row, kept_at=self.now))
            db.flush()
            for content in contents:
                for name in ("first", "second"):
                    db.add(BlobCopy(sha256=digest(content), replica=name, state="kept"))

        self.database.write(unit)

    def run(self, *kinds: str) -> int:
        """Every due row of these kinds of work, as the loops do; how many."""
        runners = {**self.work.quick, **self.work.long}
        wanted = list(kinds or runners)

        async def all_of_them() -> int:
            count = 0
            while due := self.database.write(
                lambda db: worklist.claim(
                    db, wanted, worker="w", now=self.now, lease_seconds=600, limit=50
                )
            ):
                for work in due:
                    await runners[work.kind](Errand(work, "w"))
                count += len(due)
            return count

        return asyncio.run(all_of_them())

    def later(self, **by: float) -> None:
        """Time passes."""
        self.now += timedelta(**by)

    def close(self) -> None:
        """Let go of the reading threads."""
        self.units.close()


def place(store: OriginalStore, sha256: str) -> Path:
    """The file itself, on a disk."""
    found = store.path(original_key(Sha256(sha256)))
    assert found is not None
    return found


def flip(store: OriginalStore, sha256: str, *, at: int = 0) -> None:
    """One bit of the bytes changes where they lie, behind everybody's back."""
    path = place(store, sha256)
    path.chmod(0o600)
    content = bytearray(path.read_bytes())
    content[at % len(content)] ^= 1
    path.write_bytes(content)
    path.chmod(0o400)


def digest(content: bytes) -> Sha256:
    """Its name."""
    return Sha256(hashlib.sha256(content).hexdigest())


def two_places(database: Database, folder: Path) -> Shelves:
    """Both on this disk, each with its mark as soon as it is used."""

    def marked(name: str, place: str) -> OriginalStore:
        return places.marked(LocalStore(folder / name), place, database, lambda: NOON)

    return Shelves(database, marked("one", FIRST), marked("two", SECOND))
