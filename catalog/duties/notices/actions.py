"""Taking notices in and acting on hits; suspicions of the shop's own (品触れ・不正品申告).

A hit freezes the unit at once and asks staff to report it; a person rules. Not here: custody the
police order, and claims of victims (`orders`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, select

from catalog.duties.actors import Actor
from catalog.duties.identity.actions import StaffNeeded
from catalog.duties.notices import matching
from catalog.duties.notices.holding import IN_HAND, Ruling, freeze, let_go
from catalog.duties.notices.matching import Match
from catalog.duties.notices.tables import NoticeHit, PoliceNotice, Suspicion, WantedPiece
from catalog.duties.rules import ItemKind, retain_notice_through
from catalog.ground import journal, worklist
from catalog.ground.calendar import tokyo_day
from catalog.ground.errors import Malformed, Missing, Refused, Stale
from catalog.ground.journal import Command
from catalog.ground.record import UnitId, new_id
from catalog.ground.session.database import insert_once
from catalog.items.actions import locked
from catalog.items.kinds import UnitState
from catalog.items.words import plain_key

REPORT = "police_report"
LOOK_BY_HAND = "notice_by_hand"


class NoticeMalformed(Malformed):
    """A notice without pieces, or a piece without serial and description."""


class HitMissing(Missing):
    """There is no such hit."""


class NotReported(Refused):
    """The police are done only with what was reported to them."""


class SuspicionMissing(Missing):
    """There is no such suspicion."""


class RuledOtherwise(Stale):
    """Somebody ruled otherwise before. `ruling`."""

    def __init__(self, ruling: str) -> None:
        super().__init__(f"ruled before: {ruling}")
        self.ruling = ruling


@dataclass(frozen=True, slots=True)
class Wanted:
    """One piece of a notice."""

    serial: str | None = None
    features: str = ""
    item_kind: ItemKind | None = None


@dataclass(frozen=True, slots=True)
class NewNotice:
    """A notice as it arrived. `number` and `authority` tell it from others."""

    authority: str
    number: str
    arrived_on: date
    pieces: Sequence[Wanted]


@dataclass(frozen=True, slots=True)
class Received:
    """The notice, and the units of the shop it may mean."""

    notice_id: str
    hits: Sequence[str]


def receive(db: Session, notice: NewNotice, *, by: str, now: datetime, key: str) -> Received:
    """Keep a notice for six months and hold it against the stock now (KOB-4).

    Raises NoticeMalformed.
    """
    request = _plain(notice)
    stored = journal.stored_result(db, key, request)
    if stored is not None:
        return Received(stored["notice"], stored["hits"])
    wanted = _wanted(notice)
    row = PoliceNotice(
        id=new_id(now),
        authority=notice.authority,
        number=notice.number,
        arrived_on=notice.arrived_on,
        keep_through=retain_notice_through(notice.arrived_on),
        noted_by=by,
        noted_at=now,
    )
    db.add(row)
    db.flush()
    for piece in wanted:
        piece.notice_id = row.id
        db.add(piece)
    db.flush()
    for piece in matching.untelling(wanted):
        worklist.task(db, LOOK_BY_HAND, f"notice:{row.id}", due_at=now, now=now, once=str(piece.id))
    hits = _hits(db, matching.in_stock(db, wanted), by=by, now=now)
    journal.record(
        db,
        f"notice:{row.id}",
        "notice_received",
        actor=by,
        at=now,
        facts={"pieces": len(wanted), "hits": hits},
        key=key,
        request=request,
        result={"notice": row.id, "hits": hits},
    )
    return Received(row.id, hits)


def _plain(notice: NewNotice) -> dict[str, Any]:
    return {
        "authority": notice.authority,
        "number": notice.number,
        "arrived_on": notice.arrived_on.isoformat(),
        "pieces": [
            [each.serial, each.features, each.item_kind.value if each.item_kind else None]
            for each in notice.pieces
        ],
    }


def _wanted(notice: NewNotice) -> list[WantedPiece]:
    if not (notice.pieces and notice.authority.strip() and notice.number.strip()):
        raise NoticeMalformed("a notice has an authority, a number and pieces")
    found = []
    for each in notice.pieces:
        serial_key = plain_key(each.serial)
        if serial_key is None and not each.features.strip():
            raise NoticeMalformed("a piece has a serial or a description")
        found.append(
            WantedPiece(
                notice_id="",
                item_kind=each.item_kind.value if each.item_kind else None,
                serial=each.serial,
                serial_key=serial_key,
                features=each.features.strip(),
            )
        )
    return found


def match_intake(db: Session, unit_id: UnitId, now: datetime, *, by: str = "bot") -> list[str]:
    """Hold a piece that just came in against every notice still kept; the new hits' ids (KOB-4).

    A hit freezes it. Run at every intake, again after serial or style were corrected.
    Raises UnitMissing.
    """
    unit = locked(db, unit_id)
    return _hits(db, matching.of_unit(db, unit, today=tokyo_day(now)), by=by, now=now)


def _hits(db: Session, matches: Iterable[Match], *, by: str, now: datetime) -> list[str]:
    fresh = []
    for match in matches:
        hit_id = new_id(now)
        is_new = insert_once(
            db,
            NoticeHit,
            {
                "id": hit_id,
                "wanted_id": match.wanted_id,
                "unit_id": match.unit_id,
                "ground": match.ground.value,
                "found_at": now,
            },
        )
        if not is_new:
            continue
        fresh.append(hit_id)
        facts = {"hit": hit_id, "ground": match.ground.value}
        if UnitState(locked(db, match.unit_id).state) in IN_HAND:
            freeze(db, match.unit_id, verb="notice_hit", by=by, now=now, facts=facts)
        _ask_report(db, match.unit_id, facts, now=now)
    return fresh


def _ask_report(db: Session, unit_id: UnitId, facts: dict[str, str], *, now: datetime) -> None:
    once = "".join(facts.values())
    worklist.task(db, REPORT, f"unit:{unit_id}", due_at=now, now=now, once=once, facts=facts)


def rule(
    db: Session,
    hit_id: str,
    ruling: Ruling,
    *,
    report_no: str | None = None,
    actor: Actor,
    now: datetime,
) -> bool:
    """A person looked: another piece, reported to the police, or they are done with it. True when
    the unit came free.

    Raises StaffNeeded, HitMissing, RuledOtherwise, NotReported.
    """
    if not actor.is_staff:
        raise StaffNeeded(actor)
    hit = db.exec(
        select(NoticeHit)
        .where(NoticeHit.id == hit_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if hit is None:
        raise HitMissing(hit_id)
    if hit.ruling == ruling.value:
        return False
    if hit.ruling is not None and hit.ruling != Ruling.REPORTED.value:
        raise RuledOtherwise(hit.ruling)
    if hit.ruling is None and ruling is Ruling.CLEARED:
        raise NotReported(hit_id)
    # A report may turn out to be another piece; the other way round needs a new hit.
    hit.ruling, hit.ruled_by, hit.ruled_at = ruling.value, actor.name, now
    hit.report_no = report_no or hit.report_no
    db.flush()
    worklist.close_tasks(db, f"unit:{hit.unit_id}", REPORT, now=now, hit=hit_id)
    facts = {"hit": hit_id, "ruling": ruling.value}
    unit_id = UnitId(hit.unit_id)
    return let_go(db, unit_id, verb="hit_ruled", by=actor.name, now=now, facts=facts)


def suspect(
    db: Session, unit_id: UnitId, reason: str, *, actor: Actor, now: datetime, key: str
) -> str:
    """One tap: this may be stolen. Freezes the unit and asks for the report (KOB-8).

    Raises StaffNeeded, UnitMissing, MoveRefused.
    """
    request = {"unit": unit_id, "reason": reason}
    stored = journal.stored_result(db, key, request)
    if stored is not None:
        return str(stored["suspicion"])
    if not actor.is_staff:
        raise StaffNeeded(actor)
    row = Suspicion(
        id=new_id(now), unit_id=unit_id, reason=reason, noted_by=actor.name, noted_at=now
    )
    db.add(row)
    db.flush()
    facts = {"suspicion": row.id}
    command = Command(key, request, facts)
    freeze(db, unit_id, verb="suspected", by=actor.name, now=now, facts=facts, command=command)
    _ask_report(db, unit_id, facts, now=now)
    return row.id


def settle_suspicion(
    db: Session, suspicion_id: str, *, report_no: str | None, actor: Actor, now: datetime
) -> bool:
    """Nothing was in it, or the police are done. True when the unit came free.

    Raises StaffNeeded, SuspicionMissing.
    """
    if not actor.is_staff:
        raise StaffNeeded(actor)
    row = db.exec(
        select(Suspicion)
        .where(Suspicion.id == suspicion_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise SuspicionMissing(suspicion_id)
    if row.settled_at is not None:
        return False
    row.settled_at, row.settled_by, row.report_no = now, actor.name, report_no
    db.flush()
    worklist.close_tasks(db, f"unit:{row.unit_id}", REPORT, now=now, suspicion=suspicion_id)
    facts = {"suspicion": suspicion_id}
    unit_id = UnitId(row.unit_id)
    return let_go(db, unit_id, verb="suspicion_settled", by=actor.name, now=now, facts=facts)
