"""Booking, moving, calling off, on both databases: one person's time is one customer's."""

import contextlib
import threading
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from sqlmodel import col, select

from catalog.customers import actions as customers
from catalog.customers import erasing
from catalog.duties.actors import Actor, Role
from catalog.duties.rules import Place
from catalog.ground import journal, worklist
from catalog.ground.calendar import ShopHours, at_tokyo
from catalog.ground.record import ConversationId, StaffId
from catalog.ground.session.database import Database
from catalog.ground.worklist import NOTICE, Work
from handoff.appointments import actions as appointments
from handoff.appointments import attending, queries
from handoff.appointments.actions import REMIND, PlaceNeeded, Wanted
from handoff.appointments.attending import LinkMalformed
from handoff.appointments.queries import AppointmentMissing
from handoff.appointments.steps import UNASSIGNED, NotSo, TimeTaken
from handoff.appointments.tables import Appointment, AppointmentState, Kind, Quarter
from tests.handoff.desk.test_routing import works
from tests.handoff.shifts.test_actions import hire

MISAKI = Actor("misaki", Role.CUSTOMER)
SATO = Actor("sato", Role.ADVISER)
MONDAY = date(2026, 11, 23)
THREE = at_tokyo(MONDAY, 15)


def wanted(who: str = "Umisaki", at: datetime = THREE, **more: object) -> Wanted:
    told = {"kind": Kind.VIDEO, "conversation": ConversationId(f"line:{who}"), "lang": "ja"}
    return Wanted(starts_at=at, **{**told, **more})  # type: ignore[arg-type]


def hold(database: Database, wish: Wanted, now: datetime, key: str | None = None) -> Appointment:
    return database.write(
        lambda db: appointments.hold(
            db, wish, hours=ShopHours(), actor=MISAKI, now=now, key=key or f"k:{wish.conversation}"
        )
    )


def book(database: Database, appointment: str, now: datetime) -> Appointment:
    return database.write(lambda db: appointments.book(db, appointment, MISAKI, now=now))


def booked(database: Database, wish: Wanted, now: datetime) -> Appointment:
    return book(database, hold(database, wish, now).id, now)


def state_of(database: Database, appointment: str) -> str:
    return database.read(lambda db: queries.of_id(db, appointment).state)


def quarters(database: Database) -> dict[str, int]:
    rows = database.read(lambda db: db.exec(select(Quarter.seat)).all())
    return {seat: rows.count(seat) for seat in rows}


def rows_of(database: Database, kind: str) -> list[Work]:
    return database.read(
        lambda db: list(db.exec(select(Work).where(Work.kind == kind).order_by(col(Work.id))))
    )


@pytest.fixture
def adviser(database: Database, now: datetime) -> StaffId:
    """The one person who works that day."""
    found = hire(database, "佐藤", now)
    works(database, found, now)
    return found


def test_of_fifty_who_want_the_same_time_one_gets_it(
    database: Database, now: datetime, adviser: StaffId
) -> None:
    got: list[str] = []
    refused: list[datetime] = []

    def want(n: int) -> None:
        try:
            row = hold(database, wanted(f"U{n}"), now)
            got.append(book(database, row.id, now).id)
        except TimeTaken as taken:
            refused.append(taken.starts_at)

    everybody = [threading.Thread(target=want, args=(n,)) for n in range(50)]
    for each in everybody:
        each.start()
    for each in everybody:
        each.join()
    assert len(got) == 1
    assert len(refused) == 49
    assert quarters(database) == {f"staff:{adviser}": 2}


def test_times_that_overlap_a_little_are_one_persons_too(
    database: Database, now: datetime, adviser: StaffId
) -> None:
    """Random starts at once: whoever got one shares no quarter of an hour with another."""
    got: list[Appointment] = []

    def want(n: int) -> None:
        at = THREE + timedelta(minutes=15 * (n % 7))
        with contextlib.suppress(TimeTaken):
            got.append(hold(database, wanted(f"U{n}", at), now))

    everybody = [threading.Thread(target=want, args=(n,)) for n in range(28)]
    for each in everybody:
        each.start()
    for each in everybody:
        each.join()
    ordered = sorted(got, key=lambda each: each.starts_at)
    assert len(ordered) >= 3
    for before, after in pairwise(ordered):
        assert before.ends_at <= after.starts_at


def test_a_second_person_takes_what_the_first_cannot(
    database: Database, now: datetime, adviser: StaffId
) -> None:
    other = hire(database, "鈴木", now)
    works(database, other, now)
    first, second = (booked(database, wanted(who), now) for who in ("Ua", "Ub"))
    assert {first.staff, second.staff} == {adviser, other}
    with pytest.raises(TimeTaken):
        hold(database, wanted("Uc"), now)


