"""Random commands over consigned and own pieces, with retries and clock jumps: the money adds up, a
unit is in one place, guarantees hold, and the journal rebuilds it all (invariants 5 to 9, 11, 12).
"""

import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlmodel import select

from catalog.buyback import books
from catalog.buyback.payouts.tables import Payout
from catalog.consignment import actions, ending, guarantee, prices, rules, settling
from catalog.consignment.states import LIVE, ContractState, Settlement
from catalog.consignment.tables import Contract, GuaranteeRequest
from catalog.consignment.terms import ConsignmentTerms
from catalog.credit import consents, redemption
from catalog.ground.errors import ShopError
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId, UnitId
from catalog.items.kinds import SALEABLE, UnitState
from catalog.items.tables import Unit
from catalog.orders import actions as orders
from catalog.orders import comparing, dispatch, exchanges, lapsing, returns, undoing
from catalog.orders.actions import Tendered
from catalog.orders.checkout import Basket, checkout
from catalog.orders.comparing import Comparison
from catalog.orders.dispatch import Packed
from catalog.orders.refunding import Refund
from catalog.orders.returns import Asked
from catalog.orders.states import LIVE as LINE_LIVE
from catalog.orders.states import Delivery, ReturnKind, TenderKind
from catalog.orders.tables import OrderLine, ReturnCase, SaleOrder, Tender
from catalog.orders.undoing import Refunding
from tests.catalog.consignment.shelf import MANAGER, STAFF, TEXT, person
from tests.catalog.orders.counter import Counter
from tests.databases import fresh

_some = st.integers(0, 50)
_SLOTS: tuple[Callable[..., Any], ...] = (
    lapsing.run_lapses, prices.run_drops, ending.run_terms, settling.note_paid,
    dispatch.run_windows, redemption.lapse_holds,
)  # fmt: skip


