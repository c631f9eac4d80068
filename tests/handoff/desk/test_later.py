"""Words that wait for their hour, and the moments that are offered."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.app import READERS
from catalog.duties.actors import Actor, Role
from catalog.ground.calendar import TOKYO, ShopHours, at_tokyo
from catalog.ground.record import LetterId, StaffId, TicketId
from catalog.ground.session.database import Database
from conversations.outbox import actions as outbox
from handoff.desk import actions as desk
from handoff.desk import later
from handoff.desk.later import Later, LetterGone, LetterMissing, MomentMalformed
from handoff.desk.queries import open_of
from tests.handoff.desk.talk import here, says, talk_of

HOURS = ShopHours()
USER = "U" + "9" * 32
TALK = talk_of(USER)
SATO, TANAKA, LEAD = (
    Actor("sato", Role.ADVISER), Actor("tanaka", Role.ADVISER), Actor("lead", Role.SENIOR),
)  # fmt: skip
TANAKA_ID = StaffId(TANAKA.id)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(
    lambda each: each.replace(tzinfo=TOKYO)
)


@given(MOMENTS)
def test_every_moment_offered_lies_ahead_and_at_a_civil_hour(now: datetime) -> None:
    offered = later.moments(HOURS, now=now)
    assert offered[Later.REPLY] is None
    assert all(at is None or at >= now for at in offered.values())
    monday, tomorrow = offered[Later.MONDAY], offered[Later.TOMORROW]
    assert monday is not None and tomorrow is not None and monday > now
    assert monday.weekday() == 0 and monday.hour == tomorrow.hour == 10
    assert (tomorrow.date() - now.date()).days == 1
    opening = offered[Later.OPENING]
    assert opening is not None and HOURS.is_open(opening)


@given(MOMENTS)
def test_words_written_at_night_wait_for_the_opening_unless_forced(now: datetime) -> None:
    at = later.leaves_at(HOURS, now=now)
    assert (at is None) == HOURS.is_open(now)
    assert at is None or HOURS.is_open(at)
    assert later.leaves_at(HOURS, forced=True, now=now) is None


def test_a_moment_that_is_over_or_far_is_refused(now: datetime) -> None:
    for at in (now, now - timedelta(seconds=1), now + timedelta(days=366)):
        with pytest.raises(MomentMalformed):
            later.leaves_at(HOURS, at=at, now=now)


def test_waiting_words_are_called_off_whole_before_they_leave(
    database: Database, now: datetime
) -> None:
    says(database, USER, "こんにちは", now=now)
    database.write(lambda db: desk.take_over(db, TALK, SATO, lang="ja", now=now))
    morning = at_tokyo(now.date() + timedelta(days=1), 10)
    calls = [[{"type": "text", "text": "一"}], [{"type": "text", "text": "二"}]]
    database.write(
        lambda db: desk.answer(db, TALK, SATO, calls, key="k", not_before=morning, now=now)
    )
    waiting = database.read(lambda db: later.waiting(db, READERS, now=now, conversation=TALK))
    assert [each.leaves_at for each in waiting] == [morning, morning]
    letter = waiting[1].letter
    with pytest.raises(LetterMissing):
        database.write(lambda db: later.call_off(db, letter, TANAKA, now=now))
    with pytest.raises(LetterMissing):
        database.write(lambda db: later.call_off(db, LetterId(999), LEAD, now=now))
    taken = database.read(lambda db: open_of(db, TALK))
    assert taken is not None
    here(database, TANAKA, now=now)
    database.write(lambda db: desk.assign(db, TicketId(taken.id), TANAKA_ID, LEAD, now=now))
    database.write(lambda db: later.call_off(db, letter, TANAKA, now=now))  # has the talk now
    with pytest.raises(LetterGone):
        database.write(lambda db: later.call_off(db, letter, SATO, now=now))
    after = morning + timedelta(hours=1)
    assert database.write(lambda db: outbox.claim(db, lease="w", now=after, limit=9)) == []
    assert database.read(lambda db: later.waiting(db, READERS, now=now)) == []


def test_words_that_are_leaving_cannot_be_called_off(database: Database, now: datetime) -> None:
    says(database, USER, "こんにちは", now=now)
    database.write(lambda db: desk.take_over(db, TALK, SATO, lang="ja", now=now))
    calls = [[{"type": "text", "text": "一"}]]
    at = now + timedelta(hours=1)
    database.write(lambda db: desk.answer(db, TALK, SATO, calls, key="k", not_before=at, now=now))
    [letter] = database.write(lambda db: outbox.claim(db, lease="w", now=at, limit=9))
    with pytest.raises(LetterGone):
        database.write(lambda db: later.call_off(db, letter.id, SATO, now=at))
