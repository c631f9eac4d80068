"""Who comes in, and what they may (入口): the session of a request, the proof that a change was
wished on our own page, and the answers to whoever may not.

Every page asks `who`; whatever changes something asks `checked`, which reads the form too. A
refusal never tells whether the thing exists.
"""

from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import orjson
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from catalog.ground.errors import Malformed, Missing, Refused, ShopError, Stale, Unavailable
from handoff.console.office import Office
from handoff.console.pages import LANGUAGES, PRIVATE, page
from handoff.staff import sessions
from handoff.staff.permissions import Act, NotAllowed, may
from handoff.staff.sessions import SignedIn

HOME = "/console"
SIGN_IN = f"{HOME}/sign-in"
LANGUAGE = "akashi_console_lang"  # the cookie of a browser that reads English
UNATTENDED = "x-unattended"  # what a script says of a request nobody's hand is behind
_MOST_FORM = 64 * 1024
_URL_SAFE = ":/%#?=@[]!$&'()*+,;"
# No database keeps this sign in a text; what stands for it is found nowhere.
_NUL, _INSTEAD = "\x00", "\ufffd"


class NotSignedIn(Refused):
    """Nobody is signed in in this browser. `back`: where they wanted to go."""

    def __init__(self, back: str) -> None:
        super().__init__("nobody is signed in")
        self.back = back


class NotFromHere(Malformed):
    """A change that was not wished on our own page of this very session."""

    def __init__(self) -> None:
        super().__init__("not from our own page")


class FormMalformed(Malformed):
    """A body that says it is a form and is none."""


