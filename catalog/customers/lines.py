"""One line of a customer list (`akashi import customers`) turned into a checked shape."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from catalog.customers.reading import ContactMalformed, birthday_of, email_of, phone_of
from catalog.ground import lines
from catalog.ground.lines import LineMalformed

REQUIRED = ("customer_no", "family_name")
OPTIONAL = (
    "given_name",
    "family_kana",
    "given_kana",
    "email",
    "phone",
    "birthday",
    "line_user_id",
    "language",
    "marketing_opt_in",
    "adviser",
)
LANGUAGES = ("ja", "en", "zh_hant", "zh_hans", "ko")
_YES = frozenset({"1", "yes", "true", "y", "はい", "可", "○", "希望する"})
_NO = frozenset({"", "0", "no", "false", "n", "いいえ", "不可", "×", "希望しない"})
_LAST_DAY = date(9999, 12, 31)


@dataclass(frozen=True, slots=True)
class CustomerLine:
    """A line that can be taken. `phone` in E.164."""

    customer_no: str
    family_name: str
    given_name: str | None
    family_kana: str | None
    given_kana: str | None
    email: str | None
    phone: str | None
    birthday: date | None
    line_user_id: str | None
    language: str
    marketing_opt_in: bool
    adviser: str | None


def parse(cells: Mapping[str, str]) -> CustomerLine:
    """Raises LineMalformed naming the first cell that cannot be taken; never with its value, where
    that is personal.
    """
    given = lines.cells(cells, REQUIRED, OPTIONAL)
    try:
        email = email_of(given["email"]) if given["email"] else None
        phone = phone_of(given["phone"]) if given["phone"] else None
        born = birthday_of(given["birthday"], today=_LAST_DAY) if given["birthday"] else None
    except ContactMalformed as wrong:
        column = {"e-mail address": "email", "phone number": "phone"}.get(wrong.what, wrong.what)
        raise LineMalformed(column, f"is no {wrong.what}") from None
    return CustomerLine(
        customer_no=given["customer_no"],
        family_name=given["family_name"],
        given_name=given["given_name"] or None,
        family_kana=given["family_kana"] or None,
        given_kana=given["given_kana"] or None,
        email=email,
        phone=phone,
        birthday=born,
        line_user_id=_line_user(given["line_user_id"]),
        language=_language(given["language"]),
        marketing_opt_in=_is_yes(given["marketing_opt_in"]),
        adviser=given["adviser"] or None,
    )


def _line_user(cell: str) -> str | None:
    if not cell:
        return None
    is_id = (
        len(cell) == 33 and cell[0] == "U" and all(each in "0123456789abcdef" for each in cell[1:])
    )
    if not is_id:
        raise LineMalformed("line_user_id", "is not U and 32 hexadecimal digits")
    return cell


def _language(cell: str) -> str:
    language = cell.lower().replace("-", "_") or "ja"
    if language not in LANGUAGES:
        raise LineMalformed("language", f"{cell[:40]!r} is none of {', '.join(LANGUAGES)}")
    return language


def _is_yes(cell: str) -> bool:
    told = cell.lower()
    if told not in _YES | _NO:
        raise LineMalformed("marketing_opt_in", f"{cell[:40]!r} is neither yes nor no")
    return told in _YES