class Trade(RuleBasedStateMachine):
    """Three consignors, two buyers, eight pieces, and whatever they come up with."""

    engine = "sqlite"

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.opened = fresh(self.engine, Path(self.folder.name))
        self.shop = Counter(self.opened.__enter__())
        shop = self.shop
        self.consignors = [shop.consignor() for _ in range(3)]
        self.buyers = [shop.customer() for _ in range(2)]
        for who in self.buyers:
            shop.credit(who, 150_000)
        for who in self.consignors[:2]:
            shop.consigned(who, 240_000, least=100_000, guarantee=120_000)
        self._in_credit(self.consignors[2])
        for number, price in enumerate((30_000, 12_000, 90_000, 41_000, 7_000)):
            shop.owned(f"W-{1001 + number}", price)

    def _in_credit(self, who: CustomerId) -> None:
        shop = self.shop
        unit_id = shop.piece(who)
        contract_id = shop.propose(
            who, unit_id, 80_000, guarantee=40_000, settles_in=Settlement.CREDIT
        ).contract_id
        consent = shop.write(
            consents.agree, who, consents.NEVER_PAID_OUT, text_version="1", source="m", by="bot",
            now=shop.now,
        )  # fmt: skip
        shop.agree(contract_id, who, consent_id=consent)
        shop.move(unit_id, UnitState.LISTED)

    def teardown(self) -> None:
        self.opened.__exit__(None, None, None)
        self.folder.cleanup()

    def _try(self, verb: Callable[..., Any], *given: Any, **told: Any) -> None:
        """A refusal changes nothing; what is taken is sent again at once and changes nothing."""
        told.setdefault("key", self.shop.key())
        try:
            first = self.shop.write(verb, *given, **told)
        except ShopError:
            return
        assert self.shop.write(verb, *given, **told) == first

    def _rows(self, table: type[Any]) -> list[Any]:
        return self.shop.read(lambda db: sorted(db.exec(select(table)).all(), key=lambda r: r.id))

    def _pick(self, table: type[Any], number: int, *states: str) -> Any:
        """One row; mostly one in which the step can begin, so that the walk gets far."""
        rows = self._rows(table)
        if states and number % 5:
            rows = [row for row in rows if row.state in states] or rows
        return rows[number % len(rows)] if rows else None

    @rule(days=st.sampled_from([0, 0, 0, 0, 0, 1, 3, 9, 40]), minutes=st.integers(1, 20))
    def time_passes(self, days: int, minutes: int) -> None:
        self.shop.go(days=days, minutes=minutes)

    @rule(slot=st.sampled_from(_SLOTS))
    def the_clock_runs(self, slot: Callable[..., Any]) -> None:
        self.shop.write(slot, self.shop.now)
        self.shop.write(slot, self.shop.now)

    @rule(buyer=_some, first=_some, second=_some, credit=st.sampled_from([0, 5_000, 200_000]),
          delivery=st.sampled_from(Delivery))  # fmt: skip
    def checks_out(
        self, buyer: int, first: int, second: int, credit: int, delivery: Delivery
    ) -> None:
        units = {self._pick(Unit, number, "listed").id for number in (first, second)}
        if first % 3:
            units = {self._pick(Unit, first, "listed").id}
        basket = Basket(
            self.buyers[buyer % 2], tuple(UnitId(each) for each in sorted(units)), delivery,
            credit=Yen(credit),
        )  # fmt: skip
        self._try(checkout, basket, by="bot", now=self.shop.now)

    @rule(which=_some, short=st.sampled_from([0, 0, 0, 1]))
    def pays(self, which: int, short: int) -> None:
        order = self._pick(SaleOrder, which, "open")
        if order is None:
            return
        due = order.total - order.credit_wanted - short
        tenders = [Tendered(TenderKind.CARD, Yen(due), f"p{which}")] if due > 0 else []
        self._try(orders.pay, order.id, tenders, by="shop", now=self.shop.now)

    @rule(which=_some)
    def cancels(self, which: int) -> None:
        order = self._pick(SaleOrder, which, "paid")
        if order is not None and which % 3 == 0:
            self._try(orders.cancel, order.id, reason="x", by="t", now=self.shop.now)

    @rule(which=_some)
    def packs_and_sends(self, which: int) -> None:
        order = self._pick(SaleOrder, which, "paid")
        if order is None:
            return
        lines = [line for line in self._rows(OrderLine) if line.order_id == order.id]
        now = self.shop.now
        packed = [Packed(line.unit_id, "s", None, "film") for line in lines]
        self._try(dispatch.pack, order.id, packed, by="t", now=now)
        if order.delivery == Delivery.SHIP.value:
            number = f"T{next(self.shop.numbers):06d}"
            self._try(dispatch.ship, order.id, carrier="y", tracking_no=number, by="t", now=now)
        else:
            self._try(dispatch.hand_over, order.id, pickup_code=order.pickup_code, by="t", now=now)

    @rule(which=_some)
    def is_delivered(self, which: int) -> None:
        order = self._pick(SaleOrder, which, "shipped")
        if order is not None:
            now = self.shop.now
            self._try(dispatch.delivered, order.id, delivered_on=now.date(), by="t", now=now)

    @rule(which=_some, kind=st.sampled_from([ReturnKind.RETURN, ReturnKind.EXCHANGE]), new=_some)
    def asks_for_a_return(self, which: int, kind: ReturnKind, new: int) -> None:
        line = self._pick(OrderLine, which, "delivered")
        if line is None:
            return
        order = next(each for each in self._rows(SaleOrder) if each.id == line.order_id)
        told = {"asked_at": self.shop.now, "actor": person(order.customer_id), "now": self.shop.now}
        wanted = Asked(order.id, line.unit_id, "x", kind)
        if kind is ReturnKind.RETURN:
            self._try(returns.ask, wanted, **told)
            return
        new_unit = self._pick(Unit, new, "listed")
        basket = Basket(order.customer_id, (UnitId(new_unit.id),))
        self._try(exchanges.ask, wanted, basket, **told)

    @rule(which=_some, is_same=st.sampled_from([True, True, False]), accepts=st.booleans())
    def receives_and_compares(self, which: int, is_same: bool, accepts: bool) -> None:
        case = self._pick(ReturnCase, which, "asked")
        if case is None:
            return
        now = self.shop.now
        self._try(returns.receive, case.id, place="shop", by="t", now=now)
        told = Comparison(f"c-{case.id}", is_same)
        self._try(comparing.compare, case.id, told, actor=STAFF, now=now)
        self._try(comparing.decide, case.id, accepts=accepts, reason="x", actor=MANAGER, now=now)

    @rule(which=_some, extra=st.sampled_from([0, 1_000]))
    def refunds_or_exchanges(self, which: int, extra: int) -> None:
        case = self._pick(ReturnCase, which, "compared")
        if case is None:
            return
        now = self.shop.now
        if case.kind == ReturnKind.RETURN.value:
            self._try(undoing.refund, case.id, Refunding(), actor=STAFF, now=now)
            return
        try:
            told = self.shop.read(lambda db: exchanges.settlement(db, case.id))
        except ShopError:
            return
        pays = told.net.customer_pays
        credit = min(extra, pays)
        rest = pays - credit
        tenders = [Tendered(TenderKind.CARD, Yen(rest), "x")] if rest else []
        self._try(
            exchanges.confirm, case.id, tenders, confirmed=pays, credit=Yen(credit), actor=STAFF,
            now=now,
        )  # fmt: skip

    @rule(buyer=_some, first=_some, second=_some, credit=st.sampled_from([0, 5_000, 200_000]),
          delivery=st.sampled_from(Delivery), depth=st.integers(1, 3))  # fmt: skip
    def buys(
        self, buyer: int, first: int, second: int, credit: int, delivery: Delivery, depth: int
    ) -> None:
        """All the way to having it, or part of it."""
        self.checks_out(buyer, first, second, credit, delivery)
        for step in (self.pays, self.packs_and_sends, self.is_delivered)[:depth]:
            step(1, 0) if step == self.pays else step(1)

    @rule(which=_some, kind=st.sampled_from([ReturnKind.RETURN, ReturnKind.EXCHANGE]), new=_some,
          is_same=st.sampled_from([True, True, False]), accepts=st.booleans(),
          depth=st.sampled_from([1, 2, 2, 2]))  # fmt: skip
    def sends_back(
        self, which: int, kind: ReturnKind, new: int, is_same: bool, accepts: bool, depth: int
    ) -> None:
        """All the way to the money, or part of it."""
        self.asks_for_a_return(which, kind, new)
        self.receives_and_compares(1, is_same, accepts)
        if depth > 1:
            self.refunds_or_exchanges(1, 1_000)

    @rule(which=_some)
    def goes_on_sale_again(self, which: int) -> None:
        unit = self._pick(Unit, which)
        to = UnitState.PREPARING if unit.state == UnitState.STOCK.value else UnitState.LISTED
        if unit.state in {"stock", "preparing", "inspection", "unlisted"}:
            try:
                self.shop.move(UnitId(unit.id), to)
            except ShopError:
                return

    @rule(which=_some, ago=st.integers(0, 200))
    def asks_for_the_guarantee(self, which: int, ago: int) -> None:
        contract = self._pick(Contract, which)
        now = self.shop.now
        self._try(
            guarantee.request, contract.id, sent_at=now - timedelta(days=ago), message_id="m",
            actor=person(contract.customer_id), now=now,
        )  # fmt: skip

    @rule(which=_some)
    def withdraws(self, which: int) -> None:
        contract = self._pick(Contract, which)
        if which % 7:
            return
        told = {"actor": person(contract.customer_id), "now": self.shop.now}
        self._try(ending.withdraw, contract.id, **told)

    @rule(which=_some)
    def agrees_again(self, which: int) -> None:
        contract = self._pick(Contract, which)
        told = {"actor": person(contract.customer_id), "now": self.shop.now}
        self._try(actions.agree, contract.id, TEXT, accepted_at=self.shop.now, **told)

    @rule(which=_some, price=st.sampled_from([70_000, 150_000, 300_000]), is_yes=st.booleans())
    def talks_about_the_price(self, which: int, price: int, is_yes: bool) -> None:
        contract = self._pick(Contract, which)
        now = self.shop.now
        self._try(prices.propose_price, contract.id, Yen(price), reason=None, actor=STAFF, now=now)
        row = self.shop.read(lambda db: prices.open_proposal(db, contract.id))
        if row is not None:
            self._try(
                prices.answer_price, row.id, is_yes=is_yes, message_id="m",
                actor=person(contract.customer_id), now=now,
            )  # fmt: skip

    @rule(which=_some)
    def the_bank_pays(self, which: int) -> None:
        payout = self._pick(Payout, which)
        if payout is not None and payout.status == "planned":
            self.shop.pay_out(payout.id)

    @invariant()
    def one_unit_one_order_one_contract(self) -> None:
        """Invariants 6 and 11."""
        live = [line.unit_id for line in self._rows(OrderLine) if line.state in LINE_LIVE]
        assert len(live) == len(set(live))
        under = [each.unit_id for each in self._rows(Contract) if each.state in LIVE]
        assert len(under) == len(set(under))
        by_unit = {line.unit_id: line for line in self._rows(OrderLine) if line.state in LINE_LIVE}
        for unit in self._rows(Unit):
            is_sold = unit.state in {"reserved", "sold", "shipped", "delivered"}
            assert not is_sold or unit.id in by_unit, unit.state

    @invariant()
    def what_is_on_sale_can_be_sold(self) -> None:
        """Invariant 6: it is the shop's to sell, and no sale of it waits to be undone."""
        live = {line.unit_id for line in self._rows(OrderLine) if line.state in LINE_LIVE}
        for unit in self._rows(Unit):
            if unit.state == UnitState.LISTED.value:
                assert unit.owner_kind in SALEABLE
                assert unit.id not in live

    @invariant()
    def each_sale_is_paid_once_by_its_rule(self) -> None:
        """Invariants 7 and 8."""
        payouts = [each for each in self._rows(Payout) if each.status != "cancelled"]
        assert len({each.document for each in payouts}) == len(payouts)
        for contract in self._rows(Contract):
            told = self.shop.read(lambda db, c=contract: books.balances(db, f"contract:{c.id}"))
            assert sum(told.values()) == 0
            if contract.basis is None:
                assert told == {}
                continue
            assert contract.basis == contract.payout + contract.commission
            if contract.rate_bps is not None:
                share = rules.consignment_payout(ConsignmentTerms(), Yen(contract.basis))
                assert contract.payout == share.payout
            else:
                assert contract.payout >= contract.guarantee_amount
        for row in self._rows(GuaranteeRequest):
            contract = next(each for each in self._rows(Contract) if each.id == row.contract_id)
            term = rules.consignment_term(ConsignmentTerms(), contract.start_on)
            if row.amount is not None:
                assert row.amount >= contract.guarantee_amount
                assert term.holds(row.sent_at)
                assert contract.state in {ContractState.CONVERTED, "paid", "closed"}

    @invariant()
    def no_more_goes_back_than_was_paid(self) -> None:
        """Invariant 9."""
        refunded: dict[str, int] = {}
        for row in self._rows(Refund):
            refunded[row.tender_id] = refunded.get(row.tender_id, 0) + row.amount
        tenders = self._rows(Tender)
        for tender in tenders:
            assert tender.refunded == refunded.get(tender.id, 0) <= tender.amount
        for order in self._rows(SaleOrder):
            assert self.shop.books(order.id).is_even
            its = [each for each in tenders if each.order_id == order.id]
            paid, back = (sum(each.amount for each in its), sum(each.refunded for each in its))
            by_credit = [each for each in its if each.kind == "credit"]
            share = sum(each.amount for each in by_credit) * back // paid if paid else 0
            assert sum(each.refunded for each in by_credit) == share

    @invariant()
    def the_journal_rebuilds_it(self) -> None:
        """Invariant 12."""
        assert self.shop.is_replayed()


def _run(engine: str, *, examples: int, steps: int) -> None:
    class Machine(Trade):
        pass

    Machine.engine = engine
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        ),
    )


def test_random_trade_keeps_every_promise() -> None:
    """A small share of the long run."""
    _run("sqlite", examples=4, steps=25)


@pytest.mark.soak
@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_random_trade_keeps_every_promise_for_long(engine: str) -> None:
    """The long run, on both databases."""
    _run(engine, examples=200, steps=100)
