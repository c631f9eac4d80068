"""Verbs on tickets. Claiming and answering come with the console; opening never depends on it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from catalog.ground import journal
from catalog.ground.record import ConversationId, TicketId, new_id
from handoff.desk.tables import Ticket, TicketReason, TicketState

BY_THE_BOT = frozenset({TicketReason.BOT_FAILED, TicketReason.DOUBT})


@dataclass(frozen=True, slots=True)
class Called:
    """The open ticket of a conversation, and whether this call opened it."""

    ticket: TicketId
    promised_at: datetime
    is_new: bool


def call(
    db: Session,
    conversation: ConversationId,
    reason: TicketReason,
    *,
    lang: str,
    about_unit: str | None,
    promised_at: datetime,
    now: datetime,
) -> Called:
    """Ask for a person. While one is asked for already, that ticket and its promise stand."""
    insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    ticket_id = TicketId(new_id(now))
    added = db.connection().execute(
        insert(Ticket)
        .values(
            id=ticket_id,
            conversation=conversation,
            open_key=conversation,
            state=TicketState.OPEN.value,
            reason=reason.value,
            lang=lang,
            about_unit=about_unit,
            promised_at=promised_at,
            opened_at=now,
        )
        .on_conflict_do_nothing()
        .returning(col(Ticket.id))
    )
    if added.first() is not None:
        journal.record(
            db,
            f"conversation:{conversation}",
            "person_called",
            actor="bot" if reason in BY_THE_BOT else "customer",
            at=now,
            facts={"ticket": ticket_id, "reason": reason.value},
        )
        return Called(ticket_id, promised_at, True)
    known = db.exec(select(Ticket).where(Ticket.open_key == conversation)).one()
    return Called(TicketId(known.id), known.promised_at, False)


def open_tickets(db: Session, *, limit: int = 200) -> list[Ticket]:
    """Who waits for a person, the earliest promise first."""
    return list(
        db.exec(
            select(Ticket)
            .where(Ticket.state == TicketState.OPEN.value)
            .order_by(col(Ticket.promised_at), col(Ticket.id))
            .limit(limit)
        )
    )


def tickets_of(db: Session, conversation: ConversationId) -> list[Ticket]:
    """Every time this conversation waited for a person, the oldest first."""
    return list(
        db.exec(select(Ticket).where(Ticket.conversation == conversation).order_by(col(Ticket.id)))
    )
