"""How bytes answer (送り出し): whole, a range, or that the other side has them already (RFC 9110),
in chunks from the store, or by nginx where it serves the store's disk (`accel_prefix`).

Unknown, expired, revoked and foreign answer with the same page.
"""

from collections.abc import AsyncIterator, Generator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, StreamingResponse
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from media.originals.store import CHUNK, Chunks, ObjectMissing, OriginalStore
from media.sharing.passes import Passed
from media.sharing.rules import Answer, Beyond, Piece, Unchanged, answer

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


def asked_for(passed: "Passed | Keepsake", request: Request) -> Answer:
    """Which bytes of it the request is for."""
    asked = request.headers
    is_loose = isinstance(passed, Keepsake) and passed.is_made_anew and "if-range" not in asked
    return answer(
        passed.size,
        f'"{passed.sha256}"',
        wanted=None if is_loose else asked.get("range"),
        if_range=asked.get("if-range"),
        if_none_match=asked.get("if-none-match"),
    )


def without_bytes(
    store: OriginalStore, passed: Passed, request: Request, *, accel_prefix: str | None
) -> Response | None:
    """The answer nothing is read for: 304, 416, or where nginx finds the file; None where its bytes
    pass through here.
    """
    found = asked_for(passed, request)
    if isinstance(found, Unchanged):
        return Response(status_code=304, headers=_told(passed))
    if isinstance(found, Beyond):
        headers = {**_told(passed), "Content-Range": f"bytes */{passed.size}"}
        return Response(status_code=416, headers=headers)
    if accel_prefix and store.path(passed.key) is not None:
        if not store.exists(passed.key):  # nginx would answer with a page of its own
            raise ObjectMissing(passed.key)
        place = f"{accel_prefix.rstrip('/')}/{passed.key}"
        headers = {**_told(passed), "X-Accel-Redirect": place}
        return Response(headers=headers, media_type=passed.mime)
    return None


def served(
    store: OriginalStore, passed: Passed, request: Request, *, accel_prefix: str | None
) -> Response:
    """The bytes asked for, whole or a range of them (206), or 304 or 416. It reads: call it in a
    thread. Raises ObjectMissing.
    """
    answer = without_bytes(store, passed, request, accel_prefix=accel_prefix)
    if answer is not None:
        return answer
    found = asked_for(passed, request)
    headers, start, stop = _told(passed), 0, passed.size
    if isinstance(found, Piece):
        start, stop = found.start, found.stop
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{passed.size}"
    status = 206 if isinstance(found, Piece) else 200
    headers["Content-Length"] = str(stop - start)
    if request.method == "HEAD":
        if not store.exists(passed.key):
            raise ObjectMissing(passed.key)
        return Response(status_code=status, headers=headers, media_type=passed.mime)
    chunks = store.open(passed.key, start=start, length=stop - start)
    return _Streamed(chunks, stop - start, status, headers, passed.mime)


def _told(passed: Passed) -> dict[str, str]:
    return {**PRIVATE, "ETag": f'"{passed.sha256}"', "Accept-Ranges": "bytes"}


def signed_origin(store: OriginalStore, *, seconds: int) -> str:
    """From where a page's pictures and films may come where browsers are sent to the object service
    for them; empty where all bytes pass through here.
    """
    address = store.signed_address("renditions/x", seconds=seconds) if seconds else None
    parts = urlsplit(address or "")
    return f"{parts.scheme}://{parts.netloc}" if address else ""


class _Streamed(StreamingResponse):
    """Begins with what was read already, fetches a chunk a hop and no more than there is, and lets
    go of the file also when whoever asked is gone before the end.
    """

    def __init__(
        self, chunks: Chunks, length: int, status: int, headers: dict[str, str], mime: str
    ) -> None:
        self._chunks = chunks
        self._left = length
        self._first = self._next()
        super().__init__(self._rest(), status, headers, mime)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._chunks.close()

    def _next(self) -> bytes | None:
        try:
            chunk = next(self._chunks, None)
        except BaseException:
            self._chunks.close()
            raise
        self._left -= len(chunk or b"")
        return chunk

    async def _rest(self) -> AsyncIterator[bytes]:
        chunk = self._first
        while chunk is not None:
            yield chunk
            chunk = await run_in_threadpool(self._next) if self._left > 0 else None


@dataclass(frozen=True, slots=True)
class Keepsake:
    """A file to keep; `name`: of the file they get. `is_made_anew`: another time its bytes may be
    others, so a part of it is given only to whoever says of which (If-Range).
    """

    name: str
    mime: str
    size: int
    sha256: str
    is_made_anew: bool = False


def without_copy(file: Keepsake, request: Request) -> Response | None:
    """The answer no copy is made for: HEAD, 304 and 416; None where bytes are sent."""
    found, headers = asked_for(file, request), _told_of(file)
    if isinstance(found, Unchanged):
        return Response(status_code=304, headers=headers)
    if isinstance(found, Beyond):
        headers["Content-Range"] = f"bytes */{file.size}"
        return Response(status_code=416, headers=headers)
    if request.method != "HEAD":
        return None
    status, _, _, headers = _part(file, found)
    return Response(status_code=status, headers=headers, media_type=file.mime)


def as_file(path: Path, file: Keepsake, request: Request) -> Response:
    """A private copy to keep under a name, whole or a range of it, gone once it was sent or whoever
    asked is; no program looks into it. It reads: call it in a thread.
    """
    try:
        answer = without_copy(file, request)
        if answer is None:
            status, start, stop, headers = _part(file, asked_for(file, request))
            chunks = _run_of(path, start, stop - start)
            return _Private(path, chunks, stop - start, status, headers, file.mime)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    path.unlink(missing_ok=True)
    return answer


def head_of_file(name: str, mime: str) -> Response:
    """What would go with one of which nothing is known before it is made."""
    return Response(headers=download_headers(name), media_type=mime)


def _told_of(file: Keepsake) -> dict[str, str]:
    return {**download_headers(file.name), "ETag": f'"{file.sha256}"'}


def _part(file: Keepsake, found: Answer) -> tuple[int, int, int, dict[str, str]]:
    """The status, from where to where, and what goes with it."""
    status, start, stop, headers = 200, 0, file.size, _told_of(file)
    if isinstance(found, Piece):
        status, start, stop = 206, found.start, found.stop
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{file.size}"
    headers["Content-Length"] = str(stop - start)
    return status, start, stop, headers


def _run_of(path: Path, start: int, length: int) -> Generator[bytes, None, None]:
    with path.open("rb") as file:
        file.seek(start)
        while length and (chunk := file.read(min(CHUNK, length))):
            length -= len(chunk)
            yield chunk


class _Private(_Streamed):
    """Gone however the sending ends."""

    def __init__(self, path: Path, *told: Any) -> None:
        self._path = path
        super().__init__(*told)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._path.unlink(missing_ok=True)  # at once: whoever is gone cancels what waits


def download_headers(name: str) -> dict[str, str]:
    """What goes with a file that is kept: its name by RFC 8187, and that nothing in it is run."""
    return {
        **PRIVATE,
        "Cache-Control": "private, no-store",
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Accept-Ranges": "bytes",
    }
