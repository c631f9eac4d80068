"""Reads on how originals are kept: what is checked next, how the copies stand, what holds one back
from being deleted, how much room there is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, func, or_, select

from catalog.ground import journal, policy
from catalog.ground.calendar import tokyo_day
from catalog.ground.errors import Missing
from catalog.ground.record import Sha256, UnitId
from catalog.items.kinds import UnitState
from catalog.items.tables import Unit
from catalog.orders.states import OrderState
from catalog.orders.tables import OrderLine, SaleOrder
from media.assets.kinds import BlobState, CopyState
from media.assets.tables import Asset, Blob, BlobCopy
from media.disputes.tables import Dispute, DisputeState, Exhibit
from media.intake.tables import ReceivedFile, ReceivedState
from media.renditions.masks import Bare
from media.renditions.tables import Rendition
from media.report.tables import ConditionReport, ReportCertificate
from media.retention.places import Space
from media.retention.rules import Obstacle, kept_through
from media.retention.tables import DeletionWish, FixityPass, LegalHold, Quarantined, WishState
from media.retention.terms import RetentionTerms

GROWTH_DAYS = 30
# The piece left for good; anything else is here, on its way, or may come back.
_GONE = frozenset(
    {
        UnitState.DELIVERED, UnitState.CLOSED, UnitState.RETURNED, UnitState.DISPOSED,
        UnitState.SURRENDERED, UnitState.LOST_DAMAGED, UnitState.CANCELLED,
    }
)  # fmt: skip


class OriginalUnknown(Missing):
    """No original has this digest."""

    def __init__(self, sha256: str) -> None:
        super().__init__(f"no original {sha256[:64]}")
        self.sha256 = sha256


def terms(db: Session) -> RetentionTerms:
    """The terms in force."""
    return policy.current(db).of(RetentionTerms)


def blob_of(db: Session, sha256: str) -> Blob:
    """Raises OriginalUnknown."""
    found = db.exec(
        select(Blob).where(Blob.sha256 == sha256).execution_options(populate_existing=True)
    ).first()
    if found is None:
        raise OriginalUnknown(sha256)
    return found


def copies(db: Session, sha256: str) -> dict[str, BlobCopy]:
    """How each place holds it, by the place's name."""
    rows = db.exec(
        select(BlobCopy).where(BlobCopy.sha256 == sha256).execution_options(populate_existing=True)
    )
    return {row.replica: row for row in rows}


@dataclass(frozen=True, slots=True)
class Due:
    """An original to be looked at."""

    sha256: Sha256
    bytes: int


def due(db: Session, *, before: datetime, limit: int) -> list[Due]:
    """Originals nobody looked at since then, the longest ago first."""
    rows = db.exec(
        select(Blob.sha256, Blob.bytes)
        .where(
            col(Blob.state) != BlobState.DELETED.value,
            or_(col(Blob.checked_at).is_(None), col(Blob.checked_at) < before),
        )
        .order_by(col(Blob.checked_at).asc().nulls_first(), col(Blob.sha256))
        .limit(limit)
    )
    return [Due(Sha256(sha256), size) for sha256, size in rows]


def open_pass(db: Session) -> FixityPass | None:
    """The check that goes on."""
    return db.exec(
        select(FixityPass)
        .where(col(FixityPass.ended_at).is_(None))
        .order_by(col(FixityPass.started_at))
        .execution_options(populate_existing=True)
    ).first()


def last_pass(db: Session, *, is_ended: bool = False) -> FixityPass | None:
    """The latest check, or the latest that was gone through."""
    wanted = select(FixityPass).order_by(col(FixityPass.started_at).desc())
    if is_ended:
        wanted = wanted.where(col(FixityPass.ended_at).is_not(None))
    return db.exec(wanted.limit(1)).first()


@dataclass(frozen=True, slots=True)
class Barrier:
    """What stands before deleting. `until`: the day it ends, None when nobody knows."""

    why: Obstacle
    until: date | None = None


def barriers(db: Session, sha256: Sha256, *, now: datetime) -> list[Barrier]:
    """Everything that keeps this original from being deleted now."""
    shown = list(db.exec(select(Asset).where(Asset.sha256 == sha256)))
    units = {asset.unit_id for asset in shown if asset.unit_id is not None}
    units |= _units_of_paper(db, sha256) | _units_once(db, shown)
    found = [
        Barrier(Obstacle.HOLD, tokyo_day(hold.until) if hold.until else None)
        for hold in holds_on(db, [f"asset:{a.id}" for a in shown] + [f"unit:{u}" for u in units],
                             now=now)
    ]  # fmt: skip
    if _is_disputed(db, sha256, units):
        found.append(Barrier(Obstacle.DISPUTE))
    if (
        units
        and db.exec(
            select(Unit.id).where(
                col(Unit.id).in_(units), col(Unit.state).not_in([each.value for each in _GONE])
            )
        ).first()
    ):
        found.append(Barrier(Obstacle.IN_HOUSE))
    through = kept_through(_days(db, sha256, shown, units), terms(db).keep_years)
    if tokyo_day(now) <= through:
        found.append(Barrier(Obstacle.TERM, through))
    return found


