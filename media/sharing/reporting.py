"""The condition report a share page tells of (状態報告書), its findings at their places in what the
page shows (指摘), and which of its certificates go out with it.

The page keeps which report was in force when it was made, where its maker might pass reports on; it
is told for as long as they still may. A certificate that was printed before something in one of its
pictures was masked, or with one that was taken off the piece since, stays in the house: it is
signed and shows what it showed. Not here: the permission of the page itself (`opening`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from catalog.items.queries import UnitFacts
from catalog.items.rules import Viewer
from catalog.partners.rules import MediaKind
from media.renditions.masks import MaskSet
from media.report import queries
from media.report.rules import PRINTED_IN, WHOLE, FindingKind, Mark, Severity
from media.report.tables import ConditionReport, ReportCertificate
from media.sharing.shares import sees
from media.sharing.tables import Share


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding of an issued report. `x`, `y`: its middle in parts of the sides of the upright
    picture, of a film of its first picture.
    """

    number: int
    x: float
    y: float
    kind: FindingKind
    severity: Severity
    told: str
    size_um: int | None


@dataclass(frozen=True, slots=True)
class Reported:
    """An issued report. `code` opens `/verify/{code}`; `prints`: language → its certificate;
    `has_newer`: a correction was issued since the page was made; `taken_off`: how many of its
    captures were found not to show the piece; `findings`: capture → what was found in it;
    `is_of_before`: the piece was away and came back since.
    """

    report_id: str
    code: str
    issued_at: datetime
    prints: Mapping[str, ReportCertificate]
    has_newer: bool
    taken_off: int = 0
    findings: Mapping[str, Sequence[Finding]] = field(default_factory=dict)
    is_of_before: bool = False


def of_page(db: Session, row: Share, unit: UnitFacts, viewer: Viewer) -> Reported | None:
    """What an open page tells, as far as whoever made it may pass reports on now."""
    if row.report_id is None or not sees(viewer, unit, MediaKind.REPORT):
        return None
    report = db.get(ConditionReport, row.report_id)
    if report is None or report.code is None or report.issued_at is None:
        return None
    manifest = queries.manifest_of(report)
    masked_at = _masked_at(db, manifest)
    gone = queries.taken_off(db, report)
    printed = {each: queries.certificate(db, report.id, each) for each in PRINTED_IN}
    prints = {
        lang: each
        for lang, each in printed.items()
        if each is not None and not gone and (masked_at is None or each.made_at > masked_at)
    }
    newer = queries.superseded_by(db, report.id)
    return Reported(
        report.id, report.code, report.issued_at, prints, newer is not None, len(gone),
        _findings(manifest), queries.is_of_before(db, report),
    )  # fmt: skip


def _findings(manifest: Mapping[str, Any]) -> Mapping[str, Sequence[Finding]]:
    found: dict[str, list[Finding]] = {}
    for each in manifest["findings"]:
        x, y = Mark(*each["mark"]).centre
        found.setdefault(each["asset"], []).append(
            Finding(
                each["number"], x / WHOLE, y / WHOLE, FindingKind(each["kind"]),
                Severity(each["severity"]), each["told"], each["size_um"],
            )
        )  # fmt: skip
    return found


def _masked_at(db: Session, manifest: Mapping[str, Any]) -> datetime | None:
    """When something in one of its captures was masked last, or unmasked."""
    taken = [each["asset"] for each in manifest["captures"]]
    latest = select(func.max(MaskSet.drawn_at)).where(col(MaskSet.asset_id).in_(taken))
    return db.exec(latest).one()
