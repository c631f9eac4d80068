"""Capture tasks (撮影依頼): what staff are to capture by when, and who is told the moment it is
there.

A task that gets its capture writes one due row for each conversation that waits: `capture.soon`
when only the poster is ready, `capture.ready` when all is. The floor that writes letters works
those rows. Both are keyed by task and conversation, so a conversation is told once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, func, select

from catalog.ground import journal, worklist
from catalog.ground.errors import Stale
from catalog.ground.record import (
    AssetId,
    CaptureTaskId,
    ConversationId,
    PartnerId,
    UnitId,
    new_id,
    to_millis,
)
from catalog.items import custody
from catalog.items.tables import Unit
from catalog.partners.tables import Partner
from media.assets.kinds import AssetKind, Part, Readiness
from media.assets.queries import asset_of, latest_whole
from media.intake.tables import CaptureTask, CaptureWait, TaskState

READY = "capture.ready"
SOON = "capture.soon"
_ALL = 500  # of one piece


class TaskClosed(Stale):
    """The task was closed before."""

    def __init__(self, task_id: CaptureTaskId) -> None:
        super().__init__(f"capture task {task_id} is not open")
        self.task_id = task_id


class CaptureUnready(Stale):
    """It is still being made, or cannot be shown: whoever waits could not be sent it."""

    def __init__(self, asset_id: AssetId) -> None:
        super().__init__("the capture cannot be shown yet; wait until it is ready")
        self.asset_id = asset_id


@dataclass(frozen=True, slots=True)
class Promise:
    """What a conversation was promised. `due_at` is the task's, which may be earlier than asked for
    now.
    """

    task_id: CaptureTaskId
    due_at: datetime
    is_new_task: bool
    was_waiting: bool


@dataclass(frozen=True, slots=True)
class OpenTask:
    """One line of the staff's list. `partners`: the firms it is for, by name; `asked_by`: who of
    the staff asked for it.
    """

    task_id: CaptureTaskId
    unit_id: UnitId
    unit_code: str
    unit_title: str
    part: Part | None
    kind: AssetKind | None
    due_at: datetime
    opened_at: datetime
    waiting: int
    partners: tuple[str, ...] = ()
    asked_by: str | None = None


def ask(
    db: Session,
    unit_id: UnitId,
    *,
    part: Part | None,
    kind: AssetKind | None,
    conversation: ConversationId,
    lang: str,
    promised_at: datetime,
    now: datetime,
    partner: PartnerId | None = None,
    is_another: bool = False,
) -> Promise:
    """Have it captured, and tell this conversation then. Asking again changes nothing.

    When the capture became ready at this very moment, the conversation is told by the same due row;
    one of an earlier stay shows nothing of how the piece is now.
    `is_another`: what is there already will not do (R-035). `partner`: for whom it is.
    """
    _lock_unit(db, unit_id)
    task_id, due_at, is_new = _open_task(db, unit_id, part, kind, promised_at, now)
    was_waiting = not _wait(db, task_id, conversation, lang, partner, now)
    since = custody.that_came_back(db, [unit_id]).get(unit_id)
    found = None if is_another else latest_whole(db, unit_id, kind=kind, part=part, since=since)
    if found is not None:
        _finish(db, [task_id], found, now)
    return Promise(task_id, due_at, is_new, was_waiting)


def want(
    db: Session,
    unit_id: UnitId,
    *,
    part: Part | None,
    kind: AssetKind | None,
    due_at: datetime,
    by: str,
    now: datetime,
) -> CaptureTaskId:
    """Staff ask colleagues for a capture by that time. Where the same is asked for already it is
    wanted by the earlier of both times.
    """
    _lock_unit(db, unit_id)
    task_id, was_due_at, _ = _open_task(db, unit_id, part, kind, due_at, now)
    db.connection().execute(
        update(CaptureTask)
        .where(col(CaptureTask.id) == task_id, col(CaptureTask.state) == TaskState.OPEN.value)
        .values(asked_by=by, due_at=min(due_at, was_due_at))
    )
    facts = {"task": task_id, "part": part, "kind": kind, "due_at": to_millis(due_at)}
    journal.record(db, f"unit:{unit_id}", "capture_asked", actor=by, at=now, facts=facts)
    return task_id


def close_for(db: Session, asset_id: AssetId, *, now: datetime) -> list[CaptureTaskId]:
    """Tell everybody who waits for what this asset shows, as far as it can be shown; the tasks it
    closed.

    A task for a part closes only on a capture of that part; one for the whole piece on any of its
    kind.
    """
    asset = asset_of(db, asset_id)
    is_shown = asset.readiness in (Readiness.POSTER.value, Readiness.WHOLE.value)
    if asset.unit_id is None or asset.is_tag or not is_shown:
        return []
    unit_id = UnitId(asset.unit_id)
    _lock_unit(db, unit_id)
    part = Part(asset.part) if asset.part else None
    matching = _matching(db, unit_id, part, AssetKind(asset.kind))
    if asset.readiness == Readiness.POSTER.value:
        _tell(db, SOON, matching, asset_id, now)
        return []
    _finish(db, matching, asset_id, now)
    return matching


def open_tasks(db: Session, *, limit: int = 200, offset: int = 0) -> list[OpenTask]:
    """What is to be captured, the most urgent first."""
    return _open(db, limit=limit, offset=offset)


def awaited_tasks(db: Session, *, limit: int = 200) -> list[OpenTask]:
    """Those of them that somebody waits for, outside or of the staff."""
    is_awaited = select(CaptureWait.task_id).where(CaptureWait.task_id == CaptureTask.id).exists()
    return _open(db, is_awaited | col(CaptureTask.asked_by).is_not(None), limit=limit)


def _open(db: Session, *which: ColumnElement[bool], limit: int, offset: int = 0) -> list[OpenTask]:
    waiting = (
        select(func.count())
        .select_from(CaptureWait)
        .where(CaptureWait.task_id == CaptureTask.id)
        .scalar_subquery()
    )
    rows = db.exec(
        select(CaptureTask, Unit.code, Unit.title, waiting)
        .where(CaptureTask.state == TaskState.OPEN.value, CaptureTask.unit_id == Unit.id, *which)
        .order_by(col(CaptureTask.due_at), col(CaptureTask.id))
        .limit(limit)
        .offset(offset)
    ).all()
    firms = _firms(db, [task.id for task, *_ in rows])
    return [
        OpenTask(
            CaptureTaskId(task.id),
            UnitId(task.unit_id),
            code,
            title,
            Part(task.part) if task.part else None,
            AssetKind(task.kind) if task.kind else None,
            task.due_at,
            task.opened_at,
            count,
            firms.get(task.id, ()),
            task.asked_by,
        )
        for task, code, title, count in rows
    ]


def _firms(db: Session, task_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The partners each task is for, by name."""
    found: dict[str, tuple[str, ...]] = {}
    for task_id, name in db.exec(
        select(CaptureWait.task_id, Partner.name)
        .where(col(CaptureWait.task_id).in_(task_ids), Partner.id == CaptureWait.partner_id)
        .distinct()
        .order_by(col(Partner.name))
    ):
        found[task_id] = (*found.get(task_id, ()), name)
    return found


