"""Balance and statement: every change with its lot and document, adding up."""

from catalog.credit import expiry, queries
from catalog.credit.terms import Origin
from catalog.ground.record import CustomerId
from tests.catalog.credit.books import Books, day, tokyo


def test_who_never_had_credit_has_nothing(books: Books) -> None:
    assert books.balance(CustomerId("nobody")) == queries.NOTHING


def test_a_balance_tells_each_lot_in_the_order_of_spending(books: Books) -> None:
    """R-103, R-104."""
    misaki = books.customer()
    books.issue(misaki, 3_000, Origin.TRADE_IN, document="case:1")
    books.now = tokyo("2026-10-02T10:00")
    books.issue(misaki, 2_000, Origin.RETURN)
    balance = books.balance(misaki)
    assert [(lot.origin, lot.left, lot.expires_on) for lot in balance.lots] == [
        ("return", 2_000, day("2027-03-31")),
        ("trade_in", 3_000, None),
    ]
    assert balance.lots[1].document == "case:1"
    assert (balance.next_expires_on, balance.ends_next) == (day("2027-03-31"), 2_000)


def test_a_statement_lists_every_change_and_adds_up(books: Books) -> None:
    """CRD-12, R-111."""
    misaki = books.customer()
    paid = books.issue(misaki, 10_000, Origin.RETURN, document="order:0")
    free = books.issue(misaki, 1_000, Origin.BONUS)
    books.now = tokyo("2026-11-01T12:00")
    books.spend(misaki, 10_500, "order:1")
    books.now = tokyo("2026-11-05T12:00")
    books.refund(2_000)
    books.now = tokyo("2027-03-31T00:00")
    books.run(expiry.expire)
    told = books.database.read(
        lambda db: queries.statement(
            db,
            misaki,
            begins=tokyo("2026-11-01T00:00"),
            ends=tokyo("2027-04-01T00:00"),
            now=books.now,
        )
    )
    assert told.opening == 11_000
    assert [
        (line.kind, line.lot_id, line.amount, line.yen, line.document) for line in told.lines
    ] == [
        ("hold", paid.lot_id, -10_000, 10_000, "order:1"),
        ("capture", paid.lot_id, 0, 10_000, "order:1"),
        ("hold", free.lot_id, -500, 500, "order:1"),
        ("capture", free.lot_id, 0, 500, "order:1"),
        ("refund", free.lot_id, 500, 500, "order:1"),
        ("refund", paid.lot_id, 1_500, 1_500, "order:1"),
        ("expire", paid.lot_id, -1_500, 1_500, "order:0"),
    ]
    assert told.lines[-1].left == told.closing == 1_000
    assert (told.paid, told.free) == (0, 1_000)
    assert told.by_lot == {paid.lot_id: 0, free.lot_id: 1_000}
    assert told.balance.spendable == told.closing
