"""The first page (本日の対応): what the shop owes, list by list, and looking for anything (検索).

GET /console                 desk lists with counts and their first rows, or one of them whole
GET /console/search?q=       customers, pieces and messages at once
"""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session

from catalog.ground.calendar import tokyo_day
from handoff.appointments import queries as appointments
from handoff.console import owed
from handoff.console.door import who
from handoff.console.office import Office
from handoff.console.pages import page
from handoff.desk import lists, search
from handoff.desk.inbox import queries as inbox
from handoff.desk.lists import DeskList

Asked = Annotated[str, Query(alias="q", max_length=200)]
Which = Annotated[str, Query(alias="list", max_length=20)]
SHOWN = 100
FIRST = 5  # of each list, where no list is chosen


def add(made: APIRouter, office: Office) -> None:
    """The addresses of the first page and of looking for something."""

    @made.get("")
    async def start(request: Request, which: Which = "") -> Response:
        visit = await who(office, request)
        chosen = DeskList(which) if which in set(DeskList) else None

        def look(db: Session) -> dict[str, Any]:
            hours = office.terms.hours(db)
            counts = lists.counts(db, hours=hours, now=visit.now)
            wanted = [each for each in DeskList if counts[each]] if chosen is None else [chosen]
            most = FIRST if chosen is None else SHOWN
            return {
                "counts": counts,
                "booked": appointments.count_on(db, tokyo_day(visit.now)),
                "talks": inbox.counts(db, visit.session.staff_id, hours=hours, now=visit.now),
                "owed": {
                    each: owed.shown(
                        db, each, lists.rows(db, each, hours=hours, now=visit.now, limit=most)
                    )
                    for each in wanted
                },
            }

        facts = await office.units.read(look)
        told = {"visit": visit, "which": chosen.value if chosen else "", "now": visit.now}
        return page("start", visit.lang, {**told, **facts})

    @made.get("/search")
    async def find(request: Request, asked: Asked = "") -> Response:
        visit = await who(office, request)
        found = await office.units.read(
            lambda db: search.everything(db, office.readers, asked, visit.session.actor)
        )
        facts = {"visit": visit, "asked": asked, "found": found, "now": visit.now}
        return page("search", visit.lang, facts)
