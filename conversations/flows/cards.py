"""A piece at a glance, and what of it this person may see (R-026, R-027, R-032).

What a partner was not granted is left out, as if it were not there: no price without the right to
it, no film without the right to films. Who has a piece held is nobody else's business: to everyone
but the holder it is under negotiation (商談中).
"""

from collections.abc import Sequence

from catalog.ground.record import UnitId
from catalog.items.holds import queries as holds
from catalog.items.holds.tables import Hold
from catalog.items.kinds import UnitState
from catalog.items.queries import UnitFacts
from catalog.items.rules import can_see
from catalog.partners.rules import MediaKind, Right
from conversations.flows.flow import Asked, person_button, tap
from conversations.messages import Button, Card, Cards, Tone
from conversations.wording.pieces.voice import voice
from conversations.wording.retail.voice import voice as retail_voice
from media.assets.kinds import AssetKind
from media.sharing import shares
from media.sharing.kinds import MEDIA_KINDS

ANY_MEDIA = (MediaKind.FILM, MediaKind.STILL)
_SOLD = frozenset(
    {
        UnitState.SOLD,
        UnitState.SHIPPED,
        UnitState.HANDED_OVER,
        UnitState.DELIVERED,
        UnitState.CLOSED,
    }
)
_KEPT = frozenset({UnitState.STOCK, UnitState.PREPARING, UnitState.CONSIGNED, UnitState.UNLISTED})
ON_HAND = (UnitState.LISTED, UnitState.RESERVED, *sorted(_KEPT))


def may(asked: Asked, unit: UnitFacts, right: Right | None = None, *kinds: MediaKind) -> bool:
    """Whether this person may have that of the piece."""
    return can_see(asked.viewer.able_to(right, *kinds), unit.standing)


def kinds_seen(asked: Asked, unit: UnitFacts) -> tuple[AssetKind, ...]:
    """The kinds of media of the piece this person may see."""
    return tuple(kind for kind, told in MEDIA_KINDS.items() if may(asked, unit, None, told))


def standing(asked: Asked, unit: UnitFacts, held: Hold | None) -> str:
    """free, talks, yours, sold, unlisted or ask: what is told of its availability."""
    state = UnitState(unit.state)
    if state is UnitState.LISTED:
        if held is None:
            return "free"
        return "yours" if held.holder == asked.viewer.who else "talks"
    if state is UnitState.RESERVED:
        return "talks"
    if state in _SOLD:
        return "sold"
    return "unlisted" if state in _KEPT and asked.viewer.partner is not None else "ask"


def price_of(asked: Asked, unit: UnitFacts) -> int | None:
    """The price in yen where it may be told; anyone learns that of a piece in the window."""
    told = ON_HAND if asked.viewer.partner is not None else (UnitState.LISTED,)
    is_told = unit.state in told and may(asked, unit, Right.PRICE)
    return unit.price if is_told else None


def held_now(asked: Asked, units: Sequence[UnitFacts]) -> dict[UnitId, Hold]:
    """The holds that stand on these pieces, by unit."""
    return holds.active_holds(asked.db, [unit.id for unit in units], now=asked.now)


def lines(asked: Asked, unit: UnitFacts, held: Hold | None) -> tuple[tuple[str, str], ...]:
    """Code, grade, price where it may be told, availability."""
    words = asked.voice
    how = standing(asked, unit, held)
    until = words.moment(held.until, now=asked.now) if held and how == "yours" else None
    told = [(words.label_code(), unit.code), (words.label_grade(), words.grade(unit.grade))]
    price = price_of(asked, unit)
    if price is not None:
        told.append((words.label_price(), words.yen(price)))
    told.append((words.label_state(), voice(asked.lang).availability(how, until=until)))
    return tuple(told)


def said(asked: Asked, unit: UnitFacts, held: Hold | None) -> str:
    """The card as words."""
    told = [value for _, value in lines(asked, unit, held)[1:]]
    return " ".join([unit.named(asked.lang), *told])


def media_button(asked: Asked, unit: UnitFacts, *, tone: Tone = Tone.MAIN) -> Button | None:
    """The film, or the pictures where only these may be seen."""
    kinds = kinds_seen(asked, unit)
    if AssetKind.FILM in kinds:
        label, kind = asked.voice.button_film(), None
    elif AssetKind.STILL in kinds:
        label, kind = voice(asked.lang).button_still(), AssetKind.STILL.value
    else:
        return None
    return Button(label, data=tap("media.show", sku=unit.code, kind=kind), tone=tone)


def hold_button(asked: Asked, unit: UnitFacts, held: Hold | None) -> Button | None:
    """To have it held, where it is free and this person could."""
    is_free = standing(asked, unit, held) == "free" and asked.viewer.who is not None
    if not (is_free and may(asked, unit, Right.HOLD)):
        return None
    return Button(retail_voice(asked.lang).button_hold(), data=tap("holds.ask", sku=unit.code))


def link_button(asked: Asked, unit: UnitFacts) -> Button | None:
    """To make a page for somebody else, where this person may."""
    if not shares.may_share(asked.viewer, unit):
        return None
    return Button(retail_voice(asked.lang).button_link(), data=tap("links.ask", sku=unit.code))


def watch_button(asked: Asked, unit: UnitFacts) -> Button:
    """To hear of it."""
    return Button(retail_voice(asked.lang).button_watch(), data=tap("alerts.watch", sku=unit.code))


def similar_button(asked: Asked, unit: UnitFacts) -> Button:
    """Others of the model."""
    return Button(voice(asked.lang).button_similar(), data=tap("lists.similar", sku=unit.code))


def present(*buttons: Button | None) -> tuple[Button, ...]:
    """Those that are there."""
    return tuple(button for button in buttons if button is not None)


def carousel(asked: Asked, units: Sequence[UnitFacts], *, text: str) -> Cards:
    """Pieces side by side: the film and the hold one tap away, a person always."""
    held = held_now(asked, units)
    return Cards(
        tuple(
            Card(
                heading=unit.named(asked.lang),
                lines=lines(asked, unit, held.get(unit.id)),
                buttons=present(
                    media_button(asked, unit),
                    Button(
                        voice(asked.lang).button_details(), data=tap("pieces.show", sku=unit.code)
                    ),
                    hold_button(asked, unit, held.get(unit.id)),
                    person_button(asked),
                ),
                said=said(asked, unit, held.get(unit.id)),
            )
            for unit in units
        ),
        said=text,
    )
