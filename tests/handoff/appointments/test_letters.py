"""What is told of an appointment leaves only while it is so, on both databases (R-149, NTF-1)."""

from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from catalog.ground import worklist
from catalog.ground.calendar import ShopHours, at_tokyo
from catalog.ground.record import ConversationId, StaffId
from catalog.ground.session.database import Database
from catalog.ground.worklist import Work, WorkState
from conversations.outbox import actions as outbox
from conversations.outbox import rules
from conversations.outbox.rules import Next, Way
from conversations.outbox.tables import LetterState, OutboxLetter
from conversations.reminders.actions import TELL_BY_HAND
from conversations.threads import speaker
from handoff.appointments import actions as appointments
from handoff.appointments import attending, steps
from handoff.appointments.actions import REMIND
from handoff.appointments.tables import Appointment
from handoff.dialogue.visits import reminding
from tests.conversations.reminders.told import Teller
from tests.handoff.appointments.test_actions import MISAKI, SATO, booked, rows_of, wanted
from tests.handoff.desk.test_routing import works
from tests.handoff.shifts.test_actions import hire

TALK = ConversationId("line:Umisaki")
TUESDAY = date(2026, 11, 24)
STARTS = at_tokyo(TUESDAY, 15)
EVE = at_tokyo(date(2026, 11, 23), 18)


@pytest.fixture
def teller(database: Database) -> Teller:
    return Teller(database)


@pytest.fixture
def row(database: Database, now: datetime) -> Appointment:
    """Tuesday at three, booked by the customer in the chat."""
    adviser = hire(database, "佐藤", now)
    works(database, adviser, now)
    return booked(database, wanted(at=STARTS), now)


def speaks(database: Database, who: StaffId | None, now: datetime) -> None:
    def unit(db: Session) -> None:
        speaker.let_speak(db, TALK, "line", who, lang="ja", now=now)
        if who is None:
            outbox.release(db, TALK, now=now)
        else:
            outbox.hold(db, TALK, now=now)

    database.write(unit)


def reminded(teller: Teller, now: datetime) -> bool:
    """The reminder that is due then is brought on its way, and told."""

    def unit(db: Session) -> bool:
        (work,) = worklist.claim(db, [REMIND], worker="w", now=now, lease_seconds=5, limit=1)
        told = reminding.remind(db, work, now=now)
        return worklist.done(db, work, worker="w", now=now) and told

    is_told = teller.database.write(unit)
    teller.tell_all(now)
    return is_told


def ways(database: Database, now: datetime) -> list[Way]:
    """How the letters that are due would go."""
    claimed = database.write(lambda db: outbox.claim(db, lease=str(now), now=now, limit=10))
    return [rules.way(each.standing, now=now) for each in claimed]


def states(teller: Teller) -> dict[str, str]:
    return {each.purpose: each.state for each in teller.letters()}


def test_a_reminder_held_by_a_talk_is_not_told_of_a_visit_that_is_over(
    database: Database, teller: Teller, row: Appointment
) -> None:
    """The talk begins before it falls due and ends three days later, at night."""
    speaks(database, StaffId("sato"), EVE - timedelta(hours=1))
    assert reminded(teller, EVE)
    (letter,) = teller.letters()
    assert (letter.state, letter.expires_at) == (LetterState.HELD.value, row.starts_at)
    night = at_tokyo(date(2026, 11, 26), 22, 30)
    speaks(database, None, night)
    assert ways(database, night) == []
    assert ways(database, at_tokyo(date(2026, 11, 27), 9)) == [Way.EXPIRED]


