"""The capture station (撮影の取り込み): files of cameras, cards and telephones, from a browser.

    GET  /console/station    where files are chosen, dropped and pasted; `?code=` of a piece
    POST /console/station    the same without scripts: a plain form with files

With scripts the files go by tus to `/upload` (`js/station.js`), which resumes over lines that
break; `uploader` is the door of those addresses. What was sent goes the way of a hot folder.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlmodel import Session
from starlette.datastructures import UploadFile

from catalog.ground.errors import Malformed, Missing, Refused, Unavailable
from catalog.items.queries import id_of_code
from catalog.items.tables import Unit
from catalog.items.words import code_of
from handoff.console.door import (
    NotFromHere,
    NotSignedIn,
    Visit,
    checked_with_files,
    need_same_origin,
    who,
)
from handoff.console.office import Office
from handoff.console.pages import page
from handoff.console.scripts import script
from handoff.console.stations import guides_of
from handoff.staff import sessions
from handoff.staff.permissions import Act, NotAllowed
from media.assets.kinds import Occasion, Part
from media.intake import tasks
from media.intake.uploads import rules
from media.intake.uploads.queries import Whereabouts
from media.intake.uploads.receiving import PIECE, Receiving
from media.intake.uploads.rules import NotAnUploader, Uploader
from media.report import queries

MOST_FILES = 50
_FIELDS = ("code", "part", "occasion")
_SHOWN_TASKS = 30
_READ_ONLY = frozenset({"GET", "HEAD", "OPTIONS"})


class UploadsOff(Unavailable):
    """This process takes no files in."""


def uploader(office: Office) -> Callable[[Request], Awaitable[Uploader]]:
    """Who sends files to `/upload`: somebody signed in whose role takes captures in, from our own
    page of that session, which tells its proof in a header. Anybody else gets one answer.
    """

    async def look(request: Request) -> Uploader:
        try:
            if request.method not in _READ_ONLY:
                need_same_origin(office, request)
            visit = await who(office, request, Act.CAPTURE)
        except (NotSignedIn, NotAllowed, NotFromHere):
            raise NotAnUploader from None
        if not sessions.is_csrf(visit.session, request.headers.get("x-csrf", "")):
            raise NotAnUploader
        return _sender(visit)

    return look


def _sender(visit: Visit) -> Uploader:
    return Uploader(visit.session.staff_id, visit.session.actor.name)


def add(made: APIRouter, office: Office) -> None:
    """The address of the station."""

    @made.get("/station")
    async def station(request: Request, code: str = "", part: str = "") -> Response:
        visit = await who(office, request, Act.CAPTURE)
        told = {"code": code[:40], "part": part}
        facts = await office.units.read(lambda db: _facts(db, visit, told))
        return page("station", visit.lang, facts)

    @made.post("/station")
    async def sent(request: Request) -> Response:
        async with checked_with_files(
            office, request, Act.CAPTURE, most=_most(office), files=MOST_FILES
        ) as (visit, form, files):
            chosen = [each for each in files if each.filename]
            told = {field: form.get(field, "")[:40] for field in _FIELDS}
            problem, came = await _taken(office, visit, told, chosen)
        facts = await office.units.read(lambda db: _facts(db, visit, told))
        more = {"came": came, "problem": problem}
        return page("station", visit.lang, {**facts, **more}, status=422 if problem else 200)


def _most(office: Office) -> int:
    return office.uploads.dock.terms.largest if office.uploads is not None else 0


def _facts(db: Session, visit: Visit, told: dict[str, str]) -> dict[str, Any]:
    """What the page tells; `piece`: the one that was chosen, if there is such a one."""
    written = code_of(told["code"]) if told["code"] else None
    unit_id = id_of_code(db, written) if written else None
    progress = queries.progress(db, unit_id) if unit_id is not None else None
    return {
        "visit": visit,
        "now": visit.now,
        "told": {"occasion": "", **told},
        "piece": db.get(Unit, unit_id) if unit_id is not None else None,
        "progress": progress,
        "guides": guides_of(db, progress) if progress is not None else {},
        "tasks": tasks.open_tasks(db, limit=_SHOWN_TASKS),
        "parts": list(Part),
        "occasions": list(Occasion),
        "came": [],
        "problem": "",
        "island": script("station.js"),
    }


async def _taken(
    office: Office, visit: Visit, told: dict[str, str], files: Sequence[UploadFile]
) -> tuple[str, list[Whereabouts]]:
    """What was wrong, by name, and where each file went."""
    came: list[Whereabouts] = []
    if not files:
        return "NoFile", came
    receiving = office.uploads
    if receiving is None:
        raise UploadsOff("no files are taken in here")
    try:
        for each in files:
            came.append(await _one(receiving, visit, told, each))
    except (Malformed, Missing, Refused) as refused:
        return type(refused).__name__, came
    return "", came


async def _one(
    receiving: Receiving, visit: Visit, told: dict[str, str], file: UploadFile
) -> Whereabouts:
    sender, length = _sender(visit), file.size or 0
    wanted = rules.told_of({**told, "path": file.filename or ""})
    row = await receiving.begin(sender, length, wanted)
    await receiving.append(sender, row.id, 0, _chunks(file), size=length)
    return await receiving.where(sender, row.id)


async def _chunks(file: UploadFile) -> AsyncIterator[bytes]:
    while chunk := await file.read(PIECE):
        yield chunk
