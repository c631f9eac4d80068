"""The lines of the inbox: who, in which state, whose, what was said last, how long they wait.

A page is a handful of statements whatever its length. Not here: which conversations (`filters`).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import and_, func, or_
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from catalog.customers.tables import Contact, Customer
from catalog.ground.calendar import ShopHours
from catalog.ground.errors import Malformed
from catalog.ground.record import ConversationId, CustomerId, StaffId, TicketId
from catalog.ground.session.hot import HotList, moment
from catalog.partners.tables import Partner, Seat
from conversations.messages import Unknown
from conversations.threads.tables import Thread
from handoff.desk import drafts, labels, queries, seen
from handoff.desk.entries import Readers
from handoff.desk.inbox import excerpt, filters
from handoff.desk.inbox.excerpt import Excerpt
from handoff.desk.inbox.filters import Filter, Found
from handoff.desk.labels import Named
from handoff.desk.notes import Mention
from handoff.desk.seen import Beside
from handoff.desk.sla import Standing, standing
from handoff.desk.tables import Ticket, TicketState
from handoff.staff.tables import Staff

USUAL, MOST = 50, 200
BOT = "bot"  # the state of a conversation without an open ticket


@dataclass(frozen=True, slots=True)
class Last:
    """The last line. `by`: the member of staff, `bot`, or None for the person."""

    at: datetime
    by: str | None
    told: Excerpt
    state: str | None = None  # of a letter


@dataclass(frozen=True, slots=True)
class Who:
    """Whom the conversation is with; names are empty for a visitor. `firm`: whom they speak for."""

    customer: CustomerId | None = None
    customer_no: str | None = None
    name: str | None = None
    kana: str | None = None
    adviser: str | None = None
    is_vip: bool = False
    is_blocked: bool = False
    firm: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One conversation in the list. `state`: `bot` or a `TicketState`. `unread`: events heard that
    whoever looks has not read, never more than 99. `reply_until`: until when the next answer is
    free. `heard_at`: when the person last did something, by which lists are in order. `called`:
    everybody a note there calls who has not looked; `is_called`: whoever looks is one of them.
    """

    conversation: ConversationId
    channel: str
    lang: str | None
    who: Who
    state: str
    ticket: TicketId | None
    reason: str | None
    owner: StaffId | None
    owner_name: str | None
    promised_at: datetime | None
    wake_at: datetime | None
    last: Last | None
    unread: int
    sla: Standing | None
    labels: tuple[Named, ...]
    reply_until: datetime | None
    heard_at: datetime | None
    has_draft: bool
    is_called: bool
    called: tuple[StaffId, ...]
    beside: tuple[Beside, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """A page. `after`: where the next one begins, None at the end."""

    lines: tuple[Line, ...]
    after: str | None


def listing(
    db: Session,
    readers: Readers,
    which: Filter,
    staff: StaffId,
    *,
    hours: ShopHours,
    now: datetime,
    label: str | None = None,
    after: str | None = None,
    limit: int = USUAL,
) -> Listing:
    """A page of one list for this person. Raises CursorMalformed."""
    limit = max(1, min(limit, MOST))
    found = filters.page(
        db, which, staff, label=label, hours=hours, after=after, limit=limit + 1, now=now
    )
    shown = found[:limit]
    lines = _lines(db, readers, shown, staff, hours=hours, now=now)
    return Listing(tuple(lines), shown[-1].place if len(found) > limit else None)


def lines_of(
    db: Session,
    readers: Readers,
    conversations: Sequence[ConversationId],
    staff: StaffId | None,
    *,
    hours: ShopHours,
    now: datetime,
) -> list[Line]:
    """The lines of these conversations, whatever list they are in: for a change on the screen.
    Without `staff` they are nobody's: nothing in them is unread, begun or for whoever looks.
    """
    rows = db.exec(select(Ticket).where(col(Ticket.open_key).in_(conversations)))
    tickets = {row.conversation: row for row in rows}
    found = [Found(each, tickets.get(each), "") for each in conversations]
    return _lines(db, readers, found, staff, hours=hours, now=now)


def counts(db: Session, staff: StaffId, *, hours: ShopHours, now: datetime) -> Mapping[Filter, int]:
    """How many conversations are in each list; of mentions, how many are not looked at."""
    open_states = [TicketState.WAITING.value, TicketState.CLAIMED.value, TicketState.SNOOZED.value]
    rows = db.exec(
        select(Ticket.state, Ticket.owner, func.count())
        .where(col(Ticket.state).in_(open_states))
        .group_by(col(Ticket.state), col(Ticket.owner))
    )
    by_state: dict[str, int] = {}
    mine = 0
    for state, owner, count in rows:
        by_state[state] = by_state.get(state, 0) + count
        if owner == staff and state != TicketState.WAITING:
            mine += count
    ended = select(func.count()).select_from(Ticket).where(*filters.ended())
    late = select(func.count()).select_from(Ticket).where(*filters.late(db, hours=hours, now=now))
    called = select(func.count(func.distinct(Mention.conversation))).where(
        Mention.staff == staff, col(Mention.seen_at).is_(None)
    )
    return {
        Filter.WAITING: by_state.get(TicketState.WAITING, 0),
        Filter.MINE: mine,
        Filter.ALL: db.exec(select(func.count()).select_from(Thread)).one(),
        Filter.SNOOZED: by_state.get(TicketState.SNOOZED, 0),
        Filter.CLOSED: db.exec(ended).one(),
        Filter.LATE: db.exec(late).one(),
        Filter.MENTIONS: db.exec(called).one(),
    }


def _lines(
    db: Session,
    readers: Readers,
    found: Sequence[Found],
    staff: StaffId | None,
    *,
    hours: ShopHours,
    now: datetime,
) -> list[Line]:
    talks = [each.conversation for each in found]
    threads = _threads(db, talks)
    people = people_in(db, talks)
    names = dict(db.exec(select(Staff.id, Staff.name)).all())
    last = _last(db, readers, talks)
    unread = _unread(db, found, staff) if staff is not None else {}
    worn = labels.of_conversations(db, talks)
    begun = set(drafts.begun_by(db, staff)) if staff is not None else set()
    called = _called(db, talks)
    others: dict[str, list[Beside]] = {}
    for somebody in seen.beside(db, talks, but=staff, now=now):
        others.setdefault(somebody.conversation, []).append(somebody)
    terms = queries.terms(db)
    lines = []
    for each in found:
        talk, ticket = each.conversation, each.ticket
        lang, reply_until, heard_at = threads.get(talk, (None, None, None))
        owner = ticket.owner if ticket is not None else None
        lines.append(
            Line(
                conversation=talk,
                channel=talk.partition(":")[0],
                lang=lang or (ticket.lang if ticket is not None else None),
                who=people.get(talk, _NOBODY),
                state=ticket.state if ticket is not None else BOT,
                ticket=TicketId(ticket.id) if ticket is not None else None,
                reason=ticket.reason if ticket is not None else None,
                owner=StaffId(owner) if owner else None,
                owner_name=names.get(owner, owner) if owner else None,
                promised_at=ticket.promised_at if ticket is not None else None,
                wake_at=ticket.wake_at if ticket is not None else None,
                last=last.get(talk),
                unread=unread.get(talk, 0),
                sla=standing(ticket, terms, hours, now=now) if ticket is not None else None,
                labels=worn.get(talk, ()),
                reply_until=reply_until if reply_until and reply_until > now else None,
                heard_at=heard_at,
                has_draft=talk in begun,
                is_called=staff in called.get(talk, ()),
                called=called.get(talk, ()),
                beside=tuple(others.get(talk, ())),
            )
        )
    return lines


def _called(
    db: Session, talks: Sequence[ConversationId]
) -> dict[ConversationId, tuple[StaffId, ...]]:
    """Who is called in notes there and has not looked."""
    rows = db.exec(
        select(Mention.conversation, Mention.staff)
        .where(col(Mention.seen_at).is_(None), col(Mention.conversation).in_(talks))
        .distinct()
    )
    found: dict[ConversationId, tuple[StaffId, ...]] = {}
    for talk, who in sorted(rows):
        conversation = ConversationId(talk)
        found[conversation] = (*found.get(conversation, ()), StaffId(who))
    return found


_NOBODY = Who()
_IS_SEAT = and_(
    col(Seat.channel) == col(Contact.channel), col(Seat.address) == col(Contact.address)
)


def _threads(
    db: Session, talks: Sequence[ConversationId]
) -> dict[ConversationId, tuple[str | None, datetime | None, datetime | None]]:
    rows = db.exec(
        select(Thread.id, Thread.lang, Thread.reply_until, Thread.heard_at).where(
            col(Thread.id).in_(talks)
        )
    )
    return {ConversationId(talk): (lang, until, heard) for talk, lang, until, heard in rows}


def people_in(db: Session, talks: Sequence[ConversationId]) -> dict[ConversationId, Who]:
    """Whom these conversations are with; one that was never met on a channel is not there."""
    by_channel: dict[str, list[str]] = {}
    for talk in talks:
        channel, _, address = talk.partition(":")
        by_channel.setdefault(channel, []).append(address)
    if not by_channel:
        return {}
    ways = [
        and_(col(Contact.channel) == channel, col(Contact.address).in_(addresses))
        for channel, addresses in by_channel.items()
    ]
    rows = db.connection().execute(
        select_columns(
            col(Contact.channel), col(Contact.address), col(Contact.is_blocked), col(Customer.id),
            col(Customer.customer_no), col(Customer.family_name), col(Customer.given_name),
            col(Customer.family_kana), col(Customer.given_kana), col(Customer.adviser),
            col(Customer.vip_since), col(Partner.name),
        )
        .join(Customer, col(Customer.id) == col(Contact.customer_id), isouter=True)
        .join(Seat, _IS_SEAT, isouter=True)
        .join(Partner, col(Partner.id) == col(Seat.partner_id), isouter=True)
        .where(or_(*ways))
    )  # fmt: skip
    return {ConversationId(f"{row[0]}:{row[1]}"): _who(row) for row in rows}


def _who(row: Any) -> Who:
    return Who(
        customer=CustomerId(row[3]) if row[3] else None,
        customer_no=row[4],
        name=_together(row[5], row[6]),
        kana=_together(row[7], row[8]),
        adviser=row[9],
        is_vip=row[10] is not None,
        is_blocked=bool(row[2]),
        firm=row[11],
    )


def _together(family: str | None, given: str | None) -> str | None:
    return " ".join(part for part in (family, given) if part) or None


# The latest row of each conversation by the index of its time line.
_LAST_HEARD = HotList(
    "SELECT i.conversation, i.id, i.channel, i.body, i.event_at, i.received_at, i.scrubbed_at"
    " FROM thread t JOIN inbox i ON i.id = (SELECT h.id FROM inbox h WHERE h.conversation = t.id"
    " ORDER BY h.event_at DESC, h.id DESC LIMIT 1) WHERE t.id IN ({})"
)
_LAST_WRITTEN = HotList(
    "SELECT o.conversation, o.channel, o.messages, o.written_at, o.written_by, o.state,"
    " o.scrubbed_at FROM thread t JOIN outbox o ON o.id = (SELECT w.id FROM outbox w"
    " WHERE w.conversation = t.id ORDER BY w.written_at DESC, w.id DESC LIMIT 1)"
    " WHERE t.id IN ({})"
)


def _last(
    db: Session, readers: Readers, talks: Sequence[ConversationId]
) -> dict[ConversationId, Last]:
    heard = {row[0]: row for row in _LAST_HEARD(db, talks)}
    wrote = {row[0]: row for row in _LAST_WRITTEN(db, talks)}
    found: dict[ConversationId, Last] = {}
    for talk in talks:
        said, letter = heard.get(talk), wrote.get(talk)
        if said is not None and (letter is None or moment(said[4]) > moment(letter[3])):
            found[talk] = Last(moment(said[4]), None, _heard(readers, said))
        elif letter is not None:
            found[talk] = Last(
                moment(letter[3]), letter[4] or BOT, _wrote(readers, letter), state=letter[5]
            )
    return found


def _heard(readers: Readers, row: Any) -> Excerpt:
    read = readers.heard.get(row[2])
    if row[6] is not None or read is None:
        return excerpt.of_body(None)
    try:
        event = read(row[3], inbox_id=row[1], received_at=moment(row[5]))
    except Malformed:
        return excerpt.of_body(Unknown("unreadable"))
    return excerpt.of_body(event.body)


def _wrote(readers: Readers, row: Any) -> Excerpt:
    read = readers.said.get(row[1])
    if row[6] is not None or read is None:
        return excerpt.of_letters(())
    return excerpt.of_letters(read(orjson.loads(row[2])))


_UNREAD_MOST = 99
_HEARD_SINCE = (
    "(SELECT count(*) FROM (SELECT 1 FROM inbox h WHERE h.conversation = t.id AND {since}"
    f" LIMIT {_UNREAD_MOST}) AS found)"
)
_UNREAD = HotList(
    "SELECT t.id, CASE WHEN s.heard_to IS NOT NULL THEN "
    + _HEARD_SINCE.format(since="h.id > s.heard_to")
    + " WHEN k.id IS NOT NULL THEN "
    + _HEARD_SINCE.format(since="(h.ended_at IS NULL OR h.ended_at >= k.opened_at)")
    + " ELSE 0 END FROM thread t"
    " LEFT JOIN seen s ON s.conversation = t.id AND s.staff = :staff"
    " LEFT JOIN ticket k ON k.open_key = t.id"
    " WHERE t.id IN ({})"
)


def _unread(db: Session, found: Sequence[Found], staff: StaffId) -> dict[ConversationId, int]:
    """What they have not read: since their mark, or where they have never been the words a person
    was asked for with, and all since.
    """
    rows = _UNREAD(db, [each.conversation for each in found], staff=staff)
    return {ConversationId(row[0]): int(row[1]) for row in rows}


def unread_total(db: Session, staff: StaffId) -> int:
    """In how many conversations something waits to be read that is theirs or nobody's: the number
    in the title.
    """
    talks = db.exec(
        select(Ticket.conversation).where(
            or_(
                col(Ticket.state) == TicketState.WAITING.value,
                and_(col(Ticket.owner) == staff, col(Ticket.state) != TicketState.CLOSED.value),
            )
        )
    ).all()
    return _unread_among(db, talks, staff)


def _unread_among(db: Session, talks: Collection[str], staff: StaffId) -> int:
    rows = _UNREAD(db, list(talks)[:2_000], staff=staff)
    return sum(1 for row in rows if row[1])
