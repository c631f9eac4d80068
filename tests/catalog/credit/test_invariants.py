"""Random commands, retried, reordered, with the clock jumping: the books always add up.

Invariants 1 to 5 of credit: balances are the sums of lots and of entries; each lot's buckets add
up; nobody ever spends more than there is; nothing is spendable once it is over; a command has one
effect however often it comes. Beside them: refunds never exceed what was paid.
"""

import contextlib
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule
from sqlmodel import select

from catalog.credit import expiry, queries, redemption, reports
from catalog.credit.rules import CreditShort, RefundTooHigh, is_alive
from catalog.credit.tables import CreditEntry, CreditLot, CreditRefund
from catalog.credit.terms import Origin
from catalog.ground.errors import ShopError
from catalog.ground.money import Yen
from tests.catalog.credit.books import Books
from tests.databases import fresh

_yen = st.integers(1, 20_000)
Command = Callable[[], Any]


class CreditBooks(RuleBasedStateMachine):
    """One shop, two customers. Every command is kept with its answer, to be sent again later."""

    engine: ClassVar[str] = "sqlite"
    lots = Bundle("lots")
    holds = Bundle("holds")
    orders = Bundle("orders")

    def __init__(self) -> None:
        super().__init__()
        self.stack = contextlib.ExitStack()
        folder = self.stack.enter_context(tempfile.TemporaryDirectory())
        self.books = Books(self.stack.enter_context(fresh(self.engine, Path(folder))))
        self.customers = [self.books.customer("C-1"), self.books.customer("C-2")]
        self.done: list[tuple[Command, Any]] = []
        self.others: dict[str, int] = {}

    def teardown(self) -> None:
        self.stack.close()

    def _do(self, command: Command) -> Any:
        answer = command()
        self.done.append((command, answer))
        return answer

    @rule(target=lots, who=st.integers(0, 1), amount=_yen, origin=st.sampled_from(Origin))
    def issue(self, who: int, amount: int, origin: Origin) -> Any:
        key = self.books.key()
        return self._do(
            lambda: self.books.issue(self.customers[who], amount, origin, key=key)
        ).lot_id

    @rule(target=holds, who=st.integers(0, 1), amount=_yen)
    def hold(self, who: int, amount: int) -> Any:
        key, customer = self.books.key(), self.customers[who]
        spendable = self.books.balance(customer).spendable
        try:
            held = self._do(lambda: self.books.hold(customer, amount, key=key))
        except ShopError:
            assert amount > spendable
            return multiple()
        assert amount <= spendable
        assert held.spendable_left == spendable - amount
        return held.hold_id

    @rule(target=orders, who=st.integers(0, 1), amount=_yen, other=st.integers(0, 9_000))
    def spend(self, who: int, amount: int, other: int) -> Any:
        key, customer = self.books.key(), self.customers[who]
        order = f"order:{key}"
        spendable = self.books.balance(customer).spendable
        try:
            self._do(lambda: self.books.spend(customer, amount, order, key=key))
        except ShopError:
            assert amount > spendable
            return multiple()
        self.others[order] = other
        return order

    @rule(target=orders, hold_id=holds, other=st.integers(0, 9_000))
    def capture(self, hold_id: str, other: int) -> Any:
        key = self.books.key()
        order = f"order:{key}"
        try:
            self._do(lambda: self.books.capture(hold_id, document=order, key=key))
        except redemption.HoldOver:
            return multiple()
        self.others[order] = other
        return order

    @rule(hold_id=holds)
    def void(self, hold_id: str) -> None:
        key = self.books.key()
        with contextlib.suppress(redemption.HoldOver):
            self._do(lambda: self.books.void(hold_id, key=key))

    @rule(order=orders, amount=_yen)
    def refund(self, order: str, amount: int) -> None:
        key, other = self.books.key(), self.others[order]
        with contextlib.suppress(RefundTooHigh):
            self._do(lambda: self.books.refund(amount, other_paid=other, document=order, key=key))

    @rule(lot_id=lots, amount=_yen)
    def reverse(self, lot_id: str, amount: int) -> None:
        key = self.books.key()
        with contextlib.suppress(ShopError):
            self._do(lambda: self.books.reverse(lot_id, amount, key=key))

    @rule(slot=st.sampled_from([expiry.expire, redemption.lapse_holds]))
    def run_twice(self, slot: Any) -> None:
        self.books.run(slot)
        entries = len(self.books.entries())
        self.books.run(slot)
        assert len(self.books.entries()) == entries

    @rule(hours=st.one_of(st.integers(0, 30), st.sampled_from([24 * 59, 24 * 181, -2, -48])))
    def jump(self, hours: int) -> None:
        self.books.now += timedelta(hours=hours)

    @rule(minutes=st.integers(1, 20))
    def wait(self, minutes: int) -> None:
        self.books.now += timedelta(minutes=minutes)

    @rule(number=st.integers(0, 10_000))
    def send_again(self, number: int) -> None:
        if not self.done:
            return
        command, answer = self.done[number % len(self.done)]
        before = len(self.books.entries())
        assert command() == answer
        assert len(self.books.entries()) == before

    @invariant()
    def everything_adds_up(self) -> None:
        lots, entries, refunds = self.books.database.read(
            lambda db: (
                list(db.exec(select(CreditLot))),
                list(db.exec(select(CreditEntry))),
                list(db.exec(select(CreditRefund))),
            )
        )
        assert sum(lot.remaining for lot in lots) == sum(entry.amount for entry in entries)
        for lot in lots:
            gone = lot.held + lot.captured - lot.refunded + lot.expired + lot.reversed
            assert lot.amount == lot.remaining + gone
            buckets = (lot.remaining, lot.held, lot.refunded, lot.expired, lot.reversed)
            assert min(buckets) >= 0 and lot.captured >= lot.refunded
        spendable = sum(self.books.balance(each).spendable for each in self.customers)
        alive = [lot for lot in lots if is_alive(lot.expires_on, self.books.now)]
        assert spendable <= sum(lot.remaining + lot.held for lot in alive)
        liability = self.books.database.read(lambda db: reports.liability(db, self.books.now))
        assert liability.total == sum(lot.remaining for lot in lots)
        self._refunds_are_right(refunds)

    def _refunds_are_right(self, refunds: list[CreditRefund]) -> None:
        for order in {refund.document for refund in refunds}:
            of = [refund for refund in refunds if refund.document == order]
            paid = self.books.database.read(lambda db, order=order: queries.spent_on(db, order))  # type: ignore[misc]  # bound at once
            back, total = sum(each.amount for each in of), paid + self.others[order]
            credit = sum(each.to_credit for each in of)
            assert back <= total
            assert credit == back * paid // total
            if back == total:
                assert credit == paid

    def books_can_be_told_again(self) -> None:
        """The journal rebuilds the tables."""
        self.books.add_up()


