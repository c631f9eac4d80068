"""A wrong match is taken back and what is no capture laid aside (R-006, R-029): it opens nowhere
any more, whoever was told it was there waits again, and what was issued with it says so.
"""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from catalog.ground import journal
from catalog.ground.record import AssetId, UnitId
from catalog.ground.session.database import Database
from catalog.ground.worklist import Work
from catalog.items import queries as items
from catalog.items.rules import STAFF
from media.assets import actions as assets
from media.assets import queries as found
from media.assets.actions import AssetMoved, SentIn
from media.assets.kinds import Aside, AssetKind, Part, Wrong
from media.assets.tables import Asset
from media.intake import tasks
from media.intake.take import Entrance, Wish, take
from media.log.tables import LogLeaf
from media.originals.local import LocalStore
from media.renditions import queries as renditions
from media.report.manifests import PictureTakenOff
from media.sharing import correcting, reporting, shares
from media.sharing.correcting import NothingWrong
from media.sharing.tables import Share
from tests.media import captures
from tests.media.captures import NOON
from tests.media.report.desk import Desk as ReportDesk
from tests.media.sharing.test_routes import MISAKI, Desk, serving

BY = "staff:S"
WATCH, OTHER = UnitId("unit-W-10234"), UnitId("unit-W-10235")


@pytest.fixture
def desk(database: Database, store: LocalStore, tmp_path: Path) -> Desk:
    captures.unit(database, "W-10235")
    return Desk(database, store, tmp_path / "shots")


def correct(
    desk: Desk, to: UnitId | None, *, seen: UnitId | None = WATCH, part: Part | None = None,
    why: Wrong = Wrong.OTHER_PIECE,
) -> None:  # fmt: skip
    desk.database.write(
        lambda db: correcting.correct(
            db, desk.asset, to, seen=seen, part=part, why=why, actor=BY, now=NOON
        )
    )


def lay_aside(desk: Desk, *, seen: UnitId | None = WATCH) -> None:
    desk.database.write(
        lambda db: correcting.lay_aside(
            db, desk.asset, seen=seen, why=Aside.TEST_SHOT, actor=BY, now=NOON
        )
    )


def page(desk: Desk, code: str = "W-10234") -> str:
    def unit(db: Session) -> str | None:
        piece = items.by_id(db, UnitId(f"unit-{code}"), viewer=STAFF)
        assert piece is not None
        ends = NOON + timedelta(days=20)
        return shares.share(
            db, piece, STAFF, ends_at=ends, lang="ja", now=NOON, key="share"
        ).token  # fmt: skip

    token = desk.database.write(unit)
    assert token is not None
    return token


def leaves(desk: Desk) -> list[tuple[str, str | None]]:
    """Kind and piece of each leaf about captures."""
    rows = desk.database.read(lambda db: db.exec(select(LogLeaf).order_by(LogLeaf.number)).all())  # type: ignore[arg-type]
    return [(row.kind, row.unit_id) for row in rows if row.kind.startswith("asset.")]


def offered(db: Session, unit: UnitId) -> list[AssetId]:
    piece = items.by_id(db, unit, viewer=STAFF)
    assert piece is not None
    return shares.offered(db, piece, STAFF)


@pytest.mark.parametrize("to", [OTHER, None])
def test_what_was_given_to_the_wrong_piece_is_shown_of_it_no_more(
    desk: Desk, to: UnitId | None
) -> None:
    token, shared = desk.issue(), page(desk)
    with serving(desk.counter()) as web:
        opened = web.get(f"/s/{shared}").text
        address = opened.split('href="/s/b/')[1].split('"')[0]
        assert web.get(f"/s/b/{address}").status == web.get(f"/m/{token}").status == 200
        correct(desk, to)
        assert web.get(f"/m/{token}").status == web.get(f"/s/b/{address}").status == 404
        still_open = web.get(f"/s/{shared}")
        assert still_open.status == 200
        assert "/s/b/" not in still_open.text
        assert "ただいまご覧いただける記録がありません" in still_open.text

    def told(db: Session) -> None:
        assert renditions.showable(db, WATCH, AssetKind.STILL) is None
        assert found.of_unit(db, WATCH) == renditions.available(db, WATCH) == []
        assert offered(db, WATCH) == []
        assert offered(db, OTHER) == ([desk.asset] if to else [])
        assert [each.id for each in found.tray(db)] == ([] if to else [desk.asset])
        assert found.count_in_tray(db) == (0 if to else 1)
        act = [each for each in journal.of(db, f"asset:{desk.asset}") if each.verb == "corrected"]
        assert [(each.actor, each.facts["why"], each.facts["unit"]) for each in act] == [
            (BY, "other_piece", WATCH)
        ]

    desk.database.read(told)
    after = [("asset.assigned", OTHER)] if to else []
    assert leaves(desk) == [("asset.received", WATCH), ("asset.corrected", WATCH), *after]


def test_a_test_shot_lies_in_no_tray_and_shows_nothing_until_it_is_brought_back(
    desk: Desk,
) -> None:
    token = desk.issue()
    lay_aside(desk)

    def gone(db: Session) -> None:
        assert found.tray(db) == found.of_unit(db, WATCH) == offered(db, WATCH) == []
        (row,) = found.laid_aside(db)
        assert (row.id, row.laid_aside, found.count_laid_aside(db)) == (desk.asset, "test_shot", 1)

    desk.database.read(gone)
    with serving(desk.counter()) as web:
        assert web.get(f"/m/{token}").status == 404
    correct(desk, None, seen=None, why=Wrong.BY_MISTAKE)
    assert [each.id for each in desk.database.read(found.tray)] == [desk.asset]
    lay_aside(desk, seen=None)
    desk.database.write(
        lambda db: assets.assign(db, desk.asset, OTHER, part=None, actor=BY, now=NOON)
    )
    assert desk.database.read(found.laid_aside) == []
    assert desk.database.read(lambda db: offered(db, OTHER)) == [desk.asset]
    assert [kind for kind, _ in leaves(desk)] == [
        "asset.received", "asset.laid_aside", "asset.corrected", "asset.laid_aside",
        "asset.assigned",
    ]  # fmt: skip


