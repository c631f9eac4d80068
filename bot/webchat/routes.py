"""`/chat`: the page, what a visitor sends, and the stream of what stands there (R-133).

    GET  /chat            the page; a browser without one gets its token as a cookie
    POST /chat/messages   words, a tap, a place, taken back, a film watched to its end
    POST /chat/files      a picture or a film, its bytes as the body
    GET  /chat/stream     entries as they come, from `Last-Event-ID` on
    GET  /chat/history    the last entries, or those before one
    GET  /chat/files/{id} what the visitor sent, as they sent it
    POST /chat/leave      this browser forgets who it was

The token (128 random bits) is all a visitor has: HttpOnly, SameSite=Lax, Secure outside the demo,
kept as a hash. Whoever has none, or a stranger's shape of one, sees an empty page. What changes
something comes from this page only (`Origin`), as JSON or as a file, within limits, and is answered
when it is in the database: 503 means it is not, and the page sends it again under the same id.
"""

import re
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse, StreamingResponse
from fastapi.routing import APIRoute
from sqlmodel import Session

from bot.unit import Units
from bot.webchat import parse, uploads
from bot.webchat.entries import told
from bot.webchat.limits import Limits, TooOften
from bot.webchat.page import page, static
from bot.webchat.streams import Streams
from bot.webchat.uploads import NotAPicture, Uploads, UploadTooLarge, sniffed
from catalog.ground.errors import Malformed, Missing, ShopError
from conversations.messages import SentFile
from conversations.visitors import actions as visitors
from conversations.visitors import queries
from conversations.visitors.actions import Visitor, new_token
from media.intake.naming import clean_name
from media.sharing.pages import language_for

