"""Pieces that customers look for and that are on sale now (探し物のご案内, R-120): where the shop
wishes to look first, somebody says whether the customer is told.

GET  /console/finds                   what was found for whom
POST /console/finds/{task}/tell       they are told, in the hours people may be written to
POST /console/finds/{task}/pass       not of this piece
"""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from sqlmodel import Session

from catalog.items import queries as items
from catalog.items.rules import CUSTOMER, STAFF
from catalog.items.wishes import actions
from catalog.items.wishes.actions import FindOver
from catalog.items.wishes.queries import drafts
from handoff.console.asked import called
from handoff.console.door import HOME, Visit, checked, onward, who
from handoff.console.office import Office
from handoff.console.pages import page
from handoff.staff.permissions import Act

Number = Annotated[int, Path(ge=0, le=2**62)]
Done = Annotated[str, Query(max_length=20)]


def add(made: APIRouter, office: Office) -> None:
    """The addresses of finds."""

    @made.get("/finds")
    async def everything(request: Request, done: Done = "") -> Response:
        visit = await who(office, request, Act.TALK)
        return await _page(office, visit, {"done": done})

    def of(name: str, verb: Callable[..., None], done: str) -> None:
        @made.post(f"/finds/{{task}}/{name}")
        async def decided(request: Request, task: Number) -> Response:
            visit, _ = await checked(office, request, Act.TALK)
            by, now = visit.session.actor.name, visit.now
            try:
                await office.units.write(lambda db: verb(db, task, by=by, now=now))
            except FindOver as over:
                return await _page(office, visit, {"problem": over.what}, status=409)
            return onward(f"{HOME}/finds?done={done}", request)

    of("tell", actions.approve, "told")
    of("pass", actions.pass_over, "passed")


async def _page(
    office: Office, visit: Visit, more: dict[str, Any], *, status: int = 200
) -> Response:
    rows = await office.units.read(_rows)
    told: dict[str, Any] = {"done": "", "problem": None}
    return page("finds", visit.lang, {"visit": visit, "rows": rows, **told, **more}, status=status)


def _rows(db: Session) -> list[dict[str, Any]]:
    found = []
    for each in drafts(db):
        customer = each.who.removeprefix(CUSTOMER)
        piece = items.by_id(db, each.unit, viewer=STAFF)
        found.append(
            {"of": each, "customer": customer, "name": called(db, customer), "piece": piece}
        )
    return found