def test_a_hold_is_over_after_its_time_and_a_late_yes_gets_what_is_still_free(
    database: Database, now: datetime, adviser: StaffId
) -> None:
    held = hold(database, wanted(), now)
    later = now + timedelta(minutes=15)
    with pytest.raises(TimeTaken):
        hold(database, wanted("Uken"), later - timedelta(seconds=1))
    assert book(database, held.id, later).state == AppointmentState.BOOKED
    other = hold(database, wanted(at=THREE + timedelta(hours=1)), now, key="b")
    taken = hold(database, wanted("Uken", THREE + timedelta(hours=1)), later)
    with pytest.raises(TimeTaken):
        book(database, other.id, later)
    assert book(database, taken.id, later).state == AppointmentState.BOOKED


def test_the_clock_frees_what_nobody_confirmed(
    database: Database, now: datetime, adviser: StaffId
) -> None:
    held = hold(database, wanted(), now)
    database.write(lambda db: appointments.lapse(db, now + timedelta(minutes=14)))
    assert state_of(database, held.id) == AppointmentState.HELD
    database.write(lambda db: appointments.lapse(db, now + timedelta(minutes=15)))
    assert state_of(database, held.id) == AppointmentState.LAPSED
    assert quarters(database) == {}


def test_nobody_waits_for_whom_the_register_has_forgotten(
    database: Database, now: datetime, adviser: StaffId
) -> None:
    """R-137."""
    who = database.write(
        lambda db: customers.register(
            db, "C-1", "佐藤", given_name=None, language="ja", by="test", now=now
        )
    )
    row = booked(database, wanted(customer=who), now)
    database.write(lambda db: appointments.lapse(db, now))
    assert state_of(database, row.id) == AppointmentState.BOOKED
    database.write(lambda db: erasing.erase(db, who, by="test", now=now))
    database.write(lambda db: appointments.lapse(db, now))
    assert state_of(database, row.id) == AppointmentState.CANCELLED
    assert quarters(database) == {}


def test_saying_the_same_again_changes_nothing(
    database: Database, now: datetime, adviser: StaffId
) -> None:
    first, again = hold(database, wanted(), now, "k"), hold(database, wanted(), now, "k")
    assert first.id == again.id
    for _ in range(2):
        book(database, first.id, now)
    for _ in range(2):
        database.write(lambda db: appointments.cancel(db, first.id, MISAKI, now=now))
    entries = database.read(lambda db: journal.of(db, f"appointment:{first.id}"))
    assert [each.verb for each in entries] == ["held", "booked", "cancelled"]
    assert quarters(database) == {}
    with pytest.raises(NotSo):
        book(database, first.id, now)
    with pytest.raises(AppointmentMissing):
        book(database, "nobody", now)


def test_a_new_hold_lets_go_of_the_one_before(
    database: Database, now: datetime, adviser: StaffId
) -> None:
    first = hold(database, wanted(), now, "a")
    hold(database, wanted(at=THREE + timedelta(hours=2)), now, "b")
    assert state_of(database, first.id) == AppointmentState.LAPSED
    assert quarters(database) == {f"staff:{adviser}": 2}


def test_moving_by_half_its_length_needs_only_the_new_half(
    database: Database, now: datetime, adviser: StaffId
) -> None:
    first = booked(database, wanted(), now)
    moved = database.write(
        lambda db: appointments.move(
            db, first.id, THREE + timedelta(minutes=15), hours=ShopHours(), actor=MISAKI,
            now=now, key="m",
        )
    )  # fmt: skip
    assert (moved.state, moved.replaces) == (AppointmentState.BOOKED, first.id)
    assert state_of(database, first.id) == AppointmentState.MOVED
    assert quarters(database) == {f"staff:{adviser}": 2}
    again = database.write(
        lambda db: appointments.move(
            db, first.id, THREE + timedelta(minutes=15), hours=ShopHours(), actor=MISAKI,
            now=now, key="m",
        )
    )  # fmt: skip
    assert again.id == moved.id
    standing = database.read(
        lambda db: queries.standing(db, ConversationId("line:Umisaki"), None, now=now)
    )
    assert [each.id for each in standing] == [moved.id]


def test_a_move_that_is_never_confirmed_leaves_the_first_as_it_was(
    database: Database, now: datetime, adviser: StaffId
) -> None:
    first = booked(database, wanted(), now)
    hold(database, wanted(at=THREE + timedelta(minutes=15), replaces=first.id), now, "m")
    later = now + timedelta(minutes=20)
    database.write(lambda db: appointments.lapse(db, later))
    assert state_of(database, first.id) == AppointmentState.BOOKED
    assert quarters(database) == {f"staff:{adviser}": 2}
    with pytest.raises(TimeTaken):
        hold(database, wanted("Uken"), later)


