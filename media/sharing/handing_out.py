"""Where bytes leave the house (送り出し口): letters `/m/`, files `/s/b/` and tiles `/s/t/` of a
page.

A page is looked at by hundreds of requests, so these answer without FastAPI's reading of a request,
and hop to a thread once at most: for the rule and the bytes together, and not at all where what an
address opened is at hand and nginx sends the bytes.
"""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TypeVar

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session
from starlette.types import ASGIApp, Receive, Scope, Send

from media.originals.store import ObjectMissing
from media.renditions.tiles import TileMissing, Tiles, TilesBroken
from media.sharing import opening, passes
from media.sharing.counter import Counter, seats_of, seen_by
from media.sharing.kinds import Why
from media.sharing.looks import What, span_of
from media.sharing.passes import About, Passed, PassUnknown
from media.sharing.rules import Unchanged
from media.sharing.serving import PRIVATE, asked_for, served, without_bytes
from media.sharing.unchanged import Asked, Held, OpenTiles

BOTH = ["GET", "HEAD"]
_WORTH_A_WAY = 256 * 1024

# Of its own: a disk that is slow to give a film holds up no page of the console.
_HANDS = ThreadPoolExecutor(16, thread_name_prefix="handing-out")

Rule = Callable[[Session, str, Mapping[str, str], datetime], Passed]
T = TypeVar("T")


def add_bytes(router: APIRouter, counter: Counter) -> None:
    """GET and HEAD of each."""
    ways: dict[str, ASGIApp] = {
        "/s/t/{address}/{level}/{tile}": OneTile(counter),
        "/s/b/{address}": Files(counter, What.FILE, _file),
        "/m/{address}": Files(counter, What.LETTER, _letter),
    }
    for path, way in ways.items():
        router.add_route(path, way, methods=BOTH)  # type: ignore[arg-type]  # Starlette takes both


def _letter(db: Session, token: str, _: Mapping[str, str], now: datetime) -> Passed:
    return passes.find(db, token, now=now)


def _file(db: Session, address: str, seats: Mapping[str, str], now: datetime) -> Passed:
    return opening.find_bytes(db, address, seats=seats, now=now)


class Files:
    """An ASGI application: pictures and films, whole and in pieces."""

    def __init__(self, counter: Counter, what: What, rule: Rule) -> None:
        self._counter = counter
        self._what = what
        self._rule = rule
        self._held: Held[Passed] = Held(counter.database)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        await (await self._answer(request))(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        counter, now = self._counter, self._counter.clock()
        seen, seats = seen_by(self._what, request), seats_of(request)
        asked = _asked(request, seats)
        known = self._held.at_hand(asked, now=now)

        def look() -> tuple[Passed, Response]:
            found = known or self._held.find(
                asked, lambda db: self._rule(db, asked[0], seats, now), now=now
            )
            try:
                return found, self._bytes(found, request)
            except ObjectMissing:
                raise PassUnknown(Why.GONE, found.about) from None

        try:
            at_once = self._at_once(known, request)
            passed, answer = at_once if at_once is not None else await _in_a_thread(look)
        except PassUnknown as unknown:
            counter.watch.saw(seen.refused(unknown.why, unknown.about))
            return counter.gone()
        span = span_of(asked_for(passed, request), passed.size)
        counter.watch.saw(seen.shown(passed.about, span))
        return answer

    def _at_once(self, known: Passed | None, request: Request) -> tuple[Passed, Response] | None:
        """What is known already and read nowhere, without a thread."""
        if known is None:
            return None
        prefix = self._counter.accel_prefix
        answer = without_bytes(self._counter.store, known, request, accel_prefix=prefix)
        return (known, answer) if answer is not None else None

    def _bytes(self, passed: Passed, request: Request) -> Response:
        counter = self._counter
        return self._elsewhere(passed, request) or served(
            counter.store, passed, request, accel_prefix=counter.accel_prefix
        )

    def _elsewhere(self, passed: Passed, request: Request) -> Response | None:
        """The way to a large file at the object service itself, for so many seconds; None where
        bytes pass through here. A messenger fetches from us: nobody says that it follows.
        """
        counter = self._counter
        is_small = not counter.signed_seconds or passed.size < _WORTH_A_WAY
        if self._what is not What.FILE or is_small:
            return None
        if isinstance(asked_for(passed, request), Unchanged):
            return None
        seconds, method = counter.signed_seconds, request.method
        address = counter.store.signed_address(passed.key, seconds=seconds, method=method)
        if address is None:
            return None
        headers = {**PRIVATE, "Cache-Control": "private, no-store"}
        return RedirectResponse(address, status_code=302, headers=headers)


class OneTile:
    """An ASGI application: one tile of a picture."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._tiles, self._open_tiles = Tiles(counter.store), OpenTiles()
        self._held: Held[tuple[str, About]] = Held(counter.database)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        await (await self._answer(request))(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        counter, now = self._counter, self._counter.clock()
        seen, seats = seen_by(What.TILE, request), seats_of(request)
        asked = _asked(request, seats)
        name = f"{request.path_params['level']}/{request.path_params['tile']}"
        known = self._held.at_hand(asked, now=now)

        def look() -> tuple[bytes, About]:
            key, about = known or self._held.find(
                asked,
                lambda db: self._open_tiles.find(db, asked[0], seats=seats, now=now),
                now=now,
            )
            try:
                return self._tiles.tile(key, name), about
            except (TileMissing, TilesBroken, ObjectMissing):
                raise PassUnknown(Why.GONE, about) from None

        kept = self._tiles.at_hand(known[0], name) if known is not None else None
        try:
            if known is not None and kept is not None:
                content, about = kept, known[1]
            else:
                content, about = await _in_a_thread(look)
        except PassUnknown as unknown:
            counter.watch.saw(seen.refused(unknown.why, unknown.about))
            return counter.gone()
        counter.watch.saw(seen.shown(about))
        return Response(content, media_type="image/jpeg", headers=PRIVATE)


def _asked(request: Request, seats: Mapping[str, str]) -> Asked:
    address: str = request.path_params["address"]
    return address, seats.get(address.partition(".")[0])


async def _in_a_thread(look: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(_HANDS, look)
