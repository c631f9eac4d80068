"""What the law orders kept of one deal, at the console: the document of a purchase at home, due
diligence before much cash moves, and deals that may have to be reported.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from catalog.buyback.inquiry import PieceWish
from catalog.buyback.stages import Stage
from catalog.duties.actors import Role
from catalog.duties.cash.tables import Diligence, SuspiciousDeal
from catalog.duties.identity.methods import Method
from catalog.duties.rules import Channel, Means
from catalog.duties.visits import cooling_off
from catalog.duties.visits.tables import StatutoryDocument
from catalog.ground.calendar import tokyo_day
from catalog.ground.record import CustomerId, Row
from catalog.ground.session.database import Database
from catalog.items.kinds import Category
from tests.catalog.buyback.deals import MANAGER, Deals
from tests.catalog.duties import law
from tests.handoff.console.window import Opened, window

DEALER = {
    "dealer__name": "アカシ", "dealer__address": "東京都港区1-1",
    "dealer__authority": "東京都公安委員会", "dealer__licence_no": "第301000000000号",
}  # fmt: skip


@pytest.fixture
def deals(database: Database) -> Deals:
    return Deals(database)


@pytest.fixture
def seat(deals: Deals) -> Iterator[Opened]:
    with window(deals.database, lambda: deals.now) as opened:
        yield opened


def rows(deals: Deals, table: type[Row]) -> list[Row]:
    return deals.database.read(lambda db: list(db.exec(select(table))))


def open_tasks(deals: Deals, name: str) -> list[int]:
    return [row.id or 0 for row in deals.tasks(name) if row.state == "due"]


def test_the_eight_days_begin_when_the_document_was_handed_over(deals: Deals, seat: Opened) -> None:
    """TOK-1, TOK-2, R-062: issued once by what was agreed, printed, and received on one day."""
    deals.database.write(lambda db: law.house(db, **DEALER))
    seller = deals.seller(method=Method.FACE_TO_FACE)
    case_id = deals.here(seller, channel=Channel.HOME_VISIT)
    path = f"/console/duties?about=case:{case_id}"
    store = seat("店頭", Role.STORE)
    early = store.send(path, "/console/duties/paper")
    assert "承諾された品がないため" in early.text
    deals.accept(seller, deals.offered(case_id))
    no = deals.case(case_id).case_no
    assert "訪問購入の書面の受領が記録されていません" in store.page(f"/console/cases/{no}")
    store.send(path, "/console/duties/paper", terms="箱は後日", times=2)
    [issued] = rows(deals, StatutoryDocument)
    printed = store.get(f"/console/duties/papers/{issued.id}")  # type: ignore[attr-defined]  # its column
    assert printed.status_code == 200
    assert "クーリング・オフのお知らせ" in printed.text
    assert "箱は後日" in printed.text
    assert "default-src 'none'" in printed.headers["content-security-policy"]
    assert seat("遠隔", Role.REMOTE).get(f"/console/duties/papers/{issued.id}").status_code == 403  # type: ignore[attr-defined]  # its column
    today = tokyo_day(deals.now)
    early = store.send(path, "/console/duties/received", on=str(today - timedelta(days=1)))
    assert "受領日は一度だけ" in early.text
    store.send(path, "/console/duties/received", on=str(today), times=2)
    assert deals.database.read(lambda db: cooling_off.last_day(db, case_id)) == today + timedelta(
        days=7
    )
    assert "受領が記録されていません" not in store.page(f"/console/cases/{no}")


def waiting(deals: Deals, amount: int, **more: Any) -> str:
    """A case accepted before its seller's identity was noted, which now is; its id."""
    seller = deals.seller(checked=False)
    jewel = PieceWish(Category.DIAMOND, "指輪")
    case_id = deals.here(seller, jewel, channel=Channel.STORE_DROP)
    quote_id = deals.offered(case_id, amount, approvers=(MANAGER,))
    deals.accept(seller, quote_id, amount, **more)
    who = CustomerId(seller.id)
    deals.database.write(lambda db: law.checked(db, who, now=deals.now))
    assert deals.stage(case_id) is Stage.ACCEPTED
    return case_id


