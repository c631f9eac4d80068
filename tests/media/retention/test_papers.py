"""Issued reports, findings and certificates come back from the store alone (acceptance check
21)."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import Session, select

from catalog.ground.record import Sha256
from catalog.ground.session.database import Database
from catalog.items.kinds import UnitState
from catalog.items.tables import Unit
from media.assets.tables import Blob, BlobCopy
from media.log import queries as log
from media.originals.store import original_key
from media.report import actions, certificates
from media.report.certificates import Sheet
from media.report.press import Printed
from media.report.sidecars import KEEP_PAPER, PaperMissing, described
from media.report.tables import ConditionReport, ReportCertificate, ReportFinding
from media.retention import deleting, pages, passes, queries
from media.retention.pages import PAGES
from media.retention.rebuilding import rebuild
from media.retention.rules import Obstacle
from tests.databases import fresh
from tests.media import captures
from tests.media.report.desk import BY, Desk
from tests.media.retention.test_deleting import LATER, ONE, OTHER, hold
from tests.media.shelves import Shelves, digest, flip

TABLES = (ConditionReport, ReportFinding, ReportCertificate)


@pytest.fixture
def empty(database: Database, tmp_path: Path) -> Iterator[Database]:
    folder = tmp_path / "anew"
    folder.mkdir()
    with fresh("sqlite" if database.dialect == "sqlite" else "postgres", folder) as opened:
        yield opened


def papers(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Every row of what was issued but the piece's own id, which may be another one."""

    def read(db: Session) -> dict[str, list[dict[str, Any]]]:
        rows = {
            table.__tablename__: [
                row.model_dump(exclude={"unit_id"}) for row in db.exec(select(table))
            ]
            for table in TABLES
        }
        drafts = {row["id"] for row in rows["condition_report"] if row["state"] == "draft"}
        return {
            name: sorted(
                (row for row in each if not {row.get("id"), row.get("report_id")} & drafts), key=str
            )
            for name, each in rows.items()
        }

    return database.read(read)


def issued(shelves: Shelves, tmp_path: Path) -> tuple[Desk, list[str]]:
    """A report with two pins and a print, its correction with a third, a draft nobody issued."""
    desk = Desk(shelves.database, shelves.first, tmp_path / "in")
    taken = {}
    for each in ("dial", "case_back", "serial"):
        shelves.now = desk.later()
        kept = shelves.keep(each.encode() * 99, unit=desk.unit, name=f"W-10234_{each}_01.jpg")
        taken[each] = kept.asset_id
    first = desk.draft()
    desk.pin(first, taken["dial"])
    desk.pin(first, taken["case_back"], "裏蓋の擦れ 髙橋")
    manifest = desk.issue(first).manifest_sha256
    pdf = b"%PDF-1.7 as the press hands it over"
    printed = Printed(pdf, digest(pdf), signed_by="証", is_stamped=False)
    sheet = Sheet(first.id, {"manifest_sha256": manifest}, {})
    certificates.keep(desk.store, sheet, printed, now=desk.now)
    desk.write(lambda db: certificates.record(db, first.id, printed, by="press", now=desk.now))
    second = desk.write(lambda db: actions.correct(db, first.id, by=BY, now=desk.later()))
    desk.pin(second, taken["serial"], "打痕")
    desk.issue(second, key="k2")
    desk.draft()
    shelves.now = desk.later()
    return desk, [first.id, second.id]


def written(shelves: Shelves) -> None:
    """Every worker had its turn."""
    shelves.run()
    shelves.database.write(lambda db: pages.due(db, shelves.now))
    shelves.run(PAGES)


def test_reports_findings_and_certificates_come_back_with_the_same_root(
    shelves: Shelves, empty: Database, tmp_path: Path
) -> None:
    """acceptance check 21; R-015: from the second place alone too."""
    issued(shelves, tmp_path)
    written(shelves)
    before = papers(shelves.database)
    assert [len(before[table.__tablename__]) for table in TABLES] == [2, 5, 1]
    copies = shelves.database.read(
        lambda db: db.exec(
            select(BlobCopy.replica, BlobCopy.state)
            .join(Blob, BlobCopy.sha256 == Blob.sha256)  # type: ignore[arg-type]  # a clause
            .where(Blob.mime != "image/jpeg")
        ).all()
    )
    assert sorted(copies) == [("first", "kept")] * 3 + [("second", "kept")] * 3

    captures.unit(empty)
    assert shelves.second is not None
    found = rebuild(empty, shelves.second, now=LATER)
    assert (found.papers.reports, found.papers.certificates) == (2, 1)
    assert (found.papers.unread, found.unwritten, found.gaps) == ([], [], 0)
    assert found.root == shelves.database.read(log.root) == empty.read(log.root)
    assert papers(empty) == before
    again = rebuild(empty, shelves.first, now=LATER)
    assert (again.papers.reports, again.papers.certificates) == (0, 0)
    assert papers(empty) == before


