"""Which bought piece is meant: by what a button carries, a code, an order number, or its place in
what was offered.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from catalog.ground.calendar import round_up_to
from catalog.items.words import codes
from catalog.orders import queries as orders
from catalog.orders.queries import BoughtPiece
from catalog.orders.tables import SaleOrder
from conversations.flows.flow import Answer, Asked, Step, person_button, tap
from conversations.messages import Button, Choices
from conversations.wording.orders.voice import voice

MOST = 10


def order_no(asked: Asked) -> str | None:
    """The order number that was written, as the register spells it."""
    told = str(asked.slots.get("order_no") or "").strip().upper()
    return told or None


def offered(asked: Asked) -> str | None:
    """The n-th of what was offered last."""
    ordinal = asked.slots.get("ordinal")
    shown = asked.memory.shown
    if isinstance(ordinal, int) and 1 <= ordinal <= len(shown):
        return shown[ordinal - 1]
    return None


def meant(asked: Asked) -> Sequence[BoughtPiece]:
    """The pieces this customer bought that the wish can be about; nothing said: all of them."""
    if asked.customer is None:
        return []
    line = str(asked.slots.get("line") or "") or offered(asked)
    if line is not None:
        return [
            each
            for each in orders.bought(asked.db, asked.customer, limit=500)
            if each.line.id == line
        ]
    pieces = orders.bought(asked.db, asked.customer)
    number = order_no(asked)
    if number is not None:
        pieces = [each for each in pieces if each.order.order_no == number]
    written = _codes(asked)
    if written:
        return [each for each in pieces if each.code in written]
    named = [
        each for each in pieces if asked.slots.get("deictic") and each.code == asked.memory.unit
    ]
    return named or pieces


def _codes(asked: Asked) -> set[str]:
    sku = asked.slots.get("sku")
    return set(codes(sku)) if isinstance(sku, str) else {str(code) for code in sku or ()}


@dataclass(frozen=True, slots=True)
class _Private:
    step: Step

    def __call__(self, asked: Asked) -> Answer:
        if asked.event.is_group:
            text = voice(asked.lang).only_in_private()
            return Answer([Choices(text, (person_button(asked),))], asked.memory)
        return self.step(asked)


def private(step: Step) -> Step:
    """What somebody bought is told to them alone, never in a group."""
    return _Private(step)


def choose(asked: Asked, question: str, pieces: Sequence[BoughtPiece], *, verb: str) -> Answer:
    """A short choice between bought pieces; pressing one goes on with `verb`."""
    shown = pieces[:MOST]
    options = [
        Button(
            f"{each.code} {each.named(asked.lang)}",
            data=tap(verb, line=each.line.id),
            said=each.code,
        )
        for each in shown
    ]
    kept = asked.memory.offering(tuple(each.line.id for each in shown), verb=verb)
    return Answer([Choices(question, (*options, person_button(asked)))], kept)


def bought_at(order: SaleOrder) -> datetime:
    """The moment of the sale: what was recorded until then shows the piece as it was sold."""
    return order.paid_at or order.ordered_at


def promise(asked: Asked) -> datetime:
    """By when a person of the shop will have done what is put on the list now."""
    return round_up_to(asked.hours.after_work(asked.now, asked.terms.capture_lead), 15)
