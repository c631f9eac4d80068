"""Many redemptions at once: nothing is overspent, and a command sent many times has one effect."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from catalog.credit import redemption
from catalog.credit.rules import CreditShort
from catalog.credit.terms import Origin
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId
from catalog.ground.session.database import Database
from catalog.ground.session.opening import open_database
from tests.catalog.credit.books import Books


def _redeem(database: Database, books: Books, who: CustomerId, number: int) -> int:
    """Hold and capture, spend, or hold and give back; the yen that were taken."""

    def unit(db: Any) -> int:
        told: dict[str, Any] = {"by": "till:1", "now": books.now}
        if number % 3 == 0:
            redemption.spend(
                db, who, Yen(100), document=f"o:{number}", channel="store", key=f"s{number}", **told
            )
            return 100
        held = redemption.hold(db, who, Yen(100), channel="store", key=f"h{number}", **told)
        if number % 3 == 1:
            redemption.capture(
                db, held.hold_id, document=f"o:{number}", key=f"c{number}", **told
            )  # fmt: skip
            return 100
        redemption.void(db, held.hold_id, key=f"v{number}", **told)
        return 0

    try:
        return database.write(unit)
    except CreditShort:
        return 0


def _race(books: Books, *, redemptions: int, threads: int) -> None:
    accounts = [books.customer(f"C-{n}") for n in range(4)]
    worth = redemptions // 2 * 100
    for who in accounts:
        books.issue(who, worth // 16, Origin.RETURN)
        books.issue(who, worth // 16, Origin.TRADE_IN)
    before = sum(books.balance(who).spendable for who in accounts)
    with ThreadPoolExecutor(threads) as pool:
        taken = sum(
            pool.map(
                lambda n: _redeem(books.database, books, accounts[n % 4], n), range(redemptions)
            )
        )
    after = sum(books.balance(who).spendable for who in accounts)
    assert taken > 0
    assert before - after == taken
    assert min(books.balance(who).spendable for who in accounts) >= 0
    books.add_up()


def test_concurrent_redemptions_never_take_more_than_there_is(books: Books) -> None:
    """A share of the ten thousand; two thirds of them find too little."""
    _race(books, redemptions=160, threads=8)


@pytest.mark.soak
def test_ten_thousand_concurrent_redemptions(books: Books) -> None:
    """Invariant 3."""
    _race(books, redemptions=10_000, threads=16)


def test_the_last_yen_go_to_exactly_one(books: Books) -> None:
    """Invariant 3: two processes' worth of connections want the same credit."""
    misaki = books.customer()
    books.issue(misaki, 1_000)

    def want(number: int) -> bool:
        try:
            books.spend(misaki, 600, f"order:{number}", key=f"k{number}")
        except CreditShort:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(want, range(16))) == 1
    assert books.balance(misaki).spendable == 400


def test_one_command_sent_by_many_at_once_has_one_effect(books: Books) -> None:
    """Invariant 5."""
    misaki = books.customer()
    books.issue(misaki, 10_000)
    with ThreadPoolExecutor(8) as pool:
        holds = list(pool.map(lambda _: books.hold(misaki, 700, key="k").hold_id, range(16)))
    assert len(set(holds)) == 1
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: books.void(holds[0], key=f"v{n % 4}"), range(16)))
    assert books.balance(misaki).spendable == 10_000
    books.add_up()


def test_two_processes_share_one_account(books: Books, tmp_path: object) -> None:
    """Invariant 3: another writer on the same database, as a second worker process has."""
    del tmp_path
    url = books.database.engine().url.render_as_string(hide_password=False)
    second = open_database(url.replace("+psycopg", ""))
    try:
        misaki = books.customer()
        books.issue(misaki, 2_000)
        with ThreadPoolExecutor(4) as pool:
            taken = list(
                pool.map(
                    lambda n: _redeem((books.database, second)[n % 2], books, misaki, 3 * n),
                    range(30),
                )
            )
        assert sum(taken) == 2_000
    finally:
        second.close()
    books.add_up()