def test_much_cash_leads_to_due_diligence_and_then_goes_on(deals: Deals, seat: Opened) -> None:
    """AML-1: refused with the way to the form; what was answered is not shown again."""
    deals.database.write(lambda db: law.house(db, aml__takes_cash_above_limit=True))
    case_id = waiting(deals, 2_500_000, means=Means.CASH)
    case = f"/console/cases/{deals.case(case_id).case_no}"
    path = f"/console/duties?about=case:{case_id}"
    appraiser, accounting = seat("査定", Role.APPRAISER), seat("経理", Role.ACCOUNTING)
    refused = appraiser.send(case, f"{case}/resume")
    assert f'href="{path}#diligence"' in refused.text.replace("%3A", ":")
    told = {"purpose": "不要品の売却", "occupation": "会社役員", "origin": "相続"}
    appraiser.send(path, "/console/duties/diligence", times=2, **told)
    [kept] = rows(deals, Diligence)
    assert "会社役員".encode() not in kept.sealed  # type: ignore[attr-defined]  # its column
    shown = appraiser.page(path)
    assert "不要品の売却" in shown
    assert "会社役員" not in shown
    assert "相続" not in shown
    appraiser.send(case, f"{case}/resume")
    assert deals.stage(case_id) is Stage.PAY_SCHEDULED
    assert accounting.get(path).status_code == 403


def test_a_deal_that_may_have_to_be_reported_is_decided_by_a_manager_and_nobody_else_is_told(
    deals: Deals, seat: Opened
) -> None:
    """AML-1: no least amount."""
    seller = deals.seller()
    case_id = deals.here(seller)
    path = f"/console/duties?about=case:{case_id}"
    store, other, manager = (
        seat("店頭", Role.STORE), seat("別の店頭", Role.STORE), seat("佐藤", Role.MANAGER),
    )  # fmt: skip
    store.send(path, "/console/duties/suspect", reason="現金を急がれる", times=2)
    [note] = rows(deals, SuspiciousDeal)
    assert len(open_tasks(deals, "suspicious_deal_report")) == 1
    assert "現金を急がれる" in store.page(path)
    assert "現金を急がれる" not in other.page(path)
    [task] = open_tasks(deals, "suspicious_deal_report")
    case, named = f"/console/cases/{deals.case(case_id).case_no}", "疑わしい取引を届け出る"
    for each in (store, other):
        assert named not in each.page("/console") + each.page("/console?list=tasks")
        assert each.get(f"/console/tasks/{task}").status_code == 404
    assert "店長への連絡" in store.page(case)
    assert "店長への連絡" not in other.page(case)
    assert named in manager.page("/console?list=tasks")
    assert f"/console/tasks/{task}/done" not in manager.page(f"/console/tasks/{task}")
    mine = manager.form(path, "/console/sign-out").fields
    assert manager.post(f"/console/tasks/{task}/done", mine).status_code == 409
    csrf = store.form(path, "/console/sign-out").fields["csrf"]
    assert store.post(f"/console/tasks/{task}/done", {"csrf": csrf}).status_code in (403, 404)
    wanted = {"csrf": csrf, "key": "k", "about": f"case:{case_id}", "note": note.id}  # type: ignore[attr-defined]  # its column
    answer = store.post("/console/duties/decide", {**wanted, "ruling": "not_reported"})
    assert answer.status_code == 403
    assert manager.send(path, "/console/duties/decide").status_code == 422  # without its number
    manager.send(path, "/console/duties/decide", ruling="reported", report_no="受-3")
    assert "届出済み" in manager.page(path)
    assert "受-3" in manager.page(path)
    older = {**wanted, "csrf": manager.form(path, "/console/sign-out").fields["csrf"]}
    answer = manager.post("/console/duties/decide", {**older, "ruling": "not_reported"})
    assert answer.status_code == 409
    assert "届出済み(受-3)と、すでに記録されています" in answer.text
    assert open_tasks(deals, "suspicious_deal_report") == []
    assert seat("監査", Role.AUDITOR).get("/console/duties?about=case:none").status_code == 403
    assert manager.get("/console/duties?about=case:none").status_code == 404
