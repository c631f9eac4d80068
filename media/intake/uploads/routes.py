"""`/upload`: files of the shop's own people, by tus 1.0 (resumable) or by one plain PUT.

    OPTIONS /upload               what is offered
    POST    /upload               begin one: Upload-Length, Upload-Metadata
    GET     /upload               limits, and one's own that wait for bytes
    HEAD    /upload/{id}          how many bytes are held
    PATCH   /upload/{id}          the next bytes
    DELETE  /upload/{id}          give it up
    GET     /upload/{id}          where the file went
    PUT     /upload/{name}        a whole file at once: ?code=&part=&occasion=

Who comes in is told by whoever composes the product (`Door`). Answers close their connection: a
browser that sends on one it has used before repeats a request by itself when it dies.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from datetime import datetime
from email.utils import format_datetime
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect

from catalog.ground.errors import Malformed, Missing, Refused, ShopError, Stale, Unavailable
from media.intake.uploads import rules
from media.intake.uploads.queries import Whereabouts
from media.intake.uploads.receiving import Receiving
from media.intake.uploads.rules import Uploader, whole_number
from media.intake.uploads.tables import Upload, UploadState
from media.originals.store import StoreFull

VERSION = "1.0.0"
PLACE = "/upload"
_EXTENSIONS = "creation,termination,expiration,checksum"
_BODY = "application/offset+octet-stream"
_LONGEST_KEY = 200
_READ_OFF = 16 * rules.MIB
_READ_OFF_SECONDS = 5.0
_OVERRIDDEN = frozenset({"HEAD", "PATCH", "DELETE"})
_FIELDS = ("code", "part", "occasion", "station", "modified")

Door = Callable[[Request], Awaitable[Uploader]]
"""`await door(request)`: who it is. Raises NotAnUploader."""

_STATUS: tuple[tuple[type[ShopError], int], ...] = (
    (rules.NotAnUploader, 403),
    (rules.UploadTooLong, 413),
    (rules.TooManyOpen, 429),
    (rules.TooFast, 429),
    (rules.UploadSpaceShort, 507),
    (StoreFull, 507),
    (rules.UploadLocked, 423),
    (rules.ChecksumWrong, 460),
    (rules.ChecksumUnknown, 400),
    (rules.TusMalformed, 400),
    (rules.TusVersionUnknown, 412),
    (rules.BodyTypeWrong, 415),
    (rules.LengthNeeded, 411),
    (Missing, 404),
    (Refused, 409),
    (Stale, 409),
    (Malformed, 422),
    (Unavailable, 503),
)
_ALWAYS = {
    "Tus-Resumable": VERSION,
    "Cache-Control": "no-store",
    "Connection": "close",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class TusRoute(APIRoute):
    """Answers what is refused with the status tus clients know, and its name."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await handle(request)
            except ShopError as refused:
                if not isinstance(refused, rules.LineCut):
                    await _read_off(request)
                return _refusal(refused)

        return answer


async def _read_off(request: Request) -> None:
    """A client that is still sending reads no answer: a body of a usual size is let through to
    nowhere first. Whoever asked before sending is told at once.
    """
    if "expect" in request.headers:
        return
    left = _READ_OFF
    # RuntimeError is how Starlette says that the body was read to its end.
    with contextlib.suppress(ClientDisconnect, TimeoutError, RuntimeError):
        async with asyncio.timeout(_READ_OFF_SECONDS):
            async for chunk in request.stream():
                left -= len(chunk)
                if left < 0:
                    return


def _refusal(refused: ShopError) -> Response:
    status = next(each for kind, each in _STATUS if isinstance(refused, kind))
    more = {"Tus-Version": VERSION} if status == 412 else {}
    if isinstance(refused, rules.TooFast):
        more["Retry-After"] = "10"
    if isinstance(refused, rules.OffsetWrong):
        more["Upload-Offset"] = str(refused.held)
    return _json({"error": {"why": type(refused).__name__}}, status, more)


def _json(told: Mapping[str, Any], status: int, more: Mapping[str, str] | None = None) -> Response:
    return Response(
        orjson.dumps(told), status_code=status, media_type="application/json",
        headers={**_ALWAYS, **(more or {})},
    )  # fmt: skip


def upload_router(receiving: Receiving, door: Door) -> APIRouter:
    """Every address of uploads."""
    made = APIRouter(route_class=TusRoute, include_in_schema=False)
    tus = _Tus(receiving, door)

    @made.options(PLACE)
    @made.options(PLACE + "/{upload_id}")
    async def offered() -> Response:
        return Response(status_code=204, headers={**_ALWAYS, **_offer(receiving)})

    made.add_api_route(PLACE, tus.begin, methods=["POST"])
    made.add_api_route(PLACE, tus.listed, methods=["GET"])
    made.add_api_route(PLACE + "/{upload_id}", tus.change, methods=["HEAD", "PATCH", "DELETE"])
    # Some lines let only GET and POST through; tus names the method in a header then.
    made.add_api_route(PLACE + "/{upload_id}", tus.overridden, methods=["POST"])
    made.add_api_route(PLACE + "/{upload_id}", tus.where, methods=["GET"])
    made.add_api_route(PLACE + "/{name:path}", tus.put, methods=["PUT"])
    return made


def _offer(receiving: Receiving) -> dict[str, str]:
    return {
        "Tus-Version": VERSION,
        "Tus-Extension": _EXTENSIONS,
        "Tus-Checksum-Algorithm": "sha1,sha256",
        "Tus-Max-Size": str(receiving.dock.terms.largest),
    }


