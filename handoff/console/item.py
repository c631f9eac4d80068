"""`/console/items/{code}`: everything of one piece (商品詳細, R-022, R-088, R-092).

    GET /console/items/{code}

Not here: what is done with it (`item_changes`, `item_grading`, `checking`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlmodel import Session, col, select

from catalog.consignment import queries as consignment
from catalog.duties.ledger import queries as ledger
from catalog.duties.ledger.queries import KINDS as LEDGER_KINDS
from catalog.duties.publishing import PUBLISHED_FROM, missing_for
from catalog.duties.steps import steps
from catalog.grading import queries as grading
from catalog.grading.checklists import CHECKLISTS
from catalog.grading.rules import ShotFacts, needs_second
from catalog.grading.tables import Grading
from catalog.ground import journal, policy
from catalog.ground.calendar import tokyo_day
from catalog.ground.errors import Missing
from catalog.ground.money import Yen
from catalog.ground.record import AssetId, ConversationId, UnitId
from catalog.items import custody, freezing, prices, serials
from catalog.items.custody import Stretch
from catalog.items.holds.queries import active_hold
from catalog.items.holds.tables import Hold
from catalog.items.kinds import (
    IN_CUSTODY,
    Category,
    Custody,
    OwnerKind,
    UnitState,
    custody_of,
    may_move,
)
from catalog.items.places import queries as places
from catalog.items.places.actions import LENDABLE
from catalog.items.queries import id_of_code
from catalog.items.rules import CUSTOMER, PARTNER, STAFF
from catalog.items.shelf import Shelf, ShelfLine, shelf
from catalog.items.similar import similar
from catalog.items.tables import Style, Unit
from catalog.items.terms import ItemTerms
from catalog.items.words import code_of
from catalog.orders import costs
from handoff.console.door import Visit, who
from handoff.console.naming import names_of, speakers_of
from handoff.console.office import Office
from handoff.console.pages import page
from handoff.staff.permissions import Act
from media.assets import queries as assets
from media.assets.kinds import Part
from media.assets.tables import Asset
from media.disputes import queries as disputes
from media.intake import shots, tasks
from media.renditions import queries as renditions
from media.renditions.queries import Showable
from media.report import queries as condition_reports
from media.report.timeline import timeline
from media.retention import checking
from media.sharing import looks, shares, views

_INTEREST = timedelta(days=30)
_MOST_ENTRIES = 30
_LONGEST_CODE = 40


class PieceMissing(Missing):
    """No piece has this code."""


@dataclass(frozen=True, slots=True)
class Footage:
    """One capture on the page: what is kept, and what of it can be shown now."""

    asset: Asset
    shown: Showable | None
    watched: int


@dataclass(frozen=True, slots=True)
class Chapter:
    """A phase of its past with what was captured in it (R-022). `is_lacking`: nothing was, and
    something should have been.
    """

    stretch: Stretch
    captures: tuple[Footage, ...]
    is_lacking: bool


def add(made: APIRouter, office: Office) -> None:
    """The address of one piece."""

    @made.get("/items/{code}")
    async def item(request: Request, code: str, done: str = "") -> Response:
        visit = await who(office, request)
        facts = await office.units.read(lambda db: whole(db, visit, code))
        return page("item", visit.lang, {**facts, "done": done if done.isalpha() else ""})


def unit_of(db: Session, code: str) -> Unit:
    """The piece of that code, however it is written. Raises PieceMissing."""
    written = code_of(code) if len(code) <= _LONGEST_CODE else None
    unit_id = id_of_code(db, written) if written else None
    if unit_id is None:
        raise PieceMissing("no such piece")
    return db.get_one(Unit, unit_id)


def whole(db: Session, visit: Visit, code: str) -> dict[str, Any]:
    """What the page tells. Raises PieceMissing."""
    unit = unit_of(db, code)
    unit_id, now = UnitId(unit.id), visit.now
    style = db.get_one(Style, unit.style_id)
    category = Category(style.category)
    captures = _captures(db, unit_id)
    graded = grading.versions(db, unit_id)
    steps_taken = custody.steps_of(db, unit_id)
    holds = _holds(db, unit_id)
    pages = shares.shares_about(db, unit_id)
    watched = [view for each in captures for view in views.of_asset(db, each.asset.id)]
    watched = sorted(watched, key=lambda view: view.at, reverse=True)[:_MOST_ENTRIES]
    fetched = looks.of_assets(db, [each.asset.id for each in captures], limit=_MOST_ENTRIES)
    talks = {each.conversation for each in watched} | {each.conversation for each in fetched}
    entries = journal.of(db, f"unit:{unit_id}")[-_MOST_ENTRIES:] if visit.may(Act.AUDIT) else []
    changes = prices.prices_of(db, unit_id)
    spent = costs.noted(db, unit_id) if visit.may(Act.REPORT) else []
    owner = f"{CUSTOMER}{unit.owner_id}" if unit.owner_id else None
    named = [
        owner, *(each.graded_by for each in graded), *(step.actor for step in steps_taken),
        *(each.holder for each in holds), *(each.placed_by for each in holds),
        *(each.made_by or each.holder for each in pages), *(each.actor for each in entries),
        *(each.changed_by for each in changes), *(each.written_by for each in spent),
    ]  # fmt: skip
    open_tasks = tasks.open_for(db, unit_id)
    named += [each.asked_by for each in open_tasks]
    taken = shots.of_units(db, {unit_id: category})[unit_id]
    return {
        "visit": visit, "now": now, "unit": unit, "style": style, "category": category,
        "line": _line(db, unit, now), "owner": owner,
        "names": names_of(db, named), "captures": captures,
        "back": custody.came_back(steps_taken),
        "tasks": open_tasks, "parts": list(Part), **_shots(taken), **checked_of(db, unit_id),
        "costs": spent,
        "reports": condition_reports.of_unit(db, unit_id),
        "past": _past(db, unit_id, captures), "prices": changes[::-1],
        "hold": active_hold(db, unit_id, now=now), "holds": holds,
        "shares": pages, "shares_in_all": shares.count_about(db, unit_id),
        "watched": watched, "fetched": fetched,
        "disputes": disputes.of_unit(db, unit_id),
        "gives_until": tokyo_day(shares.usual_end(db, now=now)),
        "gives_latest": tokyo_day(shares.latest_end(db, now=now)),
        "spoke": speakers_of(db, [ConversationId(each) for each in sorted(talks)]),
        "ledger": ledger.rows_of(db, unit_id), "ledger_kinds": LEDGER_KINDS,
        "entries": entries[::-1], "flags": serials.open_flags(db, unit_id),
        "similar": similar(db, unit_id, viewer=STAFF, limit=8),
        "interest": views.interest(db, unit_id, since=now - _INTEREST),
        **_where(db, unit), **_loan(db, unit, visit),
        **_moves(db, unit, taken), **_grades(db, unit, category, graded),
    }  # fmt: skip


def _line(db: Session, unit: Unit, now: datetime) -> ShelfLine:
    return shelf(db, Shelf(), among=[UnitId(unit.id)], now=now).lines[0]


def _captures(db: Session, unit_id: UnitId) -> list[Footage]:
    return [
        Footage(
            asset, renditions.of_asset(db, AssetId(asset.id)), len(views.of_asset(db, asset.id))
        )
        for asset in assets.of_unit(db, unit_id)
    ]


def checked_of(db: Session, unit_id: UnitId) -> dict[str, Any]:
    """How many originals there are, and what the latest check of them found (R-008)."""
    return {
        "originals": checking.count(db, unit_id),
        "checked": checking.last(db, unit_id),
        "is_being_checked": checking.is_underway(db, unit_id),
    }


def _shots(taken: ShotFacts) -> dict[str, Any]:
    """`7/9` and what is missing of the list in force."""
    return {
        "missing_shots": taken.missing,
        "shots_told": taken.told,
        "shot_names": {shot.code: shot for shot in taken.asked or ()},
    }


def _past(db: Session, unit_id: UnitId, captures: Sequence[Footage]) -> list[Chapter]:
    """The newest first."""
    shown = {each.asset.id: each for each in captures}
    return [
        Chapter(
            each.stretch,
            tuple(shown[asset.id] for asset in each.captures if asset.id in shown),
            each.is_lacking,
        )
        for each in reversed(timeline(db, unit_id))
    ]


def _holds(db: Session, unit_id: UnitId) -> list[Hold]:
    rows = select(Hold).where(Hold.unit_id == unit_id).order_by(col(Hold.placed_at).desc())
    return list(db.exec(rows.limit(_MOST_ENTRIES)))


def _where(db: Session, unit: Unit) -> dict[str, Any]:
    """At which place it lies, and those it could be brought to (R-097)."""
    is_here = custody_of(unit.custody) is Custody.DEALER and UnitState(unit.state) in IN_CUSTODY
    at = places.lies_at(unit)
    others = [each.name for each in places.places(db) if each.name != at] if is_here else []
    return {"lies_at": at, "other_places": others}


def _loan(db: Session, unit: Unit, visit: Visit) -> dict[str, Any]:
    """With which partner it is and since when, or whether it could be lent now (R-034)."""
    found = places.loan_of(db, UnitId(unit.id))
    whom = f"{PARTNER}{found.partner_id}" if found is not None else None
    is_here = custody_of(unit.custody) is Custody.DEALER
    today = tokyo_day(visit.now)
    return {
        "loan": found,
        "borrower": names_of(db, [whom])[whom] if whom is not None else None,
        "is_overdue": found is not None and found.due_on is not None and found.due_on < today,
        "may_lend": found is None and is_here and UnitState(unit.state) in LENDABLE,
    }


def _moves(db: Session, unit: Unit, taken: ShotFacts) -> dict[str, Any]:
    """What the register lets staff do with it now."""
    state = UnitState(unit.state)
    may_publish = state in PUBLISHED_FROM and may_move(state, UnitState.LISTED)
    is_on_way = state in PUBLISHED_FROM or UnitState.PREPARING in _ahead(state)
    return {
        "steps": steps(unit),
        "may_publish": may_publish,
        "may_lose": freezing.may_lose(unit),
        "gate": missing_for(db, unit, taken) if is_on_way else None,
        "may_price": state in prices.PRICED and unit.owner_kind != OwnerKind.CONSIGNOR,
        "contract": consignment.live(db, unit.id),
        "may_consign": state in IN_CUSTODY and unit.owner_kind == OwnerKind.CUSTOMER,
    }


def _ahead(state: UnitState) -> Sequence[UnitState]:
    way = (UnitState.RECEIVED, UnitState.APPRAISING, UnitState.APPRAISED, UnitState.STOCK)
    return (UnitState.PREPARING,) if state in way else ()


def _grades(
    db: Session, unit: Unit, category: Category, versions: Sequence[Grading]
) -> Mapping[str, Any]:
    limit = policy.current(db).of(ItemTerms).second_grader_from
    price = Yen(unit.price) if unit.price is not None else None
    latest = grading.latest(db, UnitId(unit.id), *grading.IN_HAND)
    return {
        "explained": grading.explain(db, UnitId(unit.id)),
        "versions": versions[::-1],
        "is_old_grade": grading.is_of_before(db, UnitId(unit.id)),
        "checklist": CHECKLISTS[category],
        "graded": latest,
        "lacking": grading.lacking(db, UnitId(unit.id)),
        "differs": grading.disagreement(db, UnitId(unit.id)),
        "by_pictures": UnitState(unit.state) in {UnitState.EXPECTED, UnitState.IN_TRANSIT_IN},
        "is_dear": needs_second(price, limit=Yen(limit)),
        "dear_from": limit,
    }
