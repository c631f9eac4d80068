"""Opening a dispute freezes what was on record (R-017).

What the claimant sends in is attached to `dispute:ID`. Not here: comparing the two, which a person
does; the answer (`closing`).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from catalog.ground import journal, worklist
from catalog.ground.errors import Missing, Stale
from catalog.ground.record import ConversationId, UnitId, new_id
from catalog.ground.session.database import insert_once
from media.assets.kinds import Part
from media.assets.tables import Asset
from media.disputes.tables import Dispute, DisputeState, Exhibit
from media.log import actions as log
from media.log.rules import canonical

TASK = "media_dispute"


class DisputeMissing(Missing):
    """There is no such dispute."""


class DisputeClosed(Stale):
    """Somebody closed it before."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What is said to differ. `order_id`, `sold_at`: the sale it is measured by, where there is
    one.
    """

    unit_id: UnitId
    conversation: ConversationId
    part: Part | None = None
    order_id: str | None = None
    sold_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """The open dispute of a piece; `is_new`: it was opened by this claim."""

    dispute_id: str
    promised_at: datetime
    is_new: bool


def subject(dispute_id: str) -> str:
    """The dispute as a subject of journal, worklist and what is sent in for it."""
    return f"dispute:{dispute_id}"


def claim(db: Session, told: Claim, *, by: str, promised_at: datetime, now: datetime) -> Opened:
    """Open a dispute with every capture of the piece that is on record now, or find the one that is
    open (R-017). A leaf of the log holds the digest of the list; a person has it on their list
    until `promised_at`.
    """
    frozen = _on_record(db, told.unit_id)
    dispute_id = new_id(now)
    facts = [[each.id, each.sha256] for each in frozen]
    digest = hashlib.sha256(canonical({"exhibits": facts}).encode()).hexdigest()
    key = f"{told.conversation}|{told.unit_id}"
    values = {
        "id": dispute_id,
        "conversation": told.conversation,
        "unit_id": told.unit_id,
        "order_id": told.order_id,
        "part": told.part.value if told.part else None,
        "sold_at": told.sold_at,
        "state": DisputeState.OPEN.value,
        "open_key": key,
        "frozen": digest,
        "promised_at": promised_at,
        "opened_at": now,
    }
    if not insert_once(db, Dispute, values):
        before = db.exec(select(Dispute).where(Dispute.open_key == key)).one()
        return Opened(before.id, before.promised_at, is_new=False)
    db.add_all(
        Exhibit(
            dispute_id=dispute_id,
            asset_id=each.id,
            sha256=each.sha256,
            part=each.part,
            kind=each.kind,
            captured_at=each.captured_at,
        )
        for each in frozen
    )
    row = db.get_one(Dispute, dispute_id)
    leaf = {"dispute": dispute_id, "unit": told.unit_id, "frozen": digest, "exhibits": len(frozen)}
    row.log_number = log.append(db, "dispute.opened", leaf, now=now)
    db.add(row)
    db.flush()
    journal.record(db, subject(dispute_id), "opened", actor=by, at=now, facts=leaf)
    worklist.task(
        db, TASK, subject(dispute_id), due_at=promised_at, now=now,
        facts={"unit_id": told.unit_id, "order_id": told.order_id, "part": values["part"]},
    )  # fmt: skip
    return Opened(dispute_id, promised_at, is_new=True)


def _on_record(db: Session, unit_id: UnitId) -> Sequence[Asset]:
    return db.exec(
        select(Asset).where(Asset.unit_id == unit_id).order_by(col(Asset.captured_at), Asset.id)
    ).all()
