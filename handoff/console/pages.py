"""How a page of the console is made: template, words of the language, headers that keep it private.

Words are a Babel catalogue beside the templates (`locale/en.po`; Japanese is the source). Dates,
yen and names stand as Japanese business writes them, in English as there. What people wrote is
always escaped; no script and no style stands in a page.
"""

import io
import secrets
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fastapi import Response
from fastapi.responses import FileResponse, HTMLResponse

from catalog.duties.actors import Actor, Role
from catalog.ground.calendar import TOKYO
from handoff.console.scripts import script, scripts, worker
from handoff.staff import masking

LANGUAGES = ("ja", "en")
HERE = Path(__file__).parent
_ANYBODY = Actor("", Role.REMOTE)
_STATIC = {
    "console.css": "text/css",
    "icon.svg": "image/svg+xml",
    "icon-180.png": "image/png",
    "icon-192.png": "image/png",
    "icon-512.png": "image/png",
    "icon-mask.png": "image/png",
    "console.webmanifest": "application/manifest+json",
}
_WEEKDAYS = "月火水木金土日"
# In this order: most of them name others too.
_BROWSERS = (
    ("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("Windows", "Windows"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"),
    ("Mac OS X", "Mac"), ("Linux", "Linux"),
)  # fmt: skip
PRIVATE = {
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:;"
        " media-src 'self' blob:; connect-src 'self'; manifest-src 'self'; worker-src 'self';"
        " base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
}


def page(name: str, lang: str, facts: Mapping[str, Any], *, status: int = 200) -> Response:
    """A whole page, or a part of one when the template's name begins with `_`."""
    return HTMLResponse(text(name, lang, facts), status_code=status, headers=PRIVATE)


def text(name: str, lang: str, facts: Mapping[str, Any]) -> str:
    """The same as text, to be sent by another way."""
    told = {"lang": lang, "script": script(), "look_script": script("look.js"), **facts}
    return str(_pages(lang).get_template(f"{name}.html").render(told))


def static(name: str) -> Response | None:
    """A stylesheet or drawing of the console, or a bundled script; None for what is none."""
    kept = {"X-Content-Type-Options": "nosniff"}
    if name in _STATIC:
        kept["Cache-Control"] = "public, max-age=3600"
        return FileResponse(HERE / "static" / name, media_type=_STATIC[name], headers=kept)
    if name in {each.file for each in scripts().values()}:
        kept["Cache-Control"] = "public, max-age=31536000, immutable"
        path = HERE / "static" / "dist" / name
        return FileResponse(path, media_type="text/javascript", headers=kept)
    return None


def beside() -> Response | None:
    """The script browsers run beside the pages, for all of the console; None without npm."""
    path = worker()
    if path is None:
        return None
    headers = {
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-cache",
        "Service-Worker-Allowed": "/console",
        "Content-Security-Policy": "default-src 'none'",
    }
    return FileResponse(path, media_type="text/javascript", headers=headers)


def anchor(told: str) -> str:
    """A name for an element about this conversation or thing, safe in markup and selectors."""
    return sha256(told.encode()).hexdigest()[:16]


def own(url: str) -> str:
    """A picture or film of ours by its path, whatever public name it was sent under."""
    path = urlsplit(url).path
    return path if path.startswith(("/m/", "/s/")) else ""


def _veiled(told: str, visit: Any = None) -> str:
    """What people wrote, without the contacts in it for whoever may not see them; for everybody
    where it is drawn for all.
    """
    return masking.words(told, visit.session.actor if visit is not None else _ANYBODY)


def _in_words(told: str, words: Mapping[str, str]) -> str:
    """A name of the registers as people call it; the name itself where there is no word for it."""
    return words.get(str(told), str(told))


def _rate(bps: int) -> str:
    """Basis points as people read them: `80%`, `72.5%`."""
    return f"{bps / 100:g}%"


def device(agent: str | None) -> str:
    """A browser as its owner knows it (`Chrome · Windows`), from how it names itself."""
    told = agent or ""
    parts = [
        next((name for sign, name in names if sign in told), "") for names in (_BROWSERS, _SYSTEMS)
    ]
    return " · ".join(part for part in parts if part) or told[:60]


def _key() -> str:
    """One for each form that is drawn: sent twice, it is one message."""
    return secrets.token_urlsafe(16)


@cache
def _pages(lang: str) -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    pages = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        auto_reload=False,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    pages.install_gettext_translations(_catalogue(lang), newstyle=True)  # type: ignore[attr-defined]  # the extension adds it
    pages.filters.update(
        yen=yen, day=_day(lang), moment=_moment(lang), clock=_clock(lang), iso=_iso, anchor=anchor,
        kind=lambda told: type(told).__name__, own=own, veiled=_veiled, in_words=_in_words,
        rate=_rate, device=device,
    )  # fmt: skip
    pages.globals["key"] = _key
    return pages


def _catalogue(lang: str) -> Any:
    """The words of that language; the source language needs none."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po
    from babel.support import NullTranslations, Translations

    path = HERE / "locale" / f"{lang}.po"
    if not path.exists():
        return NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as written:
        write_mo(compiled, read_po(written))
    compiled.seek(0)
    return Translations(compiled)


def yen(amount: int) -> str:
    """`¥1,234,567`; a debt with a minus before the sign."""
    return f"−¥{-amount:,}" if amount < 0 else f"¥{amount:,}"


def _local(told: date | datetime) -> date:
    return told.astimezone(TOKYO).date() if isinstance(told, datetime) else told


def _day(lang: str) -> Any:
    def day(told: date | datetime | None) -> str:
        if told is None:
            return ""
        local = _local(told)
        if lang == "ja":
            return f"{local.year}年{local.month}月{local.day}日({_WEEKDAYS[local.weekday()]})"
        return f"{local:%a} {local.day} {local:%b %Y}"

    return day


def _moment(lang: str) -> Any:
    day = _day(lang)

    def moment(told: datetime | None) -> str:
        return f"{day(told)} {told.astimezone(TOKYO):%H:%M}" if told is not None else ""

    return moment


def _clock(lang: str) -> Any:
    """Short, for lists: the time of today, the day of this year, else the whole day."""

    def clock(told: datetime, now: datetime) -> str:
        local, today = told.astimezone(TOKYO), now.astimezone(TOKYO).date()
        if local.date() == today:
            return f"{local:%H:%M}"
        if local.year == today.year:
            if lang == "ja":
                return f"{local.month}/{local.day} {local:%H:%M}"
            return f"{local.day} {local:%b %H:%M}"
        return f"{local:%Y/%m/%d}"

    return clock


def _iso(told: datetime) -> str:
    return told.astimezone(TOKYO).isoformat(timespec="seconds")
