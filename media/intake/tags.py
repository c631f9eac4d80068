"""The tag that is photographed before a piece (撮影タグ): a QR code with the unit's code and a
check character.

A text that is not one of ours, or is misread, says nothing. Whether there is such a unit is checked
where the tag opens a session (`take`).
"""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

UNREAD = "?"  # a QR code is there that nobody can read
_PREFIX = "akashi:"
_PAYLOAD = re.compile(r"akashi:([A-Z]{1,4}-\d{1,12}):([0-9A-Z*])")
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*"
_BORDER = 4


def check_character(code: str) -> str:
    """ISO 7064 MOD 37-2 over letters and digits: every single error and every swap shows."""
    rest = 0
    for each in code:
        if each != "-":
            rest = (rest + _ALPHABET.index(each)) * 2 % 37
    return _ALPHABET[(38 - rest) % 37]


def payload(code: str) -> str:
    """What the QR code of a unit holds."""
    return f"akashi:{code}:{check_character(code)}"


def read(text: str) -> str | None:
    """The unit code of a tag's text; None when it is not a tag of ours."""
    matched = _PAYLOAD.fullmatch(text.strip())
    if matched is None or check_character(matched[1]) != matched[2]:
        return None
    return matched[1]


@dataclass(frozen=True, slots=True)
class Sight:
    """What the QR codes of one picture say. `is_unclear`: somebody photographed a tag, and which
    piece it is of cannot be told: whose the next shots are is not known either.
    """

    code: str | None = None
    is_unclear: bool = False


NOTHING = Sight()


def seen(texts: Sequence[str]) -> Sight:
    """Codes of other houses say nothing; a damaged tag of ours, two tags, or a code nobody can read
    make it unclear.
    """
    codes = {code for text in texts if (code := read(text)) is not None}
    if len(codes) == 1:
        return Sight(codes.pop())
    is_ours = any(text.strip().startswith(_PREFIX) for text in texts)
    return Sight(is_unclear=bool(codes) or is_ours or UNREAD in texts)


def svg(code: str) -> bytes:
    """The tag as SVG, for printing at any size."""
    return _drawn(code, "svg", scale=4)


def png(code: str, *, scale: int = 12) -> bytes:
    """The tag as PNG, `scale` pixels a module."""
    return _drawn(code, "png", scale=scale)


def _drawn(code: str, kind: str, *, scale: int) -> bytes:
    import segno

    out = io.BytesIO()
    segno.make_qr(payload(code), error="q").save(out, kind=kind, scale=scale, border=_BORDER)
    return out.getvalue()
