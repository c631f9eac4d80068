"""Orders at the console: shipped and brought, sent back, compared, refunded; no money without the
comparison (R-099), each click once.
"""

from collections.abc import Iterator

import pytest
from sqlmodel import select

from catalog.duties.actors import Role
from catalog.duties.ledger import queries as ledger
from catalog.ground import worklist
from catalog.ground.calendar import tokyo_day
from catalog.ground.record import CustomerId
from catalog.ground.session.database import Database
from catalog.orders import tracking
from catalog.orders.returns import LABEL
from catalog.orders.states import ReturnState
from catalog.orders.tables import ReturnCase
from catalog.orders.tracking import TrackingLine
from tests.catalog.duties.law import KEYS
from tests.catalog.orders.counter import COLLECT, Counter
from tests.handoff.console.window import Opened, window

SAME = {"seal": "same", "serial": "same", "condition": "same", "same": "yes"}


@pytest.fixture
def counter(database: Database) -> Counter:
    return Counter(database)


@pytest.fixture
def seat(counter: Counter) -> Iterator[Opened]:
    with window(counter.database, lambda: counter.now) as opened:
        yield opened


def page_of(counter: Counter, order_id: str) -> str:
    return f"/console/orders/{counter.order(order_id).order_no}"


def test_an_order_is_packed_sent_and_brought_each_click_once(
    counter: Counter, seat: Opened
) -> None:
    """R-093: what leaves is kept with it."""
    made = counter.bought(counter.customer(), counter.owned("W-1"))
    path, store = page_of(counter, made.order_id), seat("店", Role.STORE)
    assert "/console/orders/" in store.page("/console/orders")
    told = {"seal-1": "S-77", "video-1": "film:9"}
    missing = store.send(path, f"{path}/pack", **{"seal-1": "S-77"})
    assert missing.status_code == 422
    assert store.send(path, f"{path}/pack", times=2, **told).status_code == 303
    assert "封印 S-77" in store.page(path)
    sent = store.send(path, f"{path}/ship", times=2, tracking_no="3900-1111")
    assert sent.status_code == 303
    assert store.send(path, f"{path}/deliver", times=2, on="2026-10-01").status_code == 303
    assert counter.order(made.order_id).state == "delivered"
    assert "返品の受付" in store.page(path)
    assert counter.told(f"order:{made.order_id}").count("order_shipped") == 1


def test_a_lost_parcel_is_refunded_by_a_manager_who_saw_what_it_comes_to(
    counter: Counter, seat: Opened
) -> None:
    """CRD-8, CON-7: shown first, then done once."""
    contract_id, unit_id = counter.consigned(counter.consignor(), 300_000)
    made = counter.bought(counter.customer(), unit_id)
    counter.pack(made.order_id)
    counter.ship(made.order_id)
    path = page_of(counter, made.order_id)
    manager, store = seat("佐藤", Role.MANAGER), seat("店", Role.STORE)
    assert f"{path}/lose" not in store.page(path)
    shown = manager.send(path, f"{path}/lose", reason="輸送中の紛失")
    total = counter.order(made.order_id).total
    assert f"¥{total:,} を返金します" in shown.text
    assert "¥255,000 を支払います" in shown.text
    assert counter.order(made.order_id).state == "shipped"  # only looked at
    assert manager.confirm(shown, times=2).status_code == 303
    assert counter.order(made.order_id).state == "cancelled"
    assert counter.contract(contract_id).state == "compensated"


