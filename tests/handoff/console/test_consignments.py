"""Consignment at the console: terms by their end, what is guaranteed in all, proposals that change
nothing until the consignor says yes, each click once (R-070, R-072, R-074).
"""

from collections.abc import Iterator

import pytest
from sqlmodel import select

from catalog.consignment.tables import Contract, PriceProposal
from catalog.duties.actors import Role
from catalog.ground.session.database import Database
from tests.catalog.consignment.shelf import Shelf
from tests.handoff.console.window import Opened, window


@pytest.fixture
def shelf(database: Database) -> Shelf:
    return Shelf(database)


@pytest.fixture
def seat(shelf: Shelf) -> Iterator[Opened]:
    with window(shelf.database, lambda: shelf.now) as opened:
        yield opened


def proposals(shelf: Shelf) -> list[PriceProposal]:
    return shelf.read(lambda db: list(db.exec(select(PriceProposal))))


def test_terms_by_their_end_and_what_is_guaranteed_in_all(shelf: Shelf, seat: Opened) -> None:
    """R-070, R-072."""
    first, _ = shelf.consigned(shelf.consignor(), 300_000, guarantee=200_000)
    shelf.go(days=3)
    second, _ = shelf.consigned(shelf.consignor(), 400_000, guarantee=250_000)
    manager, adviser = seat("佐藤", Role.MANAGER), seat("鈴木", Role.ADVISER)
    page = manager.page("/console/consignments")
    early, late = (shelf.contract(each).contract_no for each in (first, second))
    assert page.index(early) < page.index(late)
    assert "¥450,000" in page
    assert "2027年3月30日(火)" in page
    assert "買取保証の合計" not in adviser.page("/console/consignments")


def test_a_price_is_proposed_once_and_changes_nothing_by_itself(shelf: Shelf, seat: Opened) -> None:
    """R-074; below the consignor's least price it says so."""
    contract_id, unit_id = shelf.consigned(shelf.consignor(), 300_000, least=280_000)
    path = f"/console/consignments/{shelf.contract(contract_id).contract_no}"
    adviser = seat("鈴木", Role.ADVISER)
    before = shelf.unit(unit_id).price
    shown = adviser.send(path, f"{path}/price", price="¥270,000", reason="季節の終わり")
    assert "¥270,000 を提案します" in shown.text
    assert "¥216,000" in shown.text  # 80 %
    assert "お客様の最低価格 ¥280,000 を下回ります" in shown.text
    assert proposals(shelf) == []  # only looked at
    assert adviser.confirm(shown, times=2).status_code == 303
    assert [(each.price, each.state) for each in proposals(shelf)] == [(270_000, "open")]
    assert shelf.unit(unit_id).price == before
    assert shelf.told(f"contract:{contract_id}").count("price_proposed") == 1
    assert "最低価格を下回る提案" in adviser.page("/console/consignments")


def test_a_better_offer_binds_and_a_worse_one_is_refused(shelf: Shelf, seat: Opened) -> None:
    """CON-7."""
    contract_id, _ = shelf.consigned(shelf.consignor(), 300_000, guarantee=200_000)
    path = f"/console/consignments/{shelf.contract(contract_id).contract_no}"
    appraiser = seat("田中", Role.APPRAISER)
    worse = appraiser.send(path, f"{path}/raise", amount="199999")
    assert worse.status_code == 409
    assert "保証額 ¥200,000" in worse.text
    shown = appraiser.send(path, f"{path}/raise", amount="210000")
    assert "買い取る義務を負います" in shown.text
    assert appraiser.confirm(shown, times=2).status_code == 303
    assert shelf.contract(contract_id).offered_now == 210_000


