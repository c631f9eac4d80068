"""The agreed price drops: on their days, never below the guarantee, each step once (CON-8)."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.consignment import prices, rules
from catalog.consignment.terms import ConsignmentTerms
from catalog.ground.money import Yen
from catalog.items.freezing import freeze, unfreeze
from catalog.items.kinds import UnitState
from catalog.items.prices import prices_of
from catalog.items.reservations import reserve, unreserve
from tests.catalog.consignment.shelf import Shelf, day, tokyo


def test_the_published_example_drops_once_and_then_asks(shelf: Shelf) -> None:
    """CON-8: 88,000, least 50,000, guaranteed 55,000: 79,200, then blocked twice."""
    who = shelf.consignor()
    contract_id, unit_id = shelf.consigned(who, 88_000, least=50_000, guarantee=55_000)
    for moment, price in (
        ("2026-11-29 23:59", 88_000), ("2026-11-30 00:00", 79_200), ("2026-12-30 00:00", 79_200),
        ("2027-01-29 00:00", 79_200),
    ):  # fmt: skip
        shelf.now = tokyo(moment)
        for _ in range(2):
            shelf.write(prices.run_drops, shelf.now)
        assert shelf.unit(unit_id).price == price, moment
    told = shelf.told(f"contract:{contract_id}")
    assert (told.count("price_changed"), told.count("price_drop_blocked")) == (1, 2)
    assert [each.price_after for each in shelf.read(lambda db: prices_of(db, unit_id))] == [79_200]
    assert shelf.contract(contract_id).drops_done == 120
    assert shelf.is_replayed()


def test_after_downtime_the_steps_run_in_order_at_once(shelf: Shelf) -> None:
    who = shelf.consignor()
    _, unit_id = shelf.consigned(who, 300_000, least=100_000)
    shelf.go(days=130)
    shelf.write(prices.run_drops, shelf.now)
    assert shelf.unit(unit_id).price == 210_000


def test_a_price_a_buyer_has_stays_and_the_step_follows(shelf: Shelf) -> None:
    who = shelf.consignor()
    _, unit_id = shelf.consigned(who, 300_000)
    shelf.now = tokyo("2026-11-29 23:50")
    until = shelf.now + timedelta(minutes=30)
    shelf.write(reserve, unit_id, order_id="o1", until=until, by="t", now=shelf.now)
    shelf.now = tokyo("2026-11-30 00:00")
    shelf.write(prices.run_drops, shelf.now)
    assert shelf.unit(unit_id).price == 300_000
    shelf.write(unreserve, unit_id, order_id="o1", by="t", now=shelf.now)
    shelf.write(prices.drop_due, unit_id, by="t", now=shelf.now)
    assert shelf.unit(unit_id).price == 270_000


@given(
    initial=st.integers(20_000, 10_000_000),
    least=st.integers(0, 10_000_000),
    guarantee=st.none() | st.integers(1, 9_000_000),
    days=st.integers(0, 200),
    split=st.integers(0, 200),
)
@settings(max_examples=200, deadline=None)
def test_running_the_steps_in_two_goes_is_running_them_at_once(
    initial: int, least: int, guarantee: int | None, days: int, split: int
) -> None:
    """CON-8: the clock's hour of running never changes a price."""
    terms, start = ConsignmentTerms(), day("2026-10-01")
    told = {
        "start_on": start,
        "initial": Yen(initial),
        "least": Yen(min(least, initial)),
        "guarantee": None if guarantee is None else Yen(guarantee),
    }
    whole = rules.list_price_on(terms, **told, day=start + timedelta(days=days))
    first_day = start + timedelta(days=min(split, days))
    first = rules.list_price_on(terms, **told, day=first_day)
    then = rules.due_drops(
        terms, **told, day=start + timedelta(days=days), price=first.price,
        after=rules.steps_come(terms, start, first_day),
    )  # fmt: skip
    assert then.price == whole.price
    assert whole.price <= initial
    if guarantee is not None and whole.price < initial:
        assert rules.consignment_payout(terms, whole.price).payout >= guarantee


def test_a_piece_the_police_hold_keeps_its_price_and_stops_nobody_s_drop(shelf: Shelf) -> None:
    """CON-8: the step waits until the piece can be priced again."""
    who = shelf.consignor()
    _, held = shelf.consigned(who)
    _, other = shelf.consigned(shelf.consignor())
    shelf.write(freeze, held, UnitState.POLICE_HOLD, by="staff:S1", now=shelf.now)
    shelf.go(days=61)
    shelf.write(prices.run_drops, shelf.now)
    assert shelf.unit(held).price == 300_000
    shelf.write(unfreeze, held, by="staff:S1", now=shelf.now)
    shelf.write(prices.run_drops, shelf.now)
    assert shelf.unit(held).price == shelf.unit(other).price
