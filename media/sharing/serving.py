"""How bytes answer (送り出し): whole, a range, or that the other side has them already (RFC 9110),
in chunks from the store, or by nginx where it serves the store's disk (`accel_prefix`).

Unknown, expired, revoked and foreign answer with the same page.
"""

from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from fastapi import Request, Response
from fastapi.responses import FileResponse, HTMLResponse, StreamingResponse
from starlette.types import Receive, Scope, Send

from media.originals.store import Chunks, ObjectMissing, OriginalStore
from media.sharing.passes import Passed
from media.sharing.rules import Answer, Beyond, Piece, Unchanged, Whole, answer

_OF_RANGES = (b"range", b"if-range")
_TEMPLATES = Path(__file__).parent / "templates"
PRIVATE = {
    "Cache-Control": "private, max-age=300",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}


def gone_page(contact_url: str | None) -> Response:
    """The one answer to every address that opens nothing."""
    return HTMLResponse(_gone(contact_url), status_code=404, headers=PRIVATE)


@cache
def _gone(contact_url: str | None) -> str:
    from jinja2 import Environment, FileSystemLoader

    pages = Environment(loader=FileSystemLoader(_TEMPLATES), autoescape=True)
    return pages.get_template("gone.html").render(contact_url=contact_url)


def asked_for(passed: Passed, request: Request) -> Answer:
    """Which bytes of it the request is for."""
    asked = request.headers
    return answer(
        passed.size,
        f'"{passed.sha256}"',
        wanted=asked.get("range"),
        if_range=asked.get("if-range"),
        if_none_match=asked.get("if-none-match"),
    )


def served(
    store: OriginalStore, passed: Passed, request: Request, *, accel_prefix: str | None
) -> Response:
    """The bytes asked for, whole or a range of them (206), or 304 or 416. Raises ObjectMissing."""
    etag = f'"{passed.sha256}"'
    headers = {**PRIVATE, "ETag": etag, "Accept-Ranges": "bytes"}
    found = asked_for(passed, request)
    if isinstance(found, Unchanged):
        return Response(status_code=304, headers=headers)
    if isinstance(found, Beyond):
        headers["Content-Range"] = f"bytes */{passed.size}"
        return Response(status_code=416, headers=headers)
    if accel_prefix and store.path(passed.key) is not None:
        if not store.exists(passed.key):  # nginx would answer with a page of its own
            raise ObjectMissing(passed.key)
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


def signed_origin(store: OriginalStore, *, seconds: int) -> str:
    """From where a page's pictures and films may come where browsers are sent to the object service
    for them; empty where all bytes pass through here.
    """
    address = store.signed_address("renditions/x", seconds=seconds) if seconds else None
    parts = urlsplit(address or "")
    return f"{parts.scheme}://{parts.netloc}" if address else ""


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


def as_file(path: Path, name: str, mime: str) -> Response:
    """A private file to keep under a name, gone once it was sent or whoever asked is; no program
    looks into it.
    """
    return _Private(path, headers=download_headers(name), media_type=mime)


def head_of_file(name: str, mime: str, size: int | None) -> Response:
    """What would go with it; `size` where it is known before it is made."""
    headers = download_headers(name)
    if size is not None:
        headers["Content-Length"] = str(size)
    return Response(headers=headers, media_type=mime)


class _Private(FileResponse):
    """Always whole (`Accept-Ranges: none`), and gone however the sending ends."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = [each for each in scope["headers"] if each[0] not in _OF_RANGES]
        try:
            await super().__call__({**scope, "headers": asked}, receive, send)
        finally:
            self._drop()  # at once: whoever is gone cancels what waits

    def _drop(self) -> None:
        Path(self.path).unlink(missing_ok=True)


def download_headers(name: str) -> dict[str, str]:
    """What goes with a file that is kept: its name by RFC 8187, and that nothing in it is run."""
    return {
        **PRIVATE,
        "Cache-Control": "private, no-store",
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Accept-Ranges": "none",
    }
