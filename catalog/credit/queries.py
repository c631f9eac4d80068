"""Reads on credit: what a customer has, and every change of it (残高照会・利用明細).

What can be spent is decided by the moment: a lot that is over counts for nothing although its
breakage is not posted yet, and a hold that ended counts as given back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func
from sqlalchemy import select as select_columns
from sqlmodel import Session, and_, col, or_, select

from catalog.credit import rules
from catalog.credit.tables import (
    CreditAccount,
    CreditEntry,
    CreditHold,
    CreditHoldPart,
    CreditLot,
    HoldState,
    Receivable,
)
from catalog.customers.tables import Customer
from catalog.ground.calendar import tokyo_day
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId


@dataclass(frozen=True, slots=True)
class LotLeft:
    """What of one lot can be spent."""

    lot_id: str
    origin: str
    is_paid: bool
    amount: Yen
    left: Yen
    issued_at: datetime
    expires_on: date | None
    document: str | None


@dataclass(frozen=True, slots=True)
class Balance:
    """What a customer can spend at a moment, in the order in which it would be. `ends_next`: what
    is over first, and after which day.
    """

    spendable: Yen
    paid: Yen
    free: Yen
    held: Yen
    lots: Sequence[LotLeft]
    next_expires_on: date | None
    ends_next: Yen
    owed: Yen


NOTHING = Balance(Yen(0), Yen(0), Yen(0), Yen(0), (), None, Yen(0), Yen(0))


def is_alive(now: datetime) -> ColumnElement[bool]:
    """Lots that can be used at that moment, whatever jobs have run (CRD-10)."""
    return or_(col(CreditLot.expires_on).is_(None), col(CreditLot.expires_on) >= tokyo_day(now))


def _ended_holds(now: datetime) -> ColumnElement[bool]:
    return and_(
        col(CreditHold.state) == HoldState.HELD.value,
        col(CreditHold.ends_at) <= now,
    )


def spendable(db: Session, account_id: str, now: datetime) -> Yen:
    """What the account is worth at that moment."""
    left = db.exec(
        select(func.coalesce(func.sum(col(CreditLot.remaining)), 0)).where(
            CreditLot.account_id == account_id, is_alive(now)
        )
    ).one()
    ended = db.exec(
        select(func.coalesce(func.sum(col(CreditHoldPart.amount)), 0))
        .join(CreditHold, col(CreditHold.id) == col(CreditHoldPart.hold_id))
        .join(CreditLot, col(CreditLot.id) == col(CreditHoldPart.lot_id))
        .where(CreditHold.account_id == account_id, _ended_holds(now), is_alive(now))
    ).one()
    return Yen(int(left) + int(ended))


def balance(db: Session, customer: CustomerId, now: datetime) -> Balance:
    """What the customer has at that moment; nothing for who never had credit."""
    account_id = db.exec(
        select(CreditAccount.id).where(CreditAccount.customer_id == customer)
    ).first()
    if account_id is None:
        return NOTHING
    lots = _lots_left(db, account_id, now)
    held = db.exec(
        select(func.coalesce(func.sum(col(CreditHold.amount)), 0)).where(
            CreditHold.account_id == account_id,
            CreditHold.state == HoldState.HELD.value,
            col(CreditHold.ends_at) > now,
        )
    ).one()
    last = lots[0].expires_on if lots else None
    return Balance(
        spendable=Yen(sum(lot.left for lot in lots)),
        paid=Yen(sum(lot.left for lot in lots if lot.is_paid)),
        free=Yen(sum(lot.left for lot in lots if not lot.is_paid)),
        held=Yen(int(held)),
        lots=lots,
        next_expires_on=last,
        ends_next=Yen(sum(lot.left for lot in lots if last and lot.expires_on == last)),
        owed=_owed(db, account_id),
    )


def _lots_left(db: Session, account_id: str, now: datetime) -> list[LotLeft]:
    ended: dict[str, int] = {}
    parts = (
        select(CreditHoldPart.lot_id, CreditHoldPart.amount)
        .join(CreditHold, col(CreditHold.id) == col(CreditHoldPart.hold_id))
        .where(CreditHold.account_id == account_id, _ended_holds(now))
    )
    for lot_id, amount in db.exec(parts):
        ended[lot_id] = ended.get(lot_id, 0) + amount
    rows = db.exec(
        select(CreditLot).where(
            CreditLot.account_id == account_id,
            is_alive(now),
            or_(col(CreditLot.remaining) > 0, col(CreditLot.id).in_(list(ended))),
        )
    )
    by_id = {row.id: row for row in rows}
    order = rules.burn_order(
        [
            rules.Lot(
                row.id,
                Yen(row.remaining + ended.get(row.id, 0)),
                row.expires_on,
                row.is_paid,
                row.issued_at,
            )
            for row in by_id.values()
        ]
    )
    return [_left(by_id[lot.id], lot.remaining) for lot in order]


def _left(row: CreditLot, left: Yen) -> LotLeft:
    return LotLeft(
        row.id,
        row.origin,
        row.is_paid,
        Yen(row.amount),
        left,
        row.issued_at,
        row.expires_on,
        row.document,
    )


def _owed(db: Session, account_id: str) -> Yen:
    total = db.exec(
        select(func.coalesce(func.sum(Receivable.amount - Receivable.settled), 0)).where(
            Receivable.account_id == account_id
        )
    ).one()
    return Yen(int(total))


def lots_of(db: Session, document: str) -> list[CreditLot]:
    """The lots issued for a case, order or contract, oldest first."""
    return list(
        db.exec(
            select(CreditLot)
            .where(CreditLot.document == document)
            .order_by(col(CreditLot.issued_at), col(CreditLot.id))
        )
    )


def spent_on(db: Session, document: str) -> Yen:
    """How much credit was taken for an order, whatever came back since."""
    total = db.exec(
        select(func.coalesce(func.sum(col(CreditHold.amount)), 0)).where(
            CreditHold.document == document, CreditHold.state == HoldState.CAPTURED.value
        )
    ).one()
    return Yen(int(total))


def ending_on(db: Session, account_id: str, expires_on: date, now: datetime) -> Yen:
    """What is still there of the lots with that last day; zero once it is spent or over (CRD-11).
    For who is about to send a reminder.
    """
    lots = _lots_left(db, account_id, now)
    return Yen(sum(lot.left for lot in lots if lot.expires_on == expires_on))


@dataclass(frozen=True, slots=True)
class Line:
    """One change: to which lot, why, for which document, and what was left in all after it."""

    at: datetime
    kind: str
    lot_id: str
    origin: str
    is_paid: bool
    amount: int
    yen: Yen
    left: int
    document: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Statement:
    """Every change of an account from one moment to before another. `closing` by lot adds up to
    what remains.
    """

    opening: Yen
    lines: Sequence[Line]
    closing: Yen
    paid: Yen
    free: Yen
    by_lot: dict[str, Yen]
    balance: Balance


def statement(
    db: Session, customer: CustomerId, *, begins: datetime, ends: datetime, now: datetime
) -> Statement:
    """The account's entries in [begins, ends), with what there was before and after (CRD-12)."""
    rows = db.exec(
        select(CreditEntry, CreditLot.origin, CreditLot.is_paid)
        .join(CreditLot, col(CreditLot.id) == col(CreditEntry.lot_id))
        .join(CreditAccount, col(CreditAccount.id) == col(CreditLot.account_id))
        .where(CreditAccount.customer_id == customer, col(CreditEntry.at) < ends)
        .order_by(col(CreditEntry.at), col(CreditEntry.id))
    )
    opening = left = paid = 0
    by_lot: dict[str, int] = {}
    lines = []
    for entry, origin, is_paid in rows:
        left += entry.amount
        paid += entry.amount if is_paid else 0
        by_lot[entry.lot_id] = by_lot.get(entry.lot_id, 0) + entry.amount
        if entry.at < begins:
            opening = left
        else:
            lines.append(_line(entry, origin, is_paid=is_paid, left=left))
    return Statement(
        Yen(opening),
        lines,
        Yen(left),
        Yen(paid),
        Yen(left - paid),
        {lot: Yen(yen) for lot, yen in by_lot.items()},
        balance(db, customer, now),
    )


