"""Where a person can be reached (連絡先): of their addresses the one they wrote from last, then the
others; a page somebody has to look at comes after all that call.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from catalog.customers import queries as customers
from catalog.customers.newcomers import surviving
from catalog.ground.record import ConversationId, CustomerId, PartnerId
from catalog.partners import queries as partners
from conversations.ports import Channel
from conversations.threads import queries as threads

CUSTOMER = "customer:"
PARTNER = "partner:"
TALK = "conversation:"  # somebody who is in no register


@dataclass(frozen=True, slots=True)
class Address:
    """One address on a channel that is switched on. `lang`: what is spoken there, or what the
    register notes.
    """

    channel: str
    address: str
    lang: str | None
    heard_at: datetime | None

    @property
    def conversation(self) -> ConversationId:
        """Where a letter to it goes."""
        return ConversationId(f"{self.channel}:{self.address}")


def customer_of(who: str) -> CustomerId | None:
    """The customer whom a notice is addressed to; None: a partner, or a visitor."""
    return CustomerId(who.removeprefix(CUSTOMER)) if who.startswith(CUSTOMER) else None


def partner_of(who: str) -> PartnerId | None:
    """The partner whom a notice is addressed to."""
    return PartnerId(who.removeprefix(PARTNER)) if who.startswith(PARTNER) else None


def today(db: Session, who: str) -> str:
    """The same, after a newcomer turned out to be somebody the register knows."""
    customer = customer_of(who)
    return who if customer is None else f"{CUSTOMER}{surviving(db, customer)}"


def reachable(db: Session, who: str, channels: Mapping[str, Channel]) -> list[Address]:
    """The addresses of `customer:ID`, `partner:ID` or `conversation:…` that do not block the shop:
    those that call before those that do not, the one last written from first.
    """
    linked = [each for each in _linked(db, who) if each[0] in channels]
    known = threads.spoken_in(db, [f"{channel}:{address}" for channel, address, _ in linked])
    found = []
    for channel, address, noted in linked:
        spoken = known.get(f"{channel}:{address}")
        lang = spoken.lang if spoken is not None and spoken.lang else noted
        heard_at = spoken.heard_at if spoken is not None else None
        found.append(Address(channel, address, lang, heard_at))
    return sorted(found, key=lambda each: (not channels[each.channel].calls_people, _since(each)))


def _since(address: Address) -> float:
    return -address.heard_at.timestamp() if address.heard_at is not None else 0.0


def _linked(db: Session, who: str) -> Sequence[tuple[str, str, str | None]]:
    customer, partner = customer_of(who), partner_of(who)
    if customer is not None:
        return [
            (each.channel, each.address, each.language)
            for each in customers.reached_at(db, customer)
        ]
    if who.startswith(TALK):
        channel, _, address = who.removeprefix(TALK).partition(":")
        is_blocked = customers.has_blocked(db, channel, address)
        return [] if is_blocked else [(channel, address, None)]
    if partner is None:
        return []
    return [
        (channel, address, None)
        for channel, address in partners.seats_of(db, partner)
        if not customers.has_blocked(db, channel, address)
    ]
