"""The expiry slot posts what is true already, once."""

import threading

from catalog.credit import expiry, queries
from catalog.credit.expiry import SUBJECT, expire
from catalog.credit.terms import Origin
from catalog.ground import journal
from tests.catalog.credit.books import Books, tokyo


def test_breakage_is_what_remained_and_is_posted_once(books: Books) -> None:
    """CRD-10."""
    misaki, other = books.customer(), books.customer("C-2")
    partly = books.issue(misaki, 5_000, Origin.RETURN)
    whole = books.issue(other, 700, Origin.RETURN, document="order:9")
    books.spend(misaki, 2_000)
    endless = books.issue(misaki, 100, Origin.TRADE_IN)
    books.now = tokyo("2027-03-30T00:00")
    books.run(expire)
    assert books.left(partly, whole, endless) == [3_000, 700, 100]
    books.now = tokyo("2027-03-31T00:00")
    books.run(expire)
    assert books.left(partly, whole, endless) == [0, 0, 100]
    assert books.lot(partly.lot_id).expired == 3_000
    entries = books.entries()
    last = books.entries(whole.lot_id)[-1]
    assert (last.kind, last.amount, last.yen, last.document) == ("expire", -700, 700, "order:9")
    for _ in range(2):
        books.run(expire)
    books.now = tokyo("2027-04-01T00:00")
    books.run(expire)
    assert books.entries() == entries
    acts = books.database.read(lambda db: journal.of(db, SUBJECT))
    assert [(act.facts["lots"], act.facts["breakage"]) for act in acts] == [(2, 3_700)]
    books.add_up()


def test_two_schedulers_at_once_post_each_lot_once(books: Books) -> None:
    """CRD-10."""
    lots = [
        books.issue(books.customer(f"C-{n}"), 100 + n, Origin.RETURN) for n in range(12)
    ]  # fmt: skip
    books.now = tokyo("2027-03-31T00:00")
    both = [threading.Thread(target=books.run, args=(expire,)) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    kinds = [entry.kind for entry in books.entries()]
    assert kinds.count("expire") == len(lots)
    assert books.database.read(queries.miscounted) == []
    books.add_up()


def test_the_clock_going_back_does_not_break_the_slot(books: Books) -> None:
    misaki = books.customer()
    lot = books.issue(misaki, 900, Origin.RETURN)
    books.now = tokyo("2027-03-30T23:55")
    held = books.hold(misaki, 500)
    books.now = tokyo("2027-03-31T00:00")
    books.run(expire)
    books.now = tokyo("2027-03-30T23:59")
    books.void(held.hold_id)
    assert books.left(lot) == [500]
    books.now = tokyo("2027-03-31T00:00")
    books.run(expire)
    assert books.left(lot) == [0]
    assert expiry.LOTS_AN_ENTRY <= 1_000
    books.add_up()
