"""Condition reports (状態報告書): those of a piece, a draft with its pictures and pins, what was
issued, and the certificate to take away.

    GET  /console/items/{code}/reports          every report of the piece
    POST /console/items/{code}/reports          a draft for an occasion
    GET  /console/condition/{report}            a draft, or what was issued
    POST /console/condition/{report}/{act}      pin, repin, unpin, summary, waive, issue, correct,
                                                drop, print
    GET  /console/condition/{report}/certificate   the signed PDF

Whoever takes pictures drafts; whoever grades issues, corrects, and does without a shot.
"""

import math
from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session, select
from starlette.concurrency import run_in_threadpool

from catalog.ground import worklist
from catalog.ground.errors import Malformed, Refused, Stale
from catalog.ground.record import AssetId, Sha256, UnitId
from catalog.ground.worklist import Work, WorkState
from catalog.items.tables import Unit
from handoff.console.door import HOME, NotFromHere, Visit, checked, onward, who
from handoff.console.item import unit_of
from handoff.console.item_changes import Form, key_of, text
from handoff.console.naming import names_of
from handoff.console.office import Office
from handoff.console.pages import page
from handoff.staff.permissions import Act
from media.assets.kinds import Occasion
from media.assets.tables import Asset
from media.originals.store import ObjectMissing, original_key
from media.renditions import queries as renditions
from media.report import actions, queries
from media.report.actions import CERTIFICATE_WORK
from media.report.certificates import MIME
from media.report.queries import ReportMissing
from media.report.rules import (
    LONGEST_WORDS,
    PRINTED_IN,
    WHOLE,
    FindingKind,
    Mark,
    Pin,
    PinMalformed,
    Severity,
    State,
)
from media.report.tables import ConditionReport, ReportFinding
from media.sharing.passes import Passed
from media.sharing.serving import served

Lang = Annotated[str, Query(max_length=8)]
Change = Callable[[Session, ConditionReport, Visit, Form], str | None]

_LONGEST_NUMBER = 12


def add(made: APIRouter, office: Office) -> None:
    """The addresses of reports."""

    @made.get("/items/{code}/reports")
    async def listed(request: Request, code: str) -> Response:
        visit = await who(office, request)
        facts = await office.units.read(lambda db: _listed(db, visit, code))
        return page("condition_list", visit.lang, facts)

    @made.post("/items/{code}/reports")
    async def begin(request: Request, code: str) -> Response:
        visit, form = await checked(office, request, Act.CAPTURE)
        told = form.get("occasion", "")

        def unit(db: Session) -> str:
            piece = unit_of(db, code)
            if told not in set(Occasion):
                raise NotFromHere
            by = visit.session.actor.name
            return actions.draft(db, UnitId(piece.id), Occasion(told), by=by, now=visit.now).id

        report_id = await office.units.write(unit)
        return onward(f"{HOME}/condition/{report_id}", request)

    @made.get("/condition/{report}")
    async def one(request: Request, report: str, done: str = "") -> Response:
        visit = await who(office, request)
        facts = await office.units.read(lambda db: _whole(db, visit, report))
        return page("condition", visit.lang, {**facts, "done": done if done.isalpha() else ""})

    for name, (act, change) in _CHANGES.items():
        _offer(made, office, name, act, change)

    @made.api_route("/condition/{report}/certificate", methods=["GET", "HEAD"])
    async def certificate(request: Request, report: str, lang: Lang = PRINTED_IN[0]) -> Response:
        await who(office, request)
        told, name = await office.units.read(lambda db: _certificate(db, report, lang))
        try:
            answer = await run_in_threadpool(
                served, office.store, told, request, accel_prefix=office.accel_prefix
            )
        except ObjectMissing:
            raise ReportMissing("the certificate is not in the store") from None
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer


def _offer(made: APIRouter, office: Office, name: str, act: Act, change: Change) -> None:
    """One act on a report under its own address; what it refuses is told on the report's page."""

    @made.post(f"/condition/{{report}}/{name}")
    async def done(request: Request, report: str) -> Response:
        visit, form = await checked(office, request, act)

        def unit(db: Session) -> str:
            row = queries.report_of(db, report)
            return change(db, row, visit, form) or f"condition/{row.id}?done={name}"

        try:
            shown = await office.units.write(unit)
        except (Refused, Stale, Malformed) as refused:
            if isinstance(refused, NotFromHere):
                raise
            problem = {"kind": type(refused).__name__, "of": refused, "at": name}
            facts = await office.units.read(lambda db: _whole(db, visit, report))
            status = 422 if isinstance(refused, Malformed) else 409
            told = {**facts, "done": "", "problem": problem, "typed": form}
            return page("condition", visit.lang, told, status=status)
        at = "#pins" if name in {"pin", "repin", "unpin"} else ""
        return onward(f"{HOME}/{shown}{at}", request)


