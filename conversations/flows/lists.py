"""Several pieces at once: by their codes, by brand, budget, grade and kind, and others of a model
(catalog.bulk, R-030, R-087, R-090).

取引先: ロレックス 100万以下 在庫
証: (up to ten cards, the newest first) ご案内できる商品は4点です。
客: 同じモデルの他の状態
証: (cards by grade and price) コスモグラフ デイトナと同じ型の商品は、ほかに2点ございます。…
"""

from collections.abc import Sequence
from dataclasses import replace

from catalog.grading.scale import BEST_FIRST, Grade
from catalog.items import queries
from catalog.items.filters import Filters
from catalog.items.kinds import UnitState
from catalog.items.queries import UnitFacts
from catalog.items.similar import similar
from catalog.partners.rules import Right
from conversations.flows import cards, condition_media, finding
from conversations.flows.finding import MOST, Found
from conversations.flows.flow import Answer, Asked, Flow, person_button, tap
from conversations.messages import Button, Choices, Letter
from conversations.understanding import forms
from conversations.wording.pieces.voice import voice
from conversations.wording.retail.voice import voice as retail_voice


def tell(asked: Asked) -> Answer:
    """The codes that were written, else what fits the wishes."""
    if finding.written_in(asked):
        if asked.slots.get("media"):
            return condition_media.request(asked)
        return _shown(asked, finding.find(asked))
    return stock(asked)


def _shown(asked: Asked, found: Found) -> Answer:
    """Cards side by side; codes that lead nowhere are told, the same for every reason."""
    if not found.units:
        return finding.nothing(asked, found)
    text = voice(asked.lang).on_hand(len(found.units), is_cut=found.is_cut)
    if found.unknown:
        text = f"{text}\n{asked.voice.not_found(list(found.unknown))}"
    shown = cards.carousel(asked, found.units, text=text)
    offered = _codes(found.units)
    kept = asked.memory.offering(offered, verb="pieces.show")
    return Answer([shown, Choices(text, (person_button(asked),))], kept)


def stock(asked: Asked) -> Answer:
    """What there is of a brand or model within budget, grade and kind, the newest first."""
    filters = finding.wishes_in(asked)
    brand, model = asked.slots.get("brand"), asked.slots.get("model")
    states = _states(asked, filters)
    units: Sequence[UnitFacts] = []
    if asked.slots.get("query") and not (brand or model):
        hits = queries.search(
            asked.db, finding.words_in(asked), viewer=asked.viewer, limit=MOST + 1
        )
        units = [unit for unit in hits if unit.state in states]
    if not units:
        units = queries.by_name(
            asked.db,
            brand=brand,
            model=model,
            viewer=asked.viewer,
            limit=MOST + 1,
            filters=replace(filters, states=states),
        )
    if units:
        return _shown(asked, Found(units[:MOST], is_cut=len(units) > MOST))
    return finding.none_fits(asked)


def _states(asked: Asked, filters: Filters) -> tuple[UnitState, ...]:
    """What is on hand; a retailer may be offered what is not in the window (yet)."""
    if asked.viewer.partner is not None:
        return cards.ON_HAND
    return filters.states or (UnitState.LISTED, UnitState.RESERVED)


def alike(asked: Asked) -> Answer:
    """Others of the same model by grade and price (R-087)."""
    found = finding.find(asked)
    if len(found.units) != 1:
        return finding.nothing(asked, found)
    unit = found.units[0]
    words = voice(asked.lang)
    others = [
        each
        for each in similar(asked.db, unit.id, viewer=asked.viewer, limit=MOST * 2)
        if each.state in cards.ON_HAND
    ]
    shown = sorted(others, key=lambda each: _rank(asked, each))[:MOST]
    memory = asked.memory.about(unit.code)
    if not shown:
        button = Button(
            retail_voice(asked.lang).button_wish(), data=tap("alerts.seek", like=unit.code)
        )
        text = words.none_similar(unit.named(asked.lang))
        return Answer([Choices(text, (button, person_button(asked)))], memory)
    text = words.similar(unit.named(asked.lang), len(shown))
    offered = memory.offering(_codes(shown), verb="pieces.show")
    letters: list[Letter] = [
        cards.carousel(asked, shown, text=text),
        Choices(text, (person_button(asked),)),
    ]
    return Answer(letters, offered)


def _rank(asked: Asked, unit: UnitFacts) -> tuple[int, int, str]:
    """The best grade first, then the cheaper one; a price nobody may know orders nothing."""
    knows = cards.may(asked, unit, Right.PRICE) and unit.price is not None
    price = unit.price if knows and unit.price is not None else 0
    grade = BEST_FIRST.index(Grade(unit.grade)) if unit.grade else len(BEST_FIRST)
    return grade, price, unit.code


def _codes(units: Sequence[UnitFacts]) -> tuple[str, ...]:
    return tuple(unit.code for unit in units)


FLOW = Flow(
    "lists",
    frozenset({"catalog.bulk"}),
    tell,
    {"similar": alike, "stock": stock},
    {"similar": forms.SIMILAR},
    refuses_nothing=True,
)
