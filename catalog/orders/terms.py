"""The shop's terms for orders."""

from dataclasses import dataclass
from typing import Any

from catalog.ground.policy import flag, term, whole


def _carrier(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > 40:
        raise ValueError(f"the name of a carrier is wanted, not {value!r}")
    return value.strip()


@dataclass(frozen=True, slots=True)
class OrderTerms:
    """Reservations, shipping and returns (R-096, R-097, RET-1)."""

    reserve_minutes: int = term(
        "ord.reserve_minutes", 30, whole(1, 1_440), "minutes a checkout keeps a piece"
    )
    shipping_fee: int = term("ship.fee", 1_650, whole(), "yen a buyer pays for one parcel")
    free_from: int = term(
        "ship.free_from", 30_000, whole(), "yen of goods from which shipping is free"
    )
    bundles: bool = term(
        "ship.bundles", True, flag, "pieces of one buyer at one place go in one parcel"
    )
    exchange_days: int = term(
        "ret.exchange_days", 14, whole(1, 60), "days a piece chosen in exchange is kept"
    )
    return_carrier: str = term(
        "ret.carrier", "yamato", _carrier, "the carrier whose labels buyers send back with"
    )
    buyer_pays_return: bool = term(
        "fees.buyer_return", False, flag, "the buyer pays for a return that is not our fault"
    )
