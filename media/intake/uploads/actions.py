"""What is written down of an upload: begun, so many bytes held, whole, taken in, refused, given up.

Each step is one conditional statement: an upload that was given up meanwhile takes no more bytes.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text, update
from sqlmodel import Session, col

from catalog.ground import journal, worklist
from catalog.ground.record import AssetId, new_id
from catalog.items.queries import id_of_code
from media.intake.take import UnitUnknown
from media.intake.uploads import queries
from media.intake.uploads.rules import Told, Uploader, UploadMissing, UploadTerms, need_room
from media.intake.uploads.tables import Upload, UploadState

TAKE = "upload.take"  # due work: it is whole, and whoever was to take it in is gone
DROP = "upload.drop"  # due work: its bytes may go
_ONE_BEGINNER = 0x616B7570  # "akup": an advisory lock's name
_LEFT_ALONE = timedelta(minutes=2)


def begin(
    db: Session,
    uploader: Uploader,
    length: int,
    told: Told,
    terms: UploadTerms,
    *,
    free: int,
    now: datetime,
    raw: str = "",
    request_key: str | None = None,
) -> Upload:
    """An upload of that length may come. `free`: bytes free on its disk.

    Raises UploadTooLong, TooManyOpen, UploadSpaceShort, UnitUnknown.
    """
    if db.get_bind().dialect.name == "postgresql":  # SQLite has one writer
        db.connection().execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_BEGINNER})
    need_room(length, queries.claims(db, uploader.id, free=free), terms)
    if told.code is not None and id_of_code(db, told.code) is None:
        raise UnitUnknown(told.code)
    row = Upload(
        id=new_id(now),
        owner=uploader.id,
        actor=uploader.name,
        state=(UploadState.OPEN if length else UploadState.WHOLE).value,
        length=length,
        held=0,
        told=raw,
        name=told.name,
        code=told.code,
        part=told.part.value if told.part else None,
        occasion=told.occasion.value if told.occasion else None,
        station=told.station,
        request_key=request_key,
        modified_at=told.modified_at,
        begun_at=now,
        touched_at=now,
        expires_at=now + terms.kept_for,
    )
    db.add(row)
    db.flush()
    return row


def hold(
    db: Session,
    upload_id: str,
    held: int,
    *,
    torn_at: int | None,
    kept_for: timedelta,
    now: datetime,
) -> Upload:
    """So many bytes are on the disk by now: the row, whole when these are all. Raises UploadMissing
    when it was given up meanwhile.
    """
    changed: Any = db.connection().execute(
        update(Upload)
        .where(
            col(Upload.id) == upload_id,
            col(Upload.state) == UploadState.OPEN.value,
            col(Upload.held) <= held,
            col(Upload.length) >= held,
        )
        .values(held=held, torn_at=torn_at, touched_at=now, expires_at=now + kept_for)
    )
    if not changed.rowcount:
        raise UploadMissing
    row = db.get_one(Upload, upload_id, populate_existing=True)
    if row.length == held:
        row.state, row.torn_at = UploadState.WHOLE.value, None
    return row


def taken(db: Session, upload_id: str, asset_id: AssetId, *, now: datetime) -> None:
    """It is this asset; in the unit that made it."""
    row = db.get_one(Upload, upload_id, populate_existing=True)
    if row.state == UploadState.TAKEN.value:
        return
    row.state, row.asset_id, row.touched_at = UploadState.TAKEN.value, asset_id, now
    db.flush()
    facts = {"upload": upload_id, "occasion": row.occasion}
    journal.record(db, f"asset:{asset_id}", "uploaded", actor=row.actor, at=now, facts=facts)


def refuse(db: Session, upload_id: str, reason: str, *, now: datetime) -> None:
    """It is whole and cannot be taken in."""
    _end(db, upload_id, UploadState.WHOLE, UploadState.REFUSED, now=now, refusal=reason)


def give_up(db: Session, upload_id: str, *, now: datetime) -> bool:
    """It is not wanted any more; False when it was over already. What was taken in stays."""
    return _end(db, upload_id, UploadState.OPEN, UploadState.GONE, now=now, request_key=None)


def sweep(db: Session, at: datetime) -> None:
    """Let go of those nobody sent bytes for, and have those taken in that were left whole; a slot
    of the clock.
    """
    for each in queries.expired(db, now=at):
        if give_up(db, each, now=at):
            worklist.add(db, DROP, each, each, due_at=at, now=at)
    for each in queries.waiting(db, since=at - _LEFT_ALONE):
        worklist.add(db, TAKE, each, f"{each}:{at:%Y%m%d}", due_at=at, now=at)


def _end(
    db: Session,
    upload_id: str,
    was: UploadState,
    becomes: UploadState,
    *,
    now: datetime,
    **more: Any,
) -> bool:
    changed: Any = db.connection().execute(
        update(Upload)
        .where(col(Upload.id) == upload_id, col(Upload.state) == was.value)
        .values(state=becomes.value, touched_at=now, **more)
    )
    return bool(changed.rowcount)
