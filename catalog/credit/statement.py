"""The statement of an account (利用明細): every event in order, and what the lots are worth after
each. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from catalog.credit.rules import Lot, is_paid, lot_expiry, redeem_plan, without
from catalog.credit.terms import CreditTerms, Origin
from catalog.ground.errors import Malformed
from catalog.ground.money import Yen


class EventMalformed(Malformed):
    """An event that cannot be: a lot issued twice, more refunded than was spent."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A lot was given."""

    lot: str
    origin: Origin
    amount: Yen


@dataclass(frozen=True, slots=True)
class Redeemed:
    """An amount was spent."""

    amount: Yen


@dataclass(frozen=True, slots=True)
class Refunded:
    """An amount came back to the lots it was spent from."""

    amount: Yen


@dataclass(frozen=True, slots=True)
class BonusExpired:
    """Every bonus lot came to its end."""


Event = Issued | Redeemed | Refunded | BonusExpired


@dataclass(slots=True)
class Statement:
    """Remaining yen by lot after the last redemption, after the last refund, and at the end."""

    closing: dict[str, Yen] = field(default_factory=dict)
    after_redeem: dict[str, Yen] = field(default_factory=dict)
    after_refund: dict[str, Yen] = field(default_factory=dict)
    breakage: Yen = Yen(0)

    @property
    def balance(self) -> Yen:
        """Σ remaining."""
        return Yen(sum(self.closing.values()))


def statement(terms: CreditTerms, events: Sequence[Event], *, begun_at: datetime) -> Statement:
    """What the events make of the lots (CRD-12): spent in the order of redemption, brought back in
    reverse. Raises CreditShort, EventMalformed.
    """
    lots: dict[str, tuple[Origin, Lot]] = {}
    spent: list[list[str | int]] = []
    told = Statement()
    for place, event in enumerate(events):
        at = begun_at + timedelta(seconds=place)
        match event:
            case Issued():
                _issue(terms, lots, event, at)
            case Redeemed(amount=amount):
                taken = redeem_plan([lot for _, lot in lots.values()], amount, at)
                _replace(lots, without([lot for _, lot in lots.values()], taken))
                spent.extend([lot, yen] for lot, yen in taken)
                told.after_redeem = _remaining(lots)
            case Refunded(amount=amount):
                _refund(lots, spent, amount)
                told.after_refund = _remaining(lots)
            case BonusExpired():
                told.breakage = Yen(told.breakage + _expire_bonus(lots))
    told.closing = _remaining(lots)
    return told


def _issue(
    terms: CreditTerms, lots: dict[str, tuple[Origin, Lot]], event: Issued, at: datetime
) -> None:
    if event.lot in lots:
        raise EventMalformed(f"lot {event.lot} twice")
    ends = lot_expiry(terms, event.origin, at)
    lots[event.lot] = (
        event.origin,
        Lot(event.lot, event.amount, ends, is_paid(event.origin), at),
    )


def _replace(lots: dict[str, tuple[Origin, Lot]], changed: Sequence[Lot]) -> None:
    for lot in changed:
        lots[lot.id] = (lots[lot.id][0], lot)


def _refund(lots: dict[str, tuple[Origin, Lot]], spent: list[list[str | int]], amount: int) -> None:
    for entry in reversed(spent):
        origin, lot = lots[str(entry[0])]
        part = min(amount, int(entry[1]))
        entry[1] = int(entry[1]) - part
        amount -= part
        lots[lot.id] = (
            origin,
            Lot(lot.id, Yen(lot.remaining + part), lot.expires_on, lot.is_paid, lot.issued_at),
        )
    if amount > 0:
        raise EventMalformed("more came back than was spent")


def _expire_bonus(lots: dict[str, tuple[Origin, Lot]]) -> int:
    gone = 0
    for origin, lot in list(lots.values()):
        if origin is Origin.BONUS:
            gone += lot.remaining
            lots[lot.id] = (
                origin,
                Lot(lot.id, Yen(0), lot.expires_on, lot.is_paid, lot.issued_at),
            )
    return gone


def _remaining(lots: dict[str, tuple[Origin, Lot]]) -> dict[str, Yen]:
    return {lot.id: lot.remaining for _, lot in lots.values()}
