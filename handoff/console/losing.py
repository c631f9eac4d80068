"""A piece of the shop's own that is lost or too damaged to sell, and one that is there again
(紛失・破損).

POST /console/items/{code}/lost        off sale at once, with the reason
POST /console/items/{code}/found       back to where it stood, with the reason

Not here: a consigned one, which its contract compensates, and one that is sold or promised.
"""

from fastapi import APIRouter
from sqlmodel import Session

from catalog.ground.record import UnitId
from catalog.items import freezing
from catalog.items.tables import Unit
from handoff.console.door import Visit
from handoff.console.item_changes import LONGEST_WORDS, Form, key_of, offer, text
from handoff.console.office import Office
from handoff.staff.permissions import Act


def add(made: APIRouter, office: Office) -> None:
    """The addresses of both."""
    offer(made, office, "lost", Act.APPROVE, _lost)
    offer(made, office, "found", Act.APPROVE, _found)


def _lost(db: Session, unit: Unit, visit: Visit, form: Form) -> None:
    reason, by = text(form, "reason", LONGEST_WORDS), visit.session.actor.name
    key = key_of(form, visit)
    freezing.lose(db, UnitId(unit.id), reason=reason, by=by, now=visit.now, key=key)


def _found(db: Session, unit: Unit, visit: Visit, form: Form) -> None:
    reason, by = text(form, "reason", LONGEST_WORDS), visit.session.actor.name
    key = key_of(form, visit)
    freezing.found(db, UnitId(unit.id), reason=reason, by=by, now=visit.now, key=key)
