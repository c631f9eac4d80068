"""Store credit for staff (ストアクレジット): who holds what until when, what the shop owes in all,
and the few things a person may change by hand (R-115).

GET  /console/credit?q=&offset=               accounts, the nearest last day first
GET  /console/credit/{no}                     one customer's account
POST /console/credit/{no}/settle              the customer paid of what they owe
POST /console/credit/{no}/{kind}              goodwill, extend, adjust, forgive (what they owe), or
                                              discontinue: credit is given up and paid out (CRD-13)
Each is shown first, then done.

Above the shop's limit the wish waits for a second person (`approvals`).
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session, select

from catalog.credit import asking, corrections, queries, reports, reversal
from catalog.credit.asking import Kind, Wish
from catalog.credit.corrections import ApprovalWanted
from catalog.credit.posting import LotMissing
from catalog.credit.reversal import ReceivableMissing
from catalog.credit.tables import CreditAccount, CreditLot, Receivable
from catalog.customers.consents import CustomerMissing
from catalog.customers.tables import Customer
from catalog.duties.actors import Actor
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId, from_millis
from handoff.console.asked import (
    FieldMalformed,
    called,
    day_of,
    is_sure,
    key_of,
    names,
    rehearsed,
    words_of,
    yen_of,
)
from handoff.console.door import Visit, checked, onward, place, who
from handoff.console.office import Office
from handoff.console.pages import page
from handoff.staff.permissions import Act, need

AT_ONCE = 50
_BEGINNING = from_millis(0)
_LONGEST_REASON = 300
AGREED = (asking.CHAT, asking.PAPER)  # where a customer agrees to be paid out

Text = Annotated[str, Query(max_length=100)]
Offset = Annotated[int, Query(ge=0, le=100_000)]


def add(made: APIRouter, office: Office) -> None:
    """The addresses of credit."""

    @made.get("/credit")
    async def accounts(request: Request, q: Text = "", offset: Offset = 0) -> Response:
        visit = await who(office, request)
        sees_all = visit.may("report")

        def look(db: Session) -> dict[str, Any]:
            return {
                "rows": queries.accounts(db, visit.now, text=q, limit=AT_ONCE, offset=offset),
                "liability": reports.liability(db, visit.now) if sees_all else None,
                "forecast": reports.forecast(db, visit.now) if sees_all else None,
            }

        facts = await office.units.read(look)
        told = {"visit": visit, "q": q, "offset": offset, "step": AT_ONCE, **facts}
        return page("credit", visit.lang, told)

    @made.get("/credit/{no:path}")
    async def account(request: Request, no: str) -> Response:
        visit = await who(office, request)
        facts = await office.units.read(lambda db: shown(db, visit, no))
        return page("credit_account", visit.lang, {"visit": visit, "no": no, **facts})

    @made.post("/credit/{no:path}/settle")
    async def settle(request: Request, no: str) -> Response:
        visit, form = await checked(office, request, Act.PAY)
        facts = {"visit": visit, "form": form, "no": no, "kind": "settle"}
        return await _answered(office, request, facts, lambda db: _settled(db, visit, no, form))

    @made.post("/credit/{no:path}/{kind}")
    async def change(request: Request, no: str, kind: str) -> Response:
        visit, form = await checked(office, request, Act.PAY)
        if kind not in set(Kind):
            raise LotMissing(kind)
        if kind == Kind.DISCONTINUE:
            need(visit.session.actor, Act.APPROVE)

        def unit(db: Session) -> dict[str, Any]:
            return _done(db, visit, _wish(db, visit, no, Kind(kind), form), key_of(form, visit))

        facts = {"visit": visit, "form": form, "no": no, "kind": kind}
        return await _answered(office, request, facts, unit)


async def _answered(
    office: Office,
    request: Request,
    facts: Mapping[str, Any],
    unit: Callable[[Session], dict[str, Any]],
) -> Response:
    """What it comes to, or, once that was seen, the account after it."""
    if not is_sure(facts["form"]):
        told = await rehearsed(office, unit)
        return page("credit_sure", facts["visit"].lang, {**facts, **told})
    await office.units.write(unit)
    return onward(place("credit", facts["no"]), request)


def customer_of(db: Session, no: str) -> CustomerId:
    """Whose number that is. Raises CustomerMissing."""
    found = db.exec(select(Customer.id).where(Customer.customer_no == no)).first()
    if found is None:
        raise CustomerMissing(no)
    return CustomerId(found)


def shown(db: Session, visit: Visit, no: str) -> dict[str, Any]:
    """What the page of one account needs. Raises CustomerMissing."""
    customer, now = customer_of(db, no), visit.now
    ends = now + timedelta(seconds=1)  # what was written this very moment is on it
    return {
        "holder": called(db, customer),
        "statement": queries.statement(db, customer, begins=_BEGINNING, ends=ends, now=now),
        "holds": queries.holds(db, customer, now),
        "owes": queries.receivables(db, customer),
        "agreed": AGREED,
        "offers": asking.offers(db, customer),
        "waiting": [each for each in asking.waiting(db) if each.wish.customer == customer],
        "people": names(db),
    }


def _wish(db: Session, visit: Visit, no: str, kind: Kind, form: Mapping[str, str]) -> Wish:
    """What the form asks for. Raises CustomerMissing, LotMissing, ReceivableMissing,
    FieldMalformed.
    """
    customer = customer_of(db, no)
    reason = words_of(form, "reason", most=_LONGEST_REASON)
    if kind is Kind.GOODWILL:
        return Wish(kind, customer, yen_of(form, "amount"), reason)
    if kind is Kind.FORGIVE:
        owed = _receivable(db, customer, form)
        return Wish(kind, customer, yen_of(form, "amount"), reason, receivable_id=owed.id)
    if kind is Kind.DISCONTINUE:
        if form.get("agreed") not in AGREED:
            raise FieldMalformed("agreed")
        paid = queries.balance(db, customer, visit.now).paid
        return Wish(kind, customer, paid, reason, consent=form["agreed"])
    lot = db.get(CreditLot, form.get("lot", ""))
    if lot is None or db.get_one(CreditAccount, lot.account_id).customer_id != customer:
        raise LotMissing(form.get("lot", ""))
    if kind is Kind.EXTEND:
        return Wish(kind, customer, Yen(lot.remaining), reason, lot.id, day_of(form, "until"))
    return Wish(kind, customer, yen_of(form, "amount"), reason, lot.id)


def _receivable(db: Session, customer: CustomerId, form: Mapping[str, str]) -> Receivable:
    """What of theirs the form names. Raises ReceivableMissing."""
    row = db.get(Receivable, form.get("receivable", ""))
    if row is None or db.get_one(CreditAccount, row.account_id).customer_id != customer:
        raise ReceivableMissing(form.get("receivable", ""))
    return row


def _settled(db: Session, visit: Visit, no: str, form: Mapping[str, str]) -> dict[str, Any]:
    """What the customer paid of it, and what is owed after it, as plain values. Raises
    CustomerMissing, ReceivableMissing, ReceivableLess, FieldMalformed.
    """
    customer, amount = customer_of(db, no), yen_of(form, "amount")
    reason, row = words_of(form, "reason", most=_LONGEST_REASON), _receivable(db, customer, form)
    by, key = visit.session.actor.name, key_of(form, visit)
    left = reversal.settle(db, row.id, amount, reason=reason, by=by, now=visit.now, key=key)
    wish = {"amount": amount, "reason": reason}
    return {"wish": wish, "holder": called(db, customer), "waits": False, "left": left}


def _done(db: Session, visit: Visit, wish: Wish, key: str) -> dict[str, Any]:
    """The change, or its wish where a second person has to agree; what it comes to, as plain
    values.
    """
    told: dict[str, Any] = {
        "wish": wish, "holder": called(db, wish.customer), "waits": False, "until": wish.until,
        "left": None,
    }  # fmt: skip
    actor, now = visit.session.actor, visit.now
    try:
        told |= _changed(db, wish, actor, now=now, key=key)
    except ApprovalWanted:
        asking.ask(db, wish, actor=actor, now=now, key=key)
        told["waits"] = True
    if wish.kind is Kind.DISCONTINUE:
        told["figures"] = asking.figures(db, wish.customer, now)
    return told


def _changed(db: Session, wish: Wish, actor: Actor, *, now: datetime, key: str) -> dict[str, Any]:
    if wish.kind is Kind.GOODWILL:
        issued = corrections.goodwill(
            db, wish.customer, wish.amount, reason=wish.reason, channel="console", actor=actor,
            now=now, key=key,
        )  # fmt: skip
        return {"until": issued.expires_on}
    lot_id = wish.lot_id or ""
    if wish.kind is Kind.FORGIVE:
        left = reversal.forgive(
            db, wish.receivable_id or "", wish.amount, reason=wish.reason, actor=actor, now=now,
            key=key,
        )  # fmt: skip
        return {"left": left}
    if wish.kind is Kind.DISCONTINUE:
        raise ApprovalWanted(wish.amount)  # always two people, and the customer's consent
    if wish.kind is Kind.EXTEND and wish.until is not None:
        issued = corrections.extend(
            db, lot_id, wish.until, reason=wish.reason, actor=actor, now=now, key=key
        )
        return {"until": issued.expires_on}
    left = corrections.adjust(
        db, lot_id, wish.amount, reason=wish.reason, actor=actor, now=now, key=key
    )
    return {"left": left}
