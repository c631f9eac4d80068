"""Rows of the desk lists as people call them (残りの作業): whom or what each is about, and the page
it is done on.

Not here: what is in a list (`handoff.desk.lists`), and words for states and tasks (templates).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

from sqlmodel import Session, col, select

from catalog.buyback.payouts.tables import Payout
from catalog.buyback.tables import BuybackCase
from catalog.consignment.tables import Contract
from catalog.credit import asking
from catalog.credit.tables import CreditAccount
from catalog.customers.tables import Customer
from catalog.ground.record import ConversationId
from catalog.items.tables import Unit
from catalog.items.wishes.actions import DRAFT
from catalog.orders.tables import ReturnCase, SaleOrder
from conversations.flows.newcomers import APART
from handoff.console.door import HOME
from handoff.console.naming import Name, names_of, speakers_of
from handoff.desk.lists import DeskList, Item
from media.disputes.tables import Dispute

# What has a number of its own; and what is a part of such a thing.
_NUMBERED: Mapping[str, tuple[Any, Any]] = {
    "case": (BuybackCase, col(BuybackCase.case_no)),
    "contract": (Contract, col(Contract.contract_no)),
    "order": (SaleOrder, col(SaleOrder.order_no)),
    "unit": (Unit, col(Unit.code)),
    "customer": (Customer, col(Customer.customer_no)),
}
_PARTS: Mapping[str, tuple[Any, str, Any]] = {
    "return": (ReturnCase, "order", col(ReturnCase.order_id)),
    "account": (CreditAccount, "customer", col(CreditAccount.customer_id)),
    "payout": (Payout, "customer", col(Payout.customer_id)),
}
# Tasks that are answered on a page of their own.
ANSWERED_AT = {asking.TASK: "approvals", APART: "newcomers", DRAFT: "finds"}
_PAGES = {
    "case": "cases",
    "contract": "consignments",
    "order": "orders",
    "unit": "items",
    "customer": "customers",
}


@dataclass(frozen=True, slots=True)
class Owed:
    """One row as it is shown. `task`: the page of what is to be done, where it has one beside the
    thing's own; `number`: of the piece, case, contract or order it is about; `who`:
    the person; `title`: a name somebody gave; `word`: a name of the registers.
    """

    href: str
    number: str | None = None
    who: Name | None = None
    title: str | None = None
    word: str | None = None
    due_at: datetime | None = None
    amount: int | None = None
    is_late: bool = False
    task: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is looked after. `number`: what it is called; `who`: the person."""

    href: str
    number: str | None = None
    who: Name | None = None


_NOWHERE = Place(HOME)


def shown(db: Session, which: DeskList, rows: Sequence[Item]) -> list[Owed]:
    """These rows of that list."""
    places = _places(db, {subject for each in rows for subject in _subjects(which, each)})
    return [_owed(which, each, places) for each in rows]


def _subjects(which: DeskList, row: Item) -> Sequence[str]:
    match which:
        case DeskList.PAY:
            return (row.title, f"customer:{row.about}")  # the first is `case:…` or `contract:…`
        case DeskList.EXPIRING:
            return (f"customer:{row.about}",)
        case DeskList.SILENT:
            return (f"conversation:{row.key}",)
        case DeskList.UNDELIVERED:
            return (f"conversation:{row.about}",)
        case DeskList.TASKS:
            return (row.about or "",)
        case _:
            return ()


def _owed(which: DeskList, row: Item, places: Mapping[str, Place]) -> Owed:
    told: dict[str, Any] = {"due_at": row.due_at, "amount": row.amount, "is_late": row.is_late}
    place, *more = [places.get(each, _NOWHERE) for each in _subjects(which, row)] or [_NOWHERE]
    number = quote(row.about or "", safe="")
    match which:
        case DeskList.CAPTURE:
            return Owed(f"{HOME}/items/{number}", row.about, title=row.title, **told)
        case DeskList.APPRAISE | DeskList.APPROVE:
            return Owed(f"{HOME}/cases/{number}", row.about, title=row.title, **told)
        case DeskList.ENDING:
            return Owed(f"{HOME}/consignments/{number}", row.about, title=row.title, **told)
        case DeskList.NEWCOMERS:
            return Owed(f"{HOME}/newcomers/{quote(row.key)}", row.title, title=row.about, **told)
        case DeskList.FINDS:
            return Owed(f"{HOME}/finds", row.about, title=row.title, **told)
        case DeskList.UNMATCHED:
            return Owed(f"{HOME}/tray", title=row.title, **told)
        case DeskList.PAY:
            return Owed(f"{HOME}/payouts", place.number, more[0].who, **told)
        case DeskList.EXPIRING:
            href = f"{HOME}/credit/{quote(place.number or '', safe='')}"
            return Owed(href, place.number, place.who, word=row.title, **told)
        case DeskList.TASKS:
            word = row.title.partition(":")[0]  # what is to be done
            task = f"{HOME}/{ANSWERED_AT.get(word) or f'tasks/{quote(row.key)}'}"
            href = place.href if place.href != HOME else task
            return Owed(href, place.number, place.who, word=word, task=task, **told)
        case _:
            return Owed(place.href, place.number, place.who, word=row.title, **told)


def place_of(db: Session, subject: str) -> Place:
    """Where that one is looked after; the first page where it is nowhere."""
    return _places(db, [subject]).get(subject, _NOWHERE)


def _places(db: Session, subjects: Iterable[str]) -> Mapping[str, Place]:
    """Where each is looked after, and what it is called."""
    wanted: dict[str, set[str]] = {}
    for subject in subjects:
        kind, _, key = subject.partition(":")
        wanted.setdefault(kind, set()).add(key)
    parts: dict[str, str] = {}
    for kind, (table, whole, column) in _PARTS.items():
        query = select(table.id, column).where(table.id.in_(wanted.get(kind, ())))
        for key, of in db.exec(query):
            parts[f"{kind}:{key}"] = f"{whole}:{of}"
            wanted.setdefault(whole, set()).add(of)
    found: dict[str, Place] = {}
    for kind, (table, column) in _NUMBERED.items():
        for key, number in db.exec(
            select(table.id, column).where(table.id.in_(wanted.get(kind, ())))
        ):
            found[f"{kind}:{key}"] = Place(_page(kind, key, number), number)
    disputes = select(Dispute.id, Unit.code).where(
        col(Dispute.id).in_(wanted.get("dispute", ())), Unit.id == Dispute.unit_id
    )
    for key, code in db.exec(disputes):
        found[f"dispute:{key}"] = Place(f"{HOME}/disputes/{quote(key)}", code)
    for key in wanted.get("breach", ()):
        found[f"breach:{key}"] = Place(f"{HOME}/breaches")
    people = names_of(db, [f"customer:{key}" for key in wanted.get("customer", ())])
    for subject, name in people.items():
        if subject in found:
            found[subject] = replace(found[subject], who=name)
    talks = [ConversationId(key) for key in wanted.get("conversation", ())]
    for talk, name in speakers_of(db, talks).items():
        href = f"{HOME}/inbox?list=all&c={quote(talk, safe='')}"
        found[f"conversation:{talk}"] = Place(href, None, name)
    return found | {part: found[of] for part, of in parts.items() if of in found}


def _page(kind: str, key: str, number: str) -> str:
    told = key if kind == "customer" else number
    return f"{HOME}/{_PAGES[kind]}/{quote(told, safe='')}"
