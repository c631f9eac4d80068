"""Reads on condition reports: one with its findings, those of a piece, what of the checklist is
there, and by the code somebody checks one with.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import false
from sqlmodel import Session, col, func, select

from catalog.grading import queries as grading
from catalog.grading import shotlists
from catalog.grading.checklists import Shot
from catalog.grading.shotlists import InForce
from catalog.ground.errors import Missing
from catalog.ground.record import AssetId, UnitId
from catalog.items import custody
from media.assets import queries as assets
from media.assets.kinds import AssetKind, BlobState, Readiness
from media.assets.tables import Asset, Blob
from media.intake import shots
from media.intake.shots import Taken
from media.report.rules import PRINTED_IN, State, covers_from, covers_until
from media.report.tables import ConditionReport, ReportCertificate, ReportFinding


class ReportMissing(Missing):
    """There is no such report, or it is not issued: one answer for both."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How an original stands: neither lost nor deleted, and when it was last read back."""

    is_kept: bool
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of a checklist is there: `7/9` and the missing ones, in its order.

    `shown`: the latest capture of each shot that is there, by its code. `unreadable`: captures
    nobody can look at, which count as none. `waived`: required shots that are not there and that
    somebody does without, each with why, by whom and when.
    """

    checklist: InForce
    shown: Mapping[str, Asset]
    unreadable: tuple[Asset, ...] = ()
    waived: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def required(self) -> tuple[Shot, ...]:
        """The shots that must be there."""
        return tuple(each for each in self.checklist.shots if each.is_required)

    @property
    def missing(self) -> tuple[Shot, ...]:
        """Those that are not, and that nobody does without."""
        lacking = self.shown.keys() | self.waived.keys()
        return tuple(each for each in self.required if each.code not in lacking)

    @property
    def told(self) -> str:
        """`7/9`."""
        there = sum(each.code in self.shown for each in self.required)
        return f"{there}/{len(self.required)}"


def report_of(db: Session, report_id: str) -> ConditionReport:
    """Raises ReportMissing."""
    found = db.get(ConditionReport, report_id)
    if found is None:
        raise ReportMissing("no such report")
    return found


def findings(db: Session, report_id: str) -> list[ReportFinding]:
    """Its findings by their numbers."""
    return list(
        db.exec(
            select(ReportFinding)
            .where(ReportFinding.report_id == report_id)
            .order_by(col(ReportFinding.number))
        )
    )


def of_unit(db: Session, unit_id: UnitId) -> list[ConditionReport]:
    """Every report of the piece but dropped drafts, the newest first."""
    return list(
        db.exec(
            select(ConditionReport)
            .where(
                ConditionReport.unit_id == unit_id,
                ConditionReport.state != State.DROPPED.value,
            )
            .order_by(col(ConditionReport.id).desc())
        )
    )


def in_force(
    db: Session, unit_id: UnitId, *, until: datetime | None = None
) -> ConditionReport | None:
    """The report that tells how the piece is (or was known to be then): the latest one, as it was
    last corrected. A correction takes the place of what it corrects, so that one of an earlier stay
    never stands for the present.
    """
    issued = issued_of(db, unit_id, until=until)
    by_id = {each.id: each for each in issued}
    replaced = {each.supersedes_id for each in issued}
    standing = [each for each in issued if each.id not in replaced]
    return max(standing, key=lambda each: _first_issued(each, by_id), default=None)


def _first_issued(
    report: ConditionReport, by_id: Mapping[str, ConditionReport]
) -> tuple[datetime, str]:
    """When the first of the reports it corrects was issued."""
    while report.supersedes_id is not None and report.supersedes_id in by_id:
        report = by_id[report.supersedes_id]
    assert report.issued_at is not None
    return report.issued_at, report.id


def superseded_by(db: Session, report_id: str) -> ConditionReport | None:
    """The issued correction of a report."""
    return db.exec(
        select(ConditionReport)
        .where(
            ConditionReport.supersedes_id == report_id,
            col(ConditionReport.issued_at).is_not(None),
        )
        .limit(1)
    ).first()


def latest_of(db: Session, report_id: str) -> ConditionReport | None:
    """The last of the corrections of a report, however often it was corrected; None: of none."""
    found = superseded_by(db, report_id)
    while found is not None and (newer := superseded_by(db, found.id)) is not None:
        found = newer
    return found


def by_code(db: Session, code: str) -> ConditionReport:
    """The issued report with that code (`rules.read_code`). Raises ReportMissing."""
    found = db.exec(select(ConditionReport).where(ConditionReport.code == code)).first()
    if found is None:
        raise ReportMissing("no such report")
    return found


def certificate(db: Session, report_id: str, lang: str = PRINTED_IN[0]) -> ReportCertificate | None:
    """The newest print of it in that language."""
    return db.exec(
        select(ReportCertificate)
        .where(
            ReportCertificate.report_id == report_id,
            func.coalesce(ReportCertificate.lang, PRINTED_IN[0]) == lang,
        )
        .order_by(col(ReportCertificate.version).desc())
        .limit(1)
    ).first()


def issued_of(
    db: Session, unit_id: UnitId, *, until: datetime | None = None
) -> list[ConditionReport]:
    """Every report of the piece that was ever issued, corrected ones too, the oldest first;
    `until`: by then.
    """
    query = select(ConditionReport).where(
        ConditionReport.unit_id == unit_id, col(ConditionReport.issued_at).is_not(None)
    )
    if until is not None:
        query = query.where(col(ConditionReport.issued_at) <= until)
    return list(db.exec(query.order_by(col(ConditionReport.log_number))))


def certificates_of(db: Session, report_id: str) -> list[ReportCertificate]:
    """Every certificate that was printed of it, the oldest first."""
    return list(
        db.exec(
            select(ReportCertificate)
            .where(ReportCertificate.report_id == report_id)
            .order_by(col(ReportCertificate.version))
        )
    )


def manifest_of(report: ConditionReport) -> Mapping[str, Any]:
    """What was frozen. Raises ReportMissing for a report that is not issued."""
    if report.manifest is None:
        raise ReportMissing("not issued")
    told: Mapping[str, Any] = json.loads(report.manifest)
    return told


def standing(db: Session, report: ConditionReport) -> Mapping[str, Standing]:
    """How the originals of an issued report stand, by their digests. Raises ReportMissing for one
    that is not issued.
    """
    digests = {each["sha256"] for each in manifest_of(report)["captures"]}
    rows = db.exec(
        select(Blob.sha256, Blob.state, Blob.checked_at).where(col(Blob.sha256).in_(digests))
    )
    return {
        sha256: Standing(state == BlobState.KEPT.value, read_at) for sha256, state, read_at in rows
    }


def taken_off(db: Session, report: ConditionReport) -> set[str]:
    """Which captures of an issued report were found since not to show the piece. The report stays
    what it was; whoever shows it says so. Raises ReportMissing for one that is not issued.
    """
    taken = [each["asset"] for each in manifest_of(report)["captures"]]
    return assets.taken_off(db, UnitId(report.unit_id), taken)


def lost(db: Session, report: ConditionReport) -> set[str]:
    """Which captures of an issued report have no original any more. The report stays what it was;
    whoever shows it says so. Raises ReportMissing for one that is not issued.
    """
    return assets.without_original(db, {each["asset"] for each in manifest_of(report)["captures"]})


def captures(
    db: Session, unit_id: UnitId, *, since: datetime | None, until: datetime | None = None
) -> list[Asset]:
    """What of the piece was captured since then (and by then), the oldest first; no photographed
    tags.
    """
    query = select(Asset).where(Asset.unit_id == unit_id, col(Asset.is_tag).is_(false()))
    if since is not None:
        query = query.where(col(Asset.captured_at) >= since)
    if until is not None:
        query = query.where(col(Asset.captured_at) <= until)
    return list(db.exec(query.order_by(col(Asset.captured_at), col(Asset.id))))


def over_since(db: Session, report: ConditionReport) -> datetime | None:
    """When the stay of that report ended, once the piece has come in again; None before."""
    return covers_until(custody.steps_of(db, UnitId(report.unit_id)), report.covers_from)


def is_of_before(db: Session, report: ConditionReport) -> bool:
    """Whether it tells of an earlier stay: the piece has been away and is here again since."""
    return over_since(db, report) is not None


def counted(db: Session, report: ConditionReport) -> list[Asset]:
    """The captures of the stay the report is of, the oldest first (decision 0043)."""
    until = over_since(db, report)
    return captures(db, UnitId(report.unit_id), since=report.covers_from, until=until)


def progress_of(db: Session, report: ConditionReport) -> Progress:
    """What of the report's own list was captured in its stay."""
    category = grading.category_of(db, UnitId(report.unit_id))
    checklist = shotlists.version(db, category, report.checklist_version)
    return covered(db, checklist, counted(db, report), waived=report.waived)


