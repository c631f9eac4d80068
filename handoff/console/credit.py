"""Store credit for staff (ストアクレジット): who holds what until when, what the shop owes in all,
and the few things a person may change by hand (R-115).

GET  /console/credit?q=&offset=               accounts, the nearest last day first
GET  /console/credit/{no}                     one customer's account
POST /console/credit/{no}/{kind}              goodwill, extend or adjust: shown first, then done

Above the shop's limit the wish waits for a second person (`approvals`).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session, select

from catalog.credit import asking, corrections, queries, reports
from catalog.credit.asking import Kind, Wish
from catalog.credit.corrections import ApprovalWanted
from catalog.credit.posting import LotMissing
from catalog.credit.tables import CreditAccount, CreditLot
from catalog.customers.consents import CustomerMissing
from catalog.customers.tables import Customer
from catalog.duties.actors import Actor
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId, from_millis
from handoff.console.asked import (
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
from handoff.staff.permissions import Act

AT_ONCE = 50
_BEGINNING = from_millis(0)
_LONGEST_REASON = 300

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

    @made.post("/credit/{no:path}/{kind}")
    async def change(request: Request, no: str, kind: str) -> Response:
        visit, form = await checked(office, request, Act.PAY)
        if kind not in set(Kind):
            raise LotMissing(kind)

        def unit(db: Session) -> dict[str, Any]:
            return _done(db, visit, _wish(db, no, Kind(kind), form), key_of(form, visit))

        if not is_sure(form):
            told = await rehearsed(office, unit)
            facts = {"visit": visit, "form": form, "no": no, "kind": kind, **told}
            return page("credit_sure", visit.lang, facts)
        await office.units.write(unit)
        return onward(place("credit", no), request)


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
        "waiting": [each for each in asking.waiting(db) if each.wish.customer == customer],
        "people": names(db),
    }


def _wish(db: Session, no: str, kind: Kind, form: Mapping[str, str]) -> Wish:
    """What the form asks for. Raises CustomerMissing, LotMissing, FieldMalformed."""
    customer = customer_of(db, no)
    reason = words_of(form, "reason", most=_LONGEST_REASON)
    if kind is Kind.GOODWILL:
        return Wish(kind, customer, yen_of(form, "amount"), reason)
    lot = db.get(CreditLot, form.get("lot", ""))
    if lot is None or db.get_one(CreditAccount, lot.account_id).customer_id != customer:
        raise LotMissing(form.get("lot", ""))
    if kind is Kind.EXTEND:
        return Wish(kind, customer, Yen(lot.remaining), reason, lot.id, day_of(form, "until"))
    return Wish(kind, customer, yen_of(form, "amount"), reason, lot.id)


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
    return told


def _changed(db: Session, wish: Wish, actor: Actor, *, now: datetime, key: str) -> dict[str, Any]:
    if wish.kind is Kind.GOODWILL:
        issued = corrections.goodwill(
            db, wish.customer, wish.amount, reason=wish.reason, channel="console", actor=actor,
            now=now, key=key,
        )  # fmt: skip
        return {"until": issued.expires_on}
    lot_id = wish.lot_id or ""
    if wish.kind is Kind.EXTEND and wish.until is not None:
        issued = corrections.extend(
            db, lot_id, wish.until, reason=wish.reason, actor=actor, now=now, key=key
        )
        return {"until": issued.expires_on}
    left = corrections.adjust(
        db, lot_id, wish.amount, reason=wish.reason, actor=actor, now=now, key=key
    )
    return {"left": left}
