"""Verbs on grades: appraise, agree or differ, settle, correct (検品・再評価).

Versions are only added. A dear piece is graded by two people: the first version waits, the second
makes it final or shows the difference, a third person or a manager settles that (R-092).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from catalog.grading.checklists import SCALE_VERSION
from catalog.grading.queries import IN_HAND, category_of, latest
from catalog.grading.rules import (
    Seen,
    ShotFacts,
    Standing,
    check_axes,
    needs_second,
    overall,
    provisional,
)
from catalog.grading.scale import Grade
from catalog.grading.tables import GradeAlias, Grading
from catalog.ground import journal, policy, worklist
from catalog.ground.errors import Malformed, Refused
from catalog.ground.journal import Command
from catalog.ground.money import Yen
from catalog.ground.record import PartnerId, UnitId
from catalog.items.actions import ReasonMissing, change, locked
from catalog.items.kinds import IN_CUSTODY, UnitState
from catalog.items.tables import Unit
from catalog.items.terms import ItemTerms
from catalog.items.words import plain_key

SECOND = "second_grading"
SETTLE = "settle_grading"


class SameGrader(Refused):
    """The second look at a piece, or the settling of two, needs another person. `who`."""

    def __init__(self, who: str) -> None:
        super().__init__(f"{who} has graded it already")
        self.who = who


class PieceNotHere(Refused):
    """Only a piece in the dealer's hands is graded. `code`, `state`."""

    def __init__(self, code: str, state: str) -> None:
        super().__init__(f"{code} is {state}, not in hand")
        self.code = code
        self.state = state


class NothingToSettle(Refused):
    """No two graders disagree about the piece. `code`."""

    def __init__(self, code: str) -> None:
        super().__init__(f"{code}: nobody disagrees")
        self.code = code


class AliasMalformed(Malformed):
    """An empty word for a grade."""


@dataclass(frozen=True, slots=True)
class Graded:
    """A version that was written: its number, the grade, what it is worth."""

    unit_id: UnitId
    version: int
    grade: Grade
    standing: Standing


@dataclass(frozen=True, slots=True)
class _Version:
    """What a new version says."""

    grade: Grade
    standing: Standing
    source: str
    seen: Seen
    is_override: bool = False
    reason: str | None = None
    before: int | None = None


def grade(
    db: Session,
    unit_id: UnitId,
    seen: Seen,
    *,
    value: Yen | None = None,
    override: Grade | None = None,
    reason: str | None = None,
    by: str,
    now: datetime,
    key: str,
) -> Graded:
    """One person's look at a piece. `value`: the offer being made, where there is no list price;
    `override`: another grade than the axes make, which needs a reason.

    While a dear piece waits for its second grader, the next look is that one; it must be another
    person's. Raises UnitMissing, PieceNotHere, AxisMalformed, ReasonMissing, SameGrader.
    """
    request = _request("grade", unit_id, seen, value=value, override=override, reason=reason)
    stored = journal.stored_result(db, key, request)
    if stored is not None:
        return _graded(unit_id, stored)
    _need_reason(override, reason)
    unit = _in_hand(db, unit_id)
    made = overall(category_of(db, unit_id), seen)
    given = override or made
    limit = Yen(policy.current(db).of(ItemTerms).second_grader_from)
    before = latest(db, unit_id, *IN_HAND)
    is_dear = needs_second(value, limit=limit) or needs_second(_price(unit), limit=limit)
    standing, earlier = Standing.FINAL, None
    if before is not None and before.standing == Standing.FIRST:
        if before.graded_by == by:
            raise SameGrader(by)
        standing = Standing.FINAL if before.grade == given else Standing.DIFFERS
        earlier = before.version
    elif is_dear:
        standing, earlier = _first_or_second(before, given, by)
    version = _Version(given, standing, "staff", seen, override is not None, reason, earlier)
    return _write(db, unit, version, by=by, now=now, key=key, request=request)


def _in_hand(db: Session, unit_id: UnitId) -> Unit:
    unit = locked(db, unit_id)
    if UnitState(unit.state) not in IN_CUSTODY:
        raise PieceNotHere(unit.code, unit.state)
    return unit


def _first_or_second(before: Grading | None, given: Grade, by: str) -> tuple[Standing, int | None]:
    """A dear piece: somebody else's final grade of before (it was cheaper then) counts as the first
    look, when both see the same.
    """
    is_lone = before is not None and before.standing == Standing.FINAL
    if before is None or not is_lone or before.version_before is not None:
        return Standing.FIRST, None
    agrees = before.axes is not None and before.graded_by != by and before.grade == given
    return (Standing.FINAL, before.version) if agrees else (Standing.FIRST, None)


def _price(unit: Unit) -> Yen | None:
    return Yen(unit.price) if unit.price is not None else None


def _need_reason(override: Grade | None, reason: str | None) -> None:
    if override is not None and not (reason or "").strip():
        raise ReasonMissing("another grade than the axes make")