def _units_once(db: Session, shown: Sequence[Asset]) -> set[str]:
    """The pieces it was taken off: what was frozen or held with it there keeps it."""
    acts = [
        act
        for each in shown
        if each.corrected_at is not None
        for act in journal.of(db, f"asset:{each.id}")
    ]
    return {str(act.facts["unit"]) for act in acts if act.facts and act.facts.get("unit")}


def _units_of_paper(db: Session, sha256: Sha256) -> set[str]:
    """Whose report or certificate it is: what keeps a piece's captures keeps its papers."""
    reports = select(ConditionReport.unit_id).where(ConditionReport.manifest_sha256 == sha256)
    printed = select(ConditionReport.unit_id).where(
        ReportCertificate.sha256 == sha256, ReportCertificate.report_id == ConditionReport.id
    )
    return {*db.exec(reports), *db.exec(printed)}


def papers_of(unit_id: UnitId) -> Any:
    """A statement for the digests of a piece's reports and certificates."""
    reports = select(ConditionReport.manifest_sha256).where(
        ConditionReport.unit_id == unit_id, col(ConditionReport.manifest_sha256).is_not(None)
    )
    printed = select(ReportCertificate.sha256).where(
        ConditionReport.unit_id == unit_id, ReportCertificate.report_id == ConditionReport.id
    )
    return reports.union(printed)


def _is_disputed(db: Session, sha256: Sha256, units: Iterable[str]) -> bool:
    as_exhibit = select(Exhibit.dispute_id).where(Exhibit.sha256 == sha256)
    found = db.exec(
        select(Dispute.id).where(
            Dispute.state == DisputeState.OPEN.value,
            or_(col(Dispute.unit_id).in_(list(units)), col(Dispute.id).in_(as_exhibit)),
        )
    ).first()
    return found is not None


def _days(db: Session, sha256: Sha256, shown: Sequence[Asset], units: Iterable[str]) -> list[date]:
    """The days a term may begin on: when it came in, and each sale of its pieces."""
    days = [tokyo_day(blob_of(db, sha256).kept_at)]
    days += [tokyo_day(asset.received_at) for asset in shown]
    sales = db.exec(
        select(SaleOrder.ordered_at, col(OrderLine.delivered_on)).where(
            OrderLine.order_id == SaleOrder.id,
            col(OrderLine.unit_id).in_(list(units)),
            SaleOrder.state != OrderState.CANCELLED.value,
        )
    )
    for ordered_at, delivered_on in sales:
        days.append(delivered_on or tokyo_day(ordered_at))
    return days


def holds_on(db: Session, about: Sequence[str], *, now: datetime) -> list[LegalHold]:
    """The holds on any of these that are in force."""
    return list(
        db.exec(
            select(LegalHold)
            .where(
                col(LegalHold.about).in_(list(about)),
                col(LegalHold.lifted_at).is_(None),
                or_(col(LegalHold.until).is_(None), col(LegalHold.until) > now),
            )
            .order_by(col(LegalHold.placed_at))
        )
    )


def holds(db: Session, *, now: datetime, limit: int = 200) -> list[LegalHold]:
    """All holds in force, the latest first."""
    return list(
        db.exec(
            select(LegalHold)
            .where(
                col(LegalHold.lifted_at).is_(None),
                or_(col(LegalHold.until).is_(None), col(LegalHold.until) > now),
            )
            .order_by(col(LegalHold.placed_at).desc())
            .limit(limit)
        )
    )


def wishes(db: Session, *, limit: int = 200) -> list[DeletionWish]:
    """Wishes to delete that wait for a second person, the earliest first."""
    return list(
        db.exec(
            select(DeletionWish)
            .where(DeletionWish.state == WishState.ASKED.value)
            .order_by(col(DeletionWish.asked_at), col(DeletionWish.id))
            .limit(limit)
        )
    )


