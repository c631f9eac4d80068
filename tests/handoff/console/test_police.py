"""What concerns the police about a piece, at the console: stopped at once by whoever has it, let
go by a manager, and nobody outside is told (KOB-4 to KOB-6, KOB-8).
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlmodel import col, select

from catalog.buyback.stages import Stage
from catalog.duties.actors import Role
from catalog.duties.notices.actions import NewNotice, Wanted, receive
from catalog.duties.notices.tables import NoticeHit, PoliceOrder, RecoveryClaim, Suspicion
from catalog.ground import journal
from catalog.ground.calendar import tokyo_day
from catalog.ground.record import Row, UnitId
from catalog.ground.session.database import Database
from catalog.ground.worklist import Work
from catalog.items import watchers
from tests.catalog.buyback.deals import Deals
from tests.catalog.items.pieces import listed, unit_of
from tests.handoff.console.window import Opened, window


@pytest.fixture
def deals(database: Database) -> Deals:
    return Deals(database)


@pytest.fixture
def seat(deals: Deals) -> Iterator[Opened]:
    with window(deals.database, lambda: deals.now) as opened:
        yield opened


def one(deals: Deals, table: type[Row]) -> Row:
    return deals.database.read(lambda db: db.exec(select(table)).one())


def open_tasks(deals: Deals, name: str) -> list[int]:
    return [row.id or 0 for row in deals.tasks(name) if row.state == "due"]


def notices(deals: Deals) -> int:
    """How many letters are owed to anybody."""
    rows = select(Work.id).where(Work.kind == "notice").order_by(col(Work.id))
    return deals.database.read(lambda db: len(db.exec(rows).all()))


def test_a_suspicion_stops_the_piece_and_its_case_and_tells_nobody_outside(
    deals: Deals, seat: Opened
) -> None:
    """KOB-8: the payment that has not left is called off, and planned anew afterwards."""
    seller = deals.seller()
    case_id = deals.here(seller)
    deals.accept(seller, deals.offered(case_id))
    unit, told = deals.unit(case_id), notices(deals)
    path = f"/console/items/{unit.code}/police"
    store, manager = seat("店頭", Role.STORE), seat("佐藤", Role.MANAGER)
    assert f'href="{path}"' in store.page(f"/console/items/{unit.code}")
    early = {"csrf": manager.form(path, "/console/sign-out").fields["csrf"], "key": "k"}
    refused = manager.post(f"{path}/stop", {**early, "reason": "念のため"})
    assert "先に、申告か差止めを記録してください" in refused.text
    store.send(path, f"{path}/suspect", reason="保証書の印字が違う", times=2)
    assert deals.unit(case_id).state == "police_hold"
    assert one(deals, Suspicion).noted_by == store.actor.name  # type: ignore[attr-defined]  # its column
    [task] = open_tasks(deals, "police_report")
    assert f'href="{path}"' in manager.page(f"/console/tasks/{task}")
    assert f"{path}/stop" not in store.page(path)
    manager.send(path, f"{path}/stop", reason="申告あり", times=2)
    assert deals.stage(case_id) is Stage.POLICE_HOLD
    assert [each.status for each in deals.payouts(case_id)] == ["cancelled"]
    assert notices(deals) == told
    held = manager.post(f"{path}/go_on", {**early, "key": "k2"})
    assert "まだ止める理由が残っています" in held.text
    manager.send(path, f"{path}/settle", report_no="受理 12")
    assert open_tasks(deals, "police_report") == []
    assert deals.unit(case_id).state == unit.state
    manager.send(path, f"{path}/go_on", times=2)
    assert deals.stage(case_id) is Stage.PAY_SCHEDULED
    assert [each.status for each in deals.payouts(case_id)] == ["cancelled", "planned"]
    assert notices(deals) == told
    verbs = deals.database.read(lambda db: [e.verb for e in journal.of(db, f"unit:{unit.id}")])
    assert verbs[-2:] == ["suspected", "suspicion_settled"]


def test_an_order_keeps_a_piece_until_its_end_is_recorded(deals: Deals, seat: Opened) -> None:
    """KOB-5, KOB-6; who watches it hears nothing."""
    [unit_id] = listed(deals.database, "W-1")
    deals.database.write(lambda db: watchers.watch(db, unit_id, "customer:C1", now=deals.now))
    path, manager, told = "/console/items/W-1/police", seat("佐藤", Role.MANAGER), notices(deals)
    today = tokyo_day(deals.now)
    order = {"authority": "築地警察署", "number": "差-7", "from_on": str(today)}
    longer = manager.send(path, f"{path}/order", through=str(today + timedelta(days=30)), **order)
    assert "差止めは30日以内です(入力は 31 日)" in longer.text
    manager.send(path, f"{path}/order", through=str(today + timedelta(days=29)), times=2, **order)
    assert unit_of(deals.database, unit_id).state == "police_hold"
    again = manager.send(path, f"{path}/order", through=str(today), **order)
    assert "差止め 差-7 は、すでに記録されています" in again.text
    assert one(deals, PoliceOrder).noted_by == manager.actor.name  # type: ignore[attr-defined]  # its column
    manager.send(
        path, f"{path}/claim", stolen_on=str(today - timedelta(days=365)), report_no="被-1"
    )
    assert one(deals, RecoveryClaim).is_free_of_charge  # type: ignore[attr-defined]  # its column
    assert "無償で返す" in manager.page(path)
    assert len(open_tasks(deals, "police_order_ends")) == 1
    assert manager.send(path, f"{path}/answer").status_code == 422  # no outcome chosen
    early = manager.send(path, f"{path}/answer", outcome="to_victim")
    assert "差止めの期間中です" in early.text
    manager.send(path, f"{path}/lift", times=1)
    assert open_tasks(deals, "police_order_ends") == []
    assert unit_of(deals.database, unit_id).state == "police_hold"  # the claim is open
    manager.send(path, f"{path}/answer", outcome="rejected", times=2)
    assert open_tasks(deals, "recovery_claim") == []
    assert unit_of(deals.database, unit_id).state == "listed"
    assert notices(deals) == told


def test_a_hit_is_ruled_by_a_manager_alone(deals: Deals, seat: Opened) -> None:
    """KOB-4: reported with its number, and free when it was another piece."""
    [unit_id] = listed(deals.database, "W-1", serial="7X12345")
    notice = NewNotice("警視庁", "1", tokyo_day(deals.now), [Wanted(serial="7x12345")])
    deals.database.write(lambda db: receive(db, notice, by="t", now=deals.now, key="n"))
    hit = one(deals, NoticeHit)
    manager, store = seat("佐藤", Role.MANAGER), seat("店頭", Role.STORE)
    path = "/console/items/W-1/police"
    csrf = store.form(path, "/console/sign-out").fields["csrf"]
    wanted = {"csrf": csrf, "key": "k", "hit": hit.id, "ruling": "another_piece"}  # type: ignore[attr-defined]  # its column
    assert store.post(f"{path}/rule", wanted).status_code == 403
    assert manager.send(path, f"{path}/rule", ruling="reported").status_code == 422  # no number
    manager.send(path, f"{path}/rule", ruling="reported", report_no="受-9")
    assert open_tasks(deals, "police_report") == []
    assert unit_of(deals.database, UnitId(unit_id)).state == "police_hold"
    manager.send(path, f"{path}/rule", ruling="cleared", times=2)
    assert "警察の確認が終了" in manager.page(path)
    assert unit_of(deals.database, UnitId(unit_id)).state == "listed"
    late = manager.form(path, "/console/sign-out").fields
    told = {**late, "key": "late", "hit": hit.id, "ruling": "another_piece"}  # type: ignore[attr-defined]  # its column
    assert "警察の確認は、すでに終わっています" in manager.post(f"{path}/rule", told).text
    assert seat("遠隔", Role.REMOTE).get(path).status_code == 403


def test_a_piece_given_to_whom_it_was_stolen_from_ends_its_case_and_its_payment(
    deals: Deals, seat: Opened
) -> None:
    """KOB-2, KOB-6: nothing of it is paid any more, and the seller hears nothing of it."""
    seller = deals.seller()
    case_id = deals.here(seller)
    deals.accept(seller, deals.offered(case_id))
    unit, told = deals.unit(case_id), notices(deals)
    path, manager = f"/console/items/{unit.code}/police", seat("佐藤", Role.MANAGER)
    today = tokyo_day(deals.now)
    manager.send(path, f"{path}/claim", stolen_on=str(today - timedelta(days=9)), report_no="被-2")
    assert deals.unit(case_id).state == "police_hold"
    [task] = open_tasks(deals, "recovery_claim")
    assert f"/console/tasks/{task}/done" not in manager.page(f"/console/tasks/{task}")
    manager.send(path, f"{path}/answer", outcome="to_victim", times=2)
    left = deals.unit(case_id)
    assert (left.state, left.custody) == ("surrendered", "victim")
    assert deals.stage(case_id) is Stage.CLOSED
    assert [each.status for each in deals.payouts(case_id)] == ["cancelled"]
    assert notices(deals) == told
    assert "被害者へ引渡し済み" in manager.page(path)
    assert open_tasks(deals, "recovery_claim") == []
