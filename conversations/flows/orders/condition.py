"""The state of a piece as it was sold, or as it stands before it is paid (購入時の状態, R-015,
R-016): the frozen record, and 「確認しました」 for it.

客: [購入時の状態]
証: (film, as it was on record at the sale)
    (card) コスモグラフ デイトナ  ランク AB  報告書 2026年11月20日  指摘 1 6時側の線傷 (0.8 mm)
    [確認しました] [報告書を見る] [担当者と話す]
客: [確認しました]
証: コスモグラフ デイトナの状態をご確認いただいたことを、… 記録いたしました。
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from catalog.ground.calendar import tokyo_day
from catalog.ground.record import AssetId, CustomerId, UnitId
from catalog.items import queries as items
from catalog.items.queries import UnitFacts
from catalog.items.rules import STAFF
from catalog.orders import queries as orders
from catalog.orders.states import LineState
from catalog.orders.steps import OrderMissing, lines_of
from catalog.orders.tables import SaleOrder
from conversations.flows.flow import Answer, Asked, Flow, person_button, tap
from conversations.flows.membership import link_first
from conversations.flows.orders import bought
from conversations.flows.orders.bought import private
from conversations.flows.showing import Recipient, media_letters, told
from conversations.messages import Button, Card, Choices, Letter, Text, Tone
from conversations.understanding import forms
from conversations.wording.custody.voice import voice as custody_voice
from conversations.wording.orders.voice import OrdersVoice, voice
from media.assets.kinds import AssetKind
from media.assets.queries import still_of, without_original
from media.renditions import queries as renditions
from media.report import queries as reports
from media.report import sales
from media.report.tables import ConditionReport

_MOST_MEDIA = 3  # with the card they fit into one free reply
_MOST_FINDINGS = 8


@dataclass(frozen=True, slots=True)
class _Sold:
    """One piece of an order: what is on record of it, by asset, and the report that counts."""

    order: SaleOrder
    unit: UnitFacts
    report: ConditionReport | None
    assets: Sequence[tuple[AssetId, AssetKind]]
    is_frozen: bool


def button(asked: Asked, order: SaleOrder) -> Button | None:
    """Leads to the record of an order's first piece that has one."""
    for line in lines_of(asked.db, order.id):
        unit_id = UnitId(line.unit_id)
        has_record = sales.record_of(asked.db, order.id, unit_id) is not None
        if line.state == LineState.CANCELLED.value:
            continue
        if has_record or reports.in_force(asked.db, unit_id) is not None:
            name = "condition" if has_record else "condition_now"
            data = tap("condition.show", order_no=order.order_no, line=line.id)
            return Button(voice(asked.lang).button(name), data=data)
    return None


def show(asked: Asked) -> Answer:
    """The record of a piece of one's own order; another's and none at all get the same answer."""
    if asked.customer is None:
        return link_first(asked)
    sold = _meant(asked)
    words = voice(asked.lang)
    if sold is None or (sold.report is None and not sold.assets):
        return Answer([Choices(words.no_condition(), (person_button(asked),))], asked.memory)
    return Answer([*_media(asked, sold), _card(asked, words, sold)], asked.memory.closing())


def _meant(asked: Asked) -> _Sold | None:
    number, line_id = bought.order_no(asked) or "", str(asked.slots.get("line") or "")
    try:
        order = orders.of_buyer(asked.db, asked.customer or "", number)
    except OrderMissing:
        return None
    lines = [each for each in lines_of(asked.db, order.id) if each.id == line_id]
    unit = items.by_id(asked.db, UnitId(lines[0].unit_id), viewer=STAFF) if lines else None
    if unit is None or lines[0].state == LineState.CANCELLED.value:
        return None
    record = sales.record_of(asked.db, order.id, unit.id)
    if record is None:
        report = reports.in_force(asked.db, unit.id)
        return _Sold(order, unit, report, (), is_frozen=False)
    report = reports.report_of(asked.db, record.report_id) if record.report_id else None
    assets = [
        (AssetId(each.asset_id), AssetKind(each.kind))
        for each in sales.exhibits(asked.db, record.id)
    ]
    return _Sold(order, unit, report, assets, is_frozen=True)


def _media(asked: Asked, sold: _Sold) -> list[Letter]:
    """The latest film, then the pictures in which something was found, then the latest others."""
    assets = list(sold.assets)
    found = set()
    if sold.report is not None:
        manifest = reports.manifest_of(sold.report)
        found = {each["asset"] for each in manifest["findings"]}
        if not sold.is_frozen:
            assets = [
                (AssetId(each["asset"]), AssetKind(each["kind"])) for each in manifest["captures"]
            ]
    films = [asset for asset, kind in reversed(assets) if kind is AssetKind.FILM]
    pinned = [asset for asset, _ in assets if asset in found]
    others = [asset for asset, kind in reversed(assets) if kind is AssetKind.STILL]
    there = still_of(asked.db, sold.unit.id, [asset for asset, _ in assets])
    to = Recipient(asked.conversation, asked.terms.public_url, asked.viewer.partner)
    letters: list[Letter] = []
    for asset in dict.fromkeys([*films[:1], *pinned, *others]):
        shown = renditions.of_asset(asked.db, asset) if asset in there else None
        if shown is None or shown.is_pending:
            continue
        said = told(asked.voice, sold.unit, shown)
        letters += media_letters(asked.db, shown, to, said=said, now=asked.now)
        if len(letters) >= _MOST_MEDIA:
            break
    return letters