def test_whoever_comes_second_is_told_that_it_lies_elsewhere(desk: Desk) -> None:
    correct(desk, OTHER)
    before = leaves(desk)
    for late in (
        lambda: correct(desk, None), lambda: lay_aside(desk), lambda: lay_aside(desk, seen=None),
        lambda: correct(desk, WATCH, seen=None, why=Wrong.BY_MISTAKE),
    ):  # fmt: skip
        with pytest.raises(AssetMoved):
            late()
    with pytest.raises(NothingWrong):
        correct(desk, OTHER, seen=OTHER)
    assert leaves(desk) == before


def test_the_wrong_part_alone_leaves_what_was_sent_open(desk: Desk) -> None:
    token = desk.issue()
    correct(desk, WATCH, part=Part.DIAL, why=Wrong.OTHER_PART)
    with serving(desk.counter()) as web:
        assert web.get(f"/m/{token}").status == 200
    assert desk.database.read(lambda db: db.get_one(Asset, desk.asset).part) == "dial"


def test_what_somebody_sent_in_is_given_to_no_piece_by_hand(desk: Desk) -> None:
    def sent_in(db: Session) -> None:
        row = db.get_one(Asset, desk.asset)
        row.unit_id, row.about = None, "dispute:D"
        db.add(row)

    desk.database.write(sent_in)
    with pytest.raises(SentIn):
        lay_aside(desk, seen=None)


@pytest.mark.parametrize("undo", [lambda desk: correct(desk, None), lay_aside])
def test_no_file_name_brings_it_back(
    desk: Desk, tmp_path: Path, undo: Callable[[Desk], None]
) -> None:
    """A hot folder is looked through again at every start."""
    path = captures.still(tmp_path / "hot" / "W-10234_01.jpg", seed=7)
    entrance = Entrance(desk.database, desk.store, actor="hotfolder")
    desk.asset = take(path, entrance, now=NOON, root=tmp_path / "hot").asset_id
    undo(desk)
    before = leaves(desk)
    again = take(path, entrance, now=NOON, root=tmp_path / "hot")
    assert (again.asset_id, again.unit_id, again.is_new) == (desk.asset, None, False)
    assert leaves(desk) == before


def test_whoever_was_told_that_it_is_there_waits_again(desk: Desk) -> None:
    """R-021: a promise that was kept with the wrong picture was not kept."""

    def ask(db: Session) -> None:
        tasks.ask(
            db, WATCH, part=None, kind=AssetKind.STILL, conversation=MISAKI, lang="ja",
            promised_at=NOON + timedelta(hours=2), now=NOON,
        )  # fmt: skip

    desk.database.write(ask)
    assert desk.database.read(tasks.open_tasks) == []  # the picture was there
    correct(desk, OTHER)
    (again,) = desk.database.read(tasks.open_tasks)
    assert (again.unit_id, again.waiting, again.due_at) == (WATCH, 1, NOON + timedelta(hours=2))
    path = captures.still(desk.store.staging / "W-10234_2.jpg", seed=5)
    entrance = Entrance(desk.database, desk.store, actor="t")
    right = take(path, entrance, now=NOON, wish=Wish("W-10234", None)).asset_id

    def ready(db: Session) -> None:
        db.get_one(Asset, right).readiness = "whole"
        db.flush()
        tasks.close_for(db, right, now=NOON)

    desk.database.write(ready)
    due = desk.database.read(lambda db: db.exec(select(Work).where(Work.kind == tasks.READY)).all())
    assert sorted((each.subject, each.facts["asset"]) for each in due) == sorted(
        [(str(MISAKI), str(desk.asset)), (str(MISAKI), str(right))]
    )
    assert len({each.work_key for each in due}) == 2


def test_a_report_that_was_issued_with_it_stays_and_says_so(
    database: Database, store: LocalStore, tmp_path: Path
) -> None:
    desk = ReportDesk(database, store, tmp_path / "shots")
    taken = {each: desk.capture(each, makes=False) for each in ("dial", "case_back", "serial")}
    report = desk.draft()
    desk.pin(report, taken["dial"])
    issued = desk.issue(report)
    desk.write(
        lambda db: correcting.correct(
            db, taken["dial"], None, seen=desk.unit, part=None, why=Wrong.UNSURE, actor=BY,
            now=desk.later(),
        )
    )  # fmt: skip

    def told(db: Session) -> None:
        row = reporting.queries.report_of(db, report.id)
        assert row.manifest_sha256 == issued.manifest_sha256
        assert reporting.queries.taken_off(db, row) == {taken["dial"]}
        piece = items.by_id(db, desk.unit, viewer=STAFF)
        assert piece is not None
        shared = reporting.of_page(db, Share(report_id=row.id), piece, STAFF)
        assert shared is not None
        assert (shared.taken_off, dict(shared.prints)) == (1, {})

    desk.read(told)
    desk.capture("dial", makes=False, n=2)
    following = desk.draft()  # what it found is carried over, with its picture
    with pytest.raises(PictureTakenOff) as refused:
        desk.issue(following, key="k2")
    assert refused.value.numbers == (1,)