LARGEST_MESSAGE = 32 * 1024
ENTRIES_A_PAGE = 60
COOKIE_SECONDS = 180 * 24 * 3600
Lang = Annotated[str | None, Query(max_length=10)]
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")
_LAST_ENTRY = 2**62
_PRIVATE = {
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_SENT = {**_PRIVATE, "Content-Security-Policy": "default-src 'none'; sandbox"}


@dataclass(frozen=True, slots=True)
class ChatDesk:
    """What the page needs. `uploads` None: files are not taken. `media_from`: where films may come
    from besides our own origin. `is_secure` False only in the demo, which speaks plain HTTP.
    """

    units: Units
    clock: Callable[[], datetime]
    streams: Streams
    uploads: Uploads | None
    public_url: str
    media_from: str = ""
    is_secure: bool = True

    @property
    def cookie(self) -> str:
        """Its name; with the prefix no other host of the domain can plant one."""
        return "__Host-akashi_chat" if self.is_secure else "akashi_chat"


class NotFromHere(Malformed):
    """The request does not come from the shop's own page."""

    def __init__(self) -> None:
        super().__init__("not from the shop's own page")


class NoToken(Missing):
    """The browser has no token, or what it has is none."""

    def __init__(self) -> None:
        super().__init__("no token")


class TooLong(Malformed):
    """More bytes than a message has."""

    def __init__(self) -> None:
        super().__init__("a message is too long")


_STATUS: tuple[tuple[type[ShopError], int], ...] = (
    (NotFromHere, 403),
    (NoToken, 401),
    (TooLong, 413),
    (UploadTooLarge, 413),
    (NotAPicture, 415),
    (TooOften, 429),
)


class _ChatRoute(APIRoute):
    """Answers what is refused at the door with its own status; everything else as everywhere."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await handle(request)
            except tuple(kind for kind, _ in _STATUS) as refused:
                status = next(each for kind, each in _STATUS if isinstance(refused, kind))
                wait = refused.seconds if isinstance(refused, TooOften) else None
                return _refused(status, type(refused).__name__, retry_after=wait)

        return answer


def chat_router(desk: ChatDesk) -> APIRouter:
    """All of `/chat`."""
    made = APIRouter(prefix="/chat", route_class=_ChatRoute, include_in_schema=False)
    limits = Limits()
    _add_page(made, desk)
    _add_reading(made, desk)
    _add_writing(made, desk, limits)
    return made


def _add_page(made: APIRouter, desk: ChatDesk) -> None:
    @made.get("")
    async def chat(request: Request, lang: Lang = None) -> Response:
        token = _token(desk, request)
        spoken = language_for(lang, request.headers.get("accept-language"), "ja")
        facts = {
            "public_url": desk.public_url,
            "takes_files": desk.uploads is not None,
            "most_bytes": uploads.MOST_BYTES,
        }
        answer = page(spoken, facts, media_from=desk.media_from)
        _give(desk, answer, token or new_token())
        return answer

    @made.get("/")
    async def chat_with_slash() -> Response:
        return RedirectResponse("/chat")

    @made.get("/static/{name}")
    async def static_file(name: str) -> Response:
        return static(name)


def _add_reading(made: APIRouter, desk: ChatDesk) -> None:
    @made.get("/history")
    async def history(
        request: Request, before: Annotated[int | None, Query(ge=1, le=_LAST_ENTRY)] = None
    ) -> Response:
        visitor = await _visitor(desk, request)
        if visitor is None:
            return JSONResponse({"entries": [], "last": 0, "first": 0}, headers=_PRIVATE)
        found = await desk.units.read(
            lambda db: queries.before(db, visitor, before, limit=ENTRIES_A_PAGE)
        )
        kept = found.entries
        has_more = len(kept) == ENTRIES_A_PAGE
        answer = {
            "entries": [shown for each in kept if (shown := told(each)) is not None],
            "last": kept[-1].id if kept else 0,
            "first": kept[0].id if has_more else 0,
        }
        return JSONResponse(answer, headers=_PRIVATE)

    @made.get("/stream")
    async def stream(
        request: Request, after: Annotated[int, Query(ge=0, le=_LAST_ENTRY)] = 0
    ) -> Response:
        visitor = await _visitor(desk, request)
        if visitor is None:
            return Response(status_code=204)  # nothing to wait for; the browser does not ask again
        mark = request.headers.get("last-event-id", "")
        seen = int(mark) if mark.isascii() and mark.isdecimal() and len(mark) < 19 else after
        if not desk.streams.has_room(visitor):
            return _refused(503, "TooManyPages", retry_after=5)
        headers = {**_PRIVATE, "X-Accel-Buffering": "no"}
        return StreamingResponse(
            desk.streams.since(visitor, seen), media_type="text/event-stream", headers=headers
        )

    @made.get("/files/{event_id}")
    async def sent(request: Request, event_id: str) -> Response:
        visitor = await _visitor(desk, request)
        if visitor is None or desk.uploads is None:
            return _refused(404, "Missing")
        content = desk.uploads.sent(visitor, parse.message_id(visitor.id, event_id))
        try:
            head = await anext(content)
            _, media_type = sniffed(head)
        except (Missing, NotAPicture, StopAsyncIteration):
            return _refused(404, "Missing")

        async def whole() -> AsyncIterator[bytes]:
            yield head
            async for chunk in content:
                yield chunk

        return StreamingResponse(whole(), media_type=media_type, headers=_SENT)


def _add_writing(made: APIRouter, desk: ChatDesk, limits: Limits) -> None:
    @made.post("/messages")
    async def message(request: Request, lang: Lang = None) -> Response:
        """One thing a visitor did, as JSON: `{"id": …, "text": …}` and the like."""
        token = _allowed(desk, request)
        if request.headers.get("content-type", "").partition(";")[0] != "application/json":
            return _refused(415, "Malformed")
        body = await _body(request)
        parse.read("", body)  # what is no message makes nobody a visitor
        limits.message(token)
        await _admit(desk, limits, token)
        spoken = _spoken(request, lang)
        now = desk.clock()

        def unit(db: Session) -> bool:
            visitor = visitors.enter(db, token, lang=spoken, now=now)
            return visitors.hear(db, visitor, parse.read(visitor.id, body), now=now)

        return _kept(await desk.units.write(unit))

    @made.post("/files")
    async def file(
        request: Request,
        *,
        event_id: Annotated[str, Query(alias="id", max_length=64)],
        name: Annotated[str | None, Query(max_length=200)] = None,
        set_id: Annotated[str | None, Query(max_length=64)] = None,
        index: Annotated[int, Query(ge=1, le=parse.FILES_TOGETHER_MOST)] = 1,
        total: Annotated[int, Query(ge=1, le=parse.FILES_TOGETHER_MOST)] = 1,
        lang: Lang = None,
    ) -> Response:
        """A picture or a film; those of one `set_id` were chosen together."""
        token = _allowed(desk, request)
        parse.checked_id(event_id)
        if desk.uploads is None:
            return _refused(503, "Unavailable")
        if int(request.headers.get("content-length") or 0) > uploads.MOST_BYTES:
            raise UploadTooLarge
        limits.file(token)
        await _admit(desk, limits, token)
        spoken = _spoken(request, lang)
        now = desk.clock()
        visitor = await desk.units.write(lambda db: visitors.enter(db, token, lang=spoken, now=now))
        message_id = parse.message_id(visitor.id, event_id)
        kind, size = await desk.uploads.keep(visitor, message_id, request.stream(), now=now)
        together = parse.checked_id(set_id) if set_id is not None and total > 1 else None
        sent = SentFile(
            message_id,
            kind,
            name=clean_name(name) if name else None,
            size=size,
            set_id=parse.message_id(visitor.id, together) if together else None,
            set_index=index if together else None,
            set_total=total if together else None,
        )
        heard = parse.file_heard(visitor.id, event_id, sent)
        now = desk.clock()

        def unit(db: Session) -> bool:
            uploads.forget_later(db, message_id, now=now)
            visitors.enter(db, token, lang=spoken, now=now)
            return visitors.hear(db, visitor, heard, now=now)

        return _kept(await desk.units.write(unit))

    @made.post("/leave")
    async def leave(request: Request) -> Response:
        """The browser begins anew; what was said stays with the shop."""
        _allowed(desk, request)
        answer = JSONResponse({}, headers=_PRIVATE)
        _give(desk, answer, new_token())
        return answer


async def _admit(desk: ChatDesk, limits: Limits, token: str) -> None:
    """Newcomers are let in one by one. Raises TooOften."""
    if await desk.units.read(lambda db: queries.find(db, token)) is None:
        limits.newcomer()


async def _visitor(desk: ChatDesk, request: Request) -> Visitor | None:
    token = _token(desk, request)
    return await desk.units.read(lambda db: queries.find(db, token)) if token else None


def _token(desk: ChatDesk, request: Request) -> str | None:
    token = request.cookies.get(desk.cookie, "")
    return token if _TOKEN.fullmatch(token) else None


def _give(desk: ChatDesk, answer: Response, token: str) -> None:
    answer.set_cookie(
        desk.cookie, token, max_age=COOKIE_SECONDS, path="/", secure=desk.is_secure,
        httponly=True, samesite="lax",
    )  # fmt: skip


def _allowed(desk: ChatDesk, request: Request) -> str:
    """The token of whoever may write: from the shop's own page, in a browser that has one. Raises
    NotFromHere, NoToken.
    """
    origin = request.headers.get("origin", "")
    is_ours = origin == _origin(desk.public_url) or (
        bool(origin) and urlsplit(origin).netloc == request.headers.get("host")
    )
    if not is_ours or request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        raise NotFromHere
    token = _token(desk, request)
    if token is None:
        raise NoToken
    return token


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _spoken(request: Request, lang: str | None) -> str:
    return language_for(lang, request.headers.get("accept-language"), "ja")


async def _body(request: Request) -> bytes:
    """Raises TooLong."""
    held = bytearray()
    async for chunk in request.stream():
        held += chunk
        if len(held) > LARGEST_MESSAGE:
            raise TooLong
    return bytes(held)


def _kept(is_new: bool) -> Response:
    return JSONResponse({"is_new": is_new}, headers=_PRIVATE)


def _refused(status: int, kind: str, *, retry_after: int | None = None) -> Response:
    headers = {**_PRIVATE, **({"Retry-After": str(retry_after)} if retry_after else {})}
    return JSONResponse({"error": {"kind": kind}}, status_code=status, headers=headers)
