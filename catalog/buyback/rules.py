"""Buyback as pure decisions: what a price is made of, how long it holds, who approves, when it is
paid. Integer yen, basis points, no clock.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from catalog.buyback.questions import UNKNOWN
from catalog.buyback.terms import CategoryTerms, PayTerms, QuoteTerms
from catalog.grading.scale import Grade
from catalog.ground.calendar import TOKYO, at_tokyo, is_bank_day, next_bank_day, tokyo_day
from catalog.ground.errors import Malformed
from catalog.ground.money import WHOLE, Yen, unit_down
from catalog.items.kinds import Category


class Evidence(StrEnum):
    """What a provisional range rests on."""

    COMPLETE = "complete"  # every required shot
    PARTIAL = "partial"  # at least 60 % of them
    TEXT = "text"  # words only


class QuoteKind(StrEnum):
    """A range nobody is bound by (仮査定), or one binding amount (本査定)."""

    PROVISIONAL = "provisional"
    BINDING = "binding"


class Flag(StrEnum):
    """What takes a quote out of the bot's hands."""

    SERIAL_UNREADABLE = "serial_unreadable"
    SUSPECTED_COUNTERFEIT = "suspected_counterfeit"
    STOLEN_MATCH = "stolen_match"
    MINOR = "minor"
    PRIOR_DISPUTE = "prior_dispute"


class Approver(StrEnum):
    """Who may bind the shop, the least first."""

    APPRAISER = "appraiser"
    SENIOR = "senior"
    MANAGER = "manager"
    OWNER = "owner"


class AccessoryUnknown(Malformed):
    """Not an accessory of this category."""


class PriceMalformed(Malformed):
    """A price, an age or a number of days that cannot be."""


@dataclass(frozen=True, slots=True)
class Comparable:
    """What a like piece was sold for."""

    price: Yen
    grade: Grade
    sold_on: date


