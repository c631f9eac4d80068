"""A time the customer was told is watched until somebody's words have left, whoever has the
conversation, put it aside, or means to write later (R-154, R-156).
"""

import threading
from datetime import datetime, timedelta

from sqlmodel import Session, select

from catalog.ground.calendar import ShopHours
from catalog.ground.record import LetterId, StaffId, TicketId
from catalog.ground.session.database import Database
from catalog.ground.worklist import Work
from conversations.outbox.tables import LetterState, OutboxLetter
from conversations.threads.tables import Thread
from handoff.desk import actions as desk
from handoff.desk import later, queries, sla
from handoff.desk.inbox.filters import late
from handoff.desk.moves import DeskTerms, Level
from handoff.desk.queries import ALERT, Alarm
from handoff.desk.sla import Light, Waits
from handoff.desk.tables import Ticket, TicketReason, TicketState
from handoff.desk.timers import Struck
from tests.handoff.desk.test_actions import (
    HELLO,
    MISAKI,
    SATO,
    TANAKA,
    call,
    claim,
    state_of,
    strike,
    told,
)

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
WEEKS = 14


def answer(
    database: Database, now: datetime, *, key: str = "k", at: datetime | None = None
) -> None:
    """Sato's words to Misaki; `at`: when they leave."""
    database.write(lambda db: desk.answer(db, MISAKI, SATO, HELLO, key=key, now=now, not_before=at))


def put_aside(
    database: Database, ticket: TicketId, now: datetime, until: datetime | None = None
) -> None:
    database.write(lambda db: desk.snooze(db, ticket, SATO, until=until, now=now))


def struck_until(database: Database, now: datetime, ends: datetime) -> list[Struck]:
    """All that the clock does, a quarter of an hour after the other."""
    found: list[Struck] = []
    while now < ends:
        now += 15 * MINUTE
        found += sorted(told(strike(database, now)))
    return found


def alarms(database: Database) -> list[tuple[Alarm, list[str]]]:
    """Who was called and why, in order."""
    rows = database.read(
        lambda db: db.exec(select(Work).where(Work.kind == ALERT).order_by(Work.id)).all()  # type: ignore[arg-type]  # a column
    )
    return [(Alarm(str(row.facts["alarm"])), list(row.facts["staff"])) for row in rows]


def is_late(database: Database, now: datetime) -> bool:
    def unit(db: Session) -> bool:
        return (
            db.exec(select(Ticket.id).where(*late(db, hours=ShopHours(), now=now))).first()
            is not None
        )

    return database.read(unit)


def standing(database: Database, ticket: TicketId, now: datetime) -> sla.Standing | None:
    return sla.standing(state_of(database, ticket), DeskTerms(), ShopHours(), now=now)


def scheduled(database: Database) -> LetterId:
    """The letter that waits for its hour."""
    found = select(OutboxLetter.id).where(OutboxLetter.state == LetterState.DUE.value)
    return LetterId(database.read(lambda db: db.exec(found).all())[-1] or 0)


def call_off(database: Database, now: datetime) -> None:
    letter = scheduled(database)
    database.write(lambda db: later.call_off(db, letter, SATO, now=now))


def test_putting_aside_without_a_word_keeps_the_promise_watched(
    database: Database, now: datetime
) -> None:
    ticket = call(database, now)
    claim(database, ticket, SATO, now + MINUTE)
    put_aside(database, ticket, now + 2 * MINUTE)
    assert told(strike(database, now + 9 * MINUTE)) == set()
    assert told(strike(database, now + 11 * MINUTE)) == {Struck.LATE}
    assert alarms(database)[-1][0] is Alarm.LATE
    assert "sato" in alarms(database)[-1][1]
    assert is_late(database, now + 11 * MINUTE)
    found = standing(database, ticket, now + 11 * MINUTE)
    assert found is not None
    assert (found.waits, found.light) == (Waits.FIRST, Light.RED)


def test_what_was_answered_and_put_aside_until_they_write_is_left_in_peace(
    database: Database, now: datetime
) -> None:
    ticket = call(database, now)
    claim(database, ticket, SATO, now)
    answer(database, now + MINUTE)
    put_aside(database, ticket, now + 2 * MINUTE)
    assert struck_until(database, now, now + timedelta(days=WEEKS)) == []
    assert not is_late(database, now + timedelta(days=1))


