"""The share page in five languages: Babel catalogues beside the template, Japanese the source.

Pure: an open share in, a page out. It knows no price, no cost, no owner and no seat of the shop's
books; what it shows is in `opening.Opened`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from gettext import NullTranslations
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from babel.core import negotiate_locale
from babel.dates import format_date
from babel.messages.pofile import read_po

from catalog.grading.rubric import GRADES
from catalog.grading.scale import Grade
from catalog.ground.calendar import TOKYO
from media.assets.kinds import AssetKind, Part
from media.renditions import tiles
from media.renditions.queries import Showable
from media.report import catalogues
from media.report.certificates import millimetres
from media.report.rules import KINDS as KINDS_FOUND
from media.report.rules import SEVERITIES
from media.sharing.kinds import Reach
from media.sharing.opening import NOBODY, Opened, Shown, Verb, byte_address
from media.sharing.scenes import Scene

TEMPLATES = Path(__file__).parent / "templates"
LANGUAGES: Mapping[str, str] = {  # ours → BCP 47
    "ja": "ja",
    "en": "en",
    "zh_hant": "zh-Hant",
    "zh_hans": "zh-Hans",
    "ko": "ko",
}
LANGUAGE_NAMES: Mapping[str, str] = {
    "ja": "日本語",
    "en": "English",
    "zh_hant": "繁體中文",
    "zh_hans": "简体中文",
    "ko": "한국어",
}
_ACCEPTED = {
    **{tag.lower(): lang for lang, tag in LANGUAGES.items()},
    "zh-tw": "zh_hant", "zh-hk": "zh_hant", "zh-mo": "zh_hant",
    "zh-cn": "zh_hans", "zh-sg": "zh_hans", "zh": "zh_hans",
}  # fmt: skip
_OURS = {"zh": "zh_hant"}  # a conversation in Chinese whose script nobody knows
PARTS: Mapping[Part, str] = {
    Part.CASE_BACK: "裏蓋",
    Part.CASE: "ケース",
    Part.BEZEL: "ベゼル",
    Part.DIAL: "文字盤",
    Part.HANDS: "針",
    Part.CRYSTAL: "風防",
    Part.BRACELET: "ブレスレット",
    Part.CLASP: "クラスプ",
    Part.CROWN: "リューズ",
    Part.GIRDLE: "ガードル",
    Part.PRONG: "爪",
    Part.STONE: "石",
    Part.CORNER: "角",
    Part.HANDLE: "持ち手",
    Part.LINING: "内装",
    Part.ZIPPER: "ファスナー",
    Part.HARDWARE: "金具",
    Part.STRAP: "ストラップ",
    Part.SLEEVE: "袖口",
    Part.SOLE: "靴底",
}
KINDS: Mapping[AssetKind, str] = {AssetKind.FILM: "動画", AssetKind.STILL: "写真"}


def language_for(wanted: str | None, accepted: str | None, share_lang: str) -> str:
    """The language asked for in the address, else the browser's, else that of who made the page."""
    if wanted in LANGUAGES:
        return str(wanted)
    told = [each.partition(";")[0].strip().lower() for each in (accepted or "").split(",")]
    found = negotiate_locale(told[:20], list(_ACCEPTED), sep="-")
    if found is not None:
        return _ACCEPTED[found.lower()]
    lang = _OURS.get(share_lang, share_lang)
    return lang if lang in LANGUAGES else "ja"


@dataclass(frozen=True, slots=True)
class Scripts:
    """What a page looks at pictures closely with: a small script at once, which brings the large
    one when somebody taps. Names of files in `folder`, and what a browser checks each against.
    """

    folder: Path
    page: str
    page_integrity: str
    look: str
    look_integrity: str


