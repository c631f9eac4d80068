"""Understanding without a network: codes and names first, then cue words, then an honest "not sure"
(R-171).

Slots: `sku` (list of codes), `brand`, `model` (lexicon ids), `part`, `media` (video, photo),
`ordinal` (from 1), `deictic`, `query` (what is left to search for), `lang`. Shapes are those of
the closed intent list.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from catalog.items import lexicon
from catalog.items.lexicon import Mention
from catalog.items.words import CODE, codes, fold
from conversations.ports import Meaning, Reading, Situation
from conversations.understanding import cues
from media.intake.naming import part_of

LONGEST = 1_500  # characters looked at; the rest of a longer message is ignored
_KANA = re.compile(r"[぀-ヿｦ-ﾟ]")
_HAN = re.compile(r"[㐀-鿿]")
_HANGUL = re.compile(r"[가-힣ᄀ-ᇿ]")
_LATIN = re.compile(r"[A-Za-z]{2}")
_ZH_ONLY = re.compile(r"[这个们说吗呢么买卖视频影你您嗎這個們說請謝賣買]")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\x00-\x08\x0b-\x1f\x7f]")
_SURE, _LIKELY, _UNSURE = 0.95, 0.8, 0.3


class OfflineUnderstanding:
    """Fills the `Understanding` port with rules and the catalogue's lexicon; no state."""

    async def read(self, text: str, situation: Situation) -> Reading:
        return read(text, situation)


def read(text: str, situation: Situation) -> Reading:
    """One message to its meaning. Total: every text has a Reading."""
    cleaned = _INVISIBLE.sub("", text[:LONGEST])
    folded = fold(cleaned)
    rest = CODE.sub(" ", folded)
    named = lexicon.mentions(rest)
    spoken = _language(cleaned, _without(rest, named), previous=situation.lang)
    if not any(each.isalnum() for each in folded):
        return Reading((Meaning("oos", _UNSURE),), {}, spoken, abstain=True, flags=("unreadable",))
    slots = _slots(folded, rest, named)
    intent, confidence = _intent(folded, slots, situation)
    if intent == "pref.language":
        slots["lang"] = spoken = "en" if cues.ENGLISH.search(folded) else "ja"
    return Reading(
        (Meaning(intent, confidence),), slots, spoken, abstain=confidence < 0.5, flags=()
    )


def language(text: str, *, previous: str | None) -> str:
    """ja, en, zh or ko by script; kanji alone or nothing clear keeps the conversation's own, else
    ja.
    """
    rest = CODE.sub(" ", fold(text))
    return _language(text, _without(rest, lexicon.mentions(rest)), previous=previous)


def _language(text: str, nameless: str, *, previous: str | None) -> str:
    """`nameless`: the folded text without codes and names of pieces, for only the words around them
    tell a Latin language.
    """
    told = unicodedata.normalize("NFKC", text)
    if _KANA.search(told):
        return "ja"
    if _HANGUL.search(told):
        return "ko"
    if _HAN.search(told):
        return "zh" if _ZH_ONLY.search(told) or previous == "zh" else previous or "ja"
    if _LATIN.search(nameless):
        return "en"
    return previous or "ja"


def _without(rest: str, named: Sequence[Mention]) -> str:
    """The text without the names in it, so that "Tank" or "Royal Oak" is never taken for a part."""
    for mention in reversed(named):
        rest = rest[: mention.start] + " " + rest[mention.end :]
    return rest


def _slots(folded: str, rest: str, named: Sequence[Mention]) -> dict[str, Any]:
    slots: dict[str, Any] = {}
    written = codes(folded)
    if written:
        slots["sku"] = written
    for mention in named:
        if mention.entry.kind == "brand":
            slots.setdefault("brand", mention.entry.id)
        else:
            slots.setdefault("model", mention.entry.id)
            slots.setdefault("brand", mention.entry.brand)
    part = part_of(_without(rest, named))
    if part is not None:
        slots["part"] = part.value
    if cues.FILM.search(rest):
        slots["media"] = "video"
    elif cues.STILL.search(rest):
        slots["media"] = "photo"
    ordinal = cues.ORDINAL.match(folded.strip())
    if ordinal:
        slots["ordinal"] = int(ordinal[1])
    if cues.DEICTIC.search(rest):
        slots["deictic"] = True
    query = _query(rest)
    if query:
        slots["query"] = query
    return slots


def _intent(folded: str, slots: dict[str, Any], situation: Situation) -> tuple[str, float]:
    about_a_piece = bool(slots.keys() & {"sku", "brand", "model"})
    found = [intent for intent, pattern in cues.CUES if pattern.search(folded)]
    if "ordinal" in slots and situation.offered:
        return "chat.affirm", _SURE
    if found and found[0] in {"human.request", "complaint"}:
        return found[0], _SURE
    if "media.defect" in found and "part" in slots:
        return "media.defect", _SURE
    if "part" in slots and not ({"item.price", "sell.quote"} & set(found)):
        return "media.request", _SURE
    if found:
        return found[0], _SURE if about_a_piece or len(found) == 1 else _LIKELY
    if about_a_piece:
        return "item.detail", _LIKELY
    return "oos", _UNSURE


def _query(rest: str) -> str:
    """What is left to search for when every word that says how is taken away."""
    left = rest
    for _, pattern in cues.CUES:
        left = pattern.sub(" ", left)
    return " ".join(cues.FILLER.sub(" ", left).split())[:200]
