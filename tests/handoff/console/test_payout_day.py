"""Payout day of a small shop, over a long weekend: one accountant and one manager, who appraised
and approved one piece alone. Nothing is stuck, paid twice or told as paid before it is (R-051,
QUO-8).
"""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from catalog.buyback.payouts import accounts
from catalog.duties.actors import Role
from catalog.ground.calendar import tokyo_day
from catalog.ground.record import CustomerId
from catalog.ground.session.database import Database
from handoff.staff import sessions
from handoff.staff.sessions import How
from tests.catalog.buyback.deals import ACCOUNT, APPRAISER, KEYS, Deals
from tests.catalog.buyback.payouts.bank import NAME_DIFFERS, PAID, Bank
from tests.handoff.console.test_payouts import answered
from tests.handoff.console.window import Opened, Seat, window

HOME = "/console/payouts"


@pytest.fixture
def deals(database: Database) -> Deals:
    made = Deals(database)
    made.originator()
    return made


@pytest.fixture
def seat(deals: Deals) -> Iterator[Opened]:
    with window(deals.database, lambda: deals.now) as opened:
        yield opened


def come_in(deals: Deals, who: Seat) -> None:
    """The same person signs in anew."""
    (name,) = who.client.cookies.keys()
    token = deals.database.write(
        lambda db: sessions.begin(db, who.staff_id, how=How.PASSWORD, agent=None, now=deals.now)
    )
    who.client.cookies.set(name, token)


def owe(deals: Deals, hand: Seat | None = None) -> str:
    """A case to be paid; `hand`: who appraised and approved it alone."""
    seller, actor = deals.seller(), hand.actor if hand is not None else APPRAISER
    case_id = deals.here(seller)
    deals.accept(seller, deals.offered(case_id, actor=actor, approvers=[actor]))
    return case_id


def made(maker: Seat, number: int) -> str:
    """A list of what is due; its page's address."""
    path = f"{HOME}/{number}"
    done = maker.confirm(maker.send(HOME, f"{HOME}/prepare"))
    assert done.headers["location"] == path
    return path


def released(other: Seat, path: str) -> None:
    assert other.send(path, f"{path}/release").status_code == 303


def statuses(deals: Deals, *cases: str) -> list[str]:
    return [deals.payouts(each)[-1].status for each in cases]