def test_a_label_is_sent_with_its_number_and_what_the_carrier_tells_is_the_return(
    counter: Counter, seat: Opened
) -> None:
    """R-093, RET-1: the buyer has the number, the task is done by it and by nothing else."""
    who, unit = counter.customer(), counter.owned("W-1")
    made = counter.delivered(who, unit)
    asked = counter.ask(who, made.order_id, unit)
    path, store = page_of(counter, made.order_id), seat("店", Role.STORE)
    task = counter.read(lambda db: worklist.task_id(db, LABEL, f"return:{asked.return_id}"))
    assert f"{path}#label-{asked.return_id}" in store.page(f"/console/tasks/{task}")
    csrf = store.form(path, "/console/sign-out").fields["csrf"]
    assert store.post(f"/console/tasks/{task}/done", {"csrf": csrf}).status_code == 409
    assert store.send(path, f"{path}/label", tracking_no="#1").status_code == 422
    assert store.send(path, f"{path}/label", times=2, tracking_no="5555-0002").status_code == 303
    assert counter.told(f"order:{made.order_id}").count("return_label_sent") == 1
    assert "return_label" not in counter.open_tasks()
    line = TrackingLine("yamato", "55550002", "picked_up", counter.now)
    counter.write(tracking.track, line, by="carrier", now=counter.now)
    assert counter.told(f"order:{made.order_id}").count("return_underway") == 1
    assert f"{path}/label" not in store.page(path)
    csrf = {"csrf": csrf, "key": "x", "return": asked.return_id, "tracking_no": "5555-0003"}
    late = store.post(f"{path}/label", csrf)
    assert (late.status_code, "この操作はできません" in late.text) == (409, True)
    assert counter.is_replayed()


def test_what_a_piece_cost_is_noted_corrected_and_leaves_its_margin(
    counter: Counter, seat: Opened
) -> None:
    """R-098: a correction takes from it and stays; only who reports sees any of it."""
    _, unit = counter.consigned(counter.consignor(), 100_000)
    made = counter.bought(counter.customer(), unit)
    item, path = f"/console/items/{counter.unit(unit).code}", page_of(counter, made.order_id)
    accountant, store = seat("経理", Role.ACCOUNTING), seat("店", Role.STORE)
    assert "粗利 ¥20,000" in accountant.page(path)
    told = {"kind": "repair", "amount": "5,000", "note": "研磨"}
    assert accountant.send(item, f"{item}/cost", times=2, **told).status_code == 303
    less = {"kind": "repair", "amount": "1000", "less": "yes", "note": "誤入力"}
    assert accountant.send(item, f"{item}/cost", **less).status_code == 303
    assert accountant.send(item, f"{item}/cost", kind="bribe", amount="1").status_code == 422
    shown = accountant.page(item)
    assert "研磨" in shown
    assert "−¥1,000" in shown
    assert "¥4,000" in shown
    assert "粗利 ¥16,000" in accountant.page(path)
    assert "研磨" not in store.page(item)
    assert "粗利" not in store.page(path)
    assert counter.is_replayed()


def test_the_buyer_of_a_watch_is_written_into_the_ledger_once(
    counter: Counter, seat: Opened
) -> None:
    """KOB-2: name, address, occupation and age; the row of the sale stays as it is."""
    made = counter.bought(counter.customer(), counter.owned("W-1"))
    path, store = page_of(counter, made.order_id), seat("店", Role.STORE)
    said = "古物台帳に買主の記載がありません"
    assert said not in store.page(path)
    counter.pack(made.order_id)
    counter.ship(made.order_id)
    assert said in store.page(path)
    law = f"/console/duties?about=order:{made.order_id}"
    who = {"name": "田中 花子", "address": "東京都港区1-1", "occupation": "会社員", "age": "四十"}
    assert store.send(law, "/console/duties/buyer", **who).status_code == 422
    form = store.form(law, "/console/duties/buyer")
    for _ in range(2):
        done = store.post(form.action, {**form.fields, **who, "age": "40"})
        assert done.status_code == 303
    assert said not in store.page(path)
    assert "田中" not in store.page(law)

    day = tokyo_day(counter.now)
    every = counter.write(ledger.lines, KEYS, day, day, by="t", now=counter.now)
    first, second = [each for each in every if each.direction == "払出"]
    assert (first.counterparty.name, first.corrected_by) == ("", second.number)
    assert (second.counterparty.name, second.counterparty.age) == ("田中 花子", 40)
    assert (second.counterparty.address, second.is_by_law) == ("東京都港区1-1", True)