def _card(asked: Asked, words: OrdersVoice, sold: _Sold) -> Card:
    title = sold.unit.named(asked.lang)
    lines = [(asked.voice.label_code(), sold.unit.code)]
    buttons: list[Button] = []
    report = sold.report
    if report is not None and report.issued_at is not None:
        manifest = reports.manifest_of(report)
        if report.grade is not None:
            lines.append((asked.voice.label_grade(), asked.voice.grade(report.grade)))
        lines.append((words.label("report"), words.day(tokyo_day(report.issued_at))))
        lines += [
            (words.label("finding"), _finding(each))
            for each in manifest["findings"][:_MOST_FINDINGS]
        ]
        if not manifest["findings"]:
            lines.append((words.label("finding"), words.no_findings()))
        seen = sales.seen_by(asked.db, CustomerId(asked.customer or ""), report.id)
        if seen is not None:
            lines.append((words.label("seen"), asked.voice.moment(seen.seen_at, now=asked.now)))
        else:
            data = tap("condition.seen", report=report.id)
            buttons.append(Button(words.button("condition_seen"), data=data, tone=Tone.MAIN))
        page = f"{asked.terms.public_url}/verify/{report.code}"
        buttons.append(Button(words.button("condition_page"), url=page))
    note = words.condition_frozen(len(sold.assets)) if sold.is_frozen else None
    said = words.condition_said(title, is_frozen=sold.is_frozen)
    if note is None and report is not None and reports.is_of_before(asked.db, report):
        note = custody_voice(asked.lang).of_before()
        said = f"{title} {note}"
    lost = _lost(asked, sold)
    if lost:
        note = "\n".join(filter(None, [note, words.condition_lost(len(lost))]))
    return Card(
        heading=title,
        lines=tuple(lines),
        note=note,
        buttons=(*buttons, person_button(asked)),
        said=said,
    )


def _lost(asked: Asked, sold: _Sold) -> set[str]:
    """What has no original any more, of the sale's record and of its report."""
    told = {str(asset) for asset, _ in sold.assets}
    if sold.report is not None and sold.report.issued_at is not None:
        told |= {each["asset"] for each in reports.manifest_of(sold.report)["captures"]}
    return without_original(asked.db, told)


def _finding(each: dict[str, object]) -> str:
    """As it was written down, in Japanese; the page tells kind and severity in any language."""
    size = each["size_um"]
    extent = f" ({size / 1000:g} mm)" if isinstance(size, int) else ""
    return f"{each['told']}{extent}"


def seen(asked: Asked) -> Answer:
    """They have seen it: stored with the report's digest and the moment (R-016)."""
    if asked.customer is None:
        return link_first(asked)
    words = voice(asked.lang)
    report_id = str(asked.slots.get("report") or "")
    own = _of_own_order(asked, report_id)
    if own is None:
        return Answer([Choices(words.no_condition(), (person_button(asked),))], asked.memory)
    order, unit = own
    noted = sales.acknowledge(
        asked.db, CustomerId(asked.customer), report_id, conversation=asked.conversation,
        lang=asked.lang, now=asked.now,
    )  # fmt: skip
    at = asked.voice.moment(noted.seen_at, now=asked.now)
    text = words.condition_noted(unit.named(asked.lang), at=at)
    newer = reports.latest_of(asked.db, report_id)
    if newer is None:
        return Answer([Choices(text, (person_button(asked),))], asked.memory.closing())
    # What they saw is what is noted; that it was corrected since they are told.
    card = _card(asked, words, _Sold(order, unit, newer, (), is_frozen=False))
    said = f"{text}\n{words.condition_corrected()}"
    return Answer([Text(said), card], asked.memory.closing())


def _of_own_order(asked: Asked, report_id: str) -> tuple[SaleOrder, UnitFacts] | None:
    """The piece of that report, and the order of this customer it is in."""
    try:
        report = reports.report_of(asked.db, report_id)
    except reports.ReportMissing:
        return None
    for order in orders.of_customer(asked.db, asked.customer or "", limit=500):
        for line in lines_of(asked.db, order.id):
            if line.unit_id == report.unit_id and line.state != LineState.CANCELLED.value:
                unit = items.by_id(asked.db, UnitId(report.unit_id), viewer=STAFF)
                return (order, unit) if unit is not None else None
    return None


def of_bought(asked: Asked) -> Answer:
    """Asked in words: the one piece they bought, or a choice."""
    if asked.customer is None:
        return link_first(asked)
    meant = bought.meant(asked)
    words = voice(asked.lang)
    if len(meant) > 1:
        return bought.choose(
            asked, words.choose_condition(len(meant)), meant, verb="condition.bought"
        )
    if not meant:
        return Answer([Choices(words.no_condition(), (person_button(asked),))], asked.memory)
    slots = {"order_no": meant[0].order.order_no, "line": meant[0].line.id}
    return show(replace(asked, slots=slots))


FLOW = Flow(
    "condition",
    frozenset(),
    private(of_bought),
    {"show": private(show), "seen": private(seen), "bought": private(of_bought)},
    {"bought": forms.AS_BOUGHT},
)
