"""Which piece is meant: by code, by choice, by name, by what was talked about, by free words.

Only what the person may see is found, and as far as a right or a kind of media is asked for only
what they may have that of: what is not granted and what is not there are one answer (R-027).

客: ロレックス デイトナ
証: 該当する商品が2点ございます。どちらをご覧になりますか。 [W-10234] [W-10311]
客: デイトナ80万で探して
証: ご希望に合う商品は、ただいまございません。 [入荷を知らせる] [ほかの価格・ランクも見る]
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from catalog.ground.money import Yen
from catalog.items import queries
from catalog.items.filters import NONE, Filters, category_in, filters_in
from catalog.items.kinds import Category
from catalog.items.lines import GRADES
from catalog.items.queries import UnitFacts
from catalog.items.rules import Viewer
from catalog.items.words import CODE, codes, fold
from conversations.flows import cards
from conversations.flows.flow import Answer, Asked, person_button, tap
from conversations.messages import Button, Card, Cards, Choices, Edited, Said, Tone
from conversations.wording.pieces.voice import voice as pieces_voice
from conversations.wording.retail.voice import voice as retail_voice

MOST = 10  # cards side by side
_LOOKED_AT = 100  # pieces of a name among which free words choose
_SEEKING = ("item.availability", "item.price")  # what may be wished for when it is not there


@dataclass(frozen=True, slots=True)
class Found:
    """What the wish points at: pieces, or the codes that lead nowhere, or nothing said at all."""

    units: Sequence[UnitFacts] = ()
    unknown: Sequence[str] = ()
    is_cut: bool = False
    is_silent: bool = False


def find(asked: Asked, viewer: Viewer | None = None) -> Found:
    """`viewer`: who asks, as far as what is asked for goes."""
    viewer = viewer or asked.viewer
    written = written_in(asked)
    if written:
        units = queries.by_codes(asked.db, written, viewer=viewer)
        seen = {unit.code for unit in units}
        return Found(units, [code for code in written if code not in seen])
    chosen = _chosen(asked)
    if chosen is not None:
        return Found(queries.by_codes(asked.db, [chosen], viewer=viewer))
    brand, model = asked.slots.get("brand"), asked.slots.get("model")
    if brand or model:
        return _cut(_named(asked, viewer, brand, model))
    query = str(asked.slots.get("query", ""))
    if query and not asked.slots.get("part"):
        hits = queries.search(asked.db, query, viewer=viewer, limit=MOST + 1)
        if hits:
            return _cut(hits)
    looks_elsewhere = bool(query) and asked.intent == "item.availability"
    if asked.memory.unit is not None and (asked.slots.get("deictic") or not looks_elsewhere):
        return Found(queries.by_codes(asked.db, [asked.memory.unit], viewer=viewer))
    if query and asked.intent != "media.request":
        return Found()
    return Found(is_silent=True)


def written_in(asked: Asked) -> list[str]:
    """The codes that were written, at most ten."""
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


def _named(asked: Asked, viewer: Viewer, brand: str | None, model: str | None) -> list[UnitFacts]:
    """Pieces of that brand and family within the price and grade that were said; where free words
    narrow them down, only those.

    Who looks for a piece is shown none beyond it. In any other wish the amount may be meant
    otherwise (an offer, a deposit), so there it only chooses between pieces.
    """
    said = _limits_in(asked)
    units = queries.by_name(
        asked.db, brand=brand, model=model, viewer=viewer, limit=_LOOKED_AT, filters=said
    )
    if not units and said != NONE and not _looks_within(asked, said):
        units = queries.by_name(asked.db, brand=brand, model=model, viewer=viewer, limit=_LOOKED_AT)
    query = str(asked.slots.get("query", ""))
    if len(units) > 1 and query:
        named = {unit.id for unit in units}
        hits = queries.search(asked.db, query, viewer=viewer, limit=_LOOKED_AT)
        return [unit for unit in hits if unit.id in named] or units
    return units


def _cut(units: Sequence[UnitFacts]) -> Found:
    return Found(units[:MOST], is_cut=len(units) > MOST)


def _limits_in(asked: Asked) -> Filters:
    """The price and grade that were said."""
    filters, _ = filters_in(CODE.sub(" ", fold(words_in(asked))))
    return replace(filters, states=())


def _looks_within(asked: Asked, said: Filters) -> bool:
    """A price alone is no limit for who asks what a piece costs (「300万になりませんか」)."""
    match asked.intent:
        case "item.availability":
            return True
        case "item.price":
            return said.alone is None
        case _:
            return False


def words_in(asked: Asked) -> str:
    """What was written, as it is read for prices and grades; nothing after a tap."""
    body = asked.event.body
    return body.text if isinstance(body, Said | Edited) else ""


def wishes_in(asked: Asked) -> Filters:
    """Price, grade, kind and stock as the words have them; what they do not say, the slots do."""
    filters, rest = filters_in(CODE.sub(" ", fold(words_in(asked))))
    category, _ = category_in(rest)
    money, grade = asked.slots.get("money"), asked.slots.get("grade")
    named = asked.slots.get("category")
    if filters.price_from is None and filters.price_to is None and money:
        filters = replace(filters, price_to=Yen(int(money)))
    if filters.grade_at_least is None and grade in GRADES:
        filters = replace(filters, grade_at_least=str(grade))
    if category is None and named in set(Category):
        category = Category(named)
    return replace(filters, category=category)


def choose(
    asked: Asked,
    found: Found,
    *,
    verb: str,
    part: str | None = None,
    kind: str | None = None,
    label: str | None = None,
) -> Answer:
    """A short choice between several pieces; pressing one goes on with `verb`. `label`: what is
    written on the button of each card.
    """
    voice = asked.voice
    options = [
        Button(
            f"{unit.code} {unit.grade or ''}".strip(),
            data=tap(verb, sku=unit.code, part=part, kind=kind),
            said=unit.code,
        )
        for unit in found.units
    ]
    held = cards.held_now(asked, found.units)
    told = [
        Card(
            heading=unit.named(asked.lang),
            lines=cards.lines(asked, unit, held.get(unit.id)),
            buttons=(
                Button(
                    label or voice.button_film(), data=option.data, said=unit.code, tone=Tone.MAIN
                ),
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
        [Cards(tuple(told), said=text), Choices(text, (*options, person_button(asked)))], kept
    )


def nothing(asked: Asked, found: Found) -> Answer:
    """Not there, or not theirs to see: one answer for both."""
    voice = asked.voice
    if found.unknown:
        text = voice.not_found(list(found.unknown))
    elif found.is_silent:
        text = voice.which_piece()
    elif asked.intent in _SEEKING:
        return none_fits(asked)
    else:
        text = voice.nothing_found()
    return Answer([Choices(text, (person_button(asked),))], asked.memory)


def none_fits(asked: Asked) -> Answer:
    """Nothing there is as wished; who named something may hear when it comes in, at exactly the
    amount that was said, and may see what there is at other prices.
    """
    wished = wishes_in(asked)
    brand, model = asked.slots.get("brand"), asked.slots.get("model")
    most = wished.alone or wished.price_to
    options = [person_button(asked)]
    is_limited = wished.grade_at_least is not None or (wished.price_from or wished.price_to)
    if (brand or model) and is_limited:
        any_price = tap("lists.stock", brand=brand, model=model)
        options.insert(0, Button(pieces_voice(asked.lang).button_any_price(), data=any_price))
    if brand or model or wished != NONE:
        seek = tap(
            "alerts.seek",
            brand=brand,
            model=model,
            money=str(most) if most else None,
            grade=wished.grade_at_least,
            category=wished.category,
        )
        options.insert(0, Button(retail_voice(asked.lang).button_wish(), data=seek))
    text = pieces_voice(asked.lang).none_on_hand()
    return Answer([Choices(text, tuple(options))], asked.memory)
