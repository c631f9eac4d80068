"""The certificate of an issued report (状態証明): what it says, and the print that is kept.

All it says comes from the frozen manifest and the dealer's name; pictures are renditions, so no
place and no camera is in it. What people wrote stays as they wrote it, in every language. The PDF
lies among the originals, its digest is a leaf of the log. Not here: setting and signing (`press`).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from catalog.duties.terms import DealerTerms
from catalog.grading.rubric import GRADES
from catalog.grading.scale import Grade
from catalog.ground import journal, policy
from catalog.ground.calendar import TOKYO
from catalog.ground.errors import Unavailable
from catalog.ground.record import AssetId, from_millis
from catalog.ground.session.database import insert_once
from media.assets.kinds import AssetKind, Occasion
from media.assets.tables import Blob
from media.log import actions as log
from media.originals.store import ObjectMissing, OriginalStore
from media.renditions.tables import Recipe, Rendition, RenditionState
from media.report import catalogues, queries, sidecars
from media.report.actions import subject
from media.report.press import TEMPLATE_VERSION, Printed
from media.report.rules import (
    KINDS,
    OCCASIONS,
    PRINTED_IN,
    SEVERITIES,
    FindingKind,
    Severity,
)
from media.report.tables import ConditionReport, ReportCertificate

MIME = "application/pdf"
ANONYMOUS = "akashi"  # the dealer's name is not set yet


class PictureDamaged(Unavailable):
    """A picture of the certificate is gone, or not what was made of the original. `asset_id`."""

    def __init__(self, asset_id: str) -> None:
        super().__init__(f"the picture of {asset_id} is damaged")
        self.asset_id = asset_id


class PictureUnready(Unavailable):
    """A capture of the report cannot be shown yet; printing waits for it. `asset_id`."""

    def __init__(self, asset_id: str) -> None:
        super().__init__(f"{asset_id} cannot be shown yet")
        self.asset_id = asset_id


class PublicAddressMissing(Unavailable):
    """A certificate tells where it is checked; the shop has no public address yet."""

    def __init__(self) -> None:
        super().__init__("set AKASHI_PUBLIC_URL: a certificate tells where it is checked")


@dataclass(frozen=True, slots=True)
class Source:
    """A rendition in the store, with the digest it must have."""

    asset_id: str
    key: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is printed, in which language. `pictures`: file name → where its bytes lie."""

    report_id: str
    facts: Mapping[str, Any]
    pictures: Mapping[str, Source]
    lang: str = PRINTED_IN[0]


def dealer_name(db: Session) -> str:
    """Who signs."""
    return policy.current(db).of(DealerTerms).name or ANONYMOUS


# What the template says of itself, by names whose words lie in the catalogues of each language.
_SAID = (
    "title", "subtitle", "reason", "supersedes", "findings", "no_findings", "kind", "severity",
    "told", "size", "first_seen", "pictures", "unshown", "unshot", "prints",
    "prints_note", "check", "check_note", "manifest", "log_number",
)  # fmt: skip


def sheet(db: Session, report_id: str, *, public_url: str, lang: str = PRINTED_IN[0]) -> Sheet:
    """What the certificate of that report says in that language. Raises ReportMissing,
    PictureUnready, PublicAddressMissing.
    """
    if not public_url:
        raise PublicAddressMissing
    report = queries.report_of(db, report_id)
    told = queries.manifest_of(report)
    sources = _sources(db, told)
    pictures = {f"{n}.jpg": source for n, source in enumerate(sources.values(), 1)}
    files = {source.asset_id: name for name, source in pictures.items()}
    words = _Words(lang)
    named = _labels(told, words)
    dealer = dealer_name(db)
    address = f"{public_url.rstrip('/')}/verify/{report.code}"
    facts = {
        "lang": lang,
        "words": {name: words.told(name) for name in _SAID},
        "title": told["unit"]["title"],
        "dealer": dealer,
        "reason": words.told("reason"),
        "code": report.code,
        "address": address,
        "facts": _rows(report, told, dealer, words),
        "supersedes": told["supersedes"]["report"] if told["supersedes"] else "",
        "summary": told["summary"],
        "findings": [_finding(db, each, words) for each in told["findings"]],
        "pictures": [
            _picture(db, each, told, files[each["asset"]], named=named, words=words)
            for each in told["captures"]
            if each["asset"] in files
        ],
        "unshown": [
            named[each["asset"]]
            for each in told["captures"]
            if each["asset"] in named and each["asset"] not in files
        ],
        "unshot": _unshot(told, words),
        "hashes": [
            {
                "told": named.get(each["asset"]) or words.told(_MEDIA[each["kind"]]),
                "taken": words.moment(each["captured_at"]),
                "sha256": each["sha256"],
            }
            for each in told["captures"]
        ],
        "manifest_sha256": report.manifest_sha256,
        "log_number": str(report.log_number),
    }
    return Sheet(report_id, facts, pictures, lang)


