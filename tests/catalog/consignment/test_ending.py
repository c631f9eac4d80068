"""Ends without a buyer: withdrawn, over, sent back, compensated (CON-5, CON-9, CON-11)."""

from datetime import timedelta

import pytest
from sqlmodel import select

from catalog.consignment import ending, reminders
from catalog.consignment.contracts import ConsignorOnly, ContractElsewhere
from catalog.consignment.ending import CompensationTooLow, ManagerOnly
from catalog.duties.tables import LedgerRow
from catalog.ground.money import Yen
from catalog.ground.worklist import Work
from catalog.items.kinds import UnitState
from catalog.items.reservations import reserve, unreserve
from tests.catalog.consignment.shelf import MANAGER, STAFF, Shelf, person, tokyo


def test_a_piece_is_withdrawn_at_any_time_free(shelf: Shelf) -> None:
    who = shelf.consignor()
    contract_id, unit_id = shelf.consigned(who)
    with pytest.raises(ConsignorOnly):
        shelf.write(ending.withdraw, contract_id, actor=STAFF, now=shelf.now, key="x")
    assert shelf.withdraw(contract_id, who) == ending.Withdrawal("returning", False)
    assert shelf.unit(unit_id).state == UnitState.RETURN_PENDING
    assert "return_to_consignor" in shelf.tasks()
    shelf.move(unit_id, UnitState.IN_TRANSIT_OUT)
    shelf.move(unit_id, UnitState.RETURNED)
    for _ in range(2):
        shelf.write(ending.returned, contract_id, by="carrier", now=shelf.now)
    rows = shelf.read(lambda db: db.exec(select(LedgerRow.kind)).all())
    assert sorted(rows) == ["consigned_in", "returned"]
    assert shelf.contract(contract_id).state == "returned"
    assert shelf.is_replayed()


def test_a_withdrawal_waits_for_a_reservation_and_then_happens(shelf: Shelf) -> None:
    """CON-11."""
    who = shelf.consignor()
    contract_id, unit_id = shelf.consigned(who)
    until = shelf.now + timedelta(minutes=30)
    shelf.write(reserve, unit_id, order_id="o1", until=until, by="t", now=shelf.now)
    assert shelf.withdraw(contract_id, who).is_waiting
    shelf.write(unreserve, unit_id, order_id="o1", by="t", now=shelf.now)
    shelf.write(ending.free_again, unit_id, by="t", now=shelf.now)
    assert shelf.contract(contract_id).state == "returning"
    assert shelf.is_replayed()


def test_after_the_term_the_piece_is_off_sale_and_after_the_grace_goes_home(shelf: Shelf) -> None:
    """CON-9: never disposed of, never stock of the shop."""
    who = shelf.consignor()
    contract_id, unit_id = shelf.consigned(who)
    steps = (
        ("2027-03-30 23:59", "active", "listed"),
        ("2027-03-31 00:00", "term_ended", "unlisted"),
        ("2027-04-29 23:59", "term_ended", "unlisted"),  # the last day of the grace
        ("2027-04-30 00:00", "returning", "return_pending"),
    )
    for moment, state, unit_state in steps:
        shelf.now = tokyo(moment)
        for _ in range(2):
            shelf.write(ending.run_terms, shelf.now)
        assert shelf.contract(contract_id).state == state, moment
        assert shelf.unit(unit_id).state == unit_state, moment
    assert shelf.unit(unit_id).owner_kind == "consignor"
    assert shelf.is_replayed()


def test_within_the_grace_the_consignor_may_ask_for_it(shelf: Shelf) -> None:
    """R-073."""
    who = shelf.consignor()
    contract_id, _ = shelf.consigned(who)
    told = {"actor": person(who), "key": "a"}
    with pytest.raises(ContractElsewhere):
        shelf.write(ending.ask_back, contract_id, now=shelf.now, **told)
    shelf.now = tokyo("2027-03-31 00:00")
    shelf.write(ending.run_terms, shelf.now)
    shelf.write(ending.ask_back, contract_id, now=shelf.now, **told)
    assert shelf.contract(contract_id).state == "returning"


def test_reminders_go_out_on_their_days_once(shelf: Shelf) -> None:
    """CON-9: 30, 14, 7 and 1 days before the last day, 10:00."""
    who = shelf.consignor()
    contract_id, _ = shelf.consigned(who, guarantee=200_000)
    seen = []
    at = tokyo("2027-02-20 10:00")
    while at < tokyo("2027-04-02 10:00"):
        shelf.write(reminders.run_reminders, at)
        shelf.write(reminders.run_reminders, at + timedelta(minutes=1))
        count = len(_reminders(shelf, contract_id))
        if count > len(seen):
            seen.append(at.date().isoformat())
        at += timedelta(days=1)
    assert seen == ["2027-02-28", "2027-03-16", "2027-03-23", "2027-03-29"]
    assert [row.facts["days_left"] for row in _reminders(shelf, contract_id)] == [30, 14, 7, 1]


def test_after_downtime_only_the_latest_reminder_is_sent_with_the_true_days(shelf: Shelf) -> None:
    who = shelf.consignor()
    contract_id, _ = shelf.consigned(who)
    shelf.write(reminders.run_reminders, tokyo("2027-03-25 10:00"))
    (row,) = _reminders(shelf, contract_id)
    assert (row.facts["version"], row.facts["days_left"]) == (7, 5)


def _reminders(shelf: Shelf, contract_id: str) -> list[Work]:
    key = f"contract:{contract_id}:consignment_term_reminder:%"
    rows = shelf.read(lambda db: db.exec(select(Work).where(Work.work_key.like(key))).all())  # type: ignore[attr-defined]
    return sorted(rows, key=lambda row: row.id or 0)


def test_a_damaged_piece_is_compensated_not_below_the_guarantee(shelf: Shelf) -> None:
    who = shelf.consignor()
    contract_id, unit_id = shelf.consigned(who, guarantee=200_000)
    told = {"reason": "broken", "now": shelf.now}
    with pytest.raises(ManagerOnly):
        shelf.write(ending.compensate, contract_id, Yen(200_000), actor=STAFF, key="1", **told)
    with pytest.raises(CompensationTooLow):
        shelf.write(ending.compensate, contract_id, Yen(199_999), actor=MANAGER, key="2", **told)
    for _ in range(2):
        shelf.write(ending.compensate, contract_id, Yen(210_000), actor=MANAGER, key="3", **told)
    contract, unit = shelf.contract(contract_id), shelf.unit(unit_id)
    assert (contract.state, contract.payout) == ("compensated", 210_000)
    assert (unit.state, unit.owner_kind) == ("lost_damaged", "dealer")
    (payout,) = shelf.payouts(contract_id)
    assert payout.amount == 210_000
    assert shelf.is_replayed()
