"""How words about pieces are folded so that one search finds every way of writing them (R-090).

`fold`: NFKC (full and half width become one), lower case, hiragana to katakana, every dash to a
hyphen. `sounded` goes on to what a word sounds like: small kana as large, no long marks and no ッ,
ヴァ as バ, no accents. Codes, references and serials have their own stricter forms and are never
repaired.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_KATAKANA = {hiragana: hiragana + 0x60 for hiragana in range(0x3041, 0x3097)}
_DASHES = {ord(dash): "-" for dash in "‐‑‒–—―−﹣－ｰ"}
_WORD = re.compile(r"[^\W_]+(?:[.'’&/-][^\W_]+)*")
_PLAIN = re.compile(r"[^0-9a-z]+")
# An order number (ORD-20261122-0001) is no unit code.
CODE = re.compile(r"(?<![0-9a-z])(?!ord[-\s]?\d{8})([a-z]{1,4})[-\s]?(\d{3,12})(?![0-9a-z])")
_WHOLE_CODE = re.compile(r"([a-z]{1,4})-?(\d{1,12})")
# Japanese writers put ー or ｰ for a hyphen beside digits (W－10234, Wー10234).
_LONG_MARK = re.compile(r"(?<=[a-z])ー(?=\d)")


def narrow(text: str) -> str:
    """One width and one case; hiragana stays hiragana. Character for character beside `fold`."""
    return unicodedata.normalize("NFKC", text.translate(_DASHES)).lower().translate(_DASHES)


def fold(text: str) -> str:
    """One form for every way of writing the same words."""
    return _LONG_MARK.sub("-", narrow(text).translate(_KATAKANA))


_V_SOUNDS = dict(zip("ァィゥェォュ", ("バ", "ビ", "ブ", "ベ", "ボ", "ビユ"), strict=True))
_V = re.compile(f"ヴ([{''.join(_V_SOUNDS)}])")
_SAME_SOUND = dict(
    zip("ァィゥェォャュョヮヵヶヂヅヲヰヱヴ", "アイウエオヤユヨワカケジズオイエブ", strict=True)
)
_LATIN = {
    chr(code): unicodedata.normalize("NFD", chr(code))[0]
    for code in range(0xC0, 0x250)
    if unicodedata.normalize("NFD", chr(code))[0].isascii()
}
_SOUNDS = str.maketrans(
    {**_SAME_SOUND, **_LATIN, "ß": "ss", "ø": "o", "æ": "ae", "ー": "", "ッ": ""}
)


def sound(folded: str) -> str:
    """What a folded text sounds like, in one spelling for all."""
    if folded.isascii():
        return folded
    return _V.sub(lambda found: _V_SOUNDS[found[1]], folded).translate(_SOUNDS)


@dataclass(frozen=True, slots=True)
class Sounded:
    """A folded text by its sound: each character with the place in the folded text it stands
    for.
    """

    text: str
    starts: Sequence[int]
    ends: Sequence[int]


def sounded(folded: str) -> Sounded:
    """`sound`, and where each of its characters comes from."""
    if folded.isascii():
        return Sounded(folded, range(len(folded)), range(1, len(folded) + 1))
    told: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    position = 0
    while position < len(folded):
        taken = 2 if _V.match(folded, position) else 1
        heard = sound(folded[position : position + taken])
        if not heard and ends:
            ends[-1] = position + taken
        for one in heard:
            told.append(one)
            starts.append(position)
            ends.append(position + taken)
        position += taken
    return Sounded("".join(told), starts, ends)


def sound_key(text: str | None) -> str:
    """Letters and digits of what a name sounds like; empty when nothing is left."""
    return _plain(sound(fold(text or "")))


def words(text: str) -> list[str]:
    """The folded words of a text, punctuation dropped."""
    return _WORD.findall(fold(text))


def plain_words(text: str) -> list[str]:
    """The words of a text by their sound, without inner marks, each once."""
    found = _WORD.findall(sound(fold(text)))
    plain = (_plain(word) for word in found)
    return [word for word in dict.fromkeys(plain) if word]


def _plain(word: str) -> str:
    return word if word.isalnum() else "".join(each for each in word if each.isalnum())


def grams(plain: Iterable[str]) -> set[str]:
    """The set of 2-grams of plain words; a word of one character stands for itself."""
    found: set[str] = set()
    for word in plain:
        if len(word) == 1:
            found.add(word)
        else:
            found.update(word[n : n + 2] for n in range(len(word) - 1))
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
