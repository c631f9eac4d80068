"""Issued reports and their certificates once more in the store (状態報告書の控え): a manifest lies
among the originals under its digest, a certificate does so from its print on, and beside each lies
what its rows hold more, with the text of its leaf. So both come back when the database is gone.

Written by due work once the unit is committed. Not here: reading it again (`media/retention`).
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists
from sqlmodel import Session, col, select

from catalog.ground import worklist
from catalog.ground.errors import Missing
from catalog.ground.record import Sha256, to_millis
from catalog.ground.session.database import insert_once
from media.assets.tables import Blob
from media.log import queries as log
from media.originals.store import OriginalStore
from media.report import queries
from media.report.tables import ConditionReport, ReportCertificate

KEEP_PAPER = "paper.keep"  # due work: a report or a certificate, by its digest, into every place
REPORT, CERTIFICATE = "report", "certificate"  # what the sidecar calls them
KEY_LEAF = "certificate.key"  # another key signs from the certificate on that comes next
BESIDE = "paper"  # where it lies: `<sha256>.paper.json`
MIME = "application/json"
AT_ONCE = 200
_FORM = 1


class PaperMissing(Missing):
    """No issued report and no certificate has this digest."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A paper as it lies in the store. `content`: a report's text; a certificate is there."""

    sha256: Sha256
    facts: Mapping[str, Any]
    content: bytes = b""


def due(db: Session, sha256: str, *, now: datetime) -> None:
    """That paper is to lie in every place."""
    worklist.add(db, KEEP_PAPER, sha256, sha256, due_at=now, now=now)


def overdue(db: Session, at: datetime) -> None:
    """Reports that were issued before their manifests were kept. Again: nothing."""
    kept = exists().where(col(Blob.sha256) == col(ConditionReport.manifest_sha256))
    late = db.exec(
        select(ConditionReport.manifest_sha256)
        .where(col(ConditionReport.manifest_sha256).is_not(None), ~kept)
        .limit(AT_ONCE)
    )
    for sha256 in late.all():
        due(db, str(sha256), now=at)


def described(db: Session, sha256: str) -> Kept:
    """The paper with that digest, and what is told beside it. Raises PaperMissing."""
    report = db.exec(
        select(ConditionReport).where(ConditionReport.manifest_sha256 == sha256)
    ).first()
    if report is not None:
        return _report(db, report)
    printed = db.exec(select(ReportCertificate).where(ReportCertificate.sha256 == sha256)).first()
    if printed is None:
        raise PaperMissing(f"no paper {sha256[:64]}")
    facts = {
        "form": _FORM, "kind": CERTIFICATE, "report": printed.report_id,
        "version": printed.version, "leaf": _leaf(db, printed.log_number),
        "key_leaf": _key_leaf(db, printed.log_number),
    }  # fmt: skip
    return Kept(Sha256(printed.sha256), facts)


def _report(db: Session, row: ConditionReport) -> Kept:
    facts = {
        "form": _FORM,
        "kind": REPORT,
        "report": row.id,
        "edition": row.edition,
        "covers_from": to_millis(row.covers_from) if row.covers_from else None,
        "drafted_by": row.drafted_by,
        "drafted_at": to_millis(row.drafted_at),
        "edited_by": row.edited_by,
        "edited_at": to_millis(row.edited_at),
        "findings": {str(each.number): each.id for each in queries.findings(db, row.id)},
        "leaf": _leaf(db, row.log_number or 0),
    }
    content = (row.manifest or "").encode()
    return Kept(Sha256(row.manifest_sha256 or ""), facts, content)


def _leaf(db: Session, number: int) -> dict[str, Any]:
    found = log.leaf(db, number)
    return {"number": found.number, "payload": found.payload}


def _key_leaf(db: Session, certificate: int) -> dict[str, Any] | None:
    """The leaf before a certificate's, where it tells of its key."""
    before = log.leaf(db, certificate - 1) if certificate > 0 else None
    if before is None or before.kind != KEY_LEAF:
        return None
    return {"number": before.number, "payload": before.payload}


def put(store: OriginalStore, told: Kept) -> None:
    """A report's text among the originals, written once. Raises StoreFull, StoreUnavailable."""
    if not told.content:
        return
    store.staging.mkdir(parents=True, exist_ok=True)
    staged = store.staging / f"{os.urandom(16).hex()}.part"
    staged.write_bytes(told.content)
    try:
        facts = {"kind": REPORT, "mime": MIME, "report": told.facts["report"]}
        store.put(staged, told.sha256, facts=facts)
    finally:
        staged.unlink(missing_ok=True)


def record(db: Session, told: Kept, *, now: datetime) -> None:
    """It lies there: from now on it is checked and copied as every original."""
    if told.content:
        row = {"sha256": told.sha256, "bytes": len(told.content), "mime": MIME, "kept_at": now}
        insert_once(db, Blob, row)


def describe(store: OriginalStore, told: Kept) -> None:
    """Put it beside the bytes, in place of what was said before. Raises StoreUnavailable."""
    store.describe(told.sha256, BESIDE, told.facts)
