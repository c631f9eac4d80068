"""Letters that were kept back and may go again: nothing of what they waited counts against them,
and they leave at an hour the shop may write at (R-152, R-160, NTF-1, NTF-2).
"""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from bot.workers.sending import _WITHOUT_SENDING
from catalog.ground.calendar import TOKYO
from catalog.ground.record import ConversationId, StaffId
from catalog.ground.session.database import Database
from catalog.ground.worklist import Work
from catalog.partners.tables import Partner, Seat
from conversations.outbox import actions as outbox
from conversations.outbox import rules
from conversations.outbox.actions import ClaimedLetter
from conversations.outbox.rules import Next, Way
from conversations.outbox.tables import LetterState, OutboxLetter, Priority
from conversations.ports import Accepted, Outcome, Quota, QuotaSpent, TooFast, Unclear
from conversations.threads import speaker
from tests.conversations.outbox.test_actions import MISAKI, SENT, claim, note, put, states

KENJI = ConversationId("line:Ukenji")
DAY = datetime(2026, 11, 30, 15, 0, tzinfo=TOKYO)
NIGHT = datetime(2026, 11, 30, 23, 0, tzinfo=TOKYO)
ROLLOVER = datetime(2026, 12, 1, 0, 5, tzinfo=TOKYO)
MORNING = datetime(2026, 12, 1, 9, 0, tzinfo=TOKYO)


def tried(database: Database, now: datetime, outcome: Outcome, lease: str = "") -> list[Way]:
    """Every letter that is due is seen through as the outbox loop does it; a push comes to that."""
    ways = []
    for letter in claim(database, lease or f"lease of {now.isoformat()}", now):
        ways.append(rules.way(letter.standing, now=now))
        came = _WITHOUT_SENDING.get(ways[-1]) or rules.after(
            letter.standing, ways[-1], outcome, now=now
        )
        assert noted(database, letter, ways[-1], came, now)
    return ways


def noted(database: Database, letter: ClaimedLetter, way: Way, came: Next, now: datetime) -> bool:
    return database.write(lambda db: outbox.note(db, letter, way, came, now=now))


def month(database: Database, used: int, now: datetime, *, limit: int = 200) -> None:
    """What LINE says of the month."""
    database.write(lambda db: outbox.set_quota(db, "line", Quota(limit, used), now=now))


def row(database: Database, dedupe: str) -> OutboxLetter:
    wanted = select(OutboxLetter).where(col(OutboxLetter.dedupe) == dedupe)
    return database.read(lambda db: db.exec(wanted).one())


def speaks(database: Database, conversation: ConversationId, now: datetime) -> None:
    """A person of the shop takes over there."""

    def unit(db: Session) -> None:
        speaker.let_speak(db, conversation, "line", StaffId("sato"), lang="ja", now=now)
        outbox.hold(db, conversation, now=now)

    database.write(unit)


def falls_silent(database: Database, conversation: ConversationId, now: datetime) -> None:
    """The bot speaks there again."""

    def unit(db: Session) -> None:
        speaker.let_speak(db, conversation, "line", None, lang="ja", now=now)
        outbox.release(db, conversation, now=now)

    database.write(unit)


def test_a_letter_kept_back_for_more_important_ones_waits_the_whole_month_and_is_never_given_up(
    database: Database,
) -> None:
    """R-160: each look at the month, every ten minutes, is no try of what stays kept back."""
    month(database, 170, DAY)
    put(database, "reminder", DAY, priority=Priority.REMINDER)
    assert tried(database, DAY, Accepted()) == [Way.WAIT_FOR_QUOTA]
    for look in range(1, 45):
        at = DAY + timedelta(minutes=10 * look)
        month(database, 170, at)
        assert tried(database, at, Accepted()) == [], "it is still kept back"
    assert row(database, "reminder").state == LetterState.WAITING
    month(database, 3, DAY + timedelta(days=20))
    assert tried(database, DAY + timedelta(days=20), Accepted()) == [Way.PUSH]
    assert states(database) == ["sent"]


def test_what_waited_for_days_goes_when_the_month_turns_and_rides_until_then(
    database: Database,
) -> None:
    """R-160: nothing had left the house, so no key's life has begun to run."""
    put(database, "reply", DAY, written_by=StaffId("sato"))
    put(database, "news", DAY, conversation=KENJI, priority=Priority.PROMISED)
    assert tried(database, DAY, QuotaSpent()) == [Way.PUSH, Way.PUSH]
    later = DAY + timedelta(days=4)
    assert [each.state for each in database.read(lambda db: outbox.riders(db, MISAKI, now=later))]
    month(database, 0, later)
    assert tried(database, later, Accepted()) == [Way.PUSH, Way.PUSH]
    assert states(database) == ["sent", "sent"]


