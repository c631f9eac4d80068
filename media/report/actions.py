"""Verbs on condition reports: draft, pin, issue, correct (状態報告書の作成・発行・訂正).

A draft is written by whoever saw its latest edition; another's change in between is told, never
written over. Issuing freezes the manifest, and its digest becomes a leaf of the evidence log; from
then on nothing of it changes. Not here: printing (`certificate`, `press`).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete, update
from sqlmodel import Session, col, func, select

from catalog.grading import queries as grading
from catalog.grading import shotlists
from catalog.ground import journal, worklist
from catalog.ground.errors import Malformed, Missing, Refused, Stale
from catalog.ground.record import UnitId, new_id, to_millis
from catalog.ground.session.database import insert_once
from catalog.items import custody
from media.assets.kinds import Occasion
from media.assets.tables import Asset
from media.intake import sessions
from media.log import actions as log
from media.log.rules import canonical
from media.report import queries, sidecars, words
from media.report.manifests import manifest
from media.report.rules import (
    LONGEST_WORDS,
    MOST_PINS,
    PRINTED_IN,
    Pin,
    State,
    check_pin,
    covers_from,
    covers_until,
    is_plain,
    new_code,
)
from media.report.tables import ConditionReport, ReportFinding

CERTIFICATE_WORK = "certificate"  # due work: print and sign the certificate of a report


class DraftMoved(Stale):
    """Somebody else changed the draft first. `by`: who, `edition`: the one it has now."""

    def __init__(self, by: str, edition: int) -> None:
        super().__init__(f"edition {edition} is by {by}")
        self.by = by
        self.edition = edition


class ReportSealed(Refused):
    """What is issued is never changed; a correction is a new report. `state`."""

    def __init__(self, state: str) -> None:
        super().__init__(f"the report is {state}")
        self.state = state


class SessionOpen(Refused):
    """The piece is being photographed: what is still coming would not be in the report. `since`."""

    def __init__(self, since: datetime) -> None:
        super().__init__(f"its pictures are being taken since {since:%Y-%m-%d %H:%M}")
        self.since = since


class ShotUnknown(Missing):
    """The report's list asks for no such shot."""


class WaiverMalformed(Malformed):
    """Doing without a shot needs a reason in plain words. `most`."""

    def __init__(self, most: int) -> None:
        super().__init__(f"a reason of no more than {most} plain characters")
        self.most = most


class StayOver(Refused):
    """The draft is of an earlier stay: the piece left (`at`) and has come in again since."""

    def __init__(self, at: datetime) -> None:
        super().__init__(f"the piece left on {at:%Y-%m-%d} and has come in again")
        self.at = at


class FindingMissing(Missing):
    """The report has no such finding."""


class PictureElsewhere(Missing):
    """The picture shows no capture of this piece."""


class TooManyPins(Refused):
    """A report holds so many findings at most. `most`."""

    def __init__(self, most: int) -> None:
        super().__init__(f"no more than {most} findings")
        self.most = most


class SummaryMalformed(Malformed):
    """The summary is too long, or holds signs nobody can see. `most`."""

    def __init__(self, most: int) -> None:
        super().__init__(f"no more than {most} plain characters")
        self.most = most


@dataclass(frozen=True, slots=True)
class Issued:
    """A report that was frozen: the code it is checked by, its digest and its leaf's number."""

    report_id: str
    code: str
    manifest_sha256: str
    log_number: int


def subject(report_id: str) -> str:
    """The report as a subject of journal and worklist."""
    return f"report:{report_id}"


def draft(
    db: Session, unit_id: UnitId, occasion: Occasion, *, by: str, now: datetime
) -> ConditionReport:
    """A new draft, or the one that is open for the piece and occasion. What the latest report found
    is carried over with the report that saw it first. Drafts of an earlier stay are put apart: they
    are no draft of this one. Raises UnitMissing.
    """
    category = grading.category_of(db, unit_id)
    _lapse(db, unit_id, by=by, now=now)
    values = {
        "occasion": occasion.value,
        "covers_from": covers_from(custody.steps_of(db, unit_id)),
        "checklist_version": shotlists.current(db, category).version,
    }
    return _open(db, unit_id, values, queries.in_force(db, unit_id), by=by, now=now)


