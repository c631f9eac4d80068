"""The verbs on tickets, on both databases: each move is one, and only one person has it."""

import threading
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from catalog.duties.actors import SCHEDULER, Actor, Role
from catalog.ground import worklist
from catalog.ground.calendar import ShopHours
from catalog.ground.errors import Refused
from catalog.ground.journal import Entry
from catalog.ground.record import ConversationId, StaffId, TicketId
from catalog.ground.session.database import Database
from conversations.outbox import actions as outbox
from conversations.outbox.actions import Envelope
from conversations.outbox.tables import OutboxLetter
from conversations.threads import actions as threads
from conversations.threads import speaker
from conversations.threads.speaker import ReplyToken
from handoff.desk import actions as desk
from handoff.desk import queries, timers
from handoff.desk.actions import HeldByAnother, NotHeld, TicketMissing
from handoff.desk.moves import Level, NoSuchMove
from handoff.desk.tables import Ticket, TicketReason, TicketState
from handoff.desk.timers import Strike, Struck
from handoff.desk.watch import TIMER

MISAKI = ConversationId("line:Umisaki")
SATO, TANAKA = Actor("sato", Role.ADVISER), Actor("tanaka", Role.ADVISER)
HELLO = [[{"type": "text", "text": "hello"}]]


def call(database: Database, now: datetime, conversation: ConversationId = MISAKI) -> TicketId:
    """Somebody asks for a person, and is told ten minutes."""
    database.write(lambda db: threads.open_in(db, conversation, "line", lang="ja", now=now))
    called = database.write(
        lambda db: desk.call(
            db, conversation, TicketReason.ASKED, lang="ja", about_unit=None,
            promised_at=now + timedelta(minutes=10), now=now,
        )
    )  # fmt: skip
    return called.ticket


def claim(database: Database, ticket: TicketId, who: Actor, now: datetime) -> desk.Taken:
    return database.write(lambda db: desk.claim(db, ticket, who, now=now))


def state_of(database: Database, ticket: TicketId) -> Ticket:
    return database.read(lambda db: queries.of_id(db, ticket))


def put(database: Database, dedupe: str, now: datetime, purpose: str = "test") -> None:
    """A letter of the bot to Misaki."""
    envelope = Envelope(dedupe=dedupe, channel="line", conversation=MISAKI, purpose=purpose)
    database.write(lambda db: outbox.put(db, envelope, HELLO, now=now))


def letters(database: Database) -> dict[str, str]:
    """Every letter's state."""
    found = select(OutboxLetter.dedupe, OutboxLetter.state)
    return database.read(lambda db: dict(db.exec(found).all()))


def strike(database: Database, now: datetime) -> list[Strike]:
    """All that is due at the desk's clock, as its worker does it."""

    def unit(db: object) -> list[Strike]:
        struck = []
        due = worklist.claim(
            db,
            [TIMER],
            worker="w",
            now=now,
            lease_seconds=8,
            limit=50,  # type: ignore[arg-type]
        )
        for work in due:
            one = timers.strike(
                db,
                work,
                hours=ShopHours(),
                answer_lead=timedelta(minutes=10),
                now=now,  # type: ignore[arg-type]
            )
            if one.what is Struck.LATER and one.again_at is not None:
                worklist.postpone(db, work, until=one.again_at)  # type: ignore[arg-type]
            else:
                worklist.done(db, work, worker="w", now=now)  # type: ignore[arg-type]
            struck.append(one)
        return struck

    return database.write(unit)


def told(struck: list[Strike]) -> set[Struck]:
    return {each.what for each in struck} - {Struck.NOTHING, Struck.LATER}


def test_of_many_claims_at_once_one_wins_and_the_others_are_told_who(
    database: Database, now: datetime
) -> None:
    """Fifty tries."""
    for n in range(50):
        talk = ConversationId(f"line:U{n}")
        ticket = call(database, now, talk)
        found: dict[str, object] = {}

        def want(who: Actor, found: dict[str, object] = found, ticket: TicketId = ticket) -> None:
            try:
                found[who.id] = claim(database, ticket, who, now)
            except HeldByAnother as refused:
                found[who.id] = refused

        both = [threading.Thread(target=want, args=(who,)) for who in (SATO, TANAKA)]
        for each in both:
            each.start()
        for each in both:
            each.join()
        winner = next(name for name, got in found.items() if isinstance(got, desk.Taken))
        (loser,) = (got for got in found.values() if isinstance(got, HeldByAnother))
        assert loser.owner == winner == state_of(database, ticket).owner


def test_claiming_twice_is_claiming_once(database: Database, now: datetime) -> None:
    ticket = call(database, now)
    claim(database, ticket, SATO, now)
    claim(database, ticket, SATO, now)
    entries = select(Entry.verb).where(Entry.subject == f"conversation:{MISAKI}")
    assert database.read(lambda db: list(db.exec(entries))) == ["person_called", "claim"]
    with pytest.raises(TicketMissing):
        claim(database, TicketId("nobody"), SATO, now)


