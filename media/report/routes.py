"""`/verify/{code}`: where anybody holds a report or its PDF against what was issued (状態報告書の
確認).

The code is unguessable and printed; one that opens nothing answers with the page every dead address
answers with, whatever is wrong with it. Who asks too often is told to wait. Codes are never logged.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, PlainTextResponse
from sqlmodel import Session

from catalog.ground.record import UnitId
from catalog.ground.session.database import Database
from media.report import pages, queries
from media.report.catalogues import TEMPLATES
from media.report.pages import Picture, Told
from media.report.queries import ReportMissing
from media.report.rules import PRINTED_IN, read_code

_MOST_SHARE = 64
_HEADERS = {
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "Vary": "Accept-Language",
}


class Turnstile(Protocol):
    """How often somebody may ask."""

    def lets_in(self, caller: str, now: float) -> bool:
        """Whether this call may go on."""
        ...


class Pictured(Protocol):
    """What of a piece an open share shows."""

    def __call__(
        self, db: Session, token: str, unit_id: UnitId, *, now: datetime
    ) -> Mapping[str, Picture]:
        """Asset → where it is seen; none when the share opens nothing of that piece."""
        ...


@dataclass(frozen=True, slots=True)
class VerifyDesk:
    """What the page needs. `gone`: the one answer to dead addresses; `contact_url`: where somebody
    may turn to; `pictures_from`: from where pictures may come besides the shop itself.
    """

    database: Database
    clock: Callable[[], datetime]
    gone: Callable[[], Response]
    pictured: Pictured
    turnstile: Turnstile
    contact_url: str | None = None
    pictures_from: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """What goes with every answer."""
        source = f"'self' {self.pictures_from}".rstrip()
        policy = (
            f"default-src 'none'; img-src {source}; style-src 'self'; base-uri 'none';"
            " form-action 'none'; frame-ancestors 'none'"
        )
        return {**_HEADERS, "Content-Security-Policy": policy}


def verify_router(desk: VerifyDesk) -> APIRouter:
    """GET and HEAD `/verify/{code}`."""
    router = APIRouter()

    @router.api_route("/verify/page.css", methods=["GET", "HEAD"], include_in_schema=False)
    def stylesheet() -> Response:
        return FileResponse(TEMPLATES / "verify.css", media_type="text/css")

    @router.api_route("/verify/{code}", methods=["GET", "HEAD"], include_in_schema=False)
    def verify(
        code: str, request: Request, lang: str | None = None, share: str | None = None
    ) -> Response:
        now = desk.clock()
        caller = request.client.host if request.client is not None else ""
        if not desk.turnstile.lets_in(caller, now.timestamp()):
            wait = {**desk.headers, "Retry-After": "10"}
            return PlainTextResponse(
                "しばらくしてからもう一度お試しください。 Please try again in a moment.",
                status_code=429,
                headers=wait,
            )
        signs = read_code(code)
        token = share if share and len(share) <= _MOST_SHARE else None
        try:
            if signs is None:
                raise ReportMissing("no such report")
            told = desk.database.read(lambda db: _told(db, desk, signs, token, now))
        except ReportMissing:
            return desk.gone()
        lang = pages.language_for(lang, request.headers.get("accept-language"))
        again = f"&share={quote(token, safe='')}" if token else ""
        drawn = pages.page(told, lang=lang, contact_url=desk.contact_url, again=again)
        return HTMLResponse(drawn, headers=desk.headers)

    return router


def _told(db: Session, desk: VerifyDesk, code: str, share: str | None, now: datetime) -> Told:
    report = queries.by_code(db, code)
    manifest = queries.manifest_of(report)
    assert report.manifest_sha256 is not None
    assert report.log_number is not None
    # Every one that was ever given away, so that an older print is not taken for a forged one.
    prints = [
        (pages.LANGUAGES[each.lang or PRINTED_IN[0]][1], each.sha256)
        for each in reversed(queries.certificates_of(db, report.id))
    ]
    newer = queries.latest_of(db, report.id)
    before = manifest["supersedes"]
    earlier = {each["first_seen"] for each in manifest["findings"]} - {None}
    seen = {each: queries.report_of(db, each).issued_at for each in earlier}
    unit_id = UnitId(report.unit_id)
    return Told(
        manifest=manifest,
        manifest_sha256=report.manifest_sha256,
        log_number=report.log_number,
        prints=prints,
        newer=newer.code if newer is not None else None,
        older=queries.report_of(db, before["report"]).code if before else None,
        first_seen={report_id: at for report_id, at in seen.items() if at is not None},
        pictures=desk.pictured(db, share, unit_id, now=now) if share else {},
        kept=queries.standing(db, report),
        taken_off=queries.taken_off(db, report),
        lost=queries.lost(db, report),
    )
