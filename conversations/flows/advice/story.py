"""The story of a piece (item.story, R-127): what the shop has written of its model, and what the
registers know of its own life, each with its source. Nothing recorded is told as such.

客: この時計の話を聞かせて
証: (card) コスモグラフ デイトナ  当店への入庫 2026年11月3日  状態の評価 ランクA …
    手巻クロノグラフの… (出典: 当店の商品説明)  [動画を見る] [担当者と話す]
"""

from datetime import date

from catalog.duties.ledger import queries as ledger
from catalog.grading import queries as grading
from catalog.grading.rules import Standing
from catalog.ground.calendar import tokyo_day
from catalog.items.queries import UnitFacts
from catalog.items.tables import Style, Unit
from conversations.flows import finding
from conversations.flows.flow import Answer, Asked, Flow, person_button, tap
from conversations.messages import Button, Card, Choices, Tone
from conversations.wording.advice.voice import AdviceVoice, voice
from media.assets import queries as assets


def tell(asked: Asked) -> Answer:
    """Of one piece; of several a choice; of none what to write."""
    found = finding.find(asked)
    if len(found.units) > 1:
        return finding.choose(asked, found, verb="story.show", part=None, kind=None)
    words = voice(asked.lang)
    if not found.units:
        named = asked.slots.get("brand") or asked.slots.get("model")
        text = words.no_story() if named else words.story_of_which()
        if found.unknown:
            return finding.nothing(asked, found)
        kept = asked.memory.opening("story", expecting="item.story")
        return Answer([Choices(text, (person_button(asked),))], kept)
    return Answer([_card(asked, words, found.units[0])], asked.memory.about(found.units[0].code))


def _card(asked: Asked, words: AdviceVoice, unit: UnitFacts) -> Card:
    row = asked.db.get_one(Unit, unit.id)
    style = asked.db.get_one(Style, row.style_id)
    named = " ".join(each for each in (unit.brand, unit.model, unit.reference) if each)
    lines = [(words.label("model"), named)] if named else []
    lines += _life(asked, words, unit, row)
    description = (style.description or "").strip()
    note = words.from_description(description) if description else words.nothing_written()
    if lines:
        note = f"{note}\n{words.from_records()}"
    return Card(
        heading=unit.named(asked.lang),
        lines=((asked.voice.label_code(), unit.code), *lines),
        note=note,
        buttons=(
            Button(
                asked.voice.button_film(), data=tap("media.show", sku=unit.code), tone=Tone.MAIN
            ),
            person_button(asked),
        ),
        said=words.story_said(unit.named(asked.lang)),
    )


def _life(asked: Asked, words: AdviceVoice, unit: UnitFacts, row: Unit) -> list[tuple[str, str]]:
    """From the registers: since when it is here, when it was judged, filmed, put on sale. Never
    who brought it.
    """
    told: list[tuple[date, str, str]] = []
    came_in = ledger.came_in_on(asked.db, unit.id)
    if came_in is not None:
        told.append((came_in, words.label("came_in"), words.day(came_in)))
    graded = grading.latest(asked.db, unit.id, Standing.FINAL)
    if graded is not None:
        day = tokyo_day(graded.graded_at)
        told.append((day, words.label("graded"), words.graded(graded.grade, day)))
    films = assets.of_unit(asked.db, unit.id)
    if films:
        day = tokyo_day(films[0].captured_at)
        told.append((day, words.label("filmed"), words.filmed(len(films), day)))
    if row.listed_at is not None:
        day = tokyo_day(row.listed_at)
        told.append((day, words.label("listed"), words.day(day)))
    return [(label, text) for _, label, text in sorted(told)]


FLOW = Flow("story", frozenset({"item.story"}), tell, {"show": tell}, refuses_nothing=True)
