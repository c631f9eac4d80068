"""How a customer's page is made: template, words of the language, headers that keep it private.

Words are Babel catalogues beside the templates (`locale/*.po`, Japanese is the source), compiled
when they are first needed. No script, nothing loaded from elsewhere; works at 320 px and by
keyboard. The address of a page is a secret: it is neither stored, logged, nor told to where a link
leads.
"""

import io
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Response
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse

from catalog.ground.calendar import TOKYO
from conversations.wording.membership.voice import voice as membership_voice
from conversations.wording.voice import voice

LANGUAGES = ("ja", "en", "zh_hant", "zh_hans", "ko")
_HERE = Path(__file__).parent
_STATIC = {"pages.css": "text/css", "icon.svg": "image/svg+xml"}
_TAGS = {"ja": "ja", "en": "en", "zh_hant": "zh-Hant", "zh_hans": "zh-Hans", "ko": "ko"}


def page(
    name: str,
    lang: str,
    facts: Mapping[str, Any] | None = None,
    *,
    status: int = 200,
    form_target: str = "",
) -> Response:
    """The page. `form_target`: an origin a form of it may lead to besides our own."""
    told = {
        "tag": _TAGS[lang],
        "lang": lang,
        "languages": {each: membership_voice(each).language_name() for each in LANGUAGES},
        **(facts or {}),
    }
    text = _pages(lang).get_template(f"{name}.html").render(told)
    return HTMLResponse(text, status_code=status, headers=headers(form_target=form_target))


def gone(lang: str = "ja") -> Response:
    """The one answer to every address that opens nothing: never was, over, used, another's."""
    return page("gone", lang, status=404)


def onward(url: str) -> Response:
    """To the next page; the browser does not send this form again."""
    return RedirectResponse(url, status_code=303, headers=headers())


def static(name: str) -> Response:
    """The stylesheet or the icon of all pages."""
    kind = _STATIC.get(name)
    if kind is None:
        return gone()
    kept = {"Cache-Control": "public, max-age=3600", "X-Content-Type-Options": "nosniff"}
    return FileResponse(_HERE / "static" / name, media_type=kind, headers=kept)


def headers(*, form_target: str = "") -> dict[str, str]:
    """What keeps a page private: kept by nobody, told to nobody, framed by nobody."""
    return {
        "Cache-Control": "private, no-store",
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex, nofollow",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Content-Security-Policy": (
            "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none';"
            f" form-action 'self' {form_target}; frame-ancestors 'none'"
        ),
    }


def language_of(wished: str | None, otherwise: str) -> str:
    """The language a person chose on the page, else the conversation's."""
    if wished in LANGUAGES:
        return wished
    return otherwise if otherwise in LANGUAGES else "ja"


@cache
def _pages(lang: str) -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    words = voice(lang)
    pages = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    pages.install_gettext_translations(_catalogue(lang), newstyle=True)  # type: ignore[attr-defined]  # the extension adds it
    pages.filters.update(
        yen=lambda amount: f"¥{amount:,}", day=_day(lang), moment=_moment(lang), grade=words.grade
    )
    return pages


def _catalogue(lang: str) -> Any:
    """The words of that language; the source language needs none."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po
    from babel.support import NullTranslations, Translations

    path = _HERE / "locale" / f"{lang}.po"
    if not path.exists():
        return NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as written:
        write_mo(compiled, read_po(written))
    compiled.seek(0)
    return Translations(compiled)


def _day(lang: str) -> Any:
    from babel.dates import format_date

    def day(told: date | datetime | None) -> str:
        if told is None:
            return ""
        local = told.astimezone(TOKYO).date() if isinstance(told, datetime) else told
        return format_date(local, format="medium" if lang == "en" else "long", locale=_locale(lang))

    return day


def _moment(lang: str) -> Any:
    day = _day(lang)

    def moment(told: datetime) -> str:
        return f"{day(told)} {told.astimezone(TOKYO):%H:%M}"

    return moment


def _locale(lang: str) -> str:
    return {"zh_hant": "zh_Hant_TW", "zh_hans": "zh_Hans_CN"}.get(lang, lang)
