"""Grading on the page of a piece (検品・状態評価, R-084, R-092): axis by axis, with what shows it.

POST /console/items/{code}/grade    somebody's look; of a dear piece the first or the second; of one
                                    that is still with the customer, of its pictures: provisional
POST /console/items/{code}/settle   which grade holds after two disagreed
"""

from datetime import datetime

from fastapi import APIRouter
from sqlmodel import Session

from catalog.grading import actions as grading
from catalog.grading.checklists import CHECKLISTS
from catalog.grading.rules import Evidence, Region, Seen, ShotFacts
from catalog.grading.scale import Grade
from catalog.ground.record import AssetId, UnitId
from catalog.items import custody
from catalog.items.kinds import Category, UnitState
from catalog.items.tables import Style, Unit
from handoff.console.door import Visit
from handoff.console.item_changes import LONGEST_WORDS, Form, key_of, offer, text
from handoff.console.office import Office
from handoff.staff.permissions import Act
from media.assets.tables import Asset
from media.intake import shots
from media.renditions import queries as renditions


def add(made: APIRouter, office: Office) -> None:
    """The addresses of both."""
    offer(made, office, "grade", Act.GRADE, _grade)
    offer(made, office, "settle", Act.GRADE, _settle)


def _grade(db: Session, unit: Unit, visit: Visit, form: Form) -> None:
    if by_pictures(unit):
        grading.grade_photos(
            db, UnitId(unit.id), seen_in(db, unit, form), _shots(db, unit),
            by=visit.session.actor.name, now=visit.now, key=key_of(form, visit),
        )  # fmt: skip
        return
    grading.grade(
        db, UnitId(unit.id), seen_in(db, unit, form), override=_override(form),
        reason=text(form, "reason", LONGEST_WORDS) or None,
        by=visit.session.actor.name, now=visit.now, key=key_of(form, visit),
    )  # fmt: skip


def by_pictures(unit: Unit) -> bool:
    """Whether there is nothing of it here yet but what the customer sent."""
    return UnitState(unit.state) in {UnitState.EXPECTED, UnitState.IN_TRANSIT_IN}


def _shots(db: Session, unit: Unit) -> ShotFacts:
    category = Category(db.get_one(Style, unit.style_id).category)
    return shots.of_units(db, {UnitId(unit.id): category})[UnitId(unit.id)]


def _settle(db: Session, unit: Unit, visit: Visit, form: Form) -> None:
    grading.settle(
        db, UnitId(unit.id), seen_in(db, unit, form), override=_override(form),
        reason=text(form, "reason", LONGEST_WORDS), is_manager=visit.may(Act.APPROVE),
        by=visit.session.actor.name, now=visit.now, key=key_of(form, visit),
    )  # fmt: skip


def _override(form: Form) -> Grade | None:
    told = form.get("override", "")
    return Grade(told) if told in set(Grade) else None


def seen_in(db: Session, unit: Unit, form: Form) -> Seen:
    """The scores of the form; a capture chosen for an axis shows it as a whole, one of an earlier
    stay nothing.
    """
    back = custody.came_back(custody.steps_of(db, UnitId(unit.id)))
    checklist = CHECKLISTS[Category(db.get_one(Style, unit.style_id).category)]
    axes: dict[str, int] = {}
    evidence: dict[str, tuple[Evidence, ...]] = {}
    for axis in checklist.axes:
        score = form.get(f"axis_{axis.id}", "")
        if score.isascii() and score.isdigit() and len(score) == 1:
            axes[axis.id] = int(score)
        shown = _evidence(db, unit, form.get(f"asset_{axis.id}", ""), back)
        if shown is not None:
            evidence[axis.id] = (shown,)
    return Seen(
        axes, evidence, is_new=form.get("is_new") == "yes", for_parts=form.get("for_parts") == "yes"
    )


def _evidence(db: Session, unit: Unit, asset_id: str, back: datetime | None) -> Evidence | None:
    asset = db.get(Asset, asset_id) if asset_id else None
    if asset is None or asset.unit_id != unit.id:
        return None
    if back is not None and asset.captured_at < back:
        return None
    shown = renditions.of_asset(db, AssetId(asset.id))
    width, height = (shown.width, shown.height) if shown is not None else (None, None)
    return Evidence(AssetId(asset.id), Region(0, 0, width or 1, height or 1))
