"""What is photographed of each category (撮影リスト), as versions the shop may write (R-004).

Version 1 is in the code; every later one is a row and none is ever changed, because a condition
report names the version it was held against. Not here: which captures show a shot (`media/intake`).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from catalog.grading.checklists import CHECKLISTS, Shot
from catalog.grading.tables import ShotList
from catalog.ground import journal
from catalog.ground.errors import Malformed, Missing, Stale
from catalog.ground.session.database import insert_once
from catalog.items.kinds import Category

FIRST = 1
MOST_SHOTS = 60
LONGEST_LABEL = 80
_CODE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_LONGEST_CODE = 40


class ShotListMissing(Missing):
    """No such version of that category."""


class ShotListMoved(Stale):
    """Somebody wrote a newer version first. `version`: the one in force."""

    def __init__(self, version: int) -> None:
        super().__init__(f"version {version} is in force by now")
        self.version = version


class ShotListMalformed(Malformed):
    """A list nobody could photograph by. `code`: the shot, `reason`: what is wrong with it."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(f"shot {code!r} {reason}")
        self.code = code
        self.reason = reason


@dataclass(frozen=True, slots=True)
class InForce:
    """One version of a category's list."""

    category: Category
    version: int
    shots: tuple[Shot, ...]
    written_by: str | None = None
    written_at: datetime | None = None

    def shot(self, code: str) -> Shot | None:
        """The shot with that code."""
        return next((each for each in self.shots if each.code == code), None)


def current(db: Session, category: Category) -> InForce:
    """The version in force."""
    row = db.exec(
        select(ShotList)
        .where(ShotList.category == category.value)
        .order_by(col(ShotList.version).desc())
        .limit(1)
    ).first()
    return _of_row(row) if row is not None else _first(category)


def version(db: Session, category: Category, number: int) -> InForce:
    """One version. Raises ShotListMissing."""
    if number == FIRST:
        return _first(category)
    row = db.get(ShotList, (category.value, number))
    if row is None:
        raise ShotListMissing(f"{category.value} {number}")
    return _of_row(row)


def versions(db: Session, category: Category) -> list[InForce]:
    """Every version, the newest first."""
    rows = db.exec(
        select(ShotList)
        .where(ShotList.category == category.value)
        .order_by(col(ShotList.version).desc())
    )
    return [*(_of_row(row) for row in rows), _first(category)]


def write(
    db: Session,
    category: Category,
    shots: Sequence[Shot],
    *,
    after: int,
    by: str,
    now: datetime,
) -> InForce:
    """A new version, in force from now on; `after`: the version it was written from. The same
    shots again change nothing. Raises ShotListMoved, ShotListMalformed.
    """
    check(shots)
    before = current(db, category)
    if before.version != after:
        raise ShotListMoved(before.version)
    if before.shots == tuple(shots):
        return before
    values = {
        "category": category.value,
        "version": after + 1,
        "shots": [asdict(each) for each in shots],
        "written_by": by,
        "written_at": now,
    }
    if not insert_once(db, ShotList, values):
        raise ShotListMoved(after + 1)
    facts = {"version": after + 1, "shots": [each.code for each in shots]}
    journal.record(db, f"shot_list:{category.value}", "written", actor=by, at=now, facts=facts)
    return InForce(category, after + 1, tuple(shots), by, now)


def check(shots: Sequence[Shot]) -> None:
    """Raises ShotListMalformed."""
    if not any(each.is_required for each in shots):
        raise ShotListMalformed("", "is missing: nothing would be required")
    if len(shots) > MOST_SHOTS:
        raise ShotListMalformed(shots[MOST_SHOTS].code, "is one too many")
    known: set[str] = set()
    for each in shots:
        if not _CODE.fullmatch(each.code) or len(each.code) > _LONGEST_CODE:
            raise ShotListMalformed(each.code, "has a code of other signs than a-z, 0-9 and _")
        if each.code in known:
            raise ShotListMalformed(each.code, "stands there twice")
        if not each.told.strip() or max(len(each.told), len(each.told_en)) > LONGEST_LABEL:
            raise ShotListMalformed(each.code, "needs a short label")
        known.add(each.code)


def label(shot: Shot, lang: str) -> str:
    """What it is called in the language: Japanese where there is no English."""
    return shot.told if lang == "ja" or not shot.told_en else shot.told_en


def _first(category: Category) -> InForce:
    return InForce(category, FIRST, CHECKLISTS[category].shots)


def _of_row(row: ShotList) -> InForce:
    return InForce(
        Category(row.category),
        row.version,
        tuple(_shot(each) for each in row.shots),
        row.written_by,
        row.written_at,
    )


def _shot(told: Mapping[str, Any]) -> Shot:
    return Shot(**told)
