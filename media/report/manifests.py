"""What an issued report says of itself (状態報告書の内容): put together once, when it is issued,
and frozen as canonical JSON. Not here: the verb that freezes it (`actions`), its print
(`certificates`).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session

from catalog.grading import queries as grading
from catalog.grading import shotlists
from catalog.grading.checklists import SCALE_VERSION, Shot
from catalog.grading.rules import Standing
from catalog.ground.errors import Refused
from catalog.ground.record import UnitId, to_millis
from catalog.items.tables import Style, Unit
from media.assets.kinds import Occasion
from media.report import queries
from media.report.rules import MANIFEST_VERSION, UNGRADED, masked
from media.report.tables import ConditionReport, ReportFinding


class ShotsMissing(Refused):
    """Required shots are not there. `missing`: them, in the checklist's order; `told`: `7/9`."""

    def __init__(self, missing: Sequence[Shot], told: str) -> None:
        super().__init__(f"{told}, missing: {', '.join(each.code for each in missing)}")
        self.missing = tuple(missing)
        self.told = told


class ReportUngraded(Refused):
    """The piece has no final grade, which this occasion needs. `code`: of the piece."""

    def __init__(self, code: str) -> None:
        super().__init__(f"{code} is not graded")
        self.code = code


class PictureTakenOff(Refused):
    """Findings are in pictures that do not show the piece (any more). `numbers`: which."""

    def __init__(self, numbers: Sequence[int]) -> None:
        super().__init__(f"findings {', '.join(map(str, numbers))} are in others' pictures")
        self.numbers = tuple(numbers)


def manifest(
    db: Session, report: ConditionReport, code: str, *, by: str, now: datetime
) -> dict[str, Any]:
    """All the report says, of itself: nothing that is printed or shown later comes from elsewhere.
    A required shot that is not there stands in it with who did without it, and why.

    Raises ShotsMissing, ReportUngraded, PictureTakenOff.
    """
    unit = db.get_one(Unit, report.unit_id)
    unit_id = UnitId(unit.id)
    style = db.get_one(Style, unit.style_id)
    checklist = shotlists.version(db, grading.category_of(db, unit_id), report.checklist_version)
    taken = queries.counted(db, report)
    covered = queries.covered(db, checklist, taken, waived=report.waived)
    if covered.missing:
        raise ShotsMissing(covered.missing, covered.told)
    found = queries.findings(db, report.id)
    pinned = queries.pictured(db, found)
    elsewhere = {each.id for each in pinned.values() if each.unit_id != unit_id}
    if elsewhere:
        raise PictureTakenOff([each.number for each in found if each.asset_id in elsewhere])
    shown = {each.id: each for each in [*pinned.values(), *taken]}
    return {
        "manifest": MANIFEST_VERSION,
        "report": report.id,
        "code": code,
        "occasion": report.occasion,
        "unit": {
            "id": unit.id,
            "code": unit.code,
            "title": unit.title,
            "category": style.category,
            "serial": masked(unit.serial),
        },
        "checklist": {
            "version": checklist.version,
            "shots": [
                {
                    "code": shot.code,
                    "told": shot.told,
                    "told_en": shot.told_en,
                    "required": shot.is_required,
                    "asset": covered.shown[shot.code].id if shot.code in covered.shown else None,
                    "waived": covered.waived.get(shot.code),
                }
                for shot in checklist.shots
            ],
        },
        "captures": [
            {
                "asset": each.id,
                "sha256": each.sha256,
                "kind": each.kind,
                "part": each.part,
                "captured_at": to_millis(each.captured_at),
                "log_number": each.log_number,
            }
            for each in sorted(shown.values(), key=lambda each: (each.captured_at, each.id))
        ],
        "grade": _grade(db, unit, Occasion(report.occasion)),
        "findings": [_told(each) for each in found],
        "summary": report.summary,
        "supersedes": _superseded(db, report),
        "issued_at": to_millis(now),
        "issued_by": by,
    }


def _grade(db: Session, unit: Unit, occasion: Occasion) -> dict[str, Any] | None:
    row = grading.latest(db, UnitId(unit.id), Standing.FINAL)
    if row is not None:
        return {"scale": row.scale_version, "version": row.version, "grade": row.grade}
    if unit.grade is not None:
        return {"scale": SCALE_VERSION, "version": None, "grade": unit.grade}
    if occasion not in UNGRADED:
        raise ReportUngraded(unit.code)
    return None


def _told(each: ReportFinding) -> dict[str, Any]:
    return {
        "number": each.number,
        "asset": each.asset_id,
        "mark": [each.x, each.y, each.width, each.height],
        "kind": each.kind,
        "severity": each.severity,
        "told": each.told,
        "size_um": each.size_um,
        "first_seen": each.first_seen_report,
    }


def _superseded(db: Session, report: ConditionReport) -> dict[str, Any] | None:
    if report.supersedes_id is None:
        return None
    before = queries.report_of(db, report.supersedes_id)
    return {"report": before.id, "manifest": before.manifest_sha256}
