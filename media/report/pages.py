"""The page that checks a report (`/verify/{code}`) in five languages: Babel catalogues beside the
template, Japanese the source.

Pure: an issued report in, a page out. It knows no price, no owner and no whole serial, because the
manifest it reads knows none.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from gettext import NullTranslations
from typing import Any

from babel.core import negotiate_locale
from babel.dates import format_date

from catalog.grading.rubric import GRADES
from catalog.grading.scale import Grade
from catalog.ground.calendar import TOKYO
from catalog.ground.record import from_millis
from media.assets.kinds import Occasion
from media.report import catalogues
from media.report.catalogues import TEMPLATES
from media.report.certificates import millimetres
from media.report.queries import Standing
from media.report.rules import KINDS, OCCASIONS, SEVERITIES, FindingKind, Severity

LANGUAGES: Mapping[str, tuple[str, str]] = {  # ours → BCP 47, its own name
    "ja": ("ja", "日本語"),
    "en": ("en", "English"),
    "zh_hant": ("zh-Hant", "繁體中文"),
    "zh_hans": ("zh-Hans", "简体中文"),
    "ko": ("ko", "한국어"),
}
_ACCEPTED = {
    **{tag.lower(): lang for lang, (tag, _) in LANGUAGES.items()},
    "zh-tw": "zh_hant", "zh-hk": "zh_hant", "zh-mo": "zh_hant",
    "zh-cn": "zh_hans", "zh-sg": "zh_hans", "zh": "zh_hans",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Picture:
    """Where a capture is seen: as large as its share goes, and small."""

    large: str
    small: str


@dataclass(frozen=True, slots=True)
class Told:
    """What the page tells. `pictures`: asset → where it is seen, of an open share; `kept`: how the
    originals stand, by their digests; `newer`: the code of the report that supersedes this one now,
    `older` of the one it supersedes; `first_seen`: report → when it was issued; `prints`: the
    certificates by the names of their languages, once printed; `taken_off`: captures that were
    found since not to show the piece; `lost`: those whose original is no longer kept.
    """

    manifest: Mapping[str, Any]
    manifest_sha256: str
    log_number: int
    prints: Sequence[tuple[str, str]]
    newer: str | None
    first_seen: Mapping[str, datetime]
    pictures: Mapping[str, Picture]
    kept: Mapping[str, Standing]
    taken_off: Collection[str] = ()
    lost: Collection[str] = ()
    older: str | None = None


def language_for(wanted: str | None, accepted: str | None) -> str:
    """The language asked for in the address, else the browser's, else Japanese."""
    if wanted in LANGUAGES:
        return str(wanted)
    told = [each.partition(";")[0].strip().lower() for each in (accepted or "").split(",")]
    found = negotiate_locale(told[:20], list(_ACCEPTED), sep="-")
    return _ACCEPTED[found.lower()] if found is not None else "ja"


def page(told: Told, *, lang: str, contact_url: str | None, again: str = "") -> str:
    """The page. `again`: what its own address tells besides the language (`&share=…`)."""
    words = catalogues.words(lang)
    manifest = told.manifest
    grade = manifest["grade"]["grade"] if manifest["grade"] else None
    return str(
        _template(lang).render(
            lang=LANGUAGES[lang][0],
            languages=[
                (tag, name, f"?lang={each}{again}") for each, (tag, name) in LANGUAGES.items()
            ],
            told=told,
            unit=manifest["unit"],
            code=manifest["code"],
            occasion=words.gettext(OCCASIONS[Occasion(manifest["occasion"])]),
            grade=grade,
            meaning=words.gettext(GRADES[Grade(grade)]) if grade else None,
            issued_on=_day(from_millis(manifest["issued_at"]), lang),
            summary=manifest["summary"],
            findings=[_finding(told, each, words, lang) for each in manifest["findings"]],
            shots=_shots(told, lang),
            unshot=_unshot(told, lang),
            count=len(manifest["captures"]),
            contact_url=contact_url,
        )
    )


def _finding(
    told: Told, each: Mapping[str, Any], words: NullTranslations, lang: str
) -> Mapping[str, Any]:
    first_seen = told.first_seen.get(each["first_seen"] or "")
    x, y, width, height = each["mark"]
    return {
        "number": each["number"],
        "kind": words.gettext(KINDS[FindingKind(each["kind"])]),
        "severity": words.gettext(SEVERITIES[Severity(each["severity"])]),
        "told": each["told"],
        "size": millimetres(each["size_um"]),
        "first_seen": _day(first_seen, lang) if first_seen is not None else None,
        "picture": told.pictures.get(each["asset"]),
        "is_off": each["asset"] in told.taken_off,
        # For an SVG over the picture, which counts it as a thousand wide and high.
        "x": (x + width / 2) / 1000,
        "y": (y + height / 2) / 1000,
    }


def _shots(of: Told, lang: str) -> Sequence[Mapping[str, Any]]:
    manifest = of.manifest
    taken = {each["asset"]: each["sha256"] for each in manifest["captures"]}
    return [
        {
            "told": each["told"] if lang == "ja" or not each["told_en"] else each["told_en"],
            "lang": "ja" if lang == "ja" or not each["told_en"] else "en",
            "sha256": taken[each["asset"]],
            "is_off": each["asset"] in of.taken_off,
            "picture": of.pictures.get(each["asset"]),
            **_standing(of, taken[each["asset"]], lang),
        }
        for each in manifest["checklist"]["shots"]
        if each["asset"] is not None
    ]


def _standing(of: Told, sha256: str, lang: str) -> Mapping[str, Any]:
    found = of.kept.get(sha256)
    read_at = found.read_at if found is not None and found.is_kept else None
    return {
        "read_on": _day(read_at, lang) if read_at is not None else None,
        "is_gone": found is not None and not found.is_kept,
    }


def _unshot(of: Told, lang: str) -> Sequence[Mapping[str, Any]]:
    """The shots of its list that were not taken: why not, where somebody did without."""
    return [
        {
            "told": each["told"] if lang == "ja" or not each["told_en"] else each["told_en"],
            "lang": "ja" if lang == "ja" or not each["told_en"] else "en",
            "reason": (each.get("waived") or {}).get("reason"),
        }
        for each in of.manifest["checklist"]["shots"]
        if each["asset"] is None
    ]


def _day(at: datetime, lang: str) -> str:
    tag = LANGUAGES[lang][0].replace("-", "_")
    return format_date(at.astimezone(TOKYO).date(), "long", locale=tag)


@cache
def _template(lang: str) -> Any:
    from jinja2 import Environment, FileSystemLoader

    pages = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, extensions=["jinja2.ext.i18n"]
    )
    pages.install_gettext_translations(catalogues.words(lang), newstyle=True)  # type: ignore[attr-defined]  # of the extension
    return pages.get_template("verify.html")
