"""Payout day at the console: made by one, released by another, the file recorded before it leaves,
the bank's answer read once (R-051).
"""

from collections.abc import Iterator

import pytest

from catalog.buyback.payouts.rules import PayoutStatus
from catalog.duties.actors import Role
from catalog.ground import journal
from catalog.ground.session.database import Database
from tests.catalog.buyback.deals import Deals
from tests.handoff.console.window import ADDRESS, Opened, Seat, forms, window

FAILED = b"list,line,amount,result\n1,1,400000,name_differs\n"


@pytest.fixture
def deals(database: Database) -> Deals:
    made = Deals(database)
    made.originator()
    return made


@pytest.fixture
def seat(deals: Deals) -> Iterator[Opened]:
    with window(deals.database, lambda: deals.now) as opened:
        yield opened


def owed(deals: Deals) -> str:
    """A case whose payment is due today."""
    seller = deals.seller()
    case_id = deals.here(seller)
    deals.accept(seller, deals.offered(case_id))
    return case_id


def answered(seat: Seat, number: int, content: bytes) -> tuple[int, str]:
    """The bank's file, sent as a browser does."""
    path = f"/console/payouts/{number}"
    (form,) = [each for each in forms(seat.page(path)) if each.action == f"{path}/result"]
    headers = {"origin": ADDRESS, "sec-fetch-site": "same-origin"}
    answer = seat.client.post(
        form.action, data=form.fields, files={"answer": ("result.csv", content)}, headers=headers
    )
    return answer.status_code, answer.text


def test_a_day_of_payments_by_four_eyes(deals: Deals, seat: Opened) -> None:
    """KOB-1, QUO-8: each step once, whatever is clicked twice."""
    case_id = owed(deals)
    maker, other = seat("経理一", Role.ACCOUNTING), seat("経理二", Role.ACCOUNTING)
    shown = maker.send("/console/payouts", "/console/payouts/prepare")
    assert "1 件、合計 ¥400,000" in shown.text
    assert "まだ一覧はありません" in maker.page("/console/payouts")
    assert maker.confirm(shown, times=2).headers["location"] == "/console/payouts/1"
    assert "ご自身が作った一覧です" in maker.page("/console/payouts/1")
    csrf = maker.form("/console/payouts/1", "/console/sign-out").fields["csrf"]
    refused = maker.post("/console/payouts/1/release", {"csrf": csrf, "key": "k"})
    assert refused.status_code == 409
    assert "別の方が承認してください" in refused.text
    early = maker.post("/console/payouts/1/file", {"csrf": csrf, "key": "k"})
    assert early.status_code == 409
    assert "一覧 1: 1 件、合計 ¥400,000" in other.page("/console/approvals")
    assert (
        other.send("/console/payouts/1", "/console/payouts/1/release", times=2).status_code == 303
    )
    assert [each.status for each in deals.payouts(case_id)] == [PayoutStatus.RELEASED.value]
    taken = other.send("/console/payouts/1", "/console/payouts/1/file")
    assert taken.status_code == 200
    assert taken.headers["content-disposition"].startswith("attachment")
    assert len(taken.content) % 122 == 0  # records of 120 bytes with CR LF
    again = other.send("/console/payouts/1", "/console/payouts/1/file")
    assert again.content == taken.content
    [payout] = deals.payouts(case_id)
    subject = f"payout_batch:{payout.batch_id}"
    verbs = [each.verb for each in deals.database.read(lambda db: journal.of(db, subject))]
    assert verbs == ["made", "released", "sent", "file_taken", "file_taken"]
    result = b"list,line,amount,result,reference\n1,1,400000,paid,REF-9\n"
    status, page = answered(other, 1, result)
    assert status == 200
    assert "入金 1 件、差し戻し 0 件" in page
    status, page = answered(other, 1, result)
    assert "記録済み 1 件" in page
    assert deals.notices(f"case:{case_id}").count("paid") == 1
    deals.adds_up()


def test_what_the_bank_sends_back_is_tried_again_and_what_is_late_is_shown(
    deals: Deals, seat: Opened
) -> None:
    case_id = owed(deals)
    batch = deals.batch()
    deals.file(batch.id)
    teller = seat("経理", Role.ACCOUNTING)
    status, page = answered(teller, batch.number, FAILED)
    assert (status, "名義相違" in page) == (200, True)
    deals.later(days=4)
    teller = seat("経理二", Role.ACCOUNTING)  # the session of Friday is over
    told = teller.page("/console/payouts")
    assert "期日を過ぎたお支払い" in told
    assert "銀行から差し戻されたお支払い" in told
    assert teller.send("/console/payouts", "/console/payouts/again", times=2).status_code == 303
    assert [(each.status, each.attempts) for each in deals.payouts(case_id)] == [("planned", 2)]


def test_what_cannot_be_paid_says_why_and_a_wrong_file_is_refused(
    deals: Deals, seat: Opened
) -> None:
    seller = deals.seller(account=False)
    case_id = deals.here(seller)
    deals.accept(seller, deals.offered(case_id))
    teller = seat("経理", Role.ACCOUNTING)
    assert "口座が登録されていません" in teller.page("/console/payouts")
    none = teller.send("/console/payouts", "/console/payouts/prepare")
    assert none.status_code == 303
    assert "いま支払えるものがありません" in teller.page(none.headers["location"])
    friday = teller.send("/console/payouts", "/console/payouts/prepare", on="2026-10-02")
    assert "から 2026年11月8日(日) までの銀行の営業日に" in friday.text
    sunday = teller.send("/console/payouts", "/console/payouts/prepare", on="2026-10-11")
    assert "銀行の営業日ではありません" in sunday.text
    owed(deals)
    batch = deals.batch()
    deals.file(batch.id)
    status, page = answered(teller, batch.number, b"\x00\xffnonsense")
    assert status == 422
    assert "銀行の結果ファイルとして読み取れませんでした" in page
    assert teller.get("/console/payouts/99").status_code == 404


def test_only_those_who_pay_see_payments_and_a_form_needs_its_token(
    deals: Deals, seat: Opened
) -> None:
    owed(deals)
    batch = deals.batch()
    senior, teller = seat("高橋", Role.SENIOR), seat("経理", Role.ACCOUNTING)
    assert "/console/payouts" not in senior.page("/console/cases")
    assert "/console/payouts" in teller.page("/console/cases")
    for path in ("/console/payouts", f"/console/payouts/{batch.number}"):
        assert senior.get(path).status_code == 403
    csrf = senior.form("/console/cases", "/console/sign-out").fields["csrf"]
    for step in ("release", "cancel", "file", "refused", "came_back"):
        path = f"/console/payouts/{batch.number}/{step}"
        assert senior.post(path, {"csrf": csrf, "key": "k"}).status_code == 403
        assert teller.post(path, {"csrf": "", "key": "k"}).status_code == 403
        elsewhere = teller.client.post(path, data={}, headers={"origin": "https://evil.example"})
        assert elsewhere.status_code == 403