class TooLong(Malformed):
    """More bytes than a form has."""

    def __init__(self) -> None:
        super().__init__("a form is too long")


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of somebody who is signed in. `is_part`: htmx asks for a part of a page."""

    session: SignedIn
    lang: str
    now: datetime
    is_part: bool

    def may(self, act: str) -> bool:
        """Whether their role includes it; for templates."""
        return may(self.session.actor, Act(act))


async def who(
    office: Office, request: Request, act: Act = Act.LOOK, *, is_sign: bool = True
) -> Visit:
    """Whoever asks, if they may. What a page asks for by itself while nobody touches it is no sign
    of life, or an open page would keep its session for ever (R-142). Raises NotSignedIn,
    NotAllowed.
    """
    now = office.clock()
    token = request.cookies.get(office.cookie, "")
    session = await office.units.read(lambda db: sessions.find(db, token, now=now))
    if session is None:
        raise NotSignedIn(_back(request))
    if session.is_unseen and is_sign and UNATTENDED not in request.headers:
        await office.units.write(lambda db: sessions.seen(db, session.id, now=now))
    if not may(session.actor, act):
        raise NotAllowed(act)
    return Visit(session, language(request), now, request.headers.get("hx-request") == "true")


async def checked(office: Office, request: Request, act: Act) -> tuple[Visit, Mapping[str, str]]:
    """The same for a change, with its form. Raises NotFromHere, TooLong besides."""
    need_same_origin(office, request)
    visit = await who(office, request, act)
    fields = {name: values[-1] for name, values in (await form(request)).items()}
    told = fields.get("csrf") or request.headers.get("x-csrf", "")
    if not sessions.is_csrf(visit.session, told):
        raise NotFromHere
    return visit, fields


async def checked_with_file(
    office: Office, request: Request, act: Act, *, most: int, field: str = "file"
) -> tuple[Visit, Mapping[str, str], bytes]:
    """A form with at most one file, in that field, together at most `most` bytes; the file's bytes
    are empty when none was chosen. Raises NotFromHere, FormMalformed, TooLong.
    """
    need_same_origin(office, request)
    visit = await who(office, request, act)
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise NotFromHere
    length = request.headers.get("content-length", "")
    # Without its length a body could be any; browsers always tell it for a form.
    if not (length.isascii() and length.isdigit() and len(length) < 12) or int(length) > most:
        raise TooLong
    try:
        async with request.form(max_files=1, max_fields=50, max_part_size=most) as told:
            fields = {name: _whole(each) for name, each in told.items() if isinstance(each, str)}
            chosen = told.get(field)
            raw = await chosen.read() if chosen is not None and not isinstance(chosen, str) else b""
    except HTTPException:  # what Starlette calls a form that is broken
        raise FormMalformed("not a form of a browser's") from None
    if not sessions.is_csrf(visit.session, fields.get("csrf", "")):
        raise NotFromHere
    return visit, fields, raw


@asynccontextmanager
async def checked_with_files(
    office: Office, request: Request, act: Act, *, most: int, files: int, field: str = "file"
) -> AsyncIterator[tuple[Visit, Mapping[str, str], list[UploadFile]]]:
    """A form with some files in that field, together at most `most` bytes; they lie on the disk
    until the block ends. Raises NotFromHere, FormMalformed, TooLong.
    """
    need_same_origin(office, request)
    visit = await who(office, request, act)
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise NotFromHere
    length = request.headers.get("content-length", "")
    if not (length.isascii() and length.isdigit() and len(length) < 16) or int(length) > most:
        raise TooLong
    try:
        told = await request.form(max_files=files, max_fields=50)
    except (HTTPException, ClientDisconnect):
        raise FormMalformed("not a form of a browser's") from None
    try:
        fields = {name: _whole(each) for name, each in told.multi_items() if isinstance(each, str)}
        if not sessions.is_csrf(visit.session, fields.get("csrf", "")):
            raise NotFromHere
        yield visit, fields, [each for each in told.getlist(field) if not isinstance(each, str)]
    finally:
        await told.close()


async def scripted(office: Office, request: Request) -> Visit:
    """Whoever is signed in, by a script of our own page of this session, which tells its proof in a
    header. Raises NotFromHere besides.
    """
    need_same_origin(office, request)
    visit = await who(office, request)
    if not sessions.is_csrf(visit.session, request.headers.get("x-csrf", "")):
        raise NotFromHere
    return visit


async def json_body(request: Request) -> bytes:
    """What a script of ours sends. Raises NotFromHere for what none does."""
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise NotFromHere
    held = bytearray()
    async for chunk in request.stream():
        held += chunk
        if len(held) > _MOST_FORM:
            raise NotFromHere
    return bytes(held)


def json_answer(told: Mapping[str, Any], status: int = 200) -> Response:
    """What a script of ours reads."""
    return Response(
        orjson.dumps(told), status_code=status, media_type="application/json", headers=PRIVATE
    )


def need_same_origin(office: Office, request: Request) -> None:
    """Raises NotFromHere for a change that another origin's page sends."""
    origin = request.headers.get("origin", "")
    ours = urlsplit(office.public_url)
    is_ours = origin == f"{ours.scheme}://{ours.netloc}" or (
        bool(origin) and urlsplit(origin).netloc == request.headers.get("host")
    )
    # A form without `Origin` is none of a browser of these years; its `Sec-Fetch-Site` decides.
    site = request.headers.get("sec-fetch-site", "same-origin" if is_ours else "none")
    if (origin and not is_ours) or site != "same-origin":
        raise NotFromHere


async def form(request: Request) -> Mapping[str, list[str]]:
    """The fields of a form without files. Raises TooLong, NotFromHere for another kind of body."""
    from urllib.parse import parse_qs

    kind = request.headers.get("content-type", "").partition(";")[0]
    if kind != "application/x-www-form-urlencoded":
        raise NotFromHere
    held = bytearray()
    try:
        async for chunk in request.stream():
            held += chunk
            if len(held) > _MOST_FORM:
                raise TooLong
    except ClientDisconnect:  # whoever sent it has left; nobody reads the answer
        raise NotFromHere from None
    try:
        told = parse_qs(held.decode(), keep_blank_values=True, max_num_fields=500)
    except ValueError:
        raise NotFromHere from None
    return {name: [_whole(each) for each in values] for name, values in told.items()}


