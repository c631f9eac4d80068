"""A post to the staff's channel is due once, looked for before it is repeated, and waits as long as
it is worth something, on both databases (R-151).
"""

from datetime import datetime, timedelta

import pytest

from catalog.ground import worklist
from catalog.ground.session.database import Database
from catalog.ground.worklist import DueWork, WorkState
from conversations.ports import Outcome, Rejected, TooFast, Unclear
from handoff.slack.posts import actions

POST = "slack.task"
UNTIL = timedelta(hours=8)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def put(database: Database, now: datetime, key: str = "1:opened") -> bool:
    return database.write(
        lambda db: actions.put(
            db, POST, "task:1", key, due_at=now, until=now + UNTIL, now=now, facts={"task": 1}
        )
    )


def claimed(database: Database, now: datetime) -> DueWork | None:
    """As a worker of its own takes it."""
    found = database.write(
        lambda db: worklist.claim(db, [POST], worker=str(now), now=now, lease_seconds=8)
    )
    return found[0] if found else None


def put_off(database: Database, work: DueWork, outcome: Outcome, now: datetime) -> bool:
    return database.write(
        lambda db: actions.put_off(db, work, outcome, tried_at=now, now=now + SECOND)
    )


def test_the_same_is_posted_once_under_one_name(database: Database, now: datetime) -> None:
    assert [put(database, now), put(database, now)] == [True, False]
    first = claimed(database, now)
    assert first is not None
    assert put_off(database, first, TooFast(None), now)
    again = claimed(database, now + MINUTE)
    assert again is not None
    assert again.facts["post"] == first.facts["post"]


@pytest.mark.parametrize("outcome", [TooFast(None), Rejected("not_in_channel")])
def test_what_certainly_did_not_arrive_is_posted_without_looking(
    database: Database, now: datetime, outcome: Outcome
) -> None:
    put(database, now)
    for tries in range(20):  # more than any other work is given
        at = now + tries * 11 * MINUTE
        work = claimed(database, at)
        assert work is not None
        assert actions.unclear_since(work) is None
        assert put_off(database, work, outcome, at)


def test_what_may_have_arrived_is_looked_for_since_the_first_try(
    database: Database, now: datetime
) -> None:
    put(database, now)
    started = now + MINUTE
    for outcome in (Unclear("no answer"), TooFast(None), Unclear("no answer")):
        work = claimed(database, started)
        assert work is not None
        assert put_off(database, work, outcome, now + MINUTE)
        started += MINUTE
    last = claimed(database, started)
    assert last is not None
    assert actions.unclear_since(last) == now + MINUTE


def test_what_a_killed_process_may_have_posted_is_looked_for(
    database: Database, now: datetime
) -> None:
    put(database, now)
    killed = claimed(database, now)
    assert killed is not None
    assert claimed(database, now + SECOND) is None
    heir = claimed(database, now + MINUTE)
    assert heir is not None
    assert actions.unclear_since(heir) == now
    assert put_off(database, heir, TooFast(None), now + MINUTE)
    next_one = claimed(database, now + 2 * MINUTE)
    assert next_one is not None
    assert actions.unclear_since(next_one) is not None, "nobody knows it any better"


@pytest.mark.parametrize("asked", [2.0, 90.0])
def test_slack_is_left_in_peace_as_long_as_it_asks(
    database: Database, now: datetime, asked: float
) -> None:
    put(database, now)
    work = claimed(database, now)
    assert work is not None
    assert put_off(database, work, TooFast(asked), now)
    ends = now + SECOND + timedelta(seconds=asked)
    assert claimed(database, ends - timedelta(milliseconds=1)) is None
    assert claimed(database, ends) is not None


def test_once_its_time_is_over_it_waits_no_longer(database: Database, now: datetime) -> None:
    put(database, now)
    work = claimed(database, now)
    assert work is not None
    assert not put_off(database, work, TooFast(None), now + UNTIL)


def test_a_row_that_was_done_stays_done(database: Database, now: datetime) -> None:
    put(database, now)
    work = claimed(database, now)
    assert work is not None
    assert database.write(lambda db: worklist.done(db, work, worker=str(now), now=now))
    assert put(database, now) is False
    rows = database.read(lambda db: db.get_one(worklist.Work, work.id).state)
    assert rows == WorkState.DONE
