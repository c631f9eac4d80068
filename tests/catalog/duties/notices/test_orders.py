"""Custody the police order, at most 30 days, and claims of victims (KOB-5, KOB-6)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update
from sqlmodel import Session, select

from catalog.duties.actors import BOT
from catalog.duties.identity.actions import StaffNeeded
from catalog.duties.notices.actions import (
    NewNotice,
    RuledOtherwise,
    Wanted,
    receive,
    rule,
    settle_suspicion,
    suspect,
)
from catalog.duties.notices.holding import Ruling
from catalog.duties.notices.orders import (
    ClaimEnded,
    ClaimMissing,
    NewClaim,
    NewOrder,
    OrderMissing,
    OrderRuns,
    OrderTooLong,
    Outcome,
    check_order,
    end_claim,
    lift_order,
    take_claim,
    take_order,
)
from catalog.duties.notices.tables import NoticeHit, PoliceOrder, Suspicion
from catalog.duties.rules import DatesContradict
from catalog.duties.tables import LedgerRow
from catalog.ground.record import UnitId
from catalog.ground.session.database import Database
from catalog.items.actions import MoveRefused
from catalog.items.kinds import UnitState
from catalog.items.tables import Unit
from tests.catalog.duties.law import CLERK, NOW, TODAY, piece, state_of, tasks


@given(st.dates(date(2020, 1, 1), date(2080, 1, 1)), st.integers(-3, 40))
def test_an_order_lasts_one_to_thirty_days_kob_5(from_on: date, more: int) -> None:
    order = NewOrder(UnitId("u"), "a", "1", from_on, from_on + timedelta(days=more))
    if 0 <= more <= 29:
        check_order(order)
        return
    with pytest.raises(DatesContradict if more < 0 else OrderTooLong):
        check_order(order)


def ordered(unit: UnitId, days: int = 30) -> NewOrder:
    return NewOrder(unit, "警視庁", "7", TODAY, TODAY + timedelta(days=days - 1))


def test_an_order_freezes_until_a_person_lifts_it_and_says_when_it_ends(
    database: Database,
) -> None:
    def unit(db: Session) -> None:
        there = piece(db, state=UnitState.CONSIGNED)
        order = take_order(db, ordered(there), by="staff:1", now=NOW, key="1")
        assert take_order(db, ordered(there), by="staff:1", now=NOW, key="1") == order
        assert state_of(db, there) == "police_hold"
        (task,) = tasks(db, "police_order_ends")
        assert task.due_at == datetime(2026, 12, 22, 0, 0, tzinfo=UTC)
        with pytest.raises(StaffNeeded):
            lift_order(db, order, actor=BOT, now=NOW)
        with pytest.raises(OrderMissing):
            lift_order(db, "none", actor=CLERK, now=NOW)
        assert lift_order(db, order, actor=CLERK, now=NOW)
        assert not lift_order(db, order, actor=CLERK, now=NOW)
        assert state_of(db, there) == "consigned"

    database.write(unit)


def test_a_unit_stays_frozen_while_another_ground_is_left(database: Database) -> None:
    def unit(db: Session) -> None:
        there = piece(db)
        suspect(db, there, "no papers", actor=CLERK, now=NOW, key="1")
        order = take_order(db, ordered(there), by="t", now=NOW, key="2")
        assert not lift_order(db, order, actor=CLERK, now=NOW)
        assert state_of(db, there) == "police_hold"

    database.write(unit)


def test_a_piece_that_is_not_in_hand_cannot_be_kept(database: Database) -> None:
    def unit(db: Session) -> UnitId:
        return piece(db, state=UnitState.DELIVERED)

    there = database.write(unit)
    with pytest.raises(MoveRefused):
        database.write(lambda db: take_order(db, ordered(there), by="t", now=NOW, key="1"))
    assert database.read(lambda db: state_of(db, there)) == "delivered"


@pytest.mark.parametrize(
    ("stolen_on", "is_free"), [(date(2025, 11, 22), True), (date(2025, 11, 21), False)]
)
def test_a_claim_within_a_year_is_free_of_charge_kob_6(
    database: Database, stolen_on: date, is_free: bool
) -> None:
    def unit(db: Session) -> None:
        there = piece(db)
        claim = NewClaim(there, stolen_on, TODAY, "R-1")
        with pytest.raises(StaffNeeded):
            take_claim(db, claim, actor=BOT, now=NOW, key="0")
        row = take_claim(db, claim, actor=CLERK, now=NOW, key="1")
        assert row.is_free_of_charge == is_free
        assert take_claim(db, claim, actor=CLERK, now=NOW, key="1").id == row.id
        assert len(tasks(db, "recovery_claim")) == 1
        with pytest.raises(DatesContradict):
            late = NewClaim(there, TODAY + timedelta(days=1), TODAY, "R-1")
            take_claim(db, late, actor=CLERK, now=NOW, key="2")

    database.write(unit)


def test_what_was_ruled_while_a_page_was_read_is_seen_by_its_button(database: Database) -> None:
    """A row that was looked at before is read anew under its lock (KOB-4, KOB-5, KOB-8)."""

    def unit(db: Session) -> None:
        there = piece(db, serial="7X12345")
        wanted = NewNotice("警視庁", "1", TODAY, [Wanted(serial="7X12345")])
        [hit] = receive(db, wanted, by="t", now=NOW, key="n").hits
        doubt = suspect(db, there, "no papers", actor=CLERK, now=NOW, key="s")
        order = take_order(db, ordered(there), by="t", now=NOW, key="o")
        for table, key, values in (
            (NoticeHit, hit, {"ruling": Ruling.ANOTHER_PIECE.value}),
            (Suspicion, doubt, {"settled_at": NOW, "report_no": "R-1"}),
            (PoliceOrder, order, {"lifted_at": NOW}),
        ):
            db.get_one(table, key)
            db.connection().execute(update(table).values(**values))
        with pytest.raises(RuledOtherwise):
            rule(db, hit, Ruling.REPORTED, report_no="R-9", actor=CLERK, now=NOW)
        assert not settle_suspicion(db, doubt, report_no="R-9", actor=CLERK, now=NOW)
        assert not lift_order(db, order, actor=CLERK, now=NOW)
        assert db.get_one(Suspicion, doubt).report_no == "R-1"

    database.write(unit)


def claimed(db: Session, unit: UnitId, key: str = "c") -> str:
    claim = NewClaim(unit, TODAY - timedelta(days=30), TODAY, "R-1")
    return take_claim(db, claim, actor=CLERK, now=NOW, key=key).id


def test_a_claim_takes_the_piece_off_sale_until_a_person_says_that_it_did_not_hold(
    database: Database,
) -> None:
    """KOB-6; what is not in hand any more is only noted."""

    def unit(db: Session) -> None:
        there, gone = piece(db), piece(db, "W-2", state=UnitState.DELIVERED)
        claimed(db, gone, "gone")
        assert state_of(db, gone) == "delivered"
        claim = claimed(db, there)
        assert state_of(db, there) == "police_hold"
        order = take_order(db, ordered(there), by="t", now=NOW, key="o")
        assert not lift_order(db, order, actor=CLERK, now=NOW)
        assert state_of(db, there) == "police_hold"
        with pytest.raises(StaffNeeded):
            end_claim(db, claim, Outcome.REJECTED, actor=BOT, now=NOW)
        with pytest.raises(ClaimMissing):
            end_claim(db, "none", Outcome.REJECTED, actor=CLERK, now=NOW)
        assert end_claim(db, claim, Outcome.REJECTED, actor=CLERK, now=NOW)
        assert not end_claim(db, claim, Outcome.REJECTED, actor=CLERK, now=NOW)
        assert state_of(db, there) == "listed"
        assert sorted(each.state for each in tasks(db, "recovery_claim")) == ["done", "due"]
        with pytest.raises(ClaimEnded):
            end_claim(db, claim, Outcome.TO_VICTIM, actor=CLERK, now=NOW)

    database.write(unit)


@pytest.mark.parametrize(
    ("outcome", "custody"), [(Outcome.TO_VICTIM, "victim"), (Outcome.TO_POLICE, "police")]
)
def test_what_is_handed_over_leaves_the_register_with_a_row_in_the_ledger(
    database: Database, outcome: Outcome, custody: str
) -> None:
    """KOB-2, KOB-6; no victim is given what the police ordered to be kept."""

    def unit(db: Session) -> None:
        there = piece(db)
        claim, other = claimed(db, there), claimed(db, there, "other")
        order = take_order(db, ordered(there), by="t", now=NOW, key="o")
        if outcome is Outcome.TO_VICTIM:
            with pytest.raises(OrderRuns):
                end_claim(db, claim, outcome, actor=CLERK, now=NOW)
            lift_order(db, order, actor=CLERK, now=NOW)
        for _ in range(2):
            end_claim(db, claim, outcome, actor=CLERK, now=NOW)
        left = db.get_one(Unit, there)
        assert (left.state, left.custody, left.state_before) == ("surrendered", custody, None)
        rows = db.exec(select(LedgerRow).where(LedgerRow.unit_id == there)).all()
        assert [(each.kind, each.direction) for each in rows][-1] == ("returned", "out")
        assert [each.kind for each in rows].count("returned") == 1
        assert not end_claim(db, other, Outcome.REJECTED, actor=CLERK, now=NOW)
        assert state_of(db, there) == "surrendered"

    database.write(unit)
