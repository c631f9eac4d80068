"""A task whose time a customer knows, as the channel is told of it (お約束の作業): whom it is for
by name, a kind and a time; never the customer, never a number. The rest stands on its page in the
console. Not here: who is told (`desk.promised`).
"""

from datetime import datetime

from sqlmodel import Session

from catalog.ground.worklist import DueWork
from handoff.desk import tasks
from handoff.desk.promised import Call
from handoff.desk.tasks import Told
from handoff.slack import cards, queries
from handoff.slack.cards import Message
from handoff.slack.posts import actions
from handoff.slack.queries import StaffSlack
from handoff.slack.rules import ERRAND_MOST

POST = "slack.task"  # work: the channel is told of a task


def tell(db: Session, call: Call, *, now: datetime) -> bool:
    """As soon as one of those it is for is there. After a day without Slack it is left to the
    console and the browsers, which have told it.
    """
    facts = {
        "task": call.task, "what": call.what.value, "staff": list(call.staff),
        "is_call": call.is_call,
    }  # fmt: skip
    return actions.put(
        db, POST, f"task:{call.task}", f"{call.task}:{call.what}", due_at=call.from_at,
        until=call.from_at + ERRAND_MOST, now=now, facts=facts,
    )  # fmt: skip


def message(db: Session, work: DueWork, slack: StaffSlack, *, now: datetime) -> Message | None:
    """What is posted; None once the task is ended."""
    task = int(work.facts["task"])
    if not tasks.is_open(db, task):
        return None
    return cards.task(
        queries.slack_ids(db, work.facts["staff"]),
        queries.words(db),
        is_call=bool(work.facts["is_call"]),
        is_late=work.facts["what"] == Told.LATE,
        by=tasks.of_id(db, task).due_at,
        url=slack.page(f"/console/tasks/{task}"),
    )
