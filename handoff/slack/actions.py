"""Verbs on threads (スレッド): one is due, somebody works on it, the shop itself says something in
it, it is forgotten. Not here: what is done next in a thread (`steps`), and the calls.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, update
from sqlmodel import Session, col, select

from catalog.ground import journal, worklist
from catalog.ground.record import ConversationId, to_millis
from catalog.ground.session.database import insert_once, ring
from catalog.ground.worklist import DueWork
from handoff.desk import queries as desk
from handoff.desk.queries import Alarm, Alert
from handoff.desk.tables import Ticket, TicketState
from handoff.slack import lines, queries
from handoff.slack.tables import (
    Remark,
    SlackFile,
    SlackGesture,
    SlackRemark,
    SlackSaid,
    SlackThread,
)
from media.intake.tables import ReceivedFile

TOPIC = "slack"
SHOW_FILE = "slack.show_file"  # work: a customer's file is copied into its thread
FORGET_FILE = "slack.forget_file"  # work: such a copy is deleted at Slack
ERASE_ELSEWHERE = "erase_elsewhere"  # that task: what lies outside is removed by a person
LEASE_SECONDS = 30


def show(db: Session, conversation: ConversationId, channel: str, *, now: datetime) -> bool:
    """The ticket of this conversation is otherwise than shown; its thread is due. False where there
    is nothing to show: no ticket was ever open.
    """
    ticket = desk.open_of(db, conversation)
    thread = _locked(db, conversation)
    if thread is None:
        if ticket is None:
            return False
        row = {
            "conversation": conversation, "channel": channel, "ticket": ticket.id,
            "announced": _announced(ticket), "opened_at": now, "changes": 0, "attempts": 0,
            "floors": lines.floors_at(db, conversation, ticket.opened_at), "posts": [],
            "redraw": [],
        }  # fmt: skip
        if insert_once(db, SlackThread, row):
            facts = {"ticket": ticket.id}
            journal.record(
                db, f"conversation:{conversation}", "shown_on_slack", actor="bot", at=now,
                facts=facts,
            )  # fmt: skip
    elif ticket is None:
        thread.ceiling = thread.ceiling or lines.tops(db, now=now)
    else:
        if thread.ceiling is not None:  # what was said in between was nobody's of the shop
            passed = lines.between(db, thread, thread.ceiling, before=ticket.opened_at)
            thread.posts = [*thread.posts, {"ts": None, "rows": passed}]
            thread.ceiling = None
        if ticket.state == TicketState.WAITING.value:
            _announce(db, thread, ticket, now=now)
    if thread is not None:
        store(db, thread)
    mark(db, [conversation], now=now)
    return True


def _locked(db: Session, conversation: ConversationId) -> SlackThread | None:
    return db.exec(
        select(SlackThread)
        .where(SlackThread.conversation == conversation)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()


def open_missing(db: Session, channel: str, *, now: datetime) -> None:
    """Threads for whoever waits and has none: Slack was switched on only now."""
    waiting = select(Ticket.conversation).where(
        col(Ticket.open_key).is_not(None),
        col(Ticket.conversation).not_in(select(SlackThread.conversation)),
    )
    for conversation in db.exec(waiting).all():
        show(db, ConversationId(conversation), channel, now=now)


def _announced(ticket: Ticket) -> str:
    return f"{ticket.id}:{ticket.version}"


def _announce(db: Session, thread: SlackThread, ticket: Ticket, *, now: datetime) -> None:
    """Slack tells nobody that an old card was changed, so the channel is told once each time."""
    version = _announced(ticket)
    if thread.announced != version:
        thread.announced = version
        conversation = ConversationId(ticket.conversation)
        remark(
            db, conversation, Remark.WAITS, key=f"waits:{version}", now=now,
            promised_at=to_millis(ticket.promised_at),
        )  # fmt: skip


def mark(db: Session, conversations: Collection[str], *, now: datetime) -> None:
    """Their threads are looked at as soon as they may be. One that is being looked at is waited
    for: what this unit writes was not seen by that look.
    """
    wanted = sorted(conversations)
    db.exec(
        select(SlackThread.conversation)
        .where(col(SlackThread.conversation).in_(wanted))
        .order_by(col(SlackThread.conversation))
        .with_for_update()
    ).all()
    marked = db.connection().execute(
        update(SlackThread)
        .where(
            col(SlackThread.conversation).in_(wanted),
            or_(col(SlackThread.due_at).is_(None), col(SlackThread.due_at) > now),
            col(SlackThread.attempts) == 0,
        )
        .values(due_at=now, changes=col(SlackThread.changes) + 1)
    )
    if marked.rowcount:
        ring(db, TOPIC)


def claim(db: Session, *, lease: str, now: datetime, limit: int) -> list[ConversationId]:
    """Lease due threads: those whose customers nobody sees yet first, then the longest due."""
    free = or_(col(SlackThread.lease_until).is_(None), col(SlackThread.lease_until) <= now)
    wanted = (
        select(SlackThread.conversation)
        .where(col(SlackThread.due_at) <= now, free)
        .order_by(
            col(SlackThread.ts).is_not(None), col(SlackThread.due_at), col(SlackThread.conversation)
        )
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = list(db.exec(wanted))
    if found:
        db.connection().execute(
            update(SlackThread)
            .where(col(SlackThread.conversation).in_(found))
            .values(leased_by=lease, lease_until=now + timedelta(seconds=LEASE_SECONDS))
        )
    return [ConversationId(each) for each in found]


def renew(db: Session, leases: Collection[str], *, now: datetime) -> None:
    """Keep threads whose step takes long."""
    db.exec(
        select(SlackThread.conversation)
        .where(col(SlackThread.leased_by).in_(sorted(leases)))
        .order_by(col(SlackThread.conversation))
        .with_for_update()
    ).all()
    db.connection().execute(
        update(SlackThread)
        .where(col(SlackThread.leased_by).in_(sorted(leases)))
        .values(lease_until=now + timedelta(seconds=LEASE_SECONDS))
    )


def release(
    db: Session, conversation: ConversationId, *, lease: str, until: datetime, error: str | None
) -> None:
    """Whoever held it does no more with it for now; `error`: something went wrong that is not
    Slack's.
    """
    thread = held(db, conversation, lease)
    if thread is None:
        return
    thread.leased_by = thread.lease_until = None
    if error is not None:
        thread.attempts += 1
        thread.last_error = error[:300]
    thread.due_at = until
    store(db, thread)


def held(db: Session, conversation: ConversationId, lease: str) -> SlackThread | None:
    """The thread, its row locked, while it is ours."""
    return db.exec(
        select(SlackThread)
        .where(SlackThread.conversation == conversation, SlackThread.leased_by == lease)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()


def store(db: Session, thread: SlackThread) -> None:
    db.add(thread)
    db.flush()


def open_before(db: Session, key: str) -> Sequence[SlackGesture]:
    """What was said in the same thread before this gesture and is not done yet, the earliest first,
    each row locked.
    """
    own = db.get_one(SlackGesture, key)
    if own.place is None or own.ended_at is not None:
        return []
    return db.exec(
        select(SlackGesture)
        .where(
            SlackGesture.place == own.place,
            col(SlackGesture.ts) < own.ts,
            col(SlackGesture.ended_at).is_(None),
        )
        .order_by(col(SlackGesture.ts))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def open_gesture(db: Session, key: str) -> SlackGesture | None:
    """The gesture, its row locked, unless it is done."""
    return db.exec(
        select(SlackGesture)
        .where(SlackGesture.key == key, col(SlackGesture.ended_at).is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()


def remark(
    db: Session,
    conversation: ConversationId,
    what: Remark,
    *,
    key: str,
    now: datetime,
    **facts: Any,
) -> bool:
    """The shop itself says something in the thread; once by `key`."""
    row = {
        "conversation": conversation, "what": what.value, "facts": facts, "dedupe": key,
        "written_at": now,
    }  # fmt: skip
    if not insert_once(db, SlackRemark, row):
        return False
    mark(db, [conversation], now=now)
    return True


# Said also where nobody on Slack is called by it: something went wrong.
_LOUD = frozenset({Alarm.RISEN, Alarm.MISSED, Alarm.LATE, Alarm.SILENT})


def call(db: Session, alert: Alert, *, key: str, now: datetime) -> bool:
    """Whoever is called is named in the ticket's thread, once by `key`; False where there is
    nothing to say: the card tells the rest already that somebody waits.
    """
    named = queries.slack_ids(db, alert.staff)
    if not named and alert.alarm not in _LOUD:
        return False
    ticket = desk.of_id(db, alert.ticket)
    return alarm(db, ticket, alert.alarm, alert.level, named, key=key, now=now)


def alarm(
    db: Session,
    ticket: Ticket,
    why: Alarm,
    level: int,
    slack_ids: Sequence[str],
    *,
    key: str,
    now: datetime,
) -> bool:
    """These people are called by name in the ticket's thread, once by `key` (R-156)."""
    return remark(
        db, ConversationId(ticket.conversation), Remark.ALERT, key=key, now=now, alarm=why.value,
        level=int(level), slack_ids=list(slack_ids), promised_at=to_millis(ticket.promised_at),
    )  # fmt: skip


