"""Store credit as pure decisions: how long a lot lives, what is spent first, what a refund brings
back. Integer yen, no clock.

Spendability is decided by the moment, never by whether the expiry job has run.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from catalog.credit.terms import PAID, CreditTerms, Origin
from catalog.ground.calendar import at_tokyo, tokyo_day
from catalog.ground.errors import Malformed, Refused
from catalog.ground.money import WHOLE, Yen
from catalog.ground.policy import NoticeTerms


class CreditShort(Refused):
    """Less is spendable than was wanted. `wanted`, `held`: yen."""

    def __init__(self, wanted: Yen, held: Yen) -> None:
        super().__init__(f"{wanted} wanted, {held} spendable")
        self.wanted = wanted
        self.held = held


class AmountMalformed(Malformed):
    """An amount that cannot be: negative, or more than the whole it is a part of."""


class RefundTooHigh(Refused):
    """More would be refunded than was paid. `paid`, `asked`: yen."""

    def __init__(self, paid: Yen, asked: Yen) -> None:
        super().__init__(f"{asked} asked back of {paid} paid")
        self.paid = paid
        self.asked = asked


@dataclass(frozen=True, slots=True)
class Lot:
    """What is left of one lot, and what decides when it is spent."""

    id: str
    remaining: Yen
    expires_on: date | None
    is_paid: bool
    issued_at: datetime


def is_paid(origin: Origin) -> bool:
    """Whether something was given for it (CRD-2); free lots are outside the prepaid duties."""
    return origin in PAID


def lot_expiry(terms: CreditTerms, origin: Origin, issued_at: datetime) -> date | None:
    """The lot's last usable Tokyo day; None: it never ends (CRD-3)."""
    life = terms.life_days()[origin]
    return None if life is None else tokyo_day(issued_at) + timedelta(days=life)


def expires_at(expires_on: date | None) -> datetime | None:
    """The first moment at which it can no longer be used (CRD-3)."""
    return None if expires_on is None else at_tokyo(expires_on + timedelta(days=1))


def is_alive(expires_on: date | None, moment: datetime) -> bool:
    """Whether it can be used at that moment, whatever jobs have run (CRD-10)."""
    return expires_on is None or tokyo_day(moment) <= expires_on


def spendable(lots: Sequence[Lot], moment: datetime) -> Yen:
    """What the lots are worth at that moment (CRD-10)."""
    return Yen(sum(lot.remaining for lot in lots if is_alive(lot.expires_on, moment)))


def burn_order(lots: Sequence[Lot]) -> list[Lot]:
    """First to expire first (never last), then free before paid, older before younger, id
    (CRD-4).
    """
    return sorted(
        lots, key=lambda lot: (lot.expires_on or date.max, lot.is_paid, lot.issued_at, lot.id)
    )


def redeem_plan(lots: Sequence[Lot], amount: Yen, moment: datetime) -> list[tuple[str, Yen]]:
    """Which lots an amount is taken from, in order (CRD-4). Raises CreditShort, and then nothing is
    taken.
    """
    _not_negative(amount)
    held = spendable(lots, moment)
    if held < amount:
        raise CreditShort(amount, held)
    taken = []
    left: int = amount
    for lot in burn_order([lot for lot in lots if is_alive(lot.expires_on, moment)]):
        part = min(left, lot.remaining)
        if part > 0:
            taken.append((lot.id, Yen(part)))
            left -= part
    return taken


def hold_until(terms: CreditTerms, held_at: datetime) -> datetime:
    """The moment from which a hold can no longer be captured (CRD-5)."""
    return held_at + timedelta(minutes=terms.hold_minutes)


def may_capture(hold_ends_at: datetime, moment: datetime) -> bool:
    """Whether a hold still counts: also when its lot has expired since it was placed (CRD-5)."""
    return moment < hold_ends_at


