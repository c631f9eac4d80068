"""Notes (社内メモ): what staff write to each other beside a conversation; no customer ever reads
it.

Append-only: a note is not changed, it is taken back by a new row. Whoever is called by `@name` is
told once: a due row (`desk.mentioned`) with the note. No verb that writes letters reads this table.
Not here: how somebody is told.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, func, literal, update
from sqlmodel import Field, Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from catalog.ground import journal, worklist
from catalog.ground.errors import Malformed, Missing, Refused
from catalog.ground.record import STRICT, ConversationId, Instant, Row, StaffId, Words, new_id
from catalog.ground.session.database import insert_once
from conversations.threads import feed
from handoff.desk.mentions import Person, mentioned
from handoff.desk.watch import changed
from handoff.shifts.queries import TALKERS
from handoff.staff.tables import Staff

MOST = 5_000  # characters of one note
MENTIONED = "desk.mentioned"  # work: those called in a note are told


class Note(Row, table=True):
    """One note. `source`: where it was written (`console`, `slack`). `retracts`: the note this row
    takes back; its own body is empty then.
    """

    __tablename__ = "note"
    __table_args__ = (
        UniqueConstraint("dedupe"),
        UniqueConstraint("retracts"),
        Index("note_of", "conversation", "written_at", "id"),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Words)
    conversation: str = Field(sa_type=Words)
    author: str = Field(sa_type=Words)
    body: str = Field(sa_type=Words)
    source: str = Field(sa_type=Words)
    dedupe: str = Field(sa_type=Words)
    retracts: str | None = Field(default=None, sa_type=Words, foreign_key="note.id")
    written_at: datetime = Field(sa_type=Instant)
    scrubbed_at: datetime | None = Field(default=None, sa_type=Instant)


class Mention(Row, table=True):
    """Somebody called in a note. `told_at`: they were told; `seen_at`: they have looked."""

    __tablename__ = "note_mention"
    __table_args__ = (Index("note_mention_staff", "staff", "conversation"), STRICT)

    note_id: str = Field(primary_key=True, sa_type=Words, foreign_key="note.id")
    staff: str = Field(primary_key=True, sa_type=Words, foreign_key="staff.id")
    conversation: str = Field(sa_type=Words)
    told_at: datetime | None = Field(default=None, sa_type=Instant)
    seen_at: datetime | None = Field(default=None, sa_type=Instant)


class NoteMissing(Missing):
    """No such note."""


class NoteMalformed(Malformed):
    """Empty, or longer than a note may be."""


class NotYourNote(Refused):
    """Only whoever wrote it takes it back."""


@dataclass(frozen=True, slots=True)
class Added:
    """`is_new` False: it was written before under that key. `called`: who is told of it now."""

    note: str
    called: tuple[StaffId, ...]
    is_new: bool


@dataclass(frozen=True, slots=True)
class Calling:
    """Who is to be told that they were called, beside which conversation."""

    conversation: ConversationId
    staff: tuple[StaffId, ...]


def add(
    db: Session,
    conversation: ConversationId,
    author: StaffId,
    body: str,
    *,
    source: str,
    key: str,
    now: datetime,
) -> Added:
    """Write a note. The same key again finds the first. Raises NoteMalformed."""
    text = body.replace("\x00", "").strip()
    if not text or len(text) > MOST:
        raise NoteMalformed(f"a note has 1 to {MOST} characters")
    note = Note(
        id=new_id(now), conversation=conversation, author=author, body=text, source=source,
        dedupe=key, written_at=now,
    )  # fmt: skip
    if not insert_once(db, Note, note.model_dump()):
        first = db.exec(select(Note.id).where(Note.dedupe == key)).one()
        return Added(first, (), False)
    called = tuple(who for who in mentioned(text, people(db)) if who != author)
    for who in called:
        row = Mention(note_id=note.id, staff=who, conversation=conversation)
        insert_once(db, Mention, row.model_dump())
    if called:
        worklist.add(
            db, MENTIONED, f"note:{note.id}", note.id, due_at=now, now=now, facts={"note": note.id}
        )
    _record(db, conversation, "noted", author, note.id, now=now)
    return Added(note.id, called, True)


def retract(
    db: Session,
    note_id: str,
    author: StaffId,
    *,
    now: datetime,
    of: ConversationId | None = None,
) -> bool:
    """Take it back: it is shown as such from now on. False when it was before. `of`: only if it
    stands in that conversation. Raises NoteMissing, NotYourNote.
    """
    note = db.get(Note, note_id)
    if note is None or note.retracts is not None or of not in (None, note.conversation):
        raise NoteMissing(note_id)
    if note.author != author:
        raise NotYourNote("only whoever wrote a note takes it back")
    row = Note(
        id=new_id(now), conversation=note.conversation, author=author, body="", source=note.source,
        dedupe=f"retract:{note_id}", retracts=note_id, written_at=now,
    )  # fmt: skip
    if not insert_once(db, Note, row.model_dump()):
        return False
    _record(db, ConversationId(note.conversation), "note_retracted", author, note_id, now=now)
    return True


def people(db: Session) -> list[Person]:
    """Who works here and can be called."""
    rows = db.exec(
        select(Staff.id, Staff.name, Staff.email)
        .where(col(Staff.left_at).is_(None))
        .order_by(col(Staff.name))
    )
    return [Person(StaffId(who), name, email) for who, name, email in rows]


def talkers(db: Session) -> list[Person]:
    """Those of them a conversation can be given to."""
    rows = db.exec(
        select(Staff.id, Staff.name, Staff.email)
        .where(col(Staff.left_at).is_(None), col(Staff.role).in_(TALKERS))
        .order_by(col(Staff.name))
    )
    return [Person(StaffId(who), name, email) for who, name, email in rows]


def to_tell(db: Session, note: str, *, now: datetime) -> Calling | None:
    """Whoever this note calls and was not told: each is given out once, whoever asks. None: nobody,
    or it was taken back.
    """
    told = db.connection().execute(
        update(Mention)
        .where(col(Mention.note_id) == note, col(Mention.told_at).is_(None))
        .values(told_at=now)
        .returning(col(Mention.staff), col(Mention.conversation))
    )
    found = sorted((str(row[0]), str(row[1])) for row in told)
    if not found or not stands(db, note):
        return None
    return Calling(ConversationId(found[0][1]), tuple(StaffId(staff) for staff, _ in found))


def stands(db: Session, note: str) -> bool:
    """Whether it is there to be read: not taken back, and not emptied."""
    there = select(Note.id).where(
        Note.id == note, col(Note.scrubbed_at).is_(None), col(Note.id).not_in(_retracted())
    )
    return db.exec(there).first() is not None


def calls(db: Session, note: str, staff: StaffId) -> bool:
    """Whether it is there and this person has not looked since it called them."""
    mention = db.get(Mention, (note, staff), populate_existing=True)
    return mention is not None and mention.seen_at is None and stands(db, note)


def look(db: Session, conversation: ConversationId, staff: StaffId, *, now: datetime) -> None:
    """They have read the notes they were called in there."""
    looked = db.connection().execute(
        update(Mention)
        .where(
            col(Mention.conversation) == conversation,
            col(Mention.staff) == staff,
            col(Mention.seen_at).is_(None),
        )
        .values(seen_at=now, told_at=func.coalesce(Mention.told_at, literal(now, Instant)))
    )
    if looked.rowcount:
        feed.tell(db, conversation, now=now)


def of_conversations(
    db: Session, conversations: Collection[ConversationId], *, limit: int = 200
) -> list[Note]:
    """The notes of these conversations that were not taken back, the latest first."""
    return list(
        db.exec(
            select(Note)
            .where(
                col(Note.conversation).in_(conversations),
                col(Note.retracts).is_(None),
                col(Note.scrubbed_at).is_(None),
                col(Note.id).not_in(_retracted(conversations)),
            )
            .order_by(col(Note.written_at).desc(), col(Note.id).desc())
            .limit(limit)
        )
    )


def _retracted(
    conversations: Collection[ConversationId] | None = None,
) -> SelectOfScalar[Any]:
    retracts: Any = Note.retracts
    found: SelectOfScalar[Any] = select(retracts).where(col(Note.retracts).is_not(None))
    if conversations is not None:
        found = found.where(col(Note.conversation).in_(conversations))
    return found


def called_in(db: Session, notes: Sequence[str]) -> dict[str, list[StaffId]]:
    """Who was called in each of these notes."""
    rows = db.exec(select(Mention.note_id, Mention.staff).where(col(Mention.note_id).in_(notes)))
    found: dict[str, list[StaffId]] = {}
    for note, who in rows:
        found.setdefault(note, []).append(StaffId(who))
    return found


def scrub(db: Session, conversation: ConversationId, *, now: datetime) -> None:
    """Empty every note about somebody who is to be forgotten (R-137)."""
    db.connection().execute(
        update(Note)
        .where(col(Note.conversation) == conversation, col(Note.scrubbed_at).is_(None))
        .values(body="", scrubbed_at=now)
    )


def _record(
    db: Session, talk: ConversationId, verb: str, author: StaffId, note: str, *, now: datetime
) -> None:
    facts = {"note": note}
    journal.record(db, f"conversation:{talk}", verb, actor=f"staff:{author}", at=now, facts=facts)
    feed.tell(db, talk, now=now)
    changed(db, talk, now=now)
