"""Reads on buyback cases: what a customer is told of theirs, and what stands open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from catalog.buyback.cases import CaseMissing, about
from catalog.buyback.inquiry import QuoteState, told_range
from catalog.buyback.payouts.queries import of as payouts_of
from catalog.buyback.payouts.rules import PayoutStatus
from catalog.buyback.rules import QuoteKind, buyback_pay_date
from catalog.buyback.stages import ENDED, Stage
from catalog.buyback.tables import BuybackCase, CasePiece, Quote
from catalog.buyback.terms import PayTerms
from catalog.credit.rules import credit_bonus
from catalog.credit.terms import CreditTerms
from catalog.ground import policy
from catalog.ground.calendar import tokyo_day
from catalog.ground.money import Yen


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
    """A case as its seller sees it. `waits_for_identity`: accepted, and not yet payable.
    `promised_at`: by when the shop moves next, None while it waits for the customer or a date.
    """

    case_id: str
    case_no: str
    stage: Stage
    channel: str | None
    pieces: Sequence[PieceStatus]
    payments: Sequence[PaymentStatus]
    waits_for_identity: bool
    purpose: str
    changed_at: datetime
    promised_at: datetime | None
    kit_box: str | None
    kit_no: str | None


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
        purpose=case.purpose,
        changed_at=case.changed_at,
        promised_at=case.alarm_at,
        kit_box=case.kit_box,
        kit_no=case.kit_no,
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


def piece_of(db: Session, piece_id: str, *, customer: str) -> tuple[CasePiece, BuybackCase]:
    """A piece with its case, to its seller. Raises CaseMissing, also for another customer's."""
    row = db.exec(
        select(CasePiece, BuybackCase)
        .where(CasePiece.id == piece_id, CasePiece.case_id == BuybackCase.id)
        .execution_options(populate_existing=True)
    ).first()
    if row is None or row[1].customer_id != customer:
        raise CaseMissing(piece_id)
    return row[0], row[1]


def latest_quote(db: Session, piece_id: str) -> Quote | None:
    """The quote of a piece that was made last, whatever became of it."""
    return db.exec(
        select(Quote)
        .where(Quote.piece_id == piece_id)
        .order_by(col(Quote.number).desc())
        .limit(1)
        .execution_options(populate_existing=True)
    ).first()


@dataclass(frozen=True, slots=True)
class Offer:
    """A binding offer that stands open, as its seller decides on it (R-050, R-052, R-057).

    `bonus`: what comes on top where all of it is taken as credit; `transfer_fee`: what the seller
    bears of the bank's; `pay_on`: when it is paid if accepted now. `below_told`: by how much it is
    less than the range told before, with `reasons` and `evidence`.
    """

    quote_id: str
    case_id: str
    case_no: str
    piece_id: str
    title: str
    purpose: str
    channel: str | None
    amount: Yen
    bonus: Yen
    transfer_fee: Yen
    pay_on: date
    valid_through: date
    told_low: int | None
    told_high: int | None
    reasons: Sequence[str]
    evidence: Sequence[str]

    @property
    def below_told(self) -> int:
        """By how much less it is than the least that was told."""
        return max((self.told_low or 0) - self.amount, 0)


def open_offers(db: Session, customer: str, *, now: datetime) -> list[Offer]:
    """What the customer may answer to now, the oldest case first; nothing whose last day is
    over.
    """
    rows = db.exec(
        select(Quote, CasePiece, BuybackCase)
        .where(
            Quote.state == QuoteState.OPEN.value,
            Quote.kind == QuoteKind.BINDING.value,
            col(Quote.valid_through) >= tokyo_day(now),
            CasePiece.id == Quote.piece_id,
            BuybackCase.id == Quote.case_id,
            BuybackCase.customer_id == customer,
        )
        .order_by(col(BuybackCase.opened_at), col(BuybackCase.id), col(CasePiece.number))
        .execution_options(populate_existing=True)
    ).all()
    return [_offer(db, *row, now=now) for row in rows]


def _offer(
    db: Session, quote: Quote, piece: CasePiece, case: BuybackCase, *, now: datetime
) -> Offer:
    terms = policy.at(db, case.policy_version)
    amount = Yen(quote.amount or 0)
    told = told_range(db, piece.id)
    return Offer(
        quote_id=quote.id,
        case_id=case.id,
        case_no=case.case_no,
        piece_id=piece.id,
        title=piece.title,
        purpose=case.purpose,
        channel=case.channel,
        amount=amount,
        bonus=credit_bonus(terms.of(CreditTerms), amount),
        transfer_fee=Yen(terms.of(PayTerms).transfer_fee),
        pay_on=buyback_pay_date(terms.of(PayTerms), now),
        valid_through=quote.valid_through or tokyo_day(now),
        told_low=told[0] if told is not None else None,
        told_high=told[1] if told is not None else None,
        reasons=quote.reasons,
        evidence=quote.evidence_ids,
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


def sold_cases(db: Session, customer: str, *, limit: int = 10) -> Sequence[str]:
    """Cases of the customer with a piece sold, the latest change first."""
    sold = select(CasePiece.case_id).where(col(CasePiece.price).is_not(None))
    return db.exec(
        select(BuybackCase.id)
        .where(BuybackCase.customer_id == customer, col(BuybackCase.id).in_(sold))
        .order_by(col(BuybackCase.changed_at).desc())
        .limit(limit)
    ).all()


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
