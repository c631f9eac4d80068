"""Reads on buyback cases: what a customer is told of theirs, and what stands open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from catalog.buyback.cases import CaseMissing, about
from catalog.buyback.inquiry import QuoteState
from catalog.buyback.payouts.queries import of as payouts_of
from catalog.buyback.payouts.rules import PayoutStatus
from catalog.buyback.stages import ENDED, Stage
from catalog.buyback.tables import BuybackCase, CasePiece, Quote


@dataclass(frozen=True, slots=True)
class OpenOffer:
    """What may be answered to now: a range (`is_binding` False) or an amount."""

    quote_id: str
    is_binding: bool
    low: int | None
    high: int | None
    amount: int | None
    valid_through: date | None


@dataclass(frozen=True, slots=True)
class PieceStatus:
    """One piece as its seller sees it (R-046, R-057)."""

    piece_id: str
    number: int
    title: str
    stage: Stage
    since: datetime
    offer: OpenOffer | None
    price: int | None


@dataclass(frozen=True, slots=True)
class PaymentStatus:
    """One payment as its seller sees it (R-051)."""

    amount: int
    due_on: date
    status: PayoutStatus
    reference: str | None


@dataclass(frozen=True, slots=True)
class CaseStatus:
    """A case as its seller sees it. `waits_for_identity`: accepted, and not yet payable."""

    case_id: str
    case_no: str
    stage: Stage
    channel: str | None
    pieces: Sequence[PieceStatus]
    payments: Sequence[PaymentStatus]
    waits_for_identity: bool


def status(db: Session, case_id: str, *, customer: str | None = None) -> CaseStatus:
    """One case with its pieces and payments. Raises CaseMissing, also for another customer's."""
    case = db.get(BuybackCase, case_id)
    if case is None or (customer is not None and case.customer_id != customer):
        raise CaseMissing(case_id)
    pieces = db.exec(
        select(CasePiece).where(CasePiece.case_id == case_id).order_by(col(CasePiece.number))
    ).all()
    offers = {
        row.piece_id: row
        for row in db.exec(
            select(Quote).where(Quote.case_id == case_id, Quote.state == QuoteState.OPEN.value)
        )
    }
    return CaseStatus(
        case_id=case.id,
        case_no=case.case_no,
        stage=Stage(case.state),
        channel=case.channel,
        pieces=[_piece(each, offers.get(each.id)) for each in pieces],
        payments=[
            PaymentStatus(each.amount, each.due_on, PayoutStatus(each.status), each.bank_ref)
            for each in payouts_of(db, about(case_id))
            if each.status != PayoutStatus.CANCELLED.value
        ],
        waits_for_identity=any(each.stage == Stage.ACCEPTED.value for each in pieces),
    )


def _piece(piece: CasePiece, quote: Quote | None) -> PieceStatus:
    offer = None
    if quote is not None:
        offer = OpenOffer(
            quote.id,
            quote.amount is not None,
            quote.low,
            quote.high,
            quote.amount,
            quote.valid_through,
        )
    return PieceStatus(
        piece.id,
        piece.number,
        piece.title,
        Stage(piece.stage),
        piece.moved_at,
        offer,
        piece.price,
    )


def by_number(db: Session, case_no: str) -> str | None:
    """The case of that number."""
    return db.exec(select(BuybackCase.id).where(BuybackCase.case_no == case_no)).first()


def open_cases(db: Session, *, customer: str | None = None, limit: int = 100) -> Sequence[str]:
    """Cases that are not at an end, the latest change first."""
    wanted = select(BuybackCase.id).where(
        col(BuybackCase.state).not_in([stage.value for stage in ENDED])
    )
    if customer is not None:
        wanted = wanted.where(BuybackCase.customer_id == customer)
    return db.exec(wanted.order_by(col(BuybackCase.changed_at).desc()).limit(limit)).all()


def of_customer(db: Session, customer: str, *, limit: int = 100) -> Sequence[str]:
    """All of a seller's cases, the latest change first."""
    wanted = select(BuybackCase.id).where(BuybackCase.customer_id == customer)
    return db.exec(wanted.order_by(col(BuybackCase.changed_at).desc()).limit(limit)).all()


def offset_for(db: Session, order_id: str) -> int:
    """How much of a purchase is paid by pieces sold in the same deal (QUO-8)."""
    rows = db.exec(
        select(CasePiece.offset_part).where(
            CasePiece.case_id == BuybackCase.id,
            BuybackCase.offset_order == order_id,
            col(CasePiece.stage).in_([Stage.PAY_SCHEDULED.value, Stage.PAID.value,
                                      Stage.CREDITED.value, Stage.CLOSED.value]),
        )
    )  # fmt: skip
    return sum(rows)


def price_basis(db: Session, quote_id: str) -> Quote:
    """Everything a quote was made of, for staff (R-064). Raises CaseMissing."""
    quote = db.get(Quote, quote_id)
    if quote is None:
        raise CaseMissing(quote_id)
    return quote
