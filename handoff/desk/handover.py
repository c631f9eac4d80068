"""Handover note (引き継ぎメモ, R-155): what whoever takes over has to know, in one look: who, which
piece, what was offered, what was shown and watched, the last lines, what the bot was doing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from catalog.buyback import queries as buyback
from catalog.credit import queries as credit
from catalog.ground.money import Yen
from catalog.ground.record import ConversationId, TicketId, UnitId
from catalog.items import queries as items
from catalog.items.queries import UnitFacts
from catalog.items.rules import STAFF
from catalog.items.tables import Unit
from conversations.threads import queries as threads
from handoff.desk import transcript
from handoff.desk.actions import TicketMissing
from handoff.desk.entries import Entry, Readers
from handoff.desk.inbox.queries import Who, people_in
from handoff.desk.tables import Ticket
from media.assets.tables import Asset
from media.renditions.tables import Rendition
from media.sharing.tables import MediaPass
from media.sharing.views import MediaView

LINES = 10
_MOST_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Offer:
    """A binding offer that may be answered now."""

    case_no: str
    title: str
    amount: Yen
    valid_through: date


@dataclass(frozen=True, slots=True)
class Evidence:
    """A film or a picture that was sent; `watched_at`: first played to its end."""

    asset: str
    kind: str
    unit_code: str | None
    title: str | None
    sent_at: datetime
    watched_at: datetime | None


@dataclass(frozen=True, slots=True)
class Doing:
    """What the bot was about: the flow with a step left open, what it had asked for, and whether a
    change waits for the person's word. `last`: what it answered last.
    """

    task: str | None
    expecting: str | None
    waits_for_a_yes: bool
    last: str | None
    misunderstood: int


@dataclass(frozen=True, slots=True)
class Note:
    """The whole of it."""

    ticket: TicketId
    conversation: ConversationId
    lang: str
    reason: str
    called_at: datetime
    promised_at: datetime
    who: Who
    about: UnitFacts | None
    offers: Sequence[Offer]
    credit: Yen
    evidence: Sequence[Evidence]
    lines: Sequence[Entry]
    doing: Doing


def note(db: Session, readers: Readers, ticket_id: TicketId, *, now: datetime) -> Note:
    """Everything as it stands. Raises TicketMissing."""
    ticket = db.get(Ticket, ticket_id, populate_existing=True)
    if ticket is None:
        raise TicketMissing(ticket_id)
    conversation = ConversationId(ticket.conversation)
    who = people_in(db, [conversation]).get(conversation, Who())
    mind = threads.memory_of(db, conversation)
    offers, left = [], Yen(0)
    if who.customer is not None:
        offers = [
            Offer(each.case_no, each.title, each.amount, each.valid_through)
            for each in buyback.open_offers(db, who.customer, now=now)
        ]
        left = credit.balance(db, who.customer, now).spendable
    page = transcript.of(db, readers, conversation, limit=LINES)
    return Note(
        ticket=ticket_id,
        conversation=conversation,
        lang=ticket.lang,
        reason=ticket.reason,
        called_at=ticket.opened_at,
        promised_at=ticket.promised_at,
        who=who,
        about=_about(db, ticket.about_unit or mind.unit),
        offers=offers,
        credit=left,
        evidence=shown_in(db, conversation),
        lines=page.entries,
        doing=Doing(mind.task, mind.expecting, mind.pending is not None, mind.last, mind.unclear),
    )


def _about(db: Session, unit: str | None) -> UnitFacts | None:
    """A ticket names a piece by its code."""
    if unit is None:
        return None
    found = items.by_codes(db, [unit], viewer=STAFF)
    return found[0] if found else items.by_id(db, UnitId(unit), viewer=STAFF)


def shown_in(
    db: Session, conversation: ConversationId, *, limit: int = _MOST_SHOWN
) -> list[Evidence]:
    """What was sent there of pieces, the latest first; film and poster of one capture are one."""
    sent = func.max(MediaPass.issued_at)
    rows = (
        db.connection()
        .execute(
            select_columns(col(Asset.id), col(Asset.kind), col(Unit.code), col(Unit.title), sent)
            .select_from(MediaPass)
            .join(Rendition, col(Rendition.id) == col(MediaPass.rendition_id))
            .join(Asset, col(Asset.id) == col(Rendition.asset_id))
            .join(Unit, col(Unit.id) == col(Asset.unit_id), isouter=True)
            .where(col(MediaPass.conversation) == conversation)
            .group_by(col(Asset.id), col(Asset.kind), col(Unit.code), col(Unit.title))
            .order_by(sent.desc(), col(Asset.id))
            .limit(limit)
        )
        .all()
    )
    watched = dict(
        db.exec(
            select(MediaView.asset_id, func.min(MediaView.at))
            .where(
                MediaView.conversation == conversation,
                col(MediaView.asset_id).in_([row[0] for row in rows]),
            )
            .group_by(col(MediaView.asset_id))
        ).all()
    )
    return [Evidence(row[0], row[1], row[2], row[3], row[4], watched.get(row[0])) for row in rows]
