"""One capture looked at closely (拡大表示・チャプター, R-010): a picture with every pixel there is,
and a scale bar where its microscope told one; a film with chapters, and stills out of it.

GET  /console/captures/{asset}                     the page
GET  /console/captures/{asset}/chapters.vtt        the list its player reads
POST /console/captures/{asset}/chapter             something begins here
POST /console/captures/{asset}/chapter/end         no, it does not
POST /console/captures/{asset}/moment              a still of what it shows then
GET  /console/tiles/{rendition}/{level}/{tile}     one tile

What the newest report found in a capture stands in it as pins (`pins` of `picture`: points by parts
of its sides, each with a number and a name) and in a list beside it.
"""

import re
from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from catalog.grading import queries as grading
from catalog.grading import shotlists
from catalog.ground.record import AssetId, UnitId
from catalog.items.tables import Unit
from handoff.console.asked import FieldMalformed, words_of
from handoff.console.correcting import changes_of, offered
from handoff.console.door import Visit, checked, onward, place, who
from handoff.console.naming import names_of
from handoff.console.office import Office
from handoff.console.pages import PRIVATE, page
from handoff.staff.permissions import Act
from media import chapters
from media.assets.kinds import Part
from media.assets.queries import asset_of
from media.assets.tables import Asset
from media.comparing.queries import unit_of
from media.originals.store import ObjectMissing
from media.renditions import masks, moments, tiles
from media.renditions import queries as renditions
from media.renditions.queries import Showable
from media.renditions.tiles import TileMissing, Tiles, TilesBroken
from media.report import queries as reports
from media.report.rules import WHOLE, Mark, State
from media.report.tables import ReportFinding

_MOMENT = re.compile(r"(?:(\d{1,2}):)?(?:(\d{1,3}):)?(\d{1,5})(?:\.(\d{1,3}))?")
_KEPT = {**PRIVATE, "Cache-Control": "private, max-age=300"}


def add(made: APIRouter, office: Office) -> None:
    """The addresses of one capture and of tiles."""
    reader = Tiles(office.store)

    @made.get("/captures/{asset}")
    async def capture(request: Request, asset: str, done: str = "") -> Response:
        visit = await who(office, request)
        facts = await office.units.read(lambda db: _shown(db, visit, AssetId(asset)))
        return page("capture", visit.lang, {**facts, "done": done if done.isalpha() else ""})

    @made.get("/captures/{asset}/chapters.vtt")
    async def listed(request: Request, asset: str) -> Response:
        await who(office, request)
        told = await office.units.read(lambda db: _webvtt(db, AssetId(asset)))
        return Response(told, media_type="text/vtt; charset=utf-8", headers=PRIVATE)

    @made.post("/captures/{asset}/chapter")
    async def mark(request: Request, asset: str) -> Response:
        visit, form = await checked(office, request, Act.CAPTURE)
        at_ms, name = moment_of(form.get("at", "")), words_of(form, "words", most=200)
        part = form.get("part", "")

        def unit(db: Session) -> None:
            chapters.mark(
                db, AssetId(asset), at_ms, name, part=Part(part) if part in set(Part) else None,
                by=visit.session.actor.name, now=visit.now,
            )  # fmt: skip

        await office.units.write(unit)
        return onward(f"{place('captures', asset)}?done=marked", request)

    @made.post("/captures/{asset}/chapter/end")
    async def end(request: Request, asset: str) -> Response:
        visit, form = await checked(office, request, Act.CAPTURE)
        by, chapter = visit.session.actor.name, form.get("chapter", "")
        await office.units.write(
            lambda db: chapters.end(db, AssetId(asset), chapter, by=by, now=visit.now)
        )
        return onward(f"{place('captures', asset)}?done=ended", request)

    @made.post("/captures/{asset}/moment")
    async def still(request: Request, asset: str) -> Response:
        visit, form = await checked(office, request, Act.CAPTURE)
        at_ms = moment_of(form.get("at", ""))
        there = await office.units.write(
            lambda db: moments.ask(db, AssetId(asset), at_ms, now=visit.now)
        )
        done = "there" if there is not None else "asked"
        return onward(f"{place('captures', asset)}?done={done}", request)

    @made.get("/tiles/{rendition}/{level}/{tile}")
    async def tile(request: Request, rendition: str, level: str, tile: str) -> Response:
        await who(office, request)
        key = await office.units.read(lambda db: renditions.tiles_key(db, rendition))
        try:
            content = await run_in_threadpool(reader.tile, key, f"{level}/{tile}")
        except (ObjectMissing, TilesBroken):
            raise TileMissing from None
        return Response(content, media_type="image/jpeg", headers=_KEPT)