@dataclass(frozen=True, slots=True)
class Waiter:
    """A conversation that is told when the capture is there."""

    conversation: ConversationId
    asked_at: datetime


def waiters_of(
    db: Session, task_ids: Sequence[CaptureTaskId]
) -> dict[CaptureTaskId, tuple[Waiter, ...]]:
    """Who waits for each of these tasks, the first to ask first."""
    found: dict[CaptureTaskId, tuple[Waiter, ...]] = {}
    rows = db.exec(
        select(CaptureWait)
        .where(col(CaptureWait.task_id).in_(list(task_ids)))
        .order_by(col(CaptureWait.asked_at), col(CaptureWait.conversation))
    )
    for row in rows:
        task = CaptureTaskId(row.task_id)
        waiter = Waiter(ConversationId(row.conversation), row.asked_at)
        found[task] = (*found.get(task, ()), waiter)
    return found


def open_for(db: Session, unit_id: UnitId) -> list[OpenTask]:
    """What is still to be captured of one piece, the most urgent first."""
    return _open(db, col(CaptureTask.unit_id) == unit_id, limit=_ALL)


def waited_for(db: Session, conversation: ConversationId) -> list[OpenTask]:
    """What this conversation still waits for, the earliest promise first."""
    rows = db.exec(
        select(CaptureTask, Unit.code, Unit.title)
        .where(
            CaptureWait.conversation == conversation,
            CaptureWait.task_id == CaptureTask.id,
            CaptureTask.state == TaskState.OPEN.value,
            CaptureTask.unit_id == Unit.id,
        )
        .order_by(col(CaptureTask.due_at), col(CaptureTask.id))
    )
    return [
        OpenTask(
            CaptureTaskId(task.id),
            UnitId(task.unit_id),
            code,
            title,
            Part(task.part) if task.part else None,
            AssetKind(task.kind) if task.kind else None,
            task.due_at,
            task.opened_at,
            1,
        )
        for task, code, title in rows
    ]


