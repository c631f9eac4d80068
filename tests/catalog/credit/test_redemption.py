"""Holding, capturing and giving back: what is spendable is decided by the moment."""

from datetime import timedelta

import pytest

from catalog.credit import queries, redemption
from catalog.credit.posting import AccountMissing, CreditMalformed
from catalog.credit.redemption import HoldMissing, HoldOver
from catalog.credit.rules import CreditShort
from catalog.credit.tables import CreditHold, HoldState
from catalog.credit.terms import Origin
from catalog.ground.journal import KeyUsedOtherwise
from catalog.ground.record import CustomerId
from tests.catalog.credit.books import Books, tokyo

MINUTES = timedelta(minutes=1)


def test_what_ends_first_is_spent_first_and_free_before_paid(books: Books) -> None:
    """CRD-4, R-109: three lots, spent across them, the rest right."""
    misaki = books.customer()
    endless = books.issue(misaki, 5_000, Origin.TRADE_IN)
    bonus = books.issue(misaki, 3_000, Origin.BONUS)
    returned = books.issue(misaki, 2_000, Origin.RETURN)
    spent = books.spend(misaki, 6_000)
    assert spent.spendable_left == 4_000
    assert books.left(returned, bonus, endless) == [0, 0, 4_000]
    assert books.database.read(lambda db: queries.spent_on(db, "order:1")) == 6_000
    books.add_up()


def test_too_much_is_refused_and_nothing_changes(books: Books) -> None:
    """CRD-4."""
    misaki = books.customer()
    books.issue(misaki, 5_000)
    before = len(books.entries())
    with pytest.raises(CreditShort) as short:
        books.hold(misaki, 5_001)
    assert (short.value.wanted, short.value.held) == (5_001, 5_000)
    assert len(books.entries()) == before
    with pytest.raises(AccountMissing):
        books.hold(CustomerId("nobody"), 1)
    for amount in (0, -5, 2.5, True):
        with pytest.raises(CreditMalformed):
            books.hold(misaki, amount)  # type: ignore[arg-type]  # that is the point


def test_a_hold_makes_less_spendable_at_once_and_a_void_brings_it_back(books: Books) -> None:
    """CRD-5."""
    misaki = books.customer()
    lot = books.issue(misaki, 5_000)
    held = books.hold(misaki, 3_000)
    assert held.ends_at == books.now + 15 * MINUTES
    assert held.spendable_left == 2_000
    balance = books.balance(misaki)
    assert (balance.spendable, balance.held) == (2_000, 3_000)
    with pytest.raises(CreditShort):
        books.hold(misaki, 2_001)
    assert books.void(held.hold_id).spendable_left == 5_000
    assert books.void(held.hold_id).spendable_left == 5_000  # another key gives nothing more
    assert books.left(lot) == [5_000]
    books.add_up()


def test_a_captured_hold_cannot_be_captured_or_voided_again(books: Books) -> None:
    misaki = books.customer()
    books.issue(misaki, 5_000)
    held = books.hold(misaki, 3_000)
    first = books.capture(held.hold_id, document="order:7", key="k")
    assert first.state is HoldState.CAPTURED
    assert books.capture(held.hold_id, document="order:7", key="k") == first
    for verb in (books.capture, books.void):
        with pytest.raises(HoldOver) as over:
            verb(held.hold_id)
        assert over.value.state is HoldState.CAPTURED
    with pytest.raises(KeyUsedOtherwise):
        books.capture(held.hold_id, document="order:8", key="k")
    with pytest.raises(HoldMissing):
        books.capture("no such hold")
    with pytest.raises(HoldMissing):
        books.void("no such hold")
    books.add_up()


def test_a_hold_for_one_order_is_not_captured_for_another(books: Books) -> None:
    misaki = books.customer()
    books.issue(misaki, 5_000)
    held = books.hold(misaki, 3_000, document="order:1")
    with pytest.raises(CreditMalformed):
        books.capture(held.hold_id, document="order:2")
    assert books.capture(held.hold_id).state is HoldState.CAPTURED


