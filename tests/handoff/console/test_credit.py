"""Credit at the console: given, prolonged and corrected with a reason, the customer told, each
click once; above the limit by two people (R-115).
"""

from collections.abc import Iterator

import pytest
from sqlmodel import select

from catalog.credit import asking
from catalog.credit.tables import CreditConsent
from catalog.credit.terms import Origin
from catalog.duties.actors import Role
from catalog.ground import journal
from catalog.ground.record import CustomerId
from catalog.ground.session.database import Database
from catalog.ground.worklist import Work
from tests.catalog.credit.books import Books
from tests.handoff.console.window import Opened, Seat, window


@pytest.fixture
def books(database: Database) -> Books:
    return Books(database)


@pytest.fixture
def seat(books: Books) -> Iterator[Opened]:
    with window(books.database, lambda: books.now) as opened:
        yield opened


def told(books: Books, phase: str) -> int:
    """How often the customer is told that."""
    notices = books.database.read(
        lambda db: db.exec(select(Work).where(Work.kind == "notice")).all()
    )
    return sum(1 for each in notices if each.facts["phase"] == phase)


PAGE = "/console/credit/C-1"


def given(seat: Seat, amount: str, reason: str = "お届けの遅れ", *, times: int = 2) -> str:
    """Goodwill as somebody clicks it; what was shown before."""
    shown = seat.send(PAGE, f"{PAGE}/goodwill", amount=amount, reason=reason)
    assert seat.confirm(shown, times=times).status_code == 303
    return str(shown.text)


def test_goodwill_is_shown_given_once_and_told_with_its_reason(books: Books, seat: Opened) -> None:
    """R-115."""
    who, manager = books.customer(), seat("佐藤", Role.MANAGER)
    books.issue(who, 10_000)
    shown = manager.send(PAGE, f"{PAGE}/goodwill", amount="3000", reason="お届けの遅れ")
    assert "お詫びのクレジット ¥3,000 を付与します" in shown.text
    assert "2026年12月30日(水)" in shown.text  # 90 days
    assert "お客様にお知らせします" in shown.text
    assert books.balance(who).spendable == 10_000  # only looked at
    assert manager.confirm(shown, times=2).status_code == 303
    assert books.balance(who).spendable == 13_000
    assert told(books, "credit_goodwill") == 1
    page = manager.page(PAGE)
    assert "お届けの遅れ" in page
    assert "¥13,000" in page
    books.add_up()


def test_above_the_limit_another_manager_carries_it_out(books: Books, seat: Opened) -> None:
    """R-115: four eyes, both named in the journal, once."""
    who = books.customer()
    books.issue(who, 10_000)
    one, two = seat("経理", Role.ACCOUNTING), seat("佐藤", Role.MANAGER)
    shown = given(one, "50,000")
    assert "別の店長またはオーナーが承認すると実行され" in shown
    assert books.balance(who).spendable == 10_000
    assert "承認待ちです(経理)" in one.page(PAGE)
    assert "別の店長またはオーナーの承認が必要です" in one.page("/console/approvals")
    form = next(each for each in [two.form("/console/approvals", _action(books))] if each.buttons)
    yes = {**form.fields, "answer": "yes"}
    assert two.post(form.action, yes).status_code == 303
    again = two.post(form.action, yes)
    assert again.status_code == 404
    assert "この依頼はすでに処理されています" in again.text
    assert books.balance(who).spendable == 60_000
    entries = books.database.read(lambda db: journal.of(db, f"customer:{who}"))
    assert [each.verb for each in entries][-2:] == ["credit_asked", "credit_agreed"]
    assert entries[-1].actor == two.actor.name
    assert told(books, "credit_goodwill") == 1
    assert "お届けの遅れ" not in str([each.facts for each in entries])  # a journal cannot forget
    books.add_up()


def _action(books: Books) -> str:
    task = books.database.read(
        lambda db: [
            each
            for each in db.exec(select(Work).where(Work.kind == "task"))
            if each.facts["task"] == "credit_approval"
        ][-1]
    )
    return f"/console/approvals/credit/{task.id}"


