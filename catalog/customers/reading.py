"""How what people write of themselves is brought into one form: phone numbers, e-mail, birthdays.

A number without a country is a Japanese one.
"""

from datetime import date

from catalog.ground.errors import Malformed

_HOME = "JP"
_LONGEST_EMAIL = 254


class ContactMalformed(Malformed):
    """No phone number, e-mail address or birthday. `what`: which of them, never its value."""

    def __init__(self, what: str) -> None:
        super().__init__(f"not a {what}")
        self.what = what


def phone_of(told: str) -> str:
    """`090-1234-5678` as `+819012345678` (E.164). Raises ContactMalformed."""
    import phonenumbers

    try:
        number = phonenumbers.parse(told, _HOME)
    except phonenumbers.NumberParseException:
        raise ContactMalformed("phone number") from None
    if not phonenumbers.is_possible_number(number):
        raise ContactMalformed("phone number")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def email_of(told: str) -> str:
    """Lower case, blanks cut. Raises ContactMalformed."""
    address = told.strip().lower()
    local, at, domain = address.rpartition("@")
    is_plain = address.isprintable() and not any(each.isspace() for each in address)
    has_parts = bool(local and at and "." in domain.strip(".") and "@" not in local)
    if not (is_plain and has_parts and len(address) <= _LONGEST_EMAIL):
        raise ContactMalformed("e-mail address")
    return address


def birthday_of(told: str, *, today: date) -> date:
    """`1980-04-29` or `1980/4/29`, not after today. Raises ContactMalformed."""
    parts = told.strip().replace("/", "-").split("-")
    if len(parts) != 3 or not all(part.isascii() and part.isdecimal() for part in parts):
        raise ContactMalformed("birthday")
    try:
        day = date(*(int(part) for part in parts))
    except ValueError:
        raise ContactMalformed("birthday") from None
    if not date(1900, 1, 1) <= day <= today:
        raise ContactMalformed("birthday")
    return day
