"""The hot statements of the outbox on both databases: one letter a fact, and each in its turn."""

import threading
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, col, select

from catalog.customers import actions as customers
from catalog.ground import journal, worklist
from catalog.ground.record import ConversationId, LetterId
from catalog.ground.session.database import Database
from catalog.ground.worklist import Work
from conversations.outbox import actions as outbox
from conversations.outbox import rules
from conversations.outbox.actions import LEASE_SECONDS, SLOW_ANSWER, ClaimedLetter, Envelope
from conversations.outbox.rules import Next, Way
from conversations.outbox.tables import LetterState, Priority
from conversations.ports import Accepted, Quota, QuotaSpent, TokenRefused, Unclear

MISAKI = ConversationId("line:Umisaki")
HELLO = [{"type": "text", "text": "hello"}]


def put(
    database: Database,
    dedupe: str,
    now: datetime,
    *,
    conversation: ConversationId = MISAKI,
    calls: int = 1,
    purpose: str = "test",
    **more: Any,
) -> list[LetterId]:
    """A letter to Misaki, if nobody else is named."""
    envelope = Envelope(
        dedupe=dedupe, channel="line", conversation=conversation, purpose=purpose, **more
    )
    written = database.write(lambda db: outbox.put(db, envelope, [HELLO] * calls, now=now))
    return list(written.ids)


def claim(database: Database, lease: str, now: datetime, *, limit: int = 10) -> list[ClaimedLetter]:
    """What is handed out to that lease."""
    return database.write(lambda db: outbox.claim(db, lease=lease, now=now, limit=limit))


def note(database: Database, letter: ClaimedLetter, outcome: Next, now: datetime) -> bool:
    """What became of a push."""
    return database.write(lambda db: outbox.note(db, letter, Way.PUSH, outcome, now=now))


SENT = Next(LetterState.SENT)


def states(database: Database) -> list[str]:
    """Of all letters as they were written."""
    found = text("SELECT state FROM outbox ORDER BY id")
    return database.read(lambda db: [each[0] for each in db.connection().execute(found)])


def test_a_fact_is_one_letter_and_only_its_first_call_has_the_token(
    database: Database, now: datetime
) -> None:
    until = now + timedelta(seconds=45)
    assert len(put(database, "fact", now, calls=3, reply_token="t", reply_until=until)) == 3
    assert put(database, "fact", now, calls=3) == []
    (first,) = claim(database, "one", now)
    assert first.standing.reply_token == "t"
    assert first.standing.reply_until == until
    note(database, first, SENT, now)
    (second,) = claim(database, "two", now)
    assert second.standing.reply_token is None
    assert second.retry_key != first.retry_key


def test_letters_of_a_conversation_go_one_after_the_other_and_others_beside_them(
    database: Database, now: datetime
) -> None:
    for name in ("first", "second"):
        put(database, name, now)
    put(database, "other", now, conversation=ConversationId("line:Ukenji"))
    claims = claim(database, "one", now)
    assert len(claims) == 2
    assert claim(database, "two", now) == [], "the first is under way"
    first = next(letter for letter in claims if letter.conversation == MISAKI)
    again = Next(LetterState.DUE, due_at=now + timedelta(seconds=2), is_unclear=True)
    assert note(database, first, again, now)
    assert claim(database, "three", now) == [], "the first will be tried again before the second"
    (repeated,) = claim(database, "four", now + timedelta(seconds=2))
    assert (repeated.id, repeated.retry_key) == (first.id, first.retry_key)
    assert repeated.standing.is_unclear
    assert repeated.standing.attempts == 2
    note(database, repeated, SENT, now)
    assert len(claim(database, "five", now + timedelta(seconds=2))) == 1


def test_a_letter_that_waits_for_its_hour_holds_up_nobody(
    database: Database, now: datetime
) -> None:
    put(database, "in the morning", now, not_before=now + timedelta(hours=8))
    (answer,) = put(database, "answer", now)
    assert [letter.id for letter in claim(database, "one", now)] == [answer]


def test_a_lease_that_ran_out_counts_as_a_try_nobody_knows_the_outcome_of(
    database: Database, now: datetime
) -> None:
    put(database, "fact", now)
    (slow,) = claim(database, "slow", now)
    assert not slow.standing.is_unclear
    assert slow.sure_until == now + timedelta(seconds=LEASE_SECONDS)
    later = now + timedelta(seconds=LEASE_SECONDS)
    (quick,) = claim(database, "quick", later)
    assert quick.standing.is_unclear
    assert not note(database, slow, SENT, later), "the other holder will tell"
    assert note(database, quick, SENT, later)
    assert states(database) == ["sent"]