def test_a_number_typed_wrong_is_put_right_until_the_carrier_knows_the_parcel(
    counter: Counter, seat: Opened
) -> None:
    """R-093: the window for sending back begins by what the carrier tells of the right number."""
    made = counter.bought(counter.customer(), counter.owned("W-1"))
    other = counter.bought(counter.customer(), counter.owned("W-2"))
    for each, number in ((made, "3900-1111"), (other, "3900-9999")):
        counter.pack(each.order_id)
        counter.ship(each.order_id, number)
    path, store = page_of(counter, made.order_id), seat("店", Role.STORE)
    taken = store.send(path, f"{path}/renumber", tracking_no="3900-9999")
    assert (taken.status_code, "使われているか" in taken.text) == (409, True)
    form = store.form(path, f"{path}/renumber")
    elsewhere = page_of(counter, other.order_id)
    wrong = {**form.fields, "tracking_no": "3900-3333"}
    assert store.post(f"{elsewhere}/renumber", wrong).status_code == 404
    assert store.send(path, f"{path}/renumber", times=2, tracking_no="3900-2222").status_code == 303
    assert counter.told(f"order:{made.order_id}").count("tracking_corrected") == 1
    line = TrackingLine("yamato", "3900-2222", "配達完了", counter.now)
    counter.write(tracking.track, line, by="carrier", now=counter.now)
    assert counter.order(made.order_id).state == "delivered"
    assert f"{path}/renumber" not in store.page(path)
    assert counter.is_replayed()


def test_money_goes_back_only_after_the_comparison_and_only_once(
    counter: Counter, seat: Opened
) -> None:
    """R-099, RET-1, CRD-8."""
    who, unit = counter.customer(), counter.owned("W-1")
    made = counter.delivered(who, unit)
    return_id = counter.ask(who, made.order_id, unit).return_id
    path, manager = page_of(counter, made.order_id), seat("佐藤", Role.MANAGER)
    assert manager.send(path, f"{path}/receive", times=2).status_code == 303
    assert "返金は、発送時の記録との照合を記録したあとにできます" in manager.page(path)
    refused = manager.send(path, f"{path}/refund")
    assert refused.status_code == 409
    assert "返金の前に、発送時の記録との照合が必要です" in refused.text
    sure = {**manager.form(path, f"{path}/refund").fields, "sure": "yes"}
    assert manager.post(f"{path}/refund", sure).status_code == 409
    assert counter.tenders(made.order_id)["card"][1] == 0
    unsure = manager.send(path, f"{path}/compare", **{**SAME, "same": ""})
    assert unsure.status_code == 422
    assert manager.send(path, f"{path}/compare", times=2, **SAME).status_code == 303
    shown = manager.send(path, f"{path}/refund")
    assert f"様へ ¥{made.to_pay:,} を返金します" in shown.text
    assert counter.tenders(made.order_id)["card"][1] == 0  # only looked at
    assert manager.confirm(shown, times=2).status_code == 303
    paid, back = counter.tenders(made.order_id)["card"]
    assert (paid, back) == (made.to_pay, made.to_pay)
    case = counter.read(lambda db: db.get_one(ReturnCase, return_id))
    assert case.state == ReturnState.REFUNDED.value
    assert case.compared_by == manager.actor.name
    assert counter.books(made.order_id).is_even


