"""Consignment for staff (委託): terms by their end, what the shop has guaranteed in all, proposals
below the least price, and one contract with its prices, extension and settlement.

GET  /console/consignments?offset=           terms by end (R-070), exposure (R-072)
GET  /console/consignments/{no}              one contract
POST /console/consignments/{no}/{step}       arrive, take_back, price, raise, renew, compensate:
                                             shown first, then done
POST /console/consignments/{no}/{step}       of the way home: send, hand_over, there

What a consignor says is never said here for them: a price and a renewal are proposals. Not here:
the first proposal of a piece (`consigning`).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session, col, select

from catalog.buyback.payouts import queries as payouts
from catalog.consignment import actions, ending, going_home, guarantee, prices, proposals, queries
from catalog.consignment.actions import Renewal
from catalog.consignment.contracts import about, terms_of
from catalog.consignment.going_home import Taker
from catalog.consignment.tables import Contract, GuaranteeRequest, PriceProposal
from catalog.customers.tables import Customer
from catalog.duties.identity.documents import Document
from catalog.ground import journal
from catalog.ground.calendar import at_tokyo, tokyo_day
from catalog.ground.money import Yen
from catalog.ground.record import UnitId
from catalog.items import prices as item_prices
from catalog.items.parcels.actions import parcels_of
from catalog.items.tables import Unit
from handoff.console.asked import (
    FieldMalformed,
    called,
    day_of,
    is_sure,
    key_of,
    maybe_words,
    maybe_yen,
    names,
    rehearsed,
    words_of,
    yen_of,
)
from handoff.console.door import Visit, checked, onward, place, who
from handoff.console.office import Office
from handoff.console.pages import page
from handoff.staff.permissions import Act

AT_ONCE = 100
_LAST_EVENTS = 60

Offset = Annotated[int, Query(ge=0, le=1_000_000)]


def add(made: APIRouter, office: Office) -> None:
    """The addresses of consignment."""

    @made.get("/consignments")
    async def terms(request: Request, offset: Offset = 0) -> Response:
        visit = await who(office, request)
        facts = await office.units.read(lambda db: _listed(db, visit, offset))
        return page("consignments", visit.lang, {"visit": visit, **facts})

    @made.get("/consignments/{no}")
    async def contract(request: Request, no: str) -> Response:
        visit = await who(office, request)
        facts = await office.units.read(lambda db: shown(db, visit, no))
        return page("consignment", visit.lang, {"visit": visit, **facts})

    def of(name: str, act: Act, step: Step) -> None:
        @made.post(f"/consignments/{{no}}/{name}")
        async def done(request: Request, no: str) -> Response:
            visit, form = await checked(office, request, act)

            def unit(db: Session) -> dict[str, Any]:
                found = queries.by_number(db, no)
                told = {"holder": called(db, found.customer_id), "title": _title(db, found)}
                told |= step(db, found, visit, form)
                db.refresh(found)
                return {**told, "state": found.state, "pay_on": found.pay_on}

            if not is_sure(form):
                told = await rehearsed(office, unit)
                facts = {"visit": visit, "form": form, "no": no, "step": name, **told}
                return page("consignment_sure", visit.lang, facts)
            await office.units.write(unit)
            return onward(place("consignments", no), request)

    for name, act, step in _STEPS:
        of(name, act, step)

    def home(name: str, step: Step) -> None:
        @made.post(f"/consignments/{{no}}/{name}")
        async def done(request: Request, no: str) -> Response:
            visit, form = await checked(office, request, Act.EDIT_PIECE)
            await office.units.write(lambda db: step(db, queries.by_number(db, no), visit, form))
            return onward(place("consignments", no), request)

    for name, step in _HOME:
        home(name, step)


def _title(db: Session, contract: Contract) -> str:
    return db.get_one(Unit, contract.unit_id).title


def _listed(db: Session, visit: Visit, offset: int) -> dict[str, Any]:
    today = tokyo_day(visit.now)
    rows = queries.terms_by_end(db, limit=AT_ONCE, offset=offset)
    return {
        "today": today,
        "offset": offset,
        "step": AT_ONCE,
        "rows": [(row, called(db, row.customer_id)) for row in rows],
        "exposure": queries.exposure(db, on=today) if visit.may(Act.REPORT) else None,
        "below": queries.below_least(db),
        "waiting": [(row, called(db, row.customer_id)) for row in queries.not_begun(db)],
    }


def shown(db: Session, visit: Visit, no: str) -> dict[str, Any]:
    """What the page of one contract needs. Raises ContractMissing."""
    contract = queries.by_number(db, no)
    proposals = db.exec(
        select(PriceProposal)
        .where(PriceProposal.contract_id == contract.id)
        .order_by(col(PriceProposal.written_at).desc(), col(PriceProposal.id).desc())
    ).all()
    requests = db.exec(
        select(GuaranteeRequest)
        .where(GuaranteeRequest.contract_id == contract.id)
        .order_by(col(GuaranteeRequest.sent_at).desc())
    ).all()
    customer = db.get_one(Customer, contract.customer_id)
    return {
        "contract": contract,
        "today": tokyo_day(visit.now),
        "status": queries.status(db, contract.id, now=visit.now),
        "title": _title(db, contract),
        "holder": called(db, contract.customer_id),
        "customer_no": customer.customer_no,
        "terms": terms_of(db, contract),
        "proposals": [
            (each, queries.payout_at(db, Yen(each.price), contract_id=contract.id))
            for each in proposals
        ],
        "requests": requests,
        "history": item_prices.prices_of(db, UnitId(contract.unit_id)),
        "renewal": queries.renewal_of(db, contract.id),
        "payouts": payouts.of(db, about(contract)),
        "unit_state": db.get_one(Unit, contract.unit_id).state,
        "parcels": parcels_of(db, about(contract)),
        "documents": [each.value for each in Document],
        "events": journal.of(db, about(contract))[-_LAST_EVENTS:],
        "people": names(db),
    }


Step = Callable[[Session, Contract, Visit, Mapping[str, str]], dict[str, Any]]


def _arrive(
    db: Session, contract: Contract, visit: Visit, form: Mapping[str, str]
) -> dict[str, Any]:
    """The piece of an agreed contract is in the shop and appraised: the term begins (CON-6)."""
    on, today = day_of(form, "on"), tokyo_day(visit.now)
    if on > today:
        raise FieldMalformed("on")
    at = visit.now if on == today else at_tokyo(on, 12)
    actions.arrive(
        db, contract.id, at=at, by=visit.session.actor.name, now=visit.now, key=key_of(form, visit)
    )
    db.refresh(contract)
    return {"start_on": contract.start_on, "last_day": contract.last_day}


def _take_back(
    db: Session, contract: Contract, visit: Visit, form: Mapping[str, str]
) -> dict[str, Any]:
    """What was proposed does not count any more; the customer is told."""
    reason = words_of(form, "reason", most=300)
    proposals.take_back(
        db, contract.id, reason=reason, actor=visit.session.actor, now=visit.now,
        key=key_of(form, visit),
    )  # fmt: skip
    return {"amount": contract.initial_list_price}


def _price(
    db: Session, contract: Contract, visit: Visit, form: Mapping[str, str]
) -> dict[str, Any]:
    """Another list price, put before the consignor (R-074)."""
    price, reason = yen_of(form, "price"), words_of(form, "reason", most=300)
    prices.propose_price(
        db, contract.id, price, reason=reason, actor=visit.session.actor, now=visit.now,
        key=key_of(form, visit),
    )  # fmt: skip
    payout = queries.payout_at(db, price, contract_id=contract.id)
    return {"amount": price, "payout": payout, "least": contract.min_price}


def _raise(
    db: Session, contract: Contract, visit: Visit, form: Mapping[str, str]
) -> dict[str, Any]:
    """The shop would pay more than it guaranteed; binding at once (CON-7)."""
    amount = yen_of(form, "amount")
    guarantee.raise_offer(
        db, contract.id, amount, actor=visit.session.actor, now=visit.now, key=key_of(form, visit)
    )
    return {"amount": amount}


def _renew(
    db: Session, contract: Contract, visit: Visit, form: Mapping[str, str]
) -> dict[str, Any]:
    """A new contract for another term, proposed (CON-10, R-073)."""
    price, least = yen_of(form, "price"), maybe_yen(form, "least")
    wanted = Renewal(price, least if least is not None else Yen(0))
    made = actions.renew(
        db, contract.id, wanted, actor=visit.session.actor, now=visit.now, key=key_of(form, visit)
    )
    payout = queries.payout_at(db, price, contract_id=contract.id)
    return {"amount": price, "payout": payout, "new_no": made.contract_no}


def _compensate(
    db: Session, contract: Contract, visit: Visit, form: Mapping[str, str]
) -> dict[str, Any]:
    """Lost or damaged while with the shop: paid at least what was guaranteed (CON-7)."""
    amount, reason = yen_of(form, "amount"), words_of(form, "reason", most=300)
    ending.compensate(
        db, contract.id, amount, reason=reason, actor=visit.session.actor, now=visit.now,
        key=key_of(form, visit),
    )  # fmt: skip
    return {"amount": amount}


_STEPS: Sequence[tuple[str, Act, Step]] = (
    ("arrive", Act.EDIT_PIECE, _arrive),
    ("take_back", Act.EDIT_PIECE, _take_back),
    ("price", Act.EDIT_PIECE, _price),
    ("raise", Act.OFFER, _raise),
    ("renew", Act.EDIT_PIECE, _renew),
    ("compensate", Act.APPROVE, _compensate),
)


def _send(db: Session, contract: Contract, visit: Visit, form: Mapping[str, str]) -> dict[str, Any]:
    carrier, number = words_of(form, "carrier", most=60), words_of(form, "tracking_no", most=60)
    going_home.send(
        db, contract.id, carrier=carrier, tracking_no=number, actor=visit.session.actor,
        now=visit.now, key=key_of(form, visit),
    )  # fmt: skip
    return {}


def _hand_over(
    db: Session, contract: Contract, visit: Visit, form: Mapping[str, str]
) -> dict[str, Any]:
    document = form.get("document") or None
    if document is not None and document not in set(Document):
        raise FieldMalformed("document")
    if form.get("taker") not in {"consignor", "proxy"}:
        raise FieldMalformed("taker")
    taker = Taker(
        Document(document) if document is not None else None,
        maybe_words(form, "attorney_paper", most=40),
        is_proxy=form["taker"] == "proxy",
    )
    going_home.hand_over(
        db, contract.id, taker, actor=visit.session.actor, now=visit.now, key=key_of(form, visit)
    )
    return {}


def _there(
    db: Session, contract: Contract, visit: Visit, form: Mapping[str, str]
) -> dict[str, Any]:
    actor, key = visit.session.actor, key_of(form, visit)
    going_home.there(db, contract.id, actor=actor, now=visit.now, key=key)
    return {}


_HOME: Sequence[tuple[str, Step]] = (
    ("send", _send),
    ("hand_over", _hand_over),
    ("there", _there),
)