def stop_waiting(db: Session, conversation: ConversationId) -> None:
    """This conversation is told of no capture any more; the tasks stay with the staff (R-137)."""
    db.connection().execute(
        delete(CaptureWait).where(col(CaptureWait.conversation) == conversation)
    )


def close_by_staff(
    db: Session, task_id: CaptureTaskId, *, asset_id: AssetId | None, by: str, now: datetime
) -> None:
    """Staff say it is done by this asset, or (without one) that it will not be done. Raises
    TaskClosed, CaptureUnready.
    """
    if asset_id is not None and asset_of(db, asset_id).readiness != Readiness.WHOLE:
        raise CaptureUnready(asset_id)
    if asset_id is None:
        _end(db, [task_id], None, TaskState.DROPPED, now)
    else:
        _finish(db, [task_id], asset_id, now)
    unit_id = db.exec(select(CaptureTask.unit_id).where(CaptureTask.id == task_id)).one()
    facts = {"task": task_id, "asset": asset_id}
    journal.record(db, f"unit:{unit_id}", "capture_closed", actor=by, at=now, facts=facts)


def reopen_for(db: Session, asset_id: AssetId, unit_id: UnitId, *, now: datetime) -> int:
    """It turned out not to show the unit: what it had closed there is to be captured after all, by
    the time that was promised, and whoever waits is told when it is; how many tasks. Where the same
    is being asked for already, its waiters wait there.
    """
    _lock_unit(db, unit_id)
    closed = db.exec(
        select(CaptureTask).where(
            CaptureTask.asset_id == asset_id,
            CaptureTask.unit_id == unit_id,
            CaptureTask.state == TaskState.DONE.value,
        )
    ).all()
    for each in closed:
        part = Part(each.part) if each.part else None
        kind = AssetKind(each.kind) if each.kind else None
        task_id, _, is_new = _open_task(db, unit_id, part, kind, max(each.due_at, now), now)
        waits = db.exec(select(CaptureWait).where(CaptureWait.task_id == each.id)).all()
        for wait in waits:
            partner = PartnerId(wait.partner_id) if wait.partner_id else None
            whose = ConversationId(wait.conversation)
            _wait(db, task_id, whose, wait.lang, partner, wait.asked_at)
        # It is what the task was closed by no longer; a second correction reopens nothing.
        db.connection().execute(
            update(CaptureTask).where(col(CaptureTask.id) == each.id).values(asset_id=None)
        )
        facts = {"task": each.id, "asset": asset_id, "again": task_id, "is_new": is_new}
        journal.record(db, f"unit:{unit_id}", "capture_reopened", actor="bot", at=now, facts=facts)
    return len(closed)


