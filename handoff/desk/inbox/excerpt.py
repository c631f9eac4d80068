"""The last line of a conversation in a few words (抜粋). Pure.

A list is shown to everybody alike, so nothing of a contact is left half by the cut, where nobody
would know it for one, and of a place no more than that there is one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from conversations.messages import (
    Body,
    Card,
    Cards,
    Choices,
    Clip,
    Edited,
    Letter,
    Picture,
    Place,
    Said,
    SentFile,
    Sticker,
    Tapped,
    Text,
)

MOST = 80
# What a number, an e-mail address or a word of Latin letters that is cut in two leaves behind.
_HALF = re.compile(
    r"(?:[\w.+@＠-](?<![ぁ-ヿ㐀-鿿々])|(?<=\d)[ 　()（）‐‑‒–—―−ー－]{1,2}(?=\d|$))+$"
)


class Sort(StrEnum):
    """What the line is; whoever shows it has a word or a picture for each."""

    TEXT = "text"
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    FILE = "file"
    STICKER = "sticker"
    PLACE = "place"
    PRESSED = "pressed"
    CARD = "card"
    EMPTIED = "emptied"  # taken back, or its time is over
    OTHER = "other"  # came as a friend, blocked the shop, joined a group …


@dataclass(frozen=True, slots=True)
class Excerpt:
    """`words` may be empty: a picture says nothing."""

    sort: Sort
    words: str = ""


def of_body(body: Body | None) -> Excerpt:
    """What the person did."""
    match body:
        case None:
            return Excerpt(Sort.EMPTIED)
        case Said() | Edited():
            return Excerpt(Sort.TEXT, _short(body.text))
        case SentFile():
            return Excerpt(Sort(body.kind.value), _short(body.name or ""))
        case Sticker():
            return Excerpt(Sort.STICKER, _short(next(iter(body.keywords), "")))
        case Place():
            return Excerpt(Sort.PLACE)
        case Tapped():
            return Excerpt(Sort.PRESSED)
        case _:
            return Excerpt(Sort.OTHER)


def of_letters(letters: Sequence[Letter]) -> Excerpt:
    """What was written to the person: the first words there are."""
    if not letters:
        return Excerpt(Sort.EMPTIED)
    told = [_of_letter(letter) for letter in letters]
    return next((each for each in told if each.sort is Sort.TEXT and each.words), told[0])


def _of_letter(letter: Letter) -> Excerpt:
    match letter:
        case Text() | Choices():
            return Excerpt(Sort.TEXT, _short(letter.text))
        case Card():
            return Excerpt(Sort.CARD, _short(letter.heading or letter.said))
        case Cards():
            return Excerpt(Sort.CARD, _short(letter.said))
        case Clip():
            return Excerpt(Sort.VIDEO, _short(letter.said))
        case Picture():
            return Excerpt(Sort.IMAGE, _short(letter.said))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MOST else _HALF.sub("", line[: MOST - 1]).rstrip() + "…"