@dataclass(frozen=True, slots=True)
class _Words:
    """One language of the certificate."""

    lang: str

    def told(self, message: str) -> str:
        """What the Japanese source says."""
        return catalogues.words(self.lang, "certificate").gettext(message)

    def moment(self, millis: int) -> str:
        """A moment in Tokyo, with the minute."""
        at = from_millis(millis).astimezone(TOKYO)
        if self.lang == "en":
            return f"{at.day} {at:%B %Y}, {at:%H:%M} (JST)"
        return f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}"

    def day(self, at: datetime) -> str:
        """A day in Tokyo."""
        local = at.astimezone(TOKYO)
        return f"{local.day} {local:%B %Y}" if self.lang == "en" else f"{local:%Y/%m/%d}"


_MEDIA = {AssetKind.FILM.value: "動画", AssetKind.STILL.value: "写真"}


def _rows(
    report: ConditionReport, told: Mapping[str, Any], dealer: str, words: _Words
) -> list[tuple[str, str]]:
    grade, unit = told["grade"], told["unit"]
    meaning = words.told(GRADES[Grade(grade["grade"])]) if grade else ""
    rows = [
        ("商品番号", unit["code"]),
        ("シリアル", unit["serial"] or "—"),
        ("記録の機会", words.told(OCCASIONS[Occasion(told["occasion"])])),
        ("ランク", f"{grade['grade']}　{meaning}" if grade else words.told("未評価")),
        ("発行日時", words.moment(told["issued_at"])),
        ("発行者", dealer),
        ("報告書番号", report.id),
    ]
    return [(words.told(name), value) for name, value in rows]


def _finding(db: Session, each: Mapping[str, Any], words: _Words) -> dict[str, Any]:
    first_seen = words.told("今回")
    if each["first_seen"]:
        earlier = queries.report_of(db, each["first_seen"])
        first_seen = words.day(earlier.issued_at) if earlier.issued_at else ""
    return {
        "number": each["number"],
        "kind": words.told(KINDS[FindingKind(each["kind"])]),
        "severity": words.told(SEVERITIES[Severity(each["severity"])]),
        "told": each["told"],
        "size": millimetres(each["size_um"]),
        "first_seen": first_seen,
    }


def millimetres(size_um: int | None) -> str:
    """`0.8 mm`."""
    return f"{size_um / 1000:g} mm" if size_um is not None else ""


def _picture(
    db: Session,
    each: Mapping[str, Any],
    told: Mapping[str, Any],
    file: str,
    *,
    named: Mapping[str, str],
    words: _Words,
) -> dict[str, Any]:
    pins = [
        {"number": pin["number"], "mark": pin["mark"]}
        for pin in told["findings"]
        if pin["asset"] == each["asset"]
    ]
    row = _rendition(db, each["asset"], is_large=bool(pins))
    assert row is not None
    return {
        "file": file,
        "told": named.get(each["asset"]) or words.told(_MEDIA[each["kind"]]),
        "taken": words.moment(each["captured_at"]),
        "width": row.width or 4,
        "height": row.height or 3,
        "pins": pins,
    }


def _labels(told: Mapping[str, Any], words: _Words) -> dict[str, str]:
    """What each capture shows, by the shots it is."""
    named: dict[str, list[str]] = {}
    for shot in told["checklist"]["shots"]:
        if shot["asset"] is not None:
            label = shot["told"] if words.lang == "ja" else shot["told_en"] or shot["told"]
            named.setdefault(shot["asset"], []).append(label)
    between = "・" if words.lang == "ja" else ", "
    return {asset: between.join(shots) for asset, shots in named.items()}


def _unshot(told: Mapping[str, Any], words: _Words) -> list[tuple[str, str]]:
    """The shots that were not taken, each with why: nobody had to, or somebody did without."""
    found: list[tuple[str, str]] = []
    for shot in told["checklist"]["shots"]:
        if shot["asset"] is None:
            label = shot["told"] if words.lang == "ja" else shot["told_en"] or shot["told"]
            waived = shot.get("waived")
            why = waived["reason"] if waived else words.told("optional")
            found.append((label, f"{why}　{words.moment(waived['at'])}" if waived else why))
    return found


