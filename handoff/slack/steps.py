"""The way of a thread, step by step (スレッドの更新): what is to be done next is fixed, and what
came of it is written down.

A post is fixed in the books before Slack is called. A worker that dies in between leaves one nobody
knows the fate of; whoever goes on looks for it by its key before posting anew. Cards are drawn anew
and may be sent twice without harm. Not here: the calls.
"""

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlmodel import Session

from catalog.ground.record import ConversationId, TicketId, from_millis, to_millis
from conversations.ports import Accepted, Outcome, Rejected, TooFast
from handoff.desk import queries as desk
from handoff.slack import actions, lines, queries
from handoff.slack.cards import Message, card, talk
from handoff.slack.lines import Told
from handoff.slack.queries import StaffSlack
from handoff.slack.rules import UPDATES_EVERY, is_shut, pause
from handoff.slack.tables import Remark, SlackThread
from handoff.slack.wording.voice import StaffVoice, voice

_POSTS_KEPT = 400
_REFUSED_PAUSE = timedelta(minutes=1)
_ENDS_LATER = timedelta(seconds=15)
_THREAD_GONE = frozenset({"thread_not_found", "message_not_found", "cant_update_message"})


class StepKind(StrEnum):
    """What a step does."""

    CARD = "card"  # the first message of the thread
    TALK = "talk"  # what was said, as a reply in it
    REDRAW = "redraw"  # a post of it, as it is now
    UPDATE = "update"  # the card, as it is now


@dataclass(frozen=True, slots=True)
class Step:
    """One call. `ts`: the thread's first message, of REDRAW the post. `key` names a post before it
    is tried; `unclear_since`: an earlier try of it may have arrived. `rows` are what it shows.
    """

    kind: StepKind
    channel: str
    ts: str | None
    message: Message
    key: str = ""
    rows: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    floors: tuple[tuple[str, int], ...] = ()
    unclear_since: datetime | None = None
    digest: str = ""


def next_step(
    db: Session, conversation: ConversationId, slack: StaffSlack, *, lease: str, now: datetime
) -> Step | None:
    """What is to be done next in this thread, fixed. None: nothing now, and the lease is given
    back.
    """
    thread = actions.held(db, conversation, lease)
    if thread is None:
        return None
    settled = queries.terms(db)
    read = lines.reading(db, slack.parsers, voice(settled.language))
    ticket = desk.open_of(db, conversation) or desk.of_id(db, TicketId(thread.ticket))
    facts = queries.facts(db, ticket, slack)
    shown = card(facts, read.words)
    digest = _digest(shown)
    if thread.trying is not None:
        return _tried(db, thread, read, facts.called(read.words), shown)
    if thread.ts is None:
        return _fix(thread, Step(StepKind.CARD, slack.channel, None, shown, digest=digest), now)
    gathered = lines.gather(db, thread, read, now=now)
    telling = _keep_silent(db, thread, gathered.rows, now=now)
    for ts in list(thread.redraw):
        step = _redrawn(db, thread, ts, read, facts.called(read.words))
        if step is not None:
            return step
    if telling:
        message, held = _talk(telling, read.words, facts.called(read.words))
        is_all = held == len(telling)
        step = Step(
            StepKind.TALK,
            thread.channel,
            thread.ts,
            message,
            rows=tuple(each.ref for each in telling[:held]),
            files=tuple(each.file for each in telling[:held] if each.file),
            floors=tuple(gathered.floors.items()) if is_all else (),
        )
        return _fix(thread, step, now)
    thread.floors = dict(gathered.floors)
    thread.ticket = ticket.id
    thread.attempts = 0  # it comes to rest: the next word wakes it, however the last step ended
    if digest != thread.shown:
        at = (thread.shown_at or now) + UPDATES_EVERY
        if thread.shown_at is None or at <= now:
            actions.store(db, thread)
            return Step(StepKind.UPDATE, thread.channel, thread.ts, shown, digest=digest)
        thread.due_at = at
    elif thread.ceiling is not None and gathered.is_open:
        thread.due_at = now + _ENDS_LATER  # nobody watches a conversation that has ended
    else:
        thread.due_at = None
    thread.leased_by = thread.lease_until = None
    actions.store(db, thread)
    return None


