"""Verbs on tickets: who waits, who has it, who speaks. Each is one conditional write and one row of
the journal; whose the conversation is changes in the same unit (R-152).

Every verb first locks the conversation's row, as a turn of the bot does, so that none deadlocks
with another. Not here: what the customer is told (`dialogue`), and who is alarmed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import func, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from catalog.duties.actors import SCHEDULER, Actor
from catalog.ground import journal
from catalog.ground.errors import Missing, Refused, Stale
from catalog.ground.record import ConversationId, StaffId, TicketId, new_id, to_millis
from conversations.outbox import actions as outbox
from conversations.outbox import queries as letters
from conversations.outbox.actions import Envelope
from conversations.outbox.tables import LetterState, OutboxLetter, Priority
from conversations.ports import Message
from conversations.threads import feed, speaker
from conversations.threads.tables import Thread
from handoff.desk import drafts, queries, routing, transcript
from handoff.desk.canned.rules import need_resolved
from handoff.desk.drafts import Mode
from handoff.desk.entries import Readers
from handoff.desk.moves import HELD, Level, Move, is_owed, moved
from handoff.desk.queries import Alarm
from handoff.desk.tables import Ticket, TicketReason, TicketState
from handoff.desk.watch import changed, watch
from handoff.shifts.queries import TALKERS
from handoff.shifts.rules import Why
from handoff.staff import sessions
from handoff.staff.permissions import Act, may, need
from handoff.staff.sessions import NotOfTheShop

BY_THE_BOT = frozenset({TicketReason.BOT_FAILED, TicketReason.DOUBT})
STAFF_LETTER = "staff"


class TicketMissing(Missing):
    """No such ticket."""


class HeldByAnother(Refused):
    """Somebody else of the shop speaks there. `owner`."""

    def __init__(self, owner: str) -> None:
        super().__init__("another member of staff has this conversation")
        self.owner = owner


class NotHeld(Refused):
    """Whoever wants to speak there has to claim it first."""


class Moved(Stale):
    """Something was said there that whoever answers has not seen; they are asked once more.

    `seen`: how far they had read, `last_id`: how far it has come. What lies between tells
    `transcript.since`.
    """

    def __init__(self, conversation: ConversationId, seen: str, last_id: str) -> None:
        super().__init__("the conversation has moved on")
        self.conversation = conversation
        self.seen = seen
        self.last_id = last_id


@dataclass(frozen=True, slots=True)
class Called:
    """The open ticket of a conversation, and whether this call opened it. `by_name`: who keeps the
    promise, where that is certain; `is_own`: it is the customer's adviser.
    """

    ticket: TicketId
    promised_at: datetime
    is_new: bool
    by_name: str | None = None
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """Whose the conversation is now. `under_way`: letters of the bot that are leaving this moment;
    whoever asked waits until there is none (`settle`).
    """

    ticket: TicketId
    owner: StaffId
    under_way: int


def call(
    db: Session,
    conversation: ConversationId,
    reason: TicketReason,
    *,
    lang: str,
    about_unit: str | None,
    promised_at: datetime,
    now: datetime,
    about_brand: str | None = None,
    about_category: str | None = None,
    named: StaffId | None = None,
) -> Called:
    """Ask for a person, and ask the one who fits best to take it. While one is asked for already,
    that ticket and its promise stand, and a promise that is over is missed and made anew; one that
    ended a short while ago is opened anew.

    `about_brand` is an id of the lexicon; `named`: whom the customer asked for.
    """
    speaker.lock(db, conversation)
    known = queries.open_of(db, conversation)
    if known is not None:
        if TicketState(known.state) is TicketState.WAITING and known.promised_at <= now:
            # What they are told now is what is watched from now on, and the old one was missed.
            promise(db, TicketId(known.id), promised_at=promised_at, now=now)
            return Called(TicketId(known.id), promised_at, False)
        return Called(TicketId(known.id), known.promised_at, False)
    terms = queries.terms(db)
    ended = queries.ended_lately(db, conversation, within=terms.anew_within, now=now)
    actor = "bot" if reason in BY_THE_BOT else "customer"
    values: dict[str, Any] = {
        "open_key": conversation, "reason": reason.value, "lang": lang, "about_unit": about_unit,
        "about_brand": about_brand, "about_category": about_category, "promised_at": promised_at,
        "opened_at": now, "waits_since": now,
        "priority": routing.priority(db, terms, routing.customer_of(db, conversation)),
    }  # fmt: skip
    if ended is not None:
        anew = {
            "closed_at": None,
            "level": 0,
            "misses": 0,
            "answered_at": None,
            "kept_at": None,
            "unanswered_since": None,
        }
        ticket = _write(db, ended, Move.REOPEN, actor=actor, now=now, **values, **anew)
        return _called(db, ticket, named, now=now)
    ticket_id = _open(db, conversation, values, now=now)
    if ticket_id is None:
        known = db.exec(select(Ticket).where(Ticket.open_key == conversation)).one()
        return Called(TicketId(known.id), known.promised_at, False)
    facts = {"ticket": ticket_id, "reason": reason.value}
    _record(db, conversation, "person_called", actor=actor, now=now, facts=facts)
    ticket = db.get_one(Ticket, ticket_id)
    watch(db, ticket, now=now)
    return _called(db, ticket, named, now=now)


def _called(db: Session, ticket: Ticket, named: StaffId | None, *, now: datetime) -> Called:
    choice = routing.ask_first(db, ticket, Alarm.CALLED, now=now, named=named)
    if choice is None or not choice.may_be_named:
        return Called(TicketId(ticket.id), ticket.promised_at, True)
    is_own = choice.why is Why.OWN
    return Called(TicketId(ticket.id), ticket.promised_at, True, choice.name, is_own)


def _open(
    db: Session, conversation: ConversationId, values: dict[str, Any], *, now: datetime
) -> TicketId | None:
    """A new one that waits; None when somebody else has just opened one."""
    insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    ticket_id = TicketId(new_id(now))
    fresh: dict[str, Any] = {"id": ticket_id, "state": TicketState.WAITING.value}
    fresh |= {"level": 0, "misses": 0, "version": 0, "priority": 0}
    added = db.connection().execute(
        insert(Ticket)
        .values(conversation=conversation, **{**fresh, **values})
        .on_conflict_do_nothing()
        .returning(col(Ticket.id))
    )
    return ticket_id if added.first() is not None else None


def claim(db: Session, ticket_id: TicketId, actor: Actor, *, now: datetime) -> Taken:
    """From now on this person speaks there, and the bot does not. Claiming what one has already
    changes nothing. Raises TicketMissing, HeldByAnother, NoSuchMove.
    """
    ticket = locked(db, ticket_id)
    if TicketState(ticket.state) in HELD:
        if ticket.owner != actor.id:
            raise HeldByAnother(ticket.owner or "")
        return _taken(db, ticket, now=now)
    return _hand_to(db, ticket, Move.CLAIM, StaffId(actor.id), actor=actor, now=now)


def take_over(
    db: Session, conversation: ConversationId, actor: Actor, *, lang: str, now: datetime
) -> Taken:
    """Come in where nobody asked for a person. Raises HeldByAnother."""
    speaker.lock(db, conversation)
    known = queries.open_of(db, conversation)
    if known is None:
        values = {
            "open_key": conversation, "reason": TicketReason.TAKEN.value, "lang": lang,
            "promised_at": now, "opened_at": now, "waits_since": now,
            "kept_at": now,  # nobody was promised anything
        }  # fmt: skip
        opened = _open(db, conversation, values, now=now)
        known = db.exec(select(Ticket).where(Ticket.open_key == conversation)).one()
        if opened is not None:
            facts = {"ticket": opened, "reason": TicketReason.TAKEN.value}
            _record(db, conversation, "taken_over", actor=actor.name, now=now, facts=facts)
    return claim(db, TicketId(known.id), actor, now=now)


def assign(db: Session, ticket_id: TicketId, to: StaffId, actor: Actor, *, now: datetime) -> Taken:
    """Give it to somebody, who is called: whoever has it may, anybody while nobody has it, and who
    leads in any case. Raises TicketMissing, NoSuchMove, HeldByAnother, NotOfTheShop for somebody
    who left or is not here to talk.
    """
    _need_here(db, to)
    ticket = locked(db, ticket_id)
    if TicketState(ticket.state) in HELD:
        if ticket.owner == to:
            return _taken(db, ticket, now=now)
        if ticket.owner != actor.id and not may(actor, Act.DIRECT):
            raise HeldByAnother(ticket.owner or "")
    taken = _hand_to(db, ticket, Move.ASSIGN, to, actor=actor, now=now)
    if to != actor.id:
        routing.alert(db, ticket, Alarm.ASSIGNED, [to], now=now)
    return taken


def _need_here(db: Session, staff: StaffId) -> None:
    """They do not leave, nor get another role, until this unit ends: nothing is given to somebody
    who is gone or may not talk.
    """
    if sessions.role_of(db, staff) not in TALKERS:
        raise NotOfTheShop("nobody here who talks to customers")


def _hand_to(
    db: Session, ticket: Ticket, move: Move, to: StaffId, *, actor: Actor, now: datetime
) -> Taken:
    changed = _write(
        db, ticket, move, actor=actor.name, now=now, owner=to, claimed_at=now, wake_at=None,
        unanswered_since=ticket.unanswered_since or now,
    )  # fmt: skip
    conversation = ConversationId(ticket.conversation)
    channel = conversation.partition(":")[0]
    speaker.let_speak(db, conversation, channel, to, lang=ticket.lang, now=now)
    return _taken(db, changed, now=now)


def _taken(db: Session, ticket: Ticket, *, now: datetime) -> Taken:
    under_way = outbox.hold(db, ConversationId(ticket.conversation), now=now)
    return Taken(TicketId(ticket.id), StaffId(ticket.owner or ""), under_way)


def settle(db: Session, ticket_id: TicketId, *, now: datetime) -> int:
    """How many letters of the bot are still leaving; 0 when the person alone speaks."""
    ticket = locked(db, ticket_id)
    if TicketState(ticket.state) not in HELD:
        return 0
    return outbox.hold(db, ConversationId(ticket.conversation), now=now)


def answer(
    db: Session,
    conversation: ConversationId,
    actor: Actor,
    calls: Sequence[Sequence[Message]],
    *,
    key: str,
    now: datetime,
    not_before: datetime | None = None,
    seen: str | None = None,
    readers: Readers | None = None,
    draft: drafts.Sent | None = None,
) -> bool:
    """Say this to the customer, by the free way while there is one. False: said before (`key`).

    `seen`: the `last_id` the words were begun at, or, for who was shown what came since, how far
    that went; what came is read by `readers`. `draft`: these words as they were typed, no draft
    any more.
    Raises NotHeld, HeldByAnother, Unresolved, Moved.
    """
    speaker.lock(db, conversation)
    ticket = _held_by(db, conversation, actor)
    fact = f"{STAFF_LETTER}:{key}"
    if letters.tried(db, [fact]):
        return False
    need_resolved(orjson.dumps(calls).decode())
    if seen is not None and transcript.has_moved(db, conversation, seen, readers):
        raise Moved(conversation, seen, transcript.last_id(db, conversation))
    token = speaker.take_token(db, conversation) if not_before is None else None
    envelope = Envelope(
        dedupe=fact,
        channel=conversation.partition(":")[0],
        conversation=conversation,
        purpose=STAFF_LETTER,
        priority=Priority.ASKED,
        reply_token=token.token if token is not None else None,
        reply_until=token.until if token is not None else None,
        not_before=not_before,
        written_by=StaffId(actor.id),
    )
    outbox.put(db, envelope, calls, now=now)
    if draft is not None:
        drafts.clear(db, conversation, StaffId(actor.id), Mode.REPLY, draft, now=now)
    leaves_at = not_before or now
    kept_at = leaves_at if is_owed(ticket.kept_at, at=leaves_at) else ticket.kept_at
    answered_at = min(ticket.answered_at or leaves_at, leaves_at)
    _set(db, ticket, answered_at=answered_at, kept_at=kept_at, unanswered_since=None)
    facts = {"ticket": ticket.id, "calls": len(calls)}
    _record(db, conversation, "answered", actor=actor.name, now=now, facts=facts)
    return True


def unsaid(db: Session, conversation: ConversationId, *, now: datetime) -> None:
    """Words that waited for their hour were called off: whoever waited for them waits again, unless
    others are on their way.
    """
    speaker.lock(db, conversation)
    ticket = queries.open_of(db, conversation)
    if ticket is None or TicketState(ticket.state) not in HELD:
        return
    leaves_at = _next_words(db, conversation, now=now)
    is_owed_again = is_owed(ticket.kept_at, at=now)
    values: dict[str, Any] = {}
    if is_owed_again:
        values["kept_at"] = leaves_at
    if ticket.answered_at is not None and ticket.answered_at > now:
        values["answered_at"] = leaves_at
    if leaves_at is None and (is_owed_again or _is_heard_last(db, conversation)):
        values["unanswered_since"] = ticket.unanswered_since or now
    if values:
        _set(db, ticket, **values)
        watch(db, ticket, now=now)
        changed(db, conversation, now=now)


def _next_words(db: Session, conversation: ConversationId, *, now: datetime) -> datetime | None:
    """When the next words of staff leave that wait for their hour."""
    return db.exec(
        select(func.min(OutboxLetter.due_at)).where(
            OutboxLetter.conversation == conversation,
            OutboxLetter.purpose == STAFF_LETTER,
            OutboxLetter.state == LetterState.DUE.value,
            col(OutboxLetter.due_at) > now,
        )
    ).one()


def _is_heard_last(db: Session, conversation: ConversationId) -> bool:
    """Whether the customer has said something since staff last did."""
    heard_at = db.exec(select(Thread.heard_at).where(Thread.id == conversation)).first()
    said_at = db.exec(
        select(func.max(OutboxLetter.ended_at)).where(
            OutboxLetter.conversation == conversation,
            OutboxLetter.purpose == STAFF_LETTER,
            OutboxLetter.state == LetterState.SENT.value,
        )
    ).one()
    return heard_at is not None and (said_at is None or heard_at > said_at)


def snooze(
    db: Session, ticket_id: TicketId, actor: Actor, *, until: datetime | None, now: datetime
) -> None:
    """Put it aside until then, or until the customer's next words, whichever comes first. A time
    the customer was told and nobody has kept is none the less watched; words of theirs that wait do
    so again from the waking. Raises TicketMissing, HeldByAnother, NoSuchMove.
    """
    ticket = _owned(db, ticket_id, actor)
    still = until is not None or is_owed(ticket.kept_at, at=now)
    since = ticket.unanswered_since if still else None
    _write(
        db, ticket, Move.SNOOZE, actor=actor.name, now=now, wake_at=until, unanswered_since=since
    )


def wake(db: Session, ticket_id: TicketId, *, actor: Actor, now: datetime) -> None:
    """Its time has come. Raises TicketMissing, NoSuchMove."""
    ticket = locked(db, ticket_id)
    since = now if ticket.unanswered_since is not None else None
    _write(db, ticket, Move.WAKE, actor=actor.name, now=now, wake_at=None, unanswered_since=since)


def give_back(
    db: Session, ticket_id: TicketId, *, actor: Actor, promised_at: datetime, now: datetime
) -> None:
    """Back to the queue, with a new promise: the owner cannot go on, or was silent too long.

    Raises TicketMissing, HeldByAnother, NoSuchMove.
    """
    _give_back(db, _owned(db, ticket_id, actor), actor, promised_at=promised_at, now=now)


def take_back(
    db: Session, ticket_id: TicketId, *, actor: Actor, promised_at: datetime, now: datetime
) -> None:
    """The same for somebody who cannot do it any more: who leads takes it from them.

    Raises NotAllowed, TicketMissing, NoSuchMove.
    """
    need(actor, Act.DIRECT)
    _give_back(db, locked(db, ticket_id), actor, promised_at=promised_at, now=now)


def _give_back(
    db: Session, ticket: Ticket, actor: Actor, *, promised_at: datetime, now: datetime
) -> None:
    before = StaffId(ticket.owner) if ticket.owner else None
    _write(
        db, ticket, Move.GIVE_BACK, actor=actor.name, now=now, promised_at=promised_at,
        owner=None, wake_at=None, unanswered_since=None, kept_at=None, waits_since=now, level=0,
    )  # fmt: skip
    _let_bot_speak(db, ticket, now=now)
    routing.ask_first(db, ticket, Alarm.GIVEN_BACK, now=now, but=before)


def close(db: Session, ticket_id: TicketId, actor: Actor, *, now: datetime) -> None:
    """Done: the bot speaks again, and what it held back goes out. Raises TicketMissing,
    HeldByAnother, NoSuchMove.
    """
    ticket = _owned(db, ticket_id, actor)
    _write(
        db, ticket, Move.CLOSE, actor=actor.name, now=now, open_key=None, closed_at=now,
        wake_at=None, unanswered_since=None,
    )  # fmt: skip
    _let_bot_speak(db, ticket, now=now)


def _let_bot_speak(db: Session, ticket: Ticket, *, now: datetime) -> None:
    conversation = ConversationId(ticket.conversation)
    channel = conversation.partition(":")[0]
    speaker.let_speak(db, conversation, channel, None, lang=ticket.lang, now=now)
    outbox.release(db, conversation, now=now)


def promise(db: Session, ticket_id: TicketId, *, promised_at: datetime, now: datetime) -> None:
    """Nobody came by the time the customer was told; this is the new one. Raises TicketMissing."""
    ticket = locked(db, ticket_id)
    _set(
        db,
        ticket,
        promised_at=promised_at,
        misses=ticket.misses + 1,
        version=ticket.version + 1,
    )
    facts = {"ticket": ticket.id, "promised_at": to_millis(promised_at)}
    conversation = ConversationId(ticket.conversation)
    _record(db, conversation, "promised", actor=SCHEDULER.name, now=now, facts=facts)
    watch(db, ticket, now=now)
    routing.call_chain(db, ticket, Alarm.MISSED, Level.LEAD, now=now)


def rise(
    db: Session,
    ticket_id: TicketId,
    level: Level,
    *,
    now: datetime,
    alarm: Alarm = Alarm.RISEN,
) -> None:
    """Nobody came, or nobody speaks: the next of the chain is called (R-156)."""
    ticket = locked(db, ticket_id)
    _set(db, ticket, level=level)
    routing.call_chain(db, ticket, alarm, level, now=now)
    facts = {"ticket": ticket.id, "level": level}
    conversation = ConversationId(ticket.conversation)
    _record(db, conversation, "risen", actor=SCHEDULER.name, now=now, facts=facts)


def heard(db: Session, conversation: ConversationId, *, now: datetime) -> None:
    """The customer wrote while a person speaks there: what was put aside is taken up again, and the
    words wait for an answer from now on.
    """
    ticket = queries.open_of(db, conversation)
    if ticket is None or TicketState(ticket.state) not in HELD:
        return
    if ticket.state == TicketState.SNOOZED:
        _write(db, ticket, Move.WAKE, actor="customer", now=now, wake_at=None, unanswered_since=now)
        return
    if ticket.unanswered_since is None:
        _set(db, ticket, unanswered_since=now)
        watch(db, ticket, now=now)
        changed(db, conversation, now=now)


def rate(
    db: Session, ticket_id: TicketId, conversation: ConversationId, stars: int, *, now: datetime
) -> bool:
    """What the customer thought of it; only the first word counts. False when there was one, or
    the ticket is not of this conversation.
    """
    rated = db.connection().execute(
        update(Ticket)
        .where(
            col(Ticket.id) == ticket_id,
            col(Ticket.conversation) == conversation,
            col(Ticket.rating).is_(None),
        )
        .values(rating=stars)
    )
    if rated.rowcount:
        facts = {"ticket": ticket_id, "stars": stars}
        _record(db, conversation, "rated", actor="customer", now=now, facts=facts)
    return bool(rated.rowcount)


def locked(db: Session, ticket_id: TicketId) -> Ticket:
    """The ticket as it stands, with its conversation's row locked."""
    conversation = db.exec(select(Ticket.conversation).where(Ticket.id == ticket_id)).first()
    if conversation is None:
        raise TicketMissing(ticket_id)
    speaker.lock(db, ConversationId(conversation))
    return db.get_one(Ticket, ticket_id, populate_existing=True)


