"""Buyback cases at the console: an offer made, approved by another and sent, each click once; who
may not is told so; nothing of another case opens.
"""

from collections.abc import Iterator

import pytest
from sqlmodel import select

from catalog.buyback import inquiry, timers
from catalog.buyback.inquiry import PieceWish
from catalog.buyback.stages import Stage
from catalog.buyback.tables import Approval, Quote
from catalog.duties.actors import Role
from catalog.duties.rules import Channel
from catalog.ground import journal
from catalog.ground.session.database import Database
from catalog.items.kinds import Category
from tests.catalog.buyback.deals import APPRAISER, Deals, basis
from tests.handoff.console.window import Opened, window

HOSTILE = '<script>alert("x")</script> 髙𠮷\u202eab\'"'
_ALL = {"grade": "AB", "age_years": "5", "shown": "14", "required": "14", "reference": "1,500,000"}


@pytest.fixture
def deals(database: Database) -> Deals:
    return Deals(database)


@pytest.fixture
def seat(deals: Deals) -> Iterator[Opened]:
    with window(deals.database, lambda: deals.now) as opened:
        yield opened


def no_of(deals: Deals, case_id: str) -> str:
    return deals.case(case_id).case_no


def quotes(deals: Deals) -> list[Quote]:
    return deals.database.read(lambda db: list(db.exec(select(Quote))))


def test_an_offer_is_shown_approved_by_another_and_sent_each_click_once(
    deals: Deals, seat: Opened
) -> None:
    """R-058, R-063, QUO-6."""
    case_id = deals.here(deals.seller())
    no = no_of(deals, case_id)
    page, appraiser = f"/console/cases/{no}", seat("田中", Role.APPRAISER)
    shown = appraiser.send(page, f"{page}/appraise", amount="６００，０００円", **_ALL)
    assert "¥600,000" in shown.text
    assert "上級査定士" in shown.text
    assert "買取と委託の比較" in shown.text
    assert quotes(deals) == []  # only looked at
    assert appraiser.confirm(shown, times=2).status_code == 303
    [quote] = quotes(deals)
    assert (quote.amount, quote.state, quote.made_by) == (600_000, "drafted", appraiser.actor.name)
    refused = appraiser.post(
        f"{page}/approve",
        {"csrf": appraiser.form(page, "/console/sign-out").fields["csrf"], "key": "k1",
         "quote": quote.id},
    )  # fmt: skip
    assert refused.status_code == 409
    assert "この金額を承認できるのは次の方です: 上級査定士" in refused.text
    senior = seat("高橋", Role.SENIOR)
    assert senior.send(page, f"{page}/approve", times=2).status_code == 303
    approvals = deals.database.read(lambda db: list(db.exec(select(Approval))))
    assert [each.person for each in approvals] == [senior.actor.name]
    assert appraiser.send(page, f"{page}/send", times=2).status_code == 303
    assert deals.stage(case_id) is Stage.OFFERED
    assert deals.notices(f"case:{case_id}").count("offered") == 1
    verbs = [
        each.verb for each in deals.database.read(lambda db: journal.of(db, f"case:{case_id}"))
    ]
    assert verbs.count("appraised") == verbs.count("approved") == verbs.count("offered") == 1
    told = appraiser.page(page)
    assert "承認済み: 高橋" in told
    assert "記録済み" in told


def test_who_made_an_offer_above_the_own_limit_does_not_approve_it(
    deals: Deals, seat: Opened
) -> None:
    """QUO-6: four eyes."""
    case_id = deals.here(deals.seller())
    page, senior = f"/console/cases/{no_of(deals, case_id)}", seat("高橋", Role.SENIOR)
    senior.confirm(senior.send(page, f"{page}/appraise", amount="800000", **_ALL))
    assert "あなたはこの金額を承認できません" in senior.page(page)
    fields = {
        **senior.form(page, "/console/sign-out").fields,
        "key": "k",
        "quote": quotes(deals)[0].id,
    }
    refused = senior.post(f"{page}/approve", fields)
    assert refused.status_code == 409
    assert "別の方の承認が必要です" in refused.text
    assert quotes(deals)[0].state == "drafted"
    manager = seat("佐藤", Role.MANAGER)
    assert manager.send(page, f"{page}/send_back", reason="もう少し低く").status_code == 303
    assert deals.stage(case_id) is Stage.APPRAISING


