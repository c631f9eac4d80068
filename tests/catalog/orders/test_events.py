"""Events of other systems and carriers: each counts once, in any order (R-101)."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from catalog.ground.lines import LineMalformed
from catalog.ground.record import UnitId
from catalog.items.kinds import UnitState
from catalog.items.parcels import actions as parcels
from catalog.items.parcels.rules import Direction
from catalog.orders import tracking
from catalog.orders.events import (
    EventDiffers,
    EventMalformed,
    EventTaken,
    PriceDiffers,
    UnknownThere,
    take_event,
)
from catalog.orders.tables import SaleOrder
from catalog.orders.tracking import ParcelUnknown, TrackingLine
from tests.catalog.orders.counter import Counter


def _take(counter: Counter, event_id: str, kind: str, body: dict[str, Any]) -> EventTaken:
    return counter.write(take_event, "shop", event_id, kind, body, now=counter.now)


def _placed(price: int = 100_000) -> dict[str, Any]:
    return {
        "order_no": "EC-1", "customer_no": "C-9",
        "units": [{"unit_code": "w-1001", "price": price}],
        "tenders": [{"kind": "card", "amount": price, "reference": "p1"}],
    }  # fmt: skip


def test_an_order_of_another_system_runs_to_delivery(counter: Counter) -> None:
    unit_id = counter.owned("W-1001")
    counter.customer("C-9")
    piece = {"unit_code": "W-1001", "seal_id": "s1", "video": "film"}
    events: list[tuple[str, dict[str, Any]]] = [
        ("order.placed", _placed()),
        ("order.packed", {"order_no": "EC-1", "pieces": [piece]}),
        ("order.shipped", {"order_no": "EC-1", "carrier": "ヤマト", "tracking_no": "1111-2222"}),
        ("tracking", {"carrier": "yamato", "tracking_no": "11112222", "event": "配達完了",
                      "at": counter.now.isoformat()}),
    ]  # fmt: skip
    for number, (kind, body) in enumerate(events):
        assert _take(counter, f"e{number}", kind, body).is_new
    for number, (kind, body) in reversed(list(enumerate(events))):
        assert not _take(counter, f"e{number}", kind, body).is_new
    order = counter.read(lambda db: db.exec(select(SaleOrder)).one())
    assert (order.order_no, order.state) == ("EC-1", "delivered")
    assert counter.unit(unit_id).state == UnitState.DELIVERED
    assert counter.is_replayed()


def test_the_same_number_with_another_body_is_refused(counter: Counter) -> None:
    counter.owned("W-1001")
    counter.customer("C-9")
    _take(counter, "e1", "order.placed", _placed())
    with pytest.raises(EventDiffers):
        _take(counter, "e1", "order.placed", {**_placed(), "order_no": "EC-2"})


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"customer_no": "C-0"}, UnknownThere),
        ({"units": [{"unit_code": "W-9", "price": 1}]}, UnknownThere),
        ({"units": [{"unit_code": "W-1001", "price": 99_999}]}, PriceDiffers),
        ({"units": [{"unit_code": "W-1001", "price": 1.5}]}, EventMalformed),
        ({"units": "W-1001"}, EventMalformed),
        ({"order_no": 7}, EventMalformed),
        ({"delivery": "balloon"}, EventMalformed),
        ({"credit": -1}, EventMalformed),
        ({"tenders": [{"kind": "shells", "amount": 1, "reference": "x"}]}, EventMalformed),
    ],
)
def test_a_bad_event_is_refused_and_not_kept(
    counter: Counter, change: dict[str, Any], wrong: type[Exception]
) -> None:
    unit_id = counter.owned("W-1001")
    counter.customer("C-9")
    with pytest.raises(wrong):
        _take(counter, "e1", "order.placed", {**_placed(), **change})
    assert counter.unit(unit_id).state == UnitState.LISTED
    assert _take(counter, "e1", "order.placed", _placed()).is_new  # sent again, mended


def test_an_unknown_kind_is_told(counter: Counter) -> None:
    with pytest.raises(EventMalformed):
        _take(counter, "e1", "order.eaten", {})


def test_tracking_events_count_once_in_any_order(counter: Counter) -> None:
    """R-093."""
    who, unit_id = counter.customer(), counter.owned("W-1001")
    made = counter.bought(who, unit_id)
    counter.pack(made.order_id)
    counter.write(
        parcels.make, Direction.OUT, about=f"order:{made.order_id}", unit_ids=[UnitId(unit_id)],
        carrier="yamato", tracking_no="5555-0001", by="t", now=counter.now, key="parcel",
    )  # fmt: skip
    counter.go(days=2)
    at = counter.now
    line = TrackingLine("ヤマト運輸", "5555-0001", "配達完了", at)
    for _ in range(2):
        counter.write(tracking.track, line, by="carrier", now=counter.now)
    late = TrackingLine("yamato", "55550001", "集荷", at - timedelta(days=1))
    counter.write(tracking.track, late, by="carrier", now=counter.now)
    order = counter.order(made.order_id)
    assert (order.state, order.delivered_on) == ("delivered", at.date())
    assert counter.told(f"order:{made.order_id}").count("order_delivered") == 1
    assert counter.is_replayed()


def test_a_return_on_its_way_is_told(counter: Counter) -> None:
    who, unit_id = counter.customer(), counter.owned("W-1001")
    made = counter.delivered(who, unit_id)
    counter.ask(who, made.order_id, unit_id)
    _, back = counter.read(lambda db: parcels.parcels_of(db, f"order:{made.order_id}"))
    counter.write(parcels.note_number, back.id, "5555-0002", by="t", now=counter.now)
    line = TrackingLine("yamato", "5555-0002", "picked_up", counter.now)
    for _ in range(2):
        counter.write(tracking.track, line, by="carrier", now=counter.now)
    assert counter.unit(unit_id).state == UnitState.RETURN_IN
    assert counter.told(f"order:{made.order_id}").count("return_underway") == 1
    assert counter.is_replayed()


def test_an_unpaid_consignors_piece_comes_home(counter: Counter) -> None:
    """R-077."""
    consignor = counter.consignor()
    contract_id, unit_id = counter.consigned(consignor)
    counter.withdraw(contract_id, consignor)
    counter.write(
        parcels.make, Direction.OUT, about=f"contract:{contract_id}", unit_ids=[unit_id],
        carrier="yamato", tracking_no="5555-0003", by="t", now=counter.now, key="home",
    )  # fmt: skip
    line = TrackingLine("yamato", "5555-0003", "delivered", counter.now)
    for _ in range(2):
        counter.write(tracking.track, line, by="carrier", now=counter.now)
    assert counter.contract(contract_id).state == "returned"
    assert counter.unit(unit_id).state == UnitState.RETURNED
    assert counter.is_replayed()


def test_a_list_of_tracking_events_is_taken_once(counter: Counter) -> None:
    who, unit_id = counter.customer(), counter.owned("W-1001")
    made = counter.bought(who, unit_id)
    counter.pack(made.order_id)
    cells = {"carrier": "ヤマト", "tracking_no": "7777-0001", "at": "2026-10-01 10:00"}
    lines = [
        tracking.parse({**cells, "event": "配達完了", "at": "2026-10-01T10:00:00+09:00"}),
        tracking.parse({**cells, "event": "集荷", "at": "2026/10/01 09:00",
                        "order_no": made.order_no}),
        tracking.parse({**cells, "event": "集荷", "tracking_no": "0000-0000"}),
    ]  # fmt: skip
    took = counter.write(tracking.take_lines, lines, by="t", now=counter.now)
    assert (took.taken, [number for number, _ in took.refused]) == (2, [2])
    assert counter.order(made.order_id).state == "delivered"
    again = counter.write(tracking.take_lines, lines[:2], by="t", now=counter.now)
    assert (again.taken, len(again.already_there)) == (0, 2)
    with pytest.raises(ParcelUnknown):
        counter.write(tracking.track, lines[2], by="t", now=counter.now)


@pytest.mark.parametrize(
    ("column", "value"),
    [("carrier", ""), ("at", "yesterday"), ("at", "2026-13-01"), ("event", "a\x00b")],
)
def test_a_bad_cell_is_named(column: str, value: str) -> None:
    good = {"carrier": "yamato", "tracking_no": "1", "event": "集荷", "at": "2026-10-01"}
    with pytest.raises(LineMalformed) as bad:
        tracking.parse({**good, column: value})
    assert bad.value.column == column
