"""What the shop owes in credit (ストアクレジット残高の報告): now, at the base dates of the law, and
at the next one.

The figures come from the lots' entries, so a base date in the past can be told again at any time
(PRE-1). Free lots are outside the duties and always told apart (PRE-2).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlmodel import Session, col

from catalog.credit import queries
from catalog.credit.entries import EFFECTS
from catalog.credit.tables import CreditEntry, CreditLot
from catalog.duties import prepaid
from catalog.ground import worklist
from catalog.ground.calendar import add_months, at_tokyo, tokyo_day
from catalog.ground.money import Yen

ALERT = "prepaid_alert"
FILING = "prepaid_filing"
SUBJECT = "credit:prepaid"
LOOKED_AT_DAYS = 7  # after a base date, so that a few days' downtime miss nothing


@dataclass(frozen=True, slots=True)
class Owed:
    """The liability of one kind of lots. `over`: its last day has passed and the breakage is not
    posted yet; it is part of `remaining`.
    """

    origin: str
    is_paid: bool
    lots: int
    remaining: Yen
    held: Yen
    over: Yen


@dataclass(frozen=True, slots=True)
class Liability:
    """What all accounts hold at a moment. `total` is the sum of what remains of every lot."""

    kinds: Sequence[Owed]

    @property
    def total(self) -> Yen:
        """Σ over accounts."""
        return Yen(sum(kind.remaining for kind in self.kinds))

    @property
    def paid(self) -> Yen:
        """Of it, given for something."""
        return Yen(sum(kind.remaining for kind in self.kinds if kind.is_paid))

    @property
    def free(self) -> Yen:
        """Of it, given for nothing."""
        return Yen(self.total - self.paid)

    @property
    def held(self) -> Yen:
        """Set aside beside it, not captured yet."""
        return Yen(sum(kind.held for kind in self.kinds))


def liability(db: Session, now: datetime) -> Liability:
    """What is owed at that moment, by origin."""
    over = case((~queries.is_alive(now), col(CreditLot.remaining)), else_=0)
    rows = db.connection().execute(
        select(
            col(CreditLot.origin),
            col(CreditLot.is_paid),
            func.count(),
            func.sum(col(CreditLot.remaining)),
            func.sum(col(CreditLot.held)),
            func.sum(over),
        )
        .where(or_(col(CreditLot.remaining) > 0, col(CreditLot.held) > 0))
        .group_by(col(CreditLot.origin), col(CreditLot.is_paid))
        .order_by(col(CreditLot.origin))
    )
    return Liability(
        [
            Owed(origin, is_paid, lots, Yen(int(left)), Yen(int(held)), Yen(int(gone)))
            for origin, is_paid, lots, left, held, gone in rows
        ]
    )


def base_date(db: Session, base_on: date) -> prepaid.BaseDateReport:
    """The unused balances at the last instant of a base date: paid, regulated and free (PRE-1,
    PRE-2), with the duty that follows (PRE-3). Raises NotABaseDate.

    What is held but not captured is unused. Credit that came back keeps its first issue.
    """
    ends = at_tokyo(base_on + timedelta(days=1))
    return prepaid.base_date_report(base_on, _unused(db, base_on, before=ends))


def _unused(db: Session, base_on: date, *, before: datetime) -> list[prepaid.LotAtBase]:
    """Lots still alive on that day, summed by what the duties ask about, by their entries."""
    entries: Select[Any] = (
        _grouped(func.sum(_change()))
        .join(CreditEntry, col(CreditEntry.lot_id) == col(CreditLot.id))
        .where(col(CreditEntry.at) < before, _alive_on(base_on))
    )
    return _at_base(db, entries)


def _unused_now(db: Session, base_on: date) -> list[prepaid.LotAtBase]:
    """The same as of now, from the lots alone."""
    unused = func.sum(col(CreditLot.remaining) + col(CreditLot.held))
    open_lots = or_(col(CreditLot.remaining) > 0, col(CreditLot.held) > 0)
    return _at_base(db, _grouped(unused).where(open_lots, _alive_on(base_on)))


def _grouped(unused: ColumnElement[Any]) -> Select[Any]:
    asked = (col(CreditLot.is_paid), col(CreditLot.first_issued_on), col(CreditLot.expires_on))
    return select(*asked, unused).select_from(CreditLot).group_by(*asked)


def _alive_on(day: date) -> ColumnElement[bool]:
    return or_(col(CreditLot.expires_on).is_(None), col(CreditLot.expires_on) >= day)


def _at_base(db: Session, groups: Select[Any]) -> list[prepaid.LotAtBase]:
    return [
        prepaid.LotAtBase(is_paid, first_on, last_on, Yen(int(unused)))
        for is_paid, first_on, last_on, unused in db.connection().execute(groups)
    ]


def _change() -> ColumnElement[Any]:
    """What an entry did to the unused balance: holding and giving back do nothing."""
    signs = {kind.value: effect.unused for kind, effect in EFFECTS.items() if effect.unused}
    return case(
        *(
            (col(CreditEntry.kind) == kind, sign * col(CreditEntry.yen))
            for kind, sign in signs.items()
        ),
        else_=0,
    )


@dataclass(frozen=True, slots=True)
class Forecast:
    """What the next base date would show if nothing more were issued or spent. `is_alarming`: at
    80 % of the threshold or above.
    """

    base_on: date
    report: prepaid.BaseDateReport
    is_alarming: bool


def forecast(db: Session, now: datetime) -> Forecast:
    """The next base date, today included, from what is unused now and still alive then (PRE-3)."""
    base_on = prepaid.next_base_date(tokyo_day(now))
    report = prepaid.base_date_report(base_on, _unused_now(db, base_on))
    return Forecast(base_on, report, prepaid.is_alarming(report.regulated))


def watch(db: Session, at: datetime) -> None:
    """The slot that looks ahead: a task for staff once for each base date when the balance comes
    near the threshold, and one to file and deposit when a base date was above it (PRE-3).
    """
    ahead = forecast(db, at)
    if ahead.is_alarming:
        worklist.task(
            db, ALERT, SUBJECT, due_at=at, now=at, once=ahead.base_on.isoformat(),
            facts={"base_on": ahead.base_on.isoformat(), "regulated": ahead.report.regulated},
        )  # fmt: skip
    today = tokyo_day(at)
    past_on = prepaid.next_base_date(add_months(today, -6))
    if (today - past_on).days > LOOKED_AT_DAYS:
        return
    duty = base_date(db, past_on).duty
    if duty.is_over and duty.due_on is not None:
        worklist.task(
            db, FILING, SUBJECT, due_at=at_tokyo(duty.due_on), now=at, once=past_on.isoformat(),
            facts={"base_on": past_on.isoformat(), "deposit": duty.deposit},
        )  # fmt: skip
