"""The way in: many events in one insert, each kept once (UNIQUE channel, event id). Hot
statements.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from catalog.ground.record import ConversationId, to_millis
from catalog.ground.session.database import ring
from catalog.ground.session.hot import Hot

TOPIC = "inbox"


@dataclass(frozen=True, slots=True)
class IntakeRow:
    """One event as it came; `body` is the event's own JSON text."""

    channel: str
    event_id: str
    conversation: ConversationId
    message_id: str | None
    event_at: datetime
    received_at: datetime
    body: str


_ROWS_A_STATEMENT = 64
_EVENT = (
    "INSERT INTO inbox (channel, event_id, conversation, message_id, event_at, received_at, body,"
    " state, attempts, due_at)"
)
_EVENT_ROW = "(?, ?, ?, ?, ?, ?, ?, 'due', 0, ?)"
_PG_EVENT = (
    "INSERT INTO inbox (channel, event_id, conversation, message_id, event_at, received_at, body,"
    " state, attempts, due_at)"
    " SELECT channel, event_id, conversation, message_id, event_at, received_at, body, 'due', 0,"
    " received_at FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::timestamptz[],"
    " %s::timestamptz[], %s::text[])"
    " AS e (channel, event_id, conversation, message_id, event_at, received_at, body)"
    " ORDER BY channel, event_id ON CONFLICT DO NOTHING"
)


_HEAR = Hot(
    "INSERT INTO inbox (channel, event_id, conversation, message_id, event_at, received_at, body,"
    " state, attempts, due_at)"
    " VALUES (:channel, :event_id, :conversation, :message_id, :event_at, :received_at, :body,"
    " 'due', 0, :received_at) ON CONFLICT DO NOTHING RETURNING id"
)


def hear(db: Session, row: IntakeRow) -> int | None:
    """Keep one event with what else a unit of work writes; None when it is kept already."""
    found = _HEAR(
        db,
        channel=row.channel,
        event_id=row.event_id,
        conversation=row.conversation,
        message_id=row.message_id,
        event_at=row.event_at,
        received_at=row.received_at,
        body=row.body,
    )
    if not found:
        return None
    ring(db, TOPIC)
    return int(found[0][0])


def insert(connection: Any, rows: Sequence[IntakeRow]) -> None:
    """Keep what is not kept yet. For `Database.lane`; `connection` is the driver's own."""
    if isinstance(connection, sqlite3.Connection):
        _insert_sqlite(connection, rows)
    else:
        _insert_postgres(connection, rows)


def _insert_sqlite(connection: sqlite3.Connection, rows: Sequence[IntakeRow]) -> None:
    _insert_together(
        connection,
        _EVENT,
        _EVENT_ROW,
        [
            (
                row.channel,
                row.event_id,
                row.conversation,
                row.message_id,
                to_millis(row.event_at),
                (received_at := to_millis(row.received_at)),
                row.body,
                received_at,
            )
            for row in rows
        ],
    )


def _insert_together(
    connection: sqlite3.Connection, head: str, row: str, rows: Sequence[tuple[Any, ...]]
) -> None:
    """Rows in statements of 64, 32, 16 … at a time, so that few texts are ever compiled.

    sqlite3 lets go of the interpreter for each statement, and a busy event loop gives it back only
    after milliseconds; a statement for each row would wait that long for each.
    """
    begun, size = 0, _ROWS_A_STATEMENT
    while begun < len(rows):
        while size > len(rows) - begun:
            size //= 2
        connection.execute(
            _statement(head, row, size),
            [value for each in rows[begun : begun + size] for value in each],
        )
        begun += size


def _statement(head: str, row: str, count: int) -> str:
    return f"{head} VALUES {', '.join([row] * count)} ON CONFLICT DO NOTHING"


def _insert_postgres(connection: Any, rows: Sequence[IntakeRow]) -> None:
    connection.execute(
        _PG_EVENT,
        (
            [row.channel for row in rows],
            [row.event_id for row in rows],
            [row.conversation for row in rows],
            [row.message_id for row in rows],
            [row.event_at for row in rows],
            [row.received_at for row in rows],
            [row.body for row in rows],
        ),
    )