def live(db: Session) -> dict[str, dict[str, int]]:
    """The threads of conversations that somebody waits or speaks in, with their floors."""
    rows = db.exec(
        select(SlackThread.conversation, SlackThread.floors).where(
            col(SlackThread.conversation).in_(
                select(Ticket.open_key).where(col(Ticket.open_key).is_not(None))
            )
        )
    )
    return {conversation: dict(floors) for conversation, floors in rows}


def copy_file(db: Session, thread: SlackThread, message_id: str, *, now: datetime) -> None:
    """What came with that message is copied into the thread as soon as it is here; once."""
    worklist.add(
        db, SHOW_FILE, thread.conversation, f"{thread.conversation}:{message_id}", due_at=now,
        now=now, facts={"message": message_id},
    )  # fmt: skip


def uploaded(
    db: Session, file_id: str, conversation: ConversationId, slack_file: str, *, now: datetime
) -> bool:
    """The bytes are at Slack under this id, seen by nobody yet. False: under another id before."""
    _locked(db, conversation)  # whoever is forgotten now sees this row, or is forgotten before it
    row = {
        "file_id": file_id, "conversation": conversation, "slack_file": slack_file,
        "uploaded_at": now,
    }  # fmt: skip
    return insert_once(db, SlackFile, row)


def lost(db: Session, file_id: str) -> None:
    """Slack does not know the bytes any more: they are handed over anew."""
    db.connection().execute(
        delete(SlackFile).where(
            col(SlackFile.file_id) == file_id, col(SlackFile.shown_at).is_(None)
        )
    )


