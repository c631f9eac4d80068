"""The cameras' places (撮影台) while they are at work: which piece is before each, what came in and
what is missing of it, as it happens (R-004, R-006).

    GET  /console/stations         every station, and the form that opens a session at one
    GET  /console/stations/live    the part that changes
    POST /console/stations/open    from now on what the station gives belongs to this piece
    POST /console/stations/close   what is open there ends

A photographed tag does the same without the console. Not here: sending files in from a browser
(`station`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from catalog.grading import queries as grading
from catalog.grading import shotlists
from catalog.ground.errors import Malformed, Missing
from catalog.ground.record import AssetId, UnitId
from catalog.items.tables import Unit
from handoff.console.door import HOME, Visit, checked, onward, who
from handoff.console.item import PieceMissing, unit_of
from handoff.console.naming import names_of
from handoff.console.office import Office
from handoff.console.pages import page
from handoff.staff.permissions import Act
from media.assets.kinds import Occasion
from media.assets.tables import Asset
from media.intake import asides, lapsing, sessions, tasks
from media.intake.stations import Station
from media.intake.tables import CaptureSession
from media.renditions import queries as renditions
from media.renditions.queries import Showable
from media.report import queries
from media.report.queries import Progress

_LATEST = 12
_SHOWN_TASKS = 30
_SILENT = timedelta(minutes=10)  # a folder nobody looked through for so long has a reason


class StationMissing(Missing):
    """There is no such station."""


class OccasionMalformed(Malformed):
    """No occasion a piece is captured for."""


@dataclass(frozen=True, slots=True)
class Sitting:
    """One open session. `came`: the latest captures of it; `guides`: how a missing shot is taken,
    by its code.
    """

    row: CaptureSession
    unit: Unit
    progress: Progress
    count: int
    came: Sequence[tuple[Asset, Showable | None]]
    guides: Mapping[str, Showable]


def add(made: APIRouter, office: Office) -> None:
    """The addresses of the stations."""

    @made.get("/stations")
    async def stations(request: Request, done: str = "", code: str = "") -> Response:
        visit = await who(office, request)
        facts = await office.units.read(lambda db: _facts(db, visit, office))
        told = {"done": done if done.isalpha() else "", "told": {"code": code[:40]}}
        return page("stations", visit.lang, {**facts, **told})

    @made.get("/stations/live")
    async def live(request: Request) -> Response:
        visit = await who(office, request, is_sign=False)  # the page asks by itself
        facts = await office.units.read(lambda db: _facts(db, visit, office))
        return page("_stations", visit.lang, facts)

    @made.post("/stations/open")
    async def open_one(request: Request) -> Response:
        visit, form = await checked(office, request, Act.CAPTURE)
        station = _named(office, form.get("station", ""))
        occasion = _occasion(form.get("occasion", ""))

        def unit(db: Session) -> None:
            piece = unit_of(db, form.get("code", ""))
            by = visit.session.actor.name
            sessions.open_at(db, station, UnitId(piece.id), occasion=occasion, by=by, now=visit.now)

        try:
            await office.units.write(unit)
        except PieceMissing:
            facts = await office.units.read(lambda db: _facts(db, visit, office))
            unknown = form.get("code", "")[:40]
            told = {"done": "", "unknown": unknown, "told": {"code": unknown}}
            return page("stations", visit.lang, {**facts, **told}, status=404)
        return onward(f"{HOME}/stations?done=opened", request)

    @made.post("/stations/close")
    async def close_one(request: Request) -> Response:
        visit, form = await checked(office, request, Act.CAPTURE)
        station = _named(office, form.get("station", ""))
        by = visit.session.actor.name
        await office.units.write(lambda db: sessions.close_at(db, station, by=by, now=visit.now))
        return onward(f"{HOME}/stations?done=closed", request)


def _named(office: Office, name: str) -> Station:
    found = next((each for each in office.stations if each.name == name), None)
    if found is None:
        raise StationMissing("no such station")
    return found


def _occasion(told: str) -> Occasion | None:
    if told and told not in set(Occasion):
        raise OccasionMalformed("no such occasion")
    return Occasion(told) if told else None


def _facts(db: Session, visit: Visit, office: Office) -> dict[str, Any]:
    sittings = {
        each.name: [_sitting(db, row) for row in sessions.open_sessions(db, each, now=visit.now)]
        for each in office.stations
    }
    operators = [one.row.operator for rows in sittings.values() for one in rows]
    looks = {each.name: asides.last_look(db, each.name) for each in office.stations}
    return {
        "visit": visit,
        "now": visit.now,
        "looks": looks,
        "is_silent": {
            name: looked is None or visit.now - looked > _SILENT for name, looked in looks.items()
        },
        "asides": {each.name: asides.of_station(db, each.name) for each in office.stations},
        "stations": office.stations,
        "sittings": sittings,
        "names": names_of(db, operators),
        "tasks": tasks.open_tasks(db, limit=_SHOWN_TASKS),
        "occasions": list(Occasion),
        "hours": lapsing.terms(db).session_hours,
    }


def _sitting(db: Session, row: CaptureSession) -> Sitting:
    """Of a session with an occasion only what came in during it counts."""
    unit_id = UnitId(row.unit_id)
    came = sessions.captures_of(db, row.id)
    if row.occasion is None:
        progress = queries.progress(db, unit_id)
    else:
        checklist = shotlists.current(db, grading.category_of(db, unit_id))
        progress = queries.covered(db, checklist, came)
    return Sitting(
        row,
        db.get_one(Unit, unit_id),
        progress,
        len(came),
        [(each, renditions.of_asset(db, AssetId(each.id))) for each in came[::-1][:_LATEST]],
        guides_of(db, progress),
    )


def guides_of(db: Session, progress: Progress) -> dict[str, Showable]:
    """The pictures that show how the missing shots are taken, by the shots' codes."""
    shown = {
        each.code: renditions.of_asset(db, AssetId(each.guide))
        for each in progress.missing
        if each.guide is not None
    }
    return {code: picture for code, picture in shown.items() if picture is not None}