def test_the_reports_of_a_piece_that_is_brought_in_later_wait_for_it(
    shelves: Shelves, empty: Database, tmp_path: Path
) -> None:
    _, ids = issued(shelves, tmp_path)
    written(shelves)
    first = rebuild(empty, shelves.first, now=LATER)
    assert (first.papers.reports, first.papers.unmatched) == (0, ids)
    captures.unit(empty)
    assert rebuild(empty, shelves.first, now=LATER).papers.reports == 2
    assert papers(empty) == papers(shelves.database)


def test_the_leaf_of_the_last_minute_lies_beside_the_report(
    shelves: Shelves, empty: Database, tmp_path: Path
) -> None:
    """No page of leaves was written yet."""
    issued(shelves, tmp_path)
    shelves.run(KEEP_PAPER)
    desk_rows = papers(shelves.database)
    captures.unit(empty)
    for each in list(shelves.first.each("originals")):
        assert json.loads(b"".join(shelves.first.open(each.key))) if "json" in each.key else True
    found = rebuild(empty, shelves.first, now=LATER)
    assert found.papers.reports == 2
    assert {row["code"] for row in papers(empty)["condition_report"]} == {
        row["code"] for row in desk_rows["condition_report"]
    }


def test_a_report_whose_text_is_another_is_not_believed(
    shelves: Shelves, empty: Database, tmp_path: Path
) -> None:
    _, ids = issued(shelves, tmp_path)
    written(shelves)
    (text, *_) = [
        row["manifest_sha256"]
        for row in papers(shelves.database)["condition_report"]
        if row["id"] == ids[1]
    ]
    flip(shelves.first, text, at=30)
    captures.unit(empty)
    found = rebuild(empty, shelves.first, now=LATER)
    assert (found.papers.reports, found.papers.unread) == (1, [ids[1]])
    assert found.root == shelves.database.read(log.root)


def test_reports_of_before_are_kept_with_the_next_check_of_everything(
    shelves: Shelves, tmp_path: Path
) -> None:
    issued(shelves, tmp_path)

    def as_before(db: Session) -> None:
        db.connection().exec_driver_sql(f"DELETE FROM worklist WHERE kind = '{KEEP_PAPER}'")

    shelves.database.write(as_before)
    rows = papers(shelves.database)["condition_report"]
    assert not any(shelves.first.exists(original_key(row["manifest_sha256"])) for row in rows)
    shelves.database.write(lambda db: passes.begin(db, shelves.now))
    shelves.database.write(lambda db: passes.begin(db, shelves.now))
    shelves.run(KEEP_PAPER)
    assert all(shelves.first.exists(original_key(row["manifest_sha256"])) for row in rows)


def barriers(shelves: Shelves, sha256: str) -> set[Obstacle]:
    found = shelves.database.read(lambda db: queries.barriers(db, Sha256(sha256), now=shelves.now))
    return {each.why for each in found}


def test_what_keeps_a_piece_keeps_its_reports_and_certificates(
    shelves: Shelves, tmp_path: Path
) -> None:
    """A hold for a lawsuit, an open dispute, a late sale: the proof stays as long as the pictures
    do (R-011).
    """
    issued(shelves, tmp_path)
    shelves.run()
    rows = papers(shelves.database)
    reports = [row["manifest_sha256"] for row in rows["condition_report"]]
    printed = [row["sha256"] for row in rows["report_certificate"]]
    (unit,) = shelves.database.read(lambda db: set(db.exec(select(ConditionReport.unit_id))))
    shelves.now, write = LATER, shelves.database.write
    left = update(Unit).values(state=UnitState.DELIVERED.value)
    write(lambda db: db.connection().execute(left))
    assert [barriers(shelves, each) for each in [*reports, *printed]] == [set()] * 3
    hold(shelves, unit, is_unit=True)
    assert [barriers(shelves, each) for each in [*reports, *printed]] == [{Obstacle.HOLD}] * 3


def test_what_two_deleted_is_not_written_again(shelves: Shelves, tmp_path: Path) -> None:
    _, ids = issued(shelves, tmp_path)
    shelves.run()
    rows = {row["id"]: row for row in papers(shelves.database)["condition_report"]}
    gone = rows[ids[0]]["manifest_sha256"]
    write = shelves.database.write
    shelves.now = LATER
    assert Obstacle.IN_HOUSE in barriers(shelves, gone)
    left = update(Unit).values(state=UnitState.DELIVERED.value)
    write(lambda db: db.connection().execute(left))
    wish = write(lambda db: deleting.ask(db, gone, reason="期限", actor=ONE, now=LATER))
    write(lambda db: deleting.agree(db, wish, actor=OTHER, now=LATER))
    shelves.run()
    due = "UPDATE worklist SET state = 'due' WHERE kind = :kind"
    write(lambda db: db.connection().exec_driver_sql(due.replace(":kind", f"'{KEEP_PAPER}'")))
    shelves.run(KEEP_PAPER)
    assert not shelves.first.exists(original_key(gone))
    with pytest.raises(PaperMissing):
        shelves.database.read(lambda db: described(db, "0" * 64))