def _whole(told: str) -> str:
    return told.replace(_NUL, _INSTEAD)


def language(request: Request) -> str:
    """Japanese, unless the browser asked for English by its cookie."""
    wished = request.cookies.get(LANGUAGE, "ja")
    return wished if wished in LANGUAGES else "ja"


def _back(request: Request) -> str:
    if request.method != "GET":
        return HOME
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return inside(request.headers.get("hx-current-url", "")) if _is_part(request) else inside(path)


def place(*names: str) -> str:
    """The page of something by its name, whatever signs the name has."""
    return "/".join([HOME, *(quote(each, safe="") for each in names)])


def inside(told: str) -> str:
    """A place of the console somebody may be sent on to; any other address is its first page."""
    try:
        parts = urlsplit(told)
    except ValueError:
        return HOME
    path = parts.path
    is_ours = path == HOME or path.startswith(f"{HOME}/")
    if not is_ours or "\\" in told or "//" in path or any(ord(each) < 32 for each in told):
        return HOME
    if {".", ".."} & set(unquote(path).split("/")):  # a browser climbs out by them
        return HOME
    if path == SIGN_IN or path.startswith(f"{HOME}/stream"):
        return HOME
    return path + (f"?{parts.query}" if parts.query else "")


def _is_part(request: Request) -> bool:
    return request.headers.get("hx-request") == "true"


def onward(url: str, request: Request) -> Response:
    """To another page, whichever way was asked."""
    if _is_part(request):
        told = {**PRIVATE, "HX-Redirect": quote(url, safe=_URL_SAFE)}
        return Response(status_code=200, headers=told)
    return RedirectResponse(url, status_code=303, headers=PRIVATE)


_STATUS: tuple[tuple[type[ShopError], int], ...] = (
    (NotFromHere, 403),
    (NotAllowed, 403),
    (TooLong, 413),
    (Missing, 404),
    (Refused, 409),
    (Stale, 409),
    (Malformed, 422),
    (Unavailable, 503),
)


class ConsoleRoute(APIRoute):
    """Answers what is refused as a page people can read."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            _clean(request)
            try:
                return await handle(request)
            except NotSignedIn as away:
                return onward(f"{SIGN_IN}?back={quote(away.back)}", request)
            except RequestValidationError:
                return refusal(request, Malformed("not an address of the console"), 422)
            except ShopError as refused:
                status = next(each for kind, each in _STATUS if isinstance(refused, kind))
                return refusal(request, refused, status)

        return answer


def _clean(request: Request) -> None:
    """An address holds no sign that no database could look for."""
    asked, parts = request.scope["query_string"], request.path_params
    request.scope["query_string"] = asked.replace(b"%00", quote(_INSTEAD).encode())
    request.scope["path_params"] = {
        name: _whole(each) if isinstance(each, str) else each for name, each in parts.items()
    }


def refusal(request: Request, refused: ShopError, status: int) -> Response:
    """Why not, in words; for htmx as a notice beside what was pressed."""
    kind = next(name for each, name in _KINDS if isinstance(refused, each))
    facts = {
        "kind": kind, "status": status, "back": inside(request.headers.get("referer", "")),
        "why": type(refused).__name__, "error": refused,
    }  # fmt: skip
    if not _is_part(request):
        return page("refused", language(request), facts, status=status)
    answer = page("_refused", language(request), facts, status=status)
    answer.headers["HX-Retarget"] = "#notice"
    answer.headers["HX-Reswap"] = "innerHTML"
    return answer


_KINDS: tuple[tuple[type[ShopError], str], ...] = (
    (NotFromHere, "from_elsewhere"),
    (NotAllowed, "not_allowed"),
    (TooLong, "too_long"),
    (Missing, "missing"),
    (Stale, "stale"),
    (Refused, "refused"),
    (Malformed, "malformed"),
    (Unavailable, "unavailable"),
)
