"""Names brought into one form, so that a bank account can be held against a verified name
(名義の照合). Pure.

Full and half width, hiragana and katakana, small and large kana, blanks and dots, and the usual
variants of family-name characters become one. Nothing else is repaired: another spelling is
another name.
"""

import hashlib
import hmac
import unicodedata

_KATAKANA = {hiragana: hiragana + 0x60 for hiragana in range(0x3041, 0x3097)}
# Banks write large kana only, and a hyphen for the long mark.
_LARGE = str.maketrans("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ") | dict.fromkeys(
    map(ord, "ー‐‑‒–—―−"), "-"
)
_VARIANTS = str.maketrans("髙﨑邊邉齋齊澤濱濵廣國櫻眞惠德", "高崎辺辺斎斉沢浜浜広国桜真恵徳")


def plain_name(name: str) -> str:
    """The one form of a name."""
    folded = unicodedata.normalize("NFKC", name).upper().translate(_KATAKANA)
    folded = folded.translate(_LARGE).translate(_VARIANTS)
    return "".join(each for each in folded if each.isalnum() or each == "-")


def keyed(name: str, key: bytes) -> str:
    """What stands for the name where the name itself must not: tells same from other, no more."""
    return stamp(plain_name(name), key)


def stamp(text: str, key: bytes) -> str:
    """A keyed hash of any text."""
    return hmac.new(key, b"akashi name" + text.encode(), hashlib.sha256).hexdigest()
