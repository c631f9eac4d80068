"""Parcels and their events: noted once, in any order, never backwards (R-101)."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.ground.record import UnitId
from catalog.ground.session.database import Database
from catalog.items.actions import Owner, UnitMissing
from catalog.items.kinds import OwnerKind, UnitState, may_move
from catalog.items.parcels.actions import (
    ParcelMissing,
    TrackingMalformed,
    TrackingTaken,
    make,
    note_number,
    note_tracking,
    parcels_of,
    units_in,
)
from catalog.items.parcels.labels import COLUMNS, Address, Label, carrier_csv
from catalog.items.parcels.rules import (
    STEPS,
    Direction,
    ParcelState,
    leads_forward,
    meaning,
    steps,
    tracking_page,
)
from catalog.items.parcels.tables import Parcel
from tests.catalog.items.pieces import (
    NOW,
    entered,
    is_replayed,
    listed,
    unit_of,
    verbs_of,
    walked,
)

S = UnitState


def _make(
    database: Database,
    direction: Direction,
    *units: UnitId,
    key: str = "m1",
    number: str | None = "1234-5678-9012",
    about: str = "case:1",
) -> Parcel:
    return database.write(
        lambda db: make(
            db,
            direction,
            about=about,
            unit_ids=units,
            carrier="ヤマト運輸",
            tracking_no=number,
            by="staff:1",
            now=NOW,
            key=key,
        )
    )


def _told(database: Database, event: str, minutes: int = 0, number: str = "123456789012") -> str:
    at = NOW + timedelta(minutes=minutes)
    parcel = database.write(lambda db: note_tracking(db, "yamato", number, event, at, now=NOW))
    return parcel.state if parcel else "unknown"


def test_a_parcel_is_made_once_with_its_number(database: Database) -> None:
    first = _make(database, Direction.KIT, number=None)
    assert _make(database, Direction.KIT, number=None).id == first.id
    for _ in range(2):
        database.write(lambda db: note_number(db, first.id, "1234 5678 9012", by="s", now=NOW))
    with pytest.raises(TrackingTaken):
        _make(database, Direction.OUT, key="m2")
    with pytest.raises(TrackingMalformed):
        _make(database, Direction.OUT, key="m3", number="#1")
    with pytest.raises(UnitMissing):
        _make(database, Direction.OUT, UnitId("no"), key="m4", number=None)
    with pytest.raises(ParcelMissing):
        database.write(lambda db: note_number(db, "no", "12345678", by="s", now=NOW))
    assert [each.id for each in database.read(lambda db: parcels_of(db, "case:1"))] == [first.id]


def test_a_slip_in_a_number_is_put_right_until_the_carrier_knows_it(database: Database) -> None:
    first = _make(database, Direction.KIT, number=None)
    other = _make(database, Direction.KIT, key="m2", number="2222")
    for number in ("123456789021", "123456789012"):
        database.write(lambda db, n=number: note_number(db, first.id, n, by="s", now=NOW))
    with pytest.raises(TrackingTaken):
        database.write(lambda db: note_number(db, first.id, "2222", by="s", now=NOW))
    assert _told(database, "集荷", number="123456789021") == "unknown"
    assert _told(database, "集荷") == "picked_up"
    with pytest.raises(TrackingTaken):
        database.write(lambda db: note_number(db, first.id, "999999999999", by="s", now=NOW))
    assert other.tracking_no == "2222"


def test_a_piece_on_its_way_in_moves_once(database: Database) -> None:
    seller = Owner(OwnerKind.CUSTOMER, "C1")
    unit_id = UnitId(entered(database, owner=seller, state=S.EXPECTED, custody="customer").id)
    parcel = _make(database, Direction.IN, unit_id)
    assert database.read(lambda db: units_in(db, parcel.id)) == [unit_id]
    assert _told(database, "荷物受付") == "picked_up"
    assert _told(database, "荷物受付") == "picked_up"
    assert _told(database, "輸送中", 60) == "in_transit"
    assert _told(database, "配達完了", 600) == "delivered"
    assert _told(database, "作業店通過", 300) == "delivered"  # came late
    row = unit_of(database, unit_id)
    assert (row.state, row.custody) == ("in_transit_in", "carrier")
    assert verbs_of(database, unit_id) == ["entered", "in_transit_in"]
    assert is_replayed(database)


def test_a_sold_piece_reaches_its_buyer(database: Database) -> None:
    [unit_id] = listed(database, "W-1")
    walked(database, unit_id, S.RESERVED, S.SOLD)
    _make(database, Direction.OUT, unit_id, about="order:1")
    assert _told(database, "お届け済み") == "delivered"
    row = unit_of(database, unit_id)
    assert (row.state, row.custody) == ("delivered", "buyer")
    assert verbs_of(database, unit_id)[-2:] == ["shipped", "delivered"]


def test_a_returned_piece_reaches_its_owner(database: Database) -> None:
    [unit_id] = listed(database, "W-1")
    walked(database, unit_id, S.RETURN_PENDING)
    _make(database, Direction.OUT, unit_id)
    assert _told(database, "発送済み") == "picked_up"
    assert unit_of(database, unit_id).state == "in_transit_out"
    assert _told(database, "配達完了", 10) == "delivered"
    assert unit_of(database, unit_id).state == "returned"


def test_an_unknown_number_or_word_changes_nothing(database: Database) -> None:
    assert _told(database, "配達完了", number="000000000000") == "unknown"
    [unit_id] = listed(database, "W-1")
    _make(database, Direction.OUT, unit_id)
    assert _told(database, "よく分からない") == "made"
    assert _told(database, "配達完了") == "delivered"
    assert unit_of(database, unit_id).state == "listed"


EVENTS = ("荷物受付", "輸送中", "持ち出し", "配達完了")


@pytest.mark.parametrize("order", list(itertools.permutations(EVENTS)))
def test_events_in_any_order_end_alike(order: tuple[str, ...]) -> None:
    state, unit = ParcelState.MADE, S.SOLD
    for event in (*order, *order):
        told = meaning(event)
        assert told is not None
        if leads_forward(state, told):
            state = told
            for step in steps(Direction.OUT, told, unit):
                unit = step.after
    assert (state, unit) == (ParcelState.DELIVERED, S.DELIVERED)


@given(
    st.sampled_from(list(Direction)), st.sampled_from(list(ParcelState)), st.sampled_from(list(S))
)
def test_carriers_move_pieces_only_along_the_table(
    direction: Direction, state: ParcelState, unit: UnitState
) -> None:
    for step in steps(direction, state, unit):
        assert step.before is unit
        assert may_move(step.before, step.after)
        unit = step.after
    assert all(may_move(step.before, step.after) for told in STEPS.values() for step in told)


HOME = Address("髙橋 𠮷野", "100-0001", "東京都千代田区千代田1〜1", "", "+81312345678")
SHOP = Address("証商店", "104-0061", "東京都中央区銀座1−1", "2F", "0312345678")


def test_labels_are_written_for_the_carriers_program() -> None:
    label = Label("P1", Direction.KIT, date(2026, 11, 24), HOME, SHOP, "梱包キット")
    told = carrier_csv([label, Label("P2", Direction.OUT, date(2026, 11, 24), HOME, SHOP, "時計")])
    lines = told.decode("cp932").split("\r\n")
    assert lines[0].split(",") == list(COLUMNS)
    cells = lines[1].split(",")
    assert len(cells) == len(COLUMNS)
    assert cells[:3] == ["P1", "梱包キット", "2026/11/24"]
    assert cells[4:9] == ["100-0001", "東京都千代田区千代田1～1", "", "髙橋 吉野", "0312345678"]
    assert len(lines) == 4


@given(st.text(max_size=120))
def test_any_name_can_be_written_and_none_is_a_formula(name: str) -> None:
    import csv
    import io

    home = Address(name, "100-0001", name)
    told = carrier_csv([Label("P1", Direction.IN, date(2026, 11, 24), home, SHOP, name)])
    rows = list(csv.reader(io.StringIO(told.decode("cp932"), newline="")))
    assert len(rows) == 2
    assert len(rows[1]) == len(COLUMNS)
    assert not rows[1][7].startswith(("=", "+", "-", "@"))


@pytest.mark.parametrize(
    ("carrier", "page"),
    [
        (
            "yamato",
            "https://jizen.kuronekoyamato.co.jp/jizen/servlet/crjz.b.NQ0010?id=390012345678",
        ),
        ("sagawa", "https://k2k.sagawa-exp.co.jp/p/web/okurijosearch.do?okurijoNo=390012345678"),
        ("bike messenger", None),
    ],
)
def test_the_carriers_page_is_known_or_there_is_none(carrier: str, page: str | None) -> None:
    """R-093: stage and carrier link."""
    assert tracking_page(carrier, "3900-1234-5678") == page
