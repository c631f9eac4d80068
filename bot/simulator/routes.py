"""The simulator's page: a stream of what happens, and the things a person can do.

Only for the demo: everyone who can open the page is every persona. The product's own pages are
not here.
"""

import json
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import FileResponse, RedirectResponse, StreamingResponse
from fastapi.routing import APIRoute
from fastapi.templating import Jinja2Templates
from pydantic import BaseModel, Field

from bot.simulator import line_routes
from bot.simulator.clock import Clock, next_month, next_three
from bot.simulator.events import PictureSet
from bot.simulator.feed import Row
from bot.simulator.personas import phone_words
from bot.simulator.platform import Platform
from bot.simulator.refusals import LineRefusal
from catalog.ground.errors import Malformed, Missing, Refused

PREFIX = "/simulator"
_HERE = Path(__file__).parent
_STATIC = _HERE / "static"
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_MOST_BYTES = 64 * 1024 * 1024
_BEAT_SECONDS = 15.0
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data: blob:; media-src 'self' blob:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
# What a browser may show in place; a sent page or drawing must not run on the shop's origin.
_SHOWABLE = {
    "image/jpeg", "image/png", "image/gif", "image/webp", "image/avif",
    "video/mp4", "video/quicktime", "video/webm", "audio/mpeg", "audio/mp4", "audio/webm",
}  # fmt: skip
_Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class _PageRoute(APIRoute):
    """Answers the kinds of error in HTTP's words."""

    def get_route_handler(self) -> _Handler:
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await handle(request)
            except Missing as missing:
                raise HTTPException(404) from missing
            except LineRefusal as refusal:
                raise HTTPException(refusal.status) from refusal
            except Refused as refused:
                raise HTTPException(409) from refused
            except Malformed as malformed:
                raise HTTPException(422) from malformed

        return answer


class _Words(BaseModel):
    text: str = Field(min_length=1, max_length=5_000)


class _Sticker(BaseModel):
    package_id: str = Field(max_length=40)
    sticker_id: str = Field(max_length=40)
    keywords: list[str] = Field(default_factory=list, max_length=15)


class _Place(BaseModel):
    title: str | None = Field(default=None, max_length=100)
    address: str | None = Field(default=None, max_length=100)
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)


class _Tap(BaseModel):
    data: str = Field(min_length=1, max_length=300)
    shown: str | None = Field(default=None, max_length=300)
    params: dict[str, str] | None = None


class _Which(BaseModel):
    id: str = Field(max_length=40)


class _Moment(StrEnum):
    THREE = "03:00"
    TOMORROW = "tomorrow"
    MONTH = "month"
    NOW = "now"


class _Move(BaseModel):
    to: _Moment


def router(platform: Platform, clock: Clock) -> APIRouter:
    """All of `/simulator`: the page, its requests, LINE's API under `/simulator/line`."""
    made = APIRouter(prefix=PREFIX, route_class=_PageRoute, include_in_schema=False)
    _add_page(made, platform)
    _add_stream(made, platform)
    _add_clock(made, platform, clock)
    _add_words(made, platform)
    _add_deeds(made, platform)
    made.include_router(line_routes.router(platform), prefix="/line")
    return made


def _add_page(made: APIRouter, platform: Platform) -> None:
    templates = Jinja2Templates(_HERE / "templates")
    files = {path.name: path for path in _STATIC.iterdir() if path.suffix in _TYPES}

    @made.get("")
    async def page(request: Request) -> Response:
        phones = [
            {
                "persona": persona,
                "words": dict(phone_words(persona.language)),
                "hints": platform.hints.get(persona.key, ()),
            }
            for persona in platform.people
        ]
        held = {"phones": phones, "platform": platform, "base": PREFIX}
        headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"}
        return templates.TemplateResponse(request, "simulator.html", held, headers=headers)

    @made.get("/")
    async def page_with_slash() -> Response:
        return RedirectResponse(PREFIX)

    @made.get("/static/{name}")
    async def static_file(name: str) -> Response:
        path = files.get(name)
        if path is None:
            raise HTTPException(404)
        headers = {"Cache-Control": "no-cache"}
        return FileResponse(path, media_type=_TYPES[path.suffix], headers=headers)

    @made.get("/sent/{message_id}")
    async def sent_file(message_id: str) -> Response:
        kept = platform.files.find(message_id)
        is_showable = kept.content_type in _SHOWABLE
        headers = {
            "X-Content-Type-Options": "nosniff",
            "Content-Disposition": "inline" if is_showable else "attachment",
            "Cache-Control": "no-store",
        }
        media_type = kept.content_type if is_showable else "application/octet-stream"
        return Response(kept.content, media_type=media_type, headers=headers)

    @made.get("/menu/{menu_id}")
    async def menu_picture(menu_id: str) -> Response:
        menu = platform.menus.find(menu_id)
        if menu.picture is None:
            raise HTTPException(404)
        return Response(menu.picture, media_type=menu.content_type)


