"""Slots (スロット): what a message names, as typed values (docs/intents.md). Own grammars and the
catalogue's names; nothing is guessed, nothing comes from anywhere but the message.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from catalog.ground.calendar import add_months
from catalog.items import lexicon
from catalog.items.lexicon import Mention
from catalog.items.names import NAMES
from catalog.items.words import fold
from conversations.understanding import dates, money, words
from conversations.understanding.fillers import searched_for
from conversations.understanding.marks import Marks, marks_in
from conversations.understanding.normal import Normal

_ABOUT_PIECES = ("media.", "catalog.", "item.", "sell.", "consign.", "alert.", "advice.")
# What each intent can use of the words that mean something else elsewhere.
_ONLY_FOR: dict[str, tuple[str, ...]] = {
    "brand": _ABOUT_PIECES,
    "model": _ABOUT_PIECES,
    "part": (*_ABOUT_PIECES, "return.", "order."),
    "method": ("sell.quote", "sell.method", "sell.route", "sell.kit"),
    "route": ("sell.", "consign.convert"),
    "channel": ("human.request", "alert.subscribe", "pref.notify", "complaint"),
    "lang": ("pref.language",),
    "visit": ("store.book",),
    "opt": ("pref.notify",),
    "grade": ("item.", "catalog.", "alert.", "media.", "advice."),
    "count": (
        "sell.", "catalog.", "store.", "order.", "consign.", "faq."
    ),
    "date": (
        "item.hold", "store.", "sell.", "order.", "consign.", "credit.", "human.", "faq.",
    ),
    "time": ("item.hold", "store.", "sell.", "human.", "order.", "faq."),
}  # fmt: skip


def slots_in(text: Normal, *, now: datetime, is_chinese: bool) -> tuple[dict[str, Any], Marks, str]:
    """Every slot the text fills, its marks, and the folded text without marks and names."""
    marks = marks_in(text.narrow)
    rest = marks.rest
    folded = fold(rest)
    named = _named(folded, rest)
    nameless = nameless_of(folded)
    narrow_nameless = _without(rest, named) if len(folded) == len(rest) else rest
    slots: dict[str, Any] = {}
    if marks.codes:
        slots["sku"] = list(marks.codes)
    for name in ("order_no", "email", "phone", "ref_no", "serial"):
        value = getattr(marks, name)
        if value is not None:
            slots[name] = value
    for mention in named:
        if mention.entry.kind == "brand":
            slots.setdefault("brand", mention.entry.id)
        else:
            slots.setdefault("model", mention.entry.id)
    part = words.part_in(narrow_nameless)
    if part is not None:
        slots["part"] = part
    said = _after_correction(rest)
    amount = money.money_in(said)
    if amount is not None:
        slots["money"] = amount
    day = dates.date_in(said, now=now)
    if day is not None:
        slots["date"] = day
    at = dates.time_in(said, is_chinese=is_chinese)
    if at is not None:
        slots["time"] = at
    slots.update(words.words_in(_CLOCK_POINTS.sub(" ", said) if is_chinese else narrow_nameless))
    if "route" not in slots and words.names_both_routes(narrow_nameless):
        slots["routes"] = True
    query = searched_for(nameless if named else folded)
    if query:
        slots["query"] = query
    return slots, marks, nameless


def used_by(intent: str, slots: dict[str, Any], *, today: date) -> dict[str, Any]:
    """Without the words that mean something only elsewhere (電話 in a complaint is no channel)."""
    used = {
        name: value
        for name, value in slots.items()
        if name != "routes" and (name not in _ONLY_FOR or intent.startswith(_ONLY_FOR[name]))
    }
    if intent == "consign.convert" and ("route" in used or "routes" in slots):
        used["route"] = "buyback"  # 「委託から買取に」: both are named, one is meant
    if intent == "sell.kit" and used.get("method") != "mail_in":
        used.pop("method", None)
    day = used.get("date")
    if intent in _LOOKS_BACK and day is not None and day - today > timedelta(days=180):
        used["date"] = add_months(day, -12)  # 「9月12日に送りました」 is the one behind
    return used


_CLOCK_POINTS = re.compile(r"\d{1,2}[点點]")


def nameless_of(folded: str) -> str:
    """The folded text without any name of a piece: only the words around them tell a language."""
    return _without(folded, lexicon.mentions(folded))


_LOOKS_BACK = ("sell.arrival", "order.status", "credit.history")
_CORRECTION = re.compile(
    r"(?:(?<![a-z])(?:actually,? )?make (?:it|that)|じゃなくて|じゃなくって|ではなく(?:て)?|でなく(?:て)?|やのうて|ちゃうて|(?<![a-z])not [^,.]{1,30}[,.]? but|말고|아니라|不是[^,，]{1,16}[,，]?(?:而)?是)"
)


def _after_correction(text: str) -> str:
    """What holds after 「火曜じゃなくて」."""
    found = _CORRECTION.search(text)
    return text[found.end() :] if found and len(text) - found.end() >= 2 else text


_SHORT_HIRAGANA = re.compile(r"[ぁ-ゖー]{1,3}")  # します holds no シーマ
_PLURAL = re.compile(r"(?<=[a-z]{3})s(?![a-z])")


def _named(folded: str, plain: str) -> list[Mention]:
    """Names of brands and families; what may mean something else altogether counts with its brand
    alone.
    """
    found: list[Mention] = []
    for text, shown in ((folded, plain), (_PLURAL.sub(" ", folded), _PLURAL.sub(" ", plain))):
        kept = shown if len(shown) == len(text) else None
        named = [
            each
            for each in lexicon.readings(text, plain=kept)
            if each.entry.kind in NAMES
            and not each.is_shared
            and not _SHORT_HIRAGANA.fullmatch(shown[each.start : each.end])
        ]
        kinds = {each.entry.kind for each in found}
        found += [each for each in named if each.entry.kind not in kinds]
    return sorted(found, key=lambda each: each.start)


def _without(text: str, named: Sequence[Mention]) -> str:
    for mention in reversed(named):
        text = text[: mention.start] + " " * (mention.end - mention.start) + text[mention.end :]
    return text