def _listed(db: Session, visit: Visit, code: str) -> dict[str, Any]:
    unit = unit_of(db, code)
    found = queries.of_unit(db, UnitId(unit.id))
    people = [each.issued_by or each.edited_by for each in found]
    return {
        "visit": visit,
        "now": visit.now,
        "unit": unit,
        "reports": found,
        "before": {each.id for each in found if queries.is_of_before(db, each)},
        "certificates": {each.id: queries.certificate(db, each.id) for each in found},
        "names": names_of(db, people),
        "occasions": list(Occasion),
    }


def _whole(db: Session, visit: Visit, report_id: str) -> dict[str, Any]:
    """What the page of a report tells. Raises ReportMissing."""
    report = queries.report_of(db, report_id)
    if report.state == State.DROPPED:
        raise ReportMissing("dropped")
    found = queries.findings(db, report.id)
    progress = queries.progress_of(db, report)
    labels = _labels(report, progress)
    waived = _waived(report, progress)
    people = [report.drafted_by, report.edited_by, report.issued_by]
    earlier = {each.first_seen_report for each in found} - {None}
    return {
        "visit": visit,
        "now": visit.now,
        "report": report,
        "unit": db.get_one(Unit, report.unit_id),
        "findings": found,
        "progress": progress,
        "pictures": _pictures(db, report, found, labels),
        "labels": labels,
        "seen_first": {each: queries.report_of(db, str(each)) for each in earlier},
        "waived": waived,
        "names": names_of(db, [*people, *(told["by"] for _, told in waived)]),
        "prints": [
            (lang, queries.certificate(db, report.id, lang), _printing(db, report.id, lang))
            for lang in PRINTED_IN
        ],
        "newer": queries.superseded_by(db, report.id),
        "over": queries.over_since(db, report),
        "taken_off": queries.taken_off(db, report) if report.manifest is not None else set(),
        "lost": queries.lost(db, report) if report.manifest is not None else set(),
        "kinds": list(FindingKind),
        "severities": list(Severity),
        "most_words": LONGEST_WORDS,
    }


def _labels(report: ConditionReport, progress: queries.Progress) -> dict[str, list[Any]]:
    """The shots each capture is: of an issued report as they were then."""
    told: dict[str, list[Any]] = {}
    if report.manifest is None:
        for shot in progress.checklist.shots:
            if shot.code in progress.shown:
                told.setdefault(progress.shown[shot.code].id, []).append(shot)
        return told
    frozen = {each["code"]: each["asset"] for each in _shots(report)}
    for shot in progress.checklist.shots:
        if frozen.get(shot.code) is not None:
            told.setdefault(frozen[shot.code], []).append(shot)
    return told


def _waived(report: ConditionReport, progress: queries.Progress) -> list[tuple[Any, Any]]:
    """The shots it does without, each with what is told of it: of an issued report as it was."""
    if report.manifest is None:
        told = progress.waived
    else:
        told = {each["code"]: each["waived"] for each in _shots(report) if each.get("waived")}
    return [(shot, told[shot.code]) for shot in progress.checklist.shots if shot.code in told]


def _shots(report: ConditionReport) -> list[Mapping[str, Any]]:
    return list(queries.manifest_of(report)["checklist"]["shots"])


def _pictures(
    db: Session,
    report: ConditionReport,
    found: list[ReportFinding],
    labels: Mapping[str, list[Any]],
) -> list[dict[str, Any]]:
    """The captures of the report with what they are shown by and the pins in them: those of the
    checklist first, and where something was found.
    """
    if report.manifest is None:
        known = {each.id: each for each in queries.counted(db, report)}
        known |= {str(k): v for k, v in queries.pictured(db, found).items()}
    else:
        ids = [each["asset"] for each in queries.manifest_of(report)["captures"]]
        known = {each: db.get_one(Asset, each) for each in ids}
    pins: dict[str, list[ReportFinding]] = {}
    for each in found:
        pins.setdefault(each.asset_id, []).append(each)
    order = sorted(
        known.values(),
        key=lambda asset: (asset.id not in labels, asset.id not in pins, asset.captured_at),
    )
    return [
        {
            "asset": asset,
            "shown": renditions.of_asset(db, AssetId(asset.id)),
            "shots": labels.get(asset.id, []),
            "pins": pins.get(asset.id, []),
        }
        for asset in order
    ]


def _printing(db: Session, report_id: str, lang: str) -> Work | None:
    """The work of printing it in that language, while it is not done."""
    key = actions.printing_key(db, report_id, lang)
    row = db.exec(select(Work).where(Work.kind == CERTIFICATE_WORK, Work.work_key == key)).first()
    return row if row is not None and row.state != "done" else None


