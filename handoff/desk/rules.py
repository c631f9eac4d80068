"""When a person should come in although nobody asked for one (エスカレーション, R-151). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from catalog.ground.money import Yen
from catalog.ground.policy import term, whole


class Why(StrEnum):
    """What makes a person of the shop look at a conversation."""

    DOUBT = "doubt"  # not understood again and again
    VALUE = "value"  # a wish about something dear
    CLAIM = "claim"  # says a piece differs from its record
    VIP = "vip"  # a customer with a named adviser wants to buy or sell
    LEAD = "lead"  # several signs that somebody is about to buy or sell


@dataclass(frozen=True, slots=True)
class EscalationTerms:
    """From where on a person is told (R-151)."""

    unclear: int = term(
        "desk.unclear", 2, whole(1, 10), "messages in a row not understood until a person is called"
    )
    value_from: int = term(
        "desk.value_from",
        5_000_000,
        whole(),
        "yen from which a wish about a piece is told to staff",
    )
    lead_from: int = term(
        "desk.lead_from", 6, whole(1, 100), "points of a conversation that make it a lead"
    )


# How much a wish tells of somebody about to buy or sell.
POINTS: Mapping[str, int] = {
    "item.hold": 4,
    "store.book": 3,
    "sell.quote": 3,
    "sell.method": 2,
    "sell.route": 2,
    "item.price": 1,
    "item.detail": 1,
}
_DEALS = frozenset({"item.hold", "store.book", "sell.quote", "sell.accept", "sell.decline"})
_ABOUT_A_PIECE = frozenset({"item.hold", "item.price", "item.detail", "item.availability"})


def escalation(
    terms: EscalationTerms,
    intent: str,
    *,
    unclear: int,
    points: int,
    price: Yen | None,
    has_adviser: bool,
) -> Why | None:
    """Why a person should look now; the weightiest reason, None when there is none.

    `unclear` counts this message too; `points` are those of the conversation with this message.
    """
    if intent == "media.dispute":
        return Why.CLAIM
    if unclear >= terms.unclear:
        return Why.DOUBT
    if price is not None and price >= terms.value_from and intent in _ABOUT_A_PIECE:
        return Why.VALUE
    if has_adviser and intent in _DEALS:
        return Why.VIP
    if points >= terms.lead_from and intent in POINTS:
        return Why.LEAD
    return None
