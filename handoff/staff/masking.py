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
_JOINT = r"[-‐‑‒–—―−ー－ 　().（）]{0,2}"
_PHONES_IN_WORDS = re.compile(
    rf"(?<![\d¥￥,.])(?:\+\d{{1,3}}|[0０])(?:{_JOINT}\d){{8,13}}(?![\d円])"
)
_BLOCK = r"[0-9０-９]{1,4}(?:[-‐‑‒–—―−ー－の]|丁目|番)"
_PLACE_NAME = r"[一-鿿々〆ヵヶケぁ-んァ-ヴー]"
_ADDRESSES_IN_WORDS = re.compile(
    r"(?:〒[ 　]?[0-9０-９]{3}[-‐−ー－]?[0-9０-９]{4}[ 　]*)?"
    rf"(?:(?:東京都|北海道|(?:京都|大阪)府|[一-鿿]{{2,3}}県)[^\n、。,!?！？]{{1,40}}?{_BLOCK}"
    rf"|{_PLACE_NAME}{{1,8}}[市区郡町村]{_PLACE_NAME}{{1,20}}{_BLOCK})[^\s、。,]*"
    r"|〒[ 　]?[0-9０-９]{3}[-‐−ー－]?[0-9０-９]{4}"
)
_EMAILS_IN_WORDS = re.compile(r"[\w.+-]+[@＠][\w-]+(?:[.．][\w-]+)+")


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
    return _PHONES_IN_WORDS.sub(lambda found: _hidden_phone(found.group()), without)


def _sees(actor: Actor) -> bool:
    return may(actor, Act.SEE_CONTACT)


def _hidden_phone(told: str) -> str:
    digits = [str(unicodedata.digit(sign)) for sign in told if sign.isdigit()]
    return _PHONE + "".join(digits[-4:]) if len(digits) >= _LEAST_DIGITS else HIDDEN