@pytest.mark.parametrize("what", ["cancelled", "moved", "arrived"])
def test_what_was_to_be_told_of_an_appointment_that_changed_does_not_leave(
    database: Database, teller: Teller, row: Appointment, what: str
) -> None:
    """Held, waiting for the morning or not yet written: none of it is true any more."""
    database.write(
        lambda db: attending.set_link(db, row.id, "https://meet.example/a", SATO, now=EVE)
    )
    speaks(database, StaffId("sato"), EVE)
    assert reminded(teller, EVE)
    night = at_tokyo(date(2026, 11, 23), 22)
    database.write(
        lambda db: attending.set_link(
            db, row.id, "https://meet.example/b", SATO, was="https://meet.example/a", now=night
        )
    )
    teller.tell_all(night)
    assert states(teller) == {"appointment_soon": "held", "appointment_link": "expired"}
    assert len(teller.undone()) == 1, "the new link waits for the morning"
    change(database, row, what, night + timedelta(minutes=5))
    assert states(teller) == {"appointment_soon": "expired", "appointment_link": "expired"}
    assert teller.undone() == []
    speaks(database, None, night + timedelta(minutes=10))
    teller.tell_all(at_tokyo(TUESDAY, 9))
    assert ways(database, at_tokyo(TUESDAY, 9)) == []


def change(database: Database, row: Appointment, what: str, now: datetime) -> None:
    def unit(db: Session) -> object:
        if what == "cancelled":
            return appointments.cancel(db, row.id, MISAKI, now=now)
        if what == "arrived":
            return attending.arrived(db, row.id, SATO, now=now)
        later = row.starts_at + timedelta(days=2)
        return appointments.move(
            db, row.id, later, hours=ShopHours(), actor=MISAKI, now=now, key="move"
        )

    database.write(unit)


def test_who_came_late_after_all_does_not_hear_that_they_did_not(
    database: Database, teller: Teller, row: Appointment
) -> None:
    late = STARTS + timedelta(minutes=30)
    speaks(database, StaffId("sato"), STARTS)
    database.write(lambda db: attending.no_show(db, row.id, SATO, now=late))
    teller.tell_all(late)
    assert states(teller) == {"appointment_missed": "held"}
    database.write(lambda db: attending.arrived(db, row.id, SATO, now=late))
    assert states(teller) == {"appointment_missed": "expired"}


def test_a_letter_under_way_when_it_was_called_off_is_not_repeated_nor_told_elsewhere(
    database: Database, row: Appointment
) -> None:
    teller = Teller(database, also=("web",))
    assert reminded(teller, EVE)
    (letter,) = database.write(lambda db: outbox.claim(db, lease="l", now=EVE, limit=1))
    change(database, row, "cancelled", EVE)
    again = Next(LetterState.DUE, due_at=EVE, error="too fast")
    assert database.write(lambda db: outbox.note(db, letter, Way.PUSH, again, now=EVE))
    assert ways(database, EVE) == [Way.EXPIRED]
    dead = Next(LetterState.DEAD, error="refused")
    (lease,) = database.read(lambda db: db.exec(select(OutboxLetter.leased_by)).all())
    assert lease == str(EVE)
    standing = database.write(
        lambda db: outbox.claim(db, lease="n", now=EVE + timedelta(seconds=10), limit=1)
    )
    assert database.write(lambda db: outbox.note(db, standing[0], Way.PUSH, dead, now=EVE))
    teller.tell_all(EVE)
    assert states(teller) == {"appointment_soon": "dead"}
    assert teller.undone() == []


def test_a_change_the_morning_is_too_late_for_is_told_by_a_person(
    database: Database, teller: Teller, row: Appointment
) -> None:
    """NTF-1 lets no letter go at night, and an hour that changed must be known before it."""
    night = at_tokyo(date(2026, 11, 23), 22)

    def early(db: Session) -> None:
        kept = steps.locked(db, row.id)
        steps.change(db, kept, starts_at=at_tokyo(TUESDAY, 9), ends_at=at_tokyo(TUESDAY, 10))
        steps.tell(db, kept, "appointment_moved", now=night)

    database.write(early)
    teller.tell_all(night)
    assert states(teller) == {"appointment_moved": "expired"}
    wanted_tasks = select(Work).where(
        Work.kind == worklist.TASK, col(Work.state) == WorkState.DUE.value
    )
    names = [each.facts["task"] for each in database.read(lambda db: db.exec(wanted_tasks).all())]
    assert sorted(names) == [TELL_BY_HAND, "video_link"]
    assert rows_of(database, REMIND)
