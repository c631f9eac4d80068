"""The shop's terms for store credit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from enum import StrEnum

from catalog.ground.policy import clock, numbers, optional, rate, term, whole

SAFE_BONUS_BPS = 2_000  # above it a premium may break the law on premiums (総付景品)


class Origin(StrEnum):
    """Where a lot came from."""

    RETURN = "return"
    TRADE_IN = "trade_in"
    CONSIGNMENT_PAYOUT = "consignment_payout"
    BONUS = "bonus"
    GOODWILL = "goodwill"
    PROMO = "promo"


PAID = frozenset({Origin.RETURN, Origin.TRADE_IN, Origin.CONSIGNMENT_PAYOUT})

_days = optional(whole(1, 36_500))


@dataclass(frozen=True, slots=True)
class CreditTerms:
    """How long credit lives, what bonus it earns, how it is held and reminded of (CRD-2, CRD-5,
    CRD-6, CRD-8, CRD-11).
    """

    return_days: int | None = term(
        "crd.life_days.return",
        180,
        _days,
        "days credit for a return lives from the day after its issue, null: for ever",
    )
    trade_in_days: int | None = term(
        "crd.life_days.trade_in",
        None,
        _days,
        "days credit for a sale to the shop lives from the day after its issue, null: for ever",
    )
    consignment_payout_days: int | None = term(
        "crd.life_days.consignment_payout",
        None,
        _days,
        "days credit for a consignment lives from the day after its issue, null: for ever",
    )
    bonus_days: int | None = term(
        "crd.life_days.bonus",
        365,
        _days,
        "days a bonus lives from the day after its issue, null: for ever",
    )
    goodwill_days: int | None = term(
        "crd.life_days.goodwill",
        90,
        _days,
        "days goodwill lives from the day after its issue, null: for ever",
    )
    promo_days: int | None = term(
        "crd.life_days.promo",
        60,
        _days,
        "days a promotion lives from the day after its issue, null: for ever",
    )
    bonus_bps: int = term("crd.bonus_bps", 1_000, rate, "basis points of the part taken as credit")
    bonus_cap: int = term("crd.bonus_cap", 50_000, whole(), "most yen of one bonus")
    hold_minutes: int = term("crd.hold_minutes", 15, whole(1, 1_440), "minutes a hold lasts")
    restore_grace_days: int = term(
        "crd.restore_grace_days",
        30,
        whole(0, 180),
        "days refunded credit lives when its lot is over",
    )
    reminder_days: tuple[int, ...] = term(
        "crd.reminder_days", [30, 7, 1], numbers(0, 365), "days before the last day"
    )
    reminder_least: int = term(
        "crd.reminder_least", 500, whole(1), "yen from which a reminder is worth a message"
    )
    latest_send: time = term(
        "crd.latest_send", "20:59", clock, "HH:MM on the last day when quiet hours reach the expiry"
    )
    approval_above: int = term(
        "crd.approval_above", 30_000, whole(), "yen of goodwill or adjustment one person may give"
    )

    def life_days(self) -> Mapping[Origin, int | None]:
        """Days by origin (CRD-2)."""
        return {
            Origin.RETURN: self.return_days,
            Origin.TRADE_IN: self.trade_in_days,
            Origin.CONSIGNMENT_PAYOUT: self.consignment_payout_days,
            Origin.BONUS: self.bonus_days,
            Origin.GOODWILL: self.goodwill_days,
            Origin.PROMO: self.promo_days,
        }


def warnings(terms: CreditTerms) -> list[str]:
    """Terms that are allowed and should be looked at by the dealer's counsel (CRD-6, PRE-2)."""
    told = []
    if terms.bonus_bps > SAFE_BONUS_BPS:
        told.append(f"crd.bonus_bps: above {SAFE_BONUS_BPS} a premium may be too high")
    if terms.return_days is None or terms.return_days > 180:
        told.append("crd.life_days.return: longer than 180 days makes return credit regulated")
    return told