def _add_stream(made: APIRouter, platform: Platform) -> None:
    @made.get("/stream")
    async def stream(request: Request) -> Response:
        mark = request.headers.get("last-event-id")
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(
            _stream(platform, mark), media_type="text/event-stream", headers=headers
        )


async def _stream(platform: Platform, mark: str | None) -> AsyncIterator[str]:
    """Rows after that mark, then as they come. A page of another run is told to begin anew."""
    feed = platform.feed
    seen = feed.place_of(mark)
    if seen is None:
        seen = 0
        yield _told("reset", {})
    for state in platform.state_rows():
        yield _told("row", state)
    is_caught_up = False
    while not feed.is_closed:
        rows = feed.since(seen)
        for seen, row in rows:
            yield _told("row", row, mark=feed.mark(seen))
        if not is_caught_up:
            is_caught_up = True
            yield _told("live", {})
        if not rows and not await feed.news(timeout_seconds=_BEAT_SECONDS):
            yield ": still here\n\n"


def _told(kind: str, row: Row, *, mark: str | None = None) -> str:
    head = f"id: {mark}\n" if mark else ""
    return f"{head}event: {kind}\ndata: {json.dumps(row, ensure_ascii=False)}\n\n"


def _add_clock(made: APIRouter, platform: Platform, clock: Clock) -> None:
    @made.get("/clock")
    async def shop_time() -> dict[str, Any]:
        return platform.clock_row()

    @made.post("/clock")
    async def move(wanted: _Move) -> dict[str, Any]:
        now = clock()
        match wanted.to:
            case _Moment.THREE:
                delta = next_three(now)
            case _Moment.TOMORROW:
                delta = timedelta(days=1)
            case _Moment.MONTH:
                delta = next_month(now)
            case _Moment.NOW:
                delta = -clock.offset
        platform.move_clock(delta)
        platform.feed.append(platform.quota_row())
        return platform.clock_row()


def _add_words(made: APIRouter, platform: Platform) -> None:
    @made.post("/open")
    async def open_page() -> dict[str, Any]:
        platform.befriend_everyone()
        return {}

    @made.post("/{who}/text")
    async def say(who: str, said: _Words) -> dict[str, Any]:
        return {"id": platform.say(who, said.text)}

    @made.post("/{who}/sticker")
    async def send_sticker(who: str, sent: _Sticker) -> dict[str, Any]:
        return {
            "id": platform.send_sticker(
                who,
                package_id=sent.package_id,
                sticker_id=sent.sticker_id,
                keywords=sent.keywords,
            )
        }

    @made.post("/{who}/place")
    async def send_place(who: str, sent: _Place) -> dict[str, Any]:
        return {
            "id": platform.send_place(
                who,
                title=sent.title,
                address=sent.address,
                latitude=sent.latitude,
                longitude=sent.longitude,
            )
        }

    @made.post("/{who}/file")
    async def send_file(
        request: Request,
        who: str,
        *,
        name: Annotated[str, Query(max_length=200)] = "file",
        duration_ms: Annotated[int, Query(ge=0)] = 0,
        set_id: Annotated[str | None, Query(max_length=64)] = None,
        index: Annotated[int, Query(ge=1, le=50)] = 1,
        total: Annotated[int, Query(ge=1, le=50)] = 1,
    ) -> dict[str, Any]:
        content = await _content(request)
        kind = request.headers.get("content-type", "application/octet-stream").partition(";")[0]
        among = PictureSet(set_id, index, total) if set_id and total > 1 else None
        message_id = platform.send_file(
            who, content, content_type=kind, name=name, duration_ms=duration_ms, among=among
        )
        return {"id": message_id}


def _add_deeds(made: APIRouter, platform: Platform) -> None:
    @made.post("/{who}/postback")
    async def tap(who: str, tapped: _Tap) -> dict[str, Any]:
        platform.tap(who, tapped.data, shown=tapped.shown, params=tapped.params)
        return {}

    @made.post("/{who}/unsend")
    async def unsend(who: str, which: _Which) -> dict[str, Any]:
        platform.unsend(who, which.id)
        return {}

    @made.post("/{who}/watched")
    async def watched(who: str, which: _Which) -> dict[str, Any]:
        platform.watched(who, which.id)
        return {}

    @made.post("/{who}/block")
    async def block(who: str) -> dict[str, Any]:
        platform.block(who)
        return {}

    @made.post("/{who}/unblock")
    async def unblock(who: str) -> dict[str, Any]:
        if platform.talk(who).is_blocked:
            platform.befriend(who)
        return {}


async def _content(request: Request) -> bytes:
    """The uploaded bytes. Raises HTTPException (413, 422)."""
    held = bytearray()
    async for part in request.stream():
        held += part
        if len(held) > _MOST_BYTES:
            raise HTTPException(413)
    if not held:
        raise HTTPException(422)
    return bytes(held)
