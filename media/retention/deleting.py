"""Delete an original (原本の廃棄): one person asks, another agrees, after every hold and term; the
leaf stays, a tombstone leaf is added, and only then the bytes go, by due work.

What was made of it goes with it. What the capture was (its row, its leaves) stays.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from catalog.duties.actors import Actor
from catalog.ground import journal, worklist
from catalog.ground.errors import Malformed, Missing, Refused, Stale
from catalog.ground.record import AssetId, Sha256, from_millis, new_id
from catalog.ground.session.database import insert_once
from media.assets.kinds import BlobState, CopyState, Readiness
from media.assets.tables import Asset, Blob, BlobCopy
from media.log import actions as log
from media.originals.replicas import FIRST
from media.originals.store import Tombstone
from media.renditions.making import folder_of
from media.renditions.masks import Bare
from media.renditions.tables import Rendition, RenditionState
from media.retention import queries
from media.retention.queries import Barrier
from media.retention.tables import DeletionWish, WishState

DELETE = "original.delete"  # due work: the bytes go
LONGEST_REASON = 500


class NotYetDeletable(Refused):
    """Something keeps it: `barriers`."""

    def __init__(self, barriers: Sequence[Barrier]) -> None:
        super().__init__(f"kept because of: {', '.join(each.why for each in barriers)}")
        self.barriers = barriers


class SecondPersonNeeded(Refused):
    """Whoever asked may not agree; a person of the shop must."""

    def __init__(self) -> None:
        super().__init__("another person of the shop has to agree")


class WishMalformed(Malformed):
    """A wish without a reason."""


class WishMissing(Missing):
    """No such wish waits for an answer."""

    def __init__(self, wish_id: str) -> None:
        super().__init__(f"no wish {wish_id[:40]} waits")
        self.wish_id = wish_id


class WishKnown(Stale):
    """Somebody wished it before, and it is not over."""


def ask(db: Session, sha256: Sha256, *, reason: str, actor: Actor, now: datetime) -> str:
    """Wish an original deleted; the wish's id. Raises OriginalUnknown, WishMalformed,
    SecondPersonNeeded (for whoever is no person), NotYetDeletable, WishKnown.
    """
    if not actor.is_staff:
        raise SecondPersonNeeded
    told = reason.strip()
    if not told or len(told) > LONGEST_REASON:
        raise WishMalformed("a deletion needs a reason")
    blob = queries.blob_of(db, sha256)
    if blob.state == BlobState.DELETED.value:
        raise queries.OriginalUnknown(sha256)
    _need_free(db, sha256, now=now)
    known = db.exec(select(DeletionWish.id).where(DeletionWish.open_key == sha256)).first()
    if known is not None:
        raise WishKnown(known)
    row = DeletionWish(
        id=new_id(now), sha256=sha256, open_key=sha256, state=WishState.ASKED.value, reason=told,
        asked_by=actor.name, asked_at=now,
    )  # fmt: skip
    db.add(row)
    db.flush()
    _note(db, row, "deletion_asked", actor.name, now=now)
    return row.id


def agree(db: Session, wish_id: str, *, actor: Actor, now: datetime) -> None:
    """The second person agrees: the bytes go soon. Raises WishMissing, SecondPersonNeeded,
    NotYetDeletable.
    """
    row = _open(db, wish_id)
    if not actor.is_staff or actor.name == row.asked_by:
        raise SecondPersonNeeded
    _need_free(db, Sha256(row.sha256), now=now)
    _answer(db, row, WishState.CONFIRMED, actor, now=now)
    worklist.add(db, DELETE, row.id, row.id, due_at=now, now=now)


def refuse(db: Session, wish_id: str, *, actor: Actor, now: datetime) -> None:
    """It stays. Whoever asked may take it back so. Raises WishMissing."""
    row = _open(db, wish_id)
    _answer(db, row, WishState.REFUSED, actor, now=now)


def begin(db: Session, wish_id: str, *, now: datetime) -> Tombstone | None:
    """The last look before the bytes go, and the tombstone leaf; None when it was stopped by a hold
    or is over. From here on nothing stops it. Raises WishMissing.
    """
    row = db.exec(select(DeletionWish).where(DeletionWish.id == wish_id).with_for_update()).first()
    if row is None:
        raise WishMissing(wish_id)
    sha256 = Sha256(row.sha256)
    db.exec(select(Blob.sha256).where(Blob.sha256 == sha256).with_for_update()).one()
    if row.state == WishState.CONFIRMED.value:
        found = queries.barriers(db, sha256, now=now)
        if found:
            row.state, row.open_key = WishState.STOPPED.value, None
            db.flush()
            _note(db, row, "deletion_stopped", "storage", now=now)
            return None
        facts = {"sha256": sha256, "asked_by": row.asked_by, "agreed_by": row.answered_by}
        row.log_number = log.append(db, "original.deleted", facts, now=now)
        row.state = WishState.DELETING.value
        db.flush()
        db.connection().execute(
            update(Blob).where(col(Blob.sha256) == sha256).values(state=BlobState.DELETED.value)
        )
        # Until every copy is told of as deleted, the same bytes wait to come in again.
        copy = {"sha256": sha256, "replica": FIRST, "state": CopyState.WAITING.value}
        insert_once(db, BlobCopy, copy)
    if row.state != WishState.DELETING.value or row.log_number is None:
        return None
    return tombstone_of(db, sha256)


def tombstone_of(db: Session, sha256: Sha256) -> Tombstone | None:
    """The tombstone of an original that is being deleted or was."""
    row = db.exec(
        select(DeletionWish)
        .where(DeletionWish.sha256 == sha256, col(DeletionWish.log_number).is_not(None))
        .order_by(col(DeletionWish.asked_at).desc())
    ).first()
    if row is None or row.log_number is None or row.answered_at is None:
        return None
    return Tombstone(sha256, row.log_number, row.answered_at.isoformat())


def folders_of(db: Session, sha256: Sha256) -> list[str]:
    """Where everything lies that was made of it and of nothing else, with masks and without, also
    what nobody wrote down.
    """
    shown = select(Asset.id).where(Asset.sha256 == sha256).order_by(Asset.id)
    return [folder_of(AssetId(each)) for each in db.exec(shown)]


def deleted(db: Session) -> list[Sha256]:
    """The originals that were deleted and did not come in again."""
    gone = select(Blob.sha256).where(Blob.state == BlobState.DELETED.value)
    return [Sha256(each) for each in db.exec(gone.order_by(Blob.sha256))]


def done(db: Session, wish_id: str, *, now: datetime) -> None:
    """The bytes are gone everywhere."""
    row = db.exec(select(DeletionWish).where(DeletionWish.id == wish_id)).one()
    _nothing_shown(db, row.sha256)
    row.state, row.open_key = WishState.DONE.value, None
    db.flush()
    _note(db, row, "deleted", "storage", now=now)


def told_by_log(db: Session, sha256: Sha256, number: int, leaf: Mapping[str, Any]) -> None:
    """The log says that it was deleted, and these registers, which are older or new, do not know:
    what lies of it anywhere goes by the same work.
    """
    _nothing_shown(db, sha256)
    known = db.exec(select(DeletionWish.id).where(DeletionWish.log_number == number)).first()
    if known is not None:
        return
    at = from_millis(int(leaf["at"]))
    row = db.exec(select(DeletionWish).where(DeletionWish.open_key == sha256)).first()
    if row is None:
        row = DeletionWish(id=new_id(at), sha256=sha256, state="", reason="—", asked_by="",
                           asked_at=at)  # fmt: skip
    row.open_key, row.state, row.log_number = sha256, WishState.DELETING.value, number
    row.asked_by = str(leaf.get("asked_by") or row.asked_by or "—")
    row.answered_by, row.answered_at = str(leaf.get("agreed_by") or "—"), at
    db.add(row)
    db.flush()
    worklist.add(db, DELETE, row.id, f"{row.id}:{number}", due_at=at, now=at)


def _nothing_shown(db: Session, sha256: str) -> None:
    """No copy is there, and nothing that was made of it."""
    assets = select(Asset.id).where(Asset.sha256 == sha256)
    db.connection().execute(
        update(BlobCopy).where(col(BlobCopy.sha256) == sha256).values(state=CopyState.DELETED.value)
    )
    db.connection().execute(
        update(Rendition)
        .where(col(Rendition.asset_id).in_(assets))
        .values(state=RenditionState.FAILED.value, key=None, error="the original was deleted")
    )
    db.connection().execute(delete(Bare).where(col(Bare.asset_id).in_(assets)))
    db.connection().execute(
        update(Asset).where(col(Asset.sha256) == sha256).values(readiness=Readiness.FAILED.value)
    )


def _need_free(db: Session, sha256: Sha256, *, now: datetime) -> None:
    found = queries.barriers(db, sha256, now=now)
    if found:
        raise NotYetDeletable(found)


def _open(db: Session, wish_id: str) -> DeletionWish:
    row = db.exec(
        select(DeletionWish).where(
            DeletionWish.id == wish_id, DeletionWish.state == WishState.ASKED.value
        )
    ).first()
    if row is None:
        raise WishMissing(wish_id)
    return row


def _answer(
    db: Session, row: DeletionWish, state: WishState, actor: Actor, *, now: datetime
) -> None:
    """One answer, whoever is first. Raises WishMissing."""
    values: dict[str, Any] = {"state": state.value, "answered_by": actor.name, "answered_at": now}
    if state is WishState.REFUSED:
        values["open_key"] = None
    answered = db.connection().execute(
        update(DeletionWish)
        .where(col(DeletionWish.id) == row.id, col(DeletionWish.state) == WishState.ASKED.value)
        .values(**values)
    )
    if not answered.rowcount:
        raise WishMissing(row.id)
    db.expire(row)
    _note(db, row, f"deletion_{state.value}", actor.name, now=now)


def _note(db: Session, row: DeletionWish, verb: str, by: str, *, now: datetime) -> None:
    facts = {"wish": row.id, "sha256": row.sha256}
    journal.record(db, f"original:{row.sha256}", verb, actor=by, at=now, facts=facts)
