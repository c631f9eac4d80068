"""Reads on grades: the version that holds, every version, what two graders disagree on, and why a
grade is what it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from catalog.grading.checklists import CHECKLISTS, SCALE_VERSION
from catalog.grading.rubric import BY_CATEGORY, GRADES, score_told
from catalog.grading.rules import (
    Evidence,
    GradeFacts,
    Region,
    Seen,
    Standing,
    appraisal_gate,
    needs_second,
    worn,
)
from catalog.grading.scale import BEST_FIRST, Grade
from catalog.grading.tables import GradeAlias, Grading
from catalog.ground import policy
from catalog.ground.money import Yen
from catalog.ground.record import AssetId, PartnerId, UnitId
from catalog.items import custody
from catalog.items.kinds import Category
from catalog.items.tables import Style, Unit
from catalog.items.terms import ItemTerms
from catalog.items.words import plain_key

IN_HAND = (Standing.FINAL, Standing.FIRST, Standing.DIFFERS)  # by people who held the piece


def versions(db: Session, unit_id: UnitId) -> list[Grading]:
    """Every version of the unit's grade, oldest first."""
    return list(
        db.exec(select(Grading).where(Grading.unit_id == unit_id).order_by(col(Grading.version)))
    )


def latest(db: Session, unit_id: UnitId, *standings: Standing) -> Grading | None:
    """The newest version, of these standings when any are named."""
    query = select(Grading).where(Grading.unit_id == unit_id)
    if standings:
        query = query.where(col(Grading.standing).in_([each.value for each in standings]))
    return db.exec(query.order_by(col(Grading.version).desc()).limit(1)).first()


def seen_in(row: Grading) -> Seen:
    """What the grader of that version saw."""
    found = row.found or {}
    return Seen(
        axes=row.axes or {},
        evidence={
            axis: tuple(_evidence(each) for each in told)
            for axis, told in (row.evidence or {}).items()
        },
        is_new=bool(found.get("is_new")),
        for_parts=bool(found.get("for_parts")),
    )


def _evidence(told: Mapping[str, Any]) -> Evidence:
    return Evidence(AssetId(told["asset"]), Region(*told["region"]))


def category_of(db: Session, unit_id: UnitId) -> Category:
    """What kind of piece it is."""
    return Category(
        db.exec(select(Style.category).where(Unit.style_id == Style.id, Unit.id == unit_id)).one()
    )


def is_of_before(db: Session, unit_id: UnitId) -> bool:
    """Whether the grade was given in an earlier stay: the piece came back, and nobody has graded it
    since.
    """
    since = custody.that_came_back(db, [unit_id]).get(unit_id)
    row = latest(db, unit_id, *IN_HAND) or latest(db, unit_id)
    return since is not None and (row is None or row.graded_at < since)


def facts_of(db: Session, unit_id: UnitId) -> GradeFacts | None:
    """The newest version as the publish gate asks for it; a first look at photos only where there
    is nothing else.
    """
    row = latest(db, unit_id, *IN_HAND) or latest(db, unit_id)
    if row is None:
        return None
    return GradeFacts(
        grade=Grade(row.grade),
        standing=Standing(row.standing),
        graders=2 if row.version_before is not None else 1,
        seen=seen_in(row),
    )