def test_while_a_person_speaks_the_bots_news_wait_and_its_answers_are_dropped(
    database: Database, now: datetime
) -> None:
    """R-152."""
    ticket = call(database, now)
    put(database, "answer before", now, "answer")
    put(database, "news before", now)
    assert claim(database, ticket, SATO, now).under_way == 0
    put(database, "news meanwhile", now)
    assert letters(database) == {
        "answer before": "suppressed", "news before": "held", "news meanwhile": "held",
    }  # fmt: skip
    assert database.write(lambda db: outbox.claim(db, lease="l", now=now, limit=9)) == []
    database.write(lambda db: desk.close(db, ticket, SATO, now=now))
    assert letters(database) == {
        "answer before": "suppressed", "news before": "due", "news meanwhile": "due",
    }  # fmt: skip


def test_a_letter_that_is_leaving_is_waited_for(database: Database, now: datetime) -> None:
    ticket = call(database, now)
    put(database, "news", now)
    (leaving,) = database.write(lambda db: outbox.claim(db, lease="l", now=now, limit=9))
    assert claim(database, ticket, SATO, now).under_way == 1
    # It has to be tried again: not while Sato speaks.
    again = outbox.Next(outbox.LetterState.DUE, due_at=now, is_unclear=True)
    database.write(lambda db: outbox.note(db, leaving, outbox.Way.PUSH, again, now=now))
    assert letters(database) == {"news": "held"}
    assert database.write(lambda db: desk.settle(db, ticket, now=now)) == 0


def test_a_letter_left_by_a_dead_worker_is_held_and_not_repeated(
    database: Database, now: datetime
) -> None:
    ticket = call(database, now)
    put(database, "news", now)
    database.write(lambda db: outbox.claim(db, lease="dead", now=now, limit=9))
    claim(database, ticket, SATO, now)
    later = now + timedelta(seconds=outbox.LEASE_SECONDS)
    assert database.write(lambda db: outbox.claim(db, lease="l", now=later, limit=9)) == []
    assert letters(database) == {"news": "held"}


def test_the_owners_words_leave_at_once_and_take_the_free_way(
    database: Database, now: datetime
) -> None:
    """R-160."""
    ticket = call(database, now)
    claim(database, ticket, SATO, now)
    until = now + timedelta(seconds=45)
    database.write(lambda db: speaker.keep_token(db, MISAKI, ReplyToken("t", until)))
    say = lambda db: desk.answer(db, MISAKI, SATO, HELLO, key="1", now=now)  # noqa: E731
    assert database.write(say)
    assert not database.write(say), "the same key again"
    (letter,) = database.write(lambda db: outbox.claim(db, lease="l", now=now, limit=9))
    assert letter.standing.reply_token == "t"
    database.write(lambda db: desk.answer(db, MISAKI, SATO, HELLO, key="2", now=now))
    second = select(OutboxLetter.reply_token).where(OutboxLetter.dedupe == "staff:2")
    assert database.read(lambda db: db.exec(second).one()) is None, "a token works once"


@pytest.mark.parametrize("is_called", [True, False])
def test_nobody_speaks_without_having_claimed(
    database: Database, now: datetime, is_called: bool
) -> None:
    if is_called:
        call(database, now)
    with pytest.raises(NotHeld):
        database.write(lambda db: desk.answer(db, MISAKI, SATO, HELLO, key="1", now=now))
    assert letters(database) == {}


def test_what_anothers_is_nobody_else_changes(database: Database, now: datetime) -> None:
    ticket = call(database, now)
    claim(database, ticket, SATO, now)
    for verb in (
        lambda db: desk.answer(db, MISAKI, TANAKA, HELLO, key="1", now=now),
        lambda db: desk.snooze(db, ticket, TANAKA, until=None, now=now),
        lambda db: desk.close(db, ticket, TANAKA, now=now),
        lambda db: desk.give_back(db, ticket, actor=TANAKA, promised_at=now, now=now),
        lambda db: desk.claim(db, ticket, TANAKA, now=now),
    ):
        with pytest.raises(HeldByAnother):
            database.write(verb)
    assert state_of(database, ticket).owner == SATO.id
    database.write(lambda db: desk.assign(db, ticket, StaffId(TANAKA.id), SATO, now=now))
    assert state_of(database, ticket).owner == TANAKA.id
    assert database.read(lambda db: speaker.now_of(db, MISAKI)) == TANAKA.id


