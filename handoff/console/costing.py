"""What a piece cost besides its buying price (原価, R-098): freight, fees, repair.

POST /console/items/{code}/cost        one amount; a correction takes from it and stays beside it
"""

from fastapi import APIRouter
from sqlmodel import Session

from catalog.ground.money import Yen
from catalog.ground.record import UnitId
from catalog.items.tables import Unit
from catalog.orders import costs
from catalog.orders.states import CostKind
from handoff.console.asked import FieldMalformed, maybe_words, yen_of
from handoff.console.door import Visit
from handoff.console.item_changes import Form, key_of, offer
from handoff.console.office import Office
from handoff.staff.permissions import Act

_MOST_NOTE = 200


def add(made: APIRouter, office: Office) -> None:
    """The address."""
    offer(made, office, "cost", Act.PAY, _cost)


def _cost(db: Session, unit: Unit, visit: Visit, form: Form) -> None:
    if form.get("kind") not in set(CostKind):
        raise FieldMalformed("kind")
    amount = yen_of(form, "amount")
    if form.get("less") == "yes":
        amount = Yen(-amount)
    note, by = maybe_words(form, "note", most=_MOST_NOTE), visit.session.actor.name
    costs.note(
        db, UnitId(unit.id), CostKind(form["kind"]), amount, note=note, by=by, now=visit.now,
        key=key_of(form, visit),
    )  # fmt: skip