def _owned(db: Session, ticket_id: TicketId, actor: Actor) -> Ticket:
    """The same, for its owner, the clock, or where nobody has it."""
    ticket = locked(db, ticket_id)
    is_anothers = TicketState(ticket.state) in HELD and ticket.owner != actor.id
    if is_anothers and actor is not SCHEDULER:
        raise HeldByAnother(ticket.owner or "")
    return ticket


def _held_by(db: Session, conversation: ConversationId, actor: Actor) -> Ticket:
    ticket = queries.open_of(db, conversation)
    if ticket is None or TicketState(ticket.state) not in HELD:
        raise NotHeld("claim the conversation first")
    if ticket.owner != actor.id:
        raise HeldByAnother(ticket.owner or "")
    return ticket


def _write(
    db: Session, ticket: Ticket, move: Move, *, actor: str, now: datetime, **values: Any
) -> Ticket:
    """One move: the row, the journal, and what has to be watched from now on."""
    after = moved(TicketState(ticket.state), move)
    _set(db, ticket, state=after.value, version=ticket.version + 1, **values)
    facts: dict[str, Any] = {
        "ticket": ticket.id,
        "state": after.value,
        "owner": ticket.owner,
    }
    until = values.get("wake_at") or values.get("promised_at")
    if until is not None:
        facts["until"] = to_millis(until)
    _record(db, ConversationId(ticket.conversation), move.value, actor=actor, now=now, facts=facts)
    watch(db, ticket, now=now)
    return ticket


def _set(db: Session, ticket: Ticket, **values: Any) -> None:
    db.connection().execute(update(Ticket).where(col(Ticket.id) == ticket.id).values(**values))
    db.refresh(ticket)


def _record(
    db: Session,
    conversation: ConversationId,
    verb: str,
    *,
    actor: str,
    now: datetime,
    facts: dict[str, Any],
) -> None:
    journal.record(db, f"conversation:{conversation}", verb, actor=actor, at=now, facts=facts)
    feed.tell(db, conversation, now=now)
    changed(db, conversation, now=now)
