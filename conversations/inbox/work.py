"""Handing events out: one conversation at a time, in (event time, id) order, under a lease. Hot
statements.

At least once inside, once in effect: what an event causes is written in the same transaction that
ends it, and both are refused when the lease was lost meanwhile.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlmodel import Session

from catalog.ground import journal
from catalog.ground.errors import Stale
from catalog.ground.record import ConversationId
from catalog.ground.session.database import ring
from catalog.ground.session.hot import Hot, HotList, moment
from conversations.inbox.intake import TOPIC
from conversations.threads import feed, memory
from conversations.threads.memory import Memory

LEASE_SECONDS = (
    6  # renewed every two seconds while the worker lives; a dead one's work is free soon
)
MAX_ATTEMPTS = 5
_EVENTS_A_CLAIM = 50
_CHOICE = 4  # on PostgreSQL, so that several workers at once each find some that are free


class LeaseLost(Stale):
    """Another worker has taken this conversation over; nothing of this turn was kept."""


@dataclass(frozen=True, slots=True)
class HeardEvent:
    """A claimed event, still raw. `is_taken_back`: its message was unsent before it came here."""

    inbox_id: int
    channel: str
    event_id: str
    body: str
    received_at: datetime
    attempts: int
    is_taken_back: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """One conversation with its due events in order. `lease` is the name that must still hold at
    the end. `has_person`: a person of the shop spoke there as it was claimed, so nothing needs to
    be understood.
    """

    conversation: ConversationId
    lang: str | None
    memory: Memory
    lease: str
    events: tuple[HeardEvent, ...]
    has_person: bool = False


# Conversations whose first event is due, those that wait longest first: handed out by name (as the
# lane index has them) the last names would wait under a backlog until their reply tokens are dead,
# and taken by row one person's flood would hide the others. The last column: no thread yet.
_HEADS = (
    "SELECT i.conversation, t.id IS NULL FROM inbox i {hint}"
    " LEFT JOIN thread t ON t.id = i.conversation"
    " WHERE i.state = 'due' AND i.due_at <= :now"
    " AND (t.lease_until IS NULL OR t.lease_until <= :now)"
    " AND i.id = (SELECT h.id FROM inbox h WHERE h.conversation = i.conversation"
    " AND h.state = 'due' ORDER BY h.event_at, h.id LIMIT 1)"
    " ORDER BY i.due_at LIMIT :limit"
)
_NEXT = Hot(_HEADS.format(hint="INDEXED BY inbox_due"), _HEADS.format(hint=""))
# The thread of a conversation that is heard for the first time; its row is what a worker locks.
_OPEN_THREADS = HotList(
    "INSERT INTO thread (id, channel, memory, version, opened_at)"
    " SELECT conversation, min(channel), '{{}}', 0, min(received_at) FROM inbox"
    " WHERE conversation IN ({}) GROUP BY conversation ORDER BY conversation"
    " ON CONFLICT DO NOTHING"
)
# Several workers may have picked the same conversations: each keeps those it could lock.
_LOCK = HotList(
    "SELECT id FROM thread WHERE id IN ({}) AND (lease_until IS NULL OR lease_until <= :now)"
    " FOR UPDATE SKIP LOCKED"
)
_LEASE = HotList("UPDATE thread SET leased_by = :lease, lease_until = :until WHERE id IN ({})")
_EVENTS = HotList(
    "SELECT i.id, i.channel, i.event_id, i.conversation, i.body, i.received_at, i.attempts,"
    " i.due_at, t.lang, t.memory, EXISTS (SELECT 1 FROM inbox u WHERE"
    " u.conversation = i.conversation AND u.message_id = i.message_id"
    " AND u.scrubbed_at IS NOT NULL), t.speaker"
    " FROM inbox i JOIN thread t ON t.id = i.conversation"
    " WHERE i.state = 'due' AND i.conversation IN ({}) ORDER BY i.conversation, i.event_at, i.id"
)
_UNLEASE = HotList("UPDATE thread SET leased_by = NULL, lease_until = NULL WHERE id IN ({})")
_RENEW = Hot("UPDATE thread SET lease_until = :until WHERE leased_by = :lease")
_SAVE = Hot(
    "UPDATE thread SET memory = :memory, lang = :lang, heard_at = :now, version = version + 1"
    " WHERE id = :conversation AND leased_by = :lease RETURNING version"
)
_SAVE_AND_FREE = Hot(
    "UPDATE thread SET memory = :memory, lang = :lang, heard_at = :now, version = version + 1,"
    " leased_by = NULL, lease_until = NULL"
    " WHERE id = :conversation AND leased_by = :lease RETURNING version"
)
_MORE = Hot("SELECT 1 FROM inbox WHERE conversation = :conversation AND state = 'due' LIMIT 1")
_DONE = Hot(
    "UPDATE inbox SET state = 'done', ended_at = :now WHERE id = :id AND state = 'due' RETURNING id"
)
_FREE = Hot(
    "UPDATE thread SET leased_by = NULL, lease_until = NULL"
    " WHERE id = :conversation AND leased_by = :lease RETURNING id"
)
_HOLD = Hot("SELECT id FROM thread WHERE id = :conversation AND leased_by = :lease")
_FAILED = Hot(
    "UPDATE inbox SET state = :state, attempts = attempts + 1, due_at = :due_at,"
    " last_error = :error, ended_at = :ended_at WHERE id = :id AND state = 'due'"
)


def claim(db: Session, *, lease: str, now: datetime, limit: int) -> list[Claim]:
    """Take up to `limit` free conversations that have something due. `lease` must be a new name
    each time.
    """
    free = _free_conversations(db, now=now, limit=limit)
    if not free:
        return []
    _LEASE(db, free, lease=lease, until=now + timedelta(seconds=LEASE_SECONDS))
    claims: dict[str, list[Any]] = {conversation: [] for conversation in free}
    for row in _EVENTS(db, free):
        claims[row[3]].append(row)
    taken = []
    idle = []
    for conversation, rows in claims.items():
        # A head that waits for its next try holds the ones behind it: order before speed.
        if not rows or moment(rows[0][7]) > now:
            idle.append(conversation)
        else:
            taken.append(_claimed(conversation, rows, lease, now))
    if idle:
        _UNLEASE(db, idle)
    return taken


def _free_conversations(db: Session, *, now: datetime, limit: int) -> list[str]:
    """Up to `limit` conversations nobody else holds, those that wait longest first."""
    has_rivals = db.get_bind().dialect.name != "sqlite"
    heads = _NEXT(db, now=now, limit=limit * _CHOICE if has_rivals else limit)
    if unopened := [row[0] for row in heads if row[1]]:
        _OPEN_THREADS(db, unopened)
    waiting = [row[0] for row in heads]
    if not has_rivals or not waiting:
        return waiting
    locked = {row[0] for row in _LOCK(db, waiting, now=now)}
    return [conversation for conversation in waiting if conversation in locked][:limit]


def _claimed(conversation: str, rows: Sequence[Any], lease: str, now: datetime) -> Claim:
    events = []
    for row in rows[:_EVENTS_A_CLAIM]:
        if moment(row[7]) > now:
            break
        events.append(
            HeardEvent(row[0], row[1], row[2], row[4], moment(row[5]), row[6], bool(row[10]))
        )
    kept = rows[0][9]
    return Claim(
        ConversationId(conversation),
        rows[0][8],
        memory.read(orjson.loads(kept)) if kept != "{}" else _NOTHING,
        lease,
        tuple(events),
        has_person=rows[0][11] is not None,
    )


_NOTHING = Memory()


def renew(db: Session, leases: Sequence[str], *, now: datetime) -> None:
    """Keep conversations that are still being worked on."""
    for lease in leases:
        _RENEW(db, lease=lease, until=now + timedelta(seconds=LEASE_SECONDS))


def done(
    db: Session,
    claim: Claim,
    event: HeardEvent,
    *,
    kept: Memory,
    lang: str | None,
    is_last: bool,
    now: datetime,
) -> None:
    """End an event together with what it caused, keep the thread's memory, free the thread after
    the last.

    Raises LeaseLost, and then nothing of the turn may be kept.
    """
    save = _SAVE_AND_FREE if is_last else _SAVE
    told = orjson.dumps(memory.written(kept)).decode()
    held = save(
        db, memory=told, lang=lang, now=now, conversation=claim.conversation, lease=claim.lease
    )
    if not held or not _DONE(db, id=event.inbox_id, now=now):
        raise LeaseLost(claim.conversation)
    feed.tell(db, claim.conversation, now=now)
    if is_last and _MORE(db, conversation=claim.conversation):
        ring(db, TOPIC)  # heard while this conversation was held


def failed(
    db: Session,
    claim: Claim,
    event: HeardEvent,
    *,
    error: str,
    now: datetime,
    is_hopeless: bool = False,
) -> bool:
    """Note a failed try and free the conversation; True when the event was given up (a dead
    letter).

    The pauses are short, because the person's later messages wait behind it: 0.5, 1, 2, 4 s with
    jitter.
    """
    if not _HOLD(db, conversation=claim.conversation, lease=claim.lease):
        raise LeaseLost(claim.conversation)
    is_dead = is_hopeless or event.attempts + 1 >= MAX_ATTEMPTS
    pause = 0.5 * 2**event.attempts * random.uniform(0.8, 1.2)
    _FAILED(
        db,
        id=event.inbox_id,
        state="dead" if is_dead else "due",
        due_at=now + timedelta(seconds=0 if is_dead else pause),
        error=error[:500],
        ended_at=now if is_dead else None,
    )
    _FREE(db, conversation=claim.conversation, lease=claim.lease)
    if is_dead:
        feed.tell(db, claim.conversation, now=now)
    return is_dead


def free(db: Session, claim: Claim) -> None:
    """Give the conversation back untouched (shutdown)."""
    _FREE(db, conversation=claim.conversation, lease=claim.lease)


_RETRY = Hot(
    "UPDATE inbox SET state = 'due', attempts = 0, due_at = :now, ended_at = NULL"
    " WHERE id = :id AND state = 'dead' RETURNING id"
)


def retry(db: Session, inbox_id: int, *, by: str, now: datetime) -> bool:
    """Staff wish another try of a dead event; who wished it is journaled. False when there is none
    with that id.
    """
    revived = bool(_RETRY(db, id=inbox_id, now=now))
    if revived:
        ring(db, TOPIC)
        journal.record(db, f"event:{inbox_id}", "retried", actor=by, at=now)
    return revived
