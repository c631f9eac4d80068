"""Somebody leaves or is away, and nothing stays with them (R-119), on both databases."""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from bot.line.render import render
from catalog.customers import actions as customers
from catalog.customers import queries as customers_of
from catalog.customers.actions import Particulars
from catalog.duties.actors import Actor, Role
from catalog.ground import journal
from catalog.ground.calendar import ShopHours, at_tokyo
from catalog.ground.record import CustomerId, StaffId, TicketId
from catalog.ground.session.database import Database
from catalog.ground.worklist import NOTICE, Work
from conversations.outbox.tables import OutboxLetter
from conversations.threads import speaker
from handoff.appointments import actions as appointments
from handoff.appointments import attending
from handoff.appointments.actions import Wanted
from handoff.appointments.steps import UNASSIGNED
from handoff.appointments.tables import Appointment, AppointmentState, Kind
from handoff.clientbook import advising, next_steps
from handoff.desk import actions as desk
from handoff.desk.queries import of_id, open_of
from handoff.desk.tables import TicketReason, TicketState
from handoff.dialogue import leaving
from handoff.dialogue.leaving import Desk, HandedOver, NobodyTakesOver, Part, StillHolds
from handoff.shifts import actions as shifts
from handoff.shifts import queries as shifts_of
from handoff.shifts.actions import PersonMissing, Profile
from handoff.staff import actions as people
from handoff.staff.actions import LastOwner
from handoff.staff.permissions import NotAllowed
from handoff.staff.sessions import NotOfTheShop
from handoff.staff.tables import Staff
from tests.handoff.desk.talk import hire, says, talk_of

USERS = ["U" + f"{n:032x}" for n in range(60, 64)]
HELD, ASIDE, ASKED, FREE = (talk_of(user) for user in USERS)
OWNER = Actor("owner", Role.OWNER)
THURSDAY = at_tokyo(date(2026, 11, 26), 15)


class Line:
    """LINE's rendering; nothing is sent."""

    name = "line"
    render = staticmethod(render)


@dataclass
class House:
    """A shop with a book to hand over."""

    database: Database
    now: datetime
    tanaka: StaffId
    suzuki: StaffId
    kim: StaffId
    clients: list[CustomerId]
    booked: Appointment
    held: Appointment

    @property
    def desk(self) -> Desk:
        by = self.now + timedelta(minutes=45)
        return Desk({"line": Line()}, by)  # type: ignore[dict-item]  # it only renders

    def hand_over(
        self, to: StaffId | None, actor: Actor = OWNER, parts: frozenset[Part] = leaving.ALL
    ) -> HandedOver:
        return self.database.write(
            lambda db: leaving.hand_over(
                db, self.tanaka, to, actor, self.desk, now=self.now, parts=parts
            )
        )

    def leave(self, to: StaffId | None, actor: Actor = OWNER) -> HandedOver:
        return self.database.write(
            lambda db: leaving.leave(db, self.tanaka, to, actor, self.desk, now=self.now)
        )

    def holds(self, who: StaffId) -> tuple[int, int, int, int]:
        held = self.database.read(lambda db: leaving.held_by(db, who, now=self.now))
        return (
            len(held.tickets), len(held.appointments), len(held.steps), len(held.customers),
        )  # fmt: skip

    def advisers(self) -> list[str | None]:
        return self.database.read(
            lambda db: [customers_of.adviser_of(db, each) for each in self.clients]
        )

    def told(self) -> list[tuple[str, str, str]]:
        def look(db: Session) -> list[tuple[str, str, str]]:
            rows = db.exec(select(Work).where(Work.kind == NOTICE)).all()
            return sorted(
                (row.facts["to"], row.facts["before"], row.facts["after"])
                for row in rows
                if row.facts["phase"] == "adviser_changed"
            )

        return self.database.read(look)


def _appointment(db: Session, user: str, who: CustomerId, of: StaffId, now: datetime) -> str:
    wanted = Wanted(
        kind=Kind.VIDEO, conversation=talk_of(user), lang="ja", customer=who,
        starts_at=THURSDAY if user == USERS[0] else THURSDAY + timedelta(hours=2),
    )  # fmt: skip
    row = appointments.hold(db, wanted, hours=ShopHours(), actor=OWNER, now=now, key=user)
    attending.assign(db, row.id, of, OWNER, now=now)
    return row.id


