"""A task whose time the customer was told (お約束の作業): the adviser of the customer is told at
once, else the chain, and again when the time comes and it is not done (R-065, R-151).

Two rows stand beside the task from the beginning, so that a restart forgets nothing; each is void
once the task is ended. Whoever is not there hears it when they are (`calling`). What is told is a
kind and the task's number. Not here: the tasks themselves (`tasks`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from catalog.customers import queries as customers
from catalog.ground import worklist
from catalog.ground.calendar import ShopHours
from catalog.ground.record import ConversationId, StaffId
from handoff.desk import routing, tasks
from handoff.desk.calling import next_there, there_from
from handoff.desk.tasks import Told
from handoff.shifts import queries as shifts_of
from handoff.shifts import rules
from handoff.staff.push import actions as push
from handoff.staff.push.actions import News

PROMISED = "desk.task"  # work: whoever it is for is told of a task, if it is open still
_CALL_BACK = "call_back"
_CONVERSATION = "conversation:"


@dataclass(frozen=True, slots=True)
class Call:
    """Somebody of the shop is told of a task. `staff`: these people, whoever has it first;
    `from_at`: when the first of them is there.
    """

    task: int
    what: Told
    staff: Sequence[StaffId]
    from_at: datetime
    is_call: bool


def open_task(
    db: Session,
    name: str,
    conversation: ConversationId,
    *,
    due_at: datetime,
    now: datetime,
    once: str,
    facts: Mapping[str, Any],
) -> bool:
    """Somebody must do it by then, as the customer was told; False when that was asked before."""
    about = f"{_CONVERSATION}{conversation}"
    if not worklist.task(db, name, about, due_at=due_at, now=now, once=once, facts=facts):
        return False
    task = worklist.task_id(db, name, about, once=once)
    for what, at in ((Told.OPENED, now), (Told.LATE, due_at)):
        told = {"task": task, "what": what.value}
        worklist.add(db, PROMISED, f"task:{task}", f"{task}:{what}", due_at=at, now=now, facts=told)
    return True


def tell(db: Session, work: worklist.DueWork, *, hours: ShopHours, now: datetime) -> Call | None:
    """The browsers of those it is for are told, each when its person is there; None once the task
    is ended. `hours`: of the shop, where it keeps no shifts.
    """
    task = int(work.facts["task"])
    if not tasks.is_open(db, task):
        return None
    todo, what = tasks.of_id(db, task), Told(str(work.facts["what"]))
    is_call = todo.name == _CALL_BACK
    news = News(what.value, str(task), f"/console/tasks/{task}", {"is_call": int(is_call)})
    people = {each.id: each for each in shifts_of.people(db, now=now)}
    staff = _called(db, todo, what, list(people.values()), hours=hours, now=now)
    there = {each: there_from(people.get(each), hours=hours, now=now) for each in staff}
    for each, at in there.items():
        push.tell(db, [each], news, key=f"{work.kind}:{work.id}", now=now, due_at=at)
    return Call(task, what, staff, min(there.values(), default=now), is_call)


def _called(
    db: Session,
    todo: tasks.Todo,
    what: Told,
    people: Sequence[rules.Person],
    *,
    hours: ShopHours,
    now: datetime,
) -> list[StaffId]:
    """The customer's adviser, if they are there before the time is over, else the chain as well;
    when the time has come, the managers besides.
    """
    customer = routing.customer_of(db, ConversationId(todo.about.removeprefix(_CONVERSATION)))
    adviser = customers.adviser_of(db, customer) if customer is not None else None
    own = rules.named(adviser, people)
    chain = rules.chain(people, is_manager=False, now=now)
    managers = rules.chain(people, is_manager=True, now=now)
    if own is None:
        called = chain
    else:
        at = next_there(next(each for each in people if each.id == own), hours=hours, now=now)
        called = [own] if at is not None and at <= max(todo.due_at, now) else [own, *chain]
    return list(dict.fromkeys([*called, *(managers if what is Told.LATE else [])]))