def _keep_silent(
    db: Session, thread: SlackThread, rows: Sequence[Told], *, now: datetime
) -> list[Told]:
    """Rows that say nothing count as shown; what they take back is drawn anew, and its copy goes.
    The others.
    """
    silent = [each for each in rows if each.line is None]
    if silent:
        thread.posts = [*thread.posts, {"ts": None, "rows": [each.ref for each in silent]}]
    for each in silent:
        if each.takes_back is not None:
            conversation = ConversationId(thread.conversation)
            actions.take_back_file(db, conversation, each.takes_back, now=now)
            gone = set(lines.rows_of_message(db, conversation, each.takes_back))
            thread.redraw = [
                *thread.redraw,
                *(post["ts"] for post in thread.posts if post["ts"] and gone & set(post["rows"])),
            ]
    if silent:
        actions.store(db, thread)
    return [each for each in rows if each.line is not None]


def _redrawn(
    db: Session, thread: SlackThread, ts: str, read: lines.Reading, customer: str
) -> Step | None:
    """That post as it is now; None when it is not known any more."""
    post = next((each for each in thread.posts if each["ts"] == ts), None)
    told = lines.again(db, post["rows"], read) if post is not None else []
    if not any(each.line for each in told):
        thread.redraw = [each for each in thread.redraw if each != ts]
        actions.store(db, thread)
        return None
    message, _ = _talk(told, read.words, customer)
    return Step(StepKind.REDRAW, thread.channel, ts, message)


def _talk(told: Sequence[Told], words: StaffVoice, customer: str) -> tuple[Message, int]:
    return talk([each.line for each in told if each.line is not None], words, customer)


def _tried(
    db: Session, thread: SlackThread, read: lines.Reading, customer: str, shown: Message
) -> Step:
    """A post that was fixed and whose fate nobody wrote down: the same once more, by its key."""
    trying: Mapping[str, Any] = thread.trying or {}
    kind, message = StepKind(trying["kind"]), shown
    files: tuple[str, ...] = ()
    if kind is StepKind.TALK:
        told = lines.again(db, trying["rows"], read)
        message, _ = _talk(told, read.words, customer)
        files = tuple(each.file for each in told if each.file)
    return Step(
        kind,
        thread.channel,
        thread.ts,
        message,
        key=trying["key"],
        rows=tuple(trying["rows"]),
        files=files,
        unclear_since=from_millis(trying["at"]),
        digest=_digest(shown) if kind is StepKind.CARD else "",
    )


def _fix(thread: SlackThread, step: Step, now: datetime) -> Step:
    db = Session.object_session(thread)
    assert isinstance(db, Session)
    key = str(uuid.uuid4())
    thread.trying = {
        "kind": step.kind.value, "key": key, "at": to_millis(now), "rows": list(step.rows),
    }  # fmt: skip
    thread.channel = step.channel
    actions.store(db, thread)
    return Step(
        step.kind, step.channel, step.ts, step.message, key, step.rows, step.files, step.floors,
        None, step.digest,
    )  # fmt: skip


