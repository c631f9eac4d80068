"""Captures that are looked for (撮影の検索, R-014): by piece, serial, buyer or the words of a
finding, by part, kind and day. Each way has an index, so that a million of them are no wait.

Photographed tags and what was laid aside are not found here; what lies in the tray is, by its day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import false
from sqlmodel import Session, col, func, select

from catalog.duties.actors import Actor
from catalog.ground.calendar import at_tokyo
from catalog.ground.record import AssetId, UnitId
from catalog.items.tables import Unit
from catalog.orders.states import OrderState
from catalog.orders.tables import OrderLine, SaleOrder
from handoff.desk import search
from media.assets.kinds import AssetKind, Part
from media.assets.tables import Asset
from media.report import words as findings
from media.report.tables import ReportFinding

_MOST_UNITS = 200
_MOST_BUYERS = 20
_MOST_SAID = 200
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; None and empty: any. Days are Tokyo's, both included."""

    words: str = ""
    part: Part | None = None
    kind: AssetKind | None = None
    since: date | None = None
    until: date | None = None

    @property
    def begins(self) -> datetime | None:
        """The first moment of it."""
        return at_tokyo(self.since) if self.since is not None else None

    @property
    def ends(self) -> datetime | None:
        """The first moment after it."""
        return at_tokyo(self.until + timedelta(days=1)) if self.until is not None else None

    @property
    def is_nothing(self) -> bool:
        """Nothing was asked for."""
        return self == Wanted()


@dataclass(frozen=True, slots=True)
class Seen:
    """One of them. `findings`: what is pinned in it."""

    asset: Asset
    unit_code: str | None
    unit_title: str | None
    findings: tuple[str, ...]


def find(
    db: Session, wanted: Wanted, actor: Actor, *, offset: int = 0, limit: int = 50
) -> list[Seen]:
    """Those that fit, the latest capture first; one more than `limit` where there are more."""
    told = wanted.words.replace("\x00", "").strip()[:_LONGEST]
    most = offset + limit + 1
    if not told:
        rows = _rows(db, wanted, limit=most)
    else:
        units = _units(db, told, actor)
        rows = _rows(db, wanted, col(Asset.unit_id).in_(units), limit=most) if units else []
        said = findings.having(
            db, told, *_where(wanted), since=wanted.begins, until=wanted.ends, limit=_MOST_SAID
        )
        known = {each.id for each in rows}
        more = _rows(db, wanted, col(Asset.id).in_(said), limit=most) if said else []
        rows += [each for each in more if each.id not in known]
        rows.sort(key=lambda each: (each.captured_at, each.id), reverse=True)
    return _seen(db, rows[offset:most])


def _rows(db: Session, wanted: Wanted, *among: Any, limit: int) -> list[Asset]:
    """`among`: what they are, where that is known; else the indexes on part and day lead."""
    latest: Any = col(Asset.captured_at)
    if among:
        latest = func.coalesce(Asset.captured_at, Asset.received_at)  # the same, by no index
    found = select(Asset).where(*among, *_where(wanted, is_led=not among))
    return list(db.exec(found.order_by(latest.desc()).limit(limit)))


def _where(wanted: Wanted, *, is_led: bool = False) -> list[Any]:
    # Nearly every capture is about nothing: the index on that would be the worst way in.
    where = [col(Asset.is_tag).is_(false()), func.coalesce(Asset.about, "") == ""]
    where.append(col(Asset.laid_aside).is_(None))
    if wanted.part is not None:
        part: Any = col(Asset.part) if is_led else func.coalesce(Asset.part, "")
        where.append(part == wanted.part.value)
    if wanted.kind is not None:
        where.append(col(Asset.kind) == wanted.kind.value)
    if wanted.since is not None:
        where.append(col(Asset.captured_at) >= wanted.begins)
    if wanted.until is not None:
        where.append(col(Asset.captured_at) < wanted.ends)
    return where


def _units(db: Session, told: str, actor: Actor) -> list[UnitId]:
    """Pieces of that code, serial or name, and those its people bought."""
    found = [each.id for each in search.pieces(db, told, limit=_MOST_UNITS)]
    buyers = [each.customer for each in search.customers(db, told, actor, limit=_MOST_BUYERS)]
    if buyers:
        bought = db.exec(
            select(OrderLine.unit_id)
            .where(
                col(SaleOrder.customer_id).in_(buyers),
                SaleOrder.state != OrderState.CANCELLED.value,
                OrderLine.order_id == SaleOrder.id,
            )
            .order_by(col(SaleOrder.ordered_at).desc())
            .limit(_MOST_UNITS)
        )
        found += [UnitId(each) for each in bought]
    return list(dict.fromkeys(found))


def _seen(db: Session, rows: Sequence[Asset]) -> list[Seen]:
    units = {each.unit_id for each in rows if each.unit_id is not None}
    named = {
        unit_id: (code, title)
        for unit_id, code, title in db.exec(
            select(Unit.id, Unit.code, Unit.title).where(col(Unit.id).in_(units))
        )
    }
    pinned: dict[AssetId, dict[str, None]] = {}
    said = select(ReportFinding.asset_id, ReportFinding.told).where(
        col(ReportFinding.asset_id).in_([each.id for each in rows])
    )
    for asset_id, told in db.exec(said.order_by(col(ReportFinding.number))):
        pinned.setdefault(AssetId(asset_id), {})[told] = None
    seen = []
    for each in rows:
        code, title = named.get(each.unit_id or "", (None, None))
        seen.append(Seen(each, code, title, tuple(pinned.get(AssetId(each.id), ()))))
    return seen