def progress(db: Session, unit_id: UnitId) -> Progress:
    """What of the list in force was captured in this stay."""
    checklist = shotlists.current(db, grading.category_of(db, unit_id))
    since = covers_from(custody.steps_of(db, unit_id))
    return covered(db, checklist, captures(db, unit_id, since=since))


def covered(
    db: Session,
    checklist: InForce,
    taken: Sequence[Asset],
    *,
    waived: Mapping[str, Mapping[str, Any]] | None = None,
) -> Progress:
    """The latest of these captures for each shot; they come the oldest first. A picture that cannot
    be opened, and an original that no place holds, prove nothing.
    """
    kept = set(
        db.exec(
            select(Blob.sha256).where(
                col(Blob.sha256).in_({each.sha256 for each in taken}),
                Blob.state == BlobState.KEPT.value,
            )
        )
    )
    shown: dict[str, Asset] = {}
    unreadable: list[Asset] = []
    for asset in taken:
        is_broken = asset.kind == AssetKind.STILL and asset.readiness == Readiness.FAILED
        if is_broken or asset.sha256 not in kept:
            unreadable.append(asset)
            continue
        told = Taken(asset.name, asset.part, AssetKind(asset.kind))
        for code in shots.codes_of(told, checklist.shots):
            shown[code] = asset
    lacking = {code: told for code, told in (waived or {}).items() if code not in shown}
    return Progress(checklist, shown, tuple(unreadable), lacking)


def pictured(db: Session, found: Sequence[ReportFinding]) -> dict[AssetId, Asset]:
    """The captures these findings are in."""
    wanted = {each.asset_id for each in found}
    rows = db.exec(select(Asset).where(col(Asset.id).in_(wanted)))
    return {AssetId(each.id): each for each in rows}
