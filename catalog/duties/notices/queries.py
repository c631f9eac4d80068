"""What is on record of a piece and the police (警察との記録): read for whoever acts on it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from catalog.duties.notices.tables import (
    NoticeHit,
    PoliceNotice,
    PoliceOrder,
    RecoveryClaim,
    Suspicion,
    WantedPiece,
)


@dataclass(frozen=True, slots=True)
class Hit:
    """A wanted piece that this one may be, and the notice that tells of it."""

    hit: NoticeHit
    wanted: WantedPiece
    notice: PoliceNotice


@dataclass(frozen=True, slots=True)
class Record:
    """Everything of one piece, the latest first."""

    hits: Sequence[Hit]
    suspicions: Sequence[Suspicion]
    orders: Sequence[PoliceOrder]
    claims: Sequence[RecoveryClaim]


def of_unit(db: Session, unit_id: str) -> Record:
    """What is known of this piece (KOB-4, KOB-5, KOB-6)."""
    hits = db.exec(
        select(NoticeHit, WantedPiece, PoliceNotice)
        .where(
            NoticeHit.unit_id == unit_id,
            WantedPiece.id == NoticeHit.wanted_id,
            PoliceNotice.id == WantedPiece.notice_id,
        )
        .order_by(col(NoticeHit.found_at).desc(), col(NoticeHit.id).desc())
    ).all()
    suspicions = db.exec(
        select(Suspicion)
        .where(Suspicion.unit_id == unit_id)
        .order_by(col(Suspicion.noted_at).desc(), col(Suspicion.id).desc())
    ).all()
    orders = db.exec(
        select(PoliceOrder)
        .where(PoliceOrder.unit_id == unit_id)
        .order_by(col(PoliceOrder.noted_at).desc(), col(PoliceOrder.id).desc())
    ).all()
    claims = db.exec(
        select(RecoveryClaim)
        .where(RecoveryClaim.unit_id == unit_id)
        .order_by(col(RecoveryClaim.noted_at).desc(), col(RecoveryClaim.id).desc())
    ).all()
    return Record([Hit(*row) for row in hits], suspicions, orders, claims)
