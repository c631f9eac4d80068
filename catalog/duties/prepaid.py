"""Prepaid payment instruments (前払式支払手段): which store credit is regulated, what is owed at
the base dates. Pure; the reports over real lots are in `credit`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from catalog.ground.calendar import add_months
from catalog.ground.errors import Malformed
from catalog.ground.money import Yen

THRESHOLD = Yen(10_000_000)
ALERT_BPS = 8_000  # of the threshold
_BASE_DAYS = frozenset({(3, 31), (9, 30)})


class NotABaseDate(Malformed):
    """Base dates are 31 March and 30 September."""


@dataclass(frozen=True, slots=True)
class LotAtBase:
    """A lot as the base dates see it. `issued_on`: its first issue, also when refunded since.

    `redemptions`: day and yen of whatever left it.
    """

    is_paid: bool
    issued_on: date
    expires_on: date | None
    amount: Yen
    redemptions: Sequence[tuple[date, Yen]] = ()


@dataclass(frozen=True, slots=True)
class Duty:
    """Whether the threshold was passed, the deposit, and by when (PRE-3)."""

    is_over: bool
    deposit: Yen
    due_on: date | None


@dataclass(frozen=True, slots=True)
class BaseDateReport:
    """Unused yen at the last moment of a base date (PRE-1)."""

    paid: Yen
    regulated: Yen
    free: Yen
    duty: Duty


def is_regulated(*, is_paid: bool, issued_on: date, expires_on: date | None) -> bool:
    """Paid, and usable for longer than six months from its first issue (PRE-2)."""
    return is_paid and (expires_on is None or expires_on > add_months(issued_on, 6))


def prepaid_duty(base_on: date, regulated: Yen) -> Duty:
    """What a balance above the threshold obliges to: half of it, two months after the base date
    (PRE-3). Raises NotABaseDate.
    """
    _check_base(base_on)
    if regulated <= THRESHOLD:
        return Duty(False, Yen(0), None)
    due_on = add_months(base_on + timedelta(days=1), 2) - timedelta(days=1)
    return Duty(True, Yen(-(-regulated // 2)), due_on)


def base_date_report(base_on: date, lots: Iterable[LotAtBase]) -> BaseDateReport:
    """The balances at the last moment of the base date (PRE-1). A lot whose last day it is still
    counts. Raises NotABaseDate.
    """
    _check_base(base_on)
    paid = regulated = free = 0
    for lot in lots:
        left = unused_at(lot, base_on)
        if not lot.is_paid:
            free += left
            continue
        paid += left
        if is_regulated(is_paid=True, issued_on=lot.issued_on, expires_on=lot.expires_on):
            regulated += left
    return BaseDateReport(
        Yen(paid), Yen(regulated), Yen(free), prepaid_duty(base_on, Yen(regulated))
    )


def unused_at(lot: LotAtBase, day: date) -> Yen:
    """What was left of a lot at the end of that day (PRE-1)."""
    is_over = lot.expires_on is not None and lot.expires_on < day
    if is_over or lot.issued_on > day:
        return Yen(0)
    return Yen(lot.amount - sum(yen for on, yen in lot.redemptions if on <= day))


def next_base_date(day: date) -> date:
    """The first base date on or after that day (PRE-3)."""
    dates = [
        date(year, *month_day) for year in (day.year, day.year + 1) for month_day in _BASE_DAYS
    ]
    return min(base for base in dates if base >= day)


def is_alarming(regulated: Yen) -> bool:
    """Whether the balance has come to 80 % of the threshold (PRE-3)."""
    return regulated * 10_000 >= THRESHOLD * ALERT_BPS


def _check_base(day: date) -> None:
    if (day.month, day.day) not in _BASE_DAYS:
        raise NotABaseDate(f"{day} is neither 31 March nor 30 September")
