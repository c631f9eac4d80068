"""Due facts as rows: what must happen, once, at or after a moment.

A verb that makes something due adds a row in its own transaction (`add`); a worker of the floor
that sees all it needs claims it (`claim`), works without a transaction where network or files are
involved, and ends it in one (`done`, `failed`). A slot of the schedule is a row too, so a late or
doubled clock changes nothing. Not here: what the kinds mean; each is documented where it is worked.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Index, UniqueConstraint, and_, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from catalog.ground.calendar import tokyo_day
from catalog.ground.errors import Malformed, Missing, Refused, Stale
from catalog.ground.record import STRICT, Instant, Json, Row, Whole, Words, begins
from catalog.ground.session.database import ring

TOPIC = "worklist"
NOTICE = "notice"  # somebody outside must be told
TASK = "task"  # somebody of the shop must do something
SLOT_REFUSED = "slot_refused"  # that task: the clock could not do its duty for one row
MAX_ATTEMPTS = 8
_SWEPT_AT_ONCE = 500


class WorkState(StrEnum):
    """Where a due row stands."""

    DUE = "due"
    DONE = "done"
    DEAD = "dead"


class Work(Row, table=True):
    """One due fact. `work_key` is unique within its kind: the same fact twice is one row."""

    __tablename__ = "worklist"
    __table_args__ = (
        UniqueConstraint("kind", "work_key"),
        Index(
            "worklist_due",
            "kind",
            "due_at",
            sqlite_where=text("state = 'due'"),
            postgresql_where=text("state = 'due'"),
        ),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=Whole)
    kind: str = Field(sa_type=Words)
    subject: str = Field(sa_type=Words)
    work_key: str = Field(sa_type=Words)
    facts: dict[str, Any] = Field(sa_type=Json)
    state: str = Field(sa_type=Words)
    due_at: datetime = Field(sa_type=Instant)
    attempts: int = Field(default=0, sa_type=Whole)
    leased_by: str | None = Field(default=None, sa_type=Words)
    lease_until: datetime | None = Field(default=None, sa_type=Instant)
    last_error: str | None = Field(default=None, sa_type=Words)
    written_at: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)


class Leadership(Row, table=True):
    """Who may be the clock (or any other one-at-a-time duty) until when."""

    __tablename__ = "leadership"

    duty: str = Field(primary_key=True, sa_type=Words)
    holder: str = Field(sa_type=Words)
    until: datetime = Field(sa_type=Instant)


@dataclass(frozen=True, slots=True)
class DueWork:
    """A claimed row."""

    id: int
    kind: str
    subject: str
    key: str
    facts: Mapping[str, Any]
    attempts: int
    due_at: datetime
    written_at: datetime


def _as_due(row: Work) -> DueWork:
    return DueWork(
        row.id or 0, row.kind, row.subject, row.work_key, row.facts, row.attempts, row.due_at,
        row.written_at,
    )  # fmt: skip


def add(
    db: Session,
    kind: str,
    subject: str,
    key: str,
    *,
    due_at: datetime,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
) -> bool:
    """Write the due fact; False when this (kind, key) is already there in any state."""
    values = {
        "kind": kind,
        "subject": subject,
        "work_key": key,
        "facts": dict(facts or {}),
        "state": WorkState.DUE.value,
        "due_at": due_at,
        "attempts": 0,
        "written_at": now,
    }
    insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    table: Any = Work.__table__  # type: ignore[attr-defined]  # SQLModel gives every table class one
    added = db.connection().execute(
        insert(table).values(**values).on_conflict_do_nothing().returning(table.c.id)
    )
    is_new = added.first() is not None
    if is_new:
        ring(db, TOPIC)
    return is_new


def notice(
    db: Session,
    about: str,
    phase: str,
    *,
    to: str,
    version: int,
    now: datetime,
    due_at: datetime | None = None,
    facts: Mapping[str, Any] | None = None,
) -> bool:
    """Somebody must be told: one row per (subject, phase, version), and at most one letter per
    channel from it (NTF-3). `about` names the subject (`case:…`), `to` the person (`customer:…`,
    `partner:…`).
    """
    told = {"to": to, "phase": phase, "version": version, **(facts or {})}
    key = f"{about}:{phase}:{version}"
    return add(db, NOTICE, about, key, due_at=due_at or now, now=now, facts=told)


def task(
    db: Session,
    name: str,
    about: str,
    *,
    due_at: datetime,
    now: datetime,
    once: str = "",
    facts: Mapping[str, Any] | None = None,
) -> bool:
    """Somebody of the shop must do something by then; `once` tells several of one name apart."""
    key = f"{name}:{about}:{once}"
    return add(db, TASK, about, key, due_at=due_at, now=now, facts={"task": name, **(facts or {})})


def task_id(db: Session, name: str, about: str, *, once: str = "") -> int:
    """The number of the task that `task` wrote with these, open or not. Raises NoResultFound."""
    key = f"{name}:{about}:{once}"
    found = db.exec(select(Work.id).where(Work.kind == TASK, Work.work_key == key)).one()
    return found or 0


def open_tasks(db: Session, *, limit: int = 200) -> list[Work]:
    """What somebody of the shop still has to do, the earliest first."""
    return list(
        db.exec(
            select(Work)
            .where(Work.kind == TASK, Work.state == WorkState.DUE.value)
            .order_by(col(Work.due_at), col(Work.id))
            .limit(limit)
        )
    )


def open_tasks_named(db: Session, name: str, *, limit: int | None = None) -> list[Work]:
    """The open tasks of that name alone, the earliest first, however many others are open."""
    return list(
        db.exec(
            select(Work)
            .where(
                Work.kind == TASK,
                Work.state == WorkState.DUE.value,
                col(Work.work_key).startswith(f"{name}:", autoescape=True),
            )
            .order_by(col(Work.due_at), col(Work.id))
            .limit(limit)
        )
    )


def tasks_about(db: Session, about: str, *, name: str) -> list[Work]:
    """Every task of that name about one thing, done ones too, the earliest first."""
    return [row for row in tasks_of(db, about) if row.facts.get("task") == name]


def tasks_of(db: Session, about: str) -> list[Work]:
    """Every task about one thing, done ones too, the earliest first."""
    return list(
        db.exec(
            select(Work)
            .where(Work.kind == TASK, Work.subject == about)
            .order_by(col(Work.due_at), col(Work.id))
        )
    )


def note(db: Session, work_id: int, **facts: Any) -> None:
    """Add to what a row tells."""
    row = db.get_one(Work, work_id, populate_existing=True)
    row.facts = {**row.facts, **facts}
    db.flush()


def close_task(db: Session, work_id: int, *, now: datetime) -> bool:
    """It was done, or nobody needs it any more. False when it is no open task."""
    ended = db.connection().execute(
        update(Work)
        .where(
            col(Work.id) == work_id,
            col(Work.kind) == TASK,
            col(Work.state) == WorkState.DUE.value,
        )
        .values(state=WorkState.DONE.value, ended_at=now)
    )
    return bool(ended.rowcount)


def close_tasks(db: Session, about: str, *names: str, now: datetime, **facts: Any) -> int:
    """What they asked for was done by its verb: the open tasks of these names about one thing that
    tell these facts are ended; how many.
    """
    found = [
        row.id or 0
        for row in tasks_of(db, about)
        if row.facts.get("task") in names
        and row.state == WorkState.DUE.value
        and facts.items() <= row.facts.items()
    ]
    return sum(close_task(db, each, now=now) for each in found)


def forget(db: Session, subjects: Collection[str], *, now: datetime) -> int:
    """Empty what the tasks about these tell but their names, and end the open ones: nobody is there
    any more to do it for (R-137); how many.
    """
    rows = db.exec(
        select(Work).where(Work.kind == TASK, col(Work.subject).in_(subjects)).with_for_update()
    ).all()
    for row in rows:
        row.facts = {"task": row.facts.get("task")}
        if row.state == WorkState.DUE.value:
            row.state, row.ended_at = WorkState.DONE.value, now
    db.flush()
    return len(rows)


def sweep(
    db: Session,
    slot: str,
    rows: SelectOfScalar[str],
    act: Callable[[str], object],
    *,
    now: datetime,
) -> None:
    """A duty of the clock over many rows in the order of the key they are selected by, each for
    itself: what the rules refuse for one is put back and becomes a task of the staff, and its
    neighbours go on.
    """
    by = next(iter(rows.selected_columns))
    last = ""
    while True:
        keys = db.exec(rows.where(by > last).distinct().order_by(by).limit(_SWEPT_AT_ONCE)).all()
        for key in keys:
            try:
                with db.begin_nested():
                    act(key)
            except (Missing, Refused, Stale, Malformed) as error:
                task(
                    db, SLOT_REFUSED, f"{slot}:{key}", due_at=now, now=now,
                    once=tokyo_day(now).isoformat(), facts={"error": type(error).__name__},
                )  # fmt: skip
        if len(keys) < _SWEPT_AT_ONCE:
            return
        last = keys[-1]


def claim(
    db: Session,
    kinds: Sequence[str],
    *,
    worker: str,
    now: datetime,
    lease_seconds: int,
    limit: int = 16,
) -> list[DueWork]:
    """Lease due rows, earliest first. A lease that ran out is claimed again (at least once)."""
    free = (col(Work.lease_until).is_(None)) | (col(Work.lease_until) <= now)
    wanted = (
        select(Work.id)
        .where(
            col(Work.kind).in_(kinds),
            Work.state == WorkState.DUE.value,
            col(Work.due_at) <= now,
            free,
        )
        .order_by(col(Work.due_at), col(Work.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = list(db.exec(wanted))
    if not ids:
        return []
    db.connection().execute(
        update(Work)
        .where(col(Work.id).in_(ids))
        .values(
            leased_by=worker,
            lease_until=now + timedelta(seconds=lease_seconds),
            attempts=col(Work.attempts) + 1,
        )
    )
    rows = db.exec(
        select(Work).where(col(Work.id).in_(ids)).order_by(col(Work.due_at), col(Work.id))
    )
    return [_as_due(row) for row in rows]


def claim_one(
    db: Session, kind: str, key: str, *, worker: str, now: datetime, lease_seconds: int = 60
) -> DueWork | None:
    """Lease exactly this row whatever its hour; None when it is done or held."""
    free = (col(Work.lease_until).is_(None)) | (col(Work.lease_until) <= now)
    row = db.exec(
        select(Work)
        .where(Work.kind == kind, Work.work_key == key, Work.state == WorkState.DUE.value, free)
        .with_for_update(skip_locked=True)
    ).first()
    if row is None:
        return None
    row.leased_by = worker
    row.lease_until = now + timedelta(seconds=lease_seconds)
    row.attempts += 1
    db.flush()
    return _as_due(row)


def done(db: Session, work: DueWork, *, worker: str, now: datetime) -> bool:
    """End it well. False when the lease was lost to another worker: the caller must undo by raising
    Stale.
    """
    ended = db.connection().execute(
        update(Work)
        .where(
            col(Work.id) == work.id,
            col(Work.leased_by) == worker,
            col(Work.state) == WorkState.DUE.value,
        )
        .values(state=WorkState.DONE.value, ended_at=now, leased_by=None, lease_until=None)
    )
    return bool(ended.rowcount)


def failed(
    db: Session, work: DueWork, *, error: str, now: datetime, is_hopeless: bool = False
) -> WorkState:
    """Try again later with growing pauses, or give up where staff see it.

    Nothing happens when the row was claimed anew meanwhile: each claim has its own `attempts`.
    """
    is_dead = is_hopeless or work.attempts >= MAX_ATTEMPTS
    state = WorkState.DEAD if is_dead else WorkState.DUE
    db.connection().execute(
        update(Work)
        .where(_is_this_try(work))
        .values(
            state=state.value,
            due_at=work.due_at if is_dead else now + pause(work.attempts),
            last_error=error,
            leased_by=None,
            lease_until=None,
            ended_at=now if is_dead else None,
        )
    )
    return state


def _is_this_try(work: DueWork) -> ColumnElement[bool]:
    return and_(
        col(Work.id) == work.id,
        col(Work.state) == WorkState.DUE.value,
        col(Work.attempts) == work.attempts,
    )


def renew(db: Session, held: Mapping[int, str], *, now: datetime, lease_seconds: int) -> None:
    """Keep rows that are still being worked on: row id → the name they were claimed under."""
    for work_id, worker in held.items():
        db.connection().execute(
            update(Work)
            .where(col(Work.id) == work_id, col(Work.leased_by) == worker)
            .values(lease_until=now + timedelta(seconds=lease_seconds))
        )


def postpone(db: Session, work: DueWork, *, until: datetime) -> None:
    """Nothing failed, it is only too early: look again then; the attempt does not count."""
    db.connection().execute(
        update(Work)
        .where(_is_this_try(work))
        .values(due_at=until, attempts=work.attempts - 1, leased_by=None, lease_until=None)
    )


def call_off(db: Session, kind: str, about: str, beginning: str, *, now: datetime) -> int:
    """What is due about one thing under keys that begin so need not be done any more; how many."""
    ended = db.connection().execute(
        update(Work)
        .where(
            col(Work.kind) == kind,
            begins(col(Work.work_key), beginning),
            col(Work.subject) == about,
            col(Work.state) == WorkState.DUE.value,
        )
        .values(state=WorkState.DONE.value, ended_at=now, leased_by=None, lease_until=None)
    )
    return ended.rowcount


def retry(db: Session, work_id: int, *, now: datetime) -> bool:
    """Staff wish another try of a dead row."""
    revived = db.connection().execute(
        update(Work)
        .where(col(Work.id) == work_id, col(Work.state) == WorkState.DEAD.value)
        .values(state=WorkState.DUE.value, due_at=now, attempts=0, ended_at=None)
    )
    if revived.rowcount:
        ring(db, TOPIC)
    return bool(revived.rowcount)


def reopen(db: Session, kind: str, key: str, *, now: datetime) -> bool:
    """What was done well did not reach its end after all: it is due anew."""
    reopened = db.connection().execute(
        update(Work)
        .where(
            col(Work.kind) == kind,
            col(Work.work_key) == key,
            col(Work.state) == WorkState.DONE.value,
        )
        .values(state=WorkState.DUE.value, due_at=now, attempts=0, ended_at=None)
    )
    if reopened.rowcount:
        ring(db, TOPIC)
    return bool(reopened.rowcount)


def pause(attempts: int) -> timedelta:
    """2, 4, 8 … seconds, at most ten minutes. Work is spread by its own due times, so no jitter."""
    return timedelta(seconds=min(600, 2 ** min(attempts, 10)))


def dead(db: Session, *, limit: int = 100) -> list[Work]:
    """What was given up, latest first."""
    return list(
        db.exec(
            select(Work)
            .where(Work.state == WorkState.DEAD.value)
            .order_by(col(Work.id).desc())
            .limit(limit)
        )
    )


def oldest_due(db: Session, *, now: datetime) -> datetime | None:
    """Since when the oldest due row waits; None when nothing is due."""
    return db.exec(
        select(Work.due_at)
        .where(Work.state == WorkState.DUE.value, col(Work.due_at) <= now)
        .order_by(col(Work.due_at))
        .limit(1)
    ).first()


def last_due(db: Session, kind: str, subject: str) -> datetime | None:
    """The latest due moment ever written for this subject (the last slot of a schedule)."""
    return db.exec(
        select(Work.due_at)
        .where(Work.kind == kind, Work.subject == subject)
        .order_by(col(Work.due_at).desc())
        .limit(1)
    ).first()


def lead(db: Session, duty: str, *, holder: str, now: datetime, seconds: int) -> bool:
    """Take or renew a duty only one may hold. True when it is ours until now + seconds."""
    insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    table: Any = Leadership.__table__  # type: ignore[attr-defined]  # SQLModel gives every table class one
    until = now + timedelta(seconds=seconds)
    statement = insert(table).values(duty=duty, holder=holder, until=until)
    taken = db.connection().execute(
        statement.on_conflict_do_update(
            index_elements=["duty"],
            set_={"holder": holder, "until": until},
            where=(table.c.holder == holder) | (table.c.until <= now),
        ).returning(table.c.holder)
    )
    return taken.first() is not None