class PostgresBooks(CreditBooks):
    """The same on PostgreSQL."""

    engine = "postgres"


def _run(machine: type[CreditBooks], examples: int, steps: int) -> None:
    class Told(machine):  # type: ignore[misc, valid-type]  # a class made here
        def teardown(self) -> None:
            try:
                self.books_can_be_told_again()
            finally:
                super().teardown()

    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(
        Told,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=examples < 20,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.parametrize(("machine", "examples"), [(CreditBooks, 6), (PostgresBooks, 3)])
def test_random_commands_never_break_the_books(machine: type[CreditBooks], examples: int) -> None:
    """Invariants 1–5 and 9."""
    with fresh(machine.engine, Path(tempfile.mkdtemp())):
        pass  # tells in one line why the engine is not there
    _run(machine, examples, 30)


@pytest.mark.soak
@pytest.mark.parametrize(("machine", "examples"), [(CreditBooks, 400), (PostgresBooks, 200)])
def test_long_series_of_commands_never_break_the_books(
    machine: type[CreditBooks], examples: int
) -> None:
    """Invariants 1–5 and 9, some 100,000 operations."""
    _run(machine, examples, 160)


def test_credit_short_tells_what_there_is() -> None:
    assert CreditShort(Yen(2), Yen(1)).held == 1
