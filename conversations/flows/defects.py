"""One defect or part of a piece (media.defect, R-003, R-085): what the grading recorded of it, and
the picture behind it; else the truth that nothing is recorded, and a capture of the part.

客: W-1042の裏蓋に傷はありますか
証: コスモグラフ デイトナの裏蓋について、査定の記録をお伝えします。・ケース: 軽い。手に取ると分かる
    (picture) (card) [動画を見る] [ほかの部位を見る] [担当者と話す]
"""

from dataclasses import replace

from catalog.grading import queries as grading
from catalog.grading.checklists import CHECKLISTS
from catalog.grading.queries import IN_HAND
from catalog.items.kinds import Category
from catalog.items.queries import UnitFacts
from conversations.flows import cards, condition_media, details, finding
from conversations.flows.flow import Answer, Asked, Flow, person_button, tap
from conversations.messages import Button, Choices, Text
from conversations.wording.pieces.voice import voice
from media.assets.kinds import Part

# Which axis of the checklists speaks of a part, by category where they differ.
_AXES: dict[Part, tuple[str, ...]] = {
    Part.CASE_BACK: ("case",),
    Part.CASE: ("case",),
    Part.BEZEL: ("bezel",),
    Part.DIAL: ("dial",),
    Part.HANDS: ("dial",),
    Part.CRYSTAL: ("crystal",),
    Part.BRACELET: ("bracelet",),
    Part.CLASP: ("clasp",),
    Part.CROWN: ("crown",),
    Part.GIRDLE: ("girdle",),
    Part.PRONG: ("prongs", "setting"),
    Part.STONE: ("four_c", "finish"),
    Part.CORNER: ("corners",),
    Part.HANDLE: ("handles",),
    Part.LINING: ("interior", "lining"),
    Part.ZIPPER: ("hardware",),
    Part.HARDWARE: ("hardware",),
    Part.STRAP: ("handles", "bracelet"),
    Part.SLEEVE: ("hem_cuff",),
}


def tell(asked: Asked) -> Answer:
    """The part asked about, else all that was found on the piece."""
    part = asked.slots.get("part")
    found = finding.find(asked)
    if len(found.units) > 1:
        label = voice(asked.lang).button_details()
        return finding.choose(asked, found, verb="defects.tell", part=part, label=label)
    if not found.units:
        return finding.nothing(asked, found)
    unit = found.units[0]
    return _of_part(asked, unit, Part(part)) if part in set(Part) else _of_piece(asked, unit)


def _of_part(asked: Asked, unit: UnitFacts, part: Part) -> Answer:
    words = voice(asked.lang)
    title, name = unit.named(asked.lang), asked.voice.part(part)
    rows = _recorded(asked, unit, part)
    text = words.part_not_recorded(title, name)
    if rows:
        text = f"{words.part_recorded(title, name)}\n{words.findings(rows)}"
    if not cards.kinds_seen(asked, unit):
        return Answer([Choices(text, (person_button(asked),))], asked.memory.about(unit.code))
    shown = condition_media.show(asked, unit, part.value, None)
    return replace(shown, letters=[Text(text), *shown.letters])


def _recorded(asked: Asked, unit: UnitFacts, part: Part) -> list[tuple[str, str]]:
    """What a grader who held the piece wrote of the part, the sound axes too."""
    row = grading.latest(asked.db, unit.id, *IN_HAND)
    if row is None:
        return []
    scores = grading.seen_in(row).axes
    words = voice(asked.lang)
    known = CHECKLISTS[Category(unit.category)]
    return [
        (words.axis(axis), words.score(axis, scores[axis]))
        for axis in _AXES.get(part, ())
        if axis in scores and known.axis(axis) is not None
    ]


def _of_piece(asked: Asked, unit: UnitFacts) -> Answer:
    explained = grading.explain(asked.db, unit.id)
    words = voice(asked.lang)
    parts = Button(words.button_all_parts(), data=tap("media.parts", sku=unit.code))
    sees_media = bool(cards.kinds_seen(asked, unit))
    buttons = cards.present(
        cards.media_button(asked, unit),
        parts if sees_media else None,
        person_button(asked),
    )
    text = details.of_piece(asked, unit, explained)
    letters = [*details.pictures(asked, unit, explained), Choices(text, buttons)]
    return Answer(letters, asked.memory.about(unit.code))


FLOW = Flow("defects", frozenset({"media.defect"}), tell, {"tell": tell}, refuses_nothing=True)
