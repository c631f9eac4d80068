"""All buyback cases as staff see them (買取案件の一覧): where each stands, when it is late, which
offers wait for somebody's approval.

Not here: one case in full, and what its seller is told (`queries`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from catalog.buyback.appraisal import PRICED_AT, approvals_of, may_bind, needed_of
from catalog.buyback.inquiry import QuoteState
from catalog.buyback.rules import Approver, QuoteKind
from catalog.buyback.stages import ENDED, Stage
from catalog.buyback.tables import BuybackCase, CasePiece, Quote
from catalog.customers.tables import Customer
from catalog.duties.actors import Actor
from catalog.ground.money import Yen


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case in the list. `due_at`: when the shop is late with it, None while it waits for the
    customer or a date.
    """

    case_no: str
    state: Stage
    purpose: str
    channel: str | None
    seller: str
    title: str
    pieces: int
    due_at: datetime | None
    changed_at: datetime


def counts(db: Session) -> Mapping[Stage, int]:
    """How many cases stand at each stage, in the order of the stages; none are left out."""
    rows = db.exec(select(BuybackCase.state, func.count()).group_by(col(BuybackCase.state)))
    found = {Stage(state): int(number) for state, number in rows}
    return {stage: found[stage] for stage in Stage if stage in found}


def listing(
    db: Session, *, state: Stage | None = None, limit: int = 50, offset: int = 0
) -> Sequence[CaseRow]:
    """The open cases, or those at one stage: what is due first, then the longest unchanged."""
    pieces = (
        select(
            CasePiece.case_id,
            func.count().label("number"),
            func.min(col(CasePiece.title)).label("title"),
        )
        .group_by(col(CasePiece.case_id))
        .subquery()
    )
    wanted = (
        col(BuybackCase.state) == state.value
        if state is not None
        else col(BuybackCase.state).not_in([each.value for each in ENDED])
    )
    rows = db.exec(
        select(BuybackCase, Customer, pieces.c.number, pieces.c.title)
        .where(wanted, BuybackCase.customer_id == Customer.id)
        .join(pieces, pieces.c.case_id == col(BuybackCase.id))
        .order_by(
            col(BuybackCase.alarm_at).is_(None),
            col(BuybackCase.alarm_at),
            col(BuybackCase.changed_at),
            col(BuybackCase.id),
        )
        .limit(limit)
        .offset(offset)
    )
    return [
        CaseRow(
            case.case_no,
            Stage(case.state),
            case.purpose,
            case.channel,
            f"{customer.family_name} {customer.given_name or ''}".strip(),
            title,
            int(number),
            case.alarm_at,
            case.changed_at,
        )
        for case, customer, number, title in rows
    ]


@dataclass(frozen=True, slots=True)
class ToApprove:
    """An offer that is not approved yet. `needed`: who must; `given`: who did, in which role."""

    quote_id: str
    case_no: str
    title: str
    amount: Yen
    is_below_floor: bool
    made_by: str
    made_at: datetime
    needed: tuple[Approver, ...]
    given: Sequence[tuple[str, Approver]]


def to_approve(db: Session, *, limit: int = 200, offset: int = 0) -> Sequence[ToApprove]:
    """The offers that wait for an approval, the oldest first (QUO-6, R-058)."""
    rows = db.exec(
        select(Quote, CasePiece, BuybackCase)
        .where(
            Quote.state == QuoteState.DRAFTED.value,
            Quote.kind == QuoteKind.BINDING.value,
            Quote.piece_id == CasePiece.id,
            Quote.case_id == BuybackCase.id,
            col(CasePiece.stage).in_([each.value for each in PRICED_AT]),
        )
        .order_by(col(Quote.made_at), col(Quote.id))
        .limit(limit)
        .offset(offset)
    ).all()
    return [
        ToApprove(
            quote.id,
            case.case_no,
            piece.title,
            Yen(quote.amount or 0),
            quote.is_below_floor,
            quote.made_by,
            quote.made_at,
            needed_of(db, case, quote),
            approvals_of(db, quote.id),
        )
        for quote, piece, case in rows
    ]


def may_approve(db: Session, quote_id: str, actor: Actor) -> bool:
    """Whether an approval by this person would count now: their role reaches that far, they have
    not approved it, and it is not an offer of their own (QUO-6).
    """
    quote = db.get(Quote, quote_id)
    if quote is None or quote.state != QuoteState.DRAFTED.value or quote.amount is None:
        return False
    case = db.get_one(BuybackCase, quote.case_id)
    is_given = any(person == actor.name for person, _ in approvals_of(db, quote_id))
    return not is_given and may_bind(db, case, quote, actor)
