"""News of a piece somebody watches or looks for (ウォッチ・探し物, R-033, R-120).

証: ご覧になっていたデイトナの新しい動画をお届けします。
    (film)  [担当者と話す]
"""

from catalog.ground.record import AssetId
from catalog.items.watchers import Watched
from conversations.flows.showing import caption, media_letters
from conversations.messages import Letter, Text
from conversations.reminders.gate import Kind
from conversations.reminders.phase import Phase, Phases, Told
from conversations.reminders.sheet import Sheet
from media.renditions import queries as renditions


def _price(sheet: Sheet) -> Told:
    """The price of now; nothing when the piece is not for them to see any more."""
    unit = sheet.unit(is_theirs_to_see=True)
    if unit is None or unit.price is None:
        return None
    name = unit.named(sheet.words.lang)
    return sheet.card(name, sheet.words.watched_price(name, unit.price), sheet.film_button(unit))


def _sold(sheet: Sheet) -> Told:
    return sheet.say(sheet.words.watched_sold(sheet.named()))


def _film(sheet: Sheet) -> Told:
    unit = sheet.unit(is_theirs_to_see=True)
    shown = renditions.of_asset(sheet.db, AssetId(sheet.text("asset")))
    if unit is None or shown is None or shown.film is None:
        return None
    told: list[Letter] = [Text(sheet.words.watched_film(unit.named(sheet.words.lang)))]
    told += media_letters(sheet.db, shown, sheet.recipient, now=sheet.now)
    told.append(caption(sheet.voice, unit, shown, buttons=(sheet.person,)))
    return told


def _wish_found(sheet: Sheet) -> Told:
    unit = sheet.unit(is_theirs_to_see=True)
    if unit is None:
        return None
    name = unit.named(sheet.words.lang)
    return sheet.card(name, sheet.words.wish_found(name, unit.price), sheet.film_button(unit))


def _wish_price(sheet: Sheet) -> Told:
    unit = sheet.unit(is_theirs_to_see=True)
    if unit is None or unit.price is None:
        return None
    name = unit.named(sheet.words.lang)
    return sheet.card(name, sheet.words.wish_price(name, unit.price), sheet.film_button(unit))


PHASES: Phases = {
    Watched.PRICE.value: Phase(Kind.WATCHED, _price),
    Watched.SOLD.value: Phase(Kind.WATCHED, _sold),
    Watched.FILM.value: Phase(Kind.WATCHED, _film),
    "wish_found": Phase(Kind.MARKETING, _wish_found),
    "wish_price": Phase(Kind.MARKETING, _wish_price),
}
