"""The shop's terms for buying: how a price is made, how long it holds, who must approve."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from catalog.grading.scale import Grade
from catalog.ground.policy import (
    clock,
    flag,
    numbers,
    optional,
    pairs,
    rate,
    table,
    term,
    whole,
)
from catalog.items.kinds import Category


@dataclass(frozen=True, slots=True)
class CategoryTerms:
    """How a category's price is made: basis points per grade and year, margin, cost (QUO-2)."""

    grades: Mapping[Grade, int]
    age_step: int
    age_floor: int
    margin_bps: int
    min_margin: int
    cost: int
    accessories: Mapping[str, int]


def _category(value: Any) -> CategoryTerms:
    wanted = {
        "grades",
        "age_step",
        "age_floor",
        "margin_bps",
        "min_margin",
        "cost",
        "accessories",
    }
    if not isinstance(value, Mapping) or set(value) != wanted:
        raise ValueError(f"an object with {', '.join(sorted(wanted))} is wanted")
    if not isinstance(value["accessories"], Mapping):
        raise ValueError("accessories: names with basis points are wanted")
    grades = table([grade.value for grade in Grade], rate)(value["grades"])
    ordered = list(grades.values())
    if ordered != sorted(ordered, reverse=True):
        raise ValueError("grades: a worse grade cannot be worth more")
    if not all(grades.values()):
        raise ValueError("grades: each needs more than 0")
    return CategoryTerms(
        {Grade(name): bps for name, bps in grades.items()},
        rate(value["age_step"]),
        rate(value["age_floor"]),
        rate(value["margin_bps"]),
        whole()(value["min_margin"]),
        whole()(value["cost"]),
        {str(name): rate(bps) for name, bps in value["accessories"].items()},
    )


def _grades(*bps: int) -> dict[str, int]:
    return {grade.value: each for grade, each in zip(Grade, bps, strict=True)}


_WATCH = {
    "grades": _grades(11500, 10800, 10000, 9400, 8600, 7600, 6200, 3500),
    "age_step": 100,
    "age_floor": 8500,
    "margin_bps": 1500,
    "min_margin": 30_000,
    "cost": 5_000,
    "accessories": {"warranty_card": 800, "box": 200, "spare_links": 150, "manual": 50},
}
_DIAMOND = {
    "grades": _grades(10300, 10200, 10000, 9800, 9400, 8800, 8000, 6000),
    "age_step": 0,
    "age_floor": 10000,
    "margin_bps": 2500,
    "min_margin": 30_000,
    "cost": 3_000,
    "accessories": {"grading_report": 1000, "box": 50},
}
_BAG = {
    "grades": _grades(12500, 11500, 10000, 8800, 7300, 5800, 4000, 1500),
    "age_step": 300,
    "age_floor": 7000,
    "margin_bps": 2500,
    "min_margin": 10_000,
    "cost": 3_000,
    "accessories": {
        "strap": 500,
        "authenticity_card": 300,
        "key_padlock": 200,
        "dust_bag": 100,
        "box": 100,
    },
}
_APPAREL = {
    "grades": _grades(13000, 12000, 10000, 8200, 6200, 4200, 2500, 500),
    "age_step": 1000,
    "age_floor": 3000,
    "margin_bps": 4000,
    "min_margin": 3_000,
    "cost": 1_500,
    "accessories": {"tag": 200, "spare_parts": 50, "dust_bag": 50},
}

_TOLD = "grades, age_step, age_floor, margin_bps, min_margin, cost, accessories"


def _rising(read: Callable[[Any], tuple[tuple[int, int], ...]]) -> Callable[[Any], Any]:
    def checked(value: Any) -> tuple[tuple[int, int], ...]:
        steps = read(value)
        firsts = [first for first, _ in steps]
        if firsts != sorted(set(firsts)):
            raise ValueError("steps must rise")
        return steps

    return checked


