"""What a customer is told of store credit, and the reminder before it ends (残高のお知らせ, R-105,
R-113, R-115).

証: ストアクレジット¥12,000の有効期限は2027年3月30日(火)(あと7日)です。
    残高でお求めいただけるお品物をお選びしました。
    (cards) カードケース ¥9,800(税込) [動画を見る] …
"""

from catalog.credit import asking, queries, reminders
from catalog.credit.tables import CreditLot
from catalog.ground.money import Yen
from catalog.items import queries as items
from catalog.items.queries import UnitFacts
from conversations.flows import credit_ending
from conversations.messages import Card, Cards, Letter
from conversations.reminders.gate import Kind
from conversations.reminders.phase import Phase, Phases, Told
from conversations.reminders.sheet import NoticeMalformed, Sheet
from conversations.wording.credit.voice import voice as credit_words

_MOST_PIECES = 3


def _held(sheet: Sheet) -> int:
    if sheet.customer is None:
        raise NoticeMalformed("customer")
    return queries.balance(sheet.db, sheet.customer, sheet.now).spendable


def _issued(sheet: Sheet) -> Told:
    rows = [sheet.within(row) for row in sheet.rows("lots")]
    lots = [(row.yen("amount"), row.maybe_day("expires_on")) for row in rows]
    return sheet.say(sheet.words.credit_issued(lots, _held(sheet)))


def _used(sheet: Sheet) -> Told:
    return sheet.say(sheet.words.credit_used(sheet.yen("amount"), _held(sheet)))


def _returned(sheet: Sheet) -> Told:
    return sheet.say(sheet.words.credit_returned(sheet.yen("to_credit"), _held(sheet)))


def _goodwill(sheet: Sheet) -> Told:
    amount, through = sheet.yen("amount"), sheet.maybe_day("expires_on")
    return sheet.say(sheet.words.credit_goodwill(amount, through, _held(sheet)))


def _extended(sheet: Sheet) -> Told:
    lot = sheet.db.get(CreditLot, sheet.text("lot_id"))
    if lot is None:
        raise NoticeMalformed("lot_id")
    return sheet.say(sheet.words.credit_extended(lot.remaining, sheet.day("expires_on")))


def _adjusted(sheet: Sheet) -> Told:
    return sheet.say(sheet.words.credit_adjusted(_held(sheet)))


def _discontinued(sheet: Sheet) -> Told:
    offset = sheet.maybe_yen("offset") or 0
    return sheet.say(sheet.words.credit_discontinued(sheet.yen("to_pay"), offset))


def _giving_up(sheet: Sheet) -> Told:
    """By the figures of this moment, to be answered by its buttons; not once it was answered or
    taken back (CRD-13).
    """
    if sheet.customer is None:
        raise NoticeMalformed("customer")
    try:
        asking.offer(sheet.db, sheet.yen("offer"), customer=sheet.customer)
    except (asking.OfferOver, asking.WishMissing):
        return None
    shown = asking.figures(sheet.db, sheet.customer, sheet.now)
    if not any(shown):
        return None
    words = credit_words(sheet.words.lang)
    buttons = credit_ending.buttons(words, sheet.yen("offer"), shown)
    return sheet.card(words.heading_pay_out(), sheet.words.credit_giving_up(*shown), *buttons)


def _paid_out(sheet: Sheet) -> Told:
    reference = sheet.facts.get("reference")
    return sheet.say(sheet.words.credit_paid_out(sheet.yen("amount"), reference))


def _reversed(sheet: Sheet) -> Told:
    return sheet.say(sheet.words.credit_reversed(sheet.yen("taken"), sheet.yen("owed")))


def _settled(sheet: Sheet) -> Told:
    return sheet.say(sheet.words.credit_settled(sheet.yen("amount"), sheet.yen("owed")))


def _forgiven(sheet: Sheet) -> Told:
    return sheet.say(sheet.words.credit_forgiven(sheet.yen("amount"), sheet.yen("owed")))


def _expiring(sheet: Sheet) -> Told:
    """What is left of it now, and not if it was spent; with up to three pieces it buys (CRD-11)."""
    last, offset = sheet.day("expires_on"), sheet.yen("offset")
    left = reminders.still_due(sheet.db, sheet.subject, last, offset, sheet.now)
    if left is None:
        return None
    words = sheet.words
    told = words.credit_expiring(left, last, (last - sheet.today).days)
    reach = items.within_reach(sheet.db, Yen(_held(sheet)), viewer=sheet.viewer, limit=_MOST_PIECES)
    if not reach:
        return sheet.say(told)
    cards = Cards(tuple(_card(sheet, unit) for unit in reach), said=words.within_reach())
    letters: list[Letter] = [cards]
    return [*letters, *sheet.say(f"{told}\n{words.within_reach()}")]


def _card(sheet: Sheet, unit: UnitFacts) -> Card:
    voice, name = sheet.voice, unit.named(sheet.words.lang)
    price = voice.yen(unit.price or 0)
    return Card(
        heading=name,
        lines=((voice.label_code(), unit.code), (voice.label_price(), price)),
        buttons=(sheet.film_button(unit),),
        said=voice.piece_said(name, voice.grade(unit.grade), price, voice.state(unit.state)),
    )


PHASES: Phases = {
    "credit_issued": Phase(Kind.SERVICE, _issued),
    "credit_used": Phase(Kind.SERVICE, _used),
    "credit_returned": Phase(Kind.SERVICE, _returned),
    "credit_goodwill": Phase(Kind.SERVICE, _goodwill),
    "credit_extended": Phase(Kind.SERVICE, _extended),
    "credit_adjusted": Phase(Kind.SERVICE, _adjusted),
    "credit_giving_up": Phase(Kind.SERVICE, _giving_up),
    "credit_discontinued": Phase(Kind.SERVICE, _discontinued),
    "credit_paid_out": Phase(Kind.SERVICE, _paid_out),
    "credit_reversed": Phase(Kind.SERVICE, _reversed),
    "credit_settled": Phase(Kind.SERVICE, _settled),
    "credit_forgiven": Phase(Kind.SERVICE, _forgiven),
    reminders.PHASE: Phase(Kind.CREDIT_REMINDER, _expiring, through="expires_on"),
}
