"""What the shop's other systems call about captures (撮影データの連携, R-101).

GET      /api/items/{code}/media    what shows a piece, latest first; keys with the scope `media`
GET|HEAD /api/media/{file}          one file of these, also a range of it; scope `media`
         /upload                    send captures in, as staff do (`key_door`); scope `capture`

Only what is made to be shown goes out, never an original, and of captures that show a piece. What
is not there, not known or not a piece's has one answer. Calls of a key come so fast at most.
"""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from sqlalchemy import false
from sqlmodel import Session, col, select
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from bot.bucket import Turnstile
from bot.keyholders import holder_of, token_of
from bot.unit import Units
from catalog.ground.errors import Missing
from catalog.ground.record import UnitId
from catalog.items.queries import id_of_code
from catalog.items.tables import Unit
from catalog.items.words import code_of
from handoff.staff.keys import Scope
from media.assets.tables import Asset
from media.intake.uploads.routes import PLACE, Door
from media.intake.uploads.rules import NotAnUploader, TooFast, Uploader
from media.originals.store import ObjectMissing, OriginalStore
from media.renditions.tables import Recipe, Rendition, RenditionState
from media.sharing import passes
from media.sharing.passes import Passed
from media.sharing.serving import served

MOST = 200  # captures of one piece
LONGEST_CODE = 40
_FILES = (Recipe.FILM, Recipe.LONG, Recipe.POSTER, Recipe.FULL, Recipe.PREVIEW)
_PRIVATE = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}


class MediaUnknown(Missing):
    """No such piece, no such file, or one that shows no piece: one answer."""

    def __init__(self) -> None:
        super().__init__("no such media")


def media_calls(
    units: Units,
    store: OriginalStore,
    turnstile: Turnstile,
    *,
    clock: Callable[[], datetime],
    accel_prefix: str | None = None,
) -> APIRouter:
    """The calls."""
    made = APIRouter(prefix="/api", include_in_schema=False)

    async def refused(request: Request) -> Response | None:
        holder = await holder_of(request, units, now=clock())
        if holder is None:
            return _refusal(401, "Unauthorized", {"WWW-Authenticate": "Bearer"})
        if Scope.MEDIA not in holder.scopes:
            return _refusal(403, "Forbidden")
        if not turnstile.lets_in(holder.key_id, time.monotonic()):
            return _refusal(429, "TooFast", {"Retry-After": "2"})
        return None

    @made.get("/items/{code}/media")
    async def listed(request: Request, code: str) -> Response:
        """The captures of a piece with their files."""
        if (wrong := await refused(request)) is not None:
            return wrong
        try:
            told = await units.read(lambda db: _listed(db, code))
        except MediaUnknown:
            return _refusal(404, "Missing")
        return JSONResponse(told, headers=_PRIVATE)

    @made.api_route("/media/{file}", methods=["GET", "HEAD"])
    async def bytes_(request: Request, file: str) -> Response:
        """One file."""
        if (wrong := await refused(request)) is not None:
            return wrong
        try:
            passed = await units.read(lambda db: _passed(db, file))
            return await run_in_threadpool(
                served, store, passed, request, accel_prefix=accel_prefix
            )
        except (Missing, ObjectMissing):
            return _refusal(404, "Missing")

    return made


def key_door(
    door: Door, units: Units, turnstile: Turnstile, *, clock: Callable[[], datetime]
) -> Door:
    """Who sends files in: whoever bears a key with the scope `capture`, else as `door` says. So
    many files of a key are begun at most within a time.
    """

    async def look(request: Request) -> Uploader:
        if token_of(request) is None:
            return await door(request)
        holder = await holder_of(request, units, now=clock())
        if holder is None or Scope.CAPTURE not in holder.scopes:
            raise NotAnUploader
        begins = request.method == "PUT" or (
            request.method == "POST" and request.url.path.rstrip("/") == PLACE
        )
        if begins and not turnstile.lets_in(holder.key_id, time.monotonic()):
            raise TooFast
        return Uploader(f"api:{holder.key_id}", f"api:{holder.key_id}")

    return look


def _listed(db: Session, code: str) -> Mapping[str, Any]:
    written = code_of(code) if len(code) <= LONGEST_CODE else None
    unit_id = id_of_code(db, written) if written else None
    if unit_id is None:
        raise MediaUnknown
    unit = db.get_one(Unit, unit_id)
    shown = db.exec(
        select(Asset)
        .where(Asset.unit_id == UnitId(unit.id), *_shows_a_piece())
        .order_by(col(Asset.captured_at).desc(), col(Asset.id).desc())
        .limit(MOST)
    ).all()
    files = _files(db, [each.id for each in shown])
    return {
        "code": unit.code,
        "title": unit.title,
        "media": [
            {
                "id": each.id, "kind": each.kind, "part": each.part,
                "captured_at": _told(each.captured_at), "sha256": each.sha256,
                "files": files.get(each.id, []),
            }
            for each in shown
        ],
    }  # fmt: skip


def _told(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def _shows_a_piece() -> list[Any]:
    return [
        col(Asset.unit_id).is_not(None), col(Asset.about).is_(None),
        col(Asset.laid_aside).is_(None), col(Asset.is_tag).is_(false()),
    ]  # fmt: skip


def _files(db: Session, assets: list[str]) -> dict[str, list[dict[str, Any]]]:
    """What is made of each, the newest of each recipe."""
    rows = db.exec(
        select(Rendition)
        .where(
            col(Rendition.asset_id).in_(assets),
            Rendition.state == RenditionState.READY.value,
            col(Rendition.recipe).in_([each.value for each in _FILES]),
        )
        .order_by(col(Rendition.recipe), col(Rendition.version).desc())
    )
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row.asset_id, {}).setdefault(
            row.recipe,
            {
                "what": row.recipe, "url": f"/api/media/{row.id}", "mime": row.mime,
                "bytes": row.bytes, "width": row.width, "height": row.height,
                "duration_ms": row.duration_ms,
            },
        )  # fmt: skip
    return {asset: list(files.values()) for asset, files in found.items()}


def _passed(db: Session, file: str) -> Passed:
    passed = passes.of_rendition(db, file)
    row = db.get_one(Rendition, file)
    shows = select(Asset.id).where(Asset.id == row.asset_id, *_shows_a_piece())
    if row.recipe not in _FILES or db.exec(shows).first() is None:
        raise MediaUnknown
    return passed


def _refusal(status: int, kind: str, headers: Mapping[str, str] | None = None) -> Response:
    told = {"error": {"kind": kind}}
    return JSONResponse(told, status_code=status, headers={**_PRIVATE, **(headers or {})})