def moment_of(told: str) -> int:
    """`83.5`, `1:23.5` or `0:01:23` in milliseconds. Raises FieldMalformed."""
    found = _MOMENT.fullmatch(told.strip())
    if found is None or not told.isascii():
        raise FieldMalformed("at")
    first, second, seconds, rest = found.groups()
    hours, minutes = (first, second) if second is not None else (None, first)
    whole = (int(hours or 0) * 60 + int(minutes or 0)) * 60 + int(seconds)
    return whole * 1000 + int((rest or "0").ljust(3, "0"))


def picture(
    shown: Showable | None, asset: Asset, *, pins: Sequence[dict[str, Any]] = ()
) -> dict[str, Any] | None:
    """What a viewer must know of a picture: its tiles, or the one rendition that has all its
    pixels; None while nothing can be shown. `pins`: `x` and `y` in parts of its sides, `n`,
    `label`.
    """
    if shown is None or shown.full is None or shown.width is None or shown.height is None:
        return None
    told: dict[str, Any] = {
        "image": f"/console/media/{shown.full}",
        "width": shown.width,
        "height": shown.height,
        "um_per_px": asset.um_per_px,
        "tiles": None,
        "pins": list(pins),
    }
    if shown.tiles is not None and shown.tiles_size is not None:
        told |= {"tiles": f"/console/tiles/{shown.tiles}/", **tiles.facts(*shown.tiles_size)}
    return told


def _shown(db: Session, visit: Visit, asset_id: AssetId) -> dict[str, Any]:
    asset = asset_of(db, asset_id)
    shown = renditions.of_asset(db, asset_id)
    unit_id = unit_of(db, asset)
    changes = changes_of(db, asset_id)
    found = _found(db, unit_id, asset_id)
    return {
        "visit": visit,
        "asset": asset,
        "shown": shown,
        "unit": db.get(Unit, UnitId(unit_id)) if unit_id is not None else None,
        "picture": picture(shown, asset, pins=_pins(found)),
        "found": found,
        "chapters": [(each, _clock(each.at_ms)) for each in chapters.of(db, asset_id)],
        "stills": [(each, _clock(each.at_ms)) for each in moments.of(db, asset_id)],
        "shot_names": _shot_names(db, unit_id),
        **offered(),
        "changes": changes,
        "names": names_of(db, [each.actor for each in changes]),
        "masks": masks.masks_of(masks.current(db, asset_id)),
        "most_label": chapters.MOST_LABEL,
    }


def _found(db: Session, unit_id: str | None, asset_id: AssetId) -> list[ReportFinding]:
    """What the newest report that found something in this capture says of it, also one that is
    being written; never one that was corrected.
    """
    for report in reports.of_unit(db, UnitId(unit_id)) if unit_id is not None else ():
        found = [each for each in reports.findings(db, report.id) if each.asset_id == asset_id]
        if found and report.state != State.SUPERSEDED.value:
            return found
    return []


def _pins(found: Sequence[ReportFinding]) -> list[dict[str, Any]]:
    """Their names are those of the list."""
    at = [(each.number, Mark(each.x, each.y, each.width, each.height).centre) for each in found]
    return [{"n": number, "x": x / WHOLE, "y": y / WHOLE} for number, (x, y) in at]


def _shot_names(db: Session, unit_id: str | None) -> list[str]:
    """What the checklist calls its shots: a chapter of that name is told outside too."""
    if unit_id is None:
        return []
    category = grading.category_of(db, UnitId(unit_id))
    return [each.told for each in shotlists.current(db, category).shots]


def _webvtt(db: Session, asset_id: AssetId) -> str:
    asset_of(db, asset_id)
    shown = renditions.of_asset(db, asset_id)
    until = (shown.duration_ms or 0) if shown is not None else 0
    told = [(each.at_ms, each.label) for each in chapters.of(db, asset_id)]
    return chapters.webvtt(told, until_ms=until)


def _clock(at_ms: int) -> str:
    minutes, ms = divmod(at_ms, 60_000)
    return f"{minutes}:{ms // 1000:02}"