def test_a_question_that_was_put_aside_is_called_to_its_owner_at_the_waking(
    database: Database, now: datetime
) -> None:
    """And waits for an answer from then on, as any."""
    ticket = call(database, now)
    claim(database, ticket, SATO, now)
    answer(database, now + MINUTE)
    database.write(lambda db: desk.heard(db, MISAKI, now=now + 2 * MINUTE))
    put_aside(database, ticket, now + 3 * MINUTE, until=now + HOUR)
    assert struck_until(database, now, now + HOUR - 15 * MINUTE) == []
    assert told(strike(database, now + HOUR)) == {Struck.WOKE}
    assert alarms(database)[-1] == (Alarm.WOKEN, ["sato"])
    assert told(strike(database, now + HOUR + 19 * MINUTE)) == set()
    assert told(strike(database, now + HOUR + 21 * MINUTE)) == {Struck.GAVE_BACK}


def test_words_put_aside_and_heard_again_wait_from_the_new_ones(
    database: Database, now: datetime
) -> None:
    ticket = call(database, now)
    claim(database, ticket, SATO, now)
    put_aside(database, ticket, now + MINUTE, until=now + 5 * HOUR)
    database.write(lambda db: desk.heard(db, MISAKI, now=now + HOUR))
    kept = state_of(database, ticket)
    assert (kept.state, kept.unanswered_since) == (TicketState.CLAIMED, now + HOUR)


def test_a_reply_for_later_keeps_a_promise_only_when_it_leaves_in_time(
    database: Database, now: datetime
) -> None:
    ticket = call(database, now)
    claim(database, ticket, SATO, now)
    answer(database, now + MINUTE, at=now + 4 * HOUR)
    assert told(strike(database, now + 11 * MINUTE)) == {Struck.LATE}
    assert is_late(database, now + 11 * MINUTE)
    assert not is_late(database, now + 4 * HOUR)
    assert standing(database, ticket, now + 4 * HOUR) is None


def test_a_reply_for_later_within_the_promise_is_enough(database: Database, now: datetime) -> None:
    ticket = call(database, now)
    claim(database, ticket, SATO, now)
    answer(database, now + MINUTE, at=now + 8 * MINUTE)
    assert struck_until(database, now, now + timedelta(days=WEEKS)) == []
    assert state_of(database, ticket).answered_at == now + 8 * MINUTE


def test_a_reply_that_is_called_off_leaves_nobody_to_nobody(
    database: Database, now: datetime
) -> None:
    """Whoever waited waits again: for the time they were told, and for their owner's words."""
    ticket = call(database, now)
    claim(database, ticket, SATO, now)
    answer(database, now + MINUTE, at=now + 8 * MINUTE)
    call_off(database, now + 2 * MINUTE)
    kept = state_of(database, ticket)
    assert (kept.kept_at, kept.answered_at) == (None, None)
    assert kept.unanswered_since == now + 2 * MINUTE
    assert told(strike(database, now + 11 * MINUTE)) == {Struck.LATE}
    assert told(strike(database, now + 23 * MINUTE)) == {Struck.GAVE_BACK}


def test_of_two_replies_for_later_the_other_one_keeps_the_promise(
    database: Database, now: datetime
) -> None:
    ticket = call(database, now)
    claim(database, ticket, SATO, now)
    answer(database, now + MINUTE, key="a", at=now + 9 * MINUTE)
    answer(database, now + MINUTE, key="b", at=now + 4 * MINUTE)
    call_off(database, now + 2 * MINUTE)
    assert state_of(database, ticket).kept_at == now + 9 * MINUTE
    assert told(strike(database, now + 11 * MINUTE)) == set()


def test_a_second_reply_that_is_called_off_leaves_an_answered_question_answered(
    database: Database, now: datetime
) -> None:
    ticket = call(database, now)
    claim(database, ticket, SATO, now)
    answer(database, now + MINUTE, key="a")

    def left(db: Session) -> None:
        row = db.exec(select(OutboxLetter)).one()
        row.state, row.ended_at = LetterState.SENT.value, now + MINUTE
        db.get_one(Thread, MISAKI).heard_at = now

    database.write(left)
    answer(database, now + 2 * MINUTE, key="b", at=now + HOUR)
    call_off(database, now + 3 * MINUTE)
    assert state_of(database, ticket).unanswered_since is None
    database.write(lambda db: desk.heard(db, MISAKI, now=now + 4 * MINUTE))
    answer(database, now + 5 * MINUTE, key="c", at=now + HOUR)
    heard_since = now + 4 * MINUTE

    def heard(db: Session) -> None:
        db.get_one(Thread, MISAKI).heard_at = heard_since

    database.write(heard)
    call_off(database, now + 6 * MINUTE)
    assert state_of(database, ticket).unanswered_since == now + 6 * MINUTE


