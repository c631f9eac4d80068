"""Grading as pure decisions (状態評価): how axes make a grade, what photos alone are worth, when
two people must agree, what is missing before a piece may be listed. No clock, no I/O.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from catalog.grading.checklists import CHECKLISTS, Axis, Checklist, Shot
from catalog.grading.scale import BEST_FIRST, Grade
from catalog.ground.errors import Malformed
from catalog.ground.money import WHOLE, BasisPoints, Yen, unit_down
from catalog.ground.record import AssetId
from catalog.items.kinds import Category


class AxisMalformed(Malformed):
    """A score that cannot be: an axis the category does not have, one that is missing, or a score
    out of its range. `axis`, `why`.
    """

    def __init__(self, axis: str, why: str) -> None:
        super().__init__(f"{axis}: {why}")
        self.axis = axis
        self.why = why


class Standing(StrEnum):
    """What one version of a grade is worth."""

    FINAL = "final"  # holds
    PROVISIONAL = "provisional"  # from a customer's photos, never more than a first look
    FIRST = "first"  # waits for the second grader
    DIFFERS = "differs"  # the second grader sees another grade; a third person must settle it


@dataclass(frozen=True, slots=True)
class Region:
    """Where on a picture, or on a film's frame, in pixels from the upper left."""

    x: int
    y: int
    width: int
    height: int

    def __post_init__(self) -> None:
        if min(self.x, self.y) < 0 or min(self.width, self.height) < 1:
            raise AxisMalformed("region", "lies outside every picture")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What shows a score: an asset, and where on it."""

    asset: AssetId
    region: Region


@dataclass(frozen=True, slots=True)
class Seen:
    """What a grader saw. `is_new`: unused, complete, sealed; `for_parts`: does not work."""

    axes: Mapping[str, int]
    evidence: Mapping[str, Sequence[Evidence]] = field(default_factory=dict)
    is_new: bool = False
    for_parts: bool = False


def check_axes(category: Category, axes: Mapping[str, int], *, whole: bool = True) -> None:
    """Every axis of the category scored within its range (`whole` False: some of them). Raises
    AxisMalformed.
    """
    checklist = CHECKLISTS[category]
    for axis_id, score in axes.items():
        axis = checklist.axis(axis_id)
        if axis is None:
            raise AxisMalformed(axis_id, f"is no axis of a {category.value}")
        if isinstance(score, bool) or not isinstance(score, int) or not 0 <= score <= axis.best:
            raise AxisMalformed(axis_id, f"{score!r} is not between 0 and {axis.best}")
    missing = [axis.id for axis in checklist.axes if axis.id not in axes]
    if missing and (whole or not axes):
        raise AxisMalformed(missing[0], "is not scored")


def capped(grades: Sequence[Grade]) -> Grade:
    """The worst of the axes; but one that lies two steps or more below all others only caps the
    whole one step above itself (R-084).
    """
    ranks = sorted((BEST_FIRST.index(grade) for grade in grades), reverse=True)
    worst = ranks[0]
    stands_alone = len(ranks) > 1 and worst - ranks[1] >= 2
    return BEST_FIRST[worst - 1 if stands_alone else worst]


def overall(category: Category, seen: Seen) -> Grade:
    """The grade the axes make. All axes at their best is S, and N only for what is new; J is what
    does not work. Raises AxisMalformed.
    """
    check_axes(category, seen.axes)
    if seen.for_parts:
        return Grade.J
    grade = capped(_axis_grades(CHECKLISTS[category], seen.axes))
    return Grade.N if grade is Grade.S and seen.is_new else grade


def _axis_grades(checklist: Checklist, axes: Mapping[str, int]) -> list[Grade]:
    return [axis.grade(axes[axis.id]) for axis in checklist.axes if axis.id in axes]


def provisional(category: Category, seen: Seen, shots: "ShotFacts") -> Grade:
    """What a customer's photos are worth: the axes that could be seen, one step worse while shots
    are missing; never N, and never worse than C for missing shots alone. Raises AxisMalformed.
    """
    check_axes(category, seen.axes, whole=False)
    if seen.for_parts:
        return Grade.J
    grade = capped(_axis_grades(CHECKLISTS[category], seen.axes))
    return one_worse(grade) if missing_shots(category, shots) else grade


def one_worse(grade: Grade) -> Grade:
    """One step down; C and J stay."""
    if grade in {Grade.C, Grade.J}:
        return grade
    return BEST_FIRST[BEST_FIRST.index(grade) + 1]


def without_evidence(category: Category, seen: Seen) -> list[str]:
    """The axes that are not at their best and show nothing for it."""
    return [axis.id for axis in worn(category, seen.axes) if not seen.evidence.get(axis.id)]


def worn(category: Category, axes: Mapping[str, int]) -> list[Axis]:
    """The axes that are not at their best, the worst first: why the grade is what it is (R-085)."""
    found = [axis for axis in CHECKLISTS[category].axes if axes.get(axis.id, axis.best) < axis.best]
    return sorted(found, key=lambda axis: -BEST_FIRST.index(axis.grade(axes[axis.id])))


@dataclass(frozen=True, slots=True)
class ShotFacts:
    """Which shots of a piece there are, by their codes; the floor that keeps the media tells.

    `asked`: the list in force they were held against; None: the first version.
    """

    taken: frozenset[str] = frozenset()
    asked: tuple[Shot, ...] | None = None

    @property
    def required(self) -> tuple[Shot, ...]:
        """The shots of the list in force that must be there."""
        return tuple(shot for shot in self.asked or () if shot.is_required)

    @property
    def missing(self) -> tuple[Shot, ...]:
        """Those that are not, in the list's order."""
        return tuple(shot for shot in self.required if shot.code not in self.taken)

    @property
    def told(self) -> str:
        """`7/9`."""
        return f"{len(self.required) - len(self.missing)}/{len(self.required)}"


