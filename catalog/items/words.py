"""How words about pieces are folded so that one search finds every way of writing them (R-090).

NFKC (full and half width become one), lower case, hiragana to katakana, every dash to a hyphen.
Codes, references and serials have their own stricter forms and are never repaired.
"""

import re
import unicodedata
from collections.abc import Iterable

_KATAKANA = {hiragana: hiragana + 0x60 for hiragana in range(0x3041, 0x3097)}
_DASHES = {ord(dash): "-" for dash in "‐‑‒–—―−﹣－ｰ"}
_WORD = re.compile(r"[^\W_]+(?:[.'’&/-][^\W_]+)*")
_PLAIN = re.compile(r"[^0-9a-z]+")
# An order number (ORD-20261122-0001) is no unit code.
CODE = re.compile(r"(?<![0-9a-z])(?!ord[-\s]?\d{8})([a-z]{1,4})[-\s]?(\d{3,12})(?![0-9a-z])")
_WHOLE_CODE = re.compile(r"([a-z]{1,4})-?(\d{1,12})")
# Japanese writers put ー or ｰ for a hyphen beside digits (W－10234, Wー10234).
_LONG_MARK = re.compile(r"(?<=[a-z])ー(?=\d)")


def fold(text: str) -> str:
    """One form for every way of writing the same words."""
    folded = unicodedata.normalize("NFKC", text.translate(_DASHES)).lower()
    folded = folded.translate(_DASHES).translate(_KATAKANA)
    return _LONG_MARK.sub("-", folded)


def words(text: str) -> list[str]:
    """The folded words of a text, punctuation dropped."""
    return _WORD.findall(fold(text))


def grams(text: str) -> set[str]:
    """The set of 2-grams of each word's letters and digits; a word of one character stands for
    itself.
    """
    found: set[str] = set()
    for word in words(text):
        plain = "".join(each for each in word if each.isalnum())
        if len(plain) == 1:
            found.add(plain)
        else:
            found.update(plain[n : n + 2] for n in range(len(plain) - 1))
    return found


def plain_key(text: str | None) -> str | None:
    """A brand, model, reference or serial reduced to what tells it apart; None when nothing is
    left.
    """
    if not text:
        return None
    return "".join(each for each in fold(text) if each.isalnum()) or None


def codes(text: str) -> list[str]:
    """Every unit code written in the text, in its one form (`W-10234`), in order, each once.

    Takes full width, lower case, a missing hyphen or a blank for it. Fewer than three digits is no
    code in running text.
    """
    found = (f"{letters.upper()}-{digits}" for letters, digits in CODE.findall(fold(text)))
    return list(dict.fromkeys(found))


def code_of(cell: str) -> str | None:
    """The one form of a cell that holds a unit code and nothing else; None when it is no code."""
    matched = _WHOLE_CODE.fullmatch(fold(cell).strip().replace(" ", ""))
    return f"{matched[1].upper()}-{matched[2]}" if matched else None


def ascii_key(text: str) -> str:
    """Only a–z and 0–9 of the folded text."""
    return _PLAIN.sub("", fold(text))


def together(parts: Iterable[str | None]) -> str:
    """The parts that are there, with blanks between."""
    return " ".join(part for part in parts if part)
