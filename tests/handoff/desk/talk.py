"""A conversation as the product keeps it, for tests of what staff see."""

import itertools
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session

from bot.line.render import render
from bot.line.webhook import rows_of
from catalog.duties.actors import Actor
from catalog.ground.record import ConversationId, StaffId
from catalog.ground.session.database import Database, insert_once
from conversations.inbox import intake
from conversations.messages import Letter
from conversations.outbox import actions as outbox
from conversations.outbox.actions import Envelope
from conversations.threads import actions as threads
from handoff.staff import actions as staff
from handoff.staff.tables import Staff
from tests import line_events

_numbers = itertools.count(1)


def talk_of(user: str) -> ConversationId:
    """The conversation with that user of LINE."""
    return ConversationId(f"line:{user}")


def heard(database: Database, event: dict[str, Any], *, now: datetime) -> None:
    """One webhook event, kept as intake keeps it."""
    rows = rows_of(line_events.webhook_body([event]), received_at=now)
    assert rows is not None
    kept = rows
    database.write(lambda db: intake.insert(db.connection().connection.driver_connection, kept))


def says(database: Database, user: str, words: str, *, now: datetime) -> None:
    """The person writes; the conversation is there from then on."""
    database.write(lambda db: threads.open_in(db, talk_of(user), "line", lang="ja", now=now))
    heard(database, line_events.text_event(user, words, at=now), now=now)


def writes(
    database: Database,
    user: str,
    letters: Sequence[Letter],
    *,
    now: datetime,
    by: str | None = None,
) -> list[int]:
    """A letter of the bot, or of somebody of the shop; the numbers of its rows."""
    envelope = Envelope(
        dedupe=f"test:{next(_numbers)}",
        channel="line",
        conversation=talk_of(user),
        purpose="answer" if by is None else "staff",
        written_by=StaffId(by) if by is not None else None,
    )
    calls = render(letters)
    return list(database.write(lambda db: outbox.put(db, envelope, calls, now=now)).ids)


def hire(db: Session, name: str, role: str, *, now: datetime, email: str | None = None) -> StaffId:
    """Somebody of the shop."""
    return staff.add(db, name, role, email=email, slack_id=None, by="test", now=now)


def here(database: Database, *people: Actor, now: datetime) -> None:
    """These work here, under their ids."""

    def unit(db: Session) -> None:
        for each in people:
            who = Staff(id=each.id, name=each.id, role=each.role.value, added_at=now)
            insert_once(db, Staff, who.model_dump())

    database.write(unit)


def leaves(db: Session, who: StaffId, *, now: datetime) -> None:
    """They work here no more."""
    db.get_one(Staff, who).left_at = now
    db.flush()