def _lapse(db: Session, unit_id: UnitId, *, by: str, now: datetime) -> None:
    """Drafts of a stay that is over, another one having begun, stay as they are, for reading."""
    steps = custody.steps_of(db, unit_id)
    drafts = select(ConditionReport).where(
        ConditionReport.unit_id == unit_id,
        ConditionReport.state == State.DRAFT.value,
        col(ConditionReport.supersedes_id).is_(None),
    )
    for each in db.exec(drafts).all():
        over = covers_until(steps, each.covers_from)
        if over is None:
            continue
        put_apart = _written(
            db,
            update(ConditionReport)
            .where(
                col(ConditionReport.id) == each.id,
                col(ConditionReport.state) == State.DRAFT.value,
            )
            .values(state=State.LAPSED.value, open_key=None),
        )
        if not put_apart:
            continue  # somebody else opened one at the same moment
        facts = {"reason": "earlier_stay", "over": to_millis(over)}
        journal.record(db, subject(each.id), "lapsed", actor=by, at=now, facts=facts)
    db.expire_all()


def correct(db: Session, report_id: str, *, by: str, now: datetime) -> ConditionReport:
    """A draft that will supersede an issued report, with all that stands in it. Raises
    ReportMissing, ReportSealed (superseded already, or a draft).
    """
    report = queries.report_of(db, report_id)
    if report.state != State.ISSUED.value:
        raise ReportSealed(report.state)
    values = {
        "occasion": report.occasion,
        "covers_from": report.covers_from,
        "checklist_version": report.checklist_version,
        "summary": report.summary,
        "waived": report.waived,
        "supersedes_id": report.id,
    }
    return _open(db, UnitId(report.unit_id), values, report, by=by, now=now)


def _open(
    db: Session,
    unit_id: UnitId,
    values: Mapping[str, Any],
    earlier: ConditionReport | None,
    *,
    by: str,
    now: datetime,
) -> ConditionReport:
    report_id = new_id(now)
    key = f"{unit_id}|{values['occasion']}|{values.get('supersedes_id') or ''}"
    row = {
        "id": report_id,
        "unit_id": unit_id,
        "state": State.DRAFT.value,
        "open_key": key,
        "edition": 1,
        "summary": "",
        "drafted_by": by,
        "drafted_at": now,
        "edited_by": by,
        "edited_at": now,
        **values,
    }
    if not insert_once(db, ConditionReport, row):
        return db.exec(select(ConditionReport).where(ConditionReport.open_key == key)).one()
    if earlier is not None:
        _carry_over(db, earlier, report_id, now=now)
    facts = {"unit": unit_id, **{k: values[k] for k in ("occasion", "checklist_version")}}
    journal.record(db, subject(report_id), "drafted", actor=by, at=now, facts=facts)
    return queries.report_of(db, report_id)


def _carry_over(db: Session, earlier: ConditionReport, report_id: str, *, now: datetime) -> None:
    """What was found before was seen first before, in a correction too: its day is that of the
    report that told of it first.
    """
    for each in queries.findings(db, earlier.id):
        copied = each.model_dump(exclude={"id", "report_id", "first_seen_report"})
        first_seen = each.first_seen_report or earlier.id
        db.add(
            ReportFinding(
                id=new_id(now), report_id=report_id, first_seen_report=first_seen, **copied
            )
        )
    db.flush()
    words.keep(db, [each.asset_id for each in queries.findings(db, report_id)])


def describe(
    db: Session, report_id: str, summary: str, *, edition: int, by: str, now: datetime
) -> int:
    """What is said of the piece as a whole; the new edition. Raises ReportMissing, ReportSealed,
    DraftMoved, SummaryMalformed.
    """
    if len(summary) > LONGEST_WORDS or not is_plain(summary):
        raise SummaryMalformed(LONGEST_WORDS)
    return _edit(db, report_id, edition, by=by, now=now, summary=summary.strip())


def pin(db: Session, report_id: str, told: Pin, *, edition: int, by: str, now: datetime) -> str:
    """A finding more; its id. Raises ReportMissing, ReportSealed, DraftMoved, PinMalformed,
    PictureElsewhere, TooManyPins.
    """
    _check(db, report_id, told)
    _edit(db, report_id, edition, by=by, now=now)
    last, count = db.exec(
        select(func.max(ReportFinding.number), func.count()).where(
            ReportFinding.report_id == report_id
        )
    ).one()
    if count >= MOST_PINS:
        raise TooManyPins(MOST_PINS)
    row = ReportFinding(
        id=new_id(now), report_id=report_id, number=(last or 0) + 1, **_columns(told)
    )
    db.add(row)
    db.flush()
    words.keep(db, [row.asset_id])
    return row.id