def test_a_long_weekend_of_two_people(deals: Deals, seat: Opened) -> None:
    accountant, manager = seat("経理", Role.ACCOUNTING), seat("店長", Role.MANAGER)
    good, other, own = owe(deals), owe(deals), owe(deals, manager)
    first = made(accountant, 1)

    deals.later(days=4)  # Monday was a holiday; the manager looks on Tuesday
    come_in(deals, accountant)
    come_in(deals, manager)
    seen = manager.page(first)
    assert "2026年10月13日(火) の振込になります" in seen
    assert "2 件、合計 ¥800,000 の振込を承認します" in seen
    assert "ご自身が査定と承認をした 1 件は承認できません" in seen
    released(manager, first)
    assert "2026年10月13日(火)" in manager.page(first)
    assert statuses(deals, good, other, own) == ["released", "released", "planned"]
    bank = Bank(lambda line: NAME_DIFFERS if line == 2 else PAID)
    today = tokyo_day(deals.now)
    one = bank.take(accountant.send(first, f"{first}/file").content, today)

    # What the manager appraised goes when the manager makes the list and somebody else releases it.
    second = made(manager, 2)
    released(accountant, second)
    two = bank.take(accountant.send(second, f"{second}/file").content, today)

    for wrong in (two, one[:-130], one[: len(one) // 2], one[:150]):
        status, page = answered(accountant, 1, wrong)
        assert status == 422
        assert "何も記録していません" in page
    assert statuses(deals, good, other, own) == ["sent", "sent", "sent"]
    assert "入金 1 件、差し戻し 1 件、記録済み 0 件" in answered(accountant, 1, one)[1]
    assert "入金 0 件、差し戻し 0 件、記録済み 2 件" in answered(accountant, 1, one)[1]
    assert statuses(deals, good, other, own) == ["paid", "failed", "sent"]

    # A list is taken back; what failed is tried again, and the old answer stays what it was.
    assert accountant.send(HOME, f"{HOME}/again").status_code == 303
    third = made(accountant, 3)
    assert accountant.send(third, f"{third}/cancel", times=2).status_code == 303
    assert "取りやめ" in accountant.page(third)
    fourth = made(accountant, 4)
    released(manager, fourth)
    file = accountant.send(fourth, f"{fourth}/file").content
    assert "入金 0 件、差し戻し 0 件、記録済み 2 件" in answered(accountant, 1, one)[1]
    assert "差し戻し" in accountant.page(first)

    # The file was forgotten over night: the bank takes it no more, and its payment goes on.
    deals.later(days=1)
    come_in(deals, accountant)
    come_in(deals, manager)
    assert accountant.send(fourth, f"{fourth}/refused", sure="").status_code == 422
    assert accountant.send(fourth, f"{fourth}/refused", sure="yes", times=2).status_code == 303
    assert statuses(deals, other) == ["planned"]
    fifth = made(accountant, 5)
    released(manager, fifth)
    again = accountant.send(fifth, f"{fifth}/file").content
    assert file[:54] == again[:54]
    assert (file[54:58], again[54:58]) == (b"1013", b"1014")
    bank.word = lambda _: PAID
    five = bank.take(again, tokyo_day(deals.now))
    for number, content in ((5, five), (2, two), (5, five), (1, one)):
        assert answered(accountant, number, content)[0] == 200
    assert statuses(deals, good, other, own) == ["paid", "paid", "paid"]
    assert len(bank.moved) == 3
    for case_id in (good, other, own):
        assert deals.notices(f"case:{case_id}").count("paid") == 1
    assert "この日までの振込はありません" in accountant.page(HOME)
    deals.adds_up()


def test_mondays_list_is_made_on_friday_and_says_what_it_would_pay_late(
    deals: Deals, seat: Opened
) -> None:
    """R-051: and nothing due today hides what comes."""
    deals.later(hours=4)
    owe(deals)  # after the cut-off: paid on Tuesday, Monday is a holiday
    accountant = seat("経理", Role.ACCOUNTING)
    page = accountant.page(HOME)
    assert "この日までの振込はありません" in page
    assert "そのあとの振込" in page
    assert "¥400,000" in page
    shown = accountant.send(HOME, f"{HOME}/prepare", on="2026-10-13")
    assert "2026年10月13日(火) 振込の一覧を作ります。1 件" in shown.text
    assert "後の振込になります" not in shown.text
    shown = accountant.send(HOME, f"{HOME}/prepare", on="2026-10-14")
    assert "うち 1 件は、お約束のお支払い日より後の振込になります" in shown.text


def test_whoever_appraised_it_all_is_told_how_it_goes_on(deals: Deals, seat: Opened) -> None:
    """No button that would only refuse."""
    accountant, manager = seat("経理", Role.ACCOUNTING), seat("店長", Role.MANAGER)
    owe(deals, manager)
    path = made(accountant, 1)
    page = manager.page(path)
    assert "どれもご自身が査定と承認をしたお支払いです" in page
    assert f"{path}/release" not in page
    assert manager.send(path, f"{path}/cancel").status_code == 303
    released(accountant, made(manager, 2))


def test_money_that_came_back_leads_to_its_line_and_is_transferred_again(
    deals: Deals, seat: Opened
) -> None:
    """組戻: from the task, which says what the bank said and says now."""
    case_id = owe(deals)
    accountant = seat("経理", Role.ACCOUNTING)
    batch = deals.batch()
    content = deals.file(batch.id)
    path = f"{HOME}/{batch.number}"
    one = Bank().take(content, tokyo_day(deals.now))
    assert answered(accountant, batch.number, one)[0] == 200
    assert "came_back" not in accountant.page(path)
    other = Bank(lambda _: NAME_DIFFERS).take(content, tokyo_day(deals.now))
    assert "1 件は、以前の結果と食い違っています" in answered(accountant, batch.number, other)[1]
    (task,) = deals.tasks("payout_contradicted")
    page = accountant.page(f"/console/tasks/{task.id}")
    assert f'href="{path}">手続きへ進む' in page
    assert "1 の 1 行目" in page
    assert "<dd>入金</dd>" in page
    assert "<dd>名義相違</dd>" in page
    assert accountant.send(path, f"{path}/came_back", sure="").status_code == 422
    assert accountant.send(path, f"{path}/came_back", sure="yes", times=2).status_code == 303
    assert statuses(deals, case_id) == ["failed"]
    (task,) = deals.tasks("payout_failed")
    assert f'href="{HOME}">手続きへ進む' in accountant.page(f"/console/tasks/{task.id}")
    assert accountant.send(HOME, f"{HOME}/again").status_code == 303
    assert [each.state for each in deals.tasks("payout_failed")] == ["done"]
    assert statuses(deals, case_id) == ["planned"]
    deals.adds_up()


def test_a_day_on_which_nothing_can_be_paid_says_so_and_why(deals: Deals, seat: Opened) -> None:
    """QUO-8: the tasks are kept, also of a list that came to nothing before its file."""
    seller = deals.seller()
    case_id = deals.here(seller)
    deals.accept(seller, deals.offered(case_id))
    accountant = seat("経理", Role.ACCOUNTING)
    batch = deals.batch()
    stranger = replace(ACCOUNT, holder="サトウ タロウ")
    deals.do(accounts.name_account, KEYS, CustomerId(seller.id), stranger, by="t")
    path = f"{HOME}/{batch.number}"
    gone = accountant.send(path, f"{path}/file")
    assert gone.headers["location"] == f"{path}?done=none"
    assert "この一覧を取りやめました" in accountant.page(f"{path}?done=none")
    assert statuses(deals, case_id) == ["planned"]
    deals.end_tasks("payout_blocked")
    deals.later(days=4)
    come_in(deals, accountant)
    none = accountant.send(HOME, f"{HOME}/prepare")
    assert none.headers["location"] == f"{HOME}?done=none"
    assert "いま支払えるものがありません" in accountant.page(f"{HOME}?done=none")
    (task,) = (each for each in deals.tasks("payout_blocked") if each.state == "due")
    assert "/identity" in accountant.page(f"/console/tasks/{task.id}")


def test_what_one_hand_alone_may_not_release_leads_to_the_lists(deals: Deals, seat: Opened) -> None:
    """And its task ends when another releases it; a list that slips tells the new day (R-051)."""
    accountant, manager = seat("経理", Role.ACCOUNTING), seat("店長", Role.MANAGER)
    own, other = owe(deals, manager), owe(deals)
    path = made(accountant, 1)
    assert "1 件、合計 ¥400,000 の振込を承認します" in manager.page(path)
    released(manager, path)
    (task,) = deals.tasks("payout_blocked")
    assert f'href="{HOME}">手続きへ進む' in accountant.page(f"/console/tasks/{task.id}")
    released(accountant, made(manager, 2))
    assert [each.state for each in deals.tasks("payout_blocked")] == ["done"]
    assert "payment_moved" not in deals.notices(f"case:{own}")
    deals.later(days=5)
    come_in(deals, accountant)
    assert accountant.send(path, f"{path}/file").status_code == 200
    assert deals.told(f"case:{other}", "payment_moved")["pay_on"] == "2026-10-14"
