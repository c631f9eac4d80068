"""The database is gone: issued reports, their findings and certificates again (R-015).

A leaf says of each that it is to be there; what it says lies in the store under its digest, which
is proven before a row is written. Once more changes nothing, and fills in the reports of pieces
that were brought in since. Not here: captures and the log (`rebuilding`); drafts, what a sale kept
and what a customer confirmed were never in the store.
"""

import contextlib
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session

from catalog.ground.record import Sha256, from_millis, new_id
from catalog.ground.session.database import Database, insert_once
from catalog.items.queries import id_of_code
from media.assets import sidecars
from media.assets.tables import Asset, Blob
from media.originals.store import ObjectMissing, OriginalStore, original_key
from media.report import certificates, words
from media.report.rules import State
from media.report.sidecars import CERTIFICATE, MIME, REPORT
from media.report.tables import ConditionReport, ReportCertificate, ReportFinding


@dataclass(slots=True)
class Papers:
    """What came of it. `unmatched`: reports whose piece is not there by its code; `unread`: those
    whose text no longer lies in the store; `unknown`: papers no leaf tells of.
    """

    reports: int = 0
    certificates: int = 0
    unmatched: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    unknown: list[Sha256] = field(default_factory=list)


def is_paper(facts: Mapping[str, Any]) -> bool:
    """Whether an original is a report or a certificate, by its sidecar."""
    return facts.get("kind") in {REPORT, CERTIFICATE}


def rebuild(
    database: Database,
    store: OriginalStore,
    told: Sequence[Mapping[str, Any]],
    beside: Mapping[str, Mapping[str, Any]],
) -> Papers:
    """`told`: every leaf in order; `beside`: what lies beside each paper, by its digest. No
    transaction is open while bytes are read.
    """
    result = Papers()
    known: set[str] = set()
    replaced = {each.get("supersedes") for each in told if each.get("kind") == "report.issued"}
    for number, leaf in enumerate(told):
        if leaf.get("kind") == "report.issued":
            known.add(str(leaf["manifest"]))
            content = _content(store, str(leaf["manifest"]))
            if content is None:
                result.unread.append(str(leaf["report"]))
                continue
            facts = beside.get(str(leaf["manifest"]), {})
            state = State.SUPERSEDED if leaf["report"] in replaced else State.ISSUED
            paper = _Paper(number, leaf, content, facts, state)
            database.write(lambda db, p=paper: _report(db, p, result))  # type: ignore[misc]  # bound at once
        elif leaf.get("kind") == "certificate.made":
            known.add(str(leaf["sha256"]))
            database.write(lambda db, n=number, x=leaf: _certificate(db, n, x, result))  # type: ignore[misc]  # the same
    result.unknown = sorted(Sha256(each) for each in beside.keys() - known)
    return result


@dataclass(frozen=True, slots=True)
class _Paper:
    """An issued report as its leaf and the store tell it."""

    number: int
    leaf: Mapping[str, Any]
    content: str
    beside: Mapping[str, Any]
    state: State


def _content(store: OriginalStore, sha256: str) -> str | None:
    """The text with that digest, or None: another one is not it."""
    with contextlib.suppress(ObjectMissing):
        content = b"".join(store.open(original_key(Sha256(sha256))))
        if hashlib.sha256(content).hexdigest() == sha256:
            return content.decode()
    return None


def _report(db: Session, paper: _Paper, result: Papers) -> None:
    manifest = json.loads(paper.content)
    if db.get(ConditionReport, manifest["report"]) is not None:
        return
    unit_id = id_of_code(db, manifest["unit"]["code"])
    if unit_id is None:
        result.unmatched.append(manifest["report"])
        return
    _blob(db, paper.leaf["manifest"], len(paper.content.encode()), MIME, paper.leaf)
    db.add(_row(db, paper, manifest, unit_id))
    db.flush()
    ids = paper.beside.get("findings") or {}
    at = from_millis(manifest["issued_at"])
    for each in manifest["findings"]:
        if db.get(Asset, each["asset"]) is not None:
            finding_id = ids.get(str(each["number"])) or new_id(at)
            db.add(_finding(db, manifest["report"], each, finding_id))
    db.flush()
    words.keep(db, [each["asset"] for each in manifest["findings"]])
    result.reports += 1


def _row(db: Session, paper: _Paper, manifest: Mapping[str, Any], unit_id: str) -> ConditionReport:
    beside, issued_at = paper.beside, from_millis(manifest["issued_at"])
    before = manifest["supersedes"]["report"] if manifest["supersedes"] else None
    return ConditionReport(
        id=manifest["report"],
        unit_id=unit_id,
        occasion=manifest["occasion"],
        state=paper.state.value,
        edition=int(beside.get("edition") or 1),
        covers_from=sidecars.moment(beside.get("covers_from")),
        checklist_version=manifest["checklist"]["version"],
        summary=manifest["summary"],
        waived=_waived(manifest),
        supersedes_id=before if before and db.get(ConditionReport, before) else None,
        drafted_by=str(beside.get("drafted_by") or manifest["issued_by"]),
        drafted_at=sidecars.moment(beside.get("drafted_at")) or issued_at,
        edited_by=str(beside.get("edited_by") or manifest["issued_by"]),
        edited_at=sidecars.moment(beside.get("edited_at")) or issued_at,
        code=manifest["code"],
        grade=manifest["grade"]["grade"] if manifest["grade"] else None,
        manifest=paper.content,
        manifest_sha256=paper.leaf["manifest"],
        log_number=paper.number,
        issued_by=manifest["issued_by"],
        issued_at=issued_at,
    )


def _waived(manifest: Mapping[str, Any]) -> dict[str, Any] | None:
    shots = manifest["checklist"]["shots"]
    return {each["code"]: each["waived"] for each in shots if each.get("waived")} or None


def _finding(
    db: Session, report_id: str, told: Mapping[str, Any], finding_id: str
) -> ReportFinding:
    x, y, width, height = told["mark"]
    first_seen = told["first_seen"]
    return ReportFinding(
        id=finding_id,
        report_id=report_id,
        number=told["number"],
        asset_id=told["asset"],
        x=x,
        y=y,
        width=width,
        height=height,
        kind=told["kind"],
        severity=told["severity"],
        told=told["told"],
        size_um=told["size_um"],
        first_seen_report=first_seen
        if first_seen and db.get(ConditionReport, first_seen)
        else None,
    )


def _certificate(db: Session, number: int, leaf: Mapping[str, Any], result: Papers) -> None:
    report_id, version = leaf["report"], leaf["version"]
    _blob(db, leaf["sha256"], leaf["bytes"], certificates.MIME, leaf)
    is_there = db.get(ReportCertificate, (report_id, version)) is not None
    if is_there or db.get(ConditionReport, report_id) is None:
        return
    db.add(
        ReportCertificate(
            report_id=report_id,
            version=version,
            sha256=leaf["sha256"],
            bytes=leaf["bytes"],
            template_version=leaf["template"],
            signed_by=leaf["signed_by"],
            log_number=number,
            made_at=from_millis(leaf["at"]),
            lang=leaf.get("lang"),
        )
    )
    db.flush()
    result.certificates += 1


def _blob(db: Session, sha256: str, size: int, mime: str, leaf: Mapping[str, Any]) -> None:
    kept_at = from_millis(leaf["at"])
    insert_once(db, Blob, {"sha256": sha256, "bytes": size, "mime": mime, "kept_at": kept_at})
