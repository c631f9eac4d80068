"""Pictures and films between staff on Slack and a customer (写真・動画の受け渡し).

A file of staff is kept as what the shop sends, rendered like every capture, and goes out under a
link made for that letter alone. A customer's file is copied into the thread, where that is wanted;
the copy is known by id, so that it can be taken away again. Not here: bytes and calls.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, select

from catalog.duties.actors import Actor, Role
from catalog.ground import worklist
from catalog.ground.record import AssetId, ConversationId, Sha256
from catalog.ground.worklist import DueWork
from conversations.flows.showing import Recipient, media_letters
from handoff.desk import actions as desk
from handoff.desk.actions import HeldByAnother, NotHeld
from handoff.slack import actions, queries
from handoff.slack.blocks import NOTICE_MOST, plain
from handoff.slack.queries import StaffSlack
from handoff.slack.tables import Remark, SlackFile
from media.assets import queries as assets
from media.assets.kinds import AssetKind, Readiness, TimeSource
from media.intake import received
from media.intake.receive import Capture, receive
from media.intake.received import ReceivedMissing
from media.intake.tables import ReceivedFile, ReceivedState
from media.renditions import queries as renditions

READY = "slack.file_ready"  # work: a file of staff goes out once it is rendered
LOOK_AGAIN = timedelta(seconds=1)
RENDERED_WITHIN = timedelta(hours=1)
COPIED_WITHIN = timedelta(hours=6)
LARGEST_COPY = 100_000_000


@dataclass(frozen=True, slots=True)
class Sent:
    """A file of staff whose bytes are an original by now."""

    sha256: Sha256
    size: int
    mime: str
    kind: AssetKind


def sender(work: DueWork) -> Actor:
    """Whose file it is."""
    return Actor(str(work.facts["staff"]), Role(str(work.facts["role"])))


def taken(db: Session, work: DueWork, sent: Sent, *, now: datetime) -> None:
    """Asset and leaf; it goes out when it can be shown."""
    capture = Capture(
        sha256=sent.sha256,
        size=sent.size,
        mime=sent.mime,
        kind=sent.kind,
        name=sent.kind.value,
        source=f"slack:{work.facts['file']}",
        unit_id=None,
        part=None,
        captured_at=work.written_at,
        time_source=TimeSource.ARRIVAL,
        about="staff_letter",
    )
    asset = receive(db, capture, actor=sender(work).name, now=now).asset_id
    worklist.add(
        db, READY, work.subject, work.key, due_at=now, now=now, facts={**work.facts, "asset": asset}
    )


def refused(db: Session, work: DueWork, why: str, *, now: datetime) -> None:
    """It will not reach the customer, and staff are told so in the thread."""
    conversation = ConversationId(work.subject)
    actions.remark(db, conversation, Remark.FILE_NOT_SENT, key=f"file:{work.key}", now=now, why=why)


def send(db: Session, work: DueWork, slack: StaffSlack, *, now: datetime) -> bool:
    """Send a rendered file. False: it is still being made."""
    asset_id = AssetId(str(work.facts["asset"]))
    asset = assets.asset_of(db, asset_id)
    shown = renditions.of_asset(db, asset_id)
    if asset.readiness == Readiness.FAILED.value:
        refused(db, work, "unreadable", now=now)
        return True
    if shown is None or shown.is_pending:
        if now - work.written_at < RENDERED_WITHIN:
            return False
        refused(db, work, "unreadable", now=now)
        return True
    conversation = ConversationId(work.subject)
    channel = slack.channels.get(conversation.partition(":")[0])
    if channel is None:
        refused(db, work, "off", now=now)
        return True
    to = Recipient(conversation, slack.public_url)
    try:
        with db.begin_nested():
            letters = media_letters(db, shown, to, said="", now=now)
            calls = channel.render(letters)
            desk.answer(db, conversation, sender(work), calls, key=f"slack:{work.key}", now=now)
    except (NotHeld, HeldByAnother):
        refused(db, work, "not_held", now=now)
        return True
    actions.remark(db, conversation, Remark.FILE_SENT, key=f"file:{work.key}", now=now)
    return True


@dataclass(frozen=True, slots=True)
class Copy:
    """A customer's file to be shown in a thread. `slack_file`: it is at Slack already."""

    file_id: str
    name: str
    size: int
    channel: str
    thread: str
    comment: str
    slack_file: str | None


@dataclass(frozen=True, slots=True)
class Later:
    """The platform has not handed it over yet."""


def copy_of(db: Session, work: DueWork, slack: StaffSlack, *, now: datetime) -> Copy | Later | None:
    """What is to be copied now; None: nothing any more (taken back, forgotten, too large, not
    wanted).
    """
    conversation = ConversationId(work.subject)
    thread = queries.thread_of(db, conversation)
    if thread is None or thread.ts is None or not queries.terms(db).copies_files:
        return None
    try:
        file_id = received.sent_with(db, conversation, str(work.facts["message"]))
    except ReceivedMissing:
        return Later() if now - work.written_at < COPIED_WITHIN else None
    row = db.exec(select(ReceivedFile).where(ReceivedFile.id == file_id)).one()
    if row.state == ReceivedState.WANTED.value:
        return Later() if now - work.written_at < COPIED_WITHIN else None
    if row.state != ReceivedState.STORED.value or row.size is None:
        return None
    if row.size > LARGEST_COPY:
        actions.remark(
            db, conversation, Remark.FILE_NOT_SHOWN, key=f"copy:{file_id}", now=now, file=file_id
        )
        return None
    copied = db.get(SlackFile, file_id)
    if copied is not None and copied.shown_at is not None:
        return None
    words = queries.words(db)
    return Copy(
        file_id,
        f"{row.kind}{_ENDINGS.get(row.kind, '')}",
        row.size,
        thread.channel,
        thread.ts,
        plain(words.file_comment(queries.called(db, conversation, words)), NOTICE_MOST),
        copied.slack_file if copied is not None else None,
    )


_ENDINGS = {"image": ".jpg", "video": ".mp4", "audio": ".m4a"}