def test_who_asked_does_not_agree_and_a_refusal_changes_nothing(books: Books, seat: Opened) -> None:
    who, manager, owner = books.customer(), seat("佐藤", Role.MANAGER), seat("社長", Role.OWNER)
    books.issue(who, 10_000)
    given(manager, "50000")
    action = _action(books)
    csrf = manager.form(PAGE, "/console/sign-out").fields["csrf"]
    assert manager.post(action, {"csrf": csrf, "answer": "yes"}).status_code == 409
    accountant = seat("経理", Role.ACCOUNTING)
    own = accountant.form(PAGE, "/console/sign-out").fields["csrf"]
    assert accountant.post(action, {"csrf": own, "answer": "yes"}).status_code == 403
    csrf = owner.form(PAGE, "/console/sign-out").fields["csrf"]
    assert owner.post(action, {"csrf": csrf, "answer": "no"}).status_code == 303
    assert books.balance(who).spendable == 10_000
    assert "承認を待っているものはありません" in owner.page("/console/approvals")


def test_free_credit_is_prolonged_and_a_mistake_corrected(books: Books, seat: Opened) -> None:
    """PRE-2: paid credit never is, and the page says what to do instead."""
    who, manager = books.customer(), seat("佐藤", Role.MANAGER)
    paid, free = books.issue(who, 10_000, Origin.RETURN), books.goodwill(who, 2_000)
    form = manager.form(PAGE, f"{PAGE}/extend", lot=free.lot_id)
    wanted = {**form.fields, "until": "2027-03-31", "reason": "ご旅行のため"}
    shown = manager.post(form.action, wanted)
    assert "2027年3月31日(水) に延ばします" in shown.text
    assert manager.confirm(shown, times=2).status_code == 303
    assert books.lot(free.lot_id).expires_on is not None
    assert str(books.lot(free.lot_id).expires_on) == "2027-03-31"
    assert told(books, "credit_extended") == 1
    refused = manager.post(form.action, {**wanted, "lot": paid.lot_id, "key": "other"})
    assert refused.status_code == 409
    assert "代わりにお詫びのクレジットを付与してください" in refused.text
    form = manager.form(PAGE, f"{PAGE}/adjust", lot=free.lot_id)
    short = manager.post(form.action, {**form.fields, "amount": "5000", "reason": "誤入力"})
    assert "残りは ¥2,000 です" in short.text
    shown = manager.post(form.action, {**form.fields, "amount": "500", "reason": "誤入力"})
    assert "残りは ¥1,500 です" in shown.text
    assert manager.confirm(shown, times=2).status_code == 303
    assert books.left(free) == [1_500]
    books.add_up()


def test_what_a_customer_owes_is_paid_or_given_up_and_they_are_told(
    books: Books, seat: Opened
) -> None:
    """CRD-9: what was spent of credit that was taken back comes to an end."""
    who = books.customer()
    lot = books.issue(who, 9_000)
    books.spend(who, 9_000)
    books.reverse(lot.lot_id, 9_000)
    accountant = seat("経理", Role.ACCOUNTING)
    assert "お客様への請求" in accountant.page(PAGE)
    shown = accountant.send(PAGE, f"{PAGE}/settle", amount="6000", reason="振込 受付12")
    assert "¥6,000 のお支払いがあったと記録します。請求の残りは ¥3,000 です。" in shown.text
    assert books.balance(who).owed == 9_000
    assert accountant.confirm(shown, times=2).status_code == 303
    assert books.balance(who).owed == 3_000
    assert told(books, "credit_settled") == 1
    assert "振込 受付12" in accountant.page(PAGE)
    form = accountant.form(PAGE, f"{PAGE}/settle")
    over = {**form.fields, "amount": "3001", "reason": "現金"}
    assert "請求の残りは ¥3,000 です" in accountant.post(form.action, over).text
    foreign = {**over, "receivable": "x", "amount": "1"}
    assert accountant.post(form.action, foreign).status_code == 404
    shown = accountant.send(PAGE, f"{PAGE}/forgive", amount="3000", reason="長年のお客様")
    assert "¥3,000 を取りやめます" in shown.text
    assert accountant.confirm(shown, times=2).status_code == 303
    assert books.balance(who).owed == 0
    assert told(books, "credit_forgiven") == 1
    assert "お客様への請求" not in accountant.page(PAGE)
    books.add_up()