def page(
    share: Opened,
    *,
    lang: str,
    address: str,
    contact_url: str | None,
    now: datetime,
    scripts: Scripts | None = None,
) -> str:
    """The page. `address` is its own path, for the choice of language. Without scripts pictures
    open as they are.
    """
    words = _words(lang)
    sees_all = share.reach.covers(Reach.TILES)
    shown = [
        {
            "is_film": each.media.kind is AssetKind.FILM,
            "kind": KINDS[each.media.kind],
            "part": PARTS[each.media.part] if each.media.part else None,
            "day": _day(each.media.captured_at, lang),
            "sha256": each.sha256,
            "source": _source(share, each.media.playing, now),
            "scenes": _scenes(each.scenes, words, lang),
            "stills": _stills(share, each, now) if sees_all else (),
            "poster": _source(share, each.media.poster or each.media.preview, now),
            "full": _source(share, each.media.full, now) if sees_all else None,
            "viewer": _viewer(share, each.media, pins, now) if sees_all and scripts else None,
            "pins": pins,
            "download": _kept(share, each.media.film or each.media.full, Verb.DOWNLOAD, now),
            "is_lost": each.is_lost,
            "original": None
            if each.is_lost
            else _kept(share, each.media.asset_id, Verb.ORIGINAL, now),
        }
        for each in share.shown
        for pins in [_pins(share, each.media.asset_id, lang)]
    ]
    grade = share.unit.grade
    return str(
        _template(lang).render(
            lang=LANGUAGES[lang],
            title=share.unit.named(lang),
            code=share.unit.code,
            grade=grade,
            is_old_grade=share.is_old_grade,
            meaning=words.gettext(GRADES[Grade(grade)]) if grade else None,
            made_for=share.made_for,
            made_on=_day(share.made_at, lang),
            ends_on=_day(share.ends_at, lang),
            shown=shown,
            languages=_choices(address, sheet=share.sheet.number),
            sheets=_sheets(share, address, lang),
            first=share.sheet.start + 1,
            count=share.count,
            takes_mark=any(each["download"] for each in shown),
            report=_report(share, address, lang, now),
            gives_evidence=share.evidence is not None,
            evidence=_evidence(share, now),
            contact_url=contact_url,
            scripts=scripts,
        )
    )


def _source(share: Opened, rendition_id: str | None, now: datetime) -> str | None:
    return f"/s/b/{byte_address(share, rendition_id, now=now)}" if rendition_id else None


def _scenes(
    scenes: Sequence[Scene], words: NullTranslations, lang: str
) -> Sequence[Mapping[str, Any]]:
    """Each with what it is called in the language of the page: the shot where that is known in it,
    else the part, else the shot in English, else its number.
    """
    told = []
    for number, each in enumerate(scenes, 1):
        shot = {"ja": each.told, "en": each.told_en}.get(lang)
        part = words.gettext(PARTS[each.part]) if each.part else None
        number_told = words.gettext("場面%(number)s") % {"number": number}
        told.append(
            {
                "name": shot or part or each.told_en or number_told,
                "is_english": not (shot or part) and bool(each.told_en),
                "at_ms": each.at_ms,
                "at": str(each.at_ms / 1000),
                "clock": _clock(each.at_ms),
            }
        )
    return told


def _stills(share: Opened, shown: Shown, now: datetime) -> Sequence[Mapping[str, Any]]:
    return [
        {
            "clock": _clock(each.at_ms),
            "source": _source(share, each.rendition_id, now),
            "download": _kept(share, each.rendition_id, Verb.DOWNLOAD, now),
        }
        for each in shown.stills
    ]


def _clock(at_ms: int) -> str:
    seconds = at_ms // 1000
    return f"{seconds // 60}:{seconds % 60:02}"


_FOLDERS = {Verb.DOWNLOAD: ("d", Reach.DOWNLOAD), Verb.ORIGINAL: ("o", Reach.ORIGINAL)}


def _kept(share: Opened, thing: str | None, verb: Verb, now: datetime) -> str | None:
    folder, needed = _FOLDERS[verb]
    if thing is None or not share.reach.covers(needed) or share.viewing_id == NOBODY:
        return None
    return f"/s/{folder}/{byte_address(share, thing, verb=verb, now=now)}"


def _report(share: Opened, address: str, lang: str, now: datetime) -> Mapping[str, Any] | None:
    """The report with its addresses; nothing for who has no viewing, as robots have none."""
    found = share.report
    if found is None or share.viewing_id == NOBODY:
        return None
    signed = byte_address(share, found.report_id, verb=Verb.REPORT, now=now)
    more = {"share": address.rsplit("/", 1)[-1], "lang": lang}
    prints = found.prints if share.reach.covers(Reach.TILES) else {}
    return {
        "issued_on": _day(found.issued_at, lang),
        "has_newer": found.has_newer,
        "taken_off": found.taken_off,
        "is_of_before": found.is_of_before,
        "check": f"/s/r/{signed}?{urlencode(more)}",
        "prints": [
            (
                LANGUAGE_NAMES[each],
                LANGUAGES[each],
                f"/s/p/{byte_address(share, printed.sha256, verb=Verb.PRINT, now=now)}",
            )
            for each, printed in prints.items()
        ],
    }


