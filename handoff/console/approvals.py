"""Everything that waits for a second person, in one list (承認待ち): offers above somebody's limit,
lists for the bank, changes of credit, returns that are not as they were sent, originals to be
deleted.

GET  /console/approvals?offset=              what waits; the offers a page at a time
POST /console/approvals/credit/{wish}        agree to a change of credit, or refuse it

The other answers are given where the thing itself is (`cases`, `payouts`, `orders`, `storage`). Not
here: who may; the registers refuse it themselves.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from sqlmodel import Session

from catalog.buyback import credit_payouts, overview
from catalog.credit import asking
from catalog.credit.corrections import APPROVERS
from catalog.customers.tables import Customer
from catalog.orders import overview as orders
from handoff.console import payouts, storage
from handoff.console.asked import called, names
from handoff.console.door import HOME, Visit, checked, onward, who
from handoff.console.office import Office
from handoff.console.pages import page
from handoff.staff.permissions import Act, NotAllowed
from media.retention import queries

AT_ONCE = 50

Offset = Annotated[int, Query(ge=0, le=1_000_000)]
Wish = Annotated[int, Path(ge=0, le=2**62)]


def add(made: APIRouter, office: Office) -> None:
    """The addresses of approvals."""

    @made.get("/approvals")
    async def approvals(request: Request, offset: Offset = 0) -> Response:
        visit = await who(office, request)
        if not (visit.may(Act.OFFER) or visit.may(Act.PAY)):
            raise NotAllowed(Act.APPROVE)
        facts = await office.units.read(lambda db: waiting(db, visit, offset))
        return page("approvals", visit.lang, {"visit": visit, **facts})

    @made.post("/approvals/credit/{wish}")
    async def answer(request: Request, wish: Wish) -> Response:
        visit, form = await checked(office, request, Act.APPROVE)
        step = credit_payouts.agree if form.get("answer") == "yes" else asking.refuse
        actor = visit.session.actor
        await office.units.write(lambda db: step(db, wish, actor=actor, now=visit.now))
        return onward(f"{HOME}/approvals", request)


def waiting(db: Session, visit: Visit, offset: int) -> dict[str, Any]:
    """What waits, by its kind; each with whether whoever looks may answer."""
    actor = visit.session.actor
    offers = [
        (each, overview.may_approve(db, each.quote_id, actor))
        for each in overview.to_approve(db, limit=AT_ONCE, offset=offset)
    ]
    wishes = [
        {
            "asked": each,
            "holder": called(db, each.wish.customer),
            "customer_no": db.get_one(Customer, each.wish.customer).customer_no,
            "may": each.asked_by.id != actor.id and actor.role in APPROVERS,
        }
        for each in asking.waiting(db)
    ]
    deletions = queries.wishes(db) if visit.may(Act.KEEP) else []
    return {
        "offers": offers,
        "offset": offset,
        "step": AT_ONCE,
        "deletions": storage.with_barriers(db, deletions, now=visit.now),
        "captures": storage.captures_of(db, deletions),
        "lists": payouts.to_release(db) if visit.may(Act.PAY) else [],
        "wishes": wishes,
        "disputes": orders.disputed(db),
        "people": names(db),
    }
