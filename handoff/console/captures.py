"""Captures (撮影): what is owed to whom and by when, what has not arrived, and the tray of files
nobody could match (R-021).

    GET  /console/captures         what the morning digest tells, and every open task
    POST /console/captures/close   a task ends: by a capture that is there, or not to be done
    GET  /console/tray             files without a piece, with what they may be and why; with
                                   `list=aside` those that are no capture
    POST /console/tray/assign      one of them shows this piece
"""

from pathlib import PurePath
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session

from catalog.ground.errors import Missing
from catalog.ground.record import AssetId, CaptureTaskId, UnitId
from conversations.reminders import captures
from handoff.console.correcting import changes_of, offered
from handoff.console.door import HOME, Visit, checked, onward, who
from handoff.console.item import PieceMissing, unit_of
from handoff.console.naming import names_of, speakers_of
from handoff.console.office import Office
from handoff.console.pages import page
from handoff.staff.permissions import Act
from media.assets import queries as assets
from media.assets.kinds import Part, Readiness
from media.assets.tables import Asset
from media.intake import tasks
from media.intake.naming import item_hint
from media.intake.receive import assign
from media.intake.stations import station_of
from media.intake.suggesting import suggest
from media.intake.tables import CaptureTask
from media.renditions import queries as renditions

AT_ONCE = 50
_MOST_OFFERED = 10

Offset = Annotated[int, Query(ge=0, le=1_000_000)]


class TaskMissing(Missing):
    """No such task."""


def add(made: APIRouter, office: Office) -> None:
    """The addresses of captures and tray."""

    @made.get("/captures")
    async def owed(request: Request, done: str = "", offset: Offset = 0) -> Response:
        visit = await who(office, request)
        facts = await office.units.read(lambda db: _owed(db, visit, offset))
        return page("captures", visit.lang, {**facts, "done": done if done.isalpha() else ""})

    @made.post("/captures/close")
    async def close(request: Request) -> Response:
        visit, form = await checked(office, request, Act.CAPTURE)
        asset = form.get("asset", "")

        def unit(db: Session) -> None:
            task = db.get(CaptureTask, form.get("task", ""))
            if task is None:
                raise TaskMissing("no such task")
            shown = db.get(Asset, asset) if asset else None
            if asset and (shown is None or shown.unit_id != task.unit_id):
                raise assets.AssetMissing(asset)
            tasks.close_by_staff(
                db, CaptureTaskId(task.id), asset_id=AssetId(asset) if asset else None,
                by=visit.session.actor.name, now=visit.now,
            )  # fmt: skip

        await office.units.write(unit)
        return onward(f"{HOME}/captures?done={'shown' if asset else 'dropped'}", request)

    @made.get("/tray")
    async def tray(
        request: Request,
        done: str = "",
        offset: Offset = 0,
        which: Annotated[str, Query(alias="list")] = "",
    ) -> Response:
        visit = await who(office, request)
        lists = _aside if which == "aside" else _tray
        facts = await office.units.read(lambda db: lists(db, visit, office, offset))
        return page("tray", visit.lang, {**facts, "done": done if done.isalpha() else ""})

    @made.post("/tray/assign")
    async def match(request: Request) -> Response:
        visit, form = await checked(office, request, Act.CAPTURE)
        part = form.get("part", "")

        def unit(db: Session) -> None:
            piece = unit_of(db, form.get("code", ""))
            assign(
                db, AssetId(form.get("asset", "")), UnitId(piece.id),
                part=Part(part) if part in set(Part) else None,
                actor=visit.session.actor.name, now=visit.now,
            )  # fmt: skip

        try:
            await office.units.write(unit)
        except PieceMissing:
            facts = await office.units.read(lambda db: _tray(db, visit, office, 0))
            told = {**facts, "done": "", "unknown": form.get("code", "")[:40]}
            return page("tray", visit.lang, told, status=404)
        return onward(f"{HOME}/tray?done=assigned", request)


def _owed(db: Session, visit: Visit, offset: int) -> dict[str, Any]:
    open_now = tasks.open_tasks(db, limit=AT_ONCE, offset=offset)
    told = captures.digest(db, now=visit.now)
    waiters = tasks.waiters_of(db, [task.task_id for task in open_now])
    conversations = [each.conversation for waiting in waiters.values() for each in waiting]
    conversations += [each.conversation for each in told.undelivered]
    return {
        "visit": visit,
        "now": visit.now,
        "tasks": open_now,
        "offset": offset,
        "step": AT_ONCE,
        "digest": told,
        "waiters": waiters,
        "names": speakers_of(db, conversations),
        "askers": names_of(db, [task.asked_by for task in open_now]),
        "there": {task.task_id: _there(db, task.unit_id) for task in open_now},
        "waiting_in_tray": assets.count_in_tray(db),
        "failed": assets.failed(db, limit=20),
    }


def _there(db: Session, unit_id: UnitId) -> list[Asset]:
    """What of the piece is there already, ready to be sent."""
    found = assets.of_unit(db, unit_id)
    return [each for each in found if each.readiness == Readiness.WHOLE][:_MOST_OFFERED]


def _tray(db: Session, visit: Visit, office: Office, offset: int) -> dict[str, Any]:
    lying = assets.tray(db, limit=AT_ONCE, offset=offset)
    return {
        **_list(db, visit, offset, is_aside=False),
        "tray": [
            {
                "asset": each,
                "shown": renditions.of_asset(db, AssetId(each.id)),
                "hints": suggest(db, each, office.stations),
                "part": each.part or item_hint(PurePath(each.source)).part,
                "station": station_of(office.stations, each.source),
            }
            for each in lying
        ],
    }


def _aside(db: Session, visit: Visit, office: Office, offset: int) -> dict[str, Any]:
    """What is no capture, with who said so and why."""
    lying = assets.laid_aside(db, limit=AT_ONCE, offset=offset)
    acts = {each.id: next(iter(changes_of(db, AssetId(each.id))), None) for each in lying}
    return {
        **_list(db, visit, offset, is_aside=True),
        "tray": [
            {
                "asset": each,
                "shown": renditions.of_asset(db, AssetId(each.id)),
                "act": acts[each.id],
                "station": station_of(office.stations, each.source),
            }
            for each in lying
        ],
        "names": names_of(db, [each.actor for each in acts.values() if each is not None]),
    }


def _list(db: Session, visit: Visit, offset: int, *, is_aside: bool) -> dict[str, Any]:
    return {
        "visit": visit,
        "now": visit.now,
        "is_aside": is_aside,
        "waiting": assets.count_in_tray(db),
        "laid_aside": assets.count_laid_aside(db),
        "offset": offset,
        "step": AT_ONCE,
        **offered(),
    }
