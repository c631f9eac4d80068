"""What is recorded of a piece, and what a grade means (item.detail, R-085, R-134). What is not
recorded is said to be so, and a person answers.

客: W-1042の付属品は?
証: (card) 付属品 箱・保証書  型番 116500LN  サイズ 記録なし …  [担当者と話す]
客: ABって?
証: ランクAB: 軽い使用感があるもの。小さな傷や擦れが見られる。
    時計では: ケースやブレスに薄い擦れ。打痕なし。
    コスモグラフ デイトナはランクABです。査定の記録です。・ケース: ごくわずか。近くで見て分かる …
    2026年11月20日(金)発行の状態報告書の指摘です。・1 6時側の線傷 (0.8 mm)
    (picture of the mark) [ABランクの例] [担当者と話す]
"""

from collections.abc import Mapping, Sequence
from typing import Any

from catalog.grading import queries as grading
from catalog.grading.queries import Explained
from catalog.grading.scale import Grade
from catalog.ground.calendar import tokyo_day
from catalog.ground.record import AssetId
from catalog.items import queries
from catalog.items.filters import Filters
from catalog.items.kinds import Category, UnitState
from catalog.items.queries import UnitFacts
from conversations.flows import cards, finding
from conversations.flows.flow import Answer, Asked, Flow, person_button, tap
from conversations.flows.showing import Recipient, caption, media_letters
from conversations.messages import Button, Card, Choices, Letter, Text
from conversations.wording.custody.voice import voice as custody_voice
from conversations.wording.orders.voice import voice as orders_voice
from conversations.wording.pieces.voice import voice
from media.assets.queries import still_of
from media.renditions import queries as renditions
from media.report import queries as reports
from media.report.tables import ConditionReport

MOST_PICTURES = 2
MOST_FINDINGS = 8
_LOOKED_AT = 40  # pieces of a grade, for one with a picture


def tell(asked: Asked) -> Answer:
    """A grade explained, else all that is recorded of the piece."""
    if asked.slots.get("grade"):
        return grade(asked)
    found = finding.find(asked)
    if len(found.units) > 1:
        label = voice(asked.lang).button_details()
        return finding.choose(asked, found, verb="details.tell", label=label)
    if not found.units:
        return finding.nothing(asked, found)
    unit = found.units[0]
    return Answer([_card(asked, unit)], asked.memory.about(unit.code))


def _card(asked: Asked, unit: UnitFacts) -> Card:
    words = voice(asked.lang)
    held = cards.held_now(asked, [unit]).get(unit.id)
    known = queries.details(asked.db, unit.id)
    recorded = (
        (words.label_accessories(), known.accessories),
        (words.label_reference(), known.reference),
        (words.label_size(), known.size),
        (words.label_colour(), known.colour),
    )
    lines = tuple((label, value or words.not_recorded()) for label, value in recorded)
    about_grade = Button(words.button_grade(), data=tap("details.grade", sku=unit.code))
    told = " ".join(f"{label}: {value}" for label, value in lines)
    return Card(
        heading=unit.named(asked.lang),
        lines=(*cards.lines(asked, unit, held), *lines),
        note=_note(asked, unit),
        buttons=cards.present(
            cards.media_button(asked, unit),
            about_grade if unit.grade else None,
            cards.similar_button(asked, unit),
            person_button(asked),
        ),
        said=f"{cards.said(asked, unit, held)} {told}",
    )


def _note(asked: Asked, unit: UnitFacts) -> str:
    rest = voice(asked.lang).rest_by_a_person()
    if unit.grade is None or not grading.is_of_before(asked.db, unit.id):
        return rest
    words = voice(asked.lang)
    return f"{words.grade_of_before(unit.grade)}\n{rest}"


def grade(asked: Asked) -> Answer:
    """What a grade means, and why the piece talked about has it."""
    words = voice(asked.lang)
    found = finding.find(asked)
    unit = found.units[0] if len(found.units) == 1 else None
    told = _grade_told(asked) or (unit.grade if unit is not None else None)
    if told is None:
        if found.unknown:
            return finding.nothing(asked, found)
        return Answer([Choices(words.which_grade(), (person_button(asked),))], asked.memory)
    category = unit.category if unit is not None else asked.slots.get("category")
    category = category if category in set(Category) else None
    meaning = words.grade_meaning(told, category)
    sample = Button(
        words.button_sample(told), data=tap("details.sample", grade=told, category=category)
    )
    if unit is None or unit.grade != told:
        return Answer([Choices(meaning, (sample, person_button(asked)))], asked.memory)
    explained = grading.explain(asked.db, unit.id)
    letters: list[Letter] = [
        Text(meaning),
        *pictures(asked, unit, explained),
        Choices(of_piece(asked, unit, explained), (sample, person_button(asked))),
    ]
    return Answer(letters, asked.memory.about(unit.code))


