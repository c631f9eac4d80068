"""A customer's own papers (お客様の帳票): which there are, and each as its printable page.

Papers are the dealer's documents and Japanese whatever the page's language is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from catalog.buyback import papers as buyback
from catalog.buyback.papers import SOLD, sides_of
from catalog.buyback.stages import HELD, Stage
from catalog.buyback.tables import BuybackCase, CasePiece
from catalog.consignment.papers import SETTLED, payment_notice
from catalog.consignment.tables import Contract
from catalog.customers.newcomers import whole
from catalog.duties.papers import page
from catalog.duties.papers.dealer import DealerUnnamed, dealer
from catalog.duties.papers.facts import Paper
from catalog.duties.papers.party import party
from catalog.duties.sealing import DataKeys
from catalog.duties.visits import documents
from catalog.duties.visits.tables import StatutoryDocument
from catalog.ground.calendar import tokyo_day
from catalog.ground.errors import Missing
from catalog.ground.record import CustomerId

BY = "customer"


class PaperMissing(Missing):
    """No such paper, or another's."""


@dataclass(frozen=True, slots=True)
class PaperLink:
    """One paper that can be opened; `about`: what it is looked up by."""

    kind: str
    about: str
    number: str
    at: datetime


def of_customer(db: Session, customer: CustomerId) -> list[PaperLink]:
    """All there are, latest first; none while the dealer's own name is not set."""
    try:
        dealer(db)
    except DealerUnnamed:
        return []
    found: list[PaperLink] = []
    cases = db.exec(
        select(BuybackCase, CasePiece)
        .where(BuybackCase.customer_id == customer, CasePiece.case_id == BuybackCase.id)
        .order_by(col(BuybackCase.opened_at), col(CasePiece.number))
    ).all()
    stages: dict[str, tuple[BuybackCase, list[CasePiece]]] = {}
    for case, piece in cases:
        stages.setdefault(case.id, (case, []))[1].append(piece)
    for case, pieces in stages.values():
        if any(Stage(piece.stage) in HELD for piece in pieces):
            found.append(_link(Paper.DEPOSIT_RECEIPT, case.id, case.case_no, case.changed_at))
        if any(piece.price is not None and Stage(piece.stage) in SOLD for piece in pieces):
            found.append(_link(Paper.PURCHASE_STATEMENT, case.id, case.case_no, case.changed_at))
    for contract in db.exec(
        select(Contract).where(
            Contract.customer_id == customer,
            col(Contract.state).in_([state.value for state in SETTLED]),
            col(Contract.sold_at).is_not(None),
        )
    ):
        found.append(
            _link(Paper.PAYMENT_NOTICE, contract.id, contract.contract_no, contract.changed_at)
        )
    for document in _documents(db, customer):
        found.append(_link(Paper.VISIT_DOCUMENT, document.id, "", document.issued_at))
    return sorted(found, key=lambda each: each.at, reverse=True)


def printed(
    db: Session, keys: DataKeys, customer: CustomerId, kind: str, about: str, *, now: datetime
) -> str:
    """The page of one of their papers. Raises PaperMissing: none of that kind, or another's."""
    held = {(each.kind, each.about) for each in of_customer(db, customer)}
    if (kind, about) not in held:
        raise PaperMissing(kind)
    match Paper(kind):
        case Paper.DEPOSIT_RECEIPT:
            sides = sides_of(db, keys, about, by=BY, now=now)
            receipt = buyback.deposit_receipt(db, about, sides, issued_on=tokyo_day(now))
            return page.render(Paper.DEPOSIT_RECEIPT, receipt)
        case Paper.PURCHASE_STATEMENT:
            sides = sides_of(db, keys, about, by=BY, now=now)
            return page.render(Paper.PURCHASE_STATEMENT, buyback.purchase(db, about, sides))
        case Paper.PAYMENT_NOTICE:
            notice = payment_notice(
                db, [about], dealer=dealer(db),
                customer=party(db, keys, customer, by=BY, now=now),
                account=buyback.ACCOUNT, issued_on=tokyo_day(now),
            )  # fmt: skip
            return page.render(Paper.PAYMENT_NOTICE, notice)
        case _:
            return documents.opened(db, keys, about)


def _documents(db: Session, customer: CustomerId) -> Sequence[StatutoryDocument]:
    return db.exec(
        select(StatutoryDocument).where(
            col(StatutoryDocument.customer_id).in_(whole(db, customer)),
            col(StatutoryDocument.destroyed_at).is_(None),
        )
    ).all()


def _link(kind: Paper, about: str, number: str, at: datetime) -> PaperLink:
    return PaperLink(kind.value, about, number, at)
