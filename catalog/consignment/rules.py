"""Consignment as pure decisions: what the consignor is paid, how long the term is, when the price
falls, what the guarantee gives. Integer yen, no clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from catalog.buyback.rules import buyback_pay_date
from catalog.buyback.terms import PayTerms
from catalog.consignment.terms import ConsignmentTerms, TierMode
from catalog.duties.rules import last_return_day
from catalog.duties.terms import DutyTerms
from catalog.ground.calendar import at_tokyo, next_bank_day, tokyo_day
from catalog.ground.errors import Malformed
from catalog.ground.money import WHOLE, Yen, quotient, unit_down
from catalog.ground.policy import NoticeTerms
from catalog.items.kinds import UnitState


class PriceMalformed(Malformed):
    """A price that cannot be."""


def is_eligible(terms: ConsignmentTerms, initial_list_price: Yen) -> bool:
    """Whether a piece is taken on consignment: judged alone, on its first price (CON-1)."""
    return initial_list_price >= terms.least_price


@dataclass(frozen=True, slots=True)
class Payout:
    """What the consignor gets of a price, and what stays with the shop, tax included."""

    basis: Yen
    rate_bps: int
    payout: Yen
    commission: Yen
    commission_tax: Yen


def consignment_payout(terms: ConsignmentTerms, basis: Yen) -> Payout:
    """The share of the sold price (CON-2, CON-3); by slices in marginal mode (CON-4). No other
    deduction is made (CON-5).

    `basis`: the price the consignor consented to, tax included, before anything the dealer funds
    and without shipping.
    """
    if basis < 0:
        raise PriceMalformed(f"{basis} yen")
    rate = rate_bps(terms, basis)
    if terms.tier_mode is TierMode.MARGINAL:
        payout = quotient(_slices(terms, basis), WHOLE, terms.rounding)
    else:
        payout = quotient(basis * rate, WHOLE, terms.rounding)
    commission = Yen(basis - payout)
    return Payout(basis, rate, payout, commission, contained_tax(commission))


def rate_bps(terms: ConsignmentTerms, price: Yen) -> int:
    """The rate of the tier a price is in; lower bounds belong to their tier (CON-2)."""
    return next(bps for bound, bps in reversed(terms.tiers) if price >= bound)


def _slices(terms: ConsignmentTerms, basis: int) -> int:
    """Σ of each slice × its own rate, in yen × basis points, not yet rounded (CON-4)."""
    uppers = [bound for bound, _ in terms.tiers[1:]] + [basis]
    return sum(
        max(0, min(basis, upper) - bound) * bps
        for (bound, bps), upper in zip(terms.tiers, uppers, strict=True)
    )


def contained_tax(amount: Yen) -> Yen:
    """The 10 % tax inside an amount, rounded down (MON-1, CON-3)."""
    return Yen(amount * 10 // 110)


@dataclass(frozen=True, slots=True)
class Term:
    """A contract's days, both in Tokyo. `ends_at`: the first moment that is no longer in it."""

    start_on: date
    last_day: date
    ends_at: datetime

    def holds(self, moment: datetime) -> bool:
        """Whether that moment is in the term."""
        return at_tokyo(self.start_on) <= moment < self.ends_at


def consignment_term(terms: ConsignmentTerms, start_on: date) -> Term:
    """The term of a contract; its day of start is not counted, holidays extend nothing (CON-6,
    CAL-4).
    """
    last = start_on + timedelta(days=terms.term_days)
    return Term(start_on, last, at_tokyo(last + timedelta(days=1)))


def term_start(accepted_at: datetime, in_custody_at: datetime) -> date:
    """The day a contract becomes active: accepted and the piece there, whichever is later
    (CON-6).
    """
    return tokyo_day(max(accepted_at, in_custody_at))


@dataclass(frozen=True, slots=True)
class GuaranteeAnswer:
    """What a request to sell at the guaranteed price meets. `is_parked`: honoured by itself should
    the reservation lapse.
    """

    amount: Yen | None = None
    pay_on: date | None = None
    reason: str | None = None
    is_parked: bool = False

    @property
    def is_accepted(self) -> bool:
        """Whether it becomes a sale to the shop now."""
        return self.reason is None


_CONVERTIBLE = frozenset({UnitState.LISTED, UnitState.UNLISTED})


def guarantee_request(
    terms: ConsignmentTerms,
    pay: PayTerms,
    *,
    start_on: date,
    sent_at: datetime,
    offered: Yen,
    offered_now: Yen | None,
    state: UnitState,
) -> GuaranteeAnswer:
    """The buyback guarantee (買取保証, CON-7): within the term never less than first offered.

    `sent_at`: when the customer sent the message, by the channel's own clock.
    """
    if not consignment_term(terms, start_on).holds(sent_at):
        return GuaranteeAnswer(reason="term_over")
    if state not in _CONVERTIBLE:
        return GuaranteeAnswer(reason=f"unit_{state.value}", is_parked=state is UnitState.RESERVED)
    return honoured(pay, offered=offered, offered_now=offered_now, at=sent_at)


def honoured(
    pay: PayTerms, *, offered: Yen, offered_now: Yen | None, at: datetime
) -> GuaranteeAnswer:
    """An accepted request: the better of the two offers, paid from that moment; for a parked one
    the moment the reservation lapsed (CON-7).
    """
    return GuaranteeAnswer(Yen(max(offered, offered_now or 0)), buyback_pay_date(pay, at))


