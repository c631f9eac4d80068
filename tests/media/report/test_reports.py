"""A report is written by one person at a time, frozen when issued, and corrected by another one."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session

from catalog.grading.checklists import Shot
from catalog.ground import journal, worklist
from catalog.ground.session.opening import open_database
from catalog.items.tables import Unit
from media.assets.kinds import BlobState, Occasion, Readiness
from media.assets.tables import Asset, Blob
from media.intake import sessions
from media.intake.stations import Station
from media.log import queries as log
from media.log.rules import canonical
from media.report import actions, queries
from media.report.actions import (
    CERTIFICATE_WORK,
    DraftMoved,
    FindingMissing,
    Issued,
    PictureElsewhere,
    ReportSealed,
    SessionOpen,
    ShotUnknown,
    WaiverMalformed,
)
from media.report.manifests import ReportUngraded, ShotsMissing
from media.report.queries import ReportMissing
from media.report.rules import PinMalformed, State
from media.report.tables import ConditionReport
from tests.databases import ENGINES, fresh_url
from tests.media.report.desk import BY, Desk, pinned
from tests.swift.engine import any_store


@pytest.fixture(params=ENGINES)
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    with fresh_url(request.param, tmp_path) as url:
        database = open_database(url)
        yield Desk(database, any_store(tmp_path), tmp_path / "in")
        database.close()


def _all_shots(desk: Desk) -> dict[str, str]:
    return {each: desk.capture(each, makes=False) for each in ("dial", "case_back", "serial")}


def test_while_required_shots_are_missing_no_report_is_issued_and_each_is_named(desk: Desk) -> None:
    """Acceptance check 8 of the evidence paper, R-004: with their Japanese labels."""
    desk.capture("dial", makes=False)
    report = desk.draft()
    progress = desk.read(lambda db: queries.progress_of(db, report))
    assert progress.told == "1/3"
    with pytest.raises(ShotsMissing) as refused:
        desk.issue(report)
    assert [each.told for each in refused.value.missing] == ["裏蓋", "シリアル"]
    assert refused.value.told == "1/3"
    desk.capture("case_back", makes=False)
    desk.capture("serial", makes=False)
    assert desk.issue(report).code


def test_what_nobody_can_open_or_no_place_holds_is_no_shot(desk: Desk) -> None:
    """Acceptance check 8: the report would stand on a picture that cannot be shown."""
    taken = _all_shots(desk)
    report = desk.draft()

    def broken(db: Session) -> None:
        db.get_one(Asset, taken["dial"]).readiness = Readiness.FAILED.value
        lost = db.get_one(Asset, taken["serial"]).sha256
        db.get_one(Blob, lost).state = BlobState.LOST.value

    desk.write(broken)
    progress = desk.read(lambda db: queries.progress_of(db, report))
    assert {each.id for each in progress.unreadable} == {taken["dial"], taken["serial"]}
    with pytest.raises(ShotsMissing) as refused:
        desk.issue(report)
    assert [each.told for each in refused.value.missing] == ["文字盤正面", "シリアル"]
    desk.capture("dial", makes=False, n=2)
    desk.capture("serial", makes=False, n=2)
    assert desk.issue(report).code


def test_a_report_does_without_a_shot_for_a_reason_that_stands_in_it(desk: Desk) -> None:
    """R-004: which shot, why, by whom and when; taken after all, the shot itself counts."""
    for each in ("dial", "case_back"):
        desk.capture(each, makes=False)
    report = desk.draft()

    def waive(shot: str, reason: str) -> None:
        edition = desk.edition(report)
        now = desk.later()
        desk.write(
            lambda db: actions.waive(db, report.id, shot, reason, edition=edition, by=BY, now=now)
        )

    with pytest.raises(ShotUnknown):
        waive("strap", "革")
    with pytest.raises(WaiverMalformed):
        waive("serial", "x" * 401)
    waive("serial", "刻印が摩耗して読めない")
    progress = desk.read(lambda db: queries.progress_of(db, queries.report_of(db, report.id)))
    assert (progress.told, progress.missing) == ("2/3", ())
    waive("serial", "")
    with pytest.raises(ShotsMissing):
        desk.issue(report)
    waive("serial", "刻印が摩耗して読めない")
    issued = desk.issue(report)
    told = queries.manifest_of(desk.read(lambda db: queries.by_code(db, issued.code)))
    shots = {each["code"]: each for each in told["checklist"]["shots"]}
    assert (shots["serial"]["asset"], shots["dial"]["waived"]) == (None, None)
    assert shots["serial"]["waived"]["reason"] == "刻印が摩耗して読めない"
    assert shots["serial"]["waived"]["by"] == BY
    desk.capture("serial", makes=False)
    better = desk.write(lambda db: actions.correct(db, report.id, by=BY, now=desk.later()))
    again = desk.issue(better, key="k2")
    told = queries.manifest_of(desk.read(lambda db: queries.by_code(db, again.code)))
    assert [each["waived"] for each in told["checklist"]["shots"]] == [None, None, None]


def test_while_the_piece_is_being_photographed_a_report_waits_or_is_enough(desk: Desk) -> None:
    _all_shots(desk)
    report = desk.draft()
    station = Station("A", desk.folder)

    def session(db: Session) -> None:
        sessions.open_at(db, station, desk.unit, occasion=None, by=BY, now=desk.later())

    desk.write(session)
    with pytest.raises(SessionOpen) as refused:
        desk.issue(report)
    assert refused.value.since == desk.now - timedelta(minutes=1)
    edition = desk.edition(report)
    dry = desk.database
    with pytest.raises(_Undone):
        dry.write(lambda db: _issue_and_undo(db, desk, report, edition))
    desk.write(lambda db: sessions.close_at(db, station, by=BY, now=desk.later()))
    assert desk.issue(report, key="k2").code


class _Undone(Exception):
    """So that the same draft is issued in another way too."""


def _issue_and_undo(db: Session, desk: Desk, report: ConditionReport, edition: int) -> None:
    actions.issue(db, report.id, edition=edition, by=BY, now=desk.later(), key="k1", is_enough=True)
    raise _Undone


def test_what_is_issued_names_every_original_and_its_digest_is_in_the_log(desk: Desk) -> None:
    """the manifest's hash is a leaf; nothing of a person or of a text is in the leaf."""
    taken = _all_shots(desk)
    report = desk.draft()
    desk.pin(report, taken["dial"])
    issued = desk.issue(report)
    row = desk.read(lambda db: queries.report_of(db, report.id))
    told = json.loads(row.manifest)
    assert canonical(told) == row.manifest
    by_asset = {each["asset"]: each["sha256"] for each in told["captures"]}
    assert set(by_asset) == set(taken.values())
    kept = desk.read(
        lambda db: dict(db.connection().execute(text("SELECT id, sha256 FROM asset")).all())
    )
    assert by_asset == kept
    assert {each["asset"] for each in told["checklist"]["shots"]} == set(taken.values())
    assert told["grade"]["grade"] == "AB"
    assert told["unit"]["serial"] == "••••••89"
    assert told["findings"][0]["told"] == "6時側の線傷"
    leaf = json.loads(desk.read(lambda db: log.leaf(db, issued.log_number)).payload)
    assert (leaf["manifest"], leaf["report"]) == (issued.manifest_sha256, report.id)
    assert set(leaf) == {"kind", "at", "report", "unit", "occasion", "manifest", "supersedes"}
    due = desk.read(
        lambda db: (
            db.connection()
            .execute(
                text("SELECT subject FROM worklist WHERE kind = :kind"), {"kind": CERTIFICATE_WORK}
            )
            .all()
        )
    )
    assert due == [(report.id,)]


