"""A consigned piece goes home, by carrier or over the counter (R-077, KOB-2)."""

import pytest
from sqlmodel import select

from catalog.consignment import going_home
from catalog.consignment.contracts import ContractElsewhere, StaffOnly
from catalog.consignment.going_home import ProxyUnproven, Taker
from catalog.duties.identity.documents import Document
from catalog.duties.tables import LedgerRow
from catalog.items.parcels.actions import TrackingTaken
from catalog.orders import tracking
from catalog.orders.tracking import TrackingLine
from tests.catalog.consignment.shelf import STAFF, Shelf, person

IN_PERSON = Taker(Document.PASSPORT)


def going(shelf: Shelf) -> tuple[str, str]:
    """A contract whose piece waits to be sent back."""
    who = shelf.consignor()
    contract_id, unit_id = shelf.consigned(who)
    shelf.withdraw(contract_id, who)
    return contract_id, unit_id


def out_rows(shelf: Shelf) -> list[str]:
    rows = shelf.read(lambda db: db.exec(select(LedgerRow.kind).order_by(LedgerRow.id)).all())
    return [each for each in rows if each == "returned"]


def test_the_carrier_takes_it_home_and_its_word_ends_the_contract(shelf: Shelf) -> None:
    contract_id, unit_id = going(shelf)
    told = {"carrier": "ヤマト", "tracking_no": "4711-0815", "now": shelf.now}
    with pytest.raises(StaffOnly):
        who = person(shelf.contract(contract_id).customer_id)
        shelf.write(going_home.send, contract_id, actor=who, key="0", **told)
    for _ in range(2):
        shelf.write(going_home.send, contract_id, actor=STAFF, key="1", **told)
    unit = shelf.unit(unit_id)
    assert (unit.state, unit.custody) == ("in_transit_out", "carrier")
    assert shelf.contract(contract_id).state == "returning"
    assert shelf.told(f"contract:{contract_id}").count("consignment_sent_home") == 1
    assert "return_to_consignor" not in shelf.open_tasks()
    with pytest.raises(ContractElsewhere):
        shelf.write(going_home.send, contract_id, actor=STAFF, key="2", **told)
    line = TrackingLine("yamato", "4711-0815", "配達完了", shelf.now)
    for _ in range(2):
        shelf.write(tracking.track, line, by="carrier", now=shelf.now)
    unit = shelf.unit(unit_id)
    assert (unit.state, unit.custody) == ("returned", "customer")
    assert shelf.contract(contract_id).state == "returned"
    assert out_rows(shelf) == ["returned"]
    assert shelf.is_replayed()


def test_a_number_that_another_parcel_has_moves_nothing(shelf: Shelf) -> None:
    first, _ = going(shelf)
    second, unit_id = going(shelf)
    told = {"carrier": "yamato", "tracking_no": "4711-0815", "actor": STAFF, "now": shelf.now}
    shelf.write(going_home.send, first, key="1", **told)
    with pytest.raises(TrackingTaken):
        shelf.write(going_home.send, second, key="2", **told)
    assert shelf.unit(unit_id).state == "return_pending"


def test_it_is_there_when_somebody_says_so(shelf: Shelf) -> None:
    contract_id, unit_id = going(shelf)
    told = {"actor": STAFF, "now": shelf.now}
    with pytest.raises(ContractElsewhere):
        shelf.write(going_home.there, contract_id, key="0", **told)
    shelf.write(
        going_home.send, contract_id, carrier="sagawa", tracking_no="12345", key="1", **told
    )
    for _ in range(2):
        shelf.write(going_home.there, contract_id, key="2", **told)
    assert (shelf.contract(contract_id).state, shelf.unit(unit_id).state) == ("returned",) * 2
    assert shelf.told(f"contract:{contract_id}").count("consignment_returned") == 1


@pytest.mark.parametrize(
    ("taker", "lacks"),
    [
        (Taker(None, "D-12", is_proxy=True), "document"),
        (Taker(Document.PASSPORT, None, is_proxy=True), "attorney_paper"),
        (Taker(Document.PASSPORT, "山田太郎", is_proxy=True), "attorney_paper"),
    ],
)
def test_nobody_takes_it_for_the_consignor_without_papers(
    shelf: Shelf, taker: Taker, lacks: str
) -> None:
    contract_id, unit_id = going(shelf)
    with pytest.raises(ProxyUnproven) as refused:
        shelf.write(
            going_home.hand_over, contract_id, taker, actor=STAFF, now=shelf.now, key="1"
        )  # fmt: skip
    assert refused.value.field == lacks
    assert shelf.unit(unit_id).state == "return_pending"


@pytest.mark.parametrize("taker", [IN_PERSON, Taker(Document.PASSPORT, "D-12", is_proxy=True)])
def test_at_the_counter_the_contract_ends_with_its_ledger_row(shelf: Shelf, taker: Taker) -> None:
    contract_id, unit_id = going(shelf)
    for _ in range(2):
        shelf.write(
            going_home.hand_over, contract_id, taker, actor=STAFF, now=shelf.now, key="1"
        )  # fmt: skip
    unit = shelf.unit(unit_id)
    assert (unit.state, unit.custody) == ("returned", "customer")
    assert shelf.contract(contract_id).state == "returned"
    assert out_rows(shelf) == ["returned"]
    assert "return_to_consignor" not in shelf.open_tasks()
    assert shelf.is_replayed()
