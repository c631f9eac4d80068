"""A call reaches those who are there, once, until somebody has come; a mention and the morning's
count likewise.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from sqlmodel import Session

from catalog.duties.actors import Actor, Role
from catalog.ground import worklist
from catalog.ground.calendar import ShopHours, Span, at_tokyo, tokyo_day
from catalog.ground.record import ConversationId, StaffId, TicketId
from catalog.ground.session.database import Database
from catalog.ground.worklist import DueWork
from conversations.threads import actions as threads
from handoff.desk import actions as desk
from handoff.desk import calling, digest, notes
from handoff.desk.calling import AGAIN
from handoff.desk.digest import Owed
from handoff.desk.notes import MENTIONED
from handoff.desk.queries import ALERT, Alarm, Alert
from handoff.desk.tables import TicketReason
from handoff.staff.push import actions as push
from handoff.staff.push.actions import PUSH, Due
from tests.handoff.desk.test_routing import call, works
from tests.handoff.shifts.test_actions import hire
from tests.handoff.staff.push.browsers import choose, signed_in

HOURS = ShopHours(week=((Span(time(10, 30), time(19)),),) * 7)
TALK = ConversationId("line:Umisaki")


def due(database: Database, kind: str, now: datetime) -> Sequence[DueWork]:
    return database.write(
        lambda db: worklist.claim(db, [kind], worker="t", now=now, lease_seconds=60, limit=50)
    )


def brought(database: Database, work: DueWork, now: datetime) -> Alert | None:
    """As the worker does it."""

    def unit(db: Session) -> Alert | None:
        worklist.done(db, work, worker="t", now=now)
        alert = calling.due(db, work, hours=HOURS, now=now)
        if alert is not None:
            calling.tell(db, work, alert, now=now)
        return alert

    return database.write(unit)


def pushes(database: Database, now: datetime) -> list[Due]:
    return [push.due_of(each) for each in due(database, PUSH, now)]


def with_browser(database: Database, name: str, now: datetime) -> StaffId:
    who = StaffId(hire(database, name, now))
    choose(database, signed_in(database, who, now), now, name)
    return who


def test_who_is_there_is_called_at_once_and_told_nothing_of_the_customer(
    database: Database, now: datetime
) -> None:
    tanaka = with_browser(database, "田中", now)
    works(database, tanaka, now)
    ticket = call(database, "Umisaki", now).ticket
    (work,) = due(database, ALERT, now)
    alert = brought(database, work, now)
    assert alert is not None
    assert (alert.alarm, alert.staff) == (Alarm.CALLED, (tanaka,))
    (told,) = pushes(database, now)
    assert (told.staff, told.news.what, told.news.about) == (tanaka, "called", ticket)
    assert told.news.path == f"/console/inbox?ticket={ticket}"
    assert "Umisaki" not in str(told)
    assert due(database, AGAIN, now + timedelta(days=2)) == []


def test_who_begins_tomorrow_is_called_tomorrow_and_only_if_nobody_came(
    database: Database, now: datetime
) -> None:
    tanaka = with_browser(database, "田中", now)
    works(database, tanaka, now, (Span(time(10, 30), time(19)),))
    night = at_tokyo(tokyo_day(now), 23)
    morning = at_tokyo(tokyo_day(now) + timedelta(days=1), 10, 30)
    tickets = []
    for name in ("Umisaki", "Uken"):
        conversation = ConversationId(f"line:{name}")

        def unit(db: Session, conversation: ConversationId = conversation) -> TicketId:
            threads.open_in(db, conversation, "line", lang="ja", now=night)
            return desk.call(
                db, conversation, TicketReason.ASKED, lang="ja", about_unit=None,
                promised_at=morning + timedelta(hours=1), now=night,
            ).ticket  # fmt: skip

        tickets.append(database.write(unit))
    for work in due(database, ALERT, night):
        assert brought(database, work, night) is None
    assert pushes(database, night) == []
    assert due(database, AGAIN, morning - timedelta(minutes=1)) == []
    database.write(lambda db: desk.claim(db, tickets[1], Actor(tanaka, Role.ADVISER), now=morning))
    found = [brought(database, work, morning) for work in due(database, AGAIN, morning)]
    assert [each.ticket for each in found if each is not None] == [tickets[0]]
    assert [each.news.about for each in pushes(database, morning)] == [tickets[0]]


def test_without_shifts_people_are_called_while_the_shop_is_open(
    database: Database, now: datetime
) -> None:
    tanaka = with_browser(database, "田中", now)
    at = calling.there_from(None, hours=HOURS, now=now)
    assert at == now
    night = at_tokyo(tokyo_day(now), 23)
    call(database, "Umisaki", night)
    (work,) = due(database, ALERT, night)
    assert brought(database, work, night) is None
    assert pushes(database, night) == []
    opens = at_tokyo(tokyo_day(now) + timedelta(days=1), 10, 30)
    (again,) = due(database, AGAIN, opens)
    assert brought(database, again, opens) is not None
    assert [each.staff for each in pushes(database, opens)] == [tanaka]


def test_a_call_is_void_once_somebody_has_come(database: Database, now: datetime) -> None:
    tanaka, sato = with_browser(database, "田中", now), with_browser(database, "佐藤", now)
    ticket = call(database, "Umisaki", now, named=tanaka).ticket
    (work,) = due(database, ALERT, now)
    assert brought(database, work, now) is not None
    (told,) = pushes(database, now)

    def stands(who: StaffId, each: Due = told) -> bool:
        return database.read(lambda db: calling.still_stands(db, each.news, who))

    assert stands(tanaka)
    database.write(lambda db: desk.claim(db, ticket, Actor(sato, Role.ADVISER), now=now))
    assert not stands(tanaka)
    boss = Actor(StaffId("boss"), Role.MANAGER)
    database.write(lambda db: desk.assign(db, ticket, tanaka, boss, now=now))
    (given,) = due(database, ALERT, now)
    assert brought(database, given, now) is not None
    (assigned,) = pushes(database, now)
    assert (assigned.staff, assigned.news.what) == (tanaka, "assigned")
    assert stands(tanaka, assigned)
    database.write(lambda db: desk.assign(db, ticket, sato, boss, now=now))
    assert not stands(tanaka, assigned)
    (late,) = due(database, ALERT, now)
    database.write(lambda db: desk.close(db, ticket, Actor(sato, Role.ADVISER), now=now))
    assert brought(database, late, now) is None


def test_a_mention_tells_each_person_once_and_not_who_has_looked(
    database: Database, now: datetime
) -> None:
    tanaka, sato = with_browser(database, "田中", now), with_browser(database, "佐藤", now)
    ticket = call(database, "Umisaki", now).ticket
    due(database, ALERT, now)

    def write(words: str, key: str) -> str:
        return database.write(
            lambda db: notes.add(db, TALK, tanaka, words, source="console", key=key, now=now)
        ).note

    note = write("@佐藤 お客様は髙橋様です", "k")
    assert write("@佐藤 お客様は髙橋様です", "k") == note
    (work,) = due(database, MENTIONED, now)
    for expected in (1, 0):
        count = database.write(lambda db: calling.tell_mentioned(db, work, hours=HOURS, now=now))
        assert count == expected
    (told,) = pushes(database, now)
    assert (told.staff, told.news.what, told.news.about) == (sato, "mentioned", note)
    assert told.news.path == f"/console/inbox?ticket={ticket}"
    assert "髙橋" not in str(told)
    assert database.read(lambda db: calling.still_stands(db, told.news, sato))
    database.write(lambda db: notes.look(db, TALK, sato, now=now))
    assert not database.read(lambda db: calling.still_stands(db, told.news, sato))


def test_a_note_that_was_taken_back_calls_nobody(database: Database, now: datetime) -> None:
    tanaka = with_browser(database, "田中", now)
    with_browser(database, "佐藤", now)
    call(database, "Umisaki", now)
    note = database.write(
        lambda db: notes.add(db, TALK, tanaka, "@佐藤 これ", source="console", key="k", now=now)
    ).note
    database.write(lambda db: notes.retract(db, note, tanaka, now=now))
    (work,) = due(database, MENTIONED, now)
    count = database.write(lambda db: calling.tell_mentioned(db, work, hours=HOURS, now=now))
    assert count == 0
    assert due(database, PUSH, now) == []


def test_the_morning_count_is_told_at_opening_to_those_who_take_pictures_and_are_there(
    database: Database, now: datetime
) -> None:
    early = at_tokyo(tokyo_day(now), 5)
    opens = at_tokyo(tokyo_day(now), 10, 30)
    taker, later = with_browser(database, "田中", early), with_browser(database, "佐藤", early)
    off = with_browser(database, "鈴木", early)
    remote = StaffId(hire(database, "遠隔", early, Role.REMOTE))
    choose(database, signed_in(database, remote, early), early, "remote")
    works(database, taker, early)
    works(database, later, early, (Span(time(13), time(19)),))
    works(database, off, early, ())
    works(database, remote, early)
    for _ in range(2):
        database.write(lambda db: digest.run(db, early))
    (work,) = due(database, digest.DIGEST, early)
    assert database.read(lambda db: digest.owed(db, now=early)).is_nothing
    assert digest.opens_at(work, HOURS, now=early) == opens
    assert digest.opens_at(work, HOURS, now=opens) == opens
    assert digest.opens_at(work, HOURS, now=opens + timedelta(days=1)) is None  # another day's
    closed = ShopHours(week=HOURS.week, exceptions={tokyo_day(now): ()})
    assert digest.opens_at(work, closed, now=early) is None
    count = Owed(3, 1, 2, 4, 5)
    for _ in range(2):
        told = database.write(lambda db: digest.tell(db, work, count, hours=HOURS, now=opens))
        assert told == 2
    assert [each.staff for each in pushes(database, opens)] == [taker]
    told_at_one = pushes(database, at_tokyo(tokyo_day(now), 13))
    (afternoon,) = (each for each in told_at_one if each.staff != taker)  # whose lease is over
    assert (afternoon.staff, afternoon.news.path) == (later, "/console/captures")
    assert afternoon.news.facts == {
        "captures": 3, "late": 1, "undelivered": 2, "aside": 4, "unmatched": 5,
    }  # fmt: skip
