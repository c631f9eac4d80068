"""What of a capture is hidden outside the house (マスク): rectangles over serial numbers, drawn on
the picture or typed in per cent.

GET  /console/captures/{asset}/masks        the capture with its masks, and who drew them
POST /console/captures/{asset}/masks        one more
POST /console/captures/{asset}/masks/end    one fewer
GET  /console/bare/{bare}                   a picture or film without masks
GET  /console/bare/{bare}/{level}/{tile}    one tile of it

Whoever takes pictures draws; whoever grades sees what is hidden. Everybody else of the house sees
what customers see.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from catalog.ground.errors import Stale
from catalog.ground.record import AssetId, UnitId
from catalog.items.tables import Unit
from handoff.console.asked import FieldMalformed, count_of
from handoff.console.door import Visit, checked, onward, place, who
from handoff.console.item_changes import Form
from handoff.console.looking import picture
from handoff.console.naming import names_of
from handoff.console.office import Office
from handoff.console.pages import PRIVATE, page
from handoff.staff.permissions import Act
from media.assets.queries import asset_of
from media.comparing.queries import unit_of
from media.decoding.masking import WHOLE, Mask
from media.originals.store import ObjectMissing
from media.renditions import masks, tiles
from media.renditions import queries as renditions
from media.renditions.masks import Bare, BareMissing, MaskMalformed, MasksMoved
from media.renditions.tables import Recipe
from media.renditions.tiles import TileMissing, Tiles, TilesBroken
from media.sharing.passes import Passed
from media.sharing.serving import served

_LONGEST_NUMBER = 12
_MOST_SETS = 1_000_000
_SIDES = ("x", "y", "width", "height")


def add(made: APIRouter, office: Office) -> None:
    """The addresses of masks, and of what is under them."""
    _add_page(made, office)
    _add_bare(made, office)


def _add_page(made: APIRouter, office: Office) -> None:
    @made.get("/captures/{asset}/masks")
    async def masked(request: Request, asset: str, done: str = "") -> Response:
        visit = await who(office, request)
        facts = await office.units.read(lambda db: _facts(db, visit, AssetId(asset)))
        return page("masks", visit.lang, {**facts, "done": done if done.isalpha() else ""})

    @made.post("/captures/{asset}/masks")
    async def draw(request: Request, asset: str) -> Response:
        visit, form = await checked(office, request, Act.CAPTURE)

        def unit(db: Session) -> None:
            before, after = _before(db, AssetId(asset), form)
            by = visit.session.actor.name
            drawn = [*before, mask_of(form)]
            masks.draw(db, AssetId(asset), drawn, after=after, by=by, now=visit.now)

        return await _change(office, request, visit, AssetId(asset), form, unit)

    @made.post("/captures/{asset}/masks/end")
    async def end(request: Request, asset: str) -> Response:
        visit, form = await checked(office, request, Act.CAPTURE)

        def unit(db: Session) -> None:
            before, after = _before(db, AssetId(asset), form)
            gone = count_of(form, "mask")
            if not 1 <= gone <= len(before):
                raise MasksMoved
            by = visit.session.actor.name
            left = [each for n, each in enumerate(before, 1) if n != gone]
            masks.draw(db, AssetId(asset), left, after=after, by=by, now=visit.now)

        return await _change(office, request, visit, AssetId(asset), form, unit)


def _before(db: Session, asset_id: AssetId, form: Form) -> tuple[Sequence[Mask], int]:
    """What was drawn over. Raises AssetMissing, MasksMoved, FieldMalformed."""
    asset_of(db, asset_id)
    after = count_of(form, "after", most=_MOST_SETS)
    if masks.number_of(db, asset_id) != after:
        raise MasksMoved
    return masks.masks_of(masks.current(db, asset_id)), after


async def _change(
    office: Office,
    request: Request,
    visit: Visit,
    asset_id: AssetId,
    form: Form,
    unit: Callable[[Session], None],
) -> Response:
    """One act on the masks; what it refuses is told on their page."""
    try:
        await office.units.write(unit)
    except (MaskMalformed, MasksMoved, FieldMalformed) as refused:
        facts = await office.units.read(lambda db: _facts(db, visit, asset_id))
        told = {**facts, "done": "", "problem": type(refused).__name__, "typed": form}
        return page("masks", visit.lang, told, status=409 if isinstance(refused, Stale) else 422)
    return onward(f"{place('captures', asset_id)}/masks?done=drawn", request)


def _add_bare(made: APIRouter, office: Office) -> None:
    reader = Tiles(office.store)

    @made.api_route("/bare/{bare}", methods=["GET", "HEAD"])
    async def bare(request: Request, bare: str) -> Response:
        await who(office, request, Act.GRADE)
        row = await office.units.read(lambda db: masks.bare_of(db, bare))
        if row.recipe == Recipe.TILES:
            raise BareMissing
        told = Passed(row.key, row.sha256, row.bytes, row.mime)
        try:
            return await run_in_threadpool(
                served, office.store, told, request, accel_prefix=office.accel_prefix
            )
        except ObjectMissing:
            raise BareMissing from None

    @made.get("/bare/{bare}/{level}/{tile}")
    async def tile(request: Request, bare: str, level: str, tile: str) -> Response:
        await who(office, request, Act.GRADE)
        row = await office.units.read(lambda db: masks.bare_of(db, bare))
        if row.recipe != Recipe.TILES:
            raise TileMissing
        try:
            content = await run_in_threadpool(reader.tile, row.key, f"{level}/{tile}")
        except (ObjectMissing, TilesBroken):
            raise TileMissing from None
        return Response(content, media_type="image/jpeg", headers=PRIVATE)


def mask_of(form: Form) -> Mask:
    """The rectangle of a form, in per cent. Raises MaskMalformed."""
    told = []
    for side in _SIDES:
        written = form.get(side, "").strip()
        try:
            number = float(written) if len(written) <= _LONGEST_NUMBER else math.nan
        except ValueError:
            number = math.nan
        if not 0 <= number <= 100:  # nan is neither
            raise MaskMalformed
        told.append(round(number * WHOLE / 100))
    x, y, width, height = told
    return Mask(x, y, min(width, WHOLE - x), min(height, WHOLE - y))


def _facts(db: Session, visit: Visit, asset_id: AssetId) -> dict[str, Any]:
    asset = asset_of(db, asset_id)
    shown = renditions.of_asset(db, asset_id)
    sets = masks.history(db, asset_id)
    current = masks.masks_of(sets[-1] if sets else None)
    bare = masks.bare(db, asset_id) if visit.may(Act.GRADE) else {}
    unit_id = unit_of(db, asset)
    return {
        "visit": visit,
        "asset": asset,
        "unit": db.get(Unit, UnitId(unit_id)) if unit_id is not None else None,
        "shown": shown,
        "outside": picture(shown, asset),
        "bare": {recipe.value: row for recipe, row in bare.items()},
        "close": _close(bare),
        "masks": current,
        "number": sets[-1].number if sets else 0,
        "sets": sets,
        "names": names_of(db, [each.drawn_by for each in sets]),
        "most": masks.MOST,
    }


def _close(bare: dict[Recipe, Bare]) -> dict[str, Any] | None:
    """What a viewer must know of the unmasked picture."""
    full, whole = bare.get(Recipe.FULL), bare.get(Recipe.TILES)
    if full is None:
        return None
    told: dict[str, Any] = {
        "image": f"/console/bare/{full.id}", "width": full.width, "height": full.height,
        "um_per_px": None, "tiles": None, "pins": [],
    }  # fmt: skip
    if whole is not None:
        told |= {"tiles": f"/console/bare/{whole.id}/", **tiles.facts(whole.width, whole.height)}
    return told
