"""The shop's terms for consignment."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from catalog.ground.money import WHOLE, Rounding
from catalog.ground.policy import numbers, one_of, pairs, rate, term, whole


class TierMode(StrEnum):
    """Whether the whole price is paid at its tier's rate, or each slice at its own."""

    SLAB = "slab"
    MARGINAL = "marginal"


Tiers = tuple[tuple[int, int], ...]


def _tiers(value: Any) -> Tiers:
    tiers = pairs(whole(), rate)(value)
    if not tiers or tiers[0][0] != 0:
        raise ValueError("the first tier begins at 0")
    bounds = [bound for bound, _ in tiers]
    if bounds != sorted(set(bounds)):
        raise ValueError("tiers must rise")
    rates = [bps for _, bps in tiers]
    if rates != sorted(rates):
        raise ValueError("a higher price cannot be paid at a lower rate")
    if rates[-1] > WHOLE:
        raise ValueError("more than the price cannot be paid out")
    return tiers


def _drops(value: Any) -> Tiers:
    steps = pairs(whole(1, 3_650), rate)(value)
    if _falls([days for days, _ in steps]) or _falls([off for _, off in steps]):
        raise ValueError("steps must rise in days and in basis points")
    if steps and steps[-1][1] >= WHOLE:
        raise ValueError("a drop must leave a price")
    return steps


def _falls(values: Sequence[int]) -> bool:
    return list(values) != sorted(set(values))


@dataclass(frozen=True, slots=True)
class ConsignmentTerms:
    """Rates, term, drops and reminders of a contract (CON-1 to CON-9)."""

    tiers: Tiers = term(
        "con.tiers",
        [[0, 7000], [50_000, 7500], [100_000, 8000], [300_000, 8500], [1_000_000, 9000]],
        _tiers,
        "pairs: yen from, basis points paid out; must not fall",
    )
    tier_mode: TierMode = term("con.tier_mode", "slab", one_of(TierMode), "slab or marginal")
    rounding: Rounding = term("con.rounding", "up", one_of(Rounding), "up, down or half_up")
    least_price: int = term(
        "con.least_price", 20_000, whole(), "yen of initial list price from which a piece is taken"
    )
    term_days: int = term(
        "con.term_days", 180, whole(1, 3_650), "days of the term after its day of start"
    )
    grace_days: int = term(
        "con.grace_days", 30, whole(0, 365), "days after the term before the free return"
    )
    reminder_days: tuple[int, ...] = term(
        "con.reminder_days", [30, 14, 7, 1], numbers(0, 3_650), "days before the last day"
    )
    drop_steps: Tiers = term(
        "con.drop_steps",
        [[60, 1_000], [90, 2_000], [120, 3_000]],
        _drops,
        "pairs: days after the start, basis points off the initial price",
    )
