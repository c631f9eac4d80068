"""A task whose time a customer knows, as the channel is told of it (お約束の作業): whom it is for
by name, a kind and a time; never the customer, never a number. The rest stands on its page in the
console. Not here: who is told (`desk.promised`); the call to Slack (`bot`).
"""

from datetime import datetime

from sqlmodel import Session, col, select

from catalog.ground import worklist
from catalog.ground.record import new_id
from handoff.desk import tasks
from handoff.desk.promised import Call
from handoff.desk.tasks import Told
from handoff.slack import cards, queries
from handoff.slack.cards import Message
from handoff.staff.tables import Staff

POST = "slack.task"  # work: the channel is told of a task


def tell(db: Session, call: Call, *, now: datetime) -> bool:
    """The channel is told as soon as one of those it is for is there, once. What the post is known
    by is fixed before the first try.
    """
    facts = {
        "task": call.task, "what": call.what.value, "staff": list(call.staff), "post": new_id(now),
        "is_call": call.is_call,
    }  # fmt: skip
    key = f"{call.task}:{call.what}"
    return worklist.add(
        db, POST, f"task:{call.task}", key, due_at=call.from_at, now=now, facts=facts
    )


def message(db: Session, work: worklist.DueWork, *, public_url: str) -> Message | None:
    """What is posted; None once the task is ended."""
    task = int(work.facts["task"])
    if not tasks.is_open(db, task):
        return None
    staff = [str(each) for each in work.facts["staff"]]
    known = db.exec(
        select(Staff.id, Staff.slack_id).where(
            col(Staff.id).in_(staff), col(Staff.slack_id).is_not(None), col(Staff.left_at).is_(None)
        )
    )
    ids = dict(known.all())
    return cards.task(
        [str(ids[each]) for each in staff if each in ids],
        queries.words(db),
        is_call=bool(work.facts["is_call"]),
        is_late=work.facts["what"] == Told.LATE,
        by=tasks.of_id(db, task).due_at,
        url=f"{public_url}/console/tasks/{task}" if public_url else None,
    )
