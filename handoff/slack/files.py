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
from catalog.ground.errors import Malformed, Missing, Refused
from catalog.ground.record import AssetId, ConversationId, Sha256
from catalog.ground.worklist import DueWork
from conversations.flows.showing import Recipient, media_letters
from handoff.desk import actions as desk
from handoff.desk.actions import HeldByAnother, NotHeld
from handoff.slack import actions, queries
from handoff.slack.blocks import NOTICE_MOST, plain
from handoff.slack.queries import StaffSlack
from handoff.slack.rules import COPIED, ERRAND_MOST
from handoff.slack.tables import Remark, SlackFile
from media.assets import queries as assets
from media.assets.kinds import AssetKind, Readiness, TimeSource
from media.intake.receive import Capture, receive
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
    except (Refused, Missing, Malformed):  # whoever sent it off believes it has gone
        refused(db, work, "refused", now=now)
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
    """What is to be copied now; None: nothing any more (taken back, forgotten, not wanted, neither
    picture nor film, or not to be had, which the thread is told).
    """
    conversation = ConversationId(work.subject)
    thread = queries.thread_of(db, conversation)
    if thread is None or not queries.terms(db).copies_files:
        return None
    waited = now - work.written_at
    if thread.ts is None:  # its card is posted anew
        return Later() if waited < ERRAND_MOST else None
    row = db.exec(
        select(ReceivedFile).where(
            ReceivedFile.conversation == conversation,
            ReceivedFile.message_id == str(work.facts["message"]),
        )
    ).first()
    if row is None or row.state == ReceivedState.WANTED.value:
        if waited < COPIED_WITHIN:
            return Later()
        not_shown(db, work, "late", now=now)
        return None
    copied = db.get(SlackFile, row.id, populate_existing=True)
    if row.state != ReceivedState.STORED.value or row.size is None:
        if row.state == ReceivedState.GONE.value:
            not_shown(db, work, "gone", now=now)
        elif copied is not None:
            actions.take_away(db, copied, now=now, once=":late")
        return None
    if row.kind not in COPIED:
        return None
    if row.size > LARGEST_COPY:
        not_shown(db, work, "too_large", now=now)
        return None
    if copied is not None and copied.shown_at is not None:
        return None
    words = queries.words(db)
    return Copy(
        row.id,
        f"{row.kind}{_ENDINGS.get(row.kind, '')}",
        row.size,
        thread.channel,
        thread.ts,
        plain(words.file_comment(queries.called(db, conversation, words)), NOTICE_MOST),
        copied.slack_file if copied is not None else None,
    )


def not_shown(db: Session, work: DueWork, why: str, *, now: datetime) -> None:
    """A customer's file will not stand in its thread, and the thread says so."""
    conversation = ConversationId(work.subject)
    actions.remark(
        db, conversation, Remark.FILE_NOT_SHOWN, key=f"copy:{work.key}", now=now, why=why,
        message=str(work.facts["message"]),
    )  # fmt: skip


def uploaded(db: Session, work: DueWork, copy: Copy, slack_file: str, *, now: datetime) -> bool:
    """The bytes are at Slack. False: they are not to be shown, because the customer took them back
    meanwhile or is forgotten, or another worker was first.
    """
    conversation = ConversationId(work.subject)
    is_first = actions.uploaded(db, copy.file_id, conversation, slack_file, now=now)
    return is_first and _is_wanted(db, copy)


def shown(db: Session, work: DueWork, copy: Copy, *, now: datetime) -> None:
    """The copy stands in the thread; where nobody is to see it any more, not for long."""
    actions.shown(db, copy.file_id, ConversationId(work.subject), now=now)
    if not _is_wanted(db, copy):
        copied = db.get_one(SlackFile, copy.file_id)
        actions.take_away(db, copied, now=now, once=":late")


def _is_wanted(db: Session, copy: Copy) -> bool:
    state = db.exec(select(ReceivedFile.state).where(ReceivedFile.id == copy.file_id)).first()
    return state == ReceivedState.STORED.value


_ENDINGS = {"image": ".jpg", "video": ".mp4"}
