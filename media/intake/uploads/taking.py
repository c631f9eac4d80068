"""A whole upload goes the way of every capture (取込): digest, original, asset, leaf.

The upload's own file stays until the unit with the asset is committed, so a kill at any moment
leaves something to take in again, and the same upload is never two assets.
"""

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath

import structlog
from sqlmodel import Session

from catalog.ground.errors import Unavailable
from catalog.ground.record import Sha256, to_millis
from catalog.ground.session.database import Database
from media.assets.kinds import AssetKind, Part, TimeSource
from media.decoding.sniff import NotAPicture, kind_by_name
from media.intake.naming import names_itself
from media.intake.receive import Received
from media.intake.sessions import Place
from media.intake.staging import Staged
from media.intake.take import Entrance, Origin, UnitUnknown, Wish, take_staged
from media.intake.uploads import actions, queries
from media.intake.uploads.files import Digests, HeldFile, Places, locked
from media.intake.uploads.rules import UploadMissing, UploadTerms
from media.intake.uploads.tables import Upload, UploadState
from media.originals.local import disk_errors
from media.originals.store import OriginalStore, read_chunks, write_whole

log = structlog.get_logger()


class UploadAway(Unavailable):
    """The bytes of a whole upload are not on this machine's disk."""


@dataclass(frozen=True, slots=True)
class Dock:
    """What uploads need of the house; one for each process. `ffmpeg`: the program for films."""

    database: Database
    store: OriginalStore
    clock: Callable[[], datetime]
    terms: UploadTerms
    ffmpeg: str | None = None
    digests: Digests = field(default_factory=Digests)

    @property
    def places(self) -> Places:
        """Where unfinished uploads lie."""
        return Places(self.store)


def take_in(dock: Dock, upload_id: str) -> None:
    """Take a whole upload in, once; nothing happens when it was, or is none. No transaction is
    open.

    Raises UploadLocked while another does so, UploadAway, StoreFull, StoreUnavailable,
    DatabaseUnavailable: then it stays whole and is taken in later.
    """
    path = dock.places.of(upload_id)
    try:
        with locked(path) as file:
            row = dock.database.read(lambda db: db.get(Upload, upload_id))
            if row is None or row.state != UploadState.WHOLE.value:
                return
            if file.size != row.length:  # the disk lost some of it
                raise UploadAway(f"of upload {upload_id} {file.size} bytes are left")
            _take_in(dock, row, path, file)
            path.unlink(missing_ok=True)
    except UploadMissing:
        row = dock.database.read(lambda db: db.get(Upload, upload_id))
        if row is not None and row.state == UploadState.WHOLE.value:
            raise UploadAway(f"the bytes of upload {upload_id} are not here") from None


def _take_in(dock: Dock, row: Upload, path: Path, file: HeldFile) -> None:
    now = dock.clock()
    known = dock.digests.at(row.id, row.length) if row.length else None
    sha256 = Sha256(known.hexdigest()) if known is not None else file.digest()
    dock.digests.keep(row.id, 0, None)
    modified = row.modified_at or row.begun_at
    staged = Staged(_beside(dock, path), sha256, file.size, to_millis(modified) * 1_000_000)
    entrance = Entrance(dock.database, dock.store, row.actor, dock.ffmpeg)

    def also(db: Session, received: Received) -> None:
        actions.taken(db, row.id, received.asset_id, now=now)

    wish = Wish(row.code, Part(row.part) if row.part else None)
    try:
        take_staged(staged, _origin(row), entrance, now=now, wish=wish, also=also)
    except (NotAPicture, UnitUnknown) as refused:
        reason = type(refused).__name__
        dock.database.write(lambda db: actions.refuse(db, row.id, reason, now=now))
        log.info("upload.refused", upload=row.id, reason=reason)


def _origin(row: Upload) -> Origin:
    """The folders of a card tell as those of a hot folder do; shots of one sitting before one page
    of one person share a tag session, and nobody else's do.
    """
    return Origin(
        PurePosixPath(row.name),
        PurePosixPath(),
        source=f"upload:{row.id}",
        place=Place(f"upload:{row.owner}:{row.station or row.id}"),
        time_source=TimeSource.FILE if row.modified_at else TimeSource.ARRIVAL,
        came_at=row.begun_at,
        is_behind=lambda db: _is_behind(db, row),
    )


def _is_behind(db: Session, row: Upload) -> bool:
    """Whether a file of the same sitting that began before it is not in yet and may be a tag."""
    waiting = queries.begun_before(db, row)
    return any(_may_be_a_tag(PurePosixPath(name)) for name in waiting)


def _may_be_a_tag(name: PurePosixPath) -> bool:
    return not names_itself(name, PurePosixPath()) and kind_by_name(name.name) is not AssetKind.FILM


def _beside(dock: Dock, path: Path) -> Path:
    """A second name of the same bytes, for the store to use up; a copy where disks have no
    links.
    """
    staged = dock.store.staging / f"{secrets.token_hex(16)}.part"
    with disk_errors():
        try:
            os.link(path, staged)
        except OSError:
            write_whole(staged, read_chunks(path))
    return staged


def drop(dock: Dock, upload_id: str) -> None:
    """The bytes of one that was given up go."""
    dock.digests.keep(upload_id, 0, None)
    dock.places.drop(upload_id)
