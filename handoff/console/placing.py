"""Where pieces lie (保管場所, R-097): the shop's places, which of them send and hand over, and at
which one a piece is.

POST /console/hours/place              a shop or warehouse, or what has changed about it
POST /console/items/{code}/put         it lies there from now on
"""

from collections.abc import Mapping

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from catalog.ground.record import UnitId
from catalog.items.places import actions, queries
from catalog.items.places.actions import PlaceMissing
from catalog.items.places.tables import StockPlace
from catalog.items.tables import Unit
from handoff.console.asked import FieldMalformed, count_of, words_of
from handoff.console.door import HOME, Visit, checked, onward
from handoff.console.item_changes import Form, offer
from handoff.console.office import Office
from handoff.staff.permissions import Act

_LONGEST_NAME = 40


def add(made: APIRouter, office: Office) -> None:
    """The addresses."""
    offer(made, office, "put", Act.EDIT_PIECE, _put)

    @made.post("/hours/place")
    async def place(request: Request) -> Response:
        visit, form = await checked(office, request, Act.PLAN)
        name, rank = words_of(form, "name", most=_LONGEST_NAME), count_of(form, "rank", most=99)
        if ":" in name:
            raise FieldMalformed("name")
        await office.units.write(lambda db: _open(db, name, rank, form, visit))
        return onward(f"{HOME}/hours?done=saved#places", request)


def _open(db: Session, name: str, rank: int, form: Mapping[str, str], visit: Visit) -> None:
    """The first place that is named does not take away the one where everything lies until then."""
    by, now = visit.session.actor.name, visit.now
    if name != queries.SHOP and not _is_known(db):
        actions.open_place(
            db, queries.SHOP, rank=0, ships=True, hands_over=True, by=by, now=now
        )  # fmt: skip
    actions.open_place(
        db, name, rank=rank, ships=form.get("ships") == "yes",
        hands_over=form.get("hands_over") == "yes", by=by, now=now,
    )  # fmt: skip


def _is_known(db: Session) -> bool:
    return db.get(StockPlace, queries.SHOP) is not None


def _put(db: Session, unit: Unit, visit: Visit, form: Form) -> None:
    place = form.get("place", "").strip()
    if place not in {each.name for each in queries.places(db)}:
        raise PlaceMissing(place)
    actions.put(db, UnitId(unit.id), place, by=visit.session.actor.name, now=visit.now)
