"""A piece that lies with a retailer for a time (預け, R-034): lent, and given back.

POST /console/items/{code}/lend        to which partner, and until when
POST /console/items/{code}/back        it is back where it lay before

It stays in its state and on sale; the partner sees it among what they have of ours.
"""

from collections.abc import Mapping
from datetime import date

from fastapi import APIRouter
from sqlmodel import Session

from catalog.ground.calendar import tokyo_day
from catalog.ground.record import UnitId
from catalog.items.places import actions
from catalog.items.tables import Unit
from catalog.partners import queries as partners
from handoff.console.asked import FieldMalformed, day_of
from handoff.console.door import Visit
from handoff.console.item_changes import HolderUnknown, key_of, offer
from handoff.console.office import Office
from handoff.staff.permissions import Act

Form = Mapping[str, str]


def add(made: APIRouter, office: Office) -> None:
    """The addresses."""
    offer(made, office, "lend", Act.EDIT_PIECE, _lend)
    offer(made, office, "back", Act.EDIT_PIECE, _back)


def _lend(db: Session, unit: Unit, visit: Visit, form: Form) -> None:
    told = form.get("firm", "").strip()
    partner = partners.by_code(db, told)
    if partner is None:
        raise HolderUnknown(told)
    due_on = _due_on(form, visit)
    by, key = visit.session.actor.name, key_of(form, visit)
    actions.lend(db, UnitId(unit.id), partner, due_on=due_on, by=by, now=visit.now, key=key)


def _due_on(form: Form, visit: Visit) -> date | None:
    """Raises FieldMalformed for a day that is over."""
    if not form.get("due_on", "").strip():
        return None
    day = day_of(form, "due_on")
    if day < tokyo_day(visit.now):
        raise FieldMalformed("due_on")
    return day


def _back(db: Session, unit: Unit, visit: Visit, form: Form) -> None:
    actions.take_back(db, UnitId(unit.id), by=visit.session.actor.name, now=visit.now)