def credit_bonus(terms: CreditTerms, credit_part: Yen) -> Yen:
    """The bonus on the part taken as credit; zero: no lot (CRD-6)."""
    _not_negative(credit_part)
    return Yen(min(credit_part * terms.bonus_bps // WHOLE, terms.bonus_cap))


def split_tender(order_total: Yen, requested: Yen, held: Yen) -> Yen:
    """How much of an order credit pays; the rest comes by another tender (CRD-7)."""
    for amount in (order_total, requested, held):
        _not_negative(amount)
    return Yen(min(order_total, requested, held))


def credit_share(refunded: Yen, *, credit_paid: Yen, total_paid: Yen) -> Yen:
    """How much of all refunds so far belongs to credit: pro rata, rounded down (CRD-8)."""
    return Yen(refunded * credit_paid // total_paid) if total_paid else Yen(0)


@dataclass(frozen=True, slots=True)
class Restored:
    """Credit given back to a lot. `is_new`: its own is over, so a new lot of the same origin."""

    lot: str
    amount: Yen
    expires_on: date | None
    is_new: bool


@dataclass(frozen=True, slots=True)
class RefundStep:
    """One refund: its two parts, and where the credit goes."""

    to_credit: Yen
    to_other: Yen
    restored: tuple[Restored, ...]


def refund_plan(
    terms: CreditTerms,
    consumed: Sequence[tuple[str, Yen]],
    other_paid: Yen,
    refunds: Sequence[tuple[Yen, date]],
    lot_expires_on: Mapping[str, date | None],
) -> list[RefundStep]:
    """Refunds of one order in their order: cumulative pro rata, back to the lots in reverse order
    of consumption, each with its own last day (CRD-8). Raises RefundTooHigh.
    """
    credit_paid = Yen(sum(amount for _, amount in consumed))
    total_paid = Yen(credit_paid + other_paid)
    taken: list[list[str | int]] = [[lot, int(amount)] for lot, amount in consumed]
    refunded = given = 0
    steps = []
    for amount, on in refunds:
        _not_negative(amount)
        refunded += amount
        if refunded > total_paid:
            raise RefundTooHigh(total_paid, Yen(refunded))
        share = credit_share(Yen(refunded), credit_paid=credit_paid, total_paid=total_paid)
        to_credit = Yen(share - given)
        given = share
        restored = _restored(terms, taken, to_credit, on, lot_expires_on)
        steps.append(RefundStep(to_credit, Yen(amount - to_credit), tuple(restored)))
    return steps


def _restored(
    terms: CreditTerms,
    taken: list[list[str | int]],
    amount: int,
    on: date,
    lot_expires_on: Mapping[str, date | None],
) -> list[Restored]:
    given = []
    for entry in reversed(taken):
        lot, consumed = str(entry[0]), int(entry[1])
        part = min(amount, consumed)
        if part <= 0:
            continue
        entry[1] = consumed - part
        amount -= part
        ends = lot_expires_on[lot]
        is_over = ends is not None and on > ends
        if is_over:
            ends = on + timedelta(days=terms.restore_grace_days)
        given.append(Restored(lot, Yen(part), ends, is_over))
    return given


@dataclass(frozen=True, slots=True)
class Reversal:
    """What a reversal takes from its lot, and what stays owed by the customer."""

    taken: Yen
    receivable: Yen


def reverse_lot(*, issued: Yen, remaining: Yen, reverse: Yen) -> Reversal:
    """Take back what was issued wrongly, from that lot alone (CRD-9)."""
    for amount in (issued, remaining, reverse):
        _not_negative(amount)
    if reverse > issued or remaining > issued:
        raise AmountMalformed(f"{reverse} of a lot of {issued} with {remaining} left")
    taken = min(reverse, remaining)
    return Reversal(Yen(taken), Yen(reverse - taken))


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder that many days before the last day."""

    offset: int
    send_at: datetime


def credit_reminders(
    terms: CreditTerms,
    notices: NoticeTerms,
    *,
    issued_on: date,
    expires_on: date,
    amount: Yen,
    is_opted_out: bool,
) -> list[Reminder]:
    """When one customer is reminded of one last day, the earliest first (CRD-11)."""
    if is_opted_out or amount < terms.reminder_least:
        return []
    reminders = []
    for offset in sorted(set(terms.reminder_days), reverse=True):
        day = expires_on - timedelta(days=offset)
        if day > issued_on:
            reminders.append(Reminder(offset, _send_at(terms, notices, day, expires_on)))
    return reminders


def _send_at(terms: CreditTerms, notices: NoticeTerms, day: date, expires_on: date) -> datetime:
    wall = notices.send_time
    moment = notices.quiet.next_send(at_tokyo(day, wall.hour, wall.minute))
    if moment >= at_tokyo(expires_on + timedelta(days=1)):
        return at_tokyo(expires_on, terms.latest_send.hour, terms.latest_send.minute)
    return moment


@dataclass(frozen=True, slots=True)
class CatchUp:
    """After downtime: the one reminder that is sent now, if any, and those that never are."""

    sent: int | None
    skipped: tuple[int, ...]
    days_left: int


def missed_reminders(
    terms: CreditTerms,
    notices: NoticeTerms,
    *,
    expires_on: date,
    last_run_on: date,
    moment: datetime,
    issued_on: date | None = None,
) -> CatchUp:
    """Of the reminders due since the last run only the latest is sent, with the true days left
    (CRD-11).
    """
    due = [
        offset
        for offset in sorted(set(terms.reminder_days), reverse=True)
        if expires_on - timedelta(days=offset) > last_run_on
        and (issued_on is None or expires_on - timedelta(days=offset) > issued_on)
        and _send_at(terms, notices, expires_on - timedelta(days=offset), expires_on) <= moment
    ]
    left = (expires_on - tokyo_day(moment)).days
    if not due or left < 0:
        return CatchUp(None, tuple(due), left)
    return CatchUp(due[-1], tuple(due[:-1]), left)


def due_reminders(
    terms: CreditTerms,
    notices: NoticeTerms,
    *,
    expires_on: date,
    after: datetime,
    moment: datetime,
) -> CatchUp:
    """The same by moments: of the reminders whose hour came after the last run and not after this
    one, the latest is sent (CRD-11).
    """
    due = [
        offset
        for offset in sorted(set(terms.reminder_days), reverse=True)
        if after
        < _send_at(terms, notices, expires_on - timedelta(days=offset), expires_on)
        <= moment
    ]
    left = (expires_on - tokyo_day(moment)).days
    if not due or left < 0:
        return CatchUp(None, tuple(due), left)
    return CatchUp(due[-1], tuple(due[:-1]), left)


def send_late(
    terms: CreditTerms, notices: NoticeTerms, *, expires_on: date, moment: datetime
) -> datetime:
    """When a reminder that is written now leaves: at once, or after quiet hours unless credit would
    be over by then (NTF-2, CRD-11).
    """
    leaves = notices.quiet.next_send(moment)
    if leaves < at_tokyo(expires_on + timedelta(days=1)):
        return leaves
    return at_tokyo(expires_on, terms.latest_send.hour, terms.latest_send.minute)


def reminder_groups(terms: CreditTerms, lots: Sequence[tuple[date | None, Yen]]) -> dict[date, Yen]:
    """One message per last day, with the sum of what ends then; small sums make none (CRD-11)."""
    sums: dict[date, int] = {}
    for expires_on, remaining in lots:
        if expires_on is not None:
            sums[expires_on] = sums.get(expires_on, 0) + remaining
    return {day: Yen(total) for day, total in sums.items() if total >= terms.reminder_least}


def _not_negative(amount: int) -> None:
    if amount < 0:
        raise AmountMalformed(f"{amount} yen")


def without(lots: Sequence[Lot], taken: Sequence[tuple[str, Yen]]) -> list[Lot]:
    """The lots after a redemption."""
    by_id = dict(taken)
    return [replace(lot, remaining=Yen(lot.remaining - by_id.get(lot.id, 0))) for lot in lots]