def test_credit_is_given_up_by_two_with_the_customers_consent_and_paid_out(
    books: Books, seat: Opened
) -> None:
    """CRD-13: the only way from paid credit to money."""
    who = books.customer()
    paid, free = books.issue(who, 9_000), books.goodwill(who, 500)
    accountant = seat("経理", Role.ACCOUNTING)
    manager, owner = seat("佐藤", Role.MANAGER), seat("社長", Role.OWNER)
    assert f"{PAGE}/discontinue" not in accountant.page(PAGE)
    form = manager.form(PAGE, f"{PAGE}/discontinue")
    wanted = {**form.fields, "reason": "取り扱い終了"}
    own = accountant.form(PAGE, "/console/sign-out").fields["csrf"]
    assert accountant.post(form.action, {**wanted, "csrf": own}).status_code == 403
    assert manager.post(form.action, wanted).status_code == 422, "the customer has to agree"
    assert manager.post(form.action, {**wanted, "agreed": "counter"}).status_code == 422
    shown = manager.post(form.action, {**wanted, "agreed": "paper"})
    assert "有償のクレジット ¥9,000 をなくし、¥9,000 を振り込みます" in shown.text
    assert manager.confirm(shown, times=2).status_code == 303
    consents = books.database.read(lambda db: db.exec(select(CreditConsent)).all())
    assert [(each.purpose, each.source) for each in consents] == [("discontinuance", "paper")]
    assert books.left(paid, free) == [9_000, 500]
    csrf = owner.form(PAGE, "/console/sign-out").fields["csrf"]
    assert owner.post(_action(books), {"csrf": csrf, "answer": "yes"}).status_code == 303
    assert books.left(paid, free) == [0, 500]
    assert told(books, "credit_discontinued") == 1
    assert "クレジットの払い戻し" in accountant.page("/console/payouts")
    assert PAGE in accountant.page("/console/payouts")
    books.add_up()


def test_the_customer_is_asked_first_and_the_shop_may_take_it_back(
    books: Books, seat: Opened
) -> None:
    """CRD-13: two of the shop agreed, and nothing has changed yet."""
    who = books.customer()
    paid = books.issue(who, 9_000)
    manager, owner = seat("佐藤", Role.MANAGER), seat("社長", Role.OWNER)
    form = manager.form(PAGE, f"{PAGE}/discontinue")
    wanted = {**form.fields, "reason": "取り扱い終了", "agreed": "chat"}
    assert manager.confirm(manager.post(form.action, wanted)).status_code == 303
    csrf = owner.form(PAGE, "/console/sign-out").fields["csrf"]
    assert owner.post(_action(books), {"csrf": csrf, "answer": "yes"}).status_code == 303
    assert books.left(paid) == [9_000]
    assert told(books, "credit_giving_up") == 1
    assert "お客様のご返事を待っています" in manager.page(PAGE)
    [offer] = books.database.read(lambda db: asking.offers(db, who))
    done = manager.form(f"/console/tasks/{offer.id}", f"/console/tasks/{offer.id}/done")
    assert manager.post(done.action, {**done.fields, "note": "中止"}).status_code == 303
    assert "お客様のご返事を待っています" not in manager.page(PAGE)
    assert books.left(paid) == [9_000]


def test_who_may_not_pay_changes_nothing_and_another_customers_lot_is_not_there(
    books: Books, seat: Opened
) -> None:
    books.customer()
    foreign = books.issue(books.customer("C-2"), 1_000)
    adviser, manager = seat("鈴木", Role.ADVISER), seat("佐藤", Role.MANAGER)
    page = adviser.page(PAGE)
    assert f"{PAGE}/goodwill" not in page
    assert "未使用残高の合計" not in adviser.page("/console/credit")
    assert "未使用残高の合計" in manager.page("/console/credit")
    own = {**manager.form(PAGE, f"{PAGE}/goodwill").fields, "amount": "100", "reason": "x"}
    csrf = adviser.form(PAGE, "/console/sign-out").fields["csrf"]
    assert adviser.post(f"{PAGE}/goodwill", {**own, "csrf": csrf}).status_code == 403
    assert manager.post(f"{PAGE}/adjust", {**own, "lot": foreign.lot_id}).status_code == 404
    assert manager.post(f"{PAGE}/steal", own).status_code == 404
    assert manager.get("/console/credit/C-404").status_code == 404
    assert manager.post(f"{PAGE}/goodwill", {**own, "reason": " "}).status_code == 422


def test_accounts_are_listed_by_their_last_day_and_found_by_name(
    books: Books, seat: Opened
) -> None:
    """The liability is the sum of all that is left."""
    books.issue(books.customer(), 1_000)
    books.issue(CustomerId(books.customer("C-2")), 2_000, Origin.RETURN)
    manager = seat("佐藤", Role.MANAGER)
    page = manager.page("/console/credit")
    assert page.index("C-2") < page.index("C-1")
    assert "¥3,000" in page
    found = manager.page("/console/credit?q=C-1")
    assert "C-2" not in found
    assert "該当する口座はありません" in manager.page("/console/credit?q=%25")
