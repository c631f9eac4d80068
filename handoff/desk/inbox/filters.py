"""Which conversations a list shows, and in which order (絞り込み): one statement each, a page at a
time, continued by the place of its last row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Select, and_, case, func, literal, not_, or_
from sqlalchemy import select as select_columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from catalog.customers.tables import Contact, Customer
from catalog.ground.calendar import ShopHours
from catalog.ground.record import ConversationId, Instant, StaffId, from_millis, to_millis
from conversations.threads.tables import Thread
from handoff.desk import queries
from handoff.desk.labels import Labelled
from handoff.desk.notes import Mention
from handoff.desk.sla import worked_before
from handoff.desk.tables import Ticket, TicketState
from handoff.desk.transcript import CursorMalformed

_NEVER = datetime(9999, 1, 1, tzinfo=UTC)
_FURTHEST = 2**62  # what a column holds
_NEVER_COLUMN = literal(_NEVER, Instant)


class Filter(StrEnum):
    """A list of the inbox."""

    WAITING = (
        "waiting"  # 未対応: nobody has it; clients of the first rank, then the earliest promise
    )
    MINE = "mine"  # 自分: what waits for me first
    ALL = "all"  # 全て: the latest first
    SNOOZED = "snoozed"  # 保留: the next to wake first
    CLOSED = "closed"  # 完了
    LATE = "late"  # 遅延: over the time promised or given
    MENTIONS = "mentions"  # notes that call me
    LABEL = "label"  # one label, the latest first


@dataclass(frozen=True, slots=True)
class Found:
    """One conversation of the list. `place`: what the next page begins after."""

    conversation: ConversationId
    ticket: Ticket | None
    place: str


@dataclass(frozen=True, slots=True)
class _Sort:
    """One column of the order."""

    column: Any
    is_falling: bool = False
    is_moment: bool = False
    is_number: bool = False


def page(
    db: Session,
    which: Filter,
    staff: StaffId,
    *,
    label: str | None,
    hours: ShopHours,
    after: str | None,
    limit: int,
    now: datetime,
) -> list[Found]:
    """Up to so many conversations. Raises CursorMalformed."""
    if which is Filter.LATE:
        statement, order = _late(db, hours, now)
    else:
        statement, order = _statement(which, staff, label)
    if after is not None:
        statement = statement.where(_after(order, _read(after, order)))
    for each in order:
        statement = statement.order_by(each.column.desc() if each.is_falling else each.column.asc())
    rows = db.connection().execute(statement.limit(limit)).all()
    tickets = _tickets(db, [row[1] for row in rows if row[1] is not None])
    found = [_found(row, tickets, order) for row in rows]
    if which is Filter.ALL and after is None:
        found = [*_unheard(db, limit=limit), *found][:limit]
    return found


def _statement(
    which: Filter, staff: StaffId, label: str | None
) -> tuple[Select[Any], Sequence[_Sort]]:
    """Conversation, ticket, and the columns of the order."""
    heard = func.coalesce(Thread.heard_at, Thread.opened_at)
    talk, ticket = col(Ticket.conversation), col(Ticket.id)
    if which is Filter.WAITING:
        rank = case((col(Customer.vip_since).is_not(None), 0), else_=1)
        order = [
            _Sort(rank, is_number=True),
            _Sort(col(Ticket.promised_at), is_moment=True),
            _Sort(ticket),
        ]
        rows = (
            select_columns(talk, ticket, *(each.column for each in order))
            .join(Thread, col(Thread.id) == talk, isouter=True)
            .join(Contact, _is_contact(), isouter=True)
            .join(Customer, col(Customer.id) == col(Contact.customer_id), isouter=True)
            .where(col(Ticket.state) == TicketState.WAITING.value)
        )
        return rows, order
    if which is Filter.MINE:
        waits = func.coalesce(Ticket.unanswered_since, _NEVER_COLUMN)
        order = [_Sort(waits, is_moment=True), _Sort(heard, True, True), _Sort(ticket)]
        rows = (
            select_columns(talk, ticket, *(each.column for each in order))
            .join(Thread, col(Thread.id) == talk)
            .where(
                col(Ticket.owner) == staff,
                col(Ticket.state).in_([TicketState.CLAIMED.value, TicketState.SNOOZED.value]),
            )
        )
        return rows, order
    if which is Filter.SNOOZED:
        wakes = func.coalesce(Ticket.wake_at, _NEVER_COLUMN)
        order = [_Sort(wakes, is_moment=True), _Sort(ticket)]
        rows = select_columns(talk, ticket, *(each.column for each in order)).where(
            col(Ticket.state) == TicketState.SNOOZED.value
        )
        return rows, order
    if which is Filter.CLOSED:
        order = [_Sort(col(Ticket.closed_at), True, True), _Sort(ticket, True)]
        rows = select_columns(talk, ticket, *(each.column for each in order)).where(*ended())
        return rows, order
    return _of_threads(which, staff, label)


def _of_threads(
    which: Filter, staff: StaffId, label: str | None
) -> tuple[Select[Any], Sequence[_Sort]]:
    """Lists of conversations whether or not a ticket is open."""
    talk, ticket = col(Thread.id), col(Ticket.id)
    if which is Filter.MENTIONS:
        last = func.max(Mention.note_id)
        order = [_Sort(last, True), _Sort(col(Mention.conversation))]
        called = (
            select_columns(col(Mention.conversation).label("talk"), last.label("last"))
            .where(col(Mention.staff) == staff)
            .group_by(col(Mention.conversation))
            .subquery()
        )
        order = [_Sort(called.c.last, True), _Sort(called.c.talk)]
        rows = select_columns(called.c.talk, ticket, *(each.column for each in order)).select_from(
            called.outerjoin(Ticket, col(Ticket.open_key) == called.c.talk)
        )
        return rows, order
    order = [_Sort(col(Thread.heard_at), True, True), _Sort(talk)]
    rows = (
        select_columns(talk, ticket, *(each.column for each in order))
        .join(Ticket, col(Ticket.open_key) == talk, isouter=True)
        .where(col(Thread.heard_at).is_not(None))
    )
    if which is Filter.LABEL:
        heard = func.coalesce(Thread.heard_at, Thread.opened_at)
        order = [_Sort(heard, True, True), _Sort(talk)]
        rows = (
            select_columns(talk, ticket, *(each.column for each in order))
            .join(Labelled, col(Labelled.conversation) == talk)
            .join(Ticket, col(Ticket.open_key) == talk, isouter=True)
            .where(col(Labelled.label_id) == (label or ""))
        )
    return rows, order


def _is_contact() -> ColumnElement[bool]:
    return and_(
        col(Contact.channel) == col(Thread.channel),
        col(Contact.address) == func.substr(Thread.id, func.length(Thread.channel) + 2),
    )


def _unheard(db: Session, *, limit: int) -> list[Found]:
    """Conversations nobody has answered a word in yet; they stand above all others."""
    rows = (
        db.connection()
        .execute(
            select_columns(col(Thread.id), col(Ticket.id))
            .join(Ticket, col(Ticket.open_key) == col(Thread.id), isouter=True)
            .where(col(Thread.heard_at).is_(None))
            .order_by(col(Thread.opened_at).desc(), col(Thread.id))
            .limit(limit)
        )
        .all()
    )
    tickets = _tickets(db, [row[1] for row in rows if row[1] is not None])
    first = _written([to_millis(_NEVER), ""])
    return [Found(ConversationId(row[0]), tickets.get(row[1]), first) for row in rows]


def ended() -> list[ColumnElement[bool]]:
    """What the last ticket of a conversation is whose talk has ended; none of one that is open
    again.
    """
    later = aliased(Ticket)
    newer = select_columns(literal(1)).where(
        col(later.conversation) == col(Ticket.conversation),
        col(later.opened_at) > col(Ticket.opened_at),
    )
    return [col(Ticket.state) == TicketState.CLOSED.value, ~newer.exists()]


def late(db: Session, *, hours: ShopHours, now: datetime) -> list[ColumnElement[bool]]:
    """What an open ticket is that is over its time."""
    minutes = queries.terms(db).silent_after
    # Whose words have waited since then or longer have waited all the working time there is.
    since = worked_before(hours, now, timedelta(minutes=minutes))
    return [
        col(Ticket.state) != TicketState.CLOSED.value,
        or_(
            and_(_is_owed(now), col(Ticket.promised_at) <= now),
            and_(
                col(Ticket.state) == TicketState.CLAIMED.value,
                not_(_is_owed(now)),
                col(Ticket.unanswered_since) <= since,
            ),
        ),
    ]


def _is_owed(now: datetime) -> ColumnElement[bool]:
    """`moves.is_owed` as a condition on an open ticket; of one that waits it always is."""
    return or_(col(Ticket.kept_at).is_(None), col(Ticket.kept_at) > now)


def _late(db: Session, hours: ShopHours, now: datetime) -> tuple[Select[Any], Sequence[_Sort]]:
    """Over their time, the longest first."""
    talk, ticket = col(Ticket.conversation), col(Ticket.id)
    due = case((_is_owed(now), col(Ticket.promised_at)), else_=col(Ticket.unanswered_since))
    order = [_Sort(due, is_moment=True), _Sort(ticket)]
    rows = select_columns(talk, ticket, *(each.column for each in order))
    return rows.where(*late(db, hours=hours, now=now)), order


def _tickets(db: Session, ids: Sequence[str]) -> dict[str | None, Ticket]:
    if not ids:
        return {}
    return {row.id: row for row in db.exec(select(Ticket).where(col(Ticket.id).in_(ids)))}


def _found(row: Any, tickets: dict[str | None, Ticket], order: Sequence[_Sort]) -> Found:
    values = [
        to_millis(value) if isinstance(value, datetime) else value
        for value in list(row)[2 : 2 + len(order)]
    ]
    return Found(ConversationId(row[0]), tickets.get(row[1]), _written(values))


def _written(values: Sequence[Any]) -> str:
    return orjson.dumps(list(values)).decode()


def _read(text: str, order: Sequence[_Sort]) -> list[Any]:
    try:
        values = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise CursorMalformed("no place in a list") from None
    if not isinstance(values, list) or len(values) != len(order):
        raise CursorMalformed("no place in this list")
    return [_value(value, each) for value, each in zip(values, order, strict=True)]


def _value(value: Any, sort: _Sort) -> Any:
    if not sort.is_moment:
        is_number = type(value) is int and abs(value) < _FURTHEST
        is_text = isinstance(value, str) and "\x00" not in value
        if not (is_number if sort.is_number else is_text):
            raise CursorMalformed("no place in this list")
        return value
    if not isinstance(value, int) or not 0 <= value <= to_millis(_NEVER):
        raise CursorMalformed("no place in this list")
    return from_millis(value)


def _after(order: Sequence[_Sort], last: Sequence[Any]) -> ColumnElement[bool]:
    """Strictly after that place, column by column."""
    ways = []
    for n, each in enumerate(order):
        same = [before.column == value for before, value in zip(order[:n], last[:n], strict=True)]
        further = each.column < last[n] if each.is_falling else each.column > last[n]
        ways.append(and_(*same, further))
    return or_(*ways)
