"""What is shown is looked for once a day, and made again from the original where it is gone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from catalog.ground import worklist
from catalog.ground.session.opening import open_database
from catalog.ground.worklist import DueWork, Work
from media.assets.kinds import RENDITION_WORK
from media.renditions import actions as renditions
from media.renditions import making
from media.renditions import queries as shown
from media.renditions.tables import Recipe, Rendition, RenditionState
from media.report import actions
from media.report.actions import CERTIFICATE_WORK
from media.sharing import standing
from tests.databases import ENGINES, fresh_url
from tests.media.report.desk import BY, SHOTS, Desk
from tests.swift.engine import any_store


@pytest.fixture(params=ENGINES)
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    with fresh_url(request.param, tmp_path) as url:
        database = open_database(url)
        yield Desk(database, any_store(tmp_path), tmp_path / "in")
        database.close()


def _issued(desk: Desk) -> dict[str, str]:
    taken = {each.code: str(desk.capture(each.code)) for each in SHOTS}
    desk.issue(desk.draft())
    desk.write(_everything_done)
    return taken


def _everything_done(db: Session) -> None:
    for each in db.exec(select(Work)):
        each.state = "done"
        db.add(each)


def _gone(desk: Desk) -> list[standing.Needed]:
    part = desk.read(lambda db: standing.part(db, after="", now=desk.now))
    assert part.last is None
    return standing.gone(desk.store, part.needed)


def _due(desk: Desk, kind: str) -> list[str]:
    found = select(Work.subject).where(Work.kind == kind, Work.state == "due")
    return desk.read(lambda db: list(db.exec(found)))


def _tasks(desk: Desk, name: str) -> list[Work]:
    return list(desk.read(lambda db: worklist.open_tasks_named(db, name)))


def test_a_picture_of_a_report_that_is_gone_is_made_again(desk: Desk) -> None:
    taken = _issued(desk)
    assert _gone(desk) == []

    def key(db: Session) -> str:
        row = db.exec(
            select(Rendition).where(
                Rendition.asset_id == taken["dial"], Rendition.recipe == Recipe.PREVIEW.value
            )
        ).one()
        return str(row.key)

    desk.store.delete(desk.read(key))
    lacking = _gone(desk)
    assert [(each.asset_id, each.recipe) for each in lacking] == [(taken["dial"], Recipe.PREVIEW)]
    for _ in range(2):
        desk.write(lambda db: standing.make_again(db, lacking, now=desk.now))
    assert _due(desk, RENDITION_WORK) == [taken["dial"]]
    work = DueWork(1, making.RENDITION, taken["dial"], taken["dial"], {}, 0, desk.now, desk.now)
    job = desk.read(lambda db: shown.job(db, work))
    made = making.make(job, making.Tools(desk.store))
    desk.write(lambda db: renditions.record(db, job, made, now=desk.later()))
    assert _gone(desk) == []


def test_a_capture_that_can_never_be_shown_is_told_once(desk: Desk) -> None:
    taken = _issued(desk)

    def fail(db: Session, state: RenditionState) -> None:
        for row in db.exec(select(Rendition).where(col(Rendition.asset_id) == taken["serial"])):
            row.state = state.value
            row.error = "broken"
            db.add(row)

    desk.write(lambda db: fail(db, RenditionState.FAILED))
    for _ in range(2):
        desk.write(lambda db: standing.begin(db, desk.later(60 * 24)))
    (task,) = _tasks(desk, standing.UNSHOWN)
    assert (task.subject, task.facts["asset"]) == (f"unit:{desk.unit}", taken["serial"])
    assert len(_due(desk, standing.LOOK)) == 2
    desk.write(lambda db: fail(db, RenditionState.READY))
    desk.write(lambda db: standing.begin(db, desk.later(60 * 24)))
    assert _tasks(desk, standing.UNSHOWN) == []


def test_a_certificate_that_was_given_up_is_told_and_a_forgotten_one_is_printed(
    desk: Desk,
) -> None:
    for each in SHOTS:
        desk.capture(each.code, makes=False)
    report = desk.draft()
    desk.issue(report)

    def work(db: Session) -> Work:
        return db.exec(select(Work).where(Work.kind == CERTIFICATE_WORK)).one()

    def give_up(db: Session) -> None:
        work(db).state = "dead"

    desk.write(give_up)
    for _ in range(2):
        desk.write(lambda db: standing.begin(db, desk.later(60 * 24)))
    (task,) = _tasks(desk, standing.UNPRINTED)
    assert task.facts["report"] == report.id
    desk.write(lambda db: db.delete(work(db)))
    desk.write(lambda db: standing.begin(db, desk.later(60 * 24)))
    assert _due(desk, CERTIFICATE_WORK) == [report.id]
    better = desk.write(lambda db: actions.correct(db, report.id, by=BY, now=desk.later()))
    desk.issue(better, key="k2")
    desk.write(lambda db: standing.begin(db, desk.later(60 * 24)))
    # What was corrected needs no certificate any more.
    assert _tasks(desk, standing.UNPRINTED) == []
