"""Whoever receives a customer hears at once what the customer did to the appointment, on both
databases (R-143, R-156).
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session

from catalog.duties.actors import Actor, Role
from catalog.ground import worklist
from catalog.ground.calendar import ShopHours, at_tokyo
from catalog.ground.record import ConversationId, StaffId
from catalog.ground.session.database import Database
from catalog.ground.worklist import DueWork
from handoff.appointments import actions as appointments
from handoff.appointments import attending
from handoff.appointments.actions import Wanted
from handoff.appointments.attending import ChangedMeanwhile
from handoff.appointments.steps import CALL, UNASSIGNED
from handoff.appointments.tables import Appointment, Kind
from handoff.dialogue.visits import calling
from handoff.staff.push import actions as push
from handoff.staff.push.actions import PUSH, Due
from tests.handoff.desk.test_calling import due, with_browser
from tests.handoff.desk.test_routing import works

MISAKI = Actor("misaki", Role.CUSTOMER)
TALK = ConversationId("line:Umisaki")
TUESDAY = date(2026, 11, 24)
THREE = at_tokyo(TUESDAY, 15)


def brought(database: Database, work: DueWork, now: datetime) -> Sequence[StaffId]:
    """As the worker does it; who is told."""

    def unit(db: Session) -> Sequence[StaffId]:
        worklist.done(db, work, worker="t", now=now)
        call = calling.due(db, work, now=now)
        if call is None:
            return ()
        calling.tell(db, work, call, hours=ShopHours(), now=now)
        return call.staff

    return database.write(unit)


def heard(database: Database, now: datetime) -> list[tuple[StaffId, str]]:
    """All that is due is brought; who hears what within the day."""
    for work in due(database, CALL, now):
        brought(database, work, now)
    later = now + timedelta(days=1)
    told = [push.due_of(each) for each in due(database, PUSH, later)]
    return [(each.staff, each.news.what) for each in told if stands(database, each)]


def stands(database: Database, told: Due) -> bool:
    return database.read(lambda db: calling.still_stands(db, told.news, told.staff))


def book(database: Database, now: datetime, at: datetime = THREE, key: str = "k") -> Appointment:
    wanted = Wanted(Kind.STORE, at, TALK, "ja")

    def unit(db: Session) -> Appointment:
        held = appointments.hold(db, wanted, hours=ShopHours(), actor=MISAKI, now=now, key=key)
        return appointments.book(db, held.id, MISAKI, now=now)

    return database.write(unit)


def move(database: Database, row: Appointment, at: datetime, now: datetime) -> Appointment:
    return database.write(
        lambda db: appointments.move(
            db, row.id, at, hours=ShopHours(), actor=MISAKI, now=now, key=f"m{at}"
        )
    )


@pytest.fixture
def sato(database: Database, now: datetime) -> StaffId:
    """The one who works, with a browser that is told things."""
    found = with_browser(database, "佐藤", now)
    works(database, found, now)
    return found


def test_whose_it_is_hears_of_booking_moving_and_calling_off(
    database: Database, now: datetime, sato: StaffId
) -> None:
    row = book(database, now)
    (work,) = due(database, CALL, now)
    assert brought(database, work, now) == [sato]
    (told,) = [push.due_of(each) for each in due(database, PUSH, now + timedelta(days=1))]
    assert told.news.path == f"/console/appointments?day={TUESDAY}"
    assert (told.news.what, told.news.about) == ("appointment_booked", row.id)
    assert "misaki" not in str(told).lower()
    moved = move(database, row, THREE + timedelta(hours=1), now)
    assert not stands(database, told), "it is not that time any more"
    assert heard(database, now) == [(sato, "appointment_moved")]
    database.write(lambda db: appointments.cancel(db, moved.id, MISAKI, now=now))
    assert heard(database, now) == [(sato, "appointment_cancelled")]


def test_what_is_called_off_at_once_is_told_as_called_off_alone(
    database: Database, now: datetime, sato: StaffId
) -> None:
    row = book(database, now)
    database.write(lambda db: appointments.cancel(db, row.id, MISAKI, now=now))
    assert heard(database, now) == [(sato, "appointment_cancelled")]


def test_what_nobody_has_is_told_to_those_who_give_it_to_somebody(
    database: Database, now: datetime
) -> None:
    """A shop without shifts and without ranks: everybody; once somebody has it nobody."""
    people = {with_browser(database, name, now) for name in ("佐藤", "鈴木")}
    row = book(database, now)
    assert set(heard(database, now)) == {(each, "appointment_unassigned") for each in people}
    moved = move(database, row, THREE + timedelta(hours=1), now)
    about = f"conversation:{TALK}"
    tasks = database.read(lambda db: worklist.tasks_about(db, about, name=UNASSIGNED))
    states = {each.facts["appointment"]: each.state for each in tasks}
    assert states == {row.id: "done", moved.id: "due"}
    kim, *_ = people
    database.write(
        lambda db: attending.give(db, moved.id, kim, Actor("boss", Role.MANAGER), was=None, now=now)
    )
    assert heard(database, now) == [(kim, "appointment_given")], "and no more that nobody has it"
    database.write(lambda db: appointments.cancel(db, moved.id, MISAKI, now=now))
    tasks = database.read(lambda db: worklist.tasks_about(db, about, name=UNASSIGNED))
    assert {each.state for each in tasks} == {"done"}


def test_calling_it_off_ends_the_search_for_somebody(database: Database, now: datetime) -> None:
    row = book(database, now)
    database.write(lambda db: appointments.cancel(db, row.id, MISAKI, now=now))
    about = f"conversation:{TALK}"
    (task,) = database.read(lambda db: worklist.tasks_about(db, about, name=UNASSIGNED))
    assert task.state == "done"


def test_whoever_loses_it_hears_so_and_nobody_hears_of_their_own_act(
    database: Database, now: datetime, sato: StaffId
) -> None:
    row = book(database, now)
    heard(database, now)
    suzuki = with_browser(database, "鈴木", now)
    me = Actor(suzuki, Role.ADVISER)
    database.write(lambda db: attending.give(db, row.id, suzuki, me, was=sato, now=now))
    assert heard(database, now) == [(sato, "appointment_passed_on")]
    with pytest.raises(ChangedMeanwhile):
        database.write(lambda db: attending.give(db, row.id, StaffId("x"), me, was=sato, now=now))
    database.write(lambda db: appointments.cancel(db, row.id, me, now=now))
    assert heard(database, now) == []


def test_a_customers_move_to_a_colleagues_shift_tells_both(
    database: Database, now: datetime, sato: StaffId
) -> None:
    row = book(database, now)
    heard(database, now)
    suzuki = with_browser(database, "鈴木", now)
    works(database, suzuki, now)
    works(database, sato, now, spans=())
    moved = move(database, row, THREE + timedelta(hours=1), now)
    assert moved.staff == suzuki
    assert set(heard(database, now)) == {
        (suzuki, "appointment_moved"), (sato, "appointment_passed_on"),
    }  # fmt: skip


def test_what_happens_at_night_is_told_when_they_are_there(
    database: Database, now: datetime, sato: StaffId
) -> None:
    night = at_tokyo(TUESDAY - timedelta(days=1), 23)
    book(database, night)
    (work,) = due(database, CALL, night)
    brought(database, work, night)
    assert due(database, PUSH, night + timedelta(hours=9)) == []
    (told,) = due(database, PUSH, at_tokyo(TUESDAY, 9))
    assert told.facts["what"] == "appointment_booked"
