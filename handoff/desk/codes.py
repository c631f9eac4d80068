"""The code that links a chat, told by staff where no mail goes out (会員連携の番号): to the person
themselves, over the contact on file, after the shop's own check. Not here: proving it (`linking`).
"""

from datetime import datetime

from sqlmodel import Session

from catalog.customers import linking
from catalog.customers.linking import STAFF_CODE, Issued
from catalog.duties.actors import Actor
from catalog.ground import worklist
from handoff.desk import tasks
from handoff.desk.tasks import TaskMissing
from handoff.staff.permissions import need


def tell(db: Session, task_id: int, secret: bytes, actor: Actor, *, now: datetime) -> Issued:
    """A code for whoever the task is about, told this once; the task is done. Again: a fresh one,
    and the one before is void. Raises TaskMissing, NotAllowed, LinkMissing.
    """
    todo = tasks.of_id(db, task_id)
    need(actor, tasks.act_to_end(STAFF_CODE))
    link_id = todo.facts.get("link")
    if todo.name != STAFF_CODE or not isinstance(link_id, str):
        raise TaskMissing("no such task")
    return tell_unasked(db, link_id, secret, by=actor.name, now=now)


def tell_unasked(db: Session, link_id: str, secret: bytes, *, by: str, now: datetime) -> Issued:
    """The same for the command line, which may all. Raises LinkMissing."""
    issued = linking.issue(db, link_id, secret, by=by, now=now)
    for todo in worklist.open_tasks_named(db, STAFF_CODE):
        if todo.facts.get("link") == link_id:
            tasks.end_unasked(db, todo.id or 0, by=by, note=None, now=now)
    return issued
