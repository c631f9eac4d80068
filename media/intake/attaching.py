"""Pictures people sent, taken in for what they were sent for (資料の添付): each becomes an asset
with a leaf in the log, known by its subject (`piece:…`), never by a unit.

`ask` notes the work; a worker reads the sealed bytes, keeps them as an original and measures how
sharp they are (`prepare`, no transaction), and `attach` writes that down. Not here: what the
pictures show, and what the sender is told.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlmodel import Session, col, func, select

from catalog.ground import worklist
from catalog.ground.errors import Malformed, Refused
from catalog.ground.record import AssetId, ConversationId, Sha256
from media.assets.kinds import AssetKind, TimeSource
from media.assets.tables import Asset
from media.decoding import sniff, stills
from media.intake.naming import clean_name
from media.intake.receive import Capture, receive
from media.intake.received import ReceivedMissing
from media.intake.tables import Attachment, ReceivedFile, ReceivedState
from media.originals.local import disk_errors
from media.originals.store import OriginalStore, write_whole

ATTACH = "received.attach"
_UNKNOWN_MIME = "application/octet-stream"
_SEEN = frozenset({"image", "video"})

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Prepared:
    """A sent file whose bytes are an original by now. `sharpness` is a picture's; one that cannot
    be opened has 0.
    """

    sha256: Sha256
    size: int
    mime: str
    kind: AssetKind
    sharpness: int | None


@dataclass(frozen=True, slots=True)
class Sent:
    """One attached file. `batch` is the same for those sent together."""

    file_id: str
    asset_id: AssetId
    batch: str
    kind: AssetKind
    sha256: Sha256
    sharpness: int | None


def ask(db: Session, file_id: str, about: str, *, now: datetime, facts: Mapping[str, Any]) -> None:
    """Note that a sent file belongs to that subject; once. `facts` travel with the due row."""
    worklist.add(db, ATTACH, file_id, file_id, due_at=now, now=now, facts={**facts, "about": about})


def gather(
    db: Session,
    conversation: ConversationId,
    about: str,
    *,
    since: datetime,
    now: datetime,
    facts: Mapping[str, Any],
) -> int:
    """Attach what this conversation sent since then and nobody asked for yet; how many files."""
    taken = select(worklist.Work.work_key).where(worklist.Work.kind == ATTACH)
    files = db.exec(
        select(ReceivedFile)
        .where(
            ReceivedFile.conversation == conversation,
            ReceivedFile.state == ReceivedState.STORED.value,
            col(ReceivedFile.kind).in_(_SEEN),
            col(ReceivedFile.sent_at) >= since,
            col(ReceivedFile.id).not_in(taken),
        )
        .order_by(col(ReceivedFile.sent_at), col(ReceivedFile.id))
    ).all()
    for each in files:
        ask(db, each.id, about, now=now, facts={**facts, "set_id": about, "set_total": len(files)})
    return len(files)


def file_of(db: Session, file_id: str) -> ReceivedFile:
    """The row of a file whose bytes are kept. Raises ReceivedMissing, also when it was taken back
    meanwhile.
    """
    row = db.exec(select(ReceivedFile).where(ReceivedFile.id == file_id)).first()
    if row is None or row.state != ReceivedState.STORED.value:
        raise ReceivedMissing(file_id)
    return row


def prepare(store: OriginalStore, file: ReceivedFile, plain: Iterable[bytes]) -> Prepared:
    """Keep the plain bytes as an original and look at them; no transaction is open.

    Raises StoreFull, StoreUnavailable, SealBroken, and Unavailable kinds of the decoder.
    """
    staged = store.staging / f"{secrets.token_hex(16)}.part"
    try:
        with disk_errors():
            sha256, size = write_whole(staged, plain)
        form = sniff.sniff(staged)
        kind = sniff.kind_of(form) if form else None
        sharpness = None
        if file.kind == "image":
            sharpness = 0
            if form is not None and kind is AssetKind.STILL:
                try:
                    sharpness = stills.sharpness(staged, form)
                except (Malformed, Refused) as broken:
                    log.info("attachment.unread", file=file.id, reason=str(broken))
        mime = sniff.MIME[form] if form else _UNKNOWN_MIME
        told = AssetKind.STILL if file.kind == "image" else AssetKind.FILM
        facts = {
            "mime": mime,
            "media": (kind or told).value,
            "source": f"received:{file.id}",
            "captured_at": file.sent_at.isoformat(),
            "time_source": TimeSource.ARRIVAL.value,
        }
        store.put(staged, sha256, facts=facts)
    finally:
        staged.unlink(missing_ok=True)
    return Prepared(sha256, size, mime, kind or told, sharpness)


def attach(
    db: Session, file: ReceivedFile, prepared: Prepared, about: str, *, now: datetime
) -> bool:
    """Write it down: asset, leaf, and which file it is. False when the sender took it back."""
    state = db.exec(select(ReceivedFile.state).where(ReceivedFile.id == file.id)).first()
    if state != ReceivedState.STORED.value:
        return False
    if db.get(Attachment, file.id) is not None:
        return True
    capture = Capture(
        sha256=prepared.sha256,
        size=prepared.size,
        mime=prepared.mime,
        kind=prepared.kind,
        name=clean_name(file.name) if file.name else f"{file.kind}",
        source=f"received:{file.id}",
        unit_id=None,
        part=None,
        captured_at=file.sent_at,
        time_source=TimeSource.ARRIVAL,
        about=about,
    )
    received = receive(db, capture, actor="customer", now=now)
    db.add(
        Attachment(
            file_id=file.id,
            asset_id=received.asset_id,
            sharpness=prepared.sharpness,
            attached_at=now,
        )
    )
    db.flush()
    return True


def of_subject(db: Session, about: str) -> Sequence[Sent]:
    """What was sent in for it and not taken back, in the order it was sent; the same bytes once."""
    rows = db.exec(
        select(Attachment, ReceivedFile, Asset)
        .where(
            Asset.about == about,
            Attachment.asset_id == Asset.id,
            Attachment.file_id == ReceivedFile.id,
            ReceivedFile.state == ReceivedState.STORED.value,
        )
        .order_by(col(ReceivedFile.sent_at), col(ReceivedFile.id))
    ).all()
    found: dict[str, Sent] = {}
    for row, file, asset in rows:
        sent = Sent(
            file.id,
            AssetId(asset.id),
            file.set_id or file.id,
            AssetKind(asset.kind),
            Sha256(asset.sha256),
            row.sharpness,
        )
        found.setdefault(asset.sha256, sent)
    return list(found.values())


def attached_with(db: Session, conversation: str, set_id: str, about: str) -> int:
    """How many of those sent together, or gathered for that subject at once, are attached by
    now.
    """
    together = (ReceivedFile.set_id == set_id) if set_id != about else (Asset.about == about)
    return db.exec(
        select(func.count())
        .select_from(Attachment)
        .where(
            Attachment.file_id == ReceivedFile.id,
            Attachment.asset_id == Asset.id,
            ReceivedFile.conversation == conversation,
            together,
        )
    ).one()
