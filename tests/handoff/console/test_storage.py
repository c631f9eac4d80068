"""The storage page as staff use it (R-011, R-013): figures, holds, deletion by two."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from catalog.duties.actors import Role
from catalog.ground.record import UnitId
from catalog.ground.session.database import Database
from media.assets.tables import Asset
from media.retention import passes, queries
from media.retention.deleting import DELETE
from media.retention.passes import PASS
from media.retention.places import Space
from tests.handoff.console.window import Opened, window
from tests.media import captures
from tests.media.shelves import Shelves, digest, flip, place

CONTENT = b"a picture of a watch" * 40
PAGE = "/console/storage"
APPROVALS = "/console/approvals"


@pytest.fixture
def seat(database: Database, shelves: Shelves) -> Iterator[Opened]:
    more = {"store": shelves.first, "replicas": shelves.replicas}
    with window(database, lambda: shelves.now, **more) as opened:
        yield opened


def unit_of(shelves: Shelves) -> UnitId:
    return captures.unit(shelves.database)


def test_the_page_tells_how_much_there_is_and_what_is_wrong(shelves: Shelves, seat: Opened) -> None:
    shelves.keep(CONTENT, unit=unit_of(shelves))
    manager = seat("店長", Role.MANAGER)
    first = manager.page(PAGE)
    assert "まだ一巡していません" in first
    assert "複製先が設定されていません" not in first
    shelves.run()
    shelves.later(seconds=1)
    flip(shelves.first, digest(CONTENT))
    answer = manager.send(PAGE, f"{PAGE}/check")
    assert answer.headers["location"] == f"{PAGE}?done=check"
    assert "検査中です" in manager.page(PAGE)
    shelves.later(seconds=1)
    shelves.run(PASS)
    after = manager.page(PAGE)
    assert "1 件を検査、破損・欠落 1、修復 1、消失 0" in after
    assert "取り置いた壊れたデータ(1 件)" in after
    place(shelves.first, digest(CONTENT)).unlink()
    place(shelves.second, digest(CONTENT)).unlink()  # type: ignore[arg-type]  # there are two
    shelves.later(days=1)
    shelves.database.write(lambda db: passes.begin(db, shelves.now))
    shelves.run()
    assert "どの保管先にも正しい原本がないものが 1 件" in seat("社長", Role.OWNER).page(PAGE)


def test_a_disk_that_is_not_mounted_is_told_until_it_is_back(
    shelves: Shelves, seat: Opened, tmp_path: Path
) -> None:
    shelves.keep(CONTENT, unit=unit_of(shelves))
    shelves.run()
    shelves.first.put_bytes("renditions/a/one.jpg", [b"shown"])
    manager = seat("店長", Role.MANAGER)
    assert "接続されていません" not in manager.page(PAGE)
    for folder, words in (("originals", "主な保管先"), ("renditions", "表示用データの保管先")):
        (tmp_path / "one" / folder).rename(tmp_path / folder)
        assert f"{words}が接続されていません" in manager.page(PAGE)
        (tmp_path / folder).rename(tmp_path / "one" / folder)
    assert "接続されていません" not in manager.page(PAGE)


def test_who_may_not_keep_sees_no_forms_and_who_may_not_report_no_page(seat: Opened) -> None:
    senior, remote = seat("主任", Role.SENIOR), seat("在宅", Role.REMOTE)
    assert f"{PAGE}/hold" not in senior.page(PAGE)
    assert remote.get(PAGE).status_code == 403


def test_a_hold_is_placed_by_code_and_lifted(shelves: Shelves, seat: Opened) -> None:
    unit_of(shelves)
    manager = seat("店長", Role.MANAGER)
    wrong = manager.post(
        f"{PAGE}/hold", {**manager.form(PAGE, f"{PAGE}/hold").fields, "about": "W-9", "reason": "x"}
    )
    assert wrong.status_code == 422
    assert "入力内容をご確認ください" in wrong.text
    past = manager.send(PAGE, f"{PAGE}/hold", about="W-10234", reason="調査", until="2020-01-01")
    assert past.status_code == 422
    done = manager.send(PAGE, f"{PAGE}/hold", about="W-10234", reason="調査", until="2099-01-01")
    assert done.status_code == 303
    page = manager.page(PAGE)
    assert "W-10234 Submariner Date" in page
    assert "調査" in page
    manager.send(PAGE, f"{PAGE}/lift")
    assert "保全中のものはありません" in manager.page(PAGE)


def test_two_persons_delete_after_the_term_and_not_before(shelves: Shelves, seat: Opened) -> None:
    """Security rule 11 over the console; the second person finds it among what waits for them."""
    taken = shelves.keep(CONTENT)
    shelves.run()
    manager = seat("店長", Role.MANAGER)
    early = manager.send(PAGE, f"{PAGE}/delete", about=taken.asset_id, reason="期限経過")
    assert early.status_code == 409
    assert "保管期間中" in early.text
    shelves.now = datetime(2037, 1, 1, 3, 0, tzinfo=UTC)
    manager, owner = seat("店長二", Role.MANAGER), seat("社長", Role.OWNER)
    asked = manager.send(PAGE, f"{PAGE}/delete", about=taken.asset_id, reason="期限経過")
    assert asked.status_code == 303
    own = manager.form(PAGE, f"{PAGE}/answer")
    assert own.buttons == [("answer", "no")]
    alone = manager.post(own.action, {**own.fields, "answer": "yes"})
    assert alone.status_code == 409
    assert "別の方の承認が必要" in alone.text
    assert "期限経過" not in seat("経理", Role.ACCOUNTING).page(APPROVALS)
    assert "期限経過" in manager.page(APPROVALS)
    other = owner.form(APPROVALS, f"{PAGE}/answer")
    agreed = owner.post(other.action, {**other.fields, "answer": "yes"})
    assert (agreed.status_code, agreed.headers["location"]) == (303, APPROVALS)
    assert "承認を待っているものはありません" in owner.page(APPROVALS)
    assert shelves.run(DELETE) == 1
    assert not place(shelves.first, digest(CONTENT)).exists()
    assert "承認を待っている廃棄はありません" in owner.page(PAGE)
    usage = shelves.database.read(lambda db: queries.usage(db, Space(), now=shelves.now))
    assert (usage.originals, usage.captures) == (0, 1)
    assert shelves.database.read(lambda db: db.get(Asset, taken.asset_id)) is not None