def settle(
    db: Session,
    unit_id: UnitId,
    seen: Seen,
    *,
    reason: str,
    override: Grade | None = None,
    by: str,
    is_manager: bool,
    now: datetime,
    key: str,
) -> Graded:
    """A third person, or a manager, says which grade holds after two disagreed (R-092).

    Raises UnitMissing, PieceNotHere, NothingToSettle, SameGrader, ReasonMissing, AxisMalformed.
    """
    request = _request("settle", unit_id, seen, override=override, reason=reason)
    stored = journal.stored_result(db, key, request)
    if stored is not None:
        return _graded(unit_id, stored)
    if not reason.strip():
        raise ReasonMissing("settling a grade")
    unit = _in_hand(db, unit_id)
    second = latest(db, unit_id, *IN_HAND)
    if second is None or second.standing != Standing.DIFFERS:
        raise NothingToSettle(unit.code)
    first = latest(db, unit_id, Standing.FIRST)
    if not is_manager and by in {second.graded_by, first.graded_by if first else ""}:
        raise SameGrader(by)
    given = override or overall(category_of(db, unit_id), seen)
    version = _Version(
        given, Standing.FINAL, "staff", seen, override is not None, reason, second.version
    )
    return _write(db, unit, version, by=by, now=now, key=key, request=request)


def grade_photos(
    db: Session,
    unit_id: UnitId,
    seen: Seen,
    shots: ShotFacts,
    *,
    by: str,
    now: datetime,
    key: str,
) -> Graded:
    """A first look at a customer's photos: provisional, whoever gives it. Raises UnitMissing,
    AxisMalformed.
    """
    request = {**_request("photos", unit_id, seen), "shots": sorted(shots.taken)}
    stored = journal.stored_result(db, key, request)
    if stored is not None:
        return _graded(unit_id, stored)
    unit = locked(db, unit_id)
    category = category_of(db, unit_id)
    check_axes(category, seen.axes, whole=False)
    version = _Version(provisional(category, seen, shots), Standing.PROVISIONAL, "photos", seen)
    return _write(db, unit, version, by=by, now=now, key=key, request=request)


def _request(act: str, unit_id: UnitId, seen: Seen, **more: Any) -> dict[str, Any]:
    return {act: unit_id, **_columns(seen), **more}


def _columns(seen: Seen) -> dict[str, Any]:
    evidence = {
        axis: [
            {
                "asset": each.asset,
                "region": [each.region.x, each.region.y, each.region.width, each.region.height],
            }
            for each in told
        ]
        for axis, told in seen.evidence.items()
    }
    found = {"is_new": seen.is_new, "for_parts": seen.for_parts}
    return {"axes": dict(seen.axes), "evidence": evidence, "found": found}


def _graded(unit_id: UnitId, stored: Any) -> Graded:
    return Graded(unit_id, stored["version"], Grade(stored["grade"]), Standing(stored["standing"]))


def _write(
    db: Session,
    unit: Unit,
    version: _Version,
    *,
    by: str,
    now: datetime,
    key: str,
    request: dict[str, Any],
) -> Graded:
    before = latest(db, UnitId(unit.id))
    number = before.version + 1 if before is not None else 1
    row = Grading(
        unit_id=unit.id,
        version=number,
        grade=version.grade.value,
        standing=version.standing.value,
        source=version.source,
        scale_version=SCALE_VERSION,
        is_override=version.is_override,
        reason=version.reason,
        version_before=version.before,
        graded_by=by,
        graded_at=now,
        **_columns(version.seen),
    )
    db.add(row)
    db.flush()
    graded = Graded(UnitId(unit.id), number, version.grade, version.standing)
    told = {"version": number, "grade": graded.grade.value, "standing": graded.standing.value}
    command = Command(key, request, told)
    values: dict[str, Any] = {}
    if version.standing is Standing.FINAL:
        values = {"grade": version.grade.value, "graders": 1 if version.before is None else 2}
    change(db, unit, values, by=by, now=now, verb="graded", facts=told, command=command)
    _ask_for_more(db, graded, now=now)
    return graded


def _ask_for_more(db: Session, graded: Graded, *, now: datetime) -> None:
    task = {Standing.FIRST: SECOND, Standing.DIFFERS: SETTLE}.get(graded.standing)
    if task is not None:
        about = f"unit:{graded.unit_id}"
        worklist.task(db, task, about, due_at=now, now=now, once=str(graded.version))


def call_it_no_more(db: Session, alias: str, *, partner: PartnerId, by: str, now: datetime) -> bool:
    """The partner's word for a grade means nothing of its own any more; False when it did not."""
    row = db.get(GradeAlias, (partner, plain_key(alias) or ""))
    if row is None:
        return False
    facts = {"alias": row.alias_key, "means": row.grade}
    db.delete(row)
    db.flush()
    about = f"partner:{partner}"
    journal.record(db, about, "grade_called_no_more", actor=by, at=now, facts=facts)
    return True


def call_it(
    db: Session, alias: str, means: Grade, *, partner: PartnerId | None, by: str, now: datetime
) -> None:
    """What a partner (None: everybody) calls one of our grades, from now on. Raises
    AliasMalformed.
    """
    key = plain_key(alias)
    if key is None:
        raise AliasMalformed("a word for a grade is empty")
    db.merge(
        GradeAlias(
            partner_id=partner or "",
            alias_key=key,
            grade=means.value,
            written_by=by,
            written_at=now,
        )
    )
    db.flush()
    about = f"partner:{partner}" if partner else "shop"
    facts = {"alias": key, "means": means.value}
    journal.record(db, about, "grade_called", actor=by, at=now, facts=facts)
