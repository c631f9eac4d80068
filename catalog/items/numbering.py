"""Unit codes (商品番号): letters of the category and a running number, never given twice."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import BigInteger, cast, func, update
from sqlmodel import Session, col, select

from catalog.ground.session.database import insert_once
from catalog.items.tables import CodeNumber, Unit

_LONGEST_RUN = 9  # digits; a longer number in a list is no running number of ours
_FIRST = 10_000


def next_code(db: Session, letters: str) -> str:
    """The next free code with these letters. Two workers get two numbers: the counter's row is
    held until the caller's transaction ends.
    """
    while True:
        code = f"{letters}-{_next_number(db, letters)}"
        if db.exec(select(Unit.id).where(Unit.code == code)).first() is None:
            return code


def _next_number(db: Session, letters: str) -> int:
    number = _bump(db, letters)
    if number is None:
        insert_once(db, CodeNumber, {"letter": letters, "last": _highest(db, letters)})
        number = _bump(db, letters)
        assert number is not None
    return number


def _bump(db: Session, letters: str) -> int | None:
    return (
        db.connection()
        .execute(
            update(CodeNumber)
            .where(col(CodeNumber.letter) == letters)
            .values(last=CodeNumber.last + 1)
            .returning(col(CodeNumber.last))
        )
        .scalar()
    )


def _highest(db: Session, letters: str) -> int:
    digits: Any = func.substr(Unit.code, len(letters) + 2)
    highest = db.exec(
        select(func.max(cast(digits, BigInteger))).where(
            col(Unit.code).startswith(f"{letters}-", autoescape=True),
            func.length(digits) <= _LONGEST_RUN,
        )
    ).one()
    return max(highest or 0, _FIRST)


def note_codes(db: Session, codes: Iterable[str]) -> None:
    """Codes that came from elsewhere (an import): the counter goes on after them."""
    highest: dict[str, int] = {}
    for code in codes:
        letters, digits = code.split("-")
        if len(digits) <= _LONGEST_RUN:
            highest[letters] = max(highest.get(letters, 0), int(digits))
    for letters, number in sorted(highest.items()):
        db.connection().execute(
            update(CodeNumber)
            .where(col(CodeNumber.letter) == letters, col(CodeNumber.last) < number)
            .values(last=number)
        )
