"""Verbs on a post to the staff's channel (チャンネルへのお知らせ): one row of the worklist, so that
neither a restart nor hours without Slack lose or double it.

A subject beside this file says that something is due and until when it is worth posting, and draws
it as it stands when it is posted. Not here: the call to Slack (`bot`); what is said in a thread
(`steps`).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from catalog.ground import worklist
from catalog.ground.record import from_millis, new_id, to_millis
from catalog.ground.worklist import DueWork
from conversations.ports import Outcome, TooFast, Unclear
from handoff.slack.rules import rest


def put(
    db: Session,
    kind: str,
    subject: str,
    key: str,
    *,
    due_at: datetime,
    until: datetime,
    now: datetime,
    facts: Mapping[str, Any],
) -> bool:
    """The channel is told, once by (kind, key). `until`: so long it waits where Slack is away. What
    the post is known by is fixed before the first try.
    """
    told = {**facts, "post": new_id(now), "until": to_millis(until)}
    return worklist.add(db, kind, subject, key, due_at=due_at, now=now, facts=told)


def unclear_since(work: DueWork) -> datetime | None:
    """Since when an earlier try may have arrived: it is looked for before it is posted again. None:
    none can have.
    """
    if work.attempts < 2 and not work.facts.get("is_unclear"):
        return None
    first = work.facts.get("first_tried_at")
    return work.written_at if first is None else from_millis(first)


def put_off(
    db: Session, work: DueWork, outcome: Outcome, *, tried_at: datetime, now: datetime
) -> bool:
    """Slack did not take it: again after a rest, at least the one Slack asks for, and no such try
    is counted. False once its time is over.
    """
    if now >= from_millis(work.facts["until"]):
        return False
    first = work.facts.get("first_tried_at", to_millis(tried_at))
    is_unclear = isinstance(outcome, Unclear) or bool(work.facts.get("is_unclear"))
    asked = outcome.seconds if isinstance(outcome, TooFast) else None
    worklist.note(db, work.id, first_tried_at=first, is_unclear=is_unclear)
    pause = max(rest(now - from_millis(first)), timedelta(seconds=asked or 0.0))
    worklist.postpone(db, work, until=now + pause)
    return True
