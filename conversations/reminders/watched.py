"""News of a piece somebody watches or looks for (ウォッチ・探し物, R-033, R-120).

証: ご覧になっていたデイトナの新しい動画をお届けします。
    (film)  [担当者と話す]
"""

from datetime import timedelta

from catalog.ground.record import AssetId
from catalog.items.granting import is_allowed
from catalog.items.queries import UnitFacts
from catalog.items.tables import Unit
from catalog.items.watchers import Watched
from catalog.partners.rules import Right
from conversations.flows import showing
from conversations.flows.showing import caption, media_letters
from conversations.messages import Letter, Text
from conversations.reminders.gate import Kind
from conversations.reminders.phase import Phase, Phases, Told
from conversations.reminders.sheet import Sheet
from media.assets import queries as assets
from media.renditions import queries as renditions


def _price(sheet: Sheet) -> Told:
    """The price of now; nothing when the piece is not for them to see any more."""
    unit = sheet.unit(is_theirs_to_see=True)
    if unit is None or unit.price is None or not _may_know_price(sheet, unit):
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
    if not assets.still_of(sheet.db, unit.id, [shown.asset_id]):
        return None
    told: list[Letter] = [Text(sheet.words.watched_film(unit.named(sheet.words.lang)))]
    told += media_letters(
        sheet.db,
        shown,
        sheet.recipient,
        said=showing.told(sheet.voice, unit, shown),
        now=sheet.now,
    )
    told.append(caption(sheet.voice, unit, shown, buttons=(sheet.person,)))
    return told


def _wish_found(sheet: Sheet) -> Told:
    """A wish came true: the piece, and its price for who may know it."""
    unit = sheet.unit(is_theirs_to_see=True)
    if unit is None:
        return None
    name = unit.named(sheet.words.lang)
    price = unit.price if _may_know_price(sheet, unit) else None
    return sheet.card(name, sheet.words.wish_found(name, price), sheet.film_button(unit))


def _may_know_price(sheet: Sheet, unit: UnitFacts) -> bool:
    partner = sheet.viewer.partner
    row = sheet.db.get(Unit, unit.id)
    return partner is None or (
        row is not None and is_allowed(sheet.db, partner, row, right=Right.PRICE, today=sheet.today)
    )


# A price is told as it stands; a letter that waits longer, for the month's messages or the end of a
# talk, would name one of long ago.
_PRICE_LASTS = timedelta(days=1)
_PRICE = Watched.PRICE.value

PHASES: Phases = {
    _PRICE: Phase(Kind.WATCHED, _price, lasts=_PRICE_LASTS, overtakes=(_PRICE,)),
    Watched.SOLD.value: Phase(Kind.WATCHED, _sold, overtakes=(_PRICE,)),
    Watched.FILM.value: Phase(Kind.WATCHED, _film),
    "wish_found": Phase(Kind.WATCHED, _wish_found, lasts=_PRICE_LASTS),
}
