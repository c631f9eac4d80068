"""Moving in: credit lines become lots with their own dates, once."""

from datetime import timedelta

import pytest

from catalog.credit.lines import CreditLine, parse, take_lines
from catalog.credit.terms import Origin
from catalog.ground.lines import LineMalformed, Taken
from catalog.ground.money import Yen
from catalog.ground.session.database import Database
from tests.catalog.credit.books import Books, day, tokyo

CELLS = {"customer_no": "C-1", "origin": "return", "amount": "5,000", "issued_at": "2026-09-01"}


def _line(**cells: str) -> CreditLine:
    return parse({**CELLS, **cells})


def _take(books: Books, *given: CreditLine) -> Taken:
    return books.write(take_lines, given, by="import", now=books.now)


def test_a_line_becomes_a_lot_with_its_own_dates(books: Books) -> None:
    misaki = books.customer()
    own = _line(expires_on="2026-12-31", document="旧システム 12")
    endless = _line(origin="trade_in", issued_at="2026-08-01T10:00:00Z")
    told = _take(books, own, endless, _line(origin="promo", expires_on="期限なし"))
    assert told == Taken(3, [], [], [])
    balance = books.balance(misaki)
    assert [(lot.origin, lot.expires_on) for lot in balance.lots] == [
        ("return", day("2026-12-31")),
        ("promo", None),
        ("trade_in", None),
    ]
    lot = books.lot(own.lot_id)
    assert (lot.first_issued_on, lot.document) == (day("2026-09-01"), "旧システム 12")
    assert lot.issued_at == tokyo("2026-09-01T00:00")
    books.add_up()


def test_without_a_last_day_the_terms_decide(books: Books) -> None:
    books.customer()
    line = _line()
    _take(books, line)
    assert books.lot(line.lot_id).expires_on == day("2027-02-28")


def test_a_second_run_changes_nothing(books: Books) -> None:
    misaki = books.customer()
    first = [_line(document="1"), _line(document="2"), _line(document="1")]
    told = _take(books, *first)
    assert (told.taken, len(told.already_there)) == (2, 1)
    books.spend(misaki, 7_000)
    again = _take(books, *first, _line(document="1", amount="6000"))
    assert (again.taken, len(again.already_there)) == (0, 4)
    assert again.different == ["C-1 1"]
    assert books.balance(misaki).spendable == 3_000
    books.add_up()


def test_lines_join_accounts_that_are_there(books: Books) -> None:
    misaki = books.customer()
    books.issue(misaki, 100)
    assert _take(books, _line()).taken == 1
    assert books.balance(misaki).spendable == 5_100
    books.add_up()


def test_unknown_customers_and_future_issues_are_refused(books: Books) -> None:
    books.customer()
    told = _take(books, _line(customer_no="C-404"), _line(), _line(issued_at="2026-10-02"))
    assert told.taken == 1
    assert [place for place, _ in told.refused] == [0, 2]
    assert "C-404" in told.refused[0][1]


def test_what_is_over_cannot_be_spent(books: Books) -> None:
    misaki = books.customer()
    _take(books, _line(issued_at="2026-01-01"))
    assert books.balance(misaki).spendable == 0


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"customer_no": ""}, "customer_no"),
        ({"origin": "gift"}, "origin"),
        ({"amount": "12.5"}, "amount"),
        ({"amount": "-3"}, "amount"),
        ({"amount": "0"}, "amount"),
        ({"issued_at": "2026-02-30"}, "issued_at"),
        ({"issued_at": "yesterday"}, "issued_at"),
        ({"expires_on": "31.12.2026"}, "expires_on"),
        ({"expires_on": "2026-08-31"}, "expires_on"),
        ({"document": "a\x00b"}, "document"),
        ({"document": "x" * 501}, "document"),
    ],
)
def test_a_line_that_cannot_be_taken_names_its_column(cells: dict[str, str], column: str) -> None:
    with pytest.raises(LineMalformed) as wrong:
        _line(**cells)
    assert wrong.value.column == column


def test_a_long_list_goes_in_at_once_and_again_changes_nothing(database: Database) -> None:
    books = Books(database)
    for n in range(20):
        books.customer(f"C-{n}")
    many = [
        CreditLine(
            f"C-{n % 20}",
            Origin.RETURN,
            Yen(1_000 + n),
            books.now - timedelta(minutes=n),
            None,
            False,
            None,
        )
        for n in range(5_000)
    ]
    told = _take(books, *many)
    assert told.taken == 5_000
    assert _take(books, *many).taken == 0
    books.add_up()