def test_in_a_second_wait_the_chain_is_called_anew(database: Database, now: datetime) -> None:
    ticket = call(database, now)
    for minutes in (4, 11):
        strike(database, now + minutes * MINUTE)
    assert state_of(database, ticket).level == Level.MANAGER
    claim(database, ticket, SATO, now + 12 * MINUTE)
    again = now + 20 * MINUTE
    database.write(
        lambda db: desk.give_back(db, ticket, actor=SATO, promised_at=again + HOUR, now=again)
    )
    assert state_of(database, ticket).level == Level.STAFF
    assert told(strike(database, again + 2 * MINUTE)) == set()
    assert told(strike(database, again + 4 * MINUTE)) == {Struck.TOLD_CHAIN}
    assert told(strike(database, again + 11 * MINUTE)) == {Struck.TOLD_CHAIN}
    found = standing(database, ticket, again + 30 * MINUTE)
    assert found is not None
    assert (found.since, found.used_bp) == (again, 5_000)


def test_a_second_promise_is_kept_by_words_of_its_own(database: Database, now: datetime) -> None:
    """The first answer was given long ago, by somebody else."""
    ticket = call(database, now)
    claim(database, ticket, SATO, now)
    answer(database, now + MINUTE)
    by = now + 10 * MINUTE
    database.write(
        lambda db: desk.give_back(db, ticket, actor=SATO, promised_at=by, now=now + 2 * MINUTE)
    )
    claim(database, ticket, TANAKA, now + 4 * MINUTE)
    assert told(strike(database, by + MINUTE)) == {Struck.LATE}
    assert "tanaka" in alarms(database)[-1][1]
    assert is_late(database, by + MINUTE)
    assert state_of(database, ticket).answered_at == now + MINUTE


def test_who_comes_in_uncalled_is_late_for_nobody(database: Database, now: datetime) -> None:
    call(database, now)
    database.write(lambda db: desk.close(db, queries.open_of(db, MISAKI).id, SATO, now=now))  # type: ignore[union-attr,arg-type]  # it is open
    database.write(lambda db: desk.take_over(db, MISAKI, SATO, lang="ja", now=now + MINUTE))
    assert Struck.LATE not in told(strike(database, now + 2 * MINUTE))


def test_the_clock_takes_nothing_from_somebody_who_is_answering(
    database: Database, now: datetime
) -> None:
    """It strikes while the words are being written down."""
    ticket = call(database, now)
    claim(database, ticket, SATO, now)
    strike(database, now + 19 * MINUTE)
    strikes_at, writing = now + 21 * MINUTE, threading.Event()

    def answers(db: Session) -> None:
        desk.answer(db, MISAKI, SATO, HELLO, key="k", now=strikes_at)
        writing.set()
        threading.Event().wait(0.5)

    owner = threading.Thread(target=lambda: database.write(answers))
    owner.start()
    assert writing.wait(30)
    struck = strike(database, strikes_at)
    owner.join()
    assert Struck.GAVE_BACK not in told(struck)
    kept = state_of(database, ticket)
    assert (kept.state, kept.owner) == (TicketState.CLAIMED, StaffId("sato"))


def test_who_asks_again_after_a_missed_time_is_told_one_that_is_watched(
    database: Database, now: datetime
) -> None:
    """The clock may have stood still: what the customer hears is what the shop is held to."""
    ticket = call(database, now)
    later = now + HOUR

    def again(db: Session) -> desk.Called:
        return desk.call(
            db, MISAKI, TicketReason.ASKED, lang="ja", about_unit=None,
            promised_at=later + 10 * MINUTE, now=later,
        )  # fmt: skip

    told_anew = database.write(again)
    assert (told_anew.ticket, told_anew.is_new) == (ticket, False)
    assert told_anew.promised_at == later + 10 * MINUTE
    row = state_of(database, ticket)
    assert (row.promised_at, row.misses) == (told_anew.promised_at, 1)
    assert alarms(database)[-1][0] is Alarm.MISSED
    assert database.write(again).promised_at == told_anew.promised_at
    assert state_of(database, ticket).misses == 1
    assert Struck.PROMISED_ANEW not in told(strike(database, later + 9 * MINUTE))
    assert Struck.PROMISED_ANEW in told(strike(database, later + 11 * MINUTE))
