"""Macros (マクロ): steps that are often done together, under one name. The register alone; doing
them is `dialogue.macros`, because ending a talk tells the customer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import UniqueConstraint, update
from sqlmodel import Field, Session, col, select

from catalog.duties.actors import Actor
from catalog.ground import journal
from catalog.ground.errors import Malformed, Missing, Refused, Stale
from catalog.ground.record import STRICT, Instant, Json, Row, Whole, Words, new_id
from catalog.ground.session.database import insert_once
from handoff.desk.later import Later
from handoff.staff.permissions import Act, need

_MOST_STEPS, _MOST_NAME = 10, 60


class Do(StrEnum):
    """What one step does."""

    LABEL = "label"  # `what`: the label
    UNLABEL = "unlabel"
    REPLY = "reply"  # the canned reply
    ASSIGN = "assign"  # the member of staff
    SNOOZE = "snooze"  # a `Later`
    CLOSE = "close"


# After these nothing more can be done in the conversation.
_LAST = frozenset({Do.SNOOZE, Do.CLOSE, Do.ASSIGN})


@dataclass(frozen=True, slots=True)
class Step:
    """One step."""

    do: Do
    what: str = ""


class Macro(Row, table=True):
    """One macro. `open_name` repeats the name while it is in use; `version` counts its changes."""

    __tablename__ = "macro"
    __table_args__ = (UniqueConstraint("open_name"), STRICT)

    id: str = Field(primary_key=True, sa_type=Words)
    name: str = Field(sa_type=Words)
    open_name: str | None = Field(default=None, sa_type=Words)
    steps: list[Any] = Field(sa_type=Json)
    version: int = Field(sa_type=Whole)
    changed_at: datetime = Field(sa_type=Instant)
    retired_at: datetime | None = Field(default=None, sa_type=Instant)


class MacroMissing(Missing):
    """No such macro, or it is not in use any more."""


class MacroMalformed(Malformed):
    """A name or steps that cannot be."""


class MacroKnown(Refused):
    """There is one of that name."""


class MacroMoved(Stale):
    """Somebody else changed it first. `version`: the one that holds."""

    def __init__(self, version: int) -> None:
        super().__init__("somebody else changed the macro first")
        self.version = version


@dataclass(frozen=True, slots=True)
class Steps:
    """A macro as it is shown."""

    id: str
    name: str
    steps: tuple[Step, ...]
    version: int


def write(db: Session, name: str, steps: Sequence[Step], actor: Actor, *, now: datetime) -> str:
    """A new macro; its id. Raises NotAllowed, MacroMalformed, MacroKnown."""
    need(actor, Act.WRITE_WORDS)
    named, told = _checked(name, steps)
    row = Macro(id=new_id(now), name=named, open_name=named, steps=told, version=1, changed_at=now)
    if not insert_once(db, Macro, row.model_dump()):
        raise MacroKnown("there is a macro of that name")
    journal.record(db, f"macro:{row.id}", "written", actor=actor.name, at=now)
    return row.id


def change(
    db: Session,
    macro_id: str,
    name: str,
    steps: Sequence[Step],
    actor: Actor,
    *,
    version: int,
    now: datetime,
) -> int:
    """Another name or other steps, made from that version; the next one's number. Raises
    NotAllowed, MacroMissing, MacroMalformed, MacroKnown, MacroMoved.
    """
    need(actor, Act.WRITE_WORDS)
    named, told = _checked(name, steps)
    stands = get(db, macro_id)
    taken = select(Macro.id).where(Macro.open_name == named, Macro.id != macro_id)
    if db.exec(taken).first() is not None:
        raise MacroKnown("there is a macro of that name")
    changed = db.connection().execute(
        update(Macro)
        .where(
            col(Macro.id) == macro_id,
            col(Macro.version) == version,
            col(Macro.retired_at).is_(None),
        )
        .values(name=named, open_name=named, steps=told, version=version + 1, changed_at=now)
    )
    if not changed.rowcount:
        raise MacroMoved(stands.version)
    db.expire_all()
    facts = {"version": version + 1}
    journal.record(db, f"macro:{macro_id}", "changed", actor=actor.name, at=now, facts=facts)
    return version + 1


def retire(db: Session, macro_id: str, actor: Actor, *, now: datetime) -> None:
    """It is offered no more. Raises NotAllowed, MacroMissing."""
    need(actor, Act.WRITE_WORDS)
    get(db, macro_id)
    db.connection().execute(
        update(Macro).where(col(Macro.id) == macro_id).values(open_name=None, retired_at=now)
    )
    db.expire_all()
    journal.record(db, f"macro:{macro_id}", "retired", actor=actor.name, at=now)


def in_use(db: Session) -> list[Steps]:
    """Every macro, by name."""
    rows = db.exec(select(Macro).where(col(Macro.retired_at).is_(None)).order_by(col(Macro.name)))
    return [_shown(row) for row in rows]


def get(db: Session, macro_id: str) -> Steps:
    """That macro. Raises MacroMissing."""
    row = db.get(Macro, macro_id, populate_existing=True)
    if row is None or row.retired_at is not None:
        raise MacroMissing(macro_id)
    return _shown(row)


def _shown(row: Macro) -> Steps:
    steps = tuple(Step(Do(each["do"]), each["what"]) for each in row.steps)
    return Steps(row.id, row.name, steps, row.version)


def _checked(name: str, steps: Sequence[Step]) -> tuple[str, list[Any]]:
    named = " ".join(name.replace("\x00", "").split())
    if not named or len(named) > _MOST_NAME:
        raise MacroMalformed(f"a macro has a name of 1 to {_MOST_NAME} characters")
    if not 1 <= len(steps) <= _MOST_STEPS:
        raise MacroMalformed(f"a macro has 1 to {_MOST_STEPS} steps")
    if any(step.do in _LAST for step in steps[:-1]):
        raise MacroMalformed("after assigning, putting aside or ending nothing follows")
    if any(step.do is Do.SNOOZE and step.what not in list(Later) for step in steps):
        raise MacroMalformed("a conversation is put aside until one of the moments offered")
    if any(step.do not in {Do.CLOSE} and not step.what for step in steps):
        raise MacroMalformed("a step says what it is about")
    return named, [{"do": step.do.value, "what": step.what} for step in steps]