def _evidence(share: Opened, now: datetime) -> str | None:
    """The address of the zip; robots have none."""
    if share.evidence is None or share.viewing_id == NOBODY:
        return None
    return f"/s/e/{byte_address(share, share.evidence, verb=Verb.EVIDENCE, now=now)}"


def gate(
    *,
    lang: str,
    address: str,
    sheet: int,
    asks_pin: bool,
    was_wrong: bool,
    locked_until: datetime | None,
    contact_url: str | None,
) -> str:
    """What stands before a page that asks first: no word about what is behind it, and leads on to
    the sheet that was asked for.
    """
    until = locked_until.astimezone(TOKYO) if locked_until is not None else None
    return str(
        _template(lang, "gate.html").render(
            lang=LANGUAGES[lang],
            address=f"{address}?lang={lang}{_more(sheet)}",
            languages=_choices(address, sheet=sheet),
            asks_pin=asks_pin,
            was_wrong=was_wrong,
            locked_until=f"{until:%H:%M}" if until is not None else None,
            contact_url=contact_url,
        )
    )


def _pins(share: Opened, asset_id: str, lang: str) -> Sequence[Mapping[str, Any]]:
    """What the report of the page found in a capture, each with where it is; nothing for who has no
    viewing, as the report itself.
    """
    if share.report is None or share.viewing_id == NOBODY:
        return ()
    words = catalogues.words(lang)
    return [
        {
            "n": each.number,
            "x": each.x,
            "y": each.y,
            "label": " · ".join(
                part
                for part in (
                    words.gettext(KINDS_FOUND[each.kind]),
                    words.gettext(SEVERITIES[each.severity]),
                    millimetres(each.size_um),
                )
                if part
            ),
            "told": each.told,
        }
        for each in share.report.findings.get(asset_id, ())
    ]


def _viewer(
    share: Opened, media: Showable, pins: Sequence[Mapping[str, Any]], now: datetime
) -> dict[str, Any] | None:
    """What a viewer must know; None for what has no more pixels than `full` shows."""
    if media.tiles is None or media.tiles_size is None:
        return None
    signed = byte_address(share, media.tiles, now=now)
    told: dict[str, Any] = {
        "tiles": f"/s/t/{signed}/",
        "um_per_px": media.um_per_px,
        "pins": [{name: each[name] for name in ("n", "x", "y", "label")} for each in pins],
    }
    return told | tiles.facts(*media.tiles_size)


def _choices(address: str, *, sheet: int = 1) -> Sequence[tuple[str, str, str]]:
    return [
        (LANGUAGES[lang], name, f"{address}?lang={lang}{_more(sheet)}")
        for lang, name in LANGUAGE_NAMES.items()
    ]


def _more(sheet: int) -> str:
    return f"&sheet={sheet}" if sheet > 1 else ""


def _sheets(share: Opened, address: str, lang: str) -> Sequence[tuple[int, str, bool]]:
    """The way to each sheet, and whether it is this one; none where all is on one."""
    if share.sheet.sheets < 2:
        return ()
    return [
        (each, f"{address}?lang={lang}&sheet={each}", each == share.sheet.number)
        for each in range(1, share.sheet.sheets + 1)
    ]


def _day(at: datetime, lang: str) -> str:
    return format_date(
        at.astimezone(TOKYO).date(), "long", locale=LANGUAGES[lang].replace("-", "_")
    )


class _Catalogue(NullTranslations):
    """What one `.po` file says; what it lacks stays Japanese."""

    def __init__(self, told: Mapping[str, str]) -> None:
        super().__init__()
        self._told = told

    def gettext(self, message: str) -> str:
        return self._told.get(message) or message


@cache
def _words(lang: str) -> _Catalogue:
    if lang == "ja":
        return _Catalogue({})
    with (TEMPLATES / f"{lang}.po").open("rb") as file:
        return _Catalogue({str(each.id): str(each.string) for each in read_po(file) if each.id})


@cache
def _template(lang: str, name: str = "share.html") -> Any:
    from jinja2 import Environment, FileSystemLoader

    pages = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, extensions=["jinja2.ext.i18n"]
    )
    pages.install_gettext_translations(_words(lang), newstyle=True)  # type: ignore[attr-defined]  # of the extension
    return pages.get_template(name)