def test_a_draft_changed_by_somebody_else_is_not_written_over(desk: Desk) -> None:
    taken = _all_shots(desk)
    report = desk.draft()
    seen = desk.edition(report)
    other = "staff:T"
    desk.write(
        lambda db: actions.describe(db, report.id, "良好", edition=seen, by=other, now=desk.later())
    )
    with pytest.raises(DraftMoved) as moved:
        desk.write(
            lambda db: actions.pin(
                db, report.id, pinned(taken["dial"]), edition=seen, by=BY, now=desk.later()
            )
        )
    assert (moved.value.by, moved.value.edition) == (other, seen + 1)
    assert desk.read(lambda db: queries.findings(db, report.id)) == []


def test_the_same_press_of_issue_twice_is_one_report(desk: Desk) -> None:
    _all_shots(desk)
    report = desk.draft()
    edition = desk.edition(report)
    first = desk.issue(report, key="once")
    again = desk.write(
        lambda db: actions.issue(
            db, report.id, edition=edition, by=BY, now=desk.later(), key="once"
        )
    )
    assert again == first
    with pytest.raises(ReportSealed):
        desk.issue(report, key="another")


def test_nothing_of_an_issued_report_is_changed_and_a_correction_supersedes_it(desk: Desk) -> None:
    taken = _all_shots(desk)
    report = desk.draft()
    finding = desk.pin(report, taken["dial"])
    first = desk.issue(report)
    edition = desk.edition(report)
    tries: list[Any] = [
        lambda db: actions.describe(db, report.id, "x", edition=edition, by=BY, now=desk.now),
        lambda db: actions.unpin(db, report.id, finding, edition=edition, by=BY, now=desk.now),
        lambda db: actions.drop(db, report.id, edition=edition, by=BY, now=desk.now),
    ]
    for each in tries:
        with pytest.raises(ReportSealed):
            desk.write(each)
    better = desk.write(lambda db: actions.correct(db, report.id, by=BY, now=desk.later()))
    assert better.id != report.id
    assert [each.told for each in desk.read(lambda db: queries.findings(db, better.id))] == [
        "6時側の線傷"
    ]
    second = desk.issue(better, key="k2")
    old, new = (
        desk.read(lambda db, each=each: queries.report_of(db, each))
        for each in (report.id, better.id)
    )
    assert (old.state, new.state) == (State.SUPERSEDED, State.ISSUED)
    assert old.manifest_sha256 == first.manifest_sha256
    told = json.loads(new.manifest)
    assert told["supersedes"] == {"report": report.id, "manifest": first.manifest_sha256}
    assert desk.read(lambda db: queries.in_force(db, desk.unit)).id == better.id
    assert second.code != first.code
    with pytest.raises(ReportSealed):
        desk.write(lambda db: actions.correct(db, report.id, by=BY, now=desk.later()))
    assert desk.read(lambda db: journal.verify(db, actions.subject(report.id)))


