"""The hot statements of the inbox on both databases: kept once, handed out in order, ended once."""

import itertools
import threading
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session

from catalog.ground.record import ConversationId
from catalog.ground.session.database import Database
from conversations.inbox import intake
from conversations.inbox import queries as inbox_queries
from conversations.inbox import work as inbox
from conversations.inbox.intake import IntakeRow
from conversations.inbox.work import LEASE_SECONDS, MAX_ATTEMPTS, Claim, LeaseLost
from conversations.threads.memory import Memory

MISAKI = ConversationId("line:Umisaki")
KENJI = ConversationId("line:Ukenji")
_numbers = itertools.count()


def row(conversation: ConversationId, at: datetime, **more: Any) -> IntakeRow:
    """An event of that conversation and moment."""
    number = next(_numbers)
    told: dict[str, Any] = {
        "channel": "line",
        "event_id": f"event-{number}",
        "conversation": conversation,
        "message_id": f"message-{number}",
        "event_at": at,
        "received_at": at,
        "body": "{}",
        **more,
    }
    return IntakeRow(**told)


def keep(database: Database, *rows: IntakeRow) -> None:
    """Through the lane, all in one batch."""
    lane = database.lane(intake.insert, topic=intake.TOPIC)
    threads = [threading.Thread(target=lane.put_and_wait, args=(each,)) for each in rows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def claim(database: Database, lease: str, now: datetime, *, limit: int = 10) -> list[Claim]:
    """What is handed out to that lease."""
    return database.write(lambda db: inbox.claim(db, lease=lease, now=now, limit=limit))


def end(db: Session, held: Claim, place: int, *, is_last: bool, now: datetime) -> None:
    """One event well done."""
    inbox.done(
        db,
        held,
        held.events[place],
        kept=Memory(unit="W-10234"),
        lang="ja",
        is_last=is_last,
        now=now,
    )


def states(database: Database) -> list[str]:
    """Of all events in the order they came."""
    found = text("SELECT state FROM inbox ORDER BY id")
    return database.read(lambda db: [each[0] for each in db.connection().execute(found)])


def test_an_event_is_kept_once_however_often_it_comes(database: Database, now: datetime) -> None:
    again = row(MISAKI, now)
    keep(database, again, again, row(MISAKI, now), again)
    keep(database, again)
    assert states(database) == ["due", "due"]


def test_a_conversation_is_handed_out_in_the_order_of_its_events_and_to_one(
    database: Database, now: datetime
) -> None:
    early, late = now - timedelta(seconds=3), now - timedelta(seconds=1)
    first, second, third = row(MISAKI, early), row(MISAKI, late), row(MISAKI, late)
    keep(database, third)
    keep(database, second)
    keep(database, first, row(KENJI, now))
    claims = {each.conversation: each for each in claim(database, "one", now)}
    assert [event.event_id for event in claims[MISAKI].events] == [
        first.event_id, third.event_id, second.event_id,
    ]  # fmt: skip
    assert len(claims[KENJI].events) == 1
    keep(database, row(MISAKI, now))
    assert claim(database, "two", now) == []


def test_ending_the_last_event_frees_the_conversation_and_keeps_its_memory(
    database: Database, now: datetime
) -> None:
    keep(database, row(MISAKI, now), row(MISAKI, now))
    (held,) = claim(database, "one", now)
    database.write(lambda db: end(db, held, 0, is_last=False, now=now))
    keep(database, row(MISAKI, now))
    assert claim(database, "two", now) == []
    database.write(lambda db: end(db, held, 1, is_last=True, now=now))
    (next_held,) = claim(database, "two", now)
    assert next_held.memory == Memory(unit="W-10234")
    assert next_held.lang == "ja"
    assert states(database) == ["done", "done", "due"]


def test_a_lease_that_ran_out_is_lost_and_its_turn_leaves_nothing(
    database: Database, now: datetime
) -> None:
    keep(database, row(MISAKI, now))
    (slow,) = claim(database, "slow", now)
    later = now + timedelta(seconds=LEASE_SECONDS)
    (quick,) = claim(database, "quick", later)
    for unit in (
        lambda db: end(db, slow, 0, is_last=True, now=later),
        lambda db: inbox.failed(db, slow, slow.events[0], error="late", now=later),
    ):
        with pytest.raises(LeaseLost):
            database.write(unit)
    assert states(database) == ["due"]
    database.write(lambda db: end(db, quick, 0, is_last=True, now=later))
    with pytest.raises(LeaseLost):
        database.write(lambda db: end(db, quick, 0, is_last=True, now=later))


def test_a_renewed_lease_is_kept(database: Database, now: datetime) -> None:
    keep(database, row(MISAKI, now))
    claim(database, "one", now)
    database.write(lambda db: inbox.renew(db, ["one"], now=now + timedelta(seconds=4)))
    assert claim(database, "two", now + timedelta(seconds=LEASE_SECONDS + 3)) == []
    assert claim(database, "two", now + timedelta(seconds=LEASE_SECONDS + 4))


def test_a_failed_event_holds_the_ones_behind_it_until_it_is_given_up(
    database: Database, now: datetime
) -> None:
    keep(database, row(MISAKI, now))
    keep(database, row(MISAKI, now + timedelta(milliseconds=1)))
    for attempt in range(1, MAX_ATTEMPTS + 1):
        (held,) = claim(database, f"try {attempt}", now)
        assert held.events[0].attempts == attempt - 1
        is_dead = database.write(
            lambda db: inbox.failed(db, held, held.events[0], error="poison", now=now)  # noqa: B023 - run at once
        )
        assert is_dead == (attempt == MAX_ATTEMPTS)
        if not is_dead:
            assert claim(database, "at once", now) == [], "the head waits, so do the others"
            now += timedelta(seconds=30)
    (held,) = claim(database, "next", now)
    assert states(database) == ["dead", "due"]
    assert len(held.events) == 1
    number = database.read(inbox_queries.recent)[0].id
    assert number is not None
    assert database.write(lambda db: inbox.retry(db, number, by="staff:1", now=now))
    assert not database.write(lambda db: inbox.retry(db, number, by="staff:1", now=now))


def test_a_message_whose_unsend_came_first_is_known_as_taken_back(
    database: Database, now: datetime
) -> None:
    unsend = row(MISAKI, now, message_id="m1")
    keep(database, unsend)
    rows = database.read(lambda db: inbox_queries.of_message(db, MISAKI, "m1"))
    database.write(lambda db: inbox_queries.scrub(db, rows, now=now))
    keep(database, row(MISAKI, now, message_id="m1"), row(MISAKI, now, message_id="m2"))
    keep(database, row(KENJI, now, message_id="m1"), row(KENJI, now, message_id=None))
    taken = {
        (each.conversation, event.event_id): event.is_taken_back
        for each in claim(database, "one", now)
        for event in each.events
        if event.event_id != unsend.event_id
    }
    assert sorted(taken.values()) == [False, False, False, True]


def test_many_workers_at_once_never_share_a_conversation(database: Database, now: datetime) -> None:
    lanes = [ConversationId(f"line:U{n}") for n in range(40)]
    keep(database, *(row(lane, now) for lane in lanes))
    taken: list[str] = []

    def work(name: str) -> None:
        for turn in range(20):
            lease = f"{name}:{turn}"
            for held in claim(database, lease, now, limit=3):
                database.write(partial(end, held=held, place=0, is_last=True, now=now))
                taken.append(held.conversation)

    workers = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(4)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert sorted(taken) == sorted(lanes)
