"""What intake remembers: capture sessions, files already taken, tasks that wait for a capture,
files people sent and what became of them.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, PrimaryKeyConstraint, UniqueConstraint
from sqlmodel import Field

from catalog.ground.record import STRICT, Instant, Row, Whole, Words


class CaptureSession(Row, table=True):
    """Shots of one scope without a name of their own belong to its unit, from when it was opened
    until it ended.

    `scope`: a folder after a photographed tag, `station:…` when staff opened it in the console.
    `open_scope` repeats it while it is open, so that a scope has at most one. `opened_by` and
    `ended_by`: the photographed tags; `operator`: who opened it otherwise.
    """

    __tablename__ = "capture_session"
    __table_args__ = (
        UniqueConstraint("open_scope"),
        Index("capture_session_scope", "scope", "opened_at"),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Words)
    scope: str = Field(sa_type=Words)
    open_scope: str | None = Field(default=None, sa_type=Words)
    unit_id: str = Field(sa_type=Words, foreign_key="unit.id")
    occasion: str | None = Field(default=None, sa_type=Words)
    operator: str | None = Field(default=None, sa_type=Words)
    opened_by: str | None = Field(default=None, sa_type=Words, foreign_key="asset.id")
    ended_by: str | None = Field(default=None, sa_type=Words, foreign_key="asset.id")
    opened_at: datetime = Field(sa_type=Instant)
    closed_at: datetime | None = Field(default=None, sa_type=Instant)


class SessionCapture(Row, table=True):
    """A capture that came in during a session and shows its unit."""

    __tablename__ = "session_capture"
    __table_args__ = (STRICT,)

    asset_id: str = Field(primary_key=True, sa_type=Words, foreign_key="asset.id")
    session_id: str = Field(sa_type=Words, foreign_key="capture_session.id", index=True)


class TakenFile(Row, table=True):
    """A file of a hot folder that was taken in; as long as size and time stay, it is not read
    again.
    """

    __tablename__ = "taken_file"
    __table_args__ = (PrimaryKeyConstraint("path", "size", "mtime_ns"), STRICT)

    path: str = Field(sa_type=Words)
    size: int = Field(sa_type=Whole)
    mtime_ns: int = Field(sa_type=Whole)
    asset_id: str = Field(sa_type=Words, foreign_key="asset.id")
    taken_at: datetime = Field(sa_type=Instant)


class LaidAside(Row, table=True):
    """A file of a station's folder that was not taken in, until it is, or is gone."""

    __tablename__ = "laid_aside"
    __table_args__ = (STRICT,)

    path: str = Field(primary_key=True, sa_type=Words)
    station: str = Field(sa_type=Words, index=True)
    name: str = Field(sa_type=Words)
    reason: str = Field(sa_type=Words)
    since: datetime = Field(sa_type=Instant)


class StationLook(Row, table=True):
    """When a station's folder was last looked through; `disk`: where the disk it lay on then was
    mounted.
    """

    __tablename__ = "station_look"
    __table_args__ = (STRICT,)

    station: str = Field(primary_key=True, sa_type=Words)
    looked_at: datetime = Field(sa_type=Instant)
    disk: str | None = Field(default=None, sa_type=Words)


class TaskState(StrEnum):
    """Whether somebody still waits."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"  # closed by staff without a capture


class CaptureTask(Row, table=True):
    """Staff are to capture something of a unit by a promised time.

    `kind` and `part` empty = any will do. `open_key` is set while open: one open task for one thing
    to capture. `asked_by`: who of the staff asked for it, empty where people outside did.
    """

    __tablename__ = "capture_task"
    __table_args__ = (UniqueConstraint("open_key"), STRICT)

    id: str = Field(primary_key=True, sa_type=Words)
    unit_id: str = Field(sa_type=Words, foreign_key="unit.id", index=True)
    part: str | None = Field(default=None, sa_type=Words)
    kind: str | None = Field(default=None, sa_type=Words)
    state: str = Field(sa_type=Words)
    open_key: str | None = Field(default=None, sa_type=Words)
    due_at: datetime = Field(sa_type=Instant)
    asked_by: str | None = Field(default=None, sa_type=Words)
    asset_id: str | None = Field(default=None, sa_type=Words, foreign_key="asset.id")
    opened_at: datetime = Field(sa_type=Instant)
    closed_at: datetime | None = Field(default=None, sa_type=Instant)


class CaptureWait(Row, table=True):
    """One conversation that is told when the capture is there; `partner_id`: for whom it asked."""

    __tablename__ = "capture_wait"
    __table_args__ = (PrimaryKeyConstraint("task_id", "conversation"), STRICT)

    task_id: str = Field(sa_type=Words, foreign_key="capture_task.id")
    conversation: str = Field(sa_type=Words)
    lang: str = Field(sa_type=Words)
    partner_id: str | None = Field(default=None, sa_type=Words)
    asked_at: datetime = Field(sa_type=Instant)


class ReceivedState(StrEnum):
    """Where the bytes of a sent file are."""

    WANTED = "wanted"
    STORED = "stored"
    GONE = "gone"  # the platform no longer had them
    HIDDEN = "hidden"  # the sender took the message back
    ERASED = "erased"


class ReceivedFile(Row, table=True):
    """A file somebody sent. `sha256` and `size` are of the plain bytes; the object is sealed."""

    __tablename__ = "received_file"
    __table_args__ = (UniqueConstraint("channel", "message_id"), STRICT)

    id: str = Field(primary_key=True, sa_type=Words)
    conversation: str = Field(sa_type=Words, index=True)
    channel: str = Field(sa_type=Words)
    message_id: str = Field(sa_type=Words)
    kind: str = Field(sa_type=Words)
    name: str | None = Field(default=None, sa_type=Words)
    set_id: str | None = Field(default=None, sa_type=Words)
    state: str = Field(sa_type=Words)
    source: str = Field(sa_type=Words)
    sha256: str | None = Field(default=None, sa_type=Words)
    size: int | None = Field(default=None, sa_type=Whole)
    key: str | None = Field(default=None, sa_type=Words)
    sent_at: datetime = Field(sa_type=Instant)
    wanted_at: datetime = Field(sa_type=Instant)
    stored_at: datetime | None = Field(default=None, sa_type=Instant)


class Attachment(Row, table=True):
    """A sent file that became an asset. `sharpness`: of a picture, the variance of its Laplacian;
    0 when it cannot be opened.
    """

    __tablename__ = "attachment"
    __table_args__ = (STRICT,)

    file_id: str = Field(primary_key=True, sa_type=Words, foreign_key="received_file.id")
    asset_id: str = Field(sa_type=Words, foreign_key="asset.id", index=True)
    sharpness: int | None = Field(default=None, sa_type=Whole)
    attached_at: datetime = Field(sa_type=Instant)
