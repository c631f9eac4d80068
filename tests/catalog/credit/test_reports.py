"""What is owed in credit, now and at the base dates of the law."""

import pytest
from sqlmodel import select

from catalog.credit import reports
from catalog.credit.terms import Origin
from catalog.duties.prepaid import NotABaseDate
from catalog.ground.worklist import TASK, Work
from tests.catalog.credit.books import Books, day, tokyo


def test_liability_is_the_sum_over_accounts_with_paid_and_free_apart(books: Books) -> None:
    """CRD-12, R-114."""
    misaki, other = books.customer(), books.customer("C-2")
    books.issue(misaki, 5_000, Origin.RETURN)
    books.issue(other, 3_000, Origin.TRADE_IN)
    books.issue(other, 700, Origin.BONUS)
    books.spend(misaki, 1_000)
    books.hold(other, 900)
    told = books.database.read(lambda db: reports.liability(db, books.now))
    assert (told.total, told.paid, told.free, told.held) == (6_800, 6_800, 0, 900)
    assert {kind.origin: kind.remaining for kind in told.kinds} == {
        "bonus": 0, "return": 4_000, "trade_in": 2_800,
    }  # fmt: skip
    books.now = tokyo("2027-03-31T00:00")
    told = books.database.read(lambda db: reports.liability(db, books.now))
    assert {kind.origin: kind.over for kind in told.kinds} == {
        "bonus": 0, "return": 4_000, "trade_in": 0,
    }  # fmt: skip


def test_base_date_balances_are_those_of_its_last_instant(books: Books) -> None:
    """PRE-1, PRE-2, R-114."""
    misaki = books.customer()
    books.now = tokyo("2026-09-20T12:00")
    books.issue(misaki, 10_000, Origin.TRADE_IN)
    books.issue(misaki, 4_000, Origin.RETURN)
    books.issue(misaki, 900, Origin.PROMO)
    books.now = tokyo("2026-09-30T23:59:59")
    books.spend(misaki, 5_000)  # promo 900, return 4,000, trade-in 100
    held = books.hold(misaki, 1_000)
    books.now = tokyo("2026-10-01T00:00")
    books.capture(held.hold_id)
    books.issue(misaki, 50_000, Origin.TRADE_IN)
    told = books.database.read(lambda db: reports.base_date(db, day("2026-09-30")))
    assert (told.paid, told.regulated, told.free) == (9_900, 9_900, 0)
    books.refund(4_900)
    assert books.database.read(lambda db: reports.base_date(db, day("2026-09-30"))) == told
    with pytest.raises(NotABaseDate):
        books.database.read(lambda db: reports.base_date(db, day("2026-09-29")))


def test_a_lot_counts_on_its_last_day_and_not_after(books: Books) -> None:
    """PRE-1."""
    misaki = books.customer()
    books.issue(misaki, 4_000, Origin.RETURN)  # to 2027-03-30
    books.now = tokyo("2026-10-02T10:00")
    books.issue(misaki, 6_000, Origin.RETURN)  # to 2027-03-31
    told = books.database.read(lambda db: reports.base_date(db, day("2027-03-31")))
    assert (told.paid, told.regulated) == (6_000, 0)


def test_credit_that_came_back_keeps_its_first_issue(books: Books) -> None:
    """PRE-2: 180 days and a grace of 30 together are more than six months."""
    misaki = books.customer()
    books.issue(misaki, 4_000, Origin.RETURN)
    books.spend(misaki, 4_000)
    books.now = tokyo("2027-03-31T09:00")
    books.refund(4_000)
    told = books.database.read(lambda db: reports.base_date(db, day("2027-03-31")))
    assert (told.paid, told.regulated) == (4_000, 4_000)


def _tasks(books: Books) -> list[dict[str, object]]:
    wanted = select(Work).where(Work.kind == TASK)
    return books.database.read(lambda db: [work.facts for work in db.exec(wanted)])


def test_staff_are_told_once_when_the_balance_comes_near_the_threshold(books: Books) -> None:
    """PRE-3."""
    misaki = books.customer()
    books.issue(misaki, 7_999_999, Origin.TRADE_IN)
    books.issue(misaki, 5_000_000, Origin.RETURN)
    books.run(reports.watch)
    assert _tasks(books) == []
    books.issue(misaki, 1, Origin.CONSIGNMENT_PAYOUT)
    ahead = books.database.read(lambda db: reports.forecast(db, books.now))
    assert (ahead.base_on, ahead.report.regulated) == (day("2027-03-31"), 8_000_000)
    for _ in range(2):
        books.run(reports.watch)
    assert _tasks(books) == [
        {"task": "prepaid_alert", "base_on": "2027-03-31", "regulated": 8_000_000}
    ]


def test_a_base_date_above_the_threshold_is_to_be_filed(books: Books) -> None:
    """PRE-3."""
    misaki = books.customer()
    books.issue(misaki, 10_000_001, Origin.TRADE_IN)
    for at in ("2027-03-31T00:00", "2027-04-01T00:00", "2027-04-02T00:00"):
        books.now = tokyo(at)
        books.run(reports.watch)
    assert [task for task in _tasks(books) if task["task"] == "prepaid_filing"] == [
        {"task": "prepaid_filing", "base_on": "2027-03-31", "deposit": 5_000_001}
    ]