@dataclass(frozen=True, slots=True)
class QuoteTerms:
    """How a price is made (QUO-1 to QUO-8)."""

    watch: CategoryTerms = term("quo.categories.watch", _WATCH, _category, f"watches: {_TOLD}")
    diamond: CategoryTerms = term(
        "quo.categories.diamond", _DIAMOND, _category, f"diamonds: {_TOLD}"
    )
    bag: CategoryTerms = term("quo.categories.bag", _BAG, _category, f"bags: {_TOLD}")
    apparel: CategoryTerms = term(
        "quo.categories.apparel", _APPAREL, _category, f"apparel: {_TOLD}"
    )
    comparable_days: int = term(
        "quo.comparable_days", 90, whole(1, 3_650), "days a sale counts as a comparable"
    )
    min_comparables: int = term(
        "quo.min_comparables", 3, whole(1, 1_000), "comparables below which a person sets the price"
    )
    least_offer: int = term(
        "quo.least_offer", 1_000, whole(), "yen before rounding below which nothing is offered"
    )
    demand: tuple[tuple[int, int], ...] = term(
        "quo.demand",
        [[30, 10_500], [90, 10_000], [180, 9_500]],
        _rising(pairs(whole(0, 36_500), rate)),
        "pairs: days to sell up to, basis points",
    )
    slow_demand: int = term(
        "quo.slow_demand", 9_000, rate, "basis points for what sells slower than all of quo.demand"
    )
    accessory_floor: int = term(
        "quo.accessory_floor",
        7_000,
        rate,
        "basis points below which missing parts take nothing more",
    )
    range_bps: Mapping[str, int] = term(
        "quo.range_bps",
        {"complete": 1_000, "partial": 2_500, "text": 4_000},
        table(["complete", "partial", "text"], rate),
        "basis points a range reaches below the price, by evidence",
    )
    high_bps: int = term("quo.high_bps", 10_500, rate, "basis points of the price a range ends at")
    give_back: tuple[tuple[int, int], ...] = term(
        "quo.give_back",
        [[50_000, 100], [200_000, 200], [500_000, 300]],
        _rising(pairs(whole(), rate)),
        "pairs: yen of margin in 24 months from, basis points given back",
    )
    validity_days: Mapping[str, int] = term(
        "quo.validity_days",
        {"provisional": 7, "binding": 14},
        table(["provisional", "binding"], whole(1, 365)),
        "days a quote holds after its day of issue",
    )
    reminder_days: tuple[int, ...] = term(
        "quo.reminder_days", [7, 3, 1], numbers(0, 365), "days before an offer ends to remind of it"
    )
    approval_limits: Mapping[str, int] = term(
        "quo.approval_limits",
        {"appraiser": 500_000, "senior": 2_000_000, "manager": 10_000_000},
        table(["appraiser", "senior", "manager"], whole()),
        "yen each may approve alone; above the manager's, manager and owner together",
    )
    auto_send_limit: int = term(
        "quo.auto_send_limit", 1_000_000, whole(), "yen up to which the bot sends a range unaided"
    )
    least_sharpness: int = term(
        "quo.least_sharpness",
        60,
        whole(0, 100_000),
        "variance of the Laplacian below which a customer's picture counts as blurred",
    )
    referral_bps: int = term(
        "quo.referral_bps", 10_500, rate, "basis points of our offer from which a partner's is told"
    )

    def __post_init__(self) -> None:
        limits = self.approval_limits
        if not limits["appraiser"] <= limits["senior"] <= limits["manager"]:
            from catalog.ground.policy import PolicyMalformed

            raise PolicyMalformed("quo.approval_limits", "limits must not fall")

    def category(self, category: Category) -> CategoryTerms:
        """The terms of one category."""
        return {
            Category.WATCH: self.watch,
            Category.DIAMOND: self.diamond,
            Category.BAG: self.bag,
            Category.APPAREL: self.apparel,
        }[category]


_ORIGINATOR = (
    "code",
    "name",
    "bank_code",
    "bank_name",
    "branch_code",
    "branch_name",
    "kind",
    "number",
)


def _written(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("a text is wanted")
    return value


@dataclass(frozen=True, slots=True)
class CaseTerms:
    """When staff are told that a case stands still (R-047, R-045)."""

    answer_minutes: int = term(
        "buy.alarm.answer_minutes", 10, whole(1, 10_000), "open minutes until an inquiry is late"
    )
    kit_hours: int = term(
        "buy.alarm.kit_hours", 24, whole(1, 1_000), "hours after the promised day a kit is late"
    )
    scan_hours: int = term(
        "buy.alarm.scan_hours", 2, whole(1, 1_000), "hours from delivery to a late arrival scan"
    )
    appraisal_hours: int = term(
        "buy.alarm.appraisal_hours", 36, whole(1, 1_000), "hours from arrival to a late offer"
    )
    return_hours: int = term(
        "buy.alarm.return_hours", 48, whole(1, 1_000), "hours until a free return is late"
    )
    silence_hours: int = term(
        "buy.alarm.silence_hours", 72, whole(1, 1_000), "hours without any news that alarm staff"
    )
    new_time_hours: int = term(
        "buy.alarm.new_time_hours",
        24,
        whole(1, 1_000),
        "hours by which a late step is promised anew",
    )
    goods_remind_days: int = term(
        "buy.await.goods_remind_days", 14, whole(1, 1_000),
        "days without the goods until their customer is reminded",
    )  # fmt: skip
    goods_days: int = term(
        "buy.await.goods_days", 30, whole(1, 1_000),
        "days after which a person may end a case whose goods never came",
    )  # fmt: skip
    papers_days: int = term(
        "buy.await.papers_days", 14, whole(1, 1_000),
        "days after which a person may undo a sale whose papers never came",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class PayTerms:
    """When and how sellers are paid, and who bears what (PAY-1, CON-5, R-049)."""

    cutoff: time = term("pay.cutoff", "14:00", clock, "HH:MM before which a bank day still counts")
    four_eyes: bool = term(
        "pay.four_eyes", True, flag, "a payout list is released by another person than its maker"
    )
    silence_returns: bool = term(
        "buy.silence_returns", True, flag, "an unanswered offer ends in a free return"
    )
    kit_cutoff: time = term(
        "buy.kit_cutoff", "15:00", clock, "HH:MM before which a kit leaves today"
    )
    alarm: time = term("pay.alarm", "15:00", clock, "HH:MM of the due day from which it is late")
    originator: Mapping[str, str] | None = term(
        "pay.originator",
        None,
        optional(table(_ORIGINATOR, _written)),
        "the dealer's own account in the bank's file: code, name, bank_code, bank_name,"
        " branch_code, branch_name, kind (1, 2 or 4), number",
    )
    inbound_fee: int = term("fees.inbound", 0, whole(), "yen a seller pays for sending in")
    return_fee: int = term("fees.return", 0, whole(), "yen a seller pays for getting a piece back")
    cancel_fee: int = term("fees.cancel", 0, whole(), "yen a seller pays for cancelling")
    transfer_fee: int = term(
        "fees.bank_transfer", 0, whole(), "yen of the bank's fee a seller pays"
    )
