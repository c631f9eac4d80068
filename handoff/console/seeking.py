"""Looking for captures (撮影の検索, R-014).

GET /console/media?q=&part=&kind=&since=&until=&offset=
"""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session

from catalog.ground.record import AssetId
from handoff.console.door import who
from handoff.console.office import Office
from handoff.console.pages import page
from handoff.desk import footage
from handoff.desk.footage import Wanted
from media.assets.kinds import AssetKind, Part
from media.renditions import queries as renditions

AT_ONCE = 48
_FURTHEST = 10_000

Asked = Annotated[str, Query(alias="q", max_length=200)]
Offset = Annotated[int, Query(ge=0, le=_FURTHEST)]


def add(made: APIRouter, office: Office) -> None:
    """The address of the search."""

    @made.get("/media")
    async def seek(request: Request, asked: Asked = "", offset: Offset = 0) -> Response:
        visit = await who(office, request)
        told = request.query_params
        part, kind = told.get("part", ""), told.get("kind", "")
        wanted = Wanted(
            asked.strip(), Part(part) if part in set(Part) else None,
            AssetKind(kind) if kind in set(AssetKind) else None,
            _day(told.get("since", "")), _day(told.get("until", "")),
        )  # fmt: skip

        def look(db: Session) -> list[dict[str, Any]]:
            actor = visit.session.actor
            found = footage.find(db, wanted, actor, offset=offset, limit=AT_ONCE)
            return [
                {"of": each, "shown": renditions.of_asset(db, AssetId(each.asset.id))}
                for each in found
            ]

        rows = [] if wanted.is_nothing else await office.units.read(look)
        facts = {
            "visit": visit, "now": visit.now, "wanted": wanted, "asked": asked,
            "rows": rows[:AT_ONCE], "is_more": len(rows) > AT_ONCE, "offset": offset,
            "step": AT_ONCE, "parts": list(Part),
        }  # fmt: skip
        return page("media", visit.lang, facts)


def _day(told: str) -> date | None:
    try:
        day = date.fromisoformat(told)
    except ValueError:
        return None
    return day if date(1990, 1, 1) <= day <= date(2200, 1, 1) else None
