"""The originals of one piece are checked now (原本の検査, R-008): every copy is read and hashed,
and the page says in words what was found.

    GET  /console/items/{code}/check   the words alone, while it goes on
    POST /console/items/{code}/check   begin
"""

from typing import Any

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from catalog.ground.record import UnitId
from handoff.console.door import HOME, checked, onward, who
from handoff.console.item import checked_of, unit_of
from handoff.console.office import Office
from handoff.console.pages import page
from handoff.staff.permissions import Act
from media.retention import checking


def add(made: APIRouter, office: Office) -> None:
    """The addresses of the check."""

    @made.get("/items/{code}/check")
    async def look(request: Request, code: str) -> Response:
        visit = await who(office, request)

        def read(db: Session) -> dict[str, Any]:
            unit = unit_of(db, code)
            return {"visit": visit, "unit": unit, **checked_of(db, UnitId(unit.id))}

        return page("_item_check", visit.lang, await office.units.read(read))

    @made.post("/items/{code}/check")
    async def begin(request: Request, code: str) -> Response:
        visit, _ = await checked(office, request, Act.CAPTURE)

        def unit(db: Session) -> str:
            found = unit_of(db, code)
            by = visit.session.actor.name
            checking.ask(db, UnitId(found.id), by=by, now=visit.now)
            return found.code

        written = await office.units.write(unit)
        return onward(f"{HOME}/items/{written}#check", request)
