"""What stands on Slack of a conversation, and what staff did there that is not worked off yet.

Only ids, places and moments: the words themselves stay in the inbox, the outbox and the notes, and
are read anew whenever something is shown. What somebody takes back, or what is forgotten, is
nowhere else.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from catalog.ground.record import STRICT, Instant, Json, Row, Whole, Words


class SlackThread(Row, table=True):
    """The one thread of a conversation (会話のスレッド). `ts`: its first message, the card; None
    while that is not posted.

    `due_at`: when it is looked at next, None while Slack shows all there is; `changes` counts the
    reasons for looking. `shown`: a digest of the card Slack shows, since `shown_at`. `floors`: by
    source, the row below which everything stands on Slack; `ceiling`: the row above which nothing
    is shown, since its last ticket ended; `posts`: what was posted, each with its `ts` and the rows
    it shows; `redraw`: those of them that show what has changed since. `announced`: the ticket and
    version of which the channel knows that somebody waits. `trying`: the post under way, fixed
    before its first try; one left behind may or may not have arrived.
    """

    __tablename__ = "slack_thread"
    __table_args__ = (
        Index(
            "slack_thread_due",
            "due_at",
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
        Index("slack_thread_place", "channel", "ts"),
        STRICT,
    )

    conversation: str = Field(primary_key=True, sa_type=Words)
    channel: str = Field(sa_type=Words)
    ts: str | None = Field(default=None, sa_type=Words)
    ticket: str = Field(sa_type=Words)
    announced: str = Field(sa_type=Words)
    opened_at: datetime = Field(sa_type=Instant)
    due_at: datetime | None = Field(default=None, sa_type=Instant)
    changes: int = Field(default=0, sa_type=Whole)
    attempts: int = Field(default=0, sa_type=Whole)
    leased_by: str | None = Field(default=None, sa_type=Words)
    lease_until: datetime | None = Field(default=None, sa_type=Instant)
    shown: str | None = Field(default=None, sa_type=Words)
    shown_at: datetime | None = Field(default=None, sa_type=Instant)
    floors: dict[str, int] = Field(sa_type=Json)
    ceiling: dict[str, int] | None = Field(default=None, sa_type=Json)
    posts: list[dict[str, Any]] = Field(sa_type=Json)
    redraw: list[str] = Field(sa_type=Json)
    trying: dict[str, Any] | None = Field(default=None, sa_type=Json)
    last_error: str | None = Field(default=None, sa_type=Words)


class Remark(StrEnum):
    """What the shop itself says in a thread."""

    WAITS = "waits"  # somebody waits again; the whole channel sees it
    ALERT = "alert"  # these people are called by name
    UNCHANGED = "unchanged"  # a sent reply was edited or deleted here; the customer keeps it
    REPLY_NOT_SENT = "reply_not_sent"  # written here for the customer, and refused
    FILE_SENT = "file_sent"
    FILE_NOT_SENT = "file_not_sent"
    FILE_NOT_SHOWN = "file_not_shown"  # a customer's, and not copied here
    NOT_SHOWN = "not_shown"  # Slack refused what was said


class SlackRemark(Row, table=True):
    """One such remark (お知らせ); `facts` holds ids and codes only."""

    __tablename__ = "slack_remark"
    __table_args__ = (
        UniqueConstraint("dedupe"),
        Index("slack_remark_conversation", "conversation", "id"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=Whole)
    conversation: str = Field(sa_type=Words)
    what: str = Field(sa_type=Words)
    facts: dict[str, Any] = Field(sa_type=Json)
    dedupe: str = Field(sa_type=Words)
    written_at: datetime = Field(sa_type=Instant)


class SlackGesture(Row, table=True):
    """What somebody did on Slack, as Slack tells it, kept before Slack is answered (操作). The row
    makes a repeated delivery nothing new. `body` is emptied when it is worked off. What was said in
    a thread (`place`) is done in the order of `ts`.
    """

    __tablename__ = "slack_gesture"
    __table_args__ = (
        Index(
            "slack_gesture_open",
            "place",
            "ts",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        STRICT,
    )

    key: str = Field(primary_key=True, sa_type=Words)
    body: str = Field(sa_type=Words)
    place: str | None = Field(default=None, sa_type=Words)
    ts: str | None = Field(default=None, sa_type=Words)
    received_at: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)


class SlackSaid(Row, table=True):
    """A message of a thread that went to the customer, or is kept as a note (`what`): by its place
    one knows what an edit of it would change.
    """

    __tablename__ = "slack_said"
    __table_args__ = (UniqueConstraint("channel", "ts"), STRICT)

    id: int | None = Field(default=None, primary_key=True, sa_type=Whole)
    channel: str = Field(sa_type=Words)
    ts: str = Field(sa_type=Words)
    conversation: str = Field(sa_type=Words, index=True)
    what: str = Field(sa_type=Words)
    said_at: datetime = Field(sa_type=Instant)


class SlackFile(Row, table=True):
    """A copy on Slack of what a customer sent (お客様の写真の控え). `slack_file` is Slack's own id,
    known before the copy is shown; `shown_at`: since when it is.
    """

    __tablename__ = "slack_file"
    __table_args__ = (STRICT,)

    file_id: str = Field(primary_key=True, sa_type=Words)
    conversation: str = Field(sa_type=Words, index=True)
    slack_file: str = Field(sa_type=Words)
    uploaded_at: datetime = Field(sa_type=Instant)
    shown_at: datetime | None = Field(default=None, sa_type=Instant)
