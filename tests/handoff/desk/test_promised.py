"""A task whose time a customer knows rings for whoever does it, at once and when its time comes,
until it is ended; a restart forgets nothing (R-065, R-151).
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

import pytest
from sqlmodel import Session

from catalog.duties.actors import Actor, Role
from catalog.ground import worklist
from catalog.ground.calendar import ShopHours, Span, at_tokyo, tokyo_day
from catalog.ground.record import ConversationId, StaffId
from catalog.ground.session.database import Database
from handoff.desk import calling, promised, tasks
from handoff.desk.promised import PROMISED, Call
from handoff.desk.tasks import Told
from handoff.staff.push import actions as push
from handoff.staff.push.actions import PUSH, Due
from tests.handoff.desk.test_routing import customer, works
from tests.handoff.shifts.test_actions import hire
from tests.handoff.staff.push.browsers import choose, signed_in

HOURS = ShopHours(week=((Span(time(10, 30), time(19)),),) * 7)
TALK = ConversationId("line:Umisaki")
PHONE = "+819012345678"
HALF_AN_HOUR = timedelta(minutes=30)


def opened(
    database: Database, now: datetime, *, name: str = "call_back", within: timedelta = HALF_AN_HOUR
) -> int:
    """The task a flow opens; its number."""

    def unit(db: Session) -> int:
        promised.open_task(
            db, name, TALK, due_at=now + within, now=now, once="1", facts={"phone": PHONE}
        )
        return worklist.task_id(db, name, f"conversation:{TALK}", once="1")

    return database.write(unit)


def struck(database: Database, now: datetime) -> list[Call]:
    """As the worker does it: every due row, each in its unit. A row is claimed by each process
    anew, so nothing but the database is remembered.
    """
    due = database.write(
        lambda db: worklist.claim(db, [PROMISED], worker="t", now=now, lease_seconds=60)
    )
    found = []
    for work in due:

        def unit(db: Session, work: worklist.DueWork = work) -> Call | None:
            worklist.done(db, work, worker="t", now=now)
            return promised.tell(db, work, hours=HOURS, now=now)

        found.append(database.write(unit))
    return [each for each in found if each is not None]


def pushes(database: Database, now: datetime) -> Sequence[Due]:
    due = database.write(
        lambda db: worklist.claim(db, [PUSH], worker="t", now=now, lease_seconds=60, limit=50)
    )
    told = [push.due_of(each) for each in due]
    return [
        each
        for each in told
        if database.read(lambda db, each=each: calling.still_stands(db, each.news, each.staff))
    ]


def employs(database: Database, name: str, now: datetime, role: Role = Role.ADVISER) -> StaffId:
    who = StaffId(hire(database, name, now, role))
    choose(database, signed_in(database, who, now), now, name)
    return who


@pytest.mark.parametrize("name", ["call_back", "look_at"])
def test_the_adviser_is_told_at_once_and_again_when_the_time_has_come(
    database: Database, now: datetime, name: str
) -> None:
    tanaka, other = employs(database, "田中", now), employs(database, "佐藤", now)
    manager = employs(database, "鈴木", now, Role.MANAGER)
    customer(database, "Umisaki", now, adviser="田中")
    task = opened(database, now, name=name)
    is_call = name == "call_back"
    assert struck(database, now) == [Call(task, Told.OPENED, [tanaka], now, is_call)]
    (told,) = pushes(database, now)
    assert (told.staff, told.news.what, told.news.path) == (
        tanaka, "task_opened", f"/console/tasks/{task}",
    )  # fmt: skip
    assert told.news.facts == {"is_call": int(is_call)}
    assert "Umisaki" not in str(told)
    assert PHONE not in str(told)
    before = now + HALF_AN_HOUR - timedelta(seconds=1)
    assert struck(database, before) == []
    late = now + HALF_AN_HOUR
    assert struck(database, late) == [Call(task, Told.LATE, [tanaka, manager], late, is_call)]
    assert {each.staff for each in pushes(database, late)} == {tanaka, manager}
    assert other not in {tanaka, manager}
    assert struck(database, late + timedelta(days=1)) == []


def test_without_an_adviser_the_chain_is_told(database: Database, now: datetime) -> None:
    employs(database, "田中", now)
    lead = employs(database, "佐藤", now, Role.SENIOR)
    task = opened(database, now)
    assert struck(database, now) == [Call(task, Told.OPENED, [lead], now, True)]


def test_who_is_not_there_in_time_is_told_and_the_chain_with_them(
    database: Database, now: datetime
) -> None:
    tanaka, lead = employs(database, "田中", now), employs(database, "佐藤", now, Role.SENIOR)
    works(database, lead, now)
    works(database, tanaka, now, (Span(time(20), time(21)),))
    customer(database, "Umisaki", now, adviser="田中")
    task = opened(database, now)
    assert struck(database, now) == [Call(task, Told.OPENED, [tanaka, lead], now, True)]
    assert [each.staff for each in pushes(database, now)] == [lead]


def test_what_is_done_rings_for_nobody_any_more(database: Database, now: datetime) -> None:
    tanaka = employs(database, "田中", now)
    customer(database, "Umisaki", now, adviser="田中")
    task = opened(database, now)
    assert len(struck(database, now)) == 1
    actor = Actor(tanaka, Role.ADVISER)
    for is_first in (True, False):
        ended = database.write(
            lambda db: tasks.end(db, task, actor=actor, note="済", now=now + timedelta(minutes=5))
        )
        assert ended is is_first
    assert pushes(database, now + timedelta(minutes=6)) == []
    assert struck(database, now + HALF_AN_HOUR) == []


def test_at_night_nobody_is_rung_until_the_shop_opens(database: Database, now: datetime) -> None:
    tanaka = employs(database, "田中", now)
    customer(database, "Umisaki", now, adviser="田中")
    night = at_tokyo(tokyo_day(now), 23)
    morning = at_tokyo(tokyo_day(now) + timedelta(days=1), 10, 30)
    opened(database, night, within=morning + HALF_AN_HOUR - night)
    (call,) = struck(database, night)
    assert call.from_at == morning
    assert pushes(database, morning - timedelta(minutes=1)) == []
    assert [each.staff for each in pushes(database, morning)] == [tanaka]


def test_a_shop_that_was_off_tells_what_came_due_meanwhile(
    database: Database, now: datetime
) -> None:
    lead = employs(database, "佐藤", now, Role.SENIOR)
    task = opened(database, now)
    later = now + timedelta(hours=1)
    database.write(
        lambda db: worklist.claim(db, [PROMISED], worker="killed", now=now, lease_seconds=60)
    )
    calls = struck(database, later)
    assert [(each.task, each.what) for each in calls] == [(task, Told.OPENED), (task, Told.LATE)]
    assert all(lead in each.staff for each in calls)


def test_the_same_promise_twice_rings_once(database: Database, now: datetime) -> None:
    employs(database, "田中", now)
    assert opened(database, now) == opened(database, now)
    assert len(struck(database, now)) == 1


def test_who_is_forgotten_is_called_by_nobody(database: Database, now: datetime) -> None:
    """R-137."""
    employs(database, "田中", now)
    opened(database, now)
    database.write(lambda db: worklist.forget(db, [f"conversation:{TALK}"], now=now))
    assert struck(database, now + timedelta(days=1)) == []