def test_a_finding_remembers_in_which_report_it_was_seen_first(desk: Desk) -> None:
    """R-019: carried over to the next occasion, and still known as old there."""
    taken = _all_shots(desk)
    intake = desk.draft(Occasion.INTAKE)
    desk.pin(intake, taken["dial"])
    desk.issue(intake)
    shipping = desk.draft(Occasion.BEFORE_SHIPPING)
    desk.pin(shipping, taken["case_back"], "新しい打痕")
    old, new = desk.read(lambda db: queries.findings(db, shipping.id))
    assert (old.first_seen_report, new.first_seen_report) == (intake.id, None)
    desk.issue(shipping, key="k2")
    back = desk.draft(Occasion.RETURN)
    seen = [each.first_seen_report for each in desk.read(lambda db: queries.findings(db, back.id))]
    assert seen == [intake.id, shipping.id]


def test_pins_stay_numbered_without_a_gap(desk: Desk) -> None:
    taken = _all_shots(desk)
    report = desk.draft()
    ids = [desk.pin(report, taken["dial"], f"傷{n}") for n in range(3)]
    desk.write(
        lambda db: actions.unpin(
            db, report.id, ids[0], edition=desk.edition(report), by=BY, now=desk.later()
        )
    )
    found = desk.read(lambda db: queries.findings(db, report.id))
    assert [(each.number, each.told) for each in found] == [(1, "傷1"), (2, "傷2")]
    with pytest.raises(FindingMissing):
        desk.write(
            lambda db: actions.unpin(
                db, report.id, ids[0], edition=desk.edition(report), by=BY, now=desk.later()
            )
        )


