"""Names as banks write them: half-width kana, capitals, digits and a few signs (半角カナ).

Small kana become large, voiced ones two characters, the long mark a hyphen. Kanji cannot be read
and are refused: the holder's name is asked for in kana.
"""

import unicodedata

from catalog.ground.errors import Malformed

_FULL = (
    "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン"
)
_HALF = "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝ"
_SMALL = dict(zip("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ", strict=True))
_TO_HALF = dict(zip(_FULL, _HALF, strict=True))
_MARKS = {"\u3099": "ﾞ", "\u309a": "ﾟ", "゛": "ﾞ", "゜": "ﾟ", "ー": "-", "－": "-", "‐": "-",
          "−": "-", "・": ".", "「": "｢", "」": "｣", "　": " "}  # fmt: skip
_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ()-./,")
_HIRAGANA = {chr(code): chr(code + 0x60) for code in range(0x3041, 0x3097)}


class KanaMalformed(Malformed):
    """A name banks cannot write; the sign is not told, names stay out of logs."""

    def __init__(self) -> None:
        super().__init__("a name with a sign that bank files do not know")


def half_width(name: str) -> str:
    """As the bank's file wants it. Raises KanaMalformed, also for a name of nothing."""
    told = []
    for sign in unicodedata.normalize("NFD", unicodedata.normalize("NFKC", name.strip())):
        full = _HIRAGANA.get(sign, sign)
        full = _SMALL.get(full, full)
        half = _TO_HALF.get(full) or _MARKS.get(full) or full.upper()
        if half not in _PLAIN and half not in "ﾞﾟ｢｣" and half not in _HALF:
            raise KanaMalformed
        told.append(half)
    if not told:
        raise KanaMalformed
    return "".join(told)
