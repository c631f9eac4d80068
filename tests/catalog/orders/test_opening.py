"""Orders and consignments that were there before, taken in once (ids of lists: consignments,
orders).
"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.consignment import lines as consignment_lines
from catalog.consignment import opening as consignments
from catalog.consignment import prices
from catalog.ground.lines import LineMalformed
from catalog.orders import lines, opening
from tests.catalog.consignment.shelf import day, tokyo
from tests.catalog.orders.counter import Counter

GOOD = {
    "order_no": "EC-1", "customer_no": "C-9", "unit_code": "W-1001", "sold_price": "100,000",
    "ordered_at": "2026-09-01 10:00",
}  # fmt: skip
CONSIGNED = {
    "unit_code": "W-1001", "customer_no": "C-9", "start_on": "2026-07-01",
    "initial_list_price": "120000", "min_price": "80000", "guarantee_amount": "70000",
}  # fmt: skip


def _orders(counter: Counter, *cells: dict[str, str]) -> opening.Taken:
    told = [lines.parse({**GOOD, **each}) for each in cells]
    return counter.write(opening.take_lines, told, by="test", now=counter.now)


def _consignments(counter: Counter, *cells: dict[str, str]) -> consignments.Taken:
    told = [consignment_lines.parse({**CONSIGNED, **each}) for each in cells]
    return counter.write(consignments.take_lines, told, by="test", now=counter.now)


@pytest.mark.parametrize(
    ("state", "unit_state", "owner"),
    [
        ("paid", "sold", "buyer"), ("packed", "sold", "buyer"), ("shipped", "shipped", "buyer"),
        ("delivered", "delivered", "buyer"), ("closed", "closed", "buyer"),
        ("cancelled", "listed", "dealer"), ("returned", "listed", "dealer"),
    ],
)  # fmt: skip
def test_an_order_is_taken_as_far_as_it_was(
    counter: Counter, state: str, unit_state: str, owner: str
) -> None:
    unit_id = counter.owned("W-1001")
    counter.customer("C-9")
    told = {"state": state, "paid_credit": "30000"}
    if state in {"delivered", "closed"}:
        told["delivered_on"] = "2026-09-28"
    assert _orders(counter, told).taken == 1
    again = _orders(counter, told)
    assert (again.taken, list(again.already_there)) == (0, ["EC-1"])
    unit = counter.unit(unit_id)
    assert (unit.state, unit.owner_kind) == (unit_state, owner)
    assert counter.is_replayed()


def test_an_order_in_flight_goes_on_like_any(counter: Counter) -> None:
    """What was paid in credit before comes back as credit that lives 180 days."""
    unit_id = counter.owned("W-1001")
    who = counter.customer("C-9")
    _orders(counter, {"state": "delivered", "delivered_on": "2026-09-30", "paid_credit": "30000"})
    order_id = _order_id(counter)
    return_id = counter.came_back(who, order_id, unit_id)
    counter.refund(return_id)
    assert counter.tenders(order_id) == {"credit": (30_000, 30_000), "other": (70_000, 70_000)}
    assert counter.books(order_id).is_even
    assert counter.is_replayed()


def _order_id(counter: Counter) -> str:
    from sqlmodel import select

    from catalog.orders.tables import SaleOrder

    return counter.read(lambda db: db.exec(select(SaleOrder.id)).one())


def test_pieces_of_one_order_are_one_order_and_bad_lines_are_told(counter: Counter) -> None:
    counter.owned("W-1001")
    counter.owned("W-1002")
    counter.customer("C-9")
    took = _orders(
        counter,
        {},
        {"unit_code": "W-1002"},
        {"order_no": "EC-2"},  # sold already
        {"order_no": "EC-3", "unit_code": "W-9"},
        {"order_no": "EC-4", "customer_no": "C-0", "unit_code": "W-1002"},
        {"order_no": "EC-5", "ordered_at": "2027-01-01"},
    )
    assert (took.taken, [number for number, _ in took.refused]) == (2, [2, 3, 4, 5])
    assert counter.order(_order_id(counter)).total == 200_000


def test_pieces_of_one_order_may_come_in_two_parts_of_a_list(counter: Counter) -> None:
    for code in ("W-1001", "W-1002", "W-1003"):
        counter.owned(code)
    counter.customer("C-9")
    counter.customer("C-8")
    first = {"paid_credit": "30000", "delivered_on": "2026-09-28"}
    _orders(counter, first, {"unit_code": "W-1002", **first})
    took = _orders(counter, {"unit_code": "W-1003"}, {"unit_code": "W-1002", **first})
    assert (took.taken, took.already_there) == (1, ["EC-1"])
    order_id = _order_id(counter)
    assert (counter.order(order_id).total, counter.order(order_id).state) == (300_000, "paid")
    assert counter.tenders(order_id) == {"credit": (60_000, 0), "other": (240_000, 0)}
    foreign = _orders(counter, {"unit_code": "W-1003", "customer_no": "C-8"}, {"unit_code": "W-9"})
    assert (foreign.taken, len(foreign.refused)) == (0, 1)
    assert counter.books(order_id).is_even
    assert counter.is_replayed()


def test_a_consigned_piece_sold_before_is_settled_by_its_contract(counter: Counter) -> None:
    counter.owned("W-1001")
    counter.identify(counter.customer("C-9"))
    counter.customer("C-8")
    assert _consignments(counter, {}).taken == 1
    closed = _orders(counter, {"customer_no": "C-8", "state": "closed"})
    assert [number for number, _ in closed.refused] == [0]
    took = _orders(counter, {"customer_no": "C-8", "delivered_on": "2026-09-30"})
    assert took.taken == 1
    contract_id = _contract_id(counter)
    contract = counter.contract(contract_id)
    assert (contract.state, contract.payout, contract.pay_on) == (
        "return_window", 80_000, day("2026-10-08"),
    )  # fmt: skip
    assert counter.is_replayed()


def _contract_id(counter: Counter) -> str:
    from sqlmodel import select

    from catalog.consignment.tables import Contract

    return counter.read(lambda db: db.exec(select(Contract.id)).one())


def test_a_running_consignment_goes_on_with_its_own_start(counter: Counter) -> None:
    unit_id = counter.owned("W-1001", 108_000)
    who = counter.customer("C-9")
    for taken in (1, 0):
        assert _consignments(counter, {}).taken == taken
    unit, contract = counter.unit(unit_id), counter.contract(_contract_id(counter))
    assert (unit.owner_kind, unit.owner_id, unit.state) == ("consignor", who, "listed")
    assert (contract.start_on, contract.last_day, contract.drops_done) == (
        day("2026-07-01"), day("2026-12-28"), 90,
    )  # fmt: skip
    counter.write(prices.run_drops, counter.now)
    assert counter.unit(unit_id).price == 108_000  # the steps so far are in the list's price
    counter.now = tokyo("2026-10-29 00:00")
    counter.write(prices.run_drops, counter.now)
    assert counter.unit(unit_id).price == 108_000  # 84,000 would pay less than guaranteed
    assert counter.is_replayed()


@pytest.mark.parametrize(
    "cells",
    [
        {"unit_code": "W-9"}, {"customer_no": "C-0"}, {"start_on": "2026-10-02"},
        {"initial_list_price": "19999", "min_price": ""},
    ],
)  # fmt: skip
def test_a_consignment_that_cannot_be_is_refused(counter: Counter, cells: dict[str, str]) -> None:
    counter.owned("W-1001")
    counter.customer("C-9")
    took = _consignments(counter, cells)
    assert (took.taken, len(took.refused)) == (0, 1)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("order_no", ""), ("unit_code", "W"), ("sold_price", "-1"), ("sold_price", "1.5"),
        ("ordered_at", "soon"), ("paid_credit", "100001"), ("state", "eaten"),
        ("delivered_on", "2026-02-30"),
    ],
)  # fmt: skip
def test_a_bad_cell_of_an_order_is_named(column: str, value: str) -> None:
    with pytest.raises(LineMalformed) as bad:
        lines.parse({**GOOD, column: value})
    assert bad.value.column == column


@given(st.dictionaries(st.sampled_from([*CONSIGNED, *GOOD]), st.text(max_size=12)))
def test_any_cells_are_a_line_or_a_clear_refusal(cells: dict[str, str]) -> None:
    for module, good in ((lines, GOOD), (consignment_lines, CONSIGNED)):
        parse: Any = module.parse  # type: ignore[attr-defined]
        try:
            parse({**good, **cells})
        except LineMalformed as bad:
            assert bad.column in {*module.REQUIRED, *module.OPTIONAL}  # type: ignore[attr-defined]