def test_without_shifts_a_visit_is_booked_and_given_to_somebody_later(
    database: Database, now: datetime
) -> None:
    sato = hire(database, "佐藤", now)
    rows = [booked(database, wanted(who, kind=Kind.STORE), now) for who in ("Ua", "Ub")]
    assert [each.staff for each in rows] == [None, None]
    with pytest.raises(TimeTaken):
        hold(database, wanted("Uc", kind=Kind.STORE), now)  # two seats
    conversation = "conversation:line:Ua"
    (task,) = database.read(lambda db: worklist.tasks_about(db, conversation, name=UNASSIGNED))
    database.write(lambda db: attending.assign(db, rows[0].id, sato, SATO, now=now))
    (task,) = database.read(lambda db: worklist.tasks_about(db, conversation, name=UNASSIGNED))
    assert task.state == "done"
    with pytest.raises(TimeTaken):
        database.write(lambda db: attending.assign(db, rows[1].id, sato, SATO, now=now))


def test_a_visit_at_home_says_where_goods_may_be_received(
    database: Database, now: datetime
) -> None:
    """古物営業法14条."""
    home = wanted(kind=Kind.HOME)
    with pytest.raises(PlaceNeeded):
        hold(database, home, now)
    with pytest.raises(PlaceNeeded):
        hold(database, wanted(kind=Kind.HOME, place=Place.FILED_TEMPORARY_SHOP), now)
    row = hold(database, wanted(kind=Kind.HOME, place=Place.COUNTERPARTY_HOME), now)
    assert row.place == "counterparty_home"


def test_who_works_from_elsewhere_receives_nobody_and_visits_nobody(
    database: Database, now: datetime
) -> None:
    remote = hire(database, "遠隔", now, role="remote")
    works(database, remote, now)
    assert booked(database, wanted("Ua"), now).staff == remote
    with pytest.raises(TimeTaken):
        hold(database, wanted("Ub", THREE + timedelta(hours=2), kind=Kind.STORE), now)


def test_arrival_and_no_show_are_marked_in_their_time(
    database: Database, now: datetime, adviser: StaffId
) -> None:
    row = booked(database, wanted(), now)
    with pytest.raises(NotSo):
        database.write(lambda db: attending.no_show(db, row.id, SATO, now=now))
    later = THREE + timedelta(minutes=20)
    database.write(lambda db: attending.no_show(db, row.id, SATO, now=later))
    phases = [each.facts["phase"] for each in rows_of(database, NOTICE)]
    assert phases == ["appointment_missed"]
    database.write(lambda db: attending.arrived(db, row.id, SATO, now=later))
    assert state_of(database, row.id) == AppointmentState.ARRIVED
    day = database.read(lambda db: queries.on_day(db, MONDAY))
    assert [each.id for each in day] == [row.id]
    with pytest.raises(NotSo):
        database.write(lambda db: appointments.cancel(db, row.id, SATO, now=later))


def test_reminders_are_due_once_and_staffs_changes_are_told(
    database: Database, now: datetime, adviser: StaffId
) -> None:
    row = booked(database, wanted(at=at_tokyo(date(2026, 11, 24), 15)), now)
    due = sorted(each.due_at for each in rows_of(database, REMIND))
    assert due == [at_tokyo(MONDAY, 18), at_tokyo(date(2026, 11, 24), 14)]
    database.write(
        lambda db: attending.set_link(db, row.id, "https://meet.example/a", SATO, now=now)
    )
    with pytest.raises(LinkMalformed):
        database.write(lambda db: attending.set_link(db, row.id, "javascript:", SATO, now=now))
    database.write(lambda db: appointments.cancel(db, row.id, SATO, now=now))
    phases = [each.facts["phase"] for each in rows_of(database, NOTICE)]
    assert phases == ["appointment_link", "appointment_cancelled"]


def test_a_book_is_handed_over_where_the_time_is_free(
    database: Database, now: datetime, adviser: StaffId
) -> None:
    """R-119."""
    mine = booked(database, wanted("Ua"), now)
    later = booked(database, wanted("Ub", THREE + timedelta(hours=2)), now)
    other = hire(database, "鈴木", now)
    works(database, other, now)
    database.write(lambda db: attending.assign(db, later.id, other, SATO, now=now))
    second = booked(database, wanted("Uc", THREE + timedelta(hours=2)), now)
    assert second.staff == adviser
    given, left = database.write(lambda db: attending.hand_over(db, adviser, other, SATO, now=now))
    assert [each.id for each in given] == [mine.id]
    assert [(each.id, each.staff) for each in left] == [(second.id, None)]