def lacking(db: Session, unit_id: UnitId, *, value: Yen | None = None) -> list[str]:
    """What the unit's grade lacks before it counts as appraised; `value`: the offer being made."""
    unit = db.get_one(Unit, unit_id)
    limit = Yen(policy.current(db).of(ItemTerms).second_grader_from)
    price = Yen(unit.price) if unit.price is not None else None
    return appraisal_gate(
        category_of(db, unit_id),
        facts_of(db, unit_id),
        is_dear=needs_second(price, limit=limit) or needs_second(value, limit=limit),
    )


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two graders of one piece. `axes`: the scores that differ, first and second."""

    unit_id: UnitId
    code: str
    first_by: str
    second_by: str
    first: Grade
    second: Grade
    axes: Mapping[str, tuple[int | None, int | None]]
    since: datetime


def disagreement(db: Session, unit_id: UnitId) -> Disagreement | None:
    """What two graders of a piece see differently and nobody has settled yet (R-092)."""
    second = latest(db, unit_id, *IN_HAND)
    if second is None or second.standing != Standing.DIFFERS:
        return None
    first = db.exec(
        select(Grading).where(Grading.unit_id == unit_id, Grading.version == second.version_before)
    ).one()
    one, other = first.axes or {}, second.axes or {}
    names = [name for name in sorted({*one, *other}) if one.get(name) != other.get(name)]
    return Disagreement(
        unit_id=unit_id,
        code=db.exec(select(Unit.code).where(Unit.id == unit_id)).one(),
        first_by=first.graded_by,
        second_by=second.graded_by,
        first=Grade(first.grade),
        second=Grade(second.grade),
        axes={name: (one.get(name), other.get(name)) for name in names},
        since=second.graded_at,
    )


@dataclass(frozen=True, slots=True)
class Reason:
    """One axis that is not at its best. `told`: the axis and its score in the shop's words."""

    axis: str
    score: int
    told: str
    assets: tuple[AssetId, ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """A grade explained. `key` and `category_key` name the definitions in any language; `reasons`:
    this piece's own, the worst first.
    """

    grade: Grade
    key: str
    category_key: str
    definition: str
    of_category: str
    reasons: tuple[Reason, ...]
    is_provisional: bool
    scale_version: int


def explain(db: Session, unit_id: UnitId) -> Explained | None:
    """Why the unit has its grade (R-085); None while it has none."""
    row = latest(db, unit_id, Standing.FINAL) or latest(db, unit_id, Standing.PROVISIONAL)
    if row is None:
        return None
    category = category_of(db, unit_id)
    seen = seen_in(row)
    standard = definition(category, Grade(row.grade))
    reasons = tuple(
        Reason(
            axis.id,
            seen.axes[axis.id],
            f"{axis.told}: {score_told(axis.id, seen.axes[axis.id])}",
            tuple(each.asset for each in seen.evidence.get(axis.id, ())),
        )
        for axis in worn(category, seen.axes)
    )
    return Explained(
        grade=standard.grade,
        key=standard.key,
        category_key=standard.category_key,
        definition=standard.definition,
        of_category=standard.of_category,
        reasons=reasons,
        is_provisional=row.standing == Standing.PROVISIONAL,
        scale_version=row.scale_version,
    )


@dataclass(frozen=True, slots=True)
class Definition:
    """What a grade means, in general and for a category."""

    grade: Grade
    key: str
    category_key: str
    definition: str
    of_category: str


def definition(category: Category, grade: Grade) -> Definition:
    """One line of the standard."""
    return Definition(
        grade=grade,
        key=f"grade.{grade.value}",
        category_key=f"grade.{category.value}.{grade.value}",
        definition=GRADES[grade],
        of_category=BY_CATEGORY[category][grade],
    )


def standard(category: Category) -> tuple[int, list[Definition], list[str]]:
    """The whole standard of a category (R-084): its version, every grade, every axis by name."""
    axes = [axis.told for axis in CHECKLISTS[category].axes]
    return SCALE_VERSION, [definition(category, grade) for grade in Grade], axes


# What is said of condition in the trade, whoever says it.
_COMMON = {
    "SA": Grade.S,
    "新品": Grade.N,
    "未使用": Grade.S,
    "新品同様": Grade.S,
    "極美品": Grade.A,
    "美品": Grade.AB,
    "ジャンク": Grade.J,
    "JUNK": Grade.J,
}


def words_of(db: Session, partner: PartnerId) -> Sequence[GradeAlias]:
    """What a partner calls our grades, the best grade's words first."""
    rows = db.exec(select(GradeAlias).where(GradeAlias.partner_id == partner)).all()
    place = {grade.value: n for n, grade in enumerate(BEST_FIRST)}
    return sorted(rows, key=lambda row: (place[row.grade], row.alias_key))


def read_grade(db: Session, told: str, *, partner: PartnerId | None = None) -> Grade | None:
    """Our grade for what somebody calls it: the partner's own word first, then what was noted for
    everybody, then the scale, then the trade's words. None: nobody knows it.
    """
    key = plain_key(told)
    if key is None:
        return None
    rows = db.exec(
        select(GradeAlias)
        .where(col(GradeAlias.partner_id).in_(["", partner or ""]), GradeAlias.alias_key == key)
        .order_by(col(GradeAlias.partner_id).desc())
    ).all()
    if rows:
        return Grade(rows[0].grade)
    known = {plain_key(grade.value): grade for grade in Grade}
    known |= {plain_key(word): grade for word, grade in _COMMON.items()}
    return known.get(key)