def repin(
    db: Session,
    report_id: str,
    finding_id: str,
    told: Pin,
    *,
    edition: int,
    by: str,
    now: datetime,
) -> None:
    """Another place, picture or word for a finding; where it was seen first stays. Raises as
    `pin`, FindingMissing.
    """
    _check(db, report_id, told)
    _edit(db, report_id, edition, by=by, now=now)
    row = _finding(db, report_id, finding_id)
    before = row.asset_id
    row.sqlmodel_update(_columns(told))
    db.add(row)
    db.flush()
    words.keep(db, [before, row.asset_id])


def unpin(
    db: Session, report_id: str, finding_id: str, *, edition: int, by: str, now: datetime
) -> None:
    """A finding less; the others are numbered anew. Raises ReportMissing, ReportSealed, DraftMoved,
    FindingMissing.
    """
    _edit(db, report_id, edition, by=by, now=now)
    gone = _finding(db, report_id, finding_id)
    asset_id = gone.asset_id
    db.connection().execute(delete(ReportFinding).where(col(ReportFinding.id) == gone.id))
    db.expire_all()
    words.keep(db, [asset_id])
    for number, row in enumerate(queries.findings(db, report_id), 1):
        if row.number != number:
            row.number = number
            db.add(row)
            db.flush()


def waive(
    db: Session, report_id: str, shot: str, reason: str, *, edition: int, by: str, now: datetime
) -> None:
    """Do without a required shot, for a reason that stands in the report. Said again, the later
    reason counts; without one the shot is asked for again. Raises ReportMissing, ReportSealed,
    DraftMoved, ShotUnknown, WaiverMalformed.
    """
    report = queries.report_of(db, report_id)
    asked = queries.progress_of(db, report).required
    if shot not in {each.code for each in asked}:
        raise ShotUnknown(f"no required shot {shot[:LONGEST_WORDS]}")
    told = reason.strip()
    if len(told) > LONGEST_WORDS or not is_plain(told):
        raise WaiverMalformed(LONGEST_WORDS)
    waived = {code: each for code, each in (report.waived or {}).items() if code != shot}
    if told:
        waived[shot] = {"reason": told, "by": by, "at": to_millis(now)}
    _edit(db, report_id, edition, by=by, now=now, waived=waived)
    facts = {"shot": shot, "is_waived": bool(told)}
    journal.record(db, subject(report_id), "shot_waived", actor=by, at=now, facts=facts)


def drop(db: Session, report_id: str, *, edition: int, by: str, now: datetime) -> None:
    """A draft nobody will issue. Raises ReportMissing, ReportSealed, DraftMoved."""
    _edit(db, report_id, edition, by=by, now=now, state=State.DROPPED.value, open_key=None)
    words.keep(db, [each.asset_id for each in queries.findings(db, report_id)])
    journal.record(db, subject(report_id), "dropped", actor=by, at=now)


def issue(
    db: Session,
    report_id: str,
    *,
    edition: int,
    by: str,
    now: datetime,
    key: str,
    is_enough: bool = False,
) -> Issued:
    """Freeze the draft: its manifest, whose digest the log holds, and the code it is checked by. A
    corrected report is superseded in the same unit; printing the certificate is due from now on.

    `key` makes a repeat return the first; `is_enough`: by what is there, though more is being
    photographed. Raises ReportMissing, ReportSealed, DraftMoved, StayOver, SessionOpen,
    ShotsMissing, ReportUngraded, PictureTakenOff.
    """
    request = {"issue": report_id, "edition": edition}
    stored = journal.stored_result(db, key, request)
    if stored is not None:
        return Issued(**stored)
    _edit(db, report_id, edition, by=by, now=now)
    report = queries.report_of(db, report_id)
    over = queries.over_since(db, report)
    if over is not None and report.supersedes_id is None:
        raise StayOver(over)
    open_since = sessions.open_of(db, UnitId(report.unit_id), now=now)
    if open_since is not None and not is_enough:
        raise SessionOpen(open_since)
    code = new_code()
    told = manifest(db, report, code, by=by, now=now)
    content = canonical(told)
    digest = hashlib.sha256(content.encode()).hexdigest()
    leaf = {
        "report": report_id,
        "unit": report.unit_id,
        "occasion": report.occasion,
        "manifest": digest,
        "supersedes": report.supersedes_id,
    }
    number = log.append(db, "report.issued", leaf, now=now)
    issued = Issued(report_id, code, digest, number)
    _seal(db, report, issued, told, content, by=by, now=now)
    result = {
        "report_id": report_id,
        "code": code,
        "manifest_sha256": digest,
        "log_number": number,
    }
    journal.record(
        db, subject(report_id), "issued", actor=by, at=now, facts=leaf, key=key, request=request,
        result=result,
    )  # fmt: skip
    print_in(db, report_id, PRINTED_IN[0], now=now)
    sidecars.due(db, digest, now=now)
    return issued