def test_an_offer_below_what_was_told_needs_its_reason(deals: Deals, seat: Opened) -> None:
    """QUO-4, R-057: in words, and nothing is kept."""
    seller = deals.seller()
    case_id = deals.inquiry(seller)
    appraiser = seat("田中", Role.APPRAISER)
    deals.do(inquiry.quote, deals.piece(case_id).id, basis(), actor=APPRAISER)
    deals.submit(seller, case_id)
    deals.arrive(case_id)
    page = f"/console/cases/{no_of(deals, case_id)}"
    assert appraiser.send(page, f"{page}/begin", times=2).status_code == 303
    deals.grade(deals.piece(case_id))
    refused = appraiser.send(page, f"{page}/appraise", amount="400000", **_ALL)
    assert refused.status_code == 409
    assert "を下回ります。理由と、それを示す写真の番号を記入してください" in refused.text
    shown = appraiser.send(
        page,
        f"{page}/appraise",
        amount="400000",
        **{**_ALL, "reasons": "裏蓋傷", "evidence": "a:1"},
    )
    assert appraiser.confirm(shown).status_code == 303
    assert quotes(deals)[-1].reasons == ["裏蓋傷"]


def test_what_is_found_is_held_against_what_the_seller_told(deals: Deals, seat: Opened) -> None:
    """R-056; and a watch set with gems is a jewel to the law (AML-1)."""
    wish = PieceWish(Category.WATCH, "デイトナ", answers={"condition": "unused", "box": "yes"})
    case_id = deals.here(deals.seller(), wish)
    page, appraiser = f"/console/cases/{no_of(deals, case_id)}", seat("田中", Role.APPRAISER)
    seen = {"found-condition": "worn", "found-box": "yes", "is_jewelry": "yes"}
    shown = appraiser.send(page, f"{page}/appraise", amount="400000", **_ALL, **seen)
    differs = "状態(ご申告: 未使用 / 現物: 使用感あり)"
    assert differs in shown.text
    assert appraiser.confirm(shown).status_code == 303
    assert deals.piece(case_id).findings == {
        "condition": "worn", "box": "yes", "is_jewelry": True,
    }  # fmt: skip
    told = appraiser.page(page)
    assert differs in told
    assert "箱(ご申告" not in told
    wrong = {"found-condition": "as new"}
    other = deals.here(deals.seller(), wish)
    page = f"/console/cases/{no_of(deals, other)}"
    refused = appraiser.send(page, f"{page}/appraise", amount="400000", **_ALL, **wrong)
    assert refused.status_code == 422


def test_payment_stays_locked_until_the_identity_is_recorded(deals: Deals, seat: Opened) -> None:
    """R-061."""
    seller = deals.seller(checked=False)
    case_id = deals.here(seller)
    deals.accept(seller, deals.offered(case_id))
    page = f"/console/cases/{no_of(deals, case_id)}"
    appraiser = seat("田中", Role.APPRAISER)
    told = appraiser.page(page)
    assert "未記録" in told
    assert "記録されるまで、お支払いはできません" in told
    assert f"{page}/resume" not in told
    assert deals.payouts(case_id) == []


