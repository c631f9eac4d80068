"""The first page (本日の対応): what the shop owes, list by list, and looking for anything (検索).

GET /console                          desk lists with counts and their first rows
GET /console?list=&offset=            a page of one of them
GET /console/search?q=                customers, pieces and messages at once
GET /console/search?q=&part=&offset=  a page of one of these
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
from handoff.desk.search import Part

Asked = Annotated[str, Query(alias="q", max_length=200)]
Offset = Annotated[int, Query(ge=0, le=1_000_000)]
Which = Annotated[str, Query(alias="list", max_length=20)]
SHOWN = 100
FOUND = 20  # of each part of what is found
_FURTHEST = 10_000
FIRST = 5  # of each list, where no list is chosen


def add(made: APIRouter, office: Office) -> None:
    """The addresses of the first page and of looking for something."""

    @made.get("")
    async def start(request: Request, which: Which = "", offset: Offset = 0) -> Response:
        visit = await who(office, request)
        chosen = DeskList(which) if which in set(DeskList) else None
        most, skipped = (FIRST, 0) if chosen is None else (SHOWN, offset)

        def look(db: Session) -> dict[str, Any]:
            hours, actor = office.terms.hours(db), visit.session.actor
            counts = lists.counts(db, hours=hours, now=visit.now, actor=actor)
            wanted = [each for each in DeskList if counts[each]] if chosen is None else [chosen]
            return {
                "counts": counts,
                "booked": appointments.count_on(db, tokyo_day(visit.now)),
                "talks": inbox.counts(db, visit.session.staff_id, hours=hours, now=visit.now),
                "owed": {
                    each: owed.shown(
                        db,
                        each,
                        lists.rows(
                            db,
                            each,
                            hours=hours,
                            now=visit.now,
                            actor=actor,
                            limit=most,
                            offset=skipped,
                        ),
                    )
                    for each in wanted
                },
            }

        facts = await office.units.read(look)
        told = {
            "visit": visit, "which": chosen.value if chosen else "", "now": visit.now,
            "offset": skipped, "step": most,
        }  # fmt: skip
        return page("start", visit.lang, {**told, **facts})

    @made.get("/search")
    async def find(
        request: Request,
        asked: Asked = "",
        part: Annotated[str, Query(max_length=20)] = "",
        offset: Annotated[int, Query(ge=0, le=_FURTHEST)] = 0,
    ) -> Response:
        visit = await who(office, request)
        only = Part(part) if part in set(Part) else None
        found = await office.units.read(
            lambda db: search.everything(
                db, office.readers, asked, visit.session.actor, only=only, offset=offset,
                limit=FOUND,
            )
        )  # fmt: skip
        facts = {
            "visit": visit, "asked": asked, "found": found, "now": visit.now, "only": only,
            "offset": offset if only is not None else 0, "step": FOUND,
        }  # fmt: skip
        return page("search", visit.lang, facts)
