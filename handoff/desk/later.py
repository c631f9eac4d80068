"""Later (あとで): the moments a reply is sent at or a conversation is taken up again, what waits
for its hour, and calling it off before it leaves.

The moments are pure. A shop that writes at 23:00 wakes people: outside its hours words wait for the
next opening unless whoever writes insists.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import orjson
from sqlmodel import Session, col, select

from catalog.duties.actors import Actor
from catalog.ground import journal
from catalog.ground.calendar import ShopHours, at_tokyo, tokyo_day
from catalog.ground.errors import Malformed, Missing, Refused
from catalog.ground.record import ConversationId, LetterId, StaffId
from conversations.messages import Letter
from conversations.outbox import actions as outbox
from conversations.outbox.tables import LetterState, OutboxLetter
from handoff.desk import actions as desk
from handoff.desk import queries
from handoff.desk.actions import STAFF_LETTER
from handoff.desk.entries import Readers
from handoff.desk.moves import HELD
from handoff.desk.tables import TicketState
from handoff.staff.permissions import Act, may
from handoff.staff.tables import Staff

MORNING = 10  # o'clock, Tokyo
FURTHEST = timedelta(days=365)
_PART = re.compile(r"#\d+$")  # an answer in several parts numbers them


class Later(StrEnum):
    """The choices everybody is offered; a moment of one's own is always possible."""

    HOUR = "hour"
    TOMORROW = "tomorrow"  # at ten
    MONDAY = "monday"  # the next one, at ten
    OPENING = "opening"  # when the shop opens next; now, while it is open
    REPLY = "reply"  # when the customer writes: only to put something aside


class MomentMalformed(Malformed):
    """In the past, or more than a year away."""


class LetterGone(Refused):
    """It has left, or was called off before."""


class LetterMissing(Missing):
    """No such letter of somebody of the shop, or not theirs to call off."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Words of staff that wait for their hour."""

    letter: LetterId
    conversation: ConversationId
    author: StaffId
    author_name: str
    leaves_at: datetime
    letters: tuple[Letter, ...]


def moments(hours: ShopHours, *, now: datetime) -> Mapping[Later, datetime | None]:
    """What each choice means at this moment; None: no time, the customer's words."""
    day = tokyo_day(now)
    return {
        Later.HOUR: now + timedelta(hours=1),
        Later.TOMORROW: at_tokyo(day + timedelta(days=1), MORNING),
        Later.MONDAY: at_tokyo(day + timedelta(days=7 - day.weekday()), MORNING),
        Later.OPENING: hours.after_work(now, timedelta()),
        Later.REPLY: None,
    }


def checked(at: datetime, *, now: datetime) -> datetime:
    """A moment somebody chose. Raises MomentMalformed."""
    if not now < at <= now + FURTHEST:
        raise MomentMalformed("a moment from now on, within a year")
    return at


def leaves_at(
    hours: ShopHours, *, at: datetime | None = None, forced: bool = False, now: datetime
) -> datetime | None:
    """When words written now leave: None at once, else then. Outside the shop's hours they wait for
    the next opening, unless `forced`. Raises MomentMalformed.
    """
    if at is not None:
        return checked(at, now=now)
    if forced or hours.is_open(now):
        return None
    return hours.after_work(now, timedelta())


def waiting(
    db: Session,
    readers: Readers,
    *,
    now: datetime,
    conversation: ConversationId | None = None,
    author: StaffId | None = None,
    limit: int = 200,
) -> list[Waiting]:
    """Words of staff that have not left, the next first."""
    wanted = (
        select(OutboxLetter, Staff.name)
        .join(Staff, col(Staff.id) == col(OutboxLetter.written_by), isouter=True)
        .where(
            OutboxLetter.state == LetterState.DUE.value,
            col(OutboxLetter.due_at) > now,
            OutboxLetter.attempts == 0,
            OutboxLetter.purpose == STAFF_LETTER,
            col(OutboxLetter.written_by).is_not(None),
        )
    )
    if conversation is not None:
        wanted = wanted.where(OutboxLetter.conversation == conversation)
    if author is not None:
        wanted = wanted.where(OutboxLetter.written_by == author)
    rows = db.exec(wanted.order_by(col(OutboxLetter.due_at), col(OutboxLetter.id)).limit(limit))
    return [_waiting(readers, row, name) for row, name in rows]


def _waiting(readers: Readers, row: OutboxLetter, name: str | None) -> Waiting:
    read = readers.said.get(row.channel)
    letters = tuple(read(orjson.loads(row.messages))) if read is not None else ()
    author = row.written_by or ""
    return Waiting(
        LetterId(row.id or 0),
        ConversationId(row.conversation),
        StaffId(author),
        name or author,
        row.due_at,
        letters,
    )


def call_off(db: Session, letter: LetterId, actor: Actor, *, now: datetime) -> None:
    """It does not leave; of an answer in several parts, none does. By its author, whoever has the
    conversation now, or who leads. Raises LetterMissing, LetterGone.
    """
    row = db.get(OutboxLetter, letter, populate_existing=True)
    if row is None or row.written_by is None or row.purpose != STAFF_LETTER:
        raise LetterMissing(letter)
    if row.written_by != actor.id and not may(actor, Act.DIRECT):
        ticket = queries.open_of(db, ConversationId(row.conversation))
        if ticket is None or ticket.owner != actor.id or TicketState(ticket.state) not in HELD:
            raise LetterMissing(letter)
    if not outbox.call_off(db, _PART.sub("", row.dedupe), now=now):
        raise LetterGone("it has left, or was called off before")
    desk.unsaid(db, ConversationId(row.conversation), now=now)
    subject, facts = f"conversation:{row.conversation}", {"letter": int(letter)}
    journal.record(db, subject, "called_off", actor=actor.name, at=now, facts=facts)
