"""Reminders: one for each account, last day and offset, never late twice, never to who refused."""

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from catalog.credit import expiry, reminders
from catalog.credit.reminders import PHASE, SKIPPED, remind
from catalog.credit.terms import CreditTerms, Origin
from catalog.customers.tables import Consent
from catalog.ground import policy, worklist
from catalog.ground.money import Yen
from catalog.ground.policy import NoticeTerms
from catalog.ground.record import CustomerId
from catalog.ground.worklist import NOTICE, Work
from tests.catalog.credit.books import Books, day, tokyo

LAST = "2027-03-30"  # of return credit given on 2026-10-01


def _told(books: Books) -> list[Work]:
    wanted = select(Work).where(Work.kind == NOTICE, col(Work.work_key).like(f"%:{PHASE}:%"))
    return books.database.read(lambda db: list(db.exec(wanted.order_by(col(Work.id)))))


def _sent(books: Books) -> list[tuple[int, datetime]]:
    return [
        (row.facts["offset"], row.due_at) for row in _told(books) if row.last_error != SKIPPED
    ]  # fmt: skip


def _run_daily(books: Books, begins: str, ends: str) -> None:
    books.now = tokyo(begins)
    while books.now <= tokyo(ends):
        books.run(remind)
        books.now += timedelta(days=1)


def test_reminders_go_out_thirty_seven_and_one_day_before(books: Books) -> None:
    """CRD-11, R-105."""
    misaki = books.customer()
    issued = books.issue(misaki, 5_000, Origin.RETURN)
    books.issue(misaki, 9_000, Origin.TRADE_IN)
    _run_daily(books, "2027-02-20T10:00", "2027-04-02T10:00")
    assert _sent(books) == [
        (30, tokyo("2027-02-28T10:00")),
        (7, tokyo("2027-03-23T10:00")),
        (1, tokyo("2027-03-29T10:00")),
    ]
    first = _told(books)[0]
    assert first.subject == f"account:{issued.account_id}"
    assert first.facts == {
        "amount": 5_000, "expires_on": LAST, "offset": 30, "phase": PHASE,
        "to": f"customer:{misaki}", "version": 20270330030,
    }  # fmt: skip
    assert first.work_key == f"account:{issued.account_id}:{PHASE}:20270330030"


def test_lots_of_one_last_day_are_one_message_and_small_sums_none(books: Books) -> None:
    """CRD-11."""
    misaki, small, half = (books.customer(f"C-{n}") for n in range(3))
    books.issue(misaki, 300, Origin.RETURN)
    books.issue(misaki, 200, Origin.RETURN)
    books.issue(small, 499, Origin.RETURN)
    books.issue(half, 900, Origin.RETURN)
    books.spend(half, 401)
    books.now = tokyo("2027-02-28T10:00")
    books.run(remind)
    assert [(row.facts["to"], row.facts["amount"]) for row in _told(books)] == [
        (f"customer:{misaki}", 500)
    ]


