"""Packing, sending, handing over, and the end of the return window (R-093, R-097, TOK-3, KOB-2)."""

import pytest
from sqlmodel import select

from catalog.duties.tables import LedgerRow
from catalog.ground.money import Yen
from catalog.items.kinds import UnitState
from catalog.orders import costs, dispatch
from catalog.orders.dispatch import Packed, PickupRefused, SerialDiffers
from catalog.orders.queries import status
from catalog.orders.states import CostKind
from catalog.orders.steps import LineElsewhere, OrderMalformed, OrderMissing
from tests.catalog.consignment.shelf import day, tokyo
from tests.catalog.orders.counter import COLLECT, Counter


def test_an_order_goes_through_its_stages_and_each_is_told(counter: Counter) -> None:
    who, unit_id = counter.customer(), counter.owned("W-1001")
    made = counter.bought(who, unit_id)
    with pytest.raises(OrderMalformed):
        counter.ship(made.order_id)  # nothing is packed
    counter.pack(made.order_id)
    counter.ship(made.order_id)
    told = counter.read(lambda db: status(db, made.order_no))
    assert (told.state, told.pieces[0].carrier, told.pieces[0].tracking_no) == (
        "shipped", "yamato", "12345678",
    )  # fmt: skip
    counter.deliver(made.order_id)
    told = counter.read(lambda db: status(db, made.order_no))
    assert told.last_return_day == day("2026-10-08")
    assert counter.told(f"order:{made.order_id}") == [
        "order_confirmed", "order_packed", "order_shipped", "order_delivered",
    ]  # fmt: skip
    unit = counter.unit(unit_id)
    assert (unit.state, unit.custody) == ("delivered", "buyer")
    rows = counter.read(lambda db: db.exec(select(LedgerRow.kind, LedgerRow.price)).all())
    assert ("sold", 100_000) in [tuple(row) for row in rows]
    with pytest.raises(OrderMissing):
        counter.read(lambda db: status(db, "O-none"))
    assert counter.is_replayed()


def test_another_serial_is_not_packed(counter: Counter) -> None:
    who = counter.customer()
    unit_id = counter.owned("W-1001")
    counter.write(_note_serial, unit_id, "A 123-456", now=counter.now)
    made = counter.bought(who, unit_id)
    told = {"by": "staff:S1", "now": counter.now}
    for serial in ("A123457", None):
        with pytest.raises(SerialDiffers):
            counter.write(
                dispatch.pack, made.order_id, [Packed(unit_id, "s", serial, "film")],
                key=counter.key(), **told,
            )  # fmt: skip
    with pytest.raises(OrderMalformed):
        counter.write(
            dispatch.pack, made.order_id, [Packed(unit_id, "", "a123456", "film")],
            key=counter.key(), **told,
        )  # fmt: skip
    counter.write(
        dispatch.pack, made.order_id, [Packed(unit_id, "s", "a123456", "film")],
        key=counter.key(), **told,
    )  # fmt: skip


def _note_serial(db: object, unit_id: str, serial: str, *, now: object) -> None:
    from catalog.items.entering import Told, describe

    describe(db, unit_id, Told(serial=serial), by="t", now=now, key="serial")  # type: ignore[arg-type]


def test_a_collected_order_is_handed_over_for_its_code(counter: Counter) -> None:
    """R-097."""
    who, unit_id = counter.customer(), counter.owned("W-1001")
    made = counter.bought(who, unit_id, delivery=COLLECT)
    told = {"by": "staff:S1", "now": counter.now}
    code = counter.order(made.order_id).pickup_code
    assert code is not None
    counter.pack(made.order_id)
    assert "order_ready_to_collect" in counter.told(f"order:{made.order_id}")
    for wrong in (None, "", "12345", "x" * 6):
        with pytest.raises(PickupRefused):
            counter.write(
                dispatch.hand_over, made.order_id, pickup_code=wrong, key=counter.key(), **told
            )
    for _ in range(2):
        done = counter.write(
            dispatch.hand_over, made.order_id, pickup_code=f" {code}", key="h", **told
        )
    assert done.state == "delivered"
    assert counter.unit(unit_id).custody == "buyer"


def test_after_the_window_the_piece_is_the_buyers_and_the_consignor_is_owed(
    counter: Counter,
) -> None:
    """TOK-3, PAY-2: delivered on the 1st, returnable through the 8th, paid on the 9th."""
    consignor, who = counter.consignor(), counter.customer()
    contract_id, unit_id = counter.consigned(consignor, 100_000)
    made = counter.delivered(who, unit_id)
    counter.now = tokyo("2026-10-08 23:59")
    counter.write(dispatch.run_windows, counter.now)
    assert counter.order(made.order_id).state == "delivered"
    counter.now = tokyo("2026-10-09 00:00")
    for _ in range(2):
        counter.write(dispatch.run_windows, counter.now)
    assert counter.order(made.order_id).state == "closed"
    assert counter.unit(unit_id).state == UnitState.CLOSED
    (payout,) = counter.payouts(contract_id)
    assert (payout.amount, payout.due_on) == (80_000, tokyo("2026-10-09").date())
    with pytest.raises(LineElsewhere):
        counter.write(
            dispatch.delivered, made.order_id, delivered_on=counter.now.date(),
            unit_ids=[unit_id], by="t", now=counter.now, key="d",
        )  # fmt: skip
    assert counter.is_replayed()


def test_what_a_piece_earned(counter: Counter) -> None:
    """R-098: price less buying price, freight, fees and repair; a consignor's payout is the price
    of buying.
    """
    who = counter.customer()
    unit_id = counter.owned("W-1001")
    _, consigned = counter.consigned(counter.consignor(), 100_000)
    made = counter.bought(who, unit_id, consigned)
    assert counter.read(lambda db: costs.margin(db, made.order_id, unit_id)).margin is None
    told = {"by": "t", "now": counter.now}
    counter.write(costs.note, consigned, CostKind.REPAIR, Yen(3_000), key="a", **told)
    for _ in range(2):
        counter.write(costs.note, consigned, CostKind.FREIGHT, Yen(1_200), key="b", **told)
    counter.write(costs.note, consigned, CostKind.FREIGHT, Yen(-200), key="c", **told)
    earned = counter.read(lambda db: costs.margin(db, made.order_id, consigned))
    assert (earned.bought, earned.freight, earned.repair, earned.margin) == (
        80_000, 1_000, 3_000, 16_000,
    )  # fmt: skip
    with pytest.raises(OrderMalformed):
        counter.write(costs.note, consigned, CostKind.FEE, Yen(0), key="d", **told)
    assert counter.is_replayed()
