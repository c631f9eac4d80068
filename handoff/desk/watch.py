"""What a ticket's clock has to look at again (見張り): due rows, void when the ticket has moved on.

A row names the version it was written for, so nothing is ever taken back; working time is counted
when it comes due (`timers`).
"""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import Session

from catalog.ground import worklist
from catalog.ground.record import ConversationId, new_id, to_millis
from handoff.desk import queries
from handoff.desk.moves import is_owed
from handoff.desk.tables import Ticket, TicketState

TIMER = "desk.timer"
CHANGED = "desk.changed"  # something about a ticket is otherwise than whoever shows it has it


class Watched(StrEnum):
    """What is looked at when the row comes due."""

    LEAD = "lead"  # nobody has claimed it: the lead is told
    MANAGER = "manager"
    PROMISE = "promise"  # the time the customer was told
    SILENCE = "silence"  # the owner has not answered
    WAKE = "wake"  # it was put aside until now


def changed(db: Session, conversation: ConversationId, *, now: datetime) -> None:
    """Whoever shows this conversation's ticket elsewhere shows it anew, once this unit is over."""
    worklist.add(db, CHANGED, f"conversation:{conversation}", new_id(now), due_at=now, now=now)


def watch(db: Session, ticket: Ticket, *, now: datetime) -> None:
    """Write down what has to be looked at from here on."""
    terms = queries.terms(db)
    match TicketState(ticket.state):
        case TicketState.WAITING:
            _at(db, ticket, Watched.LEAD, now + timedelta(minutes=terms.lead_after), now=now)
            _at(db, ticket, Watched.MANAGER, now + timedelta(minutes=terms.manager_after), now=now)
            _at(db, ticket, Watched.PROMISE, ticket.promised_at, now=now)
        case TicketState.CLAIMED:
            if ticket.unanswered_since is not None:
                silent_at = ticket.unanswered_since + timedelta(minutes=terms.silent_after)
                _at(db, ticket, Watched.SILENCE, silent_at, now=now)
            _promise(db, ticket, now=now)
        case TicketState.SNOOZED:
            if ticket.wake_at is not None:
                _at(db, ticket, Watched.WAKE, ticket.wake_at, now=now)
            _promise(db, ticket, now=now)
        case TicketState.CLOSED:
            pass


def _promise(db: Session, ticket: Ticket, *, now: datetime) -> None:
    if is_owed(ticket.kept_at, at=ticket.promised_at):
        _at(db, ticket, Watched.PROMISE, ticket.promised_at, now=now)


def _at(db: Session, ticket: Ticket, what: Watched, due_at: datetime, *, now: datetime) -> None:
    since = to_millis(ticket.unanswered_since) if ticket.unanswered_since else None
    worklist.add(
        db,
        TIMER,
        f"ticket:{ticket.id}",
        f"{ticket.id}:{ticket.version}:{what}:{since or ''}",
        due_at=max(due_at, now),
        now=now,
        facts={
            "ticket": ticket.id, "version": ticket.version, "what": what.value, "since": since,
        },
    )  # fmt: skip
