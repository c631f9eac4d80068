"""Giving money of an order back (返金): pro rata to credit and to the other means it was paid by,
never more than each paid.

Not here: whether it may be given back; cancelling and returns know.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from catalog.credit import actions as credit
from catalog.credit import refunds
from catalog.credit.consents import NEVER_PAID_OUT, ConsentMissing, need
from catalog.credit.rules import RefundTooHigh, credit_share
from catalog.credit.terms import Origin
from catalog.ground import worklist
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId, Row, new_id
from catalog.orders.states import TenderKind
from catalog.orders.steps import about
from catalog.orders.tables import Refund, SaleOrder, Tender

IMPORTED = "import"  # the reference of what was paid before this register began
CARRIED = "carried"


@dataclass(frozen=True, slots=True)
class Back:
    """What goes back. `key` tells one refund of an order from the next.

    `as_credit`: the buyer takes the money part as store credit, with the bonus (R-095);
    `consent_id`: they knew that credit is never paid out. `carried`: so much of the money part
    stays, as payment for the piece taken in exchange.
    """

    order: SaleOrder
    amount: Yen
    key: str
    return_id: str | None = None
    as_credit: bool = False
    consent_id: str | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """What went back: credit to its lots, the rest to the other means, and the bonus on what was
    taken as credit instead. `rows`: for the journal of the caller.
    """

    to_credit: Yen
    to_other: Yen
    bonus: Yen
    rows: Sequence[Row]


def tenders_of(db: Session, order_id: str) -> list[Tender]:
    """How an order was paid. Who changes it has locked the order."""
    return list(
        db.exec(
            select(Tender)
            .where(Tender.order_id == order_id)
            .order_by(col(Tender.id))
            .execution_options(populate_existing=True)
        )
    )


@dataclass(frozen=True, slots=True)
class Parts:
    """An amount by where it goes back to."""

    to_credit: Yen
    to_other: Yen


def parts_of(db: Session, order: SaleOrder, amount: Yen) -> Parts:
    """How an amount would be split now, after all that went back before (CRD-8). Raises
    RefundTooHigh.
    """
    tenders = tenders_of(db, order.id)
    paid = Yen(sum(each.amount for each in tenders))
    by_credit = Yen(sum(each.amount for each in tenders if each.kind == TenderKind.CREDIT.value))
    before = Yen(sum(each.refunded for each in tenders))
    if before + amount > paid:
        raise RefundTooHigh(paid, Yen(before + amount))
    given = sum(each.refunded for each in tenders if each.kind == TenderKind.CREDIT.value)
    share = credit_share(Yen(before + amount), credit_paid=by_credit, total_paid=paid)
    return Parts(Yen(share - given), Yen(amount - (share - given)))


def give_back(db: Session, back: Back, *, carried: Yen = Yen(0), by: str, now: datetime) -> Given:
    """Give an amount of a locked order back (CRD-8). Raises RefundTooHigh, ConsentMissing."""
    parts = parts_of(db, back.order, back.amount)
    tenders = tenders_of(db, back.order.id)
    if parts.to_credit:
        _restore(db, back, tenders, parts, by=by, now=now)
    elif any(_is_live_credit(each) for each in tenders):
        _to_lots(db, back, tenders, parts, by=by, now=now)
    rows = _book(db, back, tenders, TenderKind.CREDIT, parts.to_credit, "credit", by=by, now=now)
    rows += _book(db, back, tenders, None, carried, CARRIED, by=by, now=now)
    money = Yen(parts.to_other - carried)
    bonus = Yen(0)
    if money and back.as_credit:
        rows += _book(db, back, tenders, None, money, "credit", by=by, now=now)
        bonus = _as_credit(db, back, money, by=by, now=now)
    elif money:
        rows += _book(db, back, tenders, None, money, "", by=by, now=now)
    return Given(parts.to_credit, parts.to_other, bonus, rows)


def _is_live_credit(tender: Tender) -> bool:
    return tender.kind == TenderKind.CREDIT.value and tender.reference != IMPORTED


def _restore(
    db: Session, back: Back, tenders: Sequence[Tender], parts: Parts, *, by: str, now: datetime
) -> None:
    if any(_is_live_credit(each) for each in tenders):
        _to_lots(db, back, tenders, parts, by=by, now=now)
        return
    # Paid with credit before this register began: there is no lot to go back to.
    credit.issue(
        db, CustomerId(back.order.customer_id), Origin.RETURN, parts.to_credit,
        document=about(back.order.id), channel=back.order.channel, by=by, now=now,
        key=f"{back.key}:credit",
    )  # fmt: skip


def _to_lots(
    db: Session, back: Back, tenders: Sequence[Tender], parts: Parts, *, by: str, now: datetime
) -> None:
    other = Yen(sum(each.amount for each in tenders if each.kind != TenderKind.CREDIT.value))
    done = refunds.refund(
        db, about(back.order.id), back.amount, other_paid=other, by=by, now=now,
        key=f"{back.key}:credit",
    )  # fmt: skip
    if (done.to_credit, done.to_other) != (parts.to_credit, parts.to_other):
        raise AssertionError(f"{back.key}: {done} is not {parts}")  # the one rule, read twice


def _as_credit(db: Session, back: Back, money: Yen, *, by: str, now: datetime) -> Yen:
    if back.consent_id is None:
        raise ConsentMissing("credit instead of money")
    need(db, back.order.customer_id, back.consent_id, NEVER_PAID_OUT)
    _, bonus = credit.issue_with_bonus(
        db, CustomerId(back.order.customer_id), Origin.RETURN, money,
        document=about(back.order.id), channel=back.order.channel, by=by, now=now,
        key=f"{back.key}:as_credit", consent_id=back.consent_id,
    )  # fmt: skip
    return bonus.amount if bonus is not None else Yen(0)


def _book(
    db: Session,
    back: Back,
    tenders: Sequence[Tender],
    kind: TenderKind | None,
    amount: Yen,
    paid_as: str,
    *,
    by: str,
    now: datetime,
) -> list[Row]:
    """Book an amount against the tenders of that kind (None: all but credit), the last first."""
    rows: list[Row] = []
    left: int = amount
    for tender in reversed(tenders):
        is_credit = tender.kind == TenderKind.CREDIT.value
        part = min(left, tender.amount - tender.refunded)
        if is_credit != (kind is TenderKind.CREDIT) or part <= 0:
            continue
        tender.refunded += part
        left -= part
        row = Refund(
            id=new_id(now),
            order_id=back.order.id,
            tender_id=tender.id,
            return_id=back.return_id,
            amount=part,
            paid_as=paid_as or tender.kind,
            refunded_by=by,
            refunded_at=now,
        )
        db.add_all([tender, row])
        db.flush()
        rows += [tender, row]
        if not paid_as:
            _task(db, back, tender, row, now=now)
    if left:
        raise AssertionError(f"{back.key}: {left} yen found no tender")
    return rows


def _task(db: Session, back: Back, tender: Tender, row: Refund, *, now: datetime) -> None:
    """The money itself is given back by a person or the payment service."""
    worklist.task(
        db, "refund_money", about(back.order.id), due_at=now, now=now, once=row.id,
        facts={
            "order_no": back.order.order_no, "means": tender.kind, "amount": row.amount,
            "reference": tender.reference, "refund": row.id,
        },
    )  # fmt: skip
