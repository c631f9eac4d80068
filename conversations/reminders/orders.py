"""What a buyer is told of an order, a return, and after the purchase (ご注文・返品・ご購入後,
R-102).

証: 【発送 O-2041】yamatoで発送しました。追跡番号は4321です。 [担当者と話す]
"""

from catalog.ground.record import UnitId
from catalog.items import queries as items
from catalog.items.rules import STAFF
from catalog.orders import follow_ups
from catalog.orders.states import ReturnKind
from catalog.orders.tables import ReturnCase
from conversations.reminders.gate import Kind
from conversations.reminders.phase import Phase, Phases, Told
from conversations.reminders.sheet import NoticeMalformed, Sheet
from media.disputes import closing
from media.disputes.tables import Dispute


def _no(sheet: Sheet) -> str:
    return sheet.text("order_no")


def _place(sheet: Sheet) -> str | None:
    return sheet.text("place") if sheet.facts.get("place") else None


def _confirmed(sheet: Sheet) -> Told:
    total, delivery = sheet.yen("total"), sheet.text("delivery")
    return sheet.say(sheet.words.order_confirmed(_no(sheet), total, delivery, _place(sheet)))


def _packed(sheet: Sheet) -> Told:
    return sheet.say(sheet.words.order_packed(_no(sheet)))


def _ready(sheet: Sheet) -> Told:
    return sheet.say(sheet.words.order_ready_to_collect(_no(sheet), _place(sheet)))


def _shipped(sheet: Sheet) -> Told:
    carrier, tracking_no = sheet.text("carrier"), sheet.text("tracking_no")
    return sheet.say(sheet.words.order_shipped(_no(sheet), carrier, tracking_no))


def _corrected(sheet: Sheet) -> Told:
    carrier, tracking_no = sheet.text("carrier"), sheet.text("tracking_no")
    return sheet.say(sheet.words.tracking_corrected(_no(sheet), carrier, tracking_no))


def _delivered(sheet: Sheet) -> Told:
    last = sheet.maybe_day("last_return_day")
    return sheet.say(sheet.words.order_delivered(_no(sheet), last))


def _cancelled(sheet: Sheet) -> Told:
    to_credit, to_other = sheet.maybe_yen("to_credit") or 0, sheet.maybe_yen("to_other") or 0
    return sheet.say(sheet.words.order_cancelled(_no(sheet), to_credit, to_other))


def _undelivered(sheet: Sheet) -> Told:
    unit = sheet.unit("unit_id")
    if unit is None:
        raise NoticeMalformed("unit_id")
    to_credit, to_other = sheet.maybe_yen("to_credit") or 0, sheet.maybe_yen("to_other") or 0
    piece = unit.named(sheet.words.lang)
    return sheet.say(sheet.words.order_undelivered(_no(sheet), piece, to_credit, to_other))


def _lapsed(sheet: Sheet) -> Told:
    return sheet.say(sheet.words.order_lapsed(_no(sheet)))


def _exchange_over(sheet: Sheet) -> Told:
    return sheet.say(sheet.words.exchange_over(_no(sheet), sheet.text("return_no")))


def _return_accepted(sheet: Sheet) -> Told:
    is_exchange = sheet.facts.get("kind") == ReturnKind.EXCHANGE.value
    return_no = sheet.text("return_no")
    return sheet.say(sheet.words.return_accepted(_no(sheet), return_no, is_exchange=is_exchange))


def _return_label(sheet: Sheet) -> Told:
    return_no, carrier = sheet.text("return_no"), sheet.text("carrier")
    return sheet.say(sheet.words.return_label_sent(return_no, carrier, sheet.text("tracking_no")))


def _return_underway(sheet: Sheet) -> Told:
    return sheet.say(sheet.words.return_underway(_no(sheet), sheet.text("return_no")))


def _return_received(sheet: Sheet) -> Told:
    return sheet.say(sheet.words.return_received(_no(sheet), sheet.text("return_no")))


def _return_looked_at(sheet: Sheet) -> Told:
    return sheet.say(sheet.words.return_looked_at(_no(sheet), sheet.text("return_no")))


def _return_refused(sheet: Sheet) -> Told:
    return sheet.say(sheet.words.return_refused(_no(sheet), sheet.text("return_no")))


def _return_refunded(sheet: Sheet) -> Told:
    told = sheet.words.return_refunded(
        _no(sheet),
        sheet.text("return_no"),
        to_credit=sheet.yen("to_credit"),
        to_other=sheet.yen("to_other"),
        bonus=sheet.maybe_yen("bonus") or 0,
    )
    return sheet.say(told)


def _dispute_answered(sheet: Sheet) -> Told:
    row = sheet.db.get(Dispute, sheet.subject)
    if row is None or row.outcome is None or row.answer is None:
        return None  # forgotten meanwhile
    back = sheet.db.get(ReturnCase, row.return_id) if row.return_id is not None else None
    return_no = back.return_no if back is not None else None
    told = sheet.words.dispute_answered(sheet.named(), row.outcome, row.answer, return_no)
    return sheet.say(told)


def _kept(sheet: Sheet) -> str | None:
    """The piece, while it is still the buyer's."""
    unit_id = UnitId(sheet.text("unit"))
    if not follow_ups.is_kept(sheet.db, sheet.subject, unit_id):
        return None
    unit = items.by_id(sheet.db, unit_id, viewer=STAFF)
    if unit is None:
        raise NoticeMalformed("unit")
    return unit.named(sheet.words.lang)


def _thanks(sheet: Sheet) -> Told:
    piece = _kept(sheet)
    return sheet.say(sheet.words.follow_up_thanks(piece)) if piece else None


def _care(sheet: Sheet) -> Told:
    piece = _kept(sheet)
    return sheet.say(sheet.words.follow_up_care(piece, sheet.text("category"))) if piece else None


def _value(sheet: Sheet) -> Told:
    piece = _kept(sheet)
    low, high = sheet.maybe_yen("low"), sheet.maybe_yen("high")
    return sheet.say(sheet.words.follow_up_value(piece, low, high)) if piece else None


PHASES: Phases = {
    "order_confirmed": Phase(Kind.ANSWER, _confirmed),
    "order_packed": Phase(Kind.SERVICE, _packed),
    "order_ready_to_collect": Phase(Kind.SERVICE, _ready),
    "order_shipped": Phase(Kind.SERVICE, _shipped),
    "tracking_corrected": Phase(Kind.SERVICE, _corrected),
    "order_delivered": Phase(Kind.SERVICE, _delivered),
    "order_cancelled": Phase(Kind.ANSWER, _cancelled),
    "order_undelivered": Phase(Kind.SERVICE, _undelivered),
    "order_lapsed": Phase(Kind.SERVICE, _lapsed),
    "exchange_over": Phase(Kind.SERVICE, _exchange_over),
    "return_accepted": Phase(Kind.ANSWER, _return_accepted),
    "return_label_sent": Phase(Kind.SERVICE, _return_label),
    "return_underway": Phase(Kind.SERVICE, _return_underway),
    "return_received": Phase(Kind.SERVICE, _return_received),
    "return_looked_at": Phase(Kind.SERVICE, _return_looked_at),
    "return_refused": Phase(Kind.SERVICE, _return_refused),
    "return_refunded": Phase(Kind.SERVICE, _return_refunded),
    closing.TOLD: Phase(Kind.ANSWER, _dispute_answered),
    follow_ups.THANKS: Phase(Kind.FOLLOW_UP, _thanks),
    follow_ups.CARE: Phase(Kind.FOLLOW_UP, _care),
    follow_ups.VALUE: Phase(Kind.FOLLOW_UP, _value),
}