def test_a_refusal_every_ten_minutes_does_not_kill_a_letter(database: Database) -> None:
    """The platform may say "spent" while its own figures still show room."""
    put(database, "reply", DAY)
    for look in range(42):
        at = DAY + timedelta(minutes=10 * look)
        month(database, 199, at)
        assert tried(database, at, QuotaSpent()) == [Way.PUSH]
    assert row(database, "reply").state == LetterState.WAITING


def test_the_new_month_rings_nobody_at_midnight(database: Database) -> None:
    """NTF-1: what the shop started waits for the morning, an answer of this day does not."""
    started = (Priority.PROMISED, Priority.REMINDER, Priority.MARKETING)
    for each in started:
        put(database, each.name, NIGHT - timedelta(hours=4), priority=each)
    put(database, "asked", NIGHT, conversation=KENJI)
    put(
        database,
        "asked long ago",
        NIGHT - timedelta(days=3),
        conversation=ConversationId("line:Uo"),
    )
    for n in range(3):
        tried(database, NIGHT, QuotaSpent(), f"night {n}")
    month(database, 0, ROLLOVER)
    assert {row(database, each.name).due_at for each in started} == {MORNING}
    assert row(database, "asked").due_at == ROLLOVER
    assert row(database, "asked long ago").due_at == MORNING, "no reply any more after a day"
    assert tried(database, ROLLOVER, Accepted()) == [Way.PUSH]
    put(database, "answer", ROLLOVER)
    assert tried(database, ROLLOVER, Accepted(), "2") == [Way.PUSH], "it holds up no answer"
    for n in range(3):
        tried(database, MORNING, Accepted(), f"morning {n}")
    assert set(states(database)) == {"sent"}


def test_a_partner_has_no_quiet_hours(database: Database) -> None:
    """NTF-2."""

    def seat(db: Session) -> None:
        db.add(Partner(id="p", partner_code="GINZA", name="銀座", written_at=DAY))
        db.flush()
        db.add(Seat(channel="line", address="Umisaki", partner_id="p", bound_at=DAY))

    database.write(seat)
    put(database, "news", DAY, priority=Priority.PROMISED)
    tried(database, DAY, QuotaSpent())
    month(database, 0, ROLLOVER)
    assert row(database, "news").due_at == ROLLOVER


def test_a_push_nobody_knows_of_keeps_its_key_and_is_told_as_a_repeat(database: Database) -> None:
    """Decision 0009: the same key within a day, never afterwards; riding along it may double."""
    put(database, "fact", DAY)
    assert tried(database, DAY, Unclear("no answer")) == [Way.PUSH]
    soon = DAY + timedelta(seconds=3)
    assert tried(database, soon, QuotaSpent()) == [Way.PUSH]
    kept = row(database, "fact")
    assert (kept.state, kept.is_unclear) == (LetterState.WAITING, True)
    (rider,) = database.read(lambda db: outbox.riders(db, MISAKI, now=soon))
    assert rider.is_unclear
    month(database, 0, DAY + timedelta(days=2))
    assert tried(database, DAY + timedelta(days=2), Accepted()) == [Way.GIVE_UP]


def test_what_a_talk_kept_back_leaves_in_the_morning_and_only_while_it_is_of_use(
    database: Database,
) -> None:
    """R-152, NTF-1: the talk ends three days later at night."""
    starts = DAY + timedelta(days=1)
    put(database, "soon", DAY, priority=Priority.REMINDER, expires_at=starts)
    put(database, "offer", DAY, priority=Priority.MARKETING)
    speaks(database, MISAKI, DAY)
    put(database, "film", DAY + timedelta(hours=1))
    ends = NIGHT + timedelta(days=3)
    put(database, "fresh film", ends)
    put(database, "desk", ends, priority=Priority.PROMISED, purpose="desk")
    assert set(states(database)) == {"held"}
    falls_silent(database, MISAKI, ends)
    morning = MORNING + timedelta(days=3)
    due = {each: row(database, each).due_at for each in ("soon", "offer", "film")}
    assert due == {"soon": morning, "offer": morning, "film": morning}
    gone = []
    for n in range(3):
        gone += tried(database, ends, Accepted(), f"night {n}")
    assert gone == [Way.PUSH, Way.PUSH], "the desk's word, and what was asked for today"
    for n in range(4):
        gone += tried(database, morning, Accepted(), f"morning {n}")
    assert gone[2:] == [Way.EXPIRED, Way.PUSH, Way.PUSH]


def test_a_letter_turned_away_for_speed_before_a_long_talk_is_sent_after_it(
    database: Database,
) -> None:
    """Nothing had left the house: it is not given up, and waiting for the morning it holds up
    nobody.
    """
    put(database, "news", DAY, priority=Priority.PROMISED)
    assert tried(database, DAY, TooFast(60)) == [Way.PUSH]
    speaks(database, MISAKI, DAY + timedelta(seconds=1))
    ends = NIGHT + timedelta(days=2)
    falls_silent(database, MISAKI, ends)
    put(database, "answer", ends)
    (answer,) = claim(database, "answer", ends)
    assert answer.id == row(database, "answer").id
    assert note(database, answer, SENT, ends)
    assert tried(database, MORNING + timedelta(days=2), Accepted()) == [Way.PUSH]


