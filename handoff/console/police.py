"""`/console/items/{code}/police`: what concerns the police about one piece (警察・差止め, KOB-4 to
KOB-6, KOB-8): a suspicion of the shop's own, a hit of a notice, custody that was ordered, a claim
of a victim's; and the buyback case that stands still meanwhile.

GET  /console/items/{code}/police      what is on record, and what can be done
POST /console/items/{code}/police/{step}
                                       suspect: one tap, by whoever has the piece in hand
                                       settle, rule, order, lift, claim, answer: what came of it
                                       stop, go_on: the case the piece is in

Nobody outside is told by any of these: not the seller, not who watches or waits for the piece.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from catalog.buyback import police as stopping
from catalog.buyback.cases import CaseMissing
from catalog.buyback.stages import HELD, Stage
from catalog.duties.notices import actions, orders, queries
from catalog.duties.notices.actions import HitMissing, SuspicionMissing
from catalog.duties.notices.holding import Ruling
from catalog.duties.notices.orders import (
    ClaimMissing,
    NewClaim,
    NewOrder,
    OrderMissing,
    Outcome,
)
from catalog.duties.notices.tables import NoticeHit, PoliceOrder, RecoveryClaim, Suspicion
from catalog.ground.calendar import tokyo_day
from catalog.ground.record import UnitId
from catalog.items.freezing import NotFrozen
from catalog.items.kinds import UnitState, may_move
from catalog.items.tables import Unit
from catalog.orders import claimed
from handoff.console.asked import FieldMalformed, day_of, key_of, maybe_words, names, words_of
from handoff.console.door import Visit, checked, onward, place, who
from handoff.console.item import unit_of
from handoff.console.office import Office
from handoff.console.pages import page
from handoff.staff.permissions import Act

Form = Mapping[str, str]
Step = Callable[[Session, Unit, Visit, Form], object]


def add(made: APIRouter, office: Office) -> None:
    """The addresses."""

    @made.get("/items/{code}/police")
    async def record(request: Request, code: str) -> Response:
        visit = await who(office, request, Act.EDIT_PIECE)
        facts = await office.units.read(lambda db: _shown(db, visit, code))
        return page("police", visit.lang, {"visit": visit, **facts})

    def of(name: str, act: Act, step: Step) -> None:
        @made.post(f"/items/{{code}}/police/{name}")
        async def done(request: Request, code: str) -> Response:
            visit, form = await checked(office, request, act)

            def unit(db: Session) -> str:
                piece = unit_of(db, code)
                step(db, piece, visit, form)
                return piece.code

            told = await office.units.write(unit)
            return onward(place("items", told, "police"), request)

    for name, act, step in _STEPS:
        of(name, act, step)


def _shown(db: Session, visit: Visit, code: str) -> dict[str, Any]:
    unit = unit_of(db, code)
    found = queries.of_unit(db, unit.id)
    held = stopping.piece_of(db, unit.id)
    piece, case = held if held is not None else (None, None)
    stage = Stage(piece.stage) if piece is not None else None
    is_frozen = unit.state == UnitState.POLICE_HOLD.value
    today = tokyo_day(visit.now)
    return {
        "unit": unit,
        "record": found,
        "today": today,
        "over": {each.id: _is_over(each, today) for each in found.orders},
        "is_frozen": is_frozen,
        "may_freeze": is_frozen or may_move(UnitState(unit.state), UnitState.POLICE_HOLD),
        "case": case,
        "stage": stage.value if stage is not None else None,
        "may_stop": is_frozen and stage in HELD,
        "may_go_on": not is_frozen and stage is Stage.POLICE_HOLD,
        "people": names(db),
    }


def _is_over(order: PoliceOrder, today: date) -> bool:
    return order.lifted_at is None and order.through < today


def _suspect(db: Session, unit: Unit, visit: Visit, form: Form) -> object:
    reason, actor = words_of(form, "reason", most=600), visit.session.actor
    key = key_of(form, visit)
    return actions.suspect(db, UnitId(unit.id), reason, actor=actor, now=visit.now, key=key)


def _settle(db: Session, unit: Unit, visit: Visit, form: Form) -> object:
    row = db.get(Suspicion, form.get("suspicion", ""))
    if row is None or row.unit_id != unit.id:
        raise SuspicionMissing(unit.code)
    number = maybe_words(form, "report_no", most=100)
    actor = visit.session.actor
    return actions.settle_suspicion(db, row.id, report_no=number, actor=actor, now=visit.now)


def _rule(db: Session, unit: Unit, visit: Visit, form: Form) -> object:
    row = db.get(NoticeHit, form.get("hit", ""))
    if row is None or row.unit_id != unit.id:
        raise HitMissing(unit.code)
    if form.get("ruling") not in set(Ruling):
        raise FieldMalformed("ruling")
    ruling = Ruling(form["ruling"])
    is_reported = ruling is Ruling.REPORTED
    number = words_of(form, "report_no", most=100) if is_reported else None
    actor = visit.session.actor
    return actions.rule(db, row.id, ruling, report_no=number, actor=actor, now=visit.now)


def _order(db: Session, unit: Unit, visit: Visit, form: Form) -> object:
    told = NewOrder(
        UnitId(unit.id),
        words_of(form, "authority", most=100),
        words_of(form, "number", most=100),
        day_of(form, "from_on"),
        day_of(form, "through"),
    )
    by, key = visit.session.actor.name, key_of(form, visit)
    return orders.take_order(db, told, by=by, now=visit.now, key=key)


def _lift(db: Session, unit: Unit, visit: Visit, form: Form) -> object:
    row = db.get(PoliceOrder, form.get("order", ""))
    if row is None or row.unit_id != unit.id:
        raise OrderMissing(unit.code)
    return orders.lift_order(db, row.id, actor=visit.session.actor, now=visit.now)


def _claim(db: Session, unit: Unit, visit: Visit, form: Form) -> object:
    told = NewClaim(
        UnitId(unit.id),
        day_of(form, "stolen_on"),
        day_of(form, "claimed_on"),
        words_of(form, "report_no", most=100),
    )
    actor, key = visit.session.actor, key_of(form, visit)
    return orders.take_claim(db, told, actor=actor, now=visit.now, key=key)


def _answer(db: Session, unit: Unit, visit: Visit, form: Form) -> object:
    row = db.get(RecoveryClaim, form.get("claim", ""))
    if row is None or row.unit_id != unit.id:
        raise ClaimMissing(unit.code)
    if form.get("outcome") not in set(Outcome):
        raise FieldMalformed("outcome")
    actor, key = visit.session.actor, key_of(form, visit)
    outcome = Outcome(form["outcome"])
    claimed.answer(db, row.id, outcome, actor=actor, now=visit.now, key=key)
    return None


def _stop(db: Session, unit: Unit, visit: Visit, form: Form) -> object:
    """Only on a ground: without one nobody could end it. Raises NotFrozen."""
    if unit.state != UnitState.POLICE_HOLD.value:
        raise NotFrozen(unit.code, unit.state)
    reason, actor = words_of(form, "reason", most=600), visit.session.actor
    piece_id, key = _in_case(db, unit), key_of(form, visit)
    return stopping.hold(db, piece_id, reason=reason, actor=actor, now=visit.now, key=key)


def _go_on(db: Session, unit: Unit, visit: Visit, form: Form) -> object:
    actor, key = visit.session.actor, key_of(form, visit)
    return stopping.let_go(db, _in_case(db, unit), actor=actor, now=visit.now, key=key)


def _in_case(db: Session, unit: Unit) -> str:
    found = stopping.piece_of(db, unit.id)
    if found is None:
        raise CaseMissing(unit.code)
    return found[0].id


_STEPS: Sequence[tuple[str, Act, Step]] = (
    ("suspect", Act.EDIT_PIECE, _suspect),
    ("settle", Act.APPROVE, _settle),
    ("rule", Act.APPROVE, _rule),
    ("order", Act.APPROVE, _order),
    ("lift", Act.APPROVE, _lift),
    ("claim", Act.APPROVE, _claim),
    ("answer", Act.APPROVE, _answer),
    ("stop", Act.APPROVE, _stop),
    ("go_on", Act.APPROVE, _go_on),
)