class _Tus:
    """The methods, each beside what the protocol asks of it."""

    def __init__(self, receiving: Receiving, door: Door) -> None:
        self._receiving = receiving
        self._door = door

    async def begin(self, request: Request) -> Response:
        uploader = await self._door(request)
        _need_version(request)
        length = whole_number(request.headers.get("upload-length"), "Upload-Length")
        raw = request.headers.get("upload-metadata", "")
        told = rules.told_of(rules.metadata(raw))
        row = await self._receiving.begin(uploader, length, told, raw=raw)
        if row.state == UploadState.WHOLE.value:
            await self._receiving.settle(row.id)
        headers = {**_ALWAYS, **_expires(row), "Location": f"{PLACE}/{row.id}"}
        return Response(status_code=201, headers=headers)

    async def listed(self, request: Request) -> Response:
        uploader = await self._door(request)
        waiting = await self._receiving.unfinished(uploader)
        terms = self._receiving.dock.terms
        return _json(
            {"largest": terms.largest, "at_once": terms.at_once,
             "unfinished": [_told(row) for row in waiting]}, 200,
        )  # fmt: skip

    async def change(self, request: Request, upload_id: str) -> Response:
        return await self._change(request, upload_id, request.method)

    async def overridden(self, request: Request, upload_id: str) -> Response:
        wished = request.headers.get("x-http-method-override", "").upper()
        if wished not in _OVERRIDDEN:
            await self._door(request)
            raise rules.TusMalformed("X-HTTP-Method-Override")
        return await self._change(request, upload_id, wished)

    async def _change(self, request: Request, upload_id: str, method: str) -> Response:
        uploader = await self._door(request)
        _need_version(request)
        if method == "HEAD":
            return self._held(await self._receiving.find(uploader, upload_id))
        if method == "DELETE":
            return await self._give_up(uploader, upload_id)
        if request.headers.get("content-type") != _BODY:
            raise rules.BodyTypeWrong("a PATCH of tus has the type of tus")
        offset = whole_number(request.headers.get("upload-offset"), "Upload-Offset")
        row = await self._receiving.append(
            uploader, upload_id, offset, _body(request), size=_size(request),
            checksum=rules.checksum(request.headers.get("upload-checksum")),
        )  # fmt: skip
        headers = {**_ALWAYS, **_expires(row), "Upload-Offset": str(row.held)}
        return Response(status_code=204, headers=headers)

    async def _give_up(self, uploader: Uploader, upload_id: str) -> Response:
        try:
            await self._receiving.give_up(uploader, upload_id)
        except rules.UploadArrived as late:
            went = _went(await self._receiving.where(uploader, upload_id))
            return _json({**went, "error": {"why": type(late).__name__}}, 409)
        return Response(status_code=204, headers=_ALWAYS)

    def _held(self, row: Upload) -> Response:
        headers = {
            **_ALWAYS, **_expires(row),
            "Upload-Offset": str(row.held), "Upload-Length": str(row.length),
        }  # fmt: skip
        if row.told:
            headers["Upload-Metadata"] = row.told
        return Response(status_code=200, headers=headers)

    async def where(self, request: Request, upload_id: str) -> Response:
        uploader = await self._door(request)
        return _json(_went(await self._receiving.where(uploader, upload_id)), 200)

    async def put(self, request: Request, name: str) -> Response:
        uploader = await self._door(request)
        length = _size(request)
        if length is None:
            raise rules.LengthNeeded("a file tells how long it is")
        asked = {field: request.query_params.get(field, "") for field in _FIELDS}
        told = rules.told_of({**asked, "path": name})
        request_key = request.headers.get("idempotency-key", "")[:_LONGEST_KEY] or None
        before = await self._receiving.repeated(uploader, request_key) if request_key else None
        if before is not None:
            await self._receiving.find(uploader, before.id)
            return _json(_went(await self._receiving.where(uploader, before.id)), 200)
        row = await self._receiving.begin(uploader, length, told, request_key=request_key)
        try:
            await self._receiving.append(uploader, row.id, 0, _body(request), size=length)
        except ShopError:
            with contextlib.suppress(rules.UploadArrived):
                await self._receiving.give_up(uploader, row.id)
            raise
        went = await self._receiving.where(uploader, row.id)
        status = 422 if went.upload.state == UploadState.REFUSED.value else 201
        return _json(_went(went), status, {"Location": f"{PLACE}/{row.id}"})


def _need_version(request: Request) -> None:
    if request.headers.get("tus-resumable") != VERSION:
        raise rules.TusVersionUnknown(f"this is tus {VERSION}")


def _size(request: Request) -> int | None:
    told = request.headers.get("content-length")
    return whole_number(told, "Content-Length") if told is not None else None


async def _body(request: Request) -> AsyncIterator[bytes]:
    try:
        async for chunk in request.stream():
            yield chunk
    except ClientDisconnect:
        raise rules.LineCut from None


def _expires(row: Upload) -> dict[str, str]:
    """For one that still waits for bytes."""
    if row.state != UploadState.OPEN.value:
        return {}
    return {"Upload-Expires": format_datetime(_whole_second(row.expires_at), usegmt=True)}


def _whole_second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


def _told(row: Upload) -> dict[str, Any]:
    return {
        "id": row.id, "name": row.name, "state": row.state, "offset": row.held,
        "length": row.length, "expires": row.expires_at.isoformat(),
    }  # fmt: skip


def _went(where: Whereabouts) -> dict[str, Any]:
    row = where.upload
    return {
        **_told(row), "why": row.refusal, "asset": row.asset_id, "code": where.unit_code,
        "title": where.unit_title, "part": where.part.value if where.part else None,
    }  # fmt: skip
