"""Drafts (下書き): words begun and not sent, kept on the server per conversation, person and kind.

A draft is its writer's alone: claiming, assigning and ending leave it. Each save names the version
it was made from, so that two browsers do not overwrite each other without a word. A cleared draft
stays as an empty row: its version never comes again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, delete, update
from sqlmodel import Field, Session, col, select

from catalog.ground.errors import Malformed, Stale
from catalog.ground.record import STRICT, ConversationId, Instant, Row, StaffId, Whole, Words
from catalog.ground.session.database import insert_once

MOST = 20_000  # characters


class Mode(StrEnum):
    """Whom the words are for."""

    REPLY = "reply"  # the customer
    NOTE = "note"  # the shop


class Draft(Row, table=True):
    """One draft; `body` is empty after it was sent or thrown away."""

    __tablename__ = "draft"
    __table_args__ = (Index("draft_staff", "staff", "changed_at"), STRICT)

    conversation: str = Field(primary_key=True, sa_type=Words)
    staff: str = Field(primary_key=True, sa_type=Words)
    mode: str = Field(primary_key=True, sa_type=Words)
    body: str = Field(sa_type=Words)
    version: int = Field(sa_type=Whole)
    changed_at: datetime = Field(sa_type=Instant)


class DraftTooLong(Malformed):
    """More than a draft may hold."""


class DraftMoved(Stale):
    """It was changed in another window. `body`, `version`: as it stands."""

    def __init__(self, body: str, version: int) -> None:
        super().__init__("the draft was changed in another window")
        self.body = body
        self.version = version


@dataclass(frozen=True, slots=True)
class Sent:
    """Words that are sent, and the version of the draft they stood in as far as whoever sent them
    knew; 0: none was kept yet.
    """

    words: str
    version: int


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft as it stands; version 0: none was ever begun."""

    body: str
    version: int
    changed_at: datetime | None


NOTHING = Kept("", 0, None)


def save(
    db: Session,
    conversation: ConversationId,
    staff: StaffId,
    mode: Mode,
    body: str,
    *,
    version: int,
    now: datetime,
) -> int:
    """Keep these words, made from that version (0: from nothing); the new version. The same words
    again are kept already. Raises DraftTooLong, DraftMoved.
    """
    if len(body) > MOST:
        raise DraftTooLong(f"a draft has at most {MOST} characters")
    text = body.replace("\x00", "")
    if version == 0:
        fresh = Draft(
            conversation=conversation, staff=staff, mode=mode.value, body=text, version=1,
            changed_at=now,
        )  # fmt: skip
        if insert_once(db, Draft, fresh.model_dump()):
            return 1
    elif _write(db, conversation, staff, mode, text, version=version, now=now):
        return version + 1
    stands = of(db, conversation, staff)[mode]
    if stands.body == text:
        return stands.version
    raise DraftMoved(stands.body, stands.version)


def clear(
    db: Session,
    conversation: ConversationId,
    staff: StaffId,
    mode: Mode,
    sent: Sent,
    *,
    now: datetime,
) -> bool:
    """What was sent is no draft any more, whether or not it was kept once more while it left, and
    it is none when it comes late. False when other words stand there: those stay.
    """
    if sent.version == 0:
        empty = Draft(
            conversation=conversation, staff=staff, mode=mode.value, body="", version=1,
            changed_at=now,
        )  # fmt: skip
        if insert_once(db, Draft, empty.model_dump()):
            return True
    if _write(db, conversation, staff, mode, "", version=sent.version, now=now):
        return True
    stands = of(db, conversation, staff)[mode]
    is_same = _plain(stands.body) == _plain(sent.words)
    return is_same and _write(db, conversation, staff, mode, "", version=stands.version, now=now)


def _plain(words: str) -> str:
    return words.replace("\r\n", "\n").strip()


def _write(
    db: Session,
    conversation: ConversationId,
    staff: StaffId,
    mode: Mode,
    body: str,
    *,
    version: int,
    now: datetime,
) -> bool:
    written = db.connection().execute(
        update(Draft)
        .where(
            col(Draft.conversation) == conversation,
            col(Draft.staff) == staff,
            col(Draft.mode) == mode.value,
            col(Draft.version) == version,
        )
        .values(body=body, version=version + 1, changed_at=now)
    )
    return bool(written.rowcount)


def of(db: Session, conversation: ConversationId, staff: StaffId) -> Mapping[Mode, Kept]:
    """This person's drafts there, one of each kind."""
    rows = db.exec(
        select(Draft.mode, Draft.body, Draft.version, Draft.changed_at).where(
            Draft.conversation == conversation, Draft.staff == staff
        )
    )
    found = {Mode(mode): Kept(body, version, at) for mode, body, version, at in rows}
    return {mode: found.get(mode, NOTHING) for mode in Mode}


def begun_by(db: Session, staff: StaffId, *, limit: int = 200) -> list[ConversationId]:
    """Where this person has words that wait, the latest first."""
    rows = db.exec(
        select(Draft.conversation, Draft.changed_at)
        .where(Draft.staff == staff, Draft.body != "")
        .order_by(col(Draft.changed_at).desc(), col(Draft.conversation))
        .limit(limit)
    )
    return list(dict.fromkeys(ConversationId(talk) for talk, _ in rows))


def forget(db: Session, conversation: ConversationId) -> None:
    """Nobody's draft to somebody who is to be forgotten is kept (R-137)."""
    db.connection().execute(delete(Draft).where(col(Draft.conversation) == conversation))