@pytest.fixture
def house(database: Database, now: datetime) -> House:
    for user in USERS:
        says(database, user, "こんにちは", now=now)

    def unit(db: Session) -> House:
        tanaka, suzuki, kim = (
            hire(db, name, "adviser", now=now) for name in ("田中 一郎", "鈴木", "金")
        )
        shifts.describe(db, kim, Profile(languages=("ko", "en")), actor=OWNER, now=now)
        shifts.describe(db, suzuki, Profile(deputy=tanaka), actor=OWNER, now=now)
        me = Actor(tanaka, Role.ADVISER)
        clients = []
        for n, language in enumerate(("ja", "ko", "ja")):
            who = customers.register(
                db, f"C-{n}", "佐藤", given_name=None, language=language,
                more=Particulars(adviser="田中"), by="test", now=now,
            )  # fmt: skip
            customers.bind(db, who, "line", USERS[n], by="test", now=now)
            clients.append(who)
        for talk in (HELD, ASIDE):
            desk.take_over(db, talk, me, lang="ja", now=now)
        aside = open_of(db, ASIDE)
        assert aside is not None
        desk.snooze(db, TicketId(aside.id), me, until=None, now=now)
        called = desk.call(
            db, ASKED, TicketReason.ASKED, lang="ja", about_unit=None,
            promised_at=now + timedelta(minutes=10), now=now,
        )  # fmt: skip
        assert of_id(db, called.ticket).asked_first == tanaka  # their adviser
        booked = _appointment(db, USERS[0], clients[0], tanaka, now)
        appointments.book(db, booked, OWNER, now=now)
        held = _appointment(db, USERS[1], clients[1], tanaka, now)
        next_steps.plan(
            db, clients[2], "お電話", due_on=THURSDAY.date(), staff=tanaka, actor=me, key="s",
            now=now,
        )  # fmt: skip
        rows = [db.get_one(Appointment, each) for each in (booked, held)]
        return House(database, now, tanaka, suzuki, kim, clients, *rows)

    return database.write(unit)


def test_all_of_a_book_goes_to_one_person_and_each_customer_is_told_once(house: House) -> None:
    assert house.holds(house.tanaka) == (3, 2, 1, 3)
    done = house.hand_over(house.suzuki)
    assert done == HandedOver(customers=3, tickets=3, appointments=2, left=0, steps=1)
    assert house.holds(house.tanaka) == (0, 0, 0, 0)
    assert house.holds(house.suzuki) == (3, 2, 1, 3)
    assert house.advisers() == ["鈴木"] * 3
    told = house.told()
    assert told == sorted((f"customer:{each}", "田中 一郎", "鈴木") for each in house.clients)
    speaks = house.database.read(lambda db: speaker.now_of(db, HELD))
    assert speaks == house.suzuki
    assert house.hand_over(house.suzuki) == HandedOver()  # again there is nothing
    assert house.told() == told
    verbs = house.database.read(
        lambda db: [each.verb for each in journal.of(db, f"staff:{house.tanaka}")]
    )
    assert verbs.count("handed_over") == 1


def test_back_to_the_queue_somebody_else_is_asked_and_the_book_is_shared(house: House) -> None:
    done = house.hand_over(None)
    assert done == HandedOver(customers=3, tickets=3, appointments=0, left=2, steps=1)
    assert house.holds(house.tanaka) == (0, 0, 0, 0)
    assert house.advisers() == ["鈴木", "金", "鈴木"]  # who speaks Korean has the Korean client

    def look(db: Session) -> tuple[list[str], set[str | None], list[str | None], int]:
        tickets = [open_of(db, each) for each in (HELD, ASIDE, ASKED)]
        assert all(each is not None for each in tickets)
        states = [each.state for each in tickets if each is not None]
        asked = {each.asked_first for each in tickets if each is not None}
        rows = db.exec(select(Appointment).order_by(col(Appointment.id))).all()
        tasks = db.exec(select(Work).where(col(Work.work_key).startswith(UNASSIGNED))).all()
        return states, asked, [each.staff for each in rows], len(tasks)

    states, asked, seated, tasks = house.database.read(look)
    assert states == [TicketState.WAITING] * 3
    assert house.tanaka not in asked and None not in asked
    assert seated == [None, None]
    assert tasks == 1  # a time that is only held asks for nobody yet
    assert house.database.read(lambda db: speaker.now_of(db, HELD)) is None
    yes = house.database.write(
        lambda db: appointments.book(db, house.held.id, OWNER, now=house.now)
    )
    assert (yes.state, yes.staff) == (AppointmentState.BOOKED, None)


def test_whoever_called_for_a_person_hears_the_new_time_from_the_queue(house: House) -> None:
    def unit(db: Session) -> None:
        ticket = open_of(db, ASKED)
        assert ticket is not None
        me = Actor(house.tanaka, Role.ADVISER)
        desk.claim(db, TicketId(ticket.id), me, now=house.now)

    house.database.write(unit)
    house.hand_over(None)

    def written(db: Session) -> list[str]:
        return [row.conversation for row in db.exec(select(OutboxLetter))]

    # Nobody had asked for a person in the talks that were simply taken over.
    assert house.database.read(written) == [ASKED]


def test_who_is_away_gives_talks_and_times_away_and_keeps_their_clients(house: House) -> None:
    parts = frozenset({Part.TALKS, Part.APPOINTMENTS})
    done = house.hand_over(house.suzuki, parts=parts)
    assert (done.tickets, done.appointments, done.customers, done.steps) == (3, 2, 0, 0)
    assert house.holds(house.tanaka) == (0, 0, 1, 3)
    assert house.advisers() == ["田中"] * 3
    # Those with an appointment hear whom they will meet.
    assert [who for who, _, _ in house.told()] == sorted(
        f"customer:{each}" for each in house.clients[:2]
    )