def stepped(
    db: Session,
    conversation: ConversationId,
    step: Step,
    outcome: Outcome,
    *,
    lease: str,
    now: datetime,
) -> bool:
    """Write down what came of it. True when the thread may go on at once; else it rests, and the
    lease is given back.
    """
    thread = actions.held(db, conversation, lease)
    if thread is None:
        return False
    match outcome:
        case Accepted(request_id=ts):
            _arrived(db, thread, step, ts, now=now)
            return True
        case TooFast(seconds=seconds):
            # Nothing was posted by this try; an earlier one stays as unclear as it was.
            if step.unclear_since is None:
                thread.trying = None
            thread.attempts = max(1, thread.attempts)  # so that nothing hurries it
            thread.due_at = now + (timedelta(seconds=seconds) if seconds else pause(1))
            thread.last_error = "too fast"
        case Rejected(reason=reason):
            thread.last_error = reason[:300]
            thread.trying = None
            thread.attempts += 1
            if reason.split(" ")[0] in _THREAD_GONE and step.kind is not StepKind.REDRAW:
                thread.ts, thread.posts, thread.redraw, thread.shown = None, [], [], None
                thread.due_at = now
            elif step.kind is StepKind.CARD or is_shut(reason):
                thread.due_at = now + _REFUSED_PAUSE
            else:
                _give_up(db, thread, step, now=now)
        case _:
            thread.attempts += 1
            thread.last_error = str(getattr(outcome, "reason", "unclear"))[:300]
            thread.due_at = now + pause(thread.attempts)
    thread.leased_by = thread.lease_until = None
    actions.store(db, thread)
    return False


def _give_up(db: Session, thread: SlackThread, step: Step, *, now: datetime) -> None:
    """Slack will never take this one. Of several lines the first half is tried alone, so that one
    holds back no other; a single one is left to the console, the thread says so and goes on.
    """
    if step.kind is StepKind.TALK and len(step.rows) > 1:
        half = Step(
            step.kind, step.channel, step.ts, step.message, rows=step.rows[: len(step.rows) // 2]
        )
        _fix(thread, half, now)
    elif step.kind is StepKind.TALK:
        thread.posts = [*thread.posts, {"ts": None, "rows": list(step.rows)}]
        conversation = ConversationId(thread.conversation)
        for ref in step.rows:
            if not lines.is_remark(db, ref, Remark.NOT_SHOWN):
                actions.remark(db, conversation, Remark.NOT_SHOWN, key=f"not_shown:{ref}", now=now)
    if step.kind is StepKind.REDRAW:
        thread.redraw = [each for each in thread.redraw if each != step.ts]
    if step.kind is StepKind.UPDATE:
        thread.shown = step.digest
    thread.due_at = now


def _arrived(
    db: Session, thread: SlackThread, step: Step, ts: str | None, *, now: datetime
) -> None:
    thread.attempts, thread.last_error = 0, None
    match step.kind:
        case StepKind.CARD:
            thread.ts, thread.shown, thread.shown_at = ts, step.digest, now
        case StepKind.TALK:
            posts = [*thread.posts, {"ts": ts, "rows": list(step.rows)}]
            if step.floors:
                thread.floors = dict(step.floors)
            thread.posts = _trimmed(posts, thread.floors)
            for message_id in step.files:
                actions.copy_file(db, thread, message_id, now=now)
            if (thread.trying or {}).get("again") and ts is not None:
                thread.redraw = [*thread.redraw, ts]
        case StepKind.REDRAW:
            left = list(thread.redraw)
            if step.ts in left:  # once: whoever was forgotten meanwhile wants it drawn again
                left.remove(step.ts)
            thread.redraw = left
        case StepKind.UPDATE:
            thread.shown, thread.shown_at = step.digest, now
    if step.key:
        thread.trying = None
    actions.store(db, thread)


def _trimmed(posts: list[dict[str, Any]], floors: Mapping[str, int]) -> list[dict[str, Any]]:
    """The oldest are forgotten, but none that shows a row above the floors: it would come again."""
    spare = len(posts) - _POSTS_KEPT
    return [
        each
        for n, each in enumerate(posts)
        if n >= spare or any(lines.is_above(ref, floors) for ref in each["rows"])
    ]


def _digest(message: Message) -> str:
    return hashlib.sha256(json.dumps(message, sort_keys=True).encode()).hexdigest()