def _lock_unit(db: Session, unit_id: UnitId) -> None:
    """A question and a capture of one unit must not miss each other; SQLite has one writer."""
    db.exec(select(Unit.id).where(Unit.id == unit_id).with_for_update()).first()


def _open_task(
    db: Session,
    unit_id: UnitId,
    part: Part | None,
    kind: AssetKind | None,
    promised_at: datetime,
    now: datetime,
) -> tuple[CaptureTaskId, datetime, bool]:
    open_key = f"{unit_id}:{part.value if part else ''}:{kind.value if kind else ''}"
    found = db.exec(
        select(CaptureTask.id, CaptureTask.due_at).where(CaptureTask.open_key == open_key)
    ).first()
    if found is not None:
        return CaptureTaskId(found[0]), found[1], False
    task = CaptureTask(
        id=new_id(now),
        unit_id=unit_id,
        part=part.value if part else None,
        kind=kind.value if kind else None,
        state=TaskState.OPEN.value,
        open_key=open_key,
        due_at=promised_at,
        opened_at=now,
    )
    db.add(task)
    db.flush()
    return CaptureTaskId(task.id), promised_at, True


def _wait(
    db: Session,
    task_id: CaptureTaskId,
    conversation: ConversationId,
    lang: str,
    partner: PartnerId | None,
    asked_at: datetime,
) -> bool:
    insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    added: Any = db.connection().execute(
        insert(CaptureWait)
        .values(
            task_id=task_id,
            conversation=conversation,
            lang=lang,
            partner_id=partner,
            asked_at=asked_at,
        )
        .on_conflict_do_nothing()
        .returning(col(CaptureWait.task_id))
    )
    return added.first() is not None


def _matching(
    db: Session, unit_id: UnitId, part: Part | None, kind: AssetKind
) -> list[CaptureTaskId]:
    shown: ColumnElement[bool] = col(CaptureTask.part).is_(None)
    if part is not None:
        shown = shown | (col(CaptureTask.part) == part.value)
    found = db.exec(
        select(CaptureTask.id).where(
            CaptureTask.unit_id == unit_id,
            CaptureTask.state == TaskState.OPEN.value,
            shown,
            col(CaptureTask.kind).is_(None) | (col(CaptureTask.kind) == kind.value),
        )
    )
    return [CaptureTaskId(each) for each in found]


def _finish(
    db: Session, task_ids: Sequence[CaptureTaskId], asset_id: AssetId, now: datetime
) -> None:
    _end(db, task_ids, asset_id, TaskState.DONE, now)
    _tell(db, READY, task_ids, asset_id, now)


def _end(
    db: Session,
    task_ids: Sequence[CaptureTaskId],
    asset_id: AssetId | None,
    state: TaskState,
    now: datetime,
) -> None:
    for task_id in task_ids:
        ended: Any = db.connection().execute(
            update(CaptureTask)
            .where(col(CaptureTask.id) == task_id, col(CaptureTask.state) == TaskState.OPEN.value)
            .values(state=state.value, open_key=None, asset_id=asset_id, closed_at=now)
        )
        if not ended.rowcount:
            raise TaskClosed(task_id)


def _tell(
    db: Session, kind: str, task_ids: Sequence[CaptureTaskId], asset_id: AssetId, now: datetime
) -> None:
    rows = db.exec(
        select(CaptureWait, CaptureTask)
        .where(col(CaptureWait.task_id).in_(task_ids), CaptureWait.task_id == CaptureTask.id)
        .order_by(col(CaptureWait.asked_at))
    )
    for wait, task in rows.all():
        facts = {
            "task": task.id,
            "asset": asset_id,
            "unit": task.unit_id,
            "part": task.part,
            "kind": task.kind,
            "lang": wait.lang,
            "partner": wait.partner_id,
        }
        key = f"{task.id}:{wait.conversation}"
        worklist.add(db, kind, wait.conversation, key, due_at=now, now=now, facts=facts)
