"""A piece at a glance: is it there, in what grade, what may be seen of it (item.availability,
R-026, R-122).

取引先: W-1042 状態
証: (card) コスモグラフ デイトナ  ランク A  ¥1,280,000(税込)  販売中
    記録 動画、写真  撮影済みの部位 文字盤、裏蓋
    [動画を見る] [ほかの部位を見る] [取り置く] [お客様用リンク] [同じ型のほかの状態] [担当者と話す]
客: W-1042はまだありますか
証: (card) … 販売中 / 同じ型でただいまご案内できるのは、この1点のみです。
"""

from catalog.items import queries
from catalog.items.queries import UnitFacts
from conversations.flows import cards, condition_media, finding
from conversations.flows.cards import may
from conversations.flows.finding import Found
from conversations.flows.flow import Answer, Asked, Flow, person_button, tap
from conversations.messages import Button, Card, Choices
from conversations.understanding import forms
from conversations.wording.pieces.voice import voice
from media.renditions import queries as renditions


def at_a_glance(asked: Asked) -> Answer:
    """One piece as a card with its film one tap away; several as a choice."""
    found = finding.find(asked)
    if len(found.units) > 1:
        label = voice(asked.lang).button_details()
        return finding.choose(asked, found, verb="pieces.show", label=label)
    if not found.units:
        return finding.nothing(asked, found)
    unit = found.units[0]
    return Answer([card(asked, unit), *_beside(asked, found)], asked.memory.about(unit.code))


def _beside(asked: Asked, found: Found) -> list[Choices]:
    """Codes of the same message that lead nowhere are told too."""
    if not found.unknown:
        return []
    text = asked.voice.not_found(list(found.unknown))
    return [Choices(text, (person_button(asked),))]


def card(asked: Asked, unit: UnitFacts, *, note: str | None = None) -> Card:
    """All that may be told of a piece at a glance, and `note`."""
    held = cards.held_now(asked, [unit]).get(unit.id)
    sees_media = may(asked, unit, None, *cards.ANY_MEDIA)
    other_part = Button(asked.voice.button_other_part(), data=tap("media.parts", sku=unit.code))
    is_free = cards.standing(asked, unit, held) == "free"
    return Card(
        heading=unit.named(asked.lang),
        lines=(*cards.lines(asked, unit, held), *_records(asked, unit)),
        note="\n".join(filter(None, [_scarcity(asked, unit) if is_free else None, note])) or None,
        buttons=cards.present(
            cards.media_button(asked, unit),
            other_part if sees_media else None,
            cards.hold_button(asked, unit, held),
            cards.link_button(asked, unit),
            None if is_free else cards.watch_button(asked, unit),
            cards.similar_button(asked, unit),
            person_button(asked),
        ),
        said=cards.said(asked, unit, held),
    )


def _records(asked: Asked, unit: UnitFacts) -> list[tuple[str, str]]:
    """Which kinds of media there are and which parts they show, as far as they may be seen."""
    seen = cards.kinds_seen(asked, unit)
    there = [each for each in renditions.available(asked.db, unit.id) if each[0] in seen]
    words = voice(asked.lang)
    kinds = dict.fromkeys(asked.voice.kind(kind) for kind, _ in there)
    parts = dict.fromkeys(asked.voice.part(part) for _, part in there if part is not None)
    told = [(words.label_media(), words.listed(list(kinds)))] if kinds else []
    return [*told, *([(words.label_parts(), words.listed(list(parts)))] if parts else [])]


def _scarcity(asked: Asked, unit: UnitFacts) -> str | None:
    """The last one only when it is (R-122). Partners are not told: hidden pieces count."""
    if asked.viewer.partner is not None or not unit.model:
        return None
    is_last = queries.on_sale_like(asked.db, unit.id, now=asked.now) == 1
    return voice(asked.lang).last_one() if is_last else None


def status(asked: Asked) -> Answer:
    """「W-1042 状態」: a retailer wants it at a glance, anybody else to see its condition."""
    if asked.viewer.partner is None:
        return condition_media.request(asked)
    return at_a_glance(asked)


def ask_which(asked: Asked) -> Answer:
    """The menu's "find a piece"."""
    return Answer([Choices(asked.voice.which_piece(), (person_button(asked),))], asked.memory)


FLOW = Flow(
    "pieces",
    frozenset({"item.availability"}),
    at_a_glance,
    {"show": at_a_glance, "status": status, "which": ask_which},
    {"status": forms.STATUS},
    refuses_nothing=True,
)