def test_an_hour_the_other_one_has_not_free_waits_for_somebody(house: House) -> None:
    def unit(db: Session) -> None:
        wanted = Wanted(
            kind=Kind.VIDEO, conversation=FREE, lang="ja", customer=None, starts_at=THURSDAY
        )
        row = appointments.hold(
            db, wanted, hours=ShopHours(), actor=OWNER, now=house.now, key="other"
        )
        attending.assign(db, row.id, house.suzuki, OWNER, now=house.now)

    house.database.write(unit)
    done = house.hand_over(house.suzuki)
    assert (done.appointments, done.left) == (1, 1)
    staff = house.database.read(lambda db: db.get_one(Appointment, house.booked.id).staff)
    assert staff is None


@pytest.mark.parametrize("is_shared", [True, False])
def test_nothing_is_left_with_somebody_who_left(house: House, is_shared: bool) -> None:
    house.leave(None if is_shared else house.suzuki)

    def look(db: Session) -> tuple[bool, list[str], bool]:
        gone = db.get_one(Staff, house.tanaka).left_at is not None
        names = customers_of.advisers(db)
        is_deputy = any(
            shifts_of.skills(db, each.id).deputy == house.tanaka
            for each in shifts_of.people(db, now=house.now)
        )
        return gone, names, is_deputy

    gone, names, is_deputy = house.database.read(look)
    assert gone and not is_deputy
    assert not [each for each in names if each.startswith("田中")]
    assert house.holds(house.tanaka) == (0, 0, 0, 0)
    with pytest.raises(NotOfTheShop):
        house.leave(house.suzuki)


def test_leaving_that_is_refused_hands_nothing_over(house: House) -> None:
    before = house.holds(house.tanaka)
    me = Actor(house.tanaka, Role.ADVISER)
    manager = Actor("manager", Role.MANAGER)
    accounting = house.database.write(lambda db: hire(db, "経理", "accounting", now=house.now))
    for error, refused in (
        (NotAllowed, lambda: house.hand_over(house.suzuki, me)),
        (NotAllowed, lambda: house.leave(house.suzuki, manager)),
        (PersonMissing, lambda: house.leave(StaffId("nobody"))),
        (PersonMissing, lambda: house.leave(house.tanaka)),  # to themselves
        (PersonMissing, lambda: house.leave(accounting)),  # who talks with nobody
    ):
        with pytest.raises(error):
            refused()
    house.database.write(
        lambda db: people.change_role(db, house.tanaka, "owner", OWNER, now=house.now)
    )
    with pytest.raises(LastOwner):
        house.leave(house.suzuki)
    assert house.holds(house.tanaka) == before
    assert house.told() == []


def test_where_nobody_else_talks_nothing_can_be_handed_over(
    database: Database, house: House
) -> None:
    for who in (house.suzuki, house.kim):
        house.database.write(
            lambda db, who=who: people.leave(db, who, OWNER, now=house.now)  # type: ignore[misc]  # bound at once
        )
    with pytest.raises(NobodyTakesOver):
        house.leave(None)


def test_who_is_to_talk_no_more_hands_over_first(house: House) -> None:
    def change(role: str) -> None:
        house.database.write(
            lambda db: leaving.change_role(db, house.tanaka, role, OWNER, now=house.now)
        )

    with pytest.raises(StillHolds):
        change("accounting")
    change("senior")  # talks as before
    house.hand_over(house.suzuki)
    change("accounting")
    assert house.database.read(lambda db: db.get_one(Staff, house.tanaka).role) == "accounting"


def test_another_name_stands_in_the_register_too(house: House) -> None:
    count = house.database.write(
        lambda db: advising.rename(db, house.tanaka, " 高橋 一郎 ", OWNER, now=house.now)
    )
    assert count == 3
    assert house.advisers() == ["高橋 一郎"] * 3
    assert house.holds(house.tanaka)[3] == 3
    assert house.told() == []  # it is the same person


def test_nobody_gives_a_talk_to_somebody_who_left(house: House) -> None:
    house.leave(house.suzuki)
    ticket = house.database.read(lambda db: open_of(db, HELD))
    assert ticket is not None
    with pytest.raises(NotOfTheShop):
        house.database.write(
            lambda db: desk.assign(db, TicketId(ticket.id), house.tanaka, OWNER, now=house.now)
        )


def test_what_is_given_while_somebody_leaves_is_not_left_with_them(house: House) -> None:
    """Two at once, in either order: a talk is with somebody who is there."""
    lead = Actor("lead", Role.SENIOR)
    says(house.database, USERS[3], "こんにちは", now=house.now)
    taken = house.database.write(
        lambda db: desk.take_over(db, FREE, lead, lang="ja", now=house.now)
    )

    def give() -> None:
        with contextlib.suppress(NotOfTheShop):
            house.database.write(
                lambda db: desk.assign(db, taken.ticket, house.tanaka, lead, now=house.now)
            )

    with ThreadPoolExecutor(2) as pool:
        done = [pool.submit(give), pool.submit(lambda: house.leave(house.suzuki))]
        for each in done:
            each.result()
    assert house.holds(house.tanaka) == (0, 0, 0, 0)
