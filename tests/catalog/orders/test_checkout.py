"""Reserving and paying: all or nothing, to the yen, one buyer for one piece (R-083, CRD-7)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from catalog.consignment import ending
from catalog.consignment.selling import NotForSale
from catalog.credit.queries import balance
from catalog.ground.errors import ShopError
from catalog.ground.journal import KeyUsedOtherwise
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId, UnitId
from catalog.ground.session.database import Database
from catalog.items.actions import MoveRefused, UnitTaken
from catalog.items.kinds import UnitState
from catalog.items.places.actions import open_place, put
from catalog.orders import actions, lapsing
from catalog.orders.actions import NotPayable, Tendered, TenderMismatch, TooLateToCancel
from catalog.orders.checkout import Basket, BuyerMissing, NoPlace, checkout, quote
from catalog.orders.states import Delivery, TenderKind
from catalog.orders.steps import OrderMalformed
from tests.catalog.consignment.shelf import tokyo
from tests.catalog.orders.counter import COLLECT, Counter


def test_a_basket_is_reserved_paid_and_confirmed(counter: Counter) -> None:
    """R-093."""
    who = counter.customer()
    own, other = counter.owned("W-1001"), counter.owned("W-1002", 50_000)
    made = counter.basket(who, own, other)
    assert (made.goods, made.shipping, made.total, made.to_pay) == (150_000, 0, 150_000, 150_000)
    assert made.reserved_until == counter.now + timedelta(minutes=30)
    assert counter.unit(own).state == UnitState.RESERVED
    assert counter.pay(made).state == "paid"
    unit = counter.unit(own)
    assert (unit.state, unit.owner_kind, unit.owner_id) == ("sold", "buyer", who)
    assert counter.told(f"order:{made.order_id}") == ["order_confirmed"]
    assert counter.books(made.order_id).is_even
    assert counter.is_replayed()


def test_all_pieces_or_none(counter: Counter) -> None:
    first, second = counter.customer(), counter.customer()
    one, two = counter.owned("W-1001"), counter.owned("W-1002")
    counter.basket(first, two)
    with pytest.raises(UnitTaken):
        counter.basket(second, one, two)
    assert counter.unit(one).state == UnitState.LISTED
    with pytest.raises(OrderMalformed):
        counter.basket(second, one, one)
    with pytest.raises(BuyerMissing):
        counter.basket(CustomerId("nobody"), one)


@pytest.mark.parametrize("amount", [99_999, 100_001])
def test_what_is_paid_is_what_is_due(counter: Counter, amount: int) -> None:
    who, unit_id = counter.customer(), counter.owned("W-1001")
    made = counter.basket(who, unit_id)
    with pytest.raises(TenderMismatch) as refused:
        counter.pay(made, Tendered(TenderKind.CARD, Yen(amount), "p"))
    assert (refused.value.due, refused.value.given) == (100_000, amount)
    with pytest.raises(OrderMalformed):
        counter.pay(made, Tendered(TenderKind.CREDIT, Yen(100_000), "p"))
    assert counter.unit(unit_id).state == UnitState.RESERVED


def test_credit_pays_what_was_asked_for_and_no_more(counter: Counter) -> None:
    """CRD-7."""
    who, unit_id = counter.customer(), counter.owned("W-1001")
    counter.credit(who, 30_000)
    made = counter.basket(who, unit_id, credit=40_000)
    assert (made.credit, made.to_pay) == (30_000, 70_000)
    assert counter.read(lambda db: balance(db, who, counter.now)).spendable == 0
    counter.pay(made)
    assert counter.tenders(made.order_id) == {"credit": (30_000, 0), "card": (70_000, 0)}
    assert counter.is_replayed()


def test_a_hold_that_ended_is_taken_anew_while_the_piece_is_kept(counter: Counter) -> None:
    """CRD-5: the hold lasts 15 minutes, the reservation 30."""
    who, unit_id = counter.customer(), counter.owned("W-1001")
    counter.credit(who, 30_000)
    made = counter.basket(who, unit_id, credit=30_000)
    counter.go(minutes=20)
    counter.pay(made)
    assert counter.tenders(made.order_id)["credit"] == (30_000, 0)
    assert counter.read(lambda db: balance(db, who, counter.now)).spendable == 0
    assert counter.is_replayed()


def test_an_order_that_was_not_paid_lapses_by_the_clock(counter: Counter) -> None:
    who, other = counter.customer(), counter.customer()
    unit_id = counter.owned("W-1001")
    counter.credit(who, 30_000)
    made = counter.basket(who, unit_id, credit=30_000)
    counter.go(minutes=30)
    with pytest.raises(NotPayable):
        counter.pay(made)
    again = counter.basket(other, unit_id)  # no job has run
    assert counter.order(made.order_id).state == "cancelled"
    assert counter.read(lambda db: balance(db, who, counter.now)).spendable == 30_000
    counter.go(minutes=31)
    for _ in range(2):
        counter.write(lapsing.run_lapses, counter.now)
    assert counter.order(again.order_id).state == "cancelled"
    assert counter.unit(unit_id).state == UnitState.LISTED
    assert counter.is_replayed()


def test_a_lapsed_reservation_honours_the_parked_guarantee(counter: Counter) -> None:
    """CON-7."""
    consignor, who = counter.consignor(), counter.customer()
    contract_id, unit_id = counter.consigned(consignor, guarantee=200_000)
    counter.basket(who, unit_id)
    counter.request(contract_id, consignor)
    counter.go(minutes=31)
    counter.write(lapsing.run_lapses, counter.now)
    assert counter.contract(contract_id).state == "converted"
    assert counter.unit(unit_id).state == UnitState.STOCK


def test_a_due_drop_is_in_the_price_before_the_job_has_run(counter: Counter) -> None:
    """CON-8."""
    who = counter.customer()
    _, unit_id = counter.consigned(counter.consignor(), 300_000)
    counter.now = tokyo("2026-11-30 00:00")
    assert counter.basket(who, unit_id).goods == 270_000


def test_a_piece_whose_contract_has_ended_is_not_sold(counter: Counter) -> None:
    who = counter.customer()
    contract_id, unit_id = counter.consigned(counter.consignor())
    counter.now = tokyo("2027-03-31 00:00")
    counter.write(ending.run_terms, counter.now)
    assert counter.contract(contract_id).state == "term_ended"
    with pytest.raises((NotForSale, MoveRefused)):
        counter.basket(who, unit_id)


def test_shipping_is_free_from_the_threshold_and_bundled_by_place(counter: Counter) -> None:
    """R-096, R-097."""
    who = counter.customer()
    one, two = counter.owned("W-1001", 10_000), counter.owned("W-1002", 12_000)
    for name, rank, ships in (("ginza", 1, True), ("kura", 0, True), ("depot", 2, False)):
        counter.write(
            open_place,
            name,
            rank=rank,
            ships=ships,
            hands_over=name == "ginza",
            by="t",
            now=counter.now,
        )
    counter.write(put, one, "ginza", by="t", now=counter.now)
    counter.write(put, two, "depot", by="t", now=counter.now)

    def cost(*units: UnitId, **told: object) -> tuple[int, int, tuple[str, ...], str | None]:
        told_ = counter.read(lambda db: quote(db, Basket(who, units, **told)))  # type: ignore[arg-type]
        return (
            told_.shipping, told_.missing, tuple(place for _, place in told_.sent_from),
            told_.pick_up_at,
        )  # fmt: skip

    assert cost(one) == (1_650, 20_000, ("ginza",), None)
    assert cost(two) == (1_650, 18_000, ("kura",), None)  # the depot does not ship
    assert cost(one, two)[0] == 1_650  # bundled, whatever the places
    assert cost(two, delivery=Delivery.COLLECT) == (0, 18_000, (), "ginza")
    with pytest.raises(NoPlace):
        cost(two, delivery=Delivery.COLLECT, place="kura")
    three = counter.owned("W-1003", 30_000)
    assert cost(three)[:2] == (0, 0)


def test_cancelled_before_shipping_everything_goes_back(counter: Counter) -> None:
    consignor, who = counter.consignor(), counter.customer()
    contract_id, unit_id = counter.consigned(consignor, 100_000)
    counter.credit(who, 30_000)
    made = counter.bought(who, unit_id, credit=30_000)
    assert counter.contract(contract_id).state == "sold"
    counter.pack(made.order_id)
    told = {"reason": "changed", "by": "staff:S1", "now": counter.now, "key": "c"}
    for _ in range(3):
        assert counter.write(actions.cancel, made.order_id, **told).state == "cancelled"
    assert counter.tenders(made.order_id) == {"credit": (30_000, 30_000), "card": (70_000, 70_000)}
    unit = counter.unit(unit_id)
    assert (unit.state, unit.owner_kind, unit.owner_id) == ("listed", "consignor", consignor)
    assert counter.contract(contract_id).state == "active"
    assert counter.read(lambda db: balance(db, who, counter.now)).spendable == 30_000
    assert counter.tasks().count("refund_money") == 1
    assert counter.books(made.order_id).is_even
    assert counter.is_replayed()


def test_what_is_on_its_way_is_returned_not_cancelled(counter: Counter) -> None:
    who, unit_id = counter.customer(), counter.owned("W-1001")
    made = counter.bought(who, unit_id)
    counter.pack(made.order_id)
    counter.ship(made.order_id)
    with pytest.raises(TooLateToCancel):
        counter.write(
            actions.cancel, made.order_id, reason="x", by="t", now=counter.now, key=counter.key()
        )


def test_a_command_sent_again_has_one_effect(counter: Counter) -> None:
    """CMD-1."""
    who, unit_id = counter.customer(), counter.owned("W-1001")
    made = [counter.basket(who, unit_id, key="k") for _ in range(3)]
    assert len(set(made)) == 1
    paid = {counter.pay(made[0], key="p").version for _ in range(3)}
    assert len(paid) == 1
    with pytest.raises(KeyUsedOtherwise):
        counter.basket(who, unit_id, key="k", delivery=COLLECT)
    assert counter.tenders(made[0].order_id) == {"card": (100_000, 0)}


def race(counter: Counter, *, buyers: int, rounds: int) -> None:
    """One piece, many buyers at once: exactly one order each round."""
    whos = [counter.customer() for _ in range(buyers)]

    def attempt(database: Database, who: CustomerId, unit_id: UnitId, key: str) -> int:
        basket = Basket(who, (unit_id,))
        try:
            database.write(lambda db: checkout(db, basket, by="bot", now=counter.now, key=key))
        except ShopError:
            return 0
        return 1

    for number in range(rounds):
        unit_id = counter.owned(f"W-{2000 + number}")
        with ThreadPoolExecutor(min(buyers, 16)) as pool:
            won = pool.map(
                lambda each, unit_id=unit_id, number=number: attempt(
                    counter.database, each[1], unit_id, f"r{number}-{each[0]}"
                ),
                enumerate(whos),
            )
        assert sum(won) == 1
    assert counter.is_replayed()


def test_of_many_buyers_one_gets_the_piece(counter: Counter) -> None:
    """A small share of fifty buyers and two hundred rounds."""
    race(counter, buyers=10, rounds=3)


@pytest.mark.soak
def test_of_fifty_buyers_one_gets_the_piece_two_hundred_times(counter: Counter) -> None:
    """Invariant 6."""
    race(counter, buyers=50, rounds=200)


def test_a_buyer_and_the_consignor_at_the_same_moment(counter: Counter) -> None:
    """CON-7: sold to the shop, or reserved with the request parked; never both."""
    who = counter.customer()
    for _ in range(3):
        consignor = counter.consignor()
        contract_id, unit_id = counter.consigned(consignor, guarantee=200_000)

        def buy(unit_id: UnitId = unit_id) -> bool:
            try:
                counter.basket(who, unit_id)
            except ShopError:
                return False
            return True

        def convert(contract_id: str = contract_id, consignor: CustomerId = consignor) -> str:
            return counter.request(contract_id, consignor).state.value

        with ThreadPoolExecutor(2) as pool:
            bought, asked = pool.submit(buy), pool.submit(convert)
            assert (bought.result(), asked.result()) in {(True, "parked"), (False, "accepted")}
    assert counter.is_replayed()


def test_an_order_paid_twice_at_once_is_paid_once(counter: Counter) -> None:
    """Two workers, two keys: one payment."""
    who, unit_id = counter.customer(), counter.owned("W-1001")
    made = counter.basket(who, unit_id)

    def pay(_: int) -> bool:
        try:
            counter.pay(made)
        except ShopError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(pay, range(4))) == 1
    assert counter.tenders(made.order_id) == {"card": (100_000, 0)}