def _sources(db: Session, told: Mapping[str, Any]) -> dict[AssetId, Source]:
    """The pictures of the shots and of the findings: `full` where a pin stands in it, so that one
    sees what it points at.
    """
    pinned = {each["asset"] for each in told["findings"]}
    shown = {each["asset"] for each in told["checklist"]["shots"]} - {None} | pinned
    found: dict[AssetId, Source] = {}
    for each in told["captures"]:
        asset = each["asset"]
        if asset not in shown:
            continue
        row = _rendition(db, asset, is_large=asset in pinned)
        if row is None or row.key is None or row.sha256 is None:
            if _may_come(db, asset):
                raise PictureUnready(asset)
            continue
        found[AssetId(asset)] = Source(asset, row.key, row.sha256)
    return found


def _rendition(db: Session, asset_id: str, *, is_large: bool) -> Rendition | None:
    still = Recipe.FULL if is_large else Recipe.PREVIEW
    return db.exec(
        select(Rendition)
        .where(
            Rendition.asset_id == asset_id,
            Rendition.state == RenditionState.READY.value,
            col(Rendition.recipe).in_([still.value, Recipe.POSTER.value]),
        )
        .order_by(col(Rendition.version).desc())
        .limit(1)
    ).first()


def _may_come(db: Session, asset_id: str) -> bool:
    """Whether what it is shown by is still being made."""
    failed = db.exec(
        select(Rendition.id).where(
            Rendition.asset_id == asset_id,
            Rendition.state == RenditionState.FAILED.value,
            col(Rendition.recipe).in_([Recipe.FULL.value, Recipe.POSTER.value]),
        )
    )
    return failed.first() is None


def read_pictures(store: OriginalStore, told: Sheet) -> dict[str, bytes]:
    """The bytes of every picture, each checked against its digest. Raises PictureDamaged,
    StoreUnavailable.
    """
    found: dict[str, bytes] = {}
    for name, source in told.pictures.items():
        try:
            content = b"".join(store.open(source.key))
        except ObjectMissing:
            raise PictureDamaged(source.asset_id) from None
        if hashlib.sha256(content).hexdigest() != source.sha256:
            raise PictureDamaged(source.asset_id)
        found[name] = content
    return found


def keep(store: OriginalStore, told: Sheet, printed: Printed, *, now: datetime) -> None:
    """The PDF among the originals, written once. Raises StoreFull, StoreUnavailable."""
    store.staging.mkdir(parents=True, exist_ok=True)
    staged = store.staging / f"{printed.sha256}.certificate"
    staged.write_bytes(printed.pdf)
    try:
        facts = {
            "kind": sidecars.CERTIFICATE,
            "mime": MIME,
            "report": told.report_id,
            "manifest": told.facts["manifest_sha256"],
            "received_at": now.isoformat(),
        }
        store.put(staged, printed.sha256, facts=facts)
    finally:
        staged.unlink(missing_ok=True)


def _tell_of_key(db: Session, signed_by: str, *, now: datetime) -> None:
    """A leaf says from when on another key signs, and whose place it takes."""
    latest = select(ReportCertificate.signed_by).order_by(col(ReportCertificate.log_number).desc())
    before = db.exec(latest.limit(1)).first()
    if before != signed_by:
        log.append(db, sidecars.KEY_LEAF, {"key": signed_by, "replaces": before}, now=now)


def record(
    db: Session,
    report_id: str,
    printed: Printed,
    *,
    by: str,
    now: datetime,
    lang: str = PRINTED_IN[0],
) -> ReportCertificate:
    """Write the print down: its row, its leaf, its place in the journal. The same print again is
    the one that is there.
    """
    prints = queries.certificates_of(db, report_id)
    same = next((each for each in prints if each.sha256 == printed.sha256), None)
    if same is not None:
        return same
    size = len(printed.pdf)
    insert_once(db, Blob, {"sha256": printed.sha256, "bytes": size, "mime": MIME, "kept_at": now})
    version = prints[-1].version + 1 if prints else 1
    _tell_of_key(db, printed.signed_by, now=now)
    leaf = {
        "report": report_id,
        "version": version,
        "sha256": printed.sha256,
        "bytes": size,
        "template": TEMPLATE_VERSION,
        "signed_by": printed.signed_by,
        "lang": lang,
    }
    number = log.append(db, "certificate.made", leaf, now=now)
    row = ReportCertificate(
        report_id=report_id,
        version=version,
        sha256=printed.sha256,
        bytes=size,
        template_version=TEMPLATE_VERSION,
        signed_by=printed.signed_by,
        log_number=number,
        made_at=now,
        lang=lang,
    )
    db.add(row)
    db.flush()
    journal.record(db, subject(report_id), "printed", actor=by, at=now, facts=leaf)
    sidecars.due(db, printed.sha256, now=now)
    return row
