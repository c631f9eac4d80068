"""One form of a message for everything that reads it (正規化).

`narrow`: NFKC, lower case, hyphens one, nothing invisible; kana as written. `folded`: hiragana as
katakana too, what the catalogue's names are read in. Both are cut, so that a message of any length
costs the same.
"""

import re
import unicodedata
from dataclasses import dataclass

from catalog.items.words import fold
from catalog.items.words import narrow as narrowed

LONGEST = 1_500  # characters looked at; the rest of a longer message is ignored
LONGEST_CLASSIFIED = 600

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\x00-\x08\x0b-\x1f\x7f-\x9f]"
)
_REPEATED = re.compile(r"(.)\1{2,}")
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Normal:
    """`shown`: cut and without what cannot be seen, else as written."""

    shown: str
    narrow: str
    folded: str


def normal(text: str) -> Normal:
    """Total: every text has a form."""
    shown = _INVISIBLE.sub("", text[:LONGEST])
    if not shown.isascii():
        shown = _without_marks(shown)
    return Normal(shown, _digits_spelled(narrowed(shown)), fold(shown))


_AFTER_DIGITS = re.compile(
    r"(?<=\d)(まん|おく|ぷん|ふん|じ(?![ゅょゃ])|にち|がつ|てん|ほん|こ(?![ぁ-ん]))"
)
_LONG_HYPHEN = re.compile(r"(?<=\d)ー(?=\d)")
_SPELLED = {
    "ぷん": "分", "ふん": "分", "まん": "万", "おく": "億", "じ": "時", "にち": "日", "がつ": "月", "てん": "点", "ほん": "本", "こ": "個",
}  # fmt: skip


def _digits_spelled(text: str) -> str:
    """40まんえん as 40万えん: units people leave in kana."""
    text = _LONG_HYPHEN.sub("-", text)
    return _AFTER_DIGITS.sub(lambda found: _SPELLED[found[0]], text)


def _without_marks(text: str) -> str:
    """At most one combining mark after a character; more is decoration that hides words."""
    kept: list[str] = []
    marks = 0
    for each in text:
        marks = marks + 1 if unicodedata.combining(each) else 0
        if marks <= 1:
            kept.append(each)
    return "".join(kept)


def classified(folded: str) -> str:
    """What the classifier counts: blanks and repeats squeezed, a blank at both ends."""
    squeezed = _REPEATED.sub(r"\1\1", folded[:LONGEST_CLASSIFIED])
    return f" {_BLANKS.sub(' ', squeezed).strip()} "
