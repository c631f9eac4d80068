"""Next steps (次の一手): what somebody of the shop has planned for a customer, by when, and whether
it was done. A register of the shop's own; the customer is told nothing by it.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text, update
from sqlmodel import Field, Session, col, select

from catalog.customers.consents import CustomerMissing
from catalog.customers.newcomers import surviving, whole
from catalog.customers.tables import Customer
from catalog.duties.actors import Actor
from catalog.ground import journal
from catalog.ground.errors import Malformed, Missing
from catalog.ground.record import (
    STRICT,
    CustomerId,
    Day,
    Instant,
    Row,
    StaffId,
    Words,
    new_id,
)
from catalog.ground.session.database import insert_once
from handoff.staff.permissions import Act, need

_MOST = 500
_IS_OPEN = text("done_at IS NULL")


class NextStep(Row, table=True):
    """One step. `staff`: who is to do it. `words` are emptied when the customer is forgotten."""

    __tablename__ = "next_step"
    __table_args__ = (
        UniqueConstraint("dedupe"),
        Index("next_step_customer", "customer_id", "due_on"),
        Index(
            "next_step_open", "staff", "due_on", sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN
        ),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Words)
    customer_id: str = Field(sa_type=Words, foreign_key="customer.id")
    words: str = Field(sa_type=Words)
    due_on: date = Field(sa_type=Day)
    staff: str = Field(sa_type=Words)
    dedupe: str = Field(sa_type=Words)
    written_by: str = Field(sa_type=Words)
    written_at: datetime = Field(sa_type=Instant)
    done_at: datetime | None = Field(default=None, sa_type=Instant)
    done_by: str | None = Field(default=None, sa_type=Words)


class StepMissing(Missing):
    """No such step."""


class StepMalformed(Malformed):
    """Nothing is said, or too much."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step as it is shown."""

    id: str
    customer: CustomerId
    words: str
    due_on: date
    staff: StaffId
    done_at: datetime | None = None


def plan(
    db: Session,
    customer: CustomerId,
    words: str,
    *,
    due_on: date,
    staff: StaffId,
    actor: Actor,
    key: str,
    now: datetime,
) -> str:
    """Write down what is to be done; its id, the same for the same key. Raises NotAllowed,
    StepMalformed, CustomerMissing.
    """
    need(actor, Act.TALK)
    told = words.replace("\x00", "").strip()
    if not told or len(told) > _MOST:
        raise StepMalformed(f"a step has 1 to {_MOST} characters")
    known = db.get(Customer, customer)
    if known is None or known.erased_at is not None:
        raise CustomerMissing(customer)
    row = NextStep(
        id=new_id(now), customer_id=customer, words=told, due_on=due_on, staff=staff, dedupe=key,
        written_by=actor.name, written_at=now,
    )  # fmt: skip
    if not insert_once(db, NextStep, row.model_dump()):
        return db.exec(select(NextStep.id).where(NextStep.dedupe == key)).one()
    _record(db, customer, "step_planned", row.id, actor, now=now, due_on=due_on.isoformat())
    return row.id


def finish(db: Session, step_id: str, actor: Actor, *, now: datetime) -> bool:
    """It was done. False when it was before. Raises NotAllowed, StepMissing."""
    return _change(db, step_id, actor, "step_done", now=now, done_at=now, done_by=actor.name)


def move(
    db: Session, step_id: str, actor: Actor, *, due_on: date, staff: StaffId, now: datetime
) -> bool:
    """Another day, or somebody else. False when it is done. Raises NotAllowed, StepMissing."""
    return _change(db, step_id, actor, "step_moved", now=now, due_on=due_on, staff=staff)


def _change(
    db: Session, step_id: str, actor: Actor, verb: str, *, now: datetime, **values: Any
) -> bool:
    need(actor, Act.TALK)
    customer = db.exec(select(NextStep.customer_id).where(NextStep.id == step_id)).first()
    if customer is None:
        raise StepMissing(step_id)
    changed = db.connection().execute(
        update(NextStep)
        .where(col(NextStep.id) == step_id, col(NextStep.done_at).is_(None))
        .values(**values)
    )
    if changed.rowcount:
        db.expire_all()
        _record(db, CustomerId(customer), verb, step_id, actor, now=now)
    return bool(changed.rowcount)


def of_customer(db: Session, customer: CustomerId, *, done: int = 5) -> list[Step]:
    """What is planned for them, and for whom they wrote as before they were known, the earliest
    first, and the last few that were done.
    """
    theirs = col(NextStep.customer_id).in_(whole(db, customer))
    rows = db.exec(
        select(NextStep)
        .where(theirs, col(NextStep.done_at).is_(None))
        .order_by(col(NextStep.due_on), col(NextStep.id))
    )
    ended = db.exec(
        select(NextStep)
        .where(theirs, col(NextStep.done_at).is_not(None))
        .order_by(col(NextStep.done_at).desc())
        .limit(done)
    )
    return [_step(db, row) for row in (*rows, *ended)]


def due(
    db: Session, *, by: date, staff: StaffId | None = None, limit: int | None = 200
) -> list[Step]:
    """What is to be done by that day, by everybody or by one person, the earliest first."""
    wanted = select(NextStep).where(col(NextStep.done_at).is_(None), col(NextStep.due_on) <= by)
    if staff is not None:
        wanted = wanted.where(NextStep.staff == staff)
    rows = db.exec(wanted.order_by(col(NextStep.due_on), col(NextStep.id)).limit(limit))
    return [_step(db, row) for row in rows]


def forget(db: Session, customer: CustomerId, *, now: datetime) -> None:
    """Nothing is planned any more for somebody who is forgotten (R-137)."""
    db.connection().execute(
        update(NextStep)
        .where(col(NextStep.customer_id).in_(whole(db, customer)))
        .values(words="", done_at=now)
    )
    db.expire_all()


def _step(db: Session, row: NextStep) -> Step:
    whose = surviving(db, row.customer_id)
    return Step(row.id, whose, row.words, row.due_on, StaffId(row.staff), row.done_at)


def _record(
    db: Session,
    customer: CustomerId,
    verb: str,
    step: str,
    actor: Actor,
    *,
    now: datetime,
    **facts: str,
) -> None:
    told = {"step": step, **facts}
    journal.record(db, f"customer:{customer}", verb, actor=actor.name, at=now, facts=told)
