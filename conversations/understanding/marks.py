"""What has a form of its own in a message (番号・連絡先): codes, order numbers, references, serials,
e-mail addresses, phone numbers. Found first and taken out, so that no digit is read twice.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from catalog.items.words import CODE

_ORDER = re.compile(r"(?<![0-9a-z])ord[-\s]?(\d{8})[-\s]?(\d{4})(?!\d)")
_EMAIL = re.compile(
    r"[a-z0-9._%+-]{1,64}@[a-z0-9](?:[a-z0-9.-]{0,188}[a-z0-9])?\.[a-z]{2,24}", re.ASCII
)
_LINK = re.compile(r"https?://\S+")
_PHONE = re.compile(r"(?<![\da-z-])\+?\d[\d\s().-]{8,18}\d(?![\da-z])")
_REFERENCE = re.compile(
    r"(?<![0-9a-z.-])("
    r"\d{3}\.\d{2}\.\d{2}\.\d{2}\.\d{2}\.\d{3}|"  # 310.30.42.50.01.001
    r"\d{4}/\d{1,4}[a-z]{0,2}(?:-\d{3})?|"  # 5711/1A-010
    r"\d{4,5}[a-z]{1,2}\.[a-z]{2}\.[0-9a-z]{4,6}\.\d{2}|"  # 15500ST.OO.1220ST.01
    r"\d{4,6}(?:ln|lv|lb|blnr|blro|vtnr|chnr|rbow|rbr|st|or|bc|tbr|nr|ln|db|sabr|saru|bv|gv|r|g|p|a|j)"
    r"(?:-\d{3,4})?|"  # 116500LN, 5167R-001
    r"[a-z]{2,4}\d{3,5}[a-z]?\d?|"  # SBGA211, WSSA0018, IW371605: letters first, no hyphen
    r"m\d{5,6}[a-z]{0,4}-\d{4}|"
    r"m\d{5}(?![\d])"  # M40995: bags
    r")(?![0-9a-z])"
)
_NAMED_REFERENCE = re.compile(
    r"(?:ref(?:erence)?\.?|型番|品番|リファレンス|レファレンス|型號|型号|레퍼런스|모델 ?번호)"
    r"(?:は|が|:|:|no\.?|number|is|#|の)?\s?([0-9a-z][0-9a-z./-]{2,20}[0-9a-z])"
)
_NAMED_SERIAL = re.compile(
    r"(?:シリアル(?:番号|ナンバー|no\.?)?|製造番号|個体番号|serial(?: ?(?:number|no\.?))?|s/n|序號|序列號|序号|"
    r"序列号|機身號|시리얼(?: ?(?:번호|넘버))?|刻印番号)(?:は|が|:|:|is|#|の|是|는|은|가)?\s?"
    r"([0-9a-z][0-9a-z-]{3,18}[0-9a-z])"
)
_BARE_SERIAL = re.compile(r"(?<![0-9a-z-])([a-z]\d{6,7})(?![0-9a-z-])")


@dataclass(frozen=True, slots=True)
class Marks:
    """What was found, and the narrow text without it (same length)."""

    rest: str
    codes: Sequence[str] = ()
    order_no: str | None = None
    email: str | None = None
    phone: str | None = None
    ref_no: str | None = None
    serial: str | None = None


def marks_in(narrow: str, unit_letters: frozenset[str] = frozenset("wdba")) -> Marks:
    """`unit_letters`: first letters unit codes have here; others need their hyphen to be one."""
    rest = narrow
    for pattern in (_LINK,):
        rest = pattern.sub(_blank, rest)
    email = _EMAIL.search(rest)
    rest = _EMAIL.sub(_blank, rest) if email else rest
    order = _ORDER.search(rest)
    rest = _ORDER.sub(_blank, rest) if order else rest
    serial = _NAMED_SERIAL.search(rest)
    if serial and not any(each.isdigit() for each in serial[1]):
        serial = None
    if serial:
        rest = _cut(rest, serial.start(1), serial.end(1))
    named = _NAMED_REFERENCE.search(rest)
    if named and not any(each.isdigit() for each in named[1]):
        named = None
    if named and CODE.fullmatch(named[1]):
        named = None
    reference = named
    if named:
        rest = _cut(rest, named.start(1), named.end(1))
    codes, rest = _codes(rest, unit_letters)
    phone, rest = _phone(rest)
    if reference is None:
        reference = _REFERENCE.search(rest)
        if reference and _is_year(reference[1]):
            reference = None
        if reference:
            rest = _cut(rest, reference.start(1), reference.end(1))
    if serial is None:
        serial = _BARE_SERIAL.search(rest)
        if serial:
            rest = _cut(rest, serial.start(1), serial.end(1))
    return Marks(
        rest,
        codes,
        f"ORD-{order[1]}-{order[2]}" if order else None,
        email[0] if email else None,
        phone,
        reference[1].upper() if reference else None,
        serial[1].upper() if serial else None,
    )


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])


def _cut(text: str, start: int, end: int) -> str:
    return text[:start] + " " * (end - start) + text[end:]


def _is_year(told: str) -> bool:
    return told.isdigit() and len(told) == 4


def _codes(text: str, unit_letters: frozenset[str]) -> tuple[list[str], str]:
    """Unit codes, and the text without them. A reference such as SBGA211 is no code: letters
    without a hyphen are a code only when they are a unit's.
    """
    found: list[str] = []
    rest = text
    for each in CODE.finditer(text):
        has_hyphen = "-" in each[0]
        if not has_hyphen and each[1] not in unit_letters:
            continue
        if not has_hyphen and each[1] in unit_letters and len(each[2]) > 5:
            continue  # F123456 is a serial
        found.append(f"{each[1].upper()}-{each[2]}")
        rest = _cut(rest, each.start(), each.end())
    return list(dict.fromkeys(found)), rest


def _phone(text: str) -> tuple[str | None, str]:
    found = _PHONE.search(text)
    if found is None:
        return None, text
    import phonenumbers

    for each in _PHONE.finditer(text):
        try:
            number = phonenumbers.parse(each[0], "JP")
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number(number) and phonenumbers.is_valid_number(number):
            told = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
            return told, _cut(text, each.start(), each.end())
    return None, text
