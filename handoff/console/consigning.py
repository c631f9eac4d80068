"""`/console/items/{code}/consign`: a consignment contract is put before the owner of a piece
(委託の提案, R-040, R-067 to R-071).

GET  /console/items/{code}/consign     the form, filled in with what the shop's offer foresees
POST /console/items/{code}/consign     shown first with what the customer would get, then proposed

Nothing binds here: the customer reads the whole text in the chat and says yes there, or not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlmodel import Session, col, select

from catalog.buyback.tables import CasePiece, Quote
from catalog.consignment import actions, queries, rules
from catalog.consignment.actions import Proposal
from catalog.consignment.backing import binds
from catalog.consignment.prices import current_terms
from catalog.consignment.states import ContractState, Settlement
from catalog.consignment.tables import Contract
from catalog.duties.identity.queries import serving
from catalog.ground.calendar import tokyo_day
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId, UnitId
from catalog.items.kinds import OwnerKind
from catalog.items.tables import Unit
from handoff.console.asked import (
    FieldMalformed,
    called,
    is_sure,
    key_of,
    maybe_yen,
    rehearsed,
    yen_of,
)
from handoff.console.door import Visit, checked, onward, place, who
from handoff.console.item import PieceMissing, unit_of
from handoff.console.office import Office
from handoff.console.pages import page
from handoff.staff.permissions import Act

_NONE = "none"  # no guaranteed price


@dataclass(frozen=True, slots=True)
class Drop:
    """A step of the schedule. `price`, `payout`: what a sale after it would come to; `is_blocked`:
    it would pay less than is guaranteed, so the consignor would be asked.
    """

    days: int
    price: Yen
    payout: Yen
    is_blocked: bool


def add(made: APIRouter, office: Office) -> None:
    """The addresses of proposing."""

    @made.get("/items/{code}/consign")
    async def form_of(request: Request, code: str) -> Response:
        visit = await who(office, request, Act.EDIT_PIECE)
        facts = await office.units.read(lambda db: _shown(db, visit, code))
        return page("consign_new", visit.lang, {"visit": visit, **facts})

    @made.post("/items/{code}/consign")
    async def propose(request: Request, code: str) -> Response:
        visit, form = await checked(office, request, Act.EDIT_PIECE)
        if not is_sure(form):
            told = await rehearsed(office, lambda db: _foreseen(db, visit, code, form))
            return page("consign_sure", visit.lang, {"visit": visit, "form": form, **told})
        no = await office.units.write(lambda db: _propose(db, visit, code, form))
        return onward(place("consignments", no), request)


def _owned(db: Session, code: str) -> Unit:
    """A customer's own piece. Raises PieceMissing for any other."""
    unit = unit_of(db, code)
    if unit.owner_kind != OwnerKind.CUSTOMER or unit.owner_id is None:
        raise PieceMissing("nobody's to give on consignment")
    return unit


def _shown(db: Session, visit: Visit, code: str) -> dict[str, Any]:
    unit = _owned(db, code)
    offers = _offers(db, unit, visit)
    likely = next((each.result.get("expected") for each in _quotes(db, unit)), None)
    return {
        "unit": unit,
        "holder": called(db, unit.owner_id or ""),
        "offers": offers,
        "likely": likely if isinstance(likely, int) else None,
        "terms": current_terms(db),
        "open": _open(db, unit),
        "has_identity": _is_identified(db, unit, visit),
    }


def _quotes(db: Session, unit: Unit) -> Sequence[Quote]:
    """What the shop reckoned for this piece, the latest first."""
    return db.exec(
        select(Quote)
        .where(col(Quote.piece_id).in_(select(CasePiece.id).where(CasePiece.unit_id == unit.id)))
        .order_by(col(Quote.made_at).desc(), col(Quote.id).desc())
    ).all()


def _offers(db: Session, unit: Unit, visit: Visit) -> list[Quote]:
    """The binding offers that still hold: each may be the guaranteed price (CON-5)."""
    return [each for each in _quotes(db, unit) if binds(each, visit.now)]


def _open(db: Session, unit: Unit) -> Sequence[Contract]:
    """What is before the customer already."""
    return db.exec(
        select(Contract).where(
            Contract.unit_id == unit.id, Contract.state == ContractState.PROPOSED.value
        )
    ).all()


def _is_identified(db: Session, unit: Unit, visit: Visit) -> bool:
    on = tokyo_day(visit.now)
    return serving(db, CustomerId(unit.owner_id or ""), on=on, channel=None) is not None


def _wanted(db: Session, visit: Visit, code: str, form: Mapping[str, str]) -> Proposal:
    """The proposal as the form tells it. Raises FieldMalformed."""
    unit = _owned(db, code)
    told = form.get("guarantee", _NONE)
    offer = next((each for each in _offers(db, unit, visit) if each.id == told), None)
    if offer is None and told != _NONE:
        raise FieldMalformed("guarantee")
    if form.get("settles_in") not in set(Settlement):
        raise FieldMalformed("settles_in")
    return Proposal(
        UnitId(unit.id),
        unit.owner_id or "",
        yen_of(form, "price"),
        maybe_yen(form, "least") or Yen(0),
        Yen(offer.amount) if offer is not None and offer.amount is not None else None,
        Settlement(form["settles_in"]),
        unit.case_id,
        offer.id if offer is not None else None,
    )


def _propose(db: Session, visit: Visit, code: str, form: Mapping[str, str]) -> str:
    wanted = _wanted(db, visit, code, form)
    actor, key = visit.session.actor, key_of(form, visit)
    return actions.propose(db, wanted, actor=actor, now=visit.now, key=key).contract_no


def _foreseen(db: Session, visit: Visit, code: str, form: Mapping[str, str]) -> dict[str, Any]:
    """What the customer would get, as plain values."""
    wanted, unit = _wanted(db, visit, code, form), _owned(db, code)
    replaced = [(each.contract_no, each.initial_list_price) for each in _open(db, unit)]
    _propose(db, visit, code, form)
    terms = current_terms(db)
    options = queries.options(
        db, buyback=wanted.guarantee, list_price=wanted.initial_list_price, now=visit.now
    )
    drops = []
    for days, off in terms.drop_steps:
        price = rules.drop_candidate(wanted.initial_list_price, off, wanted.min_price)
        payout = rules.consignment_payout(terms, price).payout
        drops.append(Drop(days, price, payout, payout < (wanted.guarantee or 0)))
    return {
        "code": unit.code,
        "title": unit.title,
        "holder": called(db, wanted.customer_id),
        "wanted": wanted,
        "option": options.consignment,
        "replaced": replaced,
        "drops": drops,
        "has_identity": _is_identified(db, unit, visit),
    }
