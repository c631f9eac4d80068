"""What staff type into a form, read into plain values (入力), and what a step would do before it is
done (試算): the verb itself is run and everything it wrote is taken back.
"""

import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import TypeVar

from sqlmodel import Session, select

from catalog.customers.tables import Customer
from catalog.ground.errors import Malformed
from catalog.ground.money import Yen
from catalog.ground.session.database import Unit
from catalog.partners.queries import everybody
from handoff.console.door import Visit
from handoff.console.office import Office
from handoff.staff.tables import Staff

T = TypeVar("T")
_LONGEST = 2_000
_LONGEST_KEY = 60
_MOST_YEN = 10**11
_LONGEST_NUMBER = 20
_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(2200, 1, 1)


class FieldMalformed(Malformed):
    """A field of a form that cannot be read. `field`."""

    def __init__(self, field: str) -> None:
        super().__init__(f"{field} cannot be read")
        self.field = field


def key_of(form: Mapping[str, str], visit: Visit) -> str:
    """The same form sent twice is one act. Raises FieldMalformed."""
    key = form.get("key", "")
    if not key or len(key) > _LONGEST_KEY:
        raise FieldMalformed("key")
    return f"console:{visit.session.staff_id}:{key}"


def words_of(form: Mapping[str, str], name: str, *, most: int = _LONGEST) -> str:
    """What was written, without blanks around it. Raises FieldMalformed when there is nothing."""
    words = form.get(name, "").replace("\r\n", "\n").strip()
    if not words or len(words) > most:
        raise FieldMalformed(name)
    return words


def maybe_words(form: Mapping[str, str], name: str, *, most: int = _LONGEST) -> str | None:
    """The same where nothing may be written."""
    return words_of(form, name, most=most) if form.get(name, "").strip() else None


def yen_of(form: Mapping[str, str], name: str) -> Yen:
    """`410,000`, `¥410000` or `４１００００円`. Raises FieldMalformed."""
    told = unicodedata.normalize("NFKC", form.get(name, "")).strip()
    told = told.removeprefix("¥").removeprefix("\\").removesuffix("円").replace(",", "").strip()
    is_number = told.isascii() and told.isdecimal() and len(told) <= _LONGEST_NUMBER
    if not is_number or not 0 < int(told) < _MOST_YEN:
        raise FieldMalformed(name)
    return Yen(int(told))


def maybe_yen(form: Mapping[str, str], name: str) -> Yen | None:
    """The same where nothing may be written."""
    return yen_of(form, name) if form.get(name, "").strip() else None


def count_of(form: Mapping[str, str], name: str, *, most: int = 999) -> int:
    """A whole number from nought. Raises FieldMalformed."""
    told = unicodedata.normalize("NFKC", form.get(name, "")).strip()
    is_number = told.isascii() and told.isdecimal() and len(told) <= _LONGEST_NUMBER
    if not is_number or int(told) > most:
        raise FieldMalformed(name)
    return int(told)


def day_of(form: Mapping[str, str], name: str) -> date:
    """A day as a browser's field has it, of these times. Raises FieldMalformed."""
    try:
        day = date.fromisoformat(form.get(name, ""))
    except ValueError:
        raise FieldMalformed(name) from None
    if not _FIRST_DAY <= day <= _LAST_DAY:
        raise FieldMalformed(name)
    return day


def is_sure(form: Mapping[str, str]) -> bool:
    """Whether this is the second step: what would happen was shown, and confirmed."""
    return form.get("sure") == "yes"


class _TakenBack(Exception):
    """Nothing of the unit is kept."""


async def rehearsed(office: Office, unit: Unit[T]) -> T:
    """What a unit of work would answer now; nothing of it is kept. It answers plain values. Raises
    what the unit raises.
    """
    answers: list[T] = []

    def run(db: Session) -> None:
        answers.append(unit(db))
        raise _TakenBack

    try:
        await office.units.write(run, durable=False)
    except _TakenBack:
        return answers[-1]
    raise AssertionError("a rehearsal was kept")


def names(db: Session) -> dict[str, str]:
    """Everybody who acts by name, as the journal calls them → their name: who works or worked
    here, and the partners.
    """
    partners = {f"partner:{each.id}": each.name for each in everybody(db)}
    staff = {f"staff:{who}": name for who, name in db.exec(select(Staff.id, Staff.name))}
    return partners | staff


def called(db: Session, customer_id: str) -> str:
    """A customer's name, the family's first."""
    customer = db.get_one(Customer, customer_id)
    return f"{customer.family_name} {customer.given_name or ''}".strip()