def test_a_renewed_letter_is_nobody_elses(database: Database, now: datetime) -> None:
    put(database, "fact", now)
    claim(database, "one", now)
    database.write(lambda db: outbox.renew(db, ["one"], now=now + timedelta(seconds=4)))
    assert claim(database, "two", now + timedelta(seconds=LEASE_SECONDS + 3)) == []


def test_many_workers_at_once_send_each_letter_once_and_in_order(
    database: Database, now: datetime
) -> None:
    lanes = [ConversationId(f"line:U{n}") for n in range(10)]
    for turn in range(4):
        for lane in lanes:
            put(database, f"{lane}:{turn}", now, conversation=lane)
    sent: list[tuple[str, int]] = []

    def work(name: str) -> None:
        for turn in range(30):
            for letter in claim(database, f"{name}:{turn}", now, limit=4):
                sent.append((letter.conversation, letter.id))
                assert note(database, letter, SENT, now)

    workers = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(4)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    for turn in range(40):
        for letter in claim(database, f"last:{turn}", now):
            sent.append((letter.conversation, letter.id))
            note(database, letter, SENT, now)
    assert len(sent) == len(set(sent)) == 40
    for lane in lanes:
        own = [number for conversation, number in sent if conversation == lane]
        assert own == sorted(own)


def test_a_free_reply_is_claimed_as_it_is_written_unless_an_earlier_letter_is_open(
    database: Database, now: datetime
) -> None:
    def reply(dedupe: str, lease: str) -> outbox.Written:
        envelope = Envelope(
            dedupe=dedupe,
            channel="line",
            conversation=MISAKI,
            purpose="test",
            reply_token=f"token of {dedupe}",
            reply_until=now + timedelta(seconds=45),
        )
        return database.write(
            lambda db: outbox.put(db, envelope, [HELLO, HELLO], now=now, lease=lease)
        )

    first, second = reply("first", "one"), reply("second", "two")
    assert first.claimed is not None
    assert first.claimed.id == first.ids[0]
    assert second.claimed is None, "it must wait for the first"
    assert states(database) == ["sending", "due", "due", "due"]
    assert claim(database, "three", now) == []
    assert note(database, first.claimed, SENT, now)
    assert [letter.id for letter in claim(database, "four", now)] == [first.ids[1]]


def test_a_reply_claimed_as_it_was_written_by_a_process_that_died_is_tried_again_as_unclear(
    database: Database, now: datetime
) -> None:
    until = now + timedelta(seconds=45)
    envelope = Envelope("fact", "line", MISAKI, "test", reply_token="t", reply_until=until)
    written = database.write(lambda db: outbox.put(db, envelope, [HELLO], now=now, lease="dead"))
    assert written.claimed is not None
    assert claim(database, "early", now + timedelta(seconds=LEASE_SECONDS - 1)) == []
    (again,) = claim(database, "next", now + timedelta(seconds=LEASE_SECONDS))
    assert again.standing.is_unclear
    assert again.standing.reply_token == "t"
    assert not note(database, written.claimed, SENT, now)


def test_what_the_month_has_no_room_for_waits_rides_or_goes_when_there_is_room(
    database: Database, now: datetime
) -> None:
    put(database, "one", now)
    put(database, "two", now, conversation=ConversationId("line:Ukenji"))
    for letter in claim(database, "one", now):
        outcome = rules.after(letter.standing, Way.PUSH, QuotaSpent(), now=now)
        assert note(database, letter, outcome, now)
    assert states(database) == ["waiting", "waiting"]
    (rider,) = database.read(lambda db: outbox.riders(db, MISAKI, now=now))
    assert list(rider.messages) == HELLO
    assert database.write(lambda db: outbox.carry(db, rider, now=now))
    assert not database.write(lambda db: outbox.carry(db, rider, now=now))
    database.write(lambda db: outbox.set_quota(db, "line", Quota(200, 3), now=now))
    assert states(database) == ["carried", "due"]


def test_that_letters_wait_is_a_task_until_none_does_and_again_when_they_do(
    database: Database, now: datetime
) -> None:
    def waiting(key: str, at: datetime) -> None:
        put(database, key, at)
        for letter in claim(database, key, at):
            outcome = rules.after(letter.standing, Way.PUSH, QuotaSpent(), now=at)
            assert note(database, letter, outcome, at)

    def tasks() -> list[str]:
        wanted = select(Work.state).where(Work.kind == worklist.TASK).order_by(col(Work.id))
        return database.read(lambda db: list(db.exec(wanted)))

    waiting("one", now)
    waiting("two", now)
    assert tasks() == ["due"]
    database.write(lambda db: outbox.set_quota(db, "line", Quota(200, 200), now=now))
    assert tasks() == ["due"]
    database.write(lambda db: outbox.set_quota(db, "line", Quota(400, 200), now=now))
    assert tasks() == ["done"]
    later = now + timedelta(days=1)
    waiting("three", later)
    assert tasks() == ["done", "due"], "in the same month too"