def test_a_pin_stands_in_a_picture_of_this_piece(desk: Desk) -> None:
    report = desk.draft()
    with pytest.raises(PictureElsewhere):
        desk.pin(report, "nobody")
    asset = desk.capture("dial", makes=False)
    with pytest.raises(PinMalformed):
        desk.pin(report, asset, "  ")
    with pytest.raises(PinMalformed):
        desk.pin(report, asset, "evil\u202e")
    with pytest.raises(ReportMissing):
        desk.read(lambda db: queries.report_of(db, "nobody"))


def test_before_shipping_a_grade_is_needed_at_intake_not_yet(desk: Desk) -> None:
    _all_shots(desk)

    def ungrade(db: Any) -> None:
        unit = db.get_one(Unit, desk.unit)
        unit.grade = None
        db.add(unit)

    desk.write(ungrade)
    with pytest.raises(ReportUngraded):
        desk.issue(desk.draft(Occasion.BEFORE_SHIPPING))
    assert desk.issue(desk.draft(Occasion.INTAKE), key="k2").code


def test_a_report_names_the_list_it_was_held_against(desk: Desk) -> None:
    from catalog.grading import shotlists
    from catalog.items.kinds import Category

    _all_shots(desk)
    report = desk.draft()
    longer = (*shotlists_of(desk), Shot("clasp", "クラスプ", "clasp"))
    desk.write(
        lambda db: shotlists.write(db, Category.WATCH, longer, after=2, by=BY, now=desk.later())
    )
    desk.issue(report)
    row = desk.read(lambda db: db.get_one(ConditionReport, report.id))
    assert json.loads(row.manifest)["checklist"]["version"] == 2
    fresh = desk.read(lambda db: queries.progress(db, desk.unit))
    assert (fresh.checklist.version, fresh.told) == (3, "3/4")


def shotlists_of(desk: Desk) -> tuple[Shot, ...]:
    from catalog.grading import shotlists
    from catalog.items.kinds import Category

    return desk.read(lambda db: shotlists.current(db, Category.WATCH).shots)


def test_a_dropped_draft_is_gone_and_another_may_be_begun(desk: Desk) -> None:
    report = desk.draft()
    assert desk.draft().id == report.id
    desk.write(
        lambda db: actions.drop(
            db, report.id, edition=desk.edition(report), by=BY, now=desk.later()
        )
    )
    assert desk.read(lambda db: queries.of_unit(db, desk.unit)) == []
    assert desk.draft().id != report.id
    assert desk.read(worklist.dead) == []


def test_two_who_issue_one_report_at_once_issue_it_once(desk: Desk) -> None:
    """Whoever comes second is told that it was issued; there is one code, one leaf, one entry."""
    _all_shots(desk)
    report = desk.draft()
    edition, now = desk.edition(report), desk.later()
    both = threading.Barrier(2, timeout=30)

    def press(who: str) -> Issued | str:
        both.wait()
        try:
            return desk.write(
                lambda db: actions.issue(
                    db, report.id, edition=edition, by=f"staff:{who}", now=now, key=who
                )
            )
        except (DraftMoved, ReportSealed) as late:
            return type(late).__name__

    with ThreadPoolExecutor(2) as people:
        told = list(people.map(press, ("A", "B")))
    issued = [each for each in told if isinstance(each, Issued)]
    assert len(issued) == 1, told
    row = desk.read(lambda db: queries.report_of(db, report.id))
    assert (row.code, row.log_number) == (issued[0].code, issued[0].log_number)
    leaves = desk.read(lambda db: log.leaves_about(db, desk.unit))
    assert sum(each.kind == "report.issued" for each in leaves) == 1
    entries = desk.read(lambda db: journal.of(db, actions.subject(report.id)))
    assert sum(each.verb == "issued" for each in entries) == 1


def test_corrections_date_a_finding_by_the_report_that_told_of_it_first(desk: Desk) -> None:
    taken = _all_shots(desk)
    first = report = desk.draft()
    desk.pin(report, taken["dial"])
    desk.issue(report, key="k0")
    for n in (1, 2):
        last = report.id
        report = desk.write(lambda db, of=last: actions.correct(db, of, by=BY, now=desk.later()))
        issued = desk.issue(report, key=f"k{n}")
        told = queries.manifest_of(
            desk.read(lambda db, code=issued.code: queries.by_code(db, code))
        )
        assert [each["first_seen"] for each in told["findings"]] == [first.id]