def test_a_renewal_is_a_new_contract_that_waits_for_its_yes(shelf: Shelf, seat: Opened) -> None:
    """CON-10, R-073."""
    contract_id, _ = shelf.consigned(shelf.consignor(), 300_000)
    path = f"/console/consignments/{shelf.contract(contract_id).contract_no}"
    adviser = seat("鈴木", Role.ADVISER)
    shown = adviser.send(path, f"{path}/renew", price="250000")
    assert "お客様が承諾するまで、今の契約が続きます" in shown.text
    assert adviser.confirm(shown, times=2).status_code == 303
    rows = shelf.read(
        lambda db: list(db.exec(select(Contract).where(Contract.state == "proposed")))
    )
    assert [each.renewed_from for each in rows] == [contract_id]
    assert rows[0].contract_no in adviser.page(path)
    assert shelf.contract(contract_id).state == "active"


def test_a_lost_piece_is_made_good_by_a_manager_with_its_day(shelf: Shelf, seat: Opened) -> None:
    """CON-7, PAY-1: at least what was guaranteed."""
    contract_id, _ = shelf.consigned(shelf.consignor(), 300_000, guarantee=200_000)
    path = f"/console/consignments/{shelf.contract(contract_id).contract_no}"
    manager, senior = seat("佐藤", Role.MANAGER), seat("高橋", Role.SENIOR)
    assert f"{path}/compensate" not in senior.page(path)
    low = manager.send(path, f"{path}/compensate", amount="100000", reason="破損")
    assert "補償は ¥200,000 以上です" in low.text
    csrf = senior.form(path, "/console/sign-out").fields["csrf"]
    wanted = {"csrf": csrf, "amount": "200000", "reason": "破損"}
    assert senior.post(f"{path}/compensate", wanted).status_code == 403
    shown = manager.send(path, f"{path}/compensate", amount="200000", reason="破損")
    assert "お支払い日は 2026年10月1日(木) です" in shown.text
    assert manager.confirm(shown, times=2).status_code == 303
    [payout] = shelf.payouts(contract_id)
    assert payout.amount == 200_000
    assert shelf.is_replayed()


def test_a_piece_goes_home_from_the_page_its_task_leads_to(shelf: Shelf, seat: Opened) -> None:
    """R-077, KOB-2: sent, or given to whoever may take it."""
    who = shelf.consignor()
    sent, unit_id = shelf.consigned(who, 300_000)
    taken, _ = shelf.consigned(who, 200_000)
    store = seat("店頭", Role.STORE)
    path = f"/console/consignments/{shelf.contract(sent).contract_no}"
    other = f"/console/consignments/{shelf.contract(taken).contract_no}"
    assert f"{path}/send" not in store.page(path)
    for each in (sent, taken):
        shelf.withdraw(each, who)
    store.send(path, f"{path}/send", carrier="yamato", tracking_no="4711-0815", times=2)
    assert shelf.unit(unit_id).state == "in_transit_out"
    assert "47110815" in store.page(path)
    store.send(path, f"{path}/there", times=2)
    assert shelf.contract(sent).state == "returned"
    lacks = store.send(other, f"{other}/hand_over", taker="proxy", document="passport")
    assert "委任状が必要です" in lacks.text
    store.send(
        other, f"{other}/hand_over", taker="proxy", document="passport", attorney_paper="D-12"
    )
    assert shelf.contract(taken).state == "returned"
    assert shelf.open_tasks() == []


def test_who_may_not_and_what_is_not_there(shelf: Shelf, seat: Opened) -> None:
    contract_id, _ = shelf.consigned(shelf.consignor(), 300_000)
    path = f"/console/consignments/{shelf.contract(contract_id).contract_no}"
    adviser, accountant = seat("鈴木", Role.ADVISER), seat("経理", Role.ACCOUNTING)
    own = {**adviser.form(path, f"{path}/price").fields, "price": "290000", "reason": "x"}
    csrf = accountant.form(path, "/console/sign-out").fields["csrf"]
    assert accountant.post(f"{path}/price", {**own, "csrf": csrf}).status_code == 403
    assert adviser.post(f"{path}/price", {**own, "csrf": ""}).status_code == 403
    assert adviser.post(f"{path}/raise", {**own, "amount": "1"}).status_code == 403
    assert adviser.get("/console/consignments/K-404").status_code == 404
    assert adviser.post("/console/consignments/K-404/price", own).status_code == 404
    assert proposals(shelf) == []