def _line(entry: CreditEntry, origin: str, *, is_paid: bool, left: int) -> Line:
    return Line(
        entry.at,
        entry.kind,
        entry.lot_id,
        origin,
        is_paid,
        entry.amount,
        Yen(entry.yen),
        left,
        entry.document,
        entry.reason,
    )


def miscounted(db: Session) -> list[str]:
    """Lots whose entries do not add up to what remains; none while the books are right."""
    sums = (
        select(CreditEntry.lot_id, func.sum(col(CreditEntry.amount)).label("total"))
        .group_by(col(CreditEntry.lot_id))
        .subquery()
    )
    wrong = (
        select(CreditLot.id)
        .outerjoin(sums, sums.c.lot_id == col(CreditLot.id))
        .where(func.coalesce(sums.c.total, 0) != col(CreditLot.remaining))
    )
    return list(db.exec(wrong))


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account in the list. `next_expires_on`: the nearest last day of what is left."""

    customer_id: str
    customer_no: str
    holder: str
    spendable: Yen
    next_expires_on: date | None


def accounts(
    db: Session, now: datetime, *, text: str = "", limit: int = 50, offset: int = 0
) -> Sequence[AccountRow]:
    """The accounts that hold something, the nearest last day first; with `text` those whose
    customer has that number or name, empty ones too.
    """
    left = func.coalesce(func.sum(col(CreditLot.remaining)), 0)
    ends = func.min(col(CreditLot.expires_on))
    alive = and_(
        col(CreditLot.account_id) == col(CreditAccount.id),
        col(CreditLot.remaining) > 0,
        is_alive(now),
    )
    wanted = (
        select_columns(
            col(Customer.id), col(Customer.customer_no), col(Customer.family_name),
            col(Customer.given_name), left, ends,
        )
        .join(CreditAccount, col(CreditAccount.customer_id) == col(Customer.id))
        .outerjoin(CreditLot, alive)
        .group_by(
            col(Customer.id), col(Customer.customer_no), col(Customer.family_name),
            col(Customer.given_name),
        )
        .order_by(ends.is_(None), ends, col(Customer.id))
        .limit(limit)
        .offset(offset)
    )  # fmt: skip
    if text:
        name = col(Customer.family_name) + func.coalesce(col(Customer.given_name), "")
        plain = "".join(text.split())
        wanted = wanted.where(
            or_(col(Customer.customer_no) == text.strip(), name.contains(plain, autoescape=True))
        )
    else:
        wanted = wanted.having(left > 0)
    return [
        AccountRow(who, number, f"{family} {given or ''}".strip(), Yen(int(amount)), last)
        for who, number, family, given, amount, last in db.connection().execute(wanted)
    ]


def receivables(db: Session, customer: CustomerId) -> Sequence[Receivable]:
    """What the customer still owes, the oldest first."""
    return db.exec(
        select(Receivable)
        .join(CreditAccount, col(CreditAccount.id) == col(Receivable.account_id))
        .where(
            CreditAccount.customer_id == customer,
            col(Receivable.settled) < col(Receivable.amount),
        )
        .order_by(col(Receivable.id))
    ).all()


@dataclass(frozen=True, slots=True)
class HoldRow:
    """An amount set aside until then."""

    amount: Yen
    ends_at: datetime
    document: str | None


def holds(db: Session, customer: CustomerId, now: datetime) -> Sequence[HoldRow]:
    """What is set aside at that moment, the first to end first."""
    rows = db.exec(
        select(CreditHold)
        .join(CreditAccount, col(CreditAccount.id) == col(CreditHold.account_id))
        .where(
            CreditAccount.customer_id == customer,
            CreditHold.state == HoldState.HELD.value,
            col(CreditHold.ends_at) > now,
        )
        .order_by(col(CreditHold.ends_at), col(CreditHold.id))
    )
    return [HoldRow(Yen(row.amount), row.ends_at, row.document) for row in rows]