def test_a_hold_before_expiry_may_be_captured_after_it(books: Books) -> None:
    """CRD-5, CRD-10: the hold counts, also with the expiry run in between."""
    misaki = books.customer()
    lot = books.issue(misaki, 8_000, Origin.RETURN)
    books.now = tokyo("2027-03-30T23:50")
    held = books.hold(misaki, 5_000)
    books.now = tokyo("2027-03-31T00:00")
    from catalog.credit.expiry import expire

    books.run(expire)
    assert books.lot(lot.lot_id).expired == 3_000
    books.now = tokyo("2027-03-31T00:04")
    assert books.capture(held.hold_id).spendable_left == 0
    row = books.lot(lot.lot_id)
    assert (row.remaining, row.held, row.captured, row.expired) == (0, 0, 5_000, 3_000)
    books.add_up()


@pytest.mark.parametrize("ends", ["void", "slot"])
def test_what_a_hold_gives_back_to_a_lot_that_is_over_is_breakage(books: Books, ends: str) -> None:
    """CRD-5."""
    misaki = books.customer()
    lot = books.issue(misaki, 8_000, Origin.RETURN)
    books.now = tokyo("2027-03-30T23:50")
    held = books.hold(misaki, 8_000)
    books.now = tokyo("2027-03-31T00:05")
    with pytest.raises(HoldOver):
        books.capture(held.hold_id)
    if ends == "void":
        assert books.void(held.hold_id).breakage == 8_000
    else:
        books.run(redemption.lapse_holds)
    row = books.lot(lot.lot_id)
    assert (row.remaining, row.held, row.expired) == (0, 0, 8_000)
    books.add_up()


def test_a_hold_that_ended_is_spendable_before_any_slot_has_run(books: Books) -> None:
    misaki = books.customer()
    books.issue(misaki, 5_000)
    books.hold(misaki, 5_000)
    books.now += 15 * MINUTES
    assert books.balance(misaki).spendable == 5_000
    assert books.spend(misaki, 5_000).spendable_left == 0
    books.run(redemption.lapse_holds)
    books.add_up()


def test_lapsing_holds_twice_changes_nothing(books: Books) -> None:
    misaki, other = books.customer(), books.customer("C-2")
    for customer in (misaki, other):
        books.issue(customer, 5_000)
        books.hold(customer, 1_000)
        books.hold(customer, 2_000)
    books.now += 15 * MINUTES
    books.run(redemption.lapse_holds)
    entries = len(books.entries())
    books.run(redemption.lapse_holds)
    assert len(books.entries()) == entries
    states = books.database.read(lambda db: {row.state for row in _holds(db)})
    assert states == {HoldState.LAPSED.value}
    assert books.balance(misaki).spendable == 5_000
    books.add_up()


def _holds(db: object) -> list[CreditHold]:
    from sqlmodel import Session, select

    assert isinstance(db, Session)
    return list(db.exec(select(CreditHold)))


def test_the_same_command_many_times_has_one_effect(books: Books) -> None:
    """CMD-1."""
    misaki = books.customer()
    books.issue(misaki, 5_000)
    held = [books.hold(misaki, 1_000, key="h") for _ in range(3)]
    assert len({each.hold_id for each in held}) == 1
    voids = [books.void(held[0].hold_id, key="v") for _ in range(3)]
    assert len(set(voids)) == 1
    spent = [books.spend(misaki, 1_000, key="s") for _ in range(3)]
    assert len({each.hold_id for each in spent}) == 1
    with pytest.raises(KeyUsedOtherwise):
        books.hold(misaki, 1_001, key="h")
    with pytest.raises(KeyUsedOtherwise):
        books.spend(misaki, 1_000, key="h")
    assert books.balance(misaki).spendable == 4_000
    books.add_up()


@pytest.mark.parametrize(
    ("at", "left"), [("2027-03-30T23:59:59.999", 1_000), ("2027-03-31T00:00", 0)]
)
def test_nothing_is_spendable_after_the_last_day(books: Books, at: str, left: int) -> None:
    """CRD-3, CRD-10: to the last instant of it, whether or not the job has run."""
    misaki = books.customer()
    books.issue(misaki, 1_000, Origin.RETURN)
    books.now = tokyo(at)
    assert books.balance(misaki).spendable == left
    if left:
        books.spend(misaki, 1_000)
    else:
        with pytest.raises(CreditShort):
            books.hold(misaki, 1)