def test_what_a_role_may_not_is_refused_and_a_foreign_piece_is_not_there(
    deals: Deals, seat: Opened
) -> None:
    case_id, other = deals.here(deals.seller()), deals.here(deals.seller())
    page, foreign = f"/console/cases/{no_of(deals, case_id)}", deals.piece(other).id
    adviser, appraiser = seat("鈴木", Role.ADVISER), seat("田中", Role.APPRAISER)
    assert f"{page}/appraise" not in adviser.page(page)
    own = {**appraiser.form(page, f"{page}/appraise").fields, "amount": "400000", **_ALL}
    csrf = adviser.form(page, "/console/sign-out").fields["csrf"]
    assert adviser.post(f"{page}/appraise", {**own, "csrf": csrf}).status_code == 403
    assert appraiser.post(f"{page}/appraise", {**own, "csrf": ""}).status_code == 403
    assert appraiser.post(f"{page}/appraise", {**own, "piece": foreign}).status_code == 404
    assert appraiser.get("/console/cases/B-000000-NOTHING").status_code == 404
    assert appraiser.get(f"{page}/photos/none").status_code == 404
    auditor = seat("監査", Role.AUDITOR)
    assert auditor.get(page).status_code == 200
    assert auditor.get(f"{page}/photos/none").status_code == 403
    broken = appraiser.post(f"{page}/appraise", {**own, "amount": "たくさん"})
    assert broken.status_code == 422
    assert "金額は円の数字" in broken.text
    assert quotes(deals) == []


def test_hostile_words_stay_words_and_the_list_is_due_first(deals: Deals, seat: Opened) -> None:
    seller = deals.seller()
    early = deals.here(seller, PieceWish(Category.WATCH, HOSTILE, "Rolex", "X", "1"))
    deals.later(hours=40)
    late = deals.here(deals.seller())
    adviser = seat("鈴木", Role.ADVISER)
    listed = adviser.page("/console/cases")
    assert listed.index(no_of(deals, early)) < listed.index(no_of(deals, late))
    assert "超過" in listed
    assert "本査定の金額を決める" in listed
    for path in ("/console/cases", f"/console/cases/{no_of(deals, early)}"):
        told = adviser.page(path)
        assert "<script>alert" not in told
        assert "髙𠮷" in told
    empty = adviser.page("/console/cases?state=paid")
    assert "該当する案件はありません" in empty
    assert adviser.get("/console/cases?state=%3Cscript%3E").status_code == 200


def test_a_lost_piece_is_made_good_by_a_manager_who_saw_it_first(
    deals: Deals, seat: Opened
) -> None:
    """R-049, PAY-1: at least what was last offered, shown with its day, then done once."""
    case_id = deals.here(deals.seller())
    deals.offered(case_id, 400_000)
    path = f"/console/cases/{no_of(deals, case_id)}"
    manager, senior = seat("佐藤", Role.MANAGER), seat("高橋", Role.SENIOR)
    assert f"{path}/compensate" not in senior.page(path)
    low = manager.send(path, f"{path}/compensate", amount="399999", reason="破損")
    assert "補償は ¥400,000 以上です" in low.text
    shown = manager.send(path, f"{path}/compensate", amount="400000", reason="破損")
    assert "お支払い日は" in shown.text
    assert deals.payouts(case_id) == []  # only looked at
    assert manager.confirm(shown, times=2).status_code == 303
    assert deals.stage(case_id) is Stage.COMPENSATED
    assert [each.amount for each in deals.payouts(case_id)] == [400_000]
    assert "補償" in manager.page(path)


def test_goods_that_never_came_are_given_up_from_the_task(deals: Deals, seat: Opened) -> None:
    """R-047: not a day before."""
    seller = deals.seller()
    case_id = deals.inquiry(seller)
    deals.submit(seller, case_id, Channel.STORE_DROP)
    path, store = f"/console/cases/{no_of(deals, case_id)}", seat("店", Role.STORE)
    assert f"{path}/give_up" not in store.page(path)
    for days in (14, 16):
        deals.later(hours=24 * days)
        deals.at(timers.raise_alarms)
    store = seat("店2", Role.STORE)
    [task] = deals.tasks("goods_never_came")
    told = store.page(f"/console/tasks/{task.id}")
    assert f"{path}#give_up" in told
    assert f"/console/tasks/{task.id}/done" not in told
    store.send(path, f"{path}/give_up", times=2)
    assert deals.stage(case_id) is Stage.CLOSED