@dataclass(frozen=True, slots=True)
class Usage:
    """How much is kept and how long there is room (R-013). Bytes; `days_left` and
    `second_days_left` (of the second place, which holds originals alone) None without growth or
    without an end.
    """

    originals: int
    original_bytes: int
    captures: int
    rendition_bytes: int
    received_bytes: int
    aside_bytes: int
    day_bytes: int
    month_bytes: int
    room: int | None
    days_left: int | None
    has_second: bool = False
    second_room: int | None = None
    second_days_left: int | None = None

    @property
    def used(self) -> int:
        """All of it in the first place, and what lies aside anywhere."""
        made = self.rendition_bytes + self.received_bytes
        return self.original_bytes + made + self.aside_bytes

    @property
    def fewest_days(self) -> int | None:
        """Until the first of the places is full."""
        known = [each for each in (self.days_left, self.second_days_left) if each is not None]
        return min(known, default=None)


def usage(db: Session, space: Space, *, now: datetime) -> Usage:
    """`space`: what the places say is left. Growth counts originals; what is made of them, and what
    people send, grows with them.
    """
    is_here = col(Blob.state) != BlobState.DELETED.value
    count, size = db.exec(
        select(func.count(), func.coalesce(func.sum(Blob.bytes), 0)).where(is_here)
    ).one()
    made = sum(
        int(db.exec(select(func.coalesce(func.sum(each), 0))).one() or 0)
        for each in (Rendition.bytes, Bare.bytes)
    )
    sent = db.exec(
        select(func.coalesce(func.sum(ReceivedFile.size), 0)).where(
            ReceivedFile.state == ReceivedState.STORED.value
        )
    ).one()
    made_and_sent = made + int(sent or 0)
    day, month = (
        int(
            db.exec(
                select(func.coalesce(func.sum(Blob.bytes), 0)).where(
                    is_here, col(Blob.kept_at) > now - timedelta(days=days)
                )
            ).one()
        )
        for days in (1, GROWTH_DAYS)
    )
    captures = db.exec(select(func.count()).select_from(Asset)).one()
    began = db.exec(select(func.min(Blob.kept_at)).where(is_here)).one()
    days = (now - began).days + 1 if began is not None else GROWTH_DAYS
    return Usage(
        count, int(size), captures, made, int(sent or 0), space.aside, day, month, space.room,
        days_left(space.room, month, int(size), made_and_sent, days=days),
        space.has_second, space.second_room,
        days_left(space.second_room, month, int(size), 0, days=days),
    )  # fmt: skip


def days_left(
    room: int | None, month_bytes: int, original_bytes: int, made: int, *, days: int = GROWTH_DAYS
) -> int | None:
    """Days until the room is full at the month's pace, with what is made of originals in
    proportion. `days`: how long ago the first came in; a young shop's pace is that of its days.
    """
    if room is None or month_bytes <= 0:
        return None
    share = (original_bytes + made) / original_bytes if original_bytes else 1.0
    return int(room / (month_bytes * share / max(1, min(days, GROWTH_DAYS))))


@dataclass(frozen=True, slots=True)
class Standing:
    """How the copies stand: by place and state, how many originals are whole nowhere, and how many
    lie aside.
    """

    copies: Mapping[str, Mapping[str, int]]
    lost: Sequence[str]
    quarantined: int
    waiting: Mapping[str, int]


def standing(db: Session, places: Sequence[str], *, limit: int = 50) -> Standing:
    """`places`: the names of the places there are."""
    found: dict[str, dict[str, int]] = {name: {} for name in places}
    rows = db.exec(
        select(BlobCopy.replica, BlobCopy.state, func.count()).group_by(
            BlobCopy.replica, BlobCopy.state
        )
    )
    for replica, state, count in rows:
        found.setdefault(replica, {})[state] = count
    here = db.exec(
        select(func.count()).select_from(Blob).where(Blob.state == BlobState.KEPT.value)
    ).one()
    return Standing(
        copies=found,
        lost=list(
            db.exec(
                select(Blob.sha256)
                .where(Blob.state == BlobState.LOST.value)
                .order_by(Blob.sha256)
                .limit(limit)
            )
        ),
        quarantined=db.exec(select(func.count()).select_from(Quarantined)).one(),
        waiting={
            name: max(0, here - sum(
                count for state, count in found[name].items()
                if state not in (CopyState.WAITING, CopyState.LOST, CopyState.DELETED)
            ))
            for name in places
        },
    )  # fmt: skip


def put_aside(db: Session, *, limit: int = 50) -> list[Quarantined]:
    """What lies in quarantine, the latest first."""
    return list(
        db.exec(select(Quarantined).order_by(col(Quarantined.found_at).desc()).limit(limit))
    )
