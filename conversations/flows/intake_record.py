"""What was on record when a piece came (お預かり時の記録, R-078): dates and digests of captures,
the grade, the report in force, and a film and a picture of it. Where nothing was captured yet: the
truth, and a capture, as for anybody who asks for one.

Only for whoever it belongs to: the callers have looked that up.
"""

from collections.abc import Sequence

from catalog.ground.calendar import tokyo_day
from catalog.ground.record import AssetId
from catalog.items.kinds import IN_CUSTODY
from catalog.items.queries import UnitFacts
from conversations.flows import condition_media
from conversations.flows.flow import Answer, Asked, person_button, tap
from conversations.flows.showing import Recipient, media_letters
from conversations.messages import Button, Card, Choices, Letter
from conversations.wording.consigning.voice import voice as consigning_voice
from conversations.wording.custody.voice import voice as custody_voice
from conversations.wording.orders.voice import voice as orders_voice
from media.assets.kinds import AssetKind
from media.assets.tables import Asset
from media.renditions import queries as renditions
from media.report import queries as reports

_RECORDED = 8  # lines of a record
_SHOWN = 2  # of its captures beside the card


def tell(asked: Asked, unit: UnitFacts, taken: Sequence[Asset]) -> Answer:
    """`taken`: the captures of its intake, the oldest first."""
    memory = asked.memory.about(unit.code).closing()
    words, title = consigning_voice(asked.lang), unit.named(asked.lang)
    if not taken:
        if unit.state in IN_CUSTODY:
            return Answer(condition_media.arrange(asked, unit), memory)
        return Answer([Choices(words.no_record(title), (person_button(asked),))], memory)
    lines = [_recorded(asked, each) for each in taken[:_RECORDED]]
    text = words.record_said(title, [f"{when} {what}" for when, what in lines])
    report_lines, report_buttons = _report(asked, unit)
    summary = Card(
        heading=words.record_heading(title),
        lines=(
            (asked.voice.label_code(), unit.code),
            (asked.voice.label_grade(), asked.voice.grade(unit.grade)),
            *report_lines,
            *lines,
        ),
        note=words.record_note(len(taken) - len(lines)),
        buttons=(*report_buttons, way_button(asked, unit.code), person_button(asked)),
        said=text,
    )
    to = Recipient(asked.conversation, asked.terms.public_url, asked.viewer.partner)
    media: list[Letter] = []
    for each in _first_of_each_kind(taken):
        shown = renditions.of_asset(asked.db, AssetId(each.id))
        if shown is not None and not shown.is_pending:
            media += media_letters(asked.db, shown, to, said=text, now=asked.now)
    return Answer([summary, *media], memory)


def way_button(asked: Asked, code: str) -> Button:
    """To where it has been since."""
    return Button(custody_voice(asked.lang).button_way(), data=tap("own.way", sku=code))


def _report(asked: Asked, unit: UnitFacts) -> tuple[list[tuple[str, str]], list[Button]]:
    """The day of the report in force and its public address, if one was issued."""
    report = reports.in_force(asked.db, unit.id)
    if report is None or report.issued_at is None:
        return [], []
    words = orders_voice(asked.lang)
    page = f"{asked.terms.public_url}/verify/{report.code}"
    lines = [(words.label("report"), words.day(tokyo_day(report.issued_at)))]
    if reports.is_of_before(asked.db, report):
        lines.append((words.label("report"), custody_voice(asked.lang).of_before()))
    return lines, [Button(words.button("condition_page"), url=page)]


def _first_of_each_kind(taken: Sequence[Asset]) -> list[Asset]:
    """A film and a still, those of the whole piece before those of a part."""
    found = []
    for kind in (AssetKind.FILM, AssetKind.STILL):
        alike = [each for each in taken if each.kind == kind.value]
        found += sorted(alike, key=lambda each: each.part is not None)[:1]
    return found[:_SHOWN]


def _recorded(asked: Asked, asset: Asset) -> tuple[str, str]:
    kind = asset.kind
    what = asked.voice.kind_of_part(kind, asset.part) if asset.part else asked.voice.kind(kind)
    told = consigning_voice(asked.lang).recorded(what, asset.sha256[:12])
    return asked.voice.captured(asset.captured_at), told