def test_a_piece_that_is_not_as_sent_waits_for_a_manager(counter: Counter, seat: Opened) -> None:
    who, unit = counter.customer(), counter.owned("W-1")
    made = counter.delivered(who, unit)
    return_id = counter.ask(who, made.order_id, unit).return_id
    counter.receive(return_id)
    path, store = page_of(counter, made.order_id), seat("店", Role.STORE)
    other = {**SAME, "seal": "differs", "same": "no", "note": "<b>傷</b>"}
    assert store.send(path, f"{path}/compare", **other).status_code == 303
    told = store.page(path)
    assert "&lt;b&gt;傷" in told
    assert f"{path}/decide" not in told
    manager = seat("佐藤", Role.MANAGER)
    assert path in manager.page("/console/approvals")
    form = manager.form(path, f"{path}/decide")
    assert form.buttons == [("accepts", "yes"), ("accepts", "no")]
    senior = seat("高橋", Role.SENIOR)
    assert f"{path}/decide" not in senior.page(path)
    csrf = senior.form(path, "/console/sign-out").fields["csrf"]
    fields = {**form.fields, "csrf": csrf, "reason": "x", "accepts": "yes"}
    assert senior.post(f"{path}/decide", fields).status_code == 403
    wanted = {**form.fields, "reason": "輸送中の傷", "accepts": "yes"}
    for _ in range(2):
        assert manager.post(form.action, wanted).status_code == 303
    assert counter.read(lambda db: db.get_one(ReturnCase, return_id)).state == "compared"


def test_an_exchange_shows_its_difference_before_it_is_settled(
    counter: Counter, seat: Opened
) -> None:
    """RET-3, R-100."""
    who, unit, dearer = counter.customer(), counter.owned("W-1"), counter.owned("W-2", 150_000)
    made = counter.delivered(who, unit)
    asked = counter.exchange(who, made.order_id, unit, dearer)
    return_id = asked.returned.return_id
    counter.receive(return_id)
    counter.compare(return_id)
    path, manager = page_of(counter, made.order_id), seat("佐藤", Role.MANAGER)
    shown = manager.send(path, f"{path}/refund", means="card", reference="T-1")
    assert "お支払いは ¥" in shown.text
    assert manager.confirm(shown, times=2).status_code == 303
    assert counter.order(asked.chosen.order_id).state == "paid"
    assert counter.books(made.order_id).is_even


def test_cancelling_says_what_goes_back_and_a_wrong_number_hands_nothing_over(
    counter: Counter, seat: Opened
) -> None:
    made = counter.bought(counter.customer(), counter.owned("W-1"), delivery=COLLECT, place="shop")
    counter.pack(made.order_id)
    path, manager = page_of(counter, made.order_id), seat("佐藤", Role.MANAGER)
    wrong = manager.send(path, f"{path}/hand_over", code="0")
    assert wrong.status_code == 409
    assert "お受け取り番号が違います" in wrong.text
    assert f"お支払いいただいた ¥{made.to_pay:,} を" in manager.page(path)
    assert manager.send(path, f"{path}/cancel", times=2, reason="ご都合").status_code == 303
    assert counter.tenders(made.order_id)["card"] == (made.to_pay, made.to_pay)


def test_what_a_role_may_not_and_a_foreign_return(counter: Counter, seat: Opened) -> None:
    who, unit, second = counter.customer(), counter.owned("W-1"), counter.owned("W-2")
    made, other = counter.delivered(who, unit), counter.delivered(who, second)
    counter.ask(who, made.order_id, unit)
    foreign = counter.ask(CustomerId(who), other.order_id, second).return_id
    path = page_of(counter, made.order_id)
    adviser, remote = seat("鈴木", Role.ADVISER), seat("遠隔", Role.REMOTE)
    assert f"{path}/receive" not in remote.page(path)
    own = adviser.form(path, f"{path}/receive").fields
    csrf = remote.form(path, "/console/sign-out").fields["csrf"]
    assert remote.post(f"{path}/receive", {**own, "csrf": csrf}).status_code == 403
    assert adviser.post(f"{path}/receive", {**own, "csrf": "x"}).status_code == 403
    assert adviser.post(f"{path}/refund", own).status_code == 403
    assert adviser.post(f"{path}/receive", {**own, "return": foreign}).status_code == 404
    assert adviser.get("/console/orders/O-404").status_code == 404
    states = counter.read(lambda db: [each.state for each in db.exec(select(ReturnCase))])
    assert states == ["asked", "asked"]
