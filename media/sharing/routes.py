"""`/m/{token}`: the bytes of one rendition for whoever was sent the address. `/s/{id}`: a page
about one piece that may be passed on; its bytes have addresses that live ten minutes: `/s/b/` to
look at, `/s/t/` tiles, `/s/d/` files with a mark to keep, `/s/o/` originals, `/s/r/` the way to
where the condition report is checked, `/s/p/` its certificate, `/s/e/` an evidence zip.

Every request at them is seen by the `Watch`, whatever it was answered with. Tokens and addresses
are never logged.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from catalog.ground.record import Sha256
from media.originals.replicas import OriginalLost
from media.originals.store import ObjectMissing
from media.report.certificates import MIME
from media.sharing import marking, opening, pages, papers, passes, pin
from media.sharing.bagging import add_evidence
from media.sharing.counter import SEAT, Counter, seats_of, seen_by
from media.sharing.handing_out import BOTH, add_bytes
from media.sharing.kinds import Why
from media.sharing.looks import Seen, What, span_of
from media.sharing.opening import Ajar, Download, Opened, Visitor
from media.sharing.passes import About, PassUnknown
from media.sharing.serving import (
    PRIVATE,
    Keepsake,
    as_file,
    asked_for,
    head_of_file,
    signed_origin,
    without_copy,
)

_PAGE = {
    **PRIVATE,
    "Cache-Control": "private, no-store",
    "Vary": "Accept-Language",
}
_SEAT_SECONDS = 12 * 3600
_MOST_PIN = 12
_MOST_TOKEN = 64
_MOST_SHEET = 6  # digits
_MADE_AT_ONCE = 3


def media_router(counter: Counter) -> APIRouter:
    """GET and HEAD `/m/{token}`, `/s/{id}` and what that page needs; POST `/s/{id}`."""
    router = APIRouter()
    add_bytes(router, counter)
    _add_still_files(router, counter)
    _add_downloads(router, counter)
    add_evidence(router, counter)
    _add_report(router, counter)
    _add_page(router, counter)
    _add_rest(router, counter)
    return router


def _add_still_files(router: APIRouter, counter: Counter) -> None:
    @router.api_route("/s/share.css", methods=BOTH, include_in_schema=False)
    def stylesheet() -> Response:
        return FileResponse(pages.TEMPLATES / "share.css", media_type="text/css")

    @router.api_route("/s/js/{name}", methods=BOTH, include_in_schema=False)
    def script(name: str) -> Response:
        kept = counter.scripts
        if kept is None or name not in (kept.page, kept.look):
            return counter.gone()
        headers = {
            "Cache-Control": "public, max-age=31536000, immutable",
            "X-Content-Type-Options": "nosniff",
        }
        return FileResponse(kept.folder / name, media_type="text/javascript", headers=headers)


def _add_downloads(router: APIRouter, counter: Counter) -> None:
    """Each makes a private copy first, of a film perhaps of gigabytes: a few at once, and those who
    wait hold up nobody else. What needs no copy makes none.
    """
    making = asyncio.Semaphore(_MADE_AT_ONCE)

    @router.api_route("/s/d/{address}", methods=BOTH, include_in_schema=False)
    async def download(address: str, request: Request) -> Response:
        seats, now = seats_of(request), counter.clock()
        seen, about = seen_by(What.DOWNLOAD, request), passes.NOTHING

        def look() -> Download:
            return counter.database.read(
                lambda db: opening.find_download(db, address, seats=seats, now=now)
            )

        def made(found: Download) -> tuple[Keepsake, Response]:
            path = marking.marked(counter.store, found, film_program=counter.ffmpeg, now=now)
            sha256, size = marking.measured(path)
            file = Keepsake(found.name, found.passed.mime, size, sha256, is_made_anew=True)
            return file, as_file(path, file, request)

        try:
            found = await run_in_threadpool(look)
            about = found.passed.about
            if request.method == "HEAD":
                counter.watch.saw(seen.shown(about, "none"))
                return head_of_file(found.name, found.passed.mime)
            async with making:
                file, answer = await run_in_threadpool(made, found)
        except PassUnknown as unknown:
            counter.watch.saw(seen.refused(unknown.why, unknown.about))
            return counter.gone()
        except ObjectMissing:
            counter.watch.saw(seen.refused(Why.GONE, about))
            return counter.gone()
        counter.watch.saw(seen.shown(about, span_of(asked_for(file, request), file.size)))
        return answer

    @router.api_route("/s/o/{address}", methods=BOTH, include_in_schema=False)
    async def original(address: str, request: Request) -> Response:
        def find(db: Session) -> tuple[Keepsake, About]:
            found = opening.find_original(db, address, seats=seats_of(request), now=counter.clock())
            return Keepsake(found.name, found.mime, found.size, found.sha256), found.about

        return await _as_it_was(counter, What.ORIGINAL, request, find, making)

    @router.api_route("/s/p/{address}", methods=BOTH, include_in_schema=False)
    async def certificate(address: str, request: Request) -> Response:
        def find(db: Session) -> tuple[Keepsake, About]:
            found = papers.find_print(db, address, seats=seats_of(request), now=counter.clock())
            return Keepsake(found.name, MIME, found.size, found.sha256), found.about

        return await _as_it_was(counter, What.PRINT, request, find, making)


async def _as_it_was(
    counter: Counter,
    what: What,
    request: Request,
    find: Callable[[Session], tuple[Keepsake, About]],
    making: asyncio.Semaphore,
) -> Response:
    """What counts as evidence: a copy that was hashed on its way, or nothing."""
    seen, about = seen_by(what, request), passes.NOTHING
    try:
        file, about = await run_in_threadpool(counter.database.read, find)
        answer = without_copy(file, request)
        if answer is None:
            async with making:
                answer = await run_in_threadpool(_copied, counter, file, request)
    except PassUnknown as unknown:
        counter.watch.saw(seen.refused(unknown.why, unknown.about))
        return counter.gone()
    except OriginalLost:
        counter.watch.saw(seen.refused(Why.GONE, about))
        return counter.gone()
    is_head = request.method == "HEAD"
    span = "none" if is_head else span_of(asked_for(file, request), file.size)
    counter.watch.saw(seen.shown(about, span))
    return answer


def _copied(counter: Counter, file: Keepsake, request: Request) -> Response:
    return as_file(counter.replicas.fetch(Sha256(file.sha256)), file, request)


def _add_report(router: APIRouter, counter: Counter) -> None:
    @router.api_route("/s/r/{address}", methods=BOTH, include_in_schema=False)
    def report(
        address: str, request: Request, share: str = "", lang: str | None = None
    ) -> Response:
        seats, now = seats_of(request), counter.clock()
        seen = seen_by(What.REPORT, request)
        try:
            code, about = counter.database.read(
                lambda db: papers.find_report(db, address, seats=seats, now=now)
            )
        except PassUnknown as unknown:
            counter.watch.saw(seen.refused(unknown.why, unknown.about))
            return counter.gone()
        counter.watch.saw(seen.shown(about))
        told = {"lang": lang if lang in pages.LANGUAGES else "", "share": share[:_MOST_TOKEN]}
        query = urlencode({name: value for name, value in told.items() if value})
        return RedirectResponse(f"/verify/{code}?{query}", status_code=303, headers=_PAGE)


def _add_page(router: APIRouter, counter: Counter) -> None:
    @router.api_route("/s/{token}", methods=BOTH, include_in_schema=False)
    def share_page(
        token: str, request: Request, lang: str | None = None, sheet: str = ""
    ) -> Response:
        now, seen, seats = counter.clock(), seen_by(What.PAGE, request), seats_of(request)
        try:
            ajar = counter.database.read(lambda db: opening.knock(db, token, seats=seats, now=now))
            if ajar.is_gated and ajar.seated is None:
                counter.watch.saw(seen.shown(ajar.about, "gate"))
                return _gate(counter, ajar, request, lang)
            seat = None
            viewing_id = ajar.seated or opening.NOBODY
            if ajar.seated is None and request.method == "GET" and seen.agent != "robot":
                viewing_id, seat = counter.database.write(
                    lambda db: opening.enter(db, ajar.share_id, _visitor(seen), now=now)
                )
            opened = counter.database.read(
                lambda db: opening.opened(db, token, viewing_id, now=now, sheet=_sheet(sheet))
            )
        except PassUnknown as unknown:
            counter.watch.saw(seen.refused(unknown.why, unknown.about))
            return counter.gone()
        about = passes.About(opened.share_id, None if viewing_id == opening.NOBODY else viewing_id)
        counter.watch.saw(seen.shown(about))
        answer = _drawn(counter, opened, request, lang, now)
        if seat is not None:
            _keep_seat(counter, answer, opened.share_id, seat)
        return answer

    @router.post("/s/{token}", include_in_schema=False)
    def enter(
        token: str, request: Request, told: Annotated[str, Form(alias="pin")] = "",
        lang: str | None = None,
    ) -> Response:  # fmt: skip
        now, seen, seats = counter.clock(), seen_by(What.GATE, request), seats_of(request)
        try:
            ajar = counter.database.read(lambda db: opening.knock(db, token, seats=seats, now=now))
            if not ajar.is_gated or ajar.seated is not None:
                counter.watch.saw(seen.shown(ajar.about))
                return _onward(request)
            if ajar.asks_pin and (wrong := _pin_is_wrong(counter, ajar, told, now)) is not None:
                counter.watch.saw(seen.refused(wrong, ajar.about))
                again = counter.database.read(
                    lambda db: opening.knock(db, token, seats={}, now=now)
                )
                return _gate(counter, again, request, lang, wrong=wrong)
            viewing_id, seat = counter.database.write(
                lambda db: opening.enter(
                    db, ajar.share_id, _visitor(seen), told_pin=ajar.asks_pin, now=now
                )
            )
        except PassUnknown as unknown:
            counter.watch.saw(seen.refused(unknown.why, unknown.about))
            return counter.gone()
        counter.watch.saw(seen.shown(passes.About(ajar.share_id, viewing_id)))
        answer = _onward(request)
        _keep_seat(counter, answer, ajar.share_id, seat)
        return answer


def _add_rest(router: APIRouter, counter: Counter) -> None:
    """Whatever else somebody tries there is answered, and recorded, as an unknown address."""

    def nothing(request: Request) -> Response:
        counter.watch.saw(seen_by(What.PAGE, request).refused(Why.UNKNOWN, passes.NOTHING))
        return counter.gone()

    for place in ("/m/{rest:path}", "/s/{rest:path}"):
        router.add_route(place, nothing, methods=BOTH)


def _pin_is_wrong(counter: Counter, ajar: Ajar, told: str, now: datetime) -> Why | None:
    """The try is counted before anybody knows whether it is right, so that a hundred at once are a
    hundred.
    """
    kept = counter.database.write(lambda db: opening.count_try(db, ajar.share_id, now=now))
    if kept is None:
        return Why.LOCKED
    digits = "".join(str(int(each)) for each in told[:_MOST_PIN] if each.isdecimal())
    return None if pin.fits(digits, kept) else Why.WRONG_PIN


def _page_headers(counter: Counter) -> dict[str, str]:
    return {**_PAGE, "Content-Security-Policy": _policy(counter)}


def _policy(counter: Counter) -> str:
    """Pictures and films may come from the object service too, where they do."""
    origin = f" {signed_origin(counter.store, seconds=counter.signed_seconds)}".rstrip()
    return (
        f"default-src 'none'; script-src 'self'; img-src 'self'{origin}; media-src 'self'{origin};"
        " connect-src 'self'; style-src 'self'; base-uri 'none'; form-action 'self';"
        " frame-ancestors 'none'"
    )


def _drawn(
    counter: Counter, opened: Opened, request: Request, lang: str | None, now: datetime
) -> Response:
    lang = pages.language_for(lang, request.headers.get("accept-language"), opened.lang)
    told = pages.page(
        opened,
        lang=lang,
        address=request.url.path,
        contact_url=counter.contact_url,
        now=now,
        scripts=counter.scripts,
    )
    return HTMLResponse(told, headers=_page_headers(counter))


def _gate(
    counter: Counter, ajar: Ajar, request: Request, lang: str | None, *, wrong: Why | None = None
) -> Response:
    lang = pages.language_for(lang, request.headers.get("accept-language"), ajar.lang)
    told = pages.gate(
        lang=lang,
        address=request.url.path,
        sheet=_sheet(request.query_params.get("sheet", "")),
        asks_pin=ajar.asks_pin,
        was_wrong=wrong is Why.WRONG_PIN,
        locked_until=ajar.locked_until,
        contact_url=counter.contact_url,
    )
    status = {Why.WRONG_PIN: 403, Why.LOCKED: 429}.get(wrong, 200) if wrong else 200
    return HTMLResponse(told, status_code=status, headers=_page_headers(counter))


def _sheet(told: str) -> int:
    """Which sheet of the page; the first for what is no number."""
    return int(told) if told.isascii() and told.isdigit() and len(told) < _MOST_SHEET else 1


def _onward(request: Request) -> Response:
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"{request.url.path}{query}", status_code=303, headers=_PAGE)


def _visitor(seen: Seen) -> Visitor:
    return Visitor(seen.network, seen.agent)


def _keep_seat(counter: Counter, answer: Response, share_id: str, seat: str) -> None:
    answer.set_cookie(
        f"{SEAT}{share_id}", seat, max_age=_SEAT_SECONDS, path="/s/", secure=counter.is_https,
        httponly=True, samesite="lax",
    )  # fmt: skip