def print_in(db: Session, report_id: str, lang: str, *, now: datetime) -> None:
    """Printing its certificate in that language is due; again: nothing more, until it is printed,
    and then another one. Raises ReportMissing (also for a language no certificate is printed in).
    """
    report = queries.report_of(db, report_id)
    if lang not in PRINTED_IN or report.issued_at is None:
        raise queries.ReportMissing("nothing is to be printed")
    key, facts = printing_key(db, report_id, lang), {"lang": lang}
    worklist.add(db, CERTIFICATE_WORK, report_id, key, due_at=now, now=now, facts=facts)


def printing_key(db: Session, report_id: str, lang: str) -> str:
    """What tells the next print of one language from that of another, and from those there are."""
    key = report_id if lang == PRINTED_IN[0] else f"{report_id}:{lang}"
    last = queries.certificate(db, report_id, lang)
    return key if last is None else f"{key}:after-{last.version}"


def _seal(
    db: Session,
    report: ConditionReport,
    issued: Issued,
    told: Mapping[str, Any],
    content: str,
    *,
    by: str,
    now: datetime,
) -> None:
    db.connection().execute(
        update(ConditionReport)
        .where(col(ConditionReport.id) == report.id)
        .values(
            state=State.ISSUED.value,
            open_key=None,
            code=issued.code,
            grade=told["grade"]["grade"] if told["grade"] else None,
            manifest=content,
            manifest_sha256=issued.manifest_sha256,
            log_number=issued.log_number,
            issued_by=by,
            issued_at=now,
        )
    )
    if report.supersedes_id is not None:
        before = _written(
            db,
            update(ConditionReport)
            .where(
                col(ConditionReport.id) == report.supersedes_id,
                col(ConditionReport.state) == State.ISSUED.value,
            )
            .values(state=State.SUPERSEDED.value),
        )
        if not before:
            raise ReportSealed(State.SUPERSEDED.value)
        journal.record(
            db, subject(report.supersedes_id), "superseded", actor=by, at=now,
            facts={"by": report.id},
        )  # fmt: skip
    db.expire_all()


def _edit(
    db: Session, report_id: str, edition: int, *, by: str, now: datetime, **values: Any
) -> int:
    """Take the draft's next edition, if it is still the one that was seen."""
    taken = _written(
        db,
        update(ConditionReport)
        .where(
            col(ConditionReport.id) == report_id,
            col(ConditionReport.state) == State.DRAFT.value,
            col(ConditionReport.edition) == edition,
        )
        .values(edition=edition + 1, edited_by=by, edited_at=now, **values),
    )
    db.expire_all()
    if not taken:
        report = queries.report_of(db, report_id)
        if report.state != State.DRAFT.value:
            raise ReportSealed(report.state)
        raise DraftMoved(report.edited_by, report.edition)
    return edition + 1


def _written(db: Session, statement: Any) -> int:
    done = cast("CursorResult[tuple[()]]", db.connection().execute(statement))
    return int(done.rowcount)


def _check(db: Session, report_id: str, told: Pin) -> None:
    check_pin(told)
    report = queries.report_of(db, report_id)
    asset = db.get(Asset, told.asset_id)
    if asset is None or asset.unit_id != report.unit_id or asset.is_tag:
        raise PictureElsewhere("no capture of this piece")


def _finding(db: Session, report_id: str, finding_id: str) -> ReportFinding:
    row = db.get(ReportFinding, finding_id)
    if row is None or row.report_id != report_id:
        raise FindingMissing("no such finding")
    return row


def _columns(told: Pin) -> dict[str, Any]:
    mark = told.mark
    return {
        "asset_id": told.asset_id,
        "x": mark.x,
        "y": mark.y,
        "width": mark.width,
        "height": mark.height,
        "kind": told.kind.value,
        "severity": told.severity.value,
        "told": told.told.strip(),
        "size_um": told.size_um,
    }