def test_running_twice_and_two_at_once_add_nothing(books: Books) -> None:
    """CRD-11: once, also after a restart."""
    for n in range(8):
        books.issue(books.customer(f"C-{n}"), 1_000, Origin.RETURN)
    books.now = tokyo("2027-02-28T10:00")
    both = [threading.Thread(target=books.run, args=(remind,)) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    books.run(remind)
    assert len(_told(books)) == 8


def test_after_downtime_only_the_latest_goes_out_and_older_ones_are_skipped(books: Books) -> None:
    """CRD-11."""
    misaki = books.customer()
    books.issue(misaki, 5_000, Origin.RETURN)
    books.now = tokyo("2027-02-20T10:00")
    books.run(remind)
    books.now = tokyo("2027-03-24T15:30")
    books.run(remind)
    rows = {row.facts["offset"]: row for row in _told(books)}
    assert set(rows) == {30, 7}
    assert (rows[30].state, rows[30].last_error) == ("done", SKIPPED)
    assert (rows[7].state, rows[7].due_at) == ("due", tokyo("2027-03-24T15:30"))
    books.now = tokyo("2027-03-29T10:00")
    books.run(remind)
    assert [offset for offset, _ in _sent(books)] == [7, 1]


def test_slots_caught_up_one_by_one_leave_only_the_latest_due(books: Books) -> None:
    """CRD-11: the sender asks again, and an older reminder is no longer wanted."""
    misaki = books.customer()
    account = books.issue(misaki, 5_000, Origin.RETURN).account_id
    _run_daily(books, "2027-02-27T10:00", "2027-03-23T10:00")
    now = books.now

    def due(offset: int) -> Yen | None:
        return books.database.read(
            lambda db: reminders.still_due(db, account, day(LAST), offset, now)
        )

    assert due(30) is None
    assert due(7) == 5_000
    books.spend(misaki, 4_501)
    assert due(7) is None


def test_credit_given_after_the_day_of_a_reminder_gets_none_for_it(books: Books) -> None:
    """CRD-11: only days strictly after the issue."""
    misaki = books.customer()
    books.write(
        policy.amend, {"crd.life_days.promo": 7}, known=[CreditTerms, NoticeTerms], by="owner",
        now=books.now,
    )  # fmt: skip
    books.issue(misaki, 5_000, Origin.PROMO)
    _run_daily(books, "2026-10-01T12:00", "2026-10-09T12:00")
    assert [offset for offset, _ in _sent(books)] == [1]


def _answer(books: Books, customer: CustomerId, *, given: bool) -> None:
    def unit(db: Any) -> None:
        db.add(
            Consent(
                customer_id=customer,
                category="credit_reminder",
                given=given,
                text_version="1",
                source="chat",
                given_at=books.now,
            )
        )
        db.flush()

    books.database.write(unit)


def test_who_refused_is_not_reminded_and_the_latest_answer_holds(books: Books) -> None:
    """CRD-11, COM-1."""
    never, again = books.customer("C-1"), books.customer("C-2")
    for customer in (never, again):
        books.issue(customer, 5_000, Origin.RETURN)
        _answer(books, customer, given=False)
    _answer(books, again, given=True)
    books.now = tokyo("2027-02-28T10:00")
    books.run(remind)
    assert [row.facts["to"] for row in _told(books)] == [f"customer:{again}"]


def test_quiet_hours_are_kept_unless_credit_would_be_over(books: Books) -> None:
    """CRD-11, NTF-2."""
    misaki = books.customer()
    books.issue(misaki, 5_000, Origin.RETURN)
    books.write(
        policy.amend, {"ntf.send_time": "22:00", "crd.reminder_days": [1, 0]},
        known=[CreditTerms, NoticeTerms], by="owner", now=books.now,
    )  # fmt: skip
    books.now = tokyo("2027-03-28T12:00")
    books.run(remind)
    books.now = tokyo("2027-03-30T20:59")
    books.run(remind)
    assert _sent(books) == [(0, tokyo("2027-03-30T20:59"))]


def test_spent_or_expired_credit_is_not_reminded_of(books: Books) -> None:
    misaki = books.customer()
    books.issue(misaki, 5_000, Origin.RETURN)
    books.spend(misaki, 5_000)
    books.now = tokyo("2027-02-28T10:00")
    books.run(remind)
    books.now = tokyo("2027-04-02T10:00")
    books.run(expiry.expire)
    books.run(remind)
    assert _told(books) == []


@pytest.mark.parametrize("offset", [30, 7, 1])
def test_a_version_names_the_last_day_and_the_offset(offset: int) -> None:
    assert reminders.version_of(day(LAST), offset) == int(f"20270330{offset:03d}")


def test_a_notice_of_the_slot_reads_like_any_other(books: Books) -> None:
    misaki = books.customer()
    books.issue(misaki, 5_000, Origin.RETURN)
    books.now = tokyo("2027-02-28T10:00")
    books.run(remind)
    claimed = books.write(
        worklist.claim, [NOTICE], worker="w", now=books.now, lease_seconds=60
    )  # fmt: skip
    assert {work.facts["phase"] for work in claimed} == {"credit_issued", PHASE}
