"""The page of the chat: one template, the words of its language, and headers that keep it to
itself.

Words are Babel catalogues beside the template (`locale/*.po`, Japanese is the source). Scripts are
our own modules, nothing is loaded from elsewhere; what the person writes is built into elements,
never into markup.
"""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po
from fastapi import HTTPException, Response
from fastapi.responses import FileResponse, HTMLResponse

from media.sharing.pages import LANGUAGES

_HERE = Path(__file__).parent
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_FILES = {path.name: path for path in (_HERE / "static").iterdir() if path.suffix in _TYPES}
NAMES: Mapping[str, str] = {
    "ja": "日本語",
    "en": "English",
    "zh_hant": "繁體中文",
    "zh_hans": "简体中文",
    "ko": "한국어",
}


def page(lang: str, facts: Mapping[str, Any], *, media_from: str) -> HTMLResponse:
    """The page. `media_from`: where films may come from besides our own origin, for its policy."""
    told = {"lang": lang, "tag": LANGUAGES[lang], "languages": NAMES, **facts}
    text = _template(lang).render(told)
    return HTMLResponse(text, headers=_headers(media_from))


def static(name: str) -> Response:
    """A script, a stylesheet or a drawing of the page."""
    path = _FILES.get(name)
    if path is None:
        raise HTTPException(404)
    headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
    return FileResponse(path, media_type=_TYPES[path.suffix], headers=headers)


def _headers(media_from: str) -> dict[str, str]:
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
        f" img-src 'self' blob: {media_from}; media-src 'self' blob: {media_from};"
        " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return {
        "Content-Security-Policy": policy,
        "Cache-Control": "private, no-store",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Permissions-Policy": "geolocation=(self), camera=(), microphone=()",
        "Vary": "Accept-Language, Cookie",
    }


@cache
def _template(lang: str) -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    pages = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.globals["_"] = _words(lang)
    return pages.get_template("chat.html")


def _words(lang: str) -> Callable[[str], str]:
    path = _HERE / "locale" / f"{lang}.po"
    if not path.exists():  # the source
        return lambda text: text
    with path.open("rb") as written:
        told = {str(each.id): str(each.string) for each in read_po(written)}
    return lambda text: told.get(text) or text
