"""Orders as pure decisions: what shipping costs, where a piece is sent from, what an exchange
settles to, what a piece earned. Integer yen, no clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from catalog.ground.errors import Malformed
from catalog.ground.money import Yen
from catalog.orders.terms import OrderTerms


class AmountMalformed(Malformed):
    """An amount that cannot be: negative, or more than the whole it is a part of."""


@dataclass(frozen=True, slots=True)
class ExchangeSettlement:
    """The net of a return and a new order."""

    customer_pays: Yen
    back_to_credit: Yen
    back_to_other: Yen


def exchange_settlement(*, old_total: Yen, old_credit: Yen, new_total: Yen) -> ExchangeSettlement:
    """A return and a new order settled net; what goes back is split as the old order was paid
    (RET-3).
    """
    if min(old_total, old_credit, new_total) < 0 or old_credit > old_total:
        raise AmountMalformed(f"{old_credit} of {old_total}, new {new_total}")
    back = max(0, old_total - new_total)
    to_credit = back * old_credit // old_total if old_total else 0
    return ExchangeSettlement(
        Yen(max(0, new_total - old_total)), Yen(to_credit), Yen(back - to_credit)
    )


def shipping_fee(terms: OrderTerms, goods: Yen, *, parcels: int) -> Yen:
    """What the buyer pays for shipping (R-096): nothing from the free threshold on."""
    if goods >= terms.free_from:
        return Yen(0)
    return Yen(terms.shipping_fee * (min(parcels, 1) if terms.bundles else parcels))


def missing_to_free_shipping(terms: OrderTerms, goods: Yen) -> Yen:
    """How many yen of goods are missing to free shipping (R-096)."""
    return Yen(max(0, terms.free_from - goods))


@dataclass(frozen=True, slots=True)
class Place:
    """Where stock lies. `rank`: the shop's order of preference, the lowest first."""

    name: str
    rank: int
    ships: bool
    hands_over: bool


def ship_from(places: Sequence[Place], lies_at: str) -> Place | None:
    """The place a piece leaves from: where it lies if that place ships, else the best that does
    (R-097); None: no place ships.
    """
    shipping = sorted(
        (place for place in places if place.ships),
        key=lambda place: (place.name != lies_at, place.rank, place.name),
    )
    return shipping[0] if shipping else None


def pick_up_at(places: Sequence[Place], lies_at: str) -> Place | None:
    """The place a piece is handed over at: where it lies if possible, else the best that does
    (R-097).
    """
    open_ = sorted(
        (place for place in places if place.hands_over),
        key=lambda place: (place.name != lies_at, place.rank, place.name),
    )
    return open_[0] if open_ else None


@dataclass(frozen=True, slots=True)
class Costs:
    """What a piece cost besides its buying price."""

    bought: Yen
    freight: Yen = Yen(0)
    fees: Yen = Yen(0)
    repair: Yen = Yen(0)


def margin(price: Yen, costs: Costs) -> int:
    """What a piece earned: price less buying price, freight, fees and repair; may be below zero
    (R-098).
    """
    return price - costs.bought - costs.freight - costs.fees - costs.repair