def test_what_was_put_aside_comes_back_by_itself_or_by_the_customers_words(
    database: Database, now: datetime
) -> None:
    ticket = call(database, now)
    claim(database, ticket, SATO, now)
    until = now + timedelta(hours=1)
    database.write(lambda db: desk.snooze(db, ticket, SATO, until=until, now=now))
    assert database.read(lambda db: speaker.now_of(db, MISAKI)) == SATO.id
    assert told(strike(database, until)) == {Struck.WOKE, Struck.LATE}
    assert state_of(database, ticket).state == TicketState.CLAIMED
    database.write(lambda db: desk.snooze(db, ticket, SATO, until=None, now=until))
    database.write(lambda db: desk.heard(db, MISAKI, now=until))
    woken = state_of(database, ticket)
    assert (woken.state, woken.unanswered_since) == (TicketState.CLAIMED, until)


def test_when_nobody_comes_the_chain_is_told_and_then_a_new_time(
    database: Database, now: datetime
) -> None:
    """R-156: three minutes the lead, ten the manager; R-154: a promise is a timer."""
    ticket = call(database, now)
    assert told(strike(database, now + timedelta(minutes=2))) == set()
    assert told(strike(database, now + timedelta(minutes=3))) == {Struck.TOLD_CHAIN}
    assert state_of(database, ticket).level == Level.LEAD
    at_ten = now + timedelta(minutes=10)
    assert told(strike(database, at_ten)) == {Struck.TOLD_CHAIN, Struck.PROMISED_ANEW}
    late = state_of(database, ticket)
    assert (late.level, late.promised_at) == (Level.MANAGER, now + timedelta(minutes=20))


def test_a_new_promise_is_longer_each_time(database: Database, now: datetime) -> None:
    ticket = call(database, now)
    promised = []
    for _ in range(4):
        at = state_of(database, ticket).promised_at
        strike(database, at)
        promised.append(ShopHours().after_work(at, timedelta(minutes=10)) < state_of(
            database, ticket).promised_at)  # fmt: skip
    assert promised == [False, True, True, True]


def test_at_night_the_chain_counts_working_time(database: Database, now: datetime) -> None:
    night = now.replace(hour=14)  # 23:00 in Tokyo; the shop opens at 10:30
    ticket = call(database, night)
    strike(database, night + timedelta(minutes=30))
    assert state_of(database, ticket).level == Level.STAFF
    opened = night.replace(hour=1, minute=33) + timedelta(days=1)
    strike(database, opened)
    assert state_of(database, ticket).level == Level.LEAD


def test_a_silent_owner_loses_the_conversation_to_the_queue(
    database: Database, now: datetime
) -> None:
    ticket = call(database, now)
    claim(database, ticket, SATO, now)
    database.write(lambda db: desk.answer(db, MISAKI, SATO, HELLO, key="1", now=now))
    assert told(strike(database, now + timedelta(minutes=30))) == set(), "it was answered"
    asked_at = now + timedelta(minutes=31)
    database.write(lambda db: desk.heard(db, MISAKI, now=asked_at))
    silent = asked_at + timedelta(minutes=20)
    (struck,) = [each for each in strike(database, silent) if each.what is Struck.GAVE_BACK]
    assert struck.promised_at is not None
    returned = state_of(database, ticket)
    assert (returned.state, returned.owner) == (TicketState.WAITING, None)
    assert database.read(lambda db: speaker.now_of(db, MISAKI)) is None


def test_called_again_soon_the_same_ticket_opens_for_the_same_person(
    database: Database, now: datetime
) -> None:
    ticket = call(database, now)
    claim(database, ticket, SATO, now)
    database.write(lambda db: desk.close(db, ticket, SATO, now=now))
    assert call(database, now + timedelta(hours=71)) == ticket
    anew = state_of(database, ticket)
    assert (anew.state, anew.owner, anew.closed_at) == (TicketState.WAITING, SATO.id, None)
    database.write(lambda db: desk.close(db, ticket, SATO, now=now))
    assert call(database, now + timedelta(hours=73)) != ticket


def test_a_closed_ticket_is_not_claimed_put_aside_or_closed_again(
    database: Database, now: datetime
) -> None:
    ticket = call(database, now)
    database.write(lambda db: desk.close(db, ticket, SATO, now=now))
    for verb in (
        lambda db: desk.claim(db, ticket, SATO, now=now),
        lambda db: desk.snooze(db, ticket, SATO, until=None, now=now),
        lambda db: desk.close(db, ticket, SATO, now=now),
        lambda db: desk.wake(db, ticket, actor=SCHEDULER, now=now),
    ):
        with pytest.raises((NoSuchMove, Refused)):
            database.write(verb)


def test_how_it_was_is_told_once_and_only_by_whom_it_concerned(
    database: Database, now: datetime
) -> None:
    """R-161."""
    ticket = call(database, now)
    rate = lambda talk, stars: database.write(  # noqa: E731
        lambda db: desk.rate(db, ticket, ConversationId(talk), stars, now=now)
    )
    assert not rate("line:Usomebody", 1)
    assert rate(MISAKI, 5)
    assert not rate(MISAKI, 1)
    assert state_of(database, ticket).rating == 5