def test_an_answer_held_while_its_try_was_open_is_not_told_after_the_talk(
    database: Database,
) -> None:
    """Decision 0033: nobody should read it an hour later."""
    talks = {each: ConversationId(f"line:U{each}") for each in ("answer", "apology", "received")}
    for purpose, talk in talks.items():
        put(database, purpose, DAY, conversation=talk, purpose=purpose)
    letters = claim(database, "one", DAY)
    for letter in letters:
        speaks(database, letter.conversation, DAY)
        fast = rules.after(letter.standing, Way.PUSH, TooFast(1), now=DAY)
        assert note(database, letter, fast, DAY)
    assert states(database) == ["held"] * 3
    for talk in talks.values():
        falls_silent(database, talk, DAY + timedelta(hours=2))
    assert states(database) == ["suppressed"] * 3


def test_what_is_over_does_not_ride_along(database: Database) -> None:
    put(database, "soon", DAY, priority=Priority.REMINDER, expires_at=DAY + timedelta(hours=1))
    tried(database, DAY, QuotaSpent())

    def riders(at: datetime) -> list[Any]:
        return list(database.read(lambda db: outbox.riders(db, MISAKI, now=at)))

    assert len(riders(DAY)) == 1
    assert riders(DAY + timedelta(hours=1)) == []


def test_a_letter_that_comes_late_into_the_night_waits_for_the_morning(database: Database) -> None:
    """NTF-1: due before nine in the evening, and nobody was there to send it, or LINE was away."""
    evening = NIGHT - timedelta(hours=2, minutes=10)
    put(database, "never tried", evening, priority=Priority.REMINDER)
    put(database, "turned away", evening, conversation=KENJI, priority=Priority.PROMISED)
    put(database, "asked", evening, conversation=ConversationId("line:Uo"))
    lost = ConversationId("line:Ulost")
    put(database, "left by a dead worker", evening, conversation=lost, priority=Priority.REMINDER)
    for letter in claim(database, "evening", evening):
        if letter.conversation == KENJI:
            away = rules.after(letter.standing, Way.PUSH, TooFast(None), now=evening)
            assert note(database, letter, away, evening)
        elif letter.conversation != lost:
            assert note(database, letter, Next(LetterState.DUE, due_at=evening), evening)
    assert tried(database, NIGHT, Accepted()) == [Way.PUSH], "what was asked for"
    put(database, "answer", NIGHT)
    assert tried(database, NIGHT, Accepted(), "2") == [Way.PUSH], "nothing holds it up"
    kept = row(database, "left by a dead worker")
    assert (kept.is_unclear, kept.first_tried_at, kept.due_at) == (True, evening, MORNING)
    assert tried(database, MORNING, Accepted()) == [Way.PUSH] * 3
    on_time = NIGHT + timedelta(days=1)
    put(database, "decided a moment ago", on_time, priority=Priority.REMINDER)
    assert tried(database, on_time + timedelta(minutes=1), Accepted()) == [Way.PUSH]


def test_a_letter_that_waited_for_a_whole_month_is_given_up_aloud_before_it_is_emptied(
    database: Database,
) -> None:
    """Written on the first of a long month whose messages were gone: somebody hears of it."""
    put(database, "reply", DAY)
    tried(database, DAY, QuotaSpent())
    late = DAY + timedelta(days=30, hours=12)

    def scrub(db: Session) -> int:
        return outbox.scrub_old(db, before=late - timedelta(days=30), now=late)

    assert database.write(scrub) == 0
    kept = row(database, "reply")
    assert (kept.state, kept.messages != "[]") == (LetterState.DEAD, True)
    found = select(Work.subject).where(Work.kind == outbox.UNDELIVERED)
    assert database.read(lambda db: db.exec(found).all()) == [str(kept.id)]
    assert database.write(scrub) == 1
    assert row(database, "reply").messages == "[]"


def test_what_the_month_had_no_room_for_as_a_person_took_over_waits_for_the_end_of_the_talk(
    database: Database,
) -> None:
    """R-152: it was under way at that moment, and came back."""
    put(database, "news", DAY, priority=Priority.PROMISED)
    (letter,) = claim(database, "one", DAY)
    speaks(database, MISAKI, DAY)
    put(database, "staff", DAY, written_by=StaffId("sato"))
    spent = rules.after(letter.standing, Way.PUSH, QuotaSpent(), now=DAY)
    assert note(database, letter, spent, DAY)
    month(database, 3, DAY + timedelta(minutes=10))
    assert states(database) == ["held", "due"]
    falls_silent(database, MISAKI, DAY + timedelta(hours=1))
    assert states(database) == ["due", "due"]