def _certificate(db: Session, report_id: str, lang: str) -> tuple[Passed, str]:
    report = queries.report_of(db, report_id)
    printed = queries.certificate(db, report.id, lang)
    if printed is None:
        raise ReportMissing("no certificate yet")
    unit = db.get_one(Unit, report.unit_id)
    key = original_key(Sha256(printed.sha256))
    tail = "" if lang == PRINTED_IN[0] else f"-{lang}"
    name = f"{unit.code}-{report.code}{tail}.pdf"
    return Passed(key, printed.sha256, printed.bytes, MIME), name


def _edition(form: Form) -> int:
    """Which edition was seen. Raises NotFromHere."""
    told = form.get("edition", "")
    if not (told.isascii() and told.isdigit() and len(told) < _LONGEST_NUMBER):
        raise NotFromHere
    return int(told)


def _by(visit: Visit) -> dict[str, Any]:
    return {"by": visit.session.actor.name, "now": visit.now}


def pin_of(form: Form) -> Pin:
    """The pin of a form, its place in per cent, its size in millimetres. Raises PinMalformed."""
    kind, severity = form.get("kind", ""), form.get("severity", "")
    if kind not in set(FindingKind) or severity not in set(Severity):
        raise NotFromHere
    mark = Mark(
        _share(form, "x"), _share(form, "y"), _share(form, "width", 0), _share(form, "height", 0)
    )
    told = form.get("told", "").replace("\r\n", "\n").strip()
    size = _number(form.get("size", ""), "size")
    return Pin(
        form.get("asset", ""),
        mark,
        FindingKind(kind),
        Severity(severity),
        told,
        round(size * 1000) if size is not None else None,
    )


def _share(form: Form, column: str, otherwise: int | None = None) -> int:
    told = _number(form.get(column, ""), "place")
    if told is None:
        if otherwise is None:
            raise PinMalformed("place")
        return otherwise
    return round(told * WHOLE / 100)


def _number(told: str, column: str) -> float | None:
    told = told.strip()
    if not told:
        return None
    try:
        number = float(told) if len(told) <= _LONGEST_NUMBER else math.nan
    except ValueError:
        number = math.nan
    if not 0 <= number <= 1_000_000:  # nan is neither
        raise PinMalformed(column)
    return number


def _pin(db: Session, report: ConditionReport, visit: Visit, form: Form) -> None:
    actions.pin(db, report.id, pin_of(form), edition=_edition(form), **_by(visit))


def _repin(db: Session, report: ConditionReport, visit: Visit, form: Form) -> None:
    finding = form.get("finding", "")
    actions.repin(db, report.id, finding, pin_of(form), edition=_edition(form), **_by(visit))


def _unpin(db: Session, report: ConditionReport, visit: Visit, form: Form) -> None:
    finding = form.get("finding", "")
    actions.unpin(db, report.id, finding, edition=_edition(form), **_by(visit))


def _summary(db: Session, report: ConditionReport, visit: Visit, form: Form) -> None:
    told = text(form, "summary", LONGEST_WORDS)
    actions.describe(db, report.id, told, edition=_edition(form), **_by(visit))


def _issue(db: Session, report: ConditionReport, visit: Visit, form: Form) -> None:
    key = key_of(form, visit)
    is_enough = form.get("enough") == "yes"
    actions.issue(db, report.id, edition=_edition(form), key=key, is_enough=is_enough, **_by(visit))


def _waive(db: Session, report: ConditionReport, visit: Visit, form: Form) -> None:
    shot, reason = form.get("shot", ""), form.get("reason", "")
    actions.waive(db, report.id, shot, reason, edition=_edition(form), **_by(visit))


def _correct(db: Session, report: ConditionReport, visit: Visit, form: Form) -> str:
    return f"condition/{actions.correct(db, report.id, **_by(visit)).id}"


def _drop(db: Session, report: ConditionReport, visit: Visit, form: Form) -> str:
    actions.drop(db, report.id, edition=_edition(form), **_by(visit))
    return f"items/{db.get_one(Unit, report.unit_id).code}/reports"


def _print(db: Session, report: ConditionReport, visit: Visit, form: Form) -> None:
    """Print it in another language, or let the press try again."""
    lang = form.get("lang") or PRINTED_IN[0]
    waiting = _printing(db, report.id, lang)
    if waiting is None:
        actions.print_in(db, report.id, lang, now=visit.now)
    elif waiting.id is not None and waiting.state == WorkState.DEAD.value:
        worklist.retry(db, waiting.id, now=visit.now)


_CHANGES: Mapping[str, tuple[Act, Change]] = {
    "pin": (Act.CAPTURE, _pin),
    "repin": (Act.CAPTURE, _repin),
    "unpin": (Act.CAPTURE, _unpin),
    "summary": (Act.CAPTURE, _summary),
    "waive": (Act.GRADE, _waive),
    "issue": (Act.GRADE, _issue),
    "correct": (Act.GRADE, _correct),
    "drop": (Act.CAPTURE, _drop),
    "print": (Act.GRADE, _print),
}