def reference_price(
    terms: QuoteTerms, category: Category, comparables: Sequence[Comparable], quoted_on: date
) -> Yen | None:
    """The median of recent sales, each brought to grade A; None: too few, a person sets it
    (QUO-1).
    """
    since = quoted_on - timedelta(days=terms.comparable_days)
    grades = terms.category(category).grades
    normal = sorted(
        each.price * WHOLE // grades[each.grade] for each in comparables if each.sold_on >= since
    )
    if len(normal) < terms.min_comparables:
        return None
    middle = len(normal) // 2
    if len(normal) % 2:
        return Yen(normal[middle])
    return Yen((normal[middle - 1] + normal[middle]) // 2)


@dataclass(frozen=True, slots=True)
class Piece:
    """What a price depends on besides the reference price. `days_to_sell`: median, None:
    unknown.
    """

    category: Category
    grade: Grade
    age_years: int
    days_to_sell: int | None
    missing: frozenset[str]


@dataclass(frozen=True, slots=True)
class Price:
    """A buyback price and every step to it. `buyback` None: nothing is offered (refer or
    return).
    """

    age_bps: int
    demand_bps: int
    accessory_bps: int
    expected: Yen
    margin: Yen
    buyback: Yen | None
    low: Yen | None
    high: Yen | None


def buyback_quote(
    terms: QuoteTerms, piece: Piece, *, reference: Yen, evidence: Evidence, customer_margin: Yen
) -> Price:
    """What the shop would pay, and the range it may tell (QUO-2). `customer_margin`: realised with
    this customer in 24 months.
    """
    if reference < 0 or piece.age_years < 0 or (piece.days_to_sell or 0) < 0:
        raise PriceMalformed("negative price, age or days")
    category = terms.category(piece.category)
    age = max(category.age_floor, WHOLE - category.age_step * piece.age_years)
    demand = _demand(terms, piece.days_to_sell)
    parts = _accessories(terms, category, piece.missing)
    expected = reference * category.grades[piece.grade] * age * demand * parts // WHOLE**4
    rate = category.margin_bps - give_back_bps(terms, customer_margin)
    margin = max(-(-expected * max(rate, 0) // WHOLE), category.min_margin)
    raw = expected - margin - category.cost
    if raw < terms.least_offer:
        return Price(age, demand, parts, Yen(expected), Yen(margin), None, None, None)
    buyback = unit_down(Yen(raw))
    reach = WHOLE - terms.range_bps[evidence.value]
    return Price(
        age,
        demand,
        parts,
        Yen(expected),
        Yen(margin),
        buyback,
        unit_down(Yen(buyback * reach // WHOLE)),
        unit_down(Yen(buyback * terms.high_bps // WHOLE)),
    )


def _demand(terms: QuoteTerms, days_to_sell: int | None) -> int:
    if days_to_sell is None:
        return WHOLE
    for up_to, bps in terms.demand:
        if days_to_sell <= up_to:
            return bps
    return terms.slow_demand


def _accessories(terms: QuoteTerms, category: CategoryTerms, missing: Collection[str]) -> int:
    if strange := sorted(set(missing) - set(category.accessories)):
        raise AccessoryUnknown(", ".join(strange))
    return max(terms.accessory_floor, WHOLE - sum(category.accessories[each] for each in missing))


def give_back_bps(terms: QuoteTerms, customer_margin: Yen) -> int:
    """How much of the margin a good customer is given back (QUO-3)."""
    given = 0
    for least, bps in terms.give_back:
        if customer_margin >= least:
            given = bps
    return given


def evidence_class(*, shown: int, required: int) -> Evidence:
    """What a range rests on: all required shots, at least 60 % of them, or words only (QUO-2)."""
    if required and shown >= required:
        return Evidence.COMPLETE
    return Evidence.PARTIAL if shown and shown * 10 >= required * 6 else Evidence.TEXT


def needs_reason(*, binding: Yen, range_low: Yen) -> bool:
    """Whether a binding offer must say why and show it: it is below what was told (QUO-4)."""
    return binding < range_low


def valid_through(terms: QuoteTerms, kind: QuoteKind, issued_at: datetime) -> date:
    """The quote's last Tokyo day (QUO-5)."""
    return tokyo_day(issued_at) + timedelta(days=terms.validity_days[kind.value])


def expires_at(last_day: date) -> datetime:
    """The first moment at which a quote no longer holds (QUO-5)."""
    return at_tokyo(last_day + timedelta(days=1))


def binding_approvers(terms: QuoteTerms, amount: Yen) -> tuple[Approver, ...]:
    """Who must approve a binding amount; two are two different people (QUO-6)."""
    if amount <= 0:
        raise PriceMalformed(f"{amount} is no offer")
    limits = terms.approval_limits
    for approver in (Approver.APPRAISER, Approver.SENIOR, Approver.MANAGER):
        if amount <= limits[approver.value]:
            return (approver,)
    return (Approver.MANAGER, Approver.OWNER)


RANKS = {approver: rank for rank, approver in enumerate(Approver)}


def is_below_floor(terms: QuoteTerms, category: Category, *, expected: Yen, amount: Yen) -> bool:
    """Whether an offer leaves less than the least margin the shop may work for (R-058). What a good
    customer is given back never reaches below it.
    """
    each = terms.category(category)
    return expected - each.cost - amount < each.min_margin


def needed_approvers(terms: QuoteTerms, amount: Yen, *, below_floor: bool) -> tuple[Approver, ...]:
    """Who must approve; below the margin floor at least a manager (QUO-6, R-058)."""
    needed = binding_approvers(terms, amount)
    if below_floor and len(needed) == 1 and RANKS[needed[0]] < RANKS[Approver.MANAGER]:
        return (Approver.MANAGER,)
    return needed


def may_approve(needed: Sequence[Approver], approver: Approver) -> bool:
    """Whether an approval in that role counts for anything here (QUO-6)."""
    return RANKS[approver] >= min(RANKS[each] for each in needed)


def is_approved(needed: Sequence[Approver], given: Sequence[tuple[str, Approver]]) -> bool:
    """Whether the approvals given, by person and role, are all that is needed (QUO-6). Each person
    counts once; a higher role may stand in for a lower one.
    """
    people = dict(given)
    ranks = sorted((RANKS[role] for role in people.values()), reverse=True)
    wanted = sorted((RANKS[each] for each in needed), reverse=True)
    return len(ranks) >= len(wanted) and all(
        have >= want for have, want in zip(ranks, wanted, strict=False)
    )


def unlike_answers(answers: Mapping[str, Any], findings: Mapping[str, Any]) -> list[str]:
    """The condition questions to which the appraiser found another answer (R-056); who said that
    they do not know said nothing else.
    """
    return sorted(
        name
        for name, told in answers.items()
        if told != UNKNOWN and findings.get(name, told) != told
    )


def may_auto_send(
    terms: QuoteTerms,
    *,
    range_high: Yen,
    evidence: Evidence,
    comparables: int,
    flags: Collection[Flag],
) -> bool:
    """Whether the bot may tell a range unaided; it never binds (QUO-6)."""
    return (
        range_high <= terms.auto_send_limit
        and evidence is not Evidence.TEXT
        and comparables >= terms.min_comparables
        and not flags
    )


def should_refer(
    terms: QuoteTerms, *, own_offer: Yen | None, partner_indication: Yen | None
) -> bool:
    """Whether the customer is told of another dealer: we offer nothing, or that one clearly more
    (QUO-7).
    """
    if own_offer is None:
        return True
    if partner_indication is None:
        return False
    return partner_indication >= -(-own_offer * terms.referral_bps // WHOLE)


def buyback_pay_date(terms: PayTerms, accepted_at: datetime) -> date:
    """The day money is sent: the same bank day before the cut-off, else the next (PAY-1)."""
    local = accepted_at.astimezone(TOKYO)
    day = local.date()
    if is_bank_day(day) and local.time() < terms.cutoff:
        return day
    return next_bank_day(day)


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a seller is paid (QUO-8): any split of yen between bank and credit, or set off against a
    purchase in the same deal.
    """

    bank: Yen
    credit: Yen
    offset: Yen = Yen(0)

    def __post_init__(self) -> None:
        if min(self.bank, self.credit, self.offset) < 0:
            raise PriceMalformed("a negative part")

    @property
    def total(self) -> Yen:
        """All of it."""
        return Yen(self.bank + self.credit + self.offset)
