"""`/m/{token}`: the bytes of one rendition for whoever was sent the address. `/s/{id}`: a page
about one piece that may be passed on, its bytes under addresses that live ten minutes.

Unknown, expired, revoked and foreign answer with the same page. Bytes come from the store in
chunks, or from nginx when it serves the store's disk (`accel_prefix`). Tokens and addresses are
never logged.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, StreamingResponse
from starlette.types import Receive, Scope, Send

from catalog.ground.session.database import Database
from media.originals.store import Chunks, ObjectMissing, OriginalStore
from media.renditions.tiles import TileMissing, Tiles, TilesBroken
from media.sharing import pages, passes, shares
from media.sharing.pages import Scripts
from media.sharing.passes import Passed, PassUnknown
from media.sharing.rules import Beyond, Piece, Unchanged, Whole, answer

_TEMPLATES = Path(__file__).parent / "templates"
_PRIVATE = {
    "Cache-Control": "private, max-age=300",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}
_PAGE = {
    **_PRIVATE,
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; img-src 'self'; media-src 'self'; style-src 'self';"
        " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Vary": "Accept-Language",
}


@dataclass(frozen=True, slots=True)
class Counter:
    """What the route needs. `contact_url`: where somebody with a dead address may turn to."""

    database: Database
    store: OriginalStore
    clock: Callable[[], datetime]
    contact_url: str | None = None
    accel_prefix: str | None = None
    scripts: Scripts | None = None


def media_router(counter: Counter) -> APIRouter:
    """GET and HEAD `/m/{token}`, `/s/{id}` and what that page needs."""
    router = APIRouter()
    tiles = Tiles(counter.store)

    @router.api_route("/m/{token}", methods=["GET", "HEAD"], include_in_schema=False)
    def media(token: str, request: Request) -> Response:
        now = counter.clock()
        try:
            passed = counter.database.read(lambda db: passes.find(db, token, now=now))
            return served(counter.store, passed, request, accel_prefix=counter.accel_prefix)
        except (PassUnknown, ObjectMissing):
            return gone_page(counter.contact_url)

    @router.api_route("/s/share.css", methods=["GET", "HEAD"], include_in_schema=False)
    def stylesheet() -> Response:
        return FileResponse(pages.TEMPLATES / "share.css", media_type="text/css")

    @router.api_route("/s/js/{name}", methods=["GET", "HEAD"], include_in_schema=False)
    def script(name: str) -> Response:
        kept = counter.scripts
        if kept is None or name not in (kept.page, kept.look):
            return gone_page(counter.contact_url)
        headers = {
            "Cache-Control": "public, max-age=31536000, immutable",
            "X-Content-Type-Options": "nosniff",
        }
        return FileResponse(kept.folder / name, media_type="text/javascript", headers=headers)

    @router.api_route(
        "/s/t/{address}/{level}/{tile}", methods=["GET", "HEAD"], include_in_schema=False
    )
    def tile(address: str, level: str, tile: str) -> Response:
        now = counter.clock()
        try:
            key = counter.database.read(lambda db: shares.find_tiles(db, address, now=now))
            content = tiles.tile(key, f"{level}/{tile}")
        except (PassUnknown, TileMissing, TilesBroken, ObjectMissing):
            return gone_page(counter.contact_url)
        return Response(content, media_type="image/jpeg", headers=_PRIVATE)

    @router.api_route("/s/b/{address}", methods=["GET", "HEAD"], include_in_schema=False)
    def shared_bytes(address: str, request: Request) -> Response:
        now = counter.clock()
        try:
            passed = counter.database.read(lambda db: shares.find_bytes(db, address, now=now))
            return served(counter.store, passed, request, accel_prefix=counter.accel_prefix)
        except (PassUnknown, ObjectMissing):
            return gone_page(counter.contact_url)

    @router.api_route("/s/{token}", methods=["GET", "HEAD"], include_in_schema=False)
    def share_page(token: str, request: Request, lang: str | None = None) -> Response:
        now = counter.clock()
        try:
            opened = counter.database.read(lambda db: shares.opened(db, token, now=now))
        except PassUnknown:
            return gone_page(counter.contact_url)
        if request.method == "GET":
            counter.database.write(lambda db: shares.count_opening(db, opened.share_id))
        lang = pages.language_for(lang, request.headers.get("accept-language"), opened.lang)
        told = pages.page(
            opened,
            lang=lang,
            address=request.url.path,
            contact_url=counter.contact_url,
            now=now,
            scripts=counter.scripts,
        )
        return HTMLResponse(told, headers=_PAGE)

    return router


def gone_page(contact_url: str | None) -> Response:
    """The one answer to every address that opens nothing."""
    return HTMLResponse(_gone(contact_url), status_code=404, headers=_PRIVATE)


@cache
def _gone(contact_url: str | None) -> str:
    from jinja2 import Environment, FileSystemLoader

    pages = Environment(loader=FileSystemLoader(_TEMPLATES), autoescape=True)
    return pages.get_template("gone.html").render(contact_url=contact_url)


def served(
    store: OriginalStore, passed: Passed, request: Request, *, accel_prefix: str | None
) -> Response:
    """The bytes asked for, whole or a range of them (206), or 304 or 416. Raises ObjectMissing."""
    etag = f'"{passed.sha256}"'
    headers = {**_PRIVATE, "ETag": etag, "Accept-Ranges": "bytes"}
    asked = request.headers
    found = answer(
        passed.size,
        etag,
        wanted=asked.get("range"),
        if_range=asked.get("if-range"),
        if_none_match=asked.get("if-none-match"),
    )
    if isinstance(found, Unchanged):
        return Response(status_code=304, headers=headers)
    if isinstance(found, Beyond):
        headers["Content-Range"] = f"bytes */{passed.size}"
        return Response(status_code=416, headers=headers)
    if accel_prefix and store.path(passed.key) is not None:
        place = f"{accel_prefix.rstrip('/')}/{passed.key}"
        return Response(headers={**headers, "X-Accel-Redirect": place}, media_type=passed.mime)
    return _bytes(store, passed, found, headers, is_head=request.method == "HEAD")


def _bytes(
    store: OriginalStore,
    passed: Passed,
    found: Whole | Piece,
    headers: dict[str, str],
    *,
    is_head: bool,
) -> Response:
    start, stop = (found.start, found.stop) if isinstance(found, Piece) else (0, passed.size)
    status = 206 if isinstance(found, Piece) else 200
    if isinstance(found, Piece):
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{passed.size}"
    headers["Content-Length"] = str(stop - start)
    if is_head:
        if not store.exists(passed.key):
            raise ObjectMissing(passed.key)
        return Response(status_code=status, headers=headers, media_type=passed.mime)
    chunks = store.open(passed.key, start=start, length=stop - start)
    return _Streamed(chunks, status, headers, media_type=passed.mime)


class _Streamed(StreamingResponse):
    """Lets go of the file also when whoever asked is gone before the end."""

    def __init__(self, chunks: Chunks, *told: Any, **more: Any) -> None:
        super().__init__(chunks, *told, **more)
        self._chunks = chunks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._chunks.close()
