"""Tries are counted before they are looked at, over processes, and lock nobody out for good."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlmodel import func, select

from catalog.ground.record import StaffId
from catalog.ground.session.database import Database
from handoff.staff import attempts
from handoff.staff.attempts import Counted, TooManyAttempts, source_of
from handoff.staff.rules import ACCOUNT, ALL, ASKS, BROWSER, SOURCE
from handoff.staff.tables import KnownBrowser, TryCount
from tests.handoff.staff.people import ABROAD, HOME, hire

MINUTE = timedelta(minutes=1)


def _admit(
    database: Database,
    now: datetime,
    account: str = "hanako@example.jp",
    staff_id: StaffId | None = None,
    *,
    address: str = ABROAD,
    browser: str | None = None,
) -> Counted:
    return database.write(
        lambda db: attempts.admit(db, account, staff_id, address=address, browser=browser, now=now)
    )


def _is_admitted(database: Database, now: datetime, account: str, address: str) -> bool:
    try:
        _admit(database, now, account, address=address)
    except TooManyAttempts:
        return False
    return True


def test_the_sixth_try_at_an_account_waits_from_wherever_it_comes(
    database: Database, now: datetime
) -> None:
    for number in range(ACCOUNT.free):
        _admit(database, now, address=f"198.51.100.{number}")
    with pytest.raises(TooManyAttempts) as refused:
        _admit(database, now, address="192.0.2.99")
    assert refused.value.retry_after_seconds == 60
    _admit(database, now, "jiro@example.jp")
    for _ in range(50):  # refused ones do not make it longer
        assert not _is_admitted(database, now + 59 * MINUTE / 60, "hanako@example.jp", ABROAD)
    assert _is_admitted(database, now + MINUTE, "hanako@example.jp", ABROAD)
    assert not _is_admitted(database, now + 2 * MINUTE, "hanako@example.jp", ABROAD)
    assert _is_admitted(database, now + 3 * MINUTE, "hanako@example.jp", ABROAD)


def test_one_source_waits_whatever_accounts_it_tries(database: Database, now: datetime) -> None:
    tried = [
        _is_admitted(database, now, f"person{n}@example.jp", f"2001:db8:1:2::{n:x}")
        for n in range(SOURCE.free + 5)
    ]
    assert tried == [True] * SOURCE.free + [False] * 5
    assert _is_admitted(database, now, "other@example.jp", "2001:db8:1:3::1")


def test_all_together_do_not_fill_the_house(database: Database, now: datetime) -> None:
    tried = [
        _is_admitted(database, now, f"p{n}@example.jp", f"10.0.{n // 250}.{n % 250}")
        for n in range(ALL.free + 10)
    ]
    assert tried.count(True) == ALL.free
    assert _is_admitted(database, now + MINUTE, "again@example.jp", HOME)


def test_questions_that_cost_a_row_are_counted_for_each_source(
    database: Database, now: datetime
) -> None:
    for _ in range(ASKS.free):
        database.write(lambda db: attempts.ask(db, address=ABROAD, now=now))
    with pytest.raises(TooManyAttempts):
        database.write(lambda db: attempts.ask(db, address=ABROAD, now=now))
    database.write(lambda db: attempts.ask(db, address=HOME, now=now))
    database.write(lambda db: attempts.ask(db, address=ABROAD, now=now + MINUTE))


def test_a_known_browser_does_not_wait_for_strangers_and_has_its_own_count(
    database: Database, now: datetime
) -> None:
    hanako, jiro = hire(database, now), hire(database, now, "鈴木 次郎", email=None)
    browser = database.write(lambda db: attempts.know(db, hanako, browser=None, now=now))
    while _is_admitted(database, now, "hanako@example.jp", ABROAD):
        pass
    counted = _admit(database, now, staff_id=hanako, browser=browser)
    assert counted.browser == browser
    for planted in (None, "x", browser[:-1], "x" * 9999):
        with pytest.raises(TooManyAttempts):
            _admit(database, now, staff_id=hanako, browser=planted)
    for _ in range(BROWSER.free - 1):
        _admit(database, now, staff_id=hanako, browser=browser)
    with pytest.raises(TooManyAttempts):
        _admit(database, now, staff_id=hanako, browser=browser)
    for _ in range(ACCOUNT.free):  # another person's account is as closed here as anywhere
        _admit(database, now, "jiro", jiro, browser=browser, address=HOME)
    with pytest.raises(TooManyAttempts):
        _admit(database, now, "jiro", jiro, browser=browser, address=HOME)


def test_the_right_one_is_forgiven(database: Database, now: datetime) -> None:
    for _ in range(4):
        counted = _admit(database, now)
    database.write(lambda db: attempts.forgive(db, counted))
    for _ in range(ACCOUNT.free):
        _admit(database, now)
    row = database.read(lambda db: db.get_one(TryCount, counted.source))
    assert row.tries == 4 - 1 + ACCOUNT.free


def test_many_at_once_are_as_many(database: Database, now: datetime) -> None:
    with ThreadPoolExecutor(8) as pool:
        tried = list(
            pool.map(
                lambda n: _is_admitted(database, now, "hanako@example.jp", f"10.0.0.{n % 3}"),
                range(40),
            )
        )
    assert tried.count(True) == ACCOUNT.free


def test_a_browser_stays_known_and_is_kept_as_a_hash(database: Database, now: datetime) -> None:
    hanako = hire(database, now)
    token = database.write(lambda db: attempts.know(db, hanako, browser=None, now=now))
    again = database.write(
        lambda db: attempts.know(db, hanako, browser=token, now=now + timedelta(days=300))
    )
    assert again == token
    rows = database.read(lambda db: db.exec(select(KnownBrowser)).all())
    assert len(rows) == 1 and token not in str(rows)
    late = now + timedelta(days=600)
    assert database.read(lambda db: attempts.is_known(db, token, hanako, now=late))
    database.write(lambda db: attempts.forget_browsers(db, hanako))
    assert not database.read(lambda db: attempts.is_known(db, token, hanako, now=late))


def test_a_browser_of_the_shop_is_known_by_all_who_use_it(
    database: Database, now: datetime
) -> None:
    """Three take turns at one counter while a stranger tries their names (decision 0034)."""
    people = [hire(database, now, f"担当 {n}", email=None) for n in range(3)]
    browser: str | None = None
    for who in (*people, *people):
        counted = _admit(database, now, f"担当 {who}", who, browser=browser, address=HOME)
        kept = counted.browser
        browser = database.write(
            lambda db, who=who, kept=kept: attempts.know(db, who, browser=kept, now=now)  # type: ignore[misc]  # bound at once
        )
    assert len(database.read(lambda db: db.exec(select(KnownBrowser)).all())) == 3
    while _is_admitted(database, now, "担当 0", ABROAD):
        pass
    for who in people:
        assert _admit(database, now, "担当 0", who, browser=browser).source is None
    stranger = hire(database, now)
    with pytest.raises(TooManyAttempts):
        _admit(database, now, "担当 0", stranger, browser=browser, address=ABROAD)
    for n in range(12):  # the cookie does not grow for ever; who used it last is known
        who = hire(database, now, f"臨時 {n}", email=None)
        browser = database.write(
            lambda db, who=who, kept=browser: attempts.know(db, who, browser=kept, now=now)  # type: ignore[misc]  # bound at once
        )
    assert browser is not None and len(browser) < 400
    assert database.read(lambda db: attempts.is_known(db, browser, who, now=now))
    assert not database.read(lambda db: attempts.is_known(db, browser, people[0], now=now))


def test_a_planted_cookie_makes_no_browser_known(database: Database, now: datetime) -> None:
    hanako = hire(database, now)
    token = database.write(lambda db: attempts.know(db, hanako, browser="planted", now=now))
    assert token != "planted"
    assert not database.read(lambda db: attempts.is_known(db, "planted", hanako, now=now))


def test_old_counts_are_forgotten_and_name_nobody(database: Database, now: datetime) -> None:
    _admit(database, now)
    rows = database.read(lambda db: db.exec(select(TryCount)).all())
    assert not [word for word in ("hanako", ABROAD) if word in str(rows)]
    count = select(func.count()).select_from(TryCount)
    database.write(lambda db: attempts.sweep(db, now=now + timedelta(hours=23)))
    assert database.read(lambda db: db.exec(count).one()) == 3
    database.write(lambda db: attempts.sweep(db, now=now + timedelta(hours=25)))
    assert database.read(lambda db: db.exec(count).one()) == 0


@pytest.mark.parametrize(
    ("address", "source"),
    [
        ("203.0.113.7", "203.0.113.7"),
        (" 203.0.113.7 ", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "unknown"),
        ("testclient", "unknown"),
        ("x" * 10_000, "unknown"),
    ],
)
def test_a_source_is_what_a_caller_can_hardly_change(address: str, source: str) -> None:
    assert source_of(address) == source