@dataclass(frozen=True, slots=True)
class PriceOn:
    """The list price of a day. `blocked`: steps, by their days, that would break the guarantee."""

    price: Yen
    blocked: tuple[int, ...]
    applied: tuple[tuple[int, Yen], ...]


def list_price_on(
    terms: ConsignmentTerms,
    *,
    start_on: date,
    initial: Yen,
    least: Yen,
    guarantee: Yen | None,
    day: date,
) -> PriceOn:
    """The price after the agreed drops; a step that would pay out less than the guarantee is
    blocked and the consignor asked (CON-8).
    """
    return due_drops(
        terms,
        start_on=start_on,
        initial=initial,
        least=least,
        guarantee=guarantee,
        day=day,
        price=initial,
        after=0,
    )


def due_drops(
    terms: ConsignmentTerms,
    *,
    start_on: date,
    initial: Yen,
    least: Yen,
    guarantee: Yen | None,
    day: date,
    price: Yen,
    after: int,
) -> PriceOn:
    """The steps that have come due since the one `after` days from the start, for a piece that
    costs `price` now: it may have been changed with consent meanwhile (CON-8).
    """
    blocked: list[int] = []
    applied: list[tuple[int, Yen]] = []
    for days, off in terms.drop_steps:
        if days <= after:
            continue
        if day < start_on + timedelta(days=days):
            break
        candidate = drop_candidate(initial, off, least)
        if candidate >= price:
            continue
        if guarantee is not None and consignment_payout(terms, candidate).payout < guarantee:
            blocked.append(days)
            continue
        price = candidate
        applied.append((days, price))
    return PriceOn(price, tuple(blocked), tuple(applied))


def steps_come(terms: ConsignmentTerms, start_on: date, day: date) -> int:
    """Days after the start of the last step that has come by that day; 0: none (CON-8)."""
    return max(
        (days for days, _ in terms.drop_steps if start_on + timedelta(days=days) <= day), default=0
    )


def drop_candidate(initial: Yen, off_bps: int, least: Yen) -> Yen:
    """The price a step would set: off the initial price, rounded down, never below the least
    (CON-8).
    """
    return Yen(max(unit_down(Yen(initial * (WHOLE - off_bps) // WHOLE)), least))


@dataclass(frozen=True, slots=True)
class TermReminders:
    """When the consignor is reminded, and what follows the term."""

    send_at: tuple[datetime, ...]
    grace_last_day: date
    auto_return_from: date


def term_reminders(terms: ConsignmentTerms, notices: NoticeTerms, start_on: date) -> TermReminders:
    """Reminders before the last day, then the grace, then a free return; never disposal, never
    stock of the shop (CON-9).
    """
    last = consignment_term(terms, start_on).last_day
    wall = notices.send_time
    moments = [
        notices.quiet.next_send(at_tokyo(last - timedelta(days=days), wall.hour, wall.minute))
        for days in sorted(set(terms.reminder_days), reverse=True)
    ]
    grace = last + timedelta(days=terms.grace_days)
    return TermReminders(tuple(moments), grace, grace + timedelta(days=1))


def reminder_due(
    terms: ConsignmentTerms,
    notices: NoticeTerms,
    start_on: date,
    *,
    since: datetime,
    moment: datetime,
) -> int | None:
    """How many days before the last day the reminder is that should have gone out by now and since
    the contract is known here; after downtime the latest alone (CON-9).
    """
    offsets = sorted(set(terms.reminder_days), reverse=True)
    due = [
        offset
        for offset, send_at in zip(
            offsets, term_reminders(terms, notices, start_on).send_at, strict=True
        )
        if since < send_at <= moment
    ]
    return due[-1] if due and moment < consignment_term(terms, start_on).ends_at else None


def guarantee_on(
    guarantee: Yen | None, *, carried: Yen | None, carried_through: date | None, day: date
) -> Yen | None:
    """The guaranteed price of a day; that of a renewed contract holds to its own end (CON-10)."""
    if carried is None or carried_through is None or day > carried_through:
        return guarantee
    return Yen(max(guarantee or 0, carried))


def least_compensation(guarantee: Yen | None, offered_now: Yen | None) -> Yen:
    """What a consignor gets at the least for a piece lost or damaged here: damage in custody is the
    dealer's, so never less than the guaranteed price (CON-7).
    """
    return Yen(max(guarantee or 0, offered_now or 0))


def online_pay_date(duties: DutyTerms, delivered_on: date) -> date:
    """A consignor's payment date when the buyer was sent the piece: after the return window
    (PAY-2).
    """
    return next_bank_day(last_return_day(duties, delivered_on))


def in_store_pay_date(pay: PayTerms, sold_at: datetime) -> date:
    """A consignor's payment date when the piece was sold in the shop (PAY-2): as a buyback."""
    return buyback_pay_date(pay, sold_at)


@dataclass(frozen=True, slots=True)
class Exposure:
    """One guarantee in force: what the shop would have to pay, and what the piece is worth now."""

    unit_id: str
    guarantee: Yen
    market: Yen | None
    last_day: date


def exposure_total(rows: Sequence[Exposure]) -> tuple[Yen, Yen]:
    """Σ of all guarantees in force, and Σ of what they exceed the market by (R-072)."""
    owed = sum(row.guarantee for row in rows)
    short = sum(max(0, row.guarantee - row.market) for row in rows if row.market is not None)
    return Yen(owed), Yen(short)