def test_what_is_kept_back_for_others_does_not_stop_what_was_asked_for(
    database: Database, now: datetime
) -> None:
    database.write(lambda db: outbox.set_quota(db, "line", Quota(100, 90), now=now))
    put(database, "reminder", now, priority=Priority.REMINDER)
    (kept,) = claim(database, "one", now)
    assert rules.way(kept.standing, now=now) is Way.WAIT_FOR_QUOTA
    held_back = Next(LetterState.WAITING, error="kept")
    database.write(lambda db: outbox.note(db, kept, Way.WAIT_FOR_QUOTA, held_back, now=now))
    put(database, "answer", now)
    (asked,) = claim(database, "two", now)
    assert rules.way(asked.standing, now=now) is Way.PUSH


def test_an_unclear_reply_and_a_slow_answer_ride_the_latest_three_oldest_first(
    database: Database, now: datetime
) -> None:
    ids = []
    for n in range(5):
        ids += put(database, f"fact {n}", now)
        for letter in claim(database, f"try {n}", now):
            note(database, letter, Next(LetterState.AMBIGUOUS, is_unclear=True), now)
    riders = database.read(lambda db: outbox.riders(db, MISAKI, now=now))
    assert [rider.id for rider in riders] == ids[-3:]
    slow = Envelope("slow", "line", MISAKI, SLOW_ANSWER, not_before=now + timedelta(minutes=2))
    database.write(lambda db: outbox.put(db, slow, [HELLO], now=now))
    assert len(database.read(lambda db: outbox.riders(db, MISAKI, now=now))) == 3


def test_a_block_stops_what_is_not_under_way_and_is_seen_by_what_is_claimed_later(
    database: Database, now: datetime
) -> None:
    def block(db: Session) -> None:
        customers.block(db, "line", "Umisaki", now=now)
        outbox.suppress(db, MISAKI, reason="blocked", now=now)

    put(database, "waits", now)
    database.write(block)
    assert states(database) == ["suppressed"]
    put(database, "later", now)
    (letter,) = claim(database, "one", now)
    assert rules.way(letter.standing, now=now) is Way.SUPPRESSED


def test_what_was_taken_back_is_emptied_in_all_its_calls_even_under_way(
    database: Database, now: datetime
) -> None:
    put(database, "event:7", now, calls=3)
    put(database, "event:70", now)
    (under_way,) = claim(database, "one", now)
    database.write(lambda db: outbox.withdraw(db, ["event:7"], reason="taken back", now=now))
    assert states(database) == ["sending", "suppressed", "suppressed", "due"]
    again = Next(LetterState.DUE, due_at=now, is_unclear=True)
    assert note(database, under_way, again, now)
    (emptied,) = claim(database, "two", now)
    assert (emptied.id, emptied.messages) == (under_way.id, "[]")


def test_staff_push_a_dead_letter_again_with_a_fresh_key(database: Database, now: datetime) -> None:
    until = now + timedelta(seconds=45)
    (number,) = put(database, "fact", now, reply_token="t", reply_until=until)
    (letter,) = claim(database, "one", now)
    assert not database.write(lambda db: outbox.retry(db, number, by="staff:1", now=now))
    note(database, letter, Next(LetterState.DEAD, error="refused"), now)
    assert database.write(lambda db: outbox.retry(db, number, by="staff:1", now=now))
    (again,) = claim(database, "two", now)
    assert again.standing.reply_token is None
    assert again.retry_key != letter.retry_key
    assert again.standing.attempts == 1
    acts = database.read(lambda db: journal.of(db, f"letter:{number}"))
    assert [(each.verb, each.actor) for each in acts] == [("retried", "staff:1")]


def test_a_refused_token_is_dropped_and_the_letter_goes_as_a_push(
    database: Database, now: datetime
) -> None:
    until = now + timedelta(seconds=45)
    put(database, "fact", now, reply_token="t", reply_until=until)
    (letter,) = claim(database, "one", now)
    refused = rules.after(letter.standing, Way.REPLY, TokenRefused("Invalid reply token"), now=now)
    assert note(database, letter, refused, now)
    (again,) = claim(database, "two", now)
    assert rules.way(again.standing, now=now) is Way.PUSH
    accepted = rules.after(again.standing, Way.PUSH, Accepted("id"), now=now)
    assert note(database, again, accepted, now)
    assert states(database) == ["sent"]


def test_an_unclear_push_is_tried_again_later(database: Database, now: datetime) -> None:
    put(database, "fact", now)
    (letter,) = claim(database, "one", now)
    outcome = rules.after(letter.standing, Way.PUSH, Unclear("no answer"), now=now)
    assert note(database, letter, outcome, now)
    assert claim(database, "two", now) == []
    assert claim(database, "three", now + timedelta(seconds=2))