def take_away(db: Session, copied: SlackFile, *, now: datetime, once: str = "") -> None:
    """A copy is deleted at Slack, once; again where a call under way may have shown it since."""
    file = copied.slack_file
    worklist.add(
        db, FORGET_FILE, copied.conversation, f"{file}{once}", due_at=now, now=now,
        facts={"file": file},
    )  # fmt: skip


def shown(db: Session, file_id: str, conversation: ConversationId, *, now: datetime) -> None:
    """It stands in the thread."""
    _locked(db, conversation)
    db.connection().execute(
        update(SlackFile).where(col(SlackFile.file_id) == file_id).values(shown_at=now)
    )


def forget(db: Session, conversation: ConversationId, *, now: datetime) -> None:
    """Nothing of what was said here stays on Slack (R-137): every post is drawn anew from rows that
    are empty by now, and the copies of files are deleted there.
    """
    thread = _locked(db, conversation)
    if thread is not None:
        # Beside what is being drawn anew this moment, perhaps with the old words still.
        thread.redraw = [*thread.redraw, *(each["ts"] for each in thread.posts if each["ts"])]
        if thread.trying is not None:  # and what is being posted
            thread.trying = {**thread.trying, "again": True}
        thread.shown, thread.due_at, thread.attempts = None, now, 0
        store(db, thread)
        ring(db, TOPIC)
    for row in db.exec(select(SlackFile).where(SlackFile.conversation == conversation)):
        take_away(db, row, now=now)


def take_back_file(
    db: Session, conversation: ConversationId, message_id: str, *, now: datetime
) -> None:
    """The copy of what came with a message that was taken back goes from Slack as well."""
    copied = db.exec(
        select(SlackFile).where(
            SlackFile.conversation == conversation,
            SlackFile.file_id == ReceivedFile.id,
            ReceivedFile.conversation == conversation,
            ReceivedFile.message_id == message_id,
        )
    ).first()
    if copied is not None:
        take_away(db, copied, now=now)


def left_there(db: Session, work: DueWork, *, now: datetime) -> None:
    """Slack will not delete that copy: somebody of the shop has to."""
    worklist.task(
        db, ERASE_ELSEWHERE, f"conversation:{work.subject}", due_at=now, now=now, once=work.key,
        facts={"at": "slack", "file": work.facts["file"]},
    )  # fmt: skip


def said_at(db: Session, channel: str, ts: str) -> SlackSaid | None:
    """The message of a thread that was kept or sent, by its place."""
    return db.exec(
        select(SlackSaid).where(SlackSaid.channel == channel, SlackSaid.ts == ts)
    ).first()
