"""What somebody sees of a customer's contact who may not see it whole (マスキング, R-142).

Nothing that is left identifies anybody: of a telephone number the last four digits, so that two
people can make sure they speak of the same one, of all else only that it is there. Who may
(`see_contact`) sees all. Not here: what exports hold; whoever may not see contacts exports nothing.
"""

import re
import unicodedata
from datetime import date

from catalog.duties.actors import Actor
from handoff.staff.permissions import Act, may

HIDDEN = "***"
_PHONE = "***-****-"
_EMAIL = "***@***"
_BIRTHDAY = "****-**-**"
_LEAST_DIGITS = 8  # of fewer, four would be half of it
_SIGNS = r"\-‐‑‒–—―−ー－ｰ~〜～·・･/／_の()（）.． 　\t\u00a0\u200b"
_ON_A_LINE, _JOINT = rf"[{_SIGNS}]{{0,3}}", rf"[{_SIGNS}\r\n]{{0,3}}"
_PARTS = r"[-−－/／.．]"
# Days are looked for first: their digits belong to no number, whatever stands around them.
_DAY = (
    rf"(?<!\d)(?:(?:19|20|１９|２０)\d\d(?:{_PARTS}\d{{1,2}}{_PARTS}|年 ?\d{{1,2}}月 ?)\d{{1,2}}"
    r"|(?:[0０]?[1-9１-９]|[1１][0-2０-２])[/／月][0-3０-３]?\d)(?!\d)"
)
_STEP, _ROW_STEP = (rf"(?:{joint}(?!{_DAY})\d)" for joint in (_JOINT, _ON_A_LINE))
_JAPAN = rf"[8８]{_JOINT}[1１](?:[{_SIGNS}]{{1,3}}[0０])?{_JOINT}"
_MOBILE, _FIXED = rf"[5-9５-９]{_JOINT}[0０]{_STEP}{{8}}", rf"[1-9１-９]{_STEP}{{8}}"
# Of this country by their exact length, so that what is written after one stays; then any other.
_PHONES = "|".join(
    (
        rf"(?:[0０]|[+＋]{_JOINT}{_JAPAN}){_JOINT}(?:{_MOBILE}|{_FIXED})(?!\d)",
        rf"{_JAPAN}(?:{_MOBILE}|{_FIXED})(?![\d円])",
        *(
            rf"(?<!\d[,.])(?:[+＋]{joint}\d|[0０]{{1,2}}[1-9１-９]){step}{{7,13}}(?!\d)"
            for joint, step in ((_ON_A_LINE, _ROW_STEP), (_JOINT, _STEP))
        ),
    )
)
_PHONES_IN_WORDS = re.compile(rf"(?P<day>{_DAY})|(?<![\d¥￥])(?:{_PHONES})")
_BLOCK = r"[0-9０-９]{1,4}(?:[-‐‑‒–—―−ー－の]|丁目|番)"
_PLACE_NAME = r"[一-鿿々〆ヵヶケぁ-んァ-ヴー]"
_ADDRESSES_IN_WORDS = re.compile(
    r"(?:〒[ 　]?[0-9０-９]{3}[-‐−ー－]?[0-9０-９]{4}[ 　]*)?"
    rf"(?:(?:東京都|北海道|(?:京都|大阪)府|[一-鿿]{{2,3}}県)[^\n、。,!?！？]{{1,40}}?{_BLOCK}"
    rf"|{_PLACE_NAME}{{1,8}}[市区郡町村]{_PLACE_NAME}{{1,20}}{_BLOCK})[^\s、。,]*"
    r"|〒[ 　]?[0-9０-９]{3}[-‐−ー－]?[0-9０-９]{4}"
)
_EMAILS_IN_WORDS = re.compile(r"(?<![\w.+-])[\w.+-]+[@＠][\w-]+(?:[.．][\w-]+)+")


def phone(told: str | None, actor: Actor) -> str | None:
    """A telephone number, or `***-****-1234`."""
    return told if told is None or _sees(actor) else _hidden_phone(told)


def email(told: str | None, actor: Actor) -> str | None:
    """An e-mail address, or that there is one."""
    return told if told is None or _sees(actor) else _EMAIL


def address(told: str | None, actor: Actor) -> str | None:
    """A postal address or a part of one, or that there is one."""
    return told if told is None or _sees(actor) else HIDDEN


def birthday(told: date | None, actor: Actor) -> str | None:
    """A birthday in ISO form, or that it is known."""
    if told is None:
        return None
    return told.isoformat() if _sees(actor) else _BIRTHDAY


def words(told: str, actor: Actor) -> str:
    """What a customer wrote, without the telephone numbers, e-mail and postal addresses in it."""
    if _sees(actor):
        return told
    without = _ADDRESSES_IN_WORDS.sub(HIDDEN, _EMAILS_IN_WORDS.sub(_EMAIL, told))
    return _PHONES_IN_WORDS.sub(
        lambda found: found.group() if found["day"] else _hidden_phone(found.group()), without
    )


def _sees(actor: Actor) -> bool:
    return may(actor, Act.SEE_CONTACT)


def _hidden_phone(told: str) -> str:
    digits = [str(unicodedata.digit(sign)) for sign in told if sign.isdigit()]
    return _PHONE + "".join(digits[-4:]) if len(digits) >= _LEAST_DIGITS else HIDDEN
