"""Labels (ラベル): short words staff put on conversations, in a named colour.

Who may define them is settled by the permission table; who talks there sets and takes them off.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint, delete, update
from sqlmodel import Field, Session, col, select

from catalog.duties.actors import Actor
from catalog.ground import journal
from catalog.ground.errors import Malformed, Missing, Refused
from catalog.ground.record import STRICT, ConversationId, Instant, Row, Words, new_id
from catalog.ground.session.database import insert_once
from conversations.threads import feed
from handoff.staff.permissions import Act, need

_MOST = 40


class Colour(StrEnum):
    """Tokens of the console's style sheet, never a colour's value."""

    GREY = "grey"
    RED = "red"
    AMBER = "amber"
    GREEN = "green"
    TEAL = "teal"
    BLUE = "blue"
    VIOLET = "violet"
    PINK = "pink"


class Label(Row, table=True):
    """One label. `open_name` repeats the name while it is in use: no two of one name."""

    __tablename__ = "label"
    __table_args__ = (UniqueConstraint("open_name"), STRICT)

    id: str = Field(primary_key=True, sa_type=Words)
    name: str = Field(sa_type=Words)
    open_name: str | None = Field(default=None, sa_type=Words)
    colour: str = Field(sa_type=Words)
    made_at: datetime = Field(sa_type=Instant)
    retired_at: datetime | None = Field(default=None, sa_type=Instant)


class Labelled(Row, table=True):
    """A label on a conversation."""

    __tablename__ = "conversation_label"
    __table_args__ = (Index("conversation_label_of", "label_id", "conversation"), STRICT)

    conversation: str = Field(primary_key=True, sa_type=Words)
    label_id: str = Field(primary_key=True, sa_type=Words, foreign_key="label.id")
    set_by: str = Field(sa_type=Words)
    set_at: datetime = Field(sa_type=Instant)


class LabelMissing(Missing):
    """No such label, or it is not in use any more."""


class LabelMalformed(Malformed):
    """A name that is empty or too long."""


class LabelKnown(Refused):
    """There is one of that name."""


@dataclass(frozen=True, slots=True)
class Named:
    """A label as it is shown."""

    id: str
    name: str
    colour: Colour


def define(db: Session, name: str, colour: Colour, actor: Actor, *, now: datetime) -> str:
    """Make a label. Raises NotAllowed, LabelMalformed, LabelKnown."""
    need(actor, Act.WRITE_WORDS)
    shown = _checked(name)
    row = Label(id=new_id(now), name=shown, open_name=shown, colour=colour.value, made_at=now)
    if not insert_once(db, Label, row.model_dump()):
        raise LabelKnown("there is a label of that name")
    _record(db, f"label:{row.id}", "defined", actor, now=now, colour=colour.value)
    return row.id


def change(
    db: Session, label_id: str, name: str, colour: Colour, actor: Actor, *, now: datetime
) -> None:
    """Another name or colour. Raises NotAllowed, LabelMissing, LabelMalformed, LabelKnown."""
    need(actor, Act.WRITE_WORDS)
    shown = _checked(name)
    label = _in_use(db, label_id)
    taken = select(Label.id).where(Label.open_name == shown, Label.id != label_id)
    if db.exec(taken).first() is not None:
        raise LabelKnown("there is a label of that name")
    label.name, label.open_name, label.colour = shown, shown, colour.value
    db.flush()
    _record(db, f"label:{label_id}", "changed", actor, now=now, colour=colour.value)


def retire(db: Session, label_id: str, actor: Actor, *, now: datetime) -> None:
    """It is in use no more and comes off every conversation. Raises NotAllowed, LabelMissing."""
    need(actor, Act.WRITE_WORDS)
    _in_use(db, label_id)
    db.connection().execute(
        update(Label).where(col(Label.id) == label_id).values(open_name=None, retired_at=now)
    )
    db.connection().execute(delete(Labelled).where(col(Labelled.label_id) == label_id))
    db.expire_all()
    _record(db, f"label:{label_id}", "retired", actor, now=now)


def put_on(
    db: Session, conversation: ConversationId, label_id: str, actor: Actor, *, now: datetime
) -> bool:
    """Put it on a conversation. False when it is there. Raises NotAllowed, LabelMissing."""
    need(actor, Act.TALK)
    _in_use(db, label_id)
    row = Labelled(conversation=conversation, label_id=label_id, set_by=actor.name, set_at=now)
    is_new = insert_once(db, Labelled, row.model_dump())
    if is_new:
        subject = f"conversation:{conversation}"
        _record(db, subject, "labelled", actor, now=now, label=label_id)
        feed.tell(db, conversation, now=now)
    return is_new


def take_off(
    db: Session, conversation: ConversationId, label_id: str, actor: Actor, *, now: datetime
) -> bool:
    """Take it off. False when it is not there. Raises NotAllowed."""
    need(actor, Act.TALK)
    gone = db.connection().execute(
        delete(Labelled).where(
            col(Labelled.conversation) == conversation, col(Labelled.label_id) == label_id
        )
    )
    if gone.rowcount:
        subject = f"conversation:{conversation}"
        _record(db, subject, "unlabelled", actor, now=now, label=label_id)
        feed.tell(db, conversation, now=now)
    return bool(gone.rowcount)


def in_use(db: Session) -> list[Named]:
    """Every label, by name."""
    rows = db.exec(
        select(Label.id, Label.name, Label.colour)
        .where(col(Label.retired_at).is_(None))
        .order_by(col(Label.name))
    )
    return [Named(which, name, Colour(colour)) for which, name, colour in rows]


def of_conversations(
    db: Session, conversations: Collection[ConversationId]
) -> dict[ConversationId, tuple[Named, ...]]:
    """The labels on each of these, by name."""
    rows = db.exec(
        select(Labelled.conversation, Label.id, Label.name, Label.colour)
        .where(col(Labelled.conversation).in_(conversations), Label.id == Labelled.label_id)
        .order_by(col(Label.name))
    )
    found: dict[ConversationId, tuple[Named, ...]] = {}
    for talk, which, name, colour in rows:
        before = found.get(ConversationId(talk), ())
        found[ConversationId(talk)] = (*before, Named(which, name, Colour(colour)))
    return found


def forget(db: Session, conversation: ConversationId) -> None:
    """Nothing is said any more about somebody who is to be forgotten (R-137)."""
    db.connection().execute(delete(Labelled).where(col(Labelled.conversation) == conversation))


def _checked(name: str) -> str:
    shown = " ".join(name.replace("\x00", "").split())
    if not shown or len(shown) > _MOST:
        raise LabelMalformed(f"a label has 1 to {_MOST} characters")
    return shown


def _in_use(db: Session, label_id: str) -> Label:
    label = db.get(Label, label_id, populate_existing=True)
    if label is None or label.retired_at is not None:
        raise LabelMissing(label_id)
    return label


def _record(
    db: Session, subject: str, verb: str, actor: Actor, *, now: datetime, **facts: str
) -> None:
    journal.record(db, subject, verb, actor=actor.name, at=now, facts=facts)
