"""`/console/duties?about=case:…`: what the law orders kept of one deal (取引の法定記録): the
document handed over at the seller's home, due diligence before much cash moves, the buyer the
ledger names, and deals that may have to be reported.

GET  /console/duties?about=                 of a case, a contract or an order
GET  /console/duties/papers/{document}      the document as it was issued, to be printed
POST /console/duties/{step}                 paper, received, diligence, buyer, suspect,
                                            decide

What is answered here lies sealed and is not shown again. The customer is told nothing of a deal
that may have to be reported, and colleagues see only their own notes; a manager decides.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import HTMLResponse
from sqlmodel import Session, select

from catalog.buyback import papers
from catalog.buyback.tables import BuybackCase
from catalog.consignment.tables import Contract
from catalog.duties.cash import actions as cash
from catalog.duties.cash import queries as kept
from catalog.duties.cash.actions import DealMissing, NewDiligence
from catalog.duties.cash.tables import SuspiciousDeal
from catalog.duties.identity import queries as identity
from catalog.duties.identity.queries import IdentityMissing
from catalog.duties.identity.tables import IdentityCheck
from catalog.duties.ledger.queries import Counterparty
from catalog.duties.rules import Channel
from catalog.duties.sealing import DataKeyMissing, DataKeys
from catalog.duties.visits import cooling_off, documents
from catalog.duties.visits.documents import Delivery, DocumentMissing, Receipt
from catalog.duties.visits.tables import StatutoryDocument
from catalog.duties.visits.tables import Visit as HomeVisit
from catalog.ground import journal
from catalog.ground.calendar import tokyo_day
from catalog.ground.errors import Missing
from catalog.ground.record import CustomerId
from catalog.orders import buyers
from catalog.orders.tables import SaleOrder
from handoff.console.asked import (
    FieldMalformed,
    called,
    count_of,
    day_of,
    key_of,
    maybe_words,
    names,
    words_of,
)
from handoff.console.door import HOME, Visit, checked, onward, who
from handoff.console.office import Office
from handoff.console.owed import place_of
from handoff.console.pages import PRIVATE, page
from handoff.staff.permissions import Act

About = Annotated[str, Query(max_length=60)]
Document = Annotated[str, Path(max_length=60)]
Form = Mapping[str, str]

_TABLES: Mapping[str, Any] = {"case": BuybackCase, "contract": Contract, "order": SaleOrder}
_SHEET = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


class DealUnknown(Missing):
    """There is no such case, contract or order."""


@dataclass(frozen=True, slots=True)
class Deal:
    """Whom something is agreed with. `case`: where it is one; `about`: as the registers name it."""

    about: str
    customer_id: CustomerId
    case: BuybackCase | None = None


Step = Callable[[Session, Office, Deal, Visit, Form], object]


def add(made: APIRouter, office: Office) -> None:
    """The addresses."""

    @made.get("/duties")
    async def record(request: Request, about: About = "") -> Response:
        visit = await who(office, request, Act.EDIT_CUSTOMER)
        facts = await office.units.read(lambda db: _shown(db, visit, about))
        return page("duties", visit.lang, {"visit": visit, **facts})

    @made.get("/duties/papers/{document}")
    async def paper(request: Request, document: Document) -> Response:
        visit = await who(office, request, Act.EDIT_CUSTOMER)
        keys = _keys(office)
        # Opening what lies sealed is noted, so this looks with the right to write.
        text = await office.units.write(lambda db: _opened(db, keys, document, visit))
        return HTMLResponse(text, headers={**PRIVATE, "Content-Security-Policy": _SHEET})

    def of(name: str, act: Act, step: Step) -> None:
        @made.post(f"/duties/{name}")
        async def done(request: Request) -> Response:
            visit, form = await checked(office, request, act)
            about = form.get("about", "")
            await office.units.write(lambda db: step(db, office, deal_of(db, about), visit, form))
            return onward(f"{HOME}/duties?about={about}", request)

    for name, act, step in _STEPS:
        of(name, act, step)


def deal_of(db: Session, about: str) -> Deal:
    """The deal of that name. Raises DealUnknown."""
    kind, _, key = about.partition(":")
    row = db.get(_TABLES[kind], key) if kind in _TABLES and key else None
    if row is None:
        raise DealUnknown(kind)
    case = row if isinstance(row, BuybackCase) else None
    return Deal(f"{kind}:{row.id}", CustomerId(row.customer_id), case)


def _shown(db: Session, visit: Visit, about: str) -> dict[str, Any]:
    deal = deal_of(db, about)
    found, me = kept.of_deal(db, deal.about), visit.session.actor.name
    is_visit = deal.case is not None and deal.case.channel == Channel.HOME_VISIT.value
    own = [each for each in found.suspicions if visit.may(Act.APPROVE) or each.noted_by == me]
    return {
        "deal": deal,
        "place": place_of(db, deal.about),
        "called": called(db, deal.customer_id),
        "today": tokyo_day(visit.now),
        "record": found,
        "suspicions": own,
        "is_visit": is_visit,
        "papers": documents.of_case(db, deal.case.id) if deal.case and is_visit else [],
        "last_day": cooling_off.last_day(db, deal.case.id) if deal.case and is_visit else None,
        "check": _check(db, deal, visit),
        "unnamed": _unnamed(db, deal),
        "people": names(db),
    }


def _unnamed(db: Session, deal: Deal) -> int:
    """How many sales of the deal the ledger still wants its buyer for."""
    kind, _, key = deal.about.partition(":")
    return len(buyers.unnamed(db, key)) if kind == "order" else 0


def _check(db: Session, deal: Deal, visit: Visit) -> IdentityCheck | None:
    """The check the deal would rest on today."""
    channel = Channel(deal.case.channel) if deal.case and deal.case.channel else None
    return identity.serving(db, deal.customer_id, on=tokyo_day(visit.now), channel=channel)


def _checked(db: Session, deal: Deal, visit: Visit) -> IdentityCheck:
    """The same. Raises IdentityMissing."""
    check = _check(db, deal, visit)
    if check is None:
        raise IdentityMissing(deal.customer_id, tokyo_day(visit.now))
    return check


def _keys(office: Office) -> DataKeys:
    if office.keys is None:
        raise DataKeyMissing("no key seals what was told")
    return office.keys


def _opened(db: Session, keys: DataKeys, document: str, visit: Visit) -> str:
    text, row = documents.opened(db, keys, document), db.get_one(StatutoryDocument, document)
    journal.record(
        db, f"case:{row.case_id}", "statutory_document_opened", actor=visit.session.actor.name,
        at=visit.now, facts={"document": document},
    )  # fmt: skip
    return text


def _paper(db: Session, office: Office, deal: Deal, visit: Visit, form: Form) -> object:
    """Raises DealUnknown, NothingToPrint, DealerUnnamed."""
    if deal.case is None:
        raise DealUnknown(deal.about)
    keys, by, key = _keys(office), visit.session.actor.name, key_of(form, visit)
    home = db.exec(select(HomeVisit).where(HomeVisit.case_id == deal.case.id)).first()
    goes = names(db).get(f"staff:{home.staff_id}", "") if home is not None else ""
    sides = papers.sides_of(db, keys, deal.case.id, by=by, now=visit.now)
    facts = papers.visit_purchase(db, deal.case.id, replace(sides, staff=goes))
    facts = replace(facts, terms=maybe_words(form, "terms", most=600) or "")
    return documents.issue(
        db, keys, deal.case.id, deal.customer_id, facts, by=by, now=visit.now, key=key
    )


def _received(db: Session, office: Office, deal: Deal, visit: Visit, form: Form) -> object:
    row = db.get(StatutoryDocument, form.get("document", ""))
    if row is None or deal.case is None or row.case_id != deal.case.id:
        raise DocumentMissing(deal.about)
    receipt = Receipt(day_of(form, "on"), Delivery.PAPER)
    documents.note_received(db, row.id, receipt, actor=visit.session.actor, now=visit.now)
    return None


def _diligence(db: Session, office: Office, deal: Deal, visit: Visit, form: Form) -> object:
    told = NewDiligence(
        deal.about,
        deal.customer_id,
        _checked(db, deal, visit).id,
        words_of(form, "purpose", most=300),
        words_of(form, "occupation", most=300),
        maybe_words(form, "origin", most=300) or "",
    )
    keys, actor, key = _keys(office), visit.session.actor, key_of(form, visit)
    return cash.note_diligence(db, keys, told, actor=actor, now=visit.now, key=key)


def _suspect(db: Session, office: Office, deal: Deal, visit: Visit, form: Form) -> object:
    reason, actor = words_of(form, "reason", most=600), visit.session.actor
    key = key_of(form, visit)
    return cash.note_suspicious(
        db, deal.about, deal.customer_id, reason, actor=actor, now=visit.now, key=key
    )


def _decide(db: Session, office: Office, deal: Deal, visit: Visit, form: Form) -> object:
    row = db.get(SuspiciousDeal, form.get("note", ""))
    if row is None or row.about != deal.about:
        raise DealMissing(deal.about)
    if form.get("ruling") not in {"reported", "not_reported"}:
        raise FieldMalformed("ruling")
    is_reported = form["ruling"] == "reported"
    number = words_of(form, "report_no", most=100) if is_reported else None
    actor = visit.session.actor
    cash.decide_suspicious(db, row.id, report_no=number, actor=actor, now=visit.now)
    return None


def _buyer(db: Session, office: Office, deal: Deal, visit: Visit, form: Form) -> object:
    kind, _, order_id = deal.about.partition(":")
    if kind != "order":
        raise DealUnknown(kind)
    who = Counterparty(
        words_of(form, "name", most=100), words_of(form, "address", most=300),
        words_of(form, "occupation", most=100), count_of(form, "age", most=150),
    )  # fmt: skip
    by, key = visit.session.actor.name, key_of(form, visit)
    return buyers.name(db, _keys(office), order_id, who, by=by, now=visit.now, key=key)


_STEPS: Sequence[tuple[str, Act, Step]] = (
    ("paper", Act.EDIT_CUSTOMER, _paper),
    ("received", Act.EDIT_CUSTOMER, _received),
    ("diligence", Act.EDIT_CUSTOMER, _diligence),
    ("suspect", Act.EDIT_CUSTOMER, _suspect),
    ("buyer", Act.EDIT_CUSTOMER, _buyer),
    ("decide", Act.APPROVE, _decide),
)