def missing_shots(category: Category, shots: ShotFacts) -> list[str]:
    """Required shots that are not there, in the checklist's order."""
    asked = CHECKLISTS[category].shots if shots.asked is None else shots.asked
    return [shot.code for shot in asked if shot.is_required and shot.code not in shots.taken]


@dataclass(frozen=True, slots=True)
class GradeFacts:
    """The latest version of a unit's grade, for the gate. `graders`: how many agreed on it."""

    grade: Grade
    standing: Standing
    graders: int
    seen: Seen


def needs_second(value: Yen | None, *, limit: Yen) -> bool:
    """Whether two people must grade it: list price or offer from the limit on (R-092)."""
    return value is not None and value >= limit


def appraisal_gate(
    category: Category, graded: GradeFacts | None, *, is_dear: bool = False
) -> list[str]:
    """What a grade lacks before a piece counts as appraised: `grade`, `second_grader`,
    `evidence:AXIS`; empty: nothing.
    """
    if graded is None or not _is_whole(category, graded):
        return ["grade"]
    is_settled = graded.standing is Standing.FINAL
    missing = [] if is_settled and not (is_dear and graded.graders < 2) else ["second_grader"]
    return missing + [f"evidence:{axis}" for axis in without_evidence(category, graded.seen)]


def publish_gate(
    category: Category,
    graded: GradeFacts | None,
    shots: ShotFacts,
    *,
    has_ledger_row: bool,
    is_dear: bool = False,
) -> list[str]:
    """What is missing before a piece may be listed; empty: nothing. Told as `grade`,
    `second_grader`, `evidence:AXIS`, `shot:CODE`, `ledger_row`.
    """
    missing = appraisal_gate(category, graded, is_dear=is_dear)
    missing += [f"shot:{code}" for code in missing_shots(category, shots)]
    if not has_ledger_row:
        missing.append("ledger_row")
    return missing


def _is_whole(category: Category, graded: GradeFacts) -> bool:
    """A person held the piece and scored every axis; a grade from a list did not."""
    if graded.standing is Standing.PROVISIONAL:
        return False
    return all(axis.id in graded.seen.axes for axis in CHECKLISTS[category].axes)


def list_price(reference: Yen, grade_bps: BasisPoints) -> Yen:
    """The list price a grade suggests, from what grade A sells for, rounded down as prices are
    (R-086).
    """
    return unit_down(Yen(reference * grade_bps // WHOLE))