def _grade_told(asked: Asked) -> str | None:
    """Our grade for what was said; a partner may have words of its own."""
    told = str(asked.slots.get("grade") or "")
    known = grading.read_grade(asked.db, told, partner=asked.viewer.partner) if told else None
    return known.value if known is not None else None


def of_piece(asked: Asked, unit: UnitFacts, explained: Explained | None) -> str:
    """This piece's grade with its own reasons, and what its report in force found; each of an
    earlier stay is told as such.
    """
    before = custody_voice(asked.lang).of_before()
    told = [_graded(asked, unit, explained)]
    is_old_grade = explained is not None and grading.is_of_before(asked.db, unit.id)
    report = reports.in_force(asked.db, unit.id)
    is_old_report = report is not None and reports.is_of_before(asked.db, report)
    if is_old_grade and not is_old_report:
        told.append(before)
    told += [each for each in [_reported(asked, report)] if each]
    if is_old_report:
        told.append(before)
    return "\n".join(told)


def _reported(asked: Asked, report: ConditionReport | None) -> str | None:
    """The findings of the report in force, by their numbers, as they were written down."""
    if report is None or report.issued_at is None:
        return None
    words = custody_voice(asked.lang)
    day = orders_voice(asked.lang).day(tokyo_day(report.issued_at))
    found = reports.manifest_of(report)["findings"]
    rows = [_finding(each) for each in found[:MOST_FINDINGS]]
    return words.findings(day, rows) if rows else words.no_findings(day)


def _finding(each: Mapping[str, Any]) -> str:
    size = each["size_um"]
    extent = f" ({size / 1000:g} mm)" if size is not None else ""
    return f"{each['number']} {each['told']}{extent}"


def _graded(asked: Asked, unit: UnitFacts, explained: Explained | None) -> str:
    words = voice(asked.lang)
    title = unit.named(asked.lang)
    if explained is None:
        return words.no_grading(title)
    is_provisional = explained.is_provisional
    head = words.grade_of_piece(title, explained.grade.value, is_provisional=is_provisional)
    rows = [
        (words.axis(each.axis), words.score(each.axis, each.score)) for each in explained.reasons
    ]
    if rows:
        return f"{head}\n{words.findings(rows)}"
    row = grading.latest(asked.db, unit.id)
    has_axes = row is not None and bool(row.axes)
    return f"{head}\n{words.no_findings() if has_axes else words.no_grading(title)}"


def pictures(asked: Asked, unit: UnitFacts, explained: Explained | None) -> Sequence[Letter]:
    """The evidence behind the reasons, the worst first, and behind the report's findings, as far
    as it may be seen.
    """
    seen = cards.kinds_seen(asked, unit)
    reasons = explained.reasons if explained is not None else ()
    assets = dict.fromkeys(asset for each in reasons for asset in each.assets)
    report = reports.in_force(asked.db, unit.id)
    if report is not None:
        found = reports.manifest_of(report)["findings"]
        assets |= dict.fromkeys(AssetId(each["asset"]) for each in found)
    there = still_of(asked.db, unit.id, assets)
    letters: list[Letter] = []
    for asset in assets:
        shown = renditions.of_asset(asked.db, AssetId(asset)) if asset in there else None
        if shown is not None and shown.kind in seen and not shown.is_pending:
            to = Recipient(asked.conversation, asked.terms.public_url, asked.viewer.partner)
            said = asked.voice.captured(shown.captured_at)
            letters += media_letters(asked.db, shown, to, said=said, now=asked.now)
        if len(letters) >= MOST_PICTURES:
            break
    return letters


def sample(asked: Asked) -> Answer:
    """Another piece in the window of that grade, with its picture or film."""
    told = _grade_told(asked)
    if told is None:
        return finding.nothing(asked, finding.Found())
    category = asked.slots.get("category")
    units = queries.by_name(
        asked.db,
        brand=None,
        model=None,
        viewer=asked.viewer.able_to(None, *cards.ANY_MEDIA),
        limit=_LOOKED_AT,
        filters=Filters(
            grade_at_least=Grade(told).value,
            category=Category(category) if category in set(Category) else None,
            states=(UnitState.LISTED,),
        ),
    )
    for unit in units:
        if unit.grade != told or unit.code == asked.memory.unit:
            continue
        for kind in reversed(cards.kinds_seen(asked, unit)):  # a picture before a film
            shown = renditions.showable(asked.db, unit.id, kind)
            if shown is not None and not shown.is_pending:
                to = Recipient(asked.conversation, asked.terms.public_url, asked.viewer.partner)
                card = caption(asked.voice, unit, shown, buttons=(person_button(asked),))
                media = media_letters(asked.db, shown, to, said=card.said, now=asked.now)
                return Answer([*media, card], asked.memory)
    text = voice(asked.lang).no_sample(told)
    return Answer([Choices(text, (person_button(asked),))], asked.memory)


FLOW = Flow(
    "details",
    frozenset({"item.detail"}),
    tell,
    {"tell": tell, "grade": grade, "sample": sample},
    refuses_nothing=True,
)
