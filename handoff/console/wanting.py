"""Staff ask colleagues for a capture of a piece (撮影を頼む, R-021): what, and by when. It stands
among what is to be captured, and in the morning's count, until it is there.

POST /console/items/{code}/want
"""

from fastapi import APIRouter
from sqlmodel import Session

from catalog.ground.record import UnitId
from catalog.items.tables import Unit
from handoff.console.door import Visit
from handoff.console.item_changes import Form, offer
from handoff.console.moving import ahead
from handoff.console.office import Office
from handoff.staff.permissions import Act
from media.assets.kinds import AssetKind, Part
from media.intake import tasks


def add(made: APIRouter, office: Office) -> None:
    """The address."""
    offer(made, office, "want", Act.CAPTURE, _want)


def _want(db: Session, unit: Unit, visit: Visit, form: Form) -> None:
    part, kind = form.get("part", ""), form.get("kind", "")
    tasks.want(
        db, UnitId(unit.id), part=Part(part) if part in set(Part) else None,
        kind=AssetKind(kind) if kind in set(AssetKind) else None,
        due_at=ahead(form.get("due", ""), now=visit.now), by=visit.session.actor.name,
        now=visit.now,
    )  # fmt: skip
