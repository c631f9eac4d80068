"""Which piece is meant, and a piece at a glance (item.availability, item.price, item.detail).

客: ロレックス デイトナ
証: 該当する商品が2点ございます。どちらをご覧になりますか。 [W-10234] [W-10311]
客: W-10234
証: (card) コスモグラフ デイトナ 116500LN  ランク A  ¥4,280,000(税込)  [動画を見る] [担当者と話す]
"""

from collections.abc import Sequence
from dataclasses import dataclass

from catalog.items import queries
from catalog.items.queries import UnitFacts
from catalog.items.words import codes
from conversations.flows.flow import Answer, Asked, Flow, person_button, tap
from conversations.messages import Button, Card, Cards, Choices, Tone

MOST = 10  # cards side by side


@dataclass(frozen=True, slots=True)
class Found:
    """What the wish points at: pieces, or the codes that lead nowhere, or nothing said at all."""

    units: Sequence[UnitFacts] = ()
    unknown: Sequence[str] = ()
    is_cut: bool = False
    is_silent: bool = False


def find(asked: Asked) -> Found:
    """By code, by choice, by name, by what was talked about, by free words; only what may be
    seen.
    """
    written = _written(asked)
    if written:
        units = queries.by_codes(asked.db, written, viewer=asked.viewer)
        seen = {unit.code for unit in units}
        return Found(units, [code for code in written if code not in seen])
    chosen = _chosen(asked)
    if chosen is not None:
        return Found(queries.by_codes(asked.db, [chosen], viewer=asked.viewer))
    brand, model = asked.slots.get("brand"), asked.slots.get("model")
    if brand or model:
        return _cut(_named(asked, brand, model))
    query = str(asked.slots.get("query", ""))
    if query and not asked.slots.get("part"):
        hits = queries.search(asked.db, query, viewer=asked.viewer, limit=MOST + 1)
        if hits:
            return _cut(hits)
    looks_elsewhere = bool(query) and asked.intent == "item.availability"
    if asked.memory.unit is not None and (asked.slots.get("deictic") or not looks_elsewhere):
        return Found(queries.by_codes(asked.db, [asked.memory.unit], viewer=asked.viewer))
    if query and asked.intent != "media.request":
        return Found()
    return Found(is_silent=True)


def _written(asked: Asked) -> list[str]:
    sku = asked.slots.get("sku")
    if isinstance(sku, str):
        return codes(sku)[:MOST]
    return [str(code) for code in sku][:MOST] if sku else []


def _chosen(asked: Asked) -> str | None:
    """The n-th of what was offered last."""
    ordinal = asked.slots.get("ordinal")
    shown = asked.memory.shown
    if isinstance(ordinal, int) and 1 <= ordinal <= len(shown):
        return shown[ordinal - 1]
    return None


def _named(asked: Asked, brand: str | None, model: str | None) -> list[UnitFacts]:
    """Pieces of that brand and family; where free words narrow them down, only those."""
    units = queries.by_name(asked.db, brand=brand, model=model, viewer=asked.viewer, limit=MOST + 1)
    query = str(asked.slots.get("query", ""))
    if len(units) > 1 and query:
        narrowed = queries.search(asked.db, query, viewer=asked.viewer, limit=MOST + 1)
        if narrowed:
            return narrowed
    return units


def _cut(units: Sequence[UnitFacts]) -> Found:
    return Found(units[:MOST], is_cut=len(units) > MOST)


def choose(asked: Asked, found: Found, *, verb: str, part: str | None, kind: str | None) -> Answer:
    """A short choice between several pieces; pressing one goes on with `verb`."""
    voice = asked.voice
    options = [
        Button(
            f"{unit.code} {unit.grade or ''}".strip(),
            data=tap(verb, sku=unit.code, part=part, kind=kind),
            said=unit.code,
        )
        for unit in found.units
    ]
    cards = [
        Card(
            heading=unit.named(asked.lang),
            lines=_lines(asked, unit),
            buttons=(
                Button(voice.button_film(), data=option.data, said=unit.code, tone=Tone.MAIN),
            ),
            said=unit.named(asked.lang),
        )
        for unit, option in zip(found.units, options, strict=True)
    ]
    text = voice.choose_one(len(found.units), is_cut=found.is_cut)
    kept = asked.memory.offering(
        tuple(unit.code for unit in found.units), verb=verb, part=part, kind=kind
    )
    return Answer(
        [Cards(tuple(cards), said=text), Choices(text, (*options, person_button(asked)))], kept
    )


def nothing(asked: Asked, found: Found) -> Answer:
    """Not there, or not theirs to see: one answer for both."""
    voice = asked.voice
    if found.unknown:
        text = voice.not_found(list(found.unknown))
    elif found.is_silent:
        text = voice.which_piece()
    else:
        text = voice.nothing_found()
    return Answer([Choices(text, (person_button(asked),))], asked.memory)


def _lines(asked: Asked, unit: UnitFacts) -> tuple[tuple[str, str], ...]:
    voice = asked.voice
    lines = [
        (voice.label_code(), unit.code),
        (voice.label_grade(), voice.grade(unit.grade)),
        (voice.label_state(), voice.state(unit.state)),
    ]
    if unit.price is not None and unit.state == "listed":
        lines.insert(2, (voice.label_price(), voice.yen(unit.price)))
    return tuple(lines)


def at_a_glance(asked: Asked) -> Answer:
    """One piece as a card with its film one tap away; several as a choice."""
    found = find(asked)
    if len(found.units) > 1:
        return choose(asked, found, verb="pieces.show", part=None, kind=None)
    if not found.units:
        return nothing(asked, found)
    unit = found.units[0]
    voice = asked.voice
    price = voice.yen(unit.price) if unit.price is not None else voice.state("")
    card = Card(
        heading=unit.named(asked.lang),
        lines=_lines(asked, unit),
        buttons=(
            Button(voice.button_film(), data=tap("media.show", sku=unit.code), tone=Tone.MAIN),
            Button(voice.button_other_part(), data=tap("media.parts", sku=unit.code)),
            person_button(asked),
        ),
        said=voice.piece_said(
            unit.named(asked.lang), voice.grade(unit.grade), price, voice.state(unit.state)
        ),
    )
    return Answer([card], asked.memory.about(unit.code))


def ask_which(asked: Asked) -> Answer:
    """The menu's "find a piece"."""
    return Answer([Choices(asked.voice.which_piece(), (person_button(asked),))], asked.memory)


FLOW = Flow(
    "pieces",
    frozenset({"item.availability", "item.price", "item.detail", "catalog.bulk"}),
    at_a_glance,
    {"show": at_a_glance, "which": ask_which},
    refuses_nothing=True,
)
