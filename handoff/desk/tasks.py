"""What somebody of the shop must do that is on nobody's own page (その他の作業): read, and ended by
whoever did it.

A task is a row of the worklist with its facts. Not here: tasks that are ended by what is done about
them (approvals of credit, newcomers, finds); who is told that one is open (`promised`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlmodel import Session

from catalog.credit import asking
from catalog.duties.actors import Actor
from catalog.duties.cash import actions as cash
from catalog.ground import journal, worklist
from catalog.ground.errors import Missing, Refused
from catalog.ground.worklist import TASK, Work, WorkState
from catalog.items.wishes.actions import DRAFT
from catalog.orders.returns import LABEL
from conversations.flows.newcomers import APART
from handoff.staff.permissions import Act, may, need
from media.disputes import actions as disputes

ENDED = "task_ended"  # journal: somebody says that it was done
MOST_NOTE = 1_000
_SAID = "ended"  # among the facts: who ended it, and what they noted

# Ended by the answer itself, on a page of its own.
DECIDED = frozenset({asking.TASK, APART, DRAFT})

# Nobody but who decides may know that there is one (AML-1).
CONFIDENTIAL = frozenset({cash.REPORT})

# Ended by the step they ask for, or when nobody needs it any more; never by saying so.
BY_STEP = CONFIDENTIAL | {
    disputes.TASK, LABEL, "appointment_unassigned", "video_link",
    "recovery_claim", "consignment_declined", "return_to_consignor",
    "goods_never_came", "papers_never_came", "dispose", "offer_unanswered",
    "quote_review", "reference_price", "price_anew", "identity_wanted", "packing_kit", "repair",
    "media_dispute",
}  # fmt: skip

# Who may say that it was done: whoever may do it.
_ACTS: Mapping[Act, str] = {
    Act.TALK: "call_back look_at letter_failed tell_by_hand tell_new_adviser "
    "letters_wait_for_quota",
    Act.BOOK: "appointment_unassigned video_link visit_wish",
    Act.EDIT_CUSTOMER: "identity_wanted identity_for_payout identity_for_guarantee payee_account "
    "link_code erase_elsewhere",
    Act.EDIT_PIECE: "pack_order store_collect change_address packing_kit return_label "
    "compare_return seal_broken repair serial_twice return_to_consignor return_is_due "
    "consignment_renewal consignor_price_wish consignment_proposal consignment_declined "
    "visit_wanted goods_never_came papers_never_came",
    Act.OFFER: "price_anew quote_review reference_price counter_offer case_late offer_unanswered "
    "repair_estimate dispose referral_wanted",
    Act.GRADE: "second_grading settle_grading media_dispute certificate_failed",
    Act.CAPTURE: "capture_unshown",
    Act.PAY: "payout_failed payout_late payout_blocked payout_contradicted refund_money "
    "pay_out_credit prepaid_alert prepaid_filing claim_back claim_settled",
    Act.KEEP: "original_wrong original_lost original_unread original_stray place_away "
    "log_rewritten identity_picture_destroy identity_picture_mask",
}
_ACT_OF: Mapping[str, Act] = {name: act for act, names in _ACTS.items() for name in names.split()}
ENDING = frozenset({*_ACTS, Act.APPROVE})


class Told(StrEnum):
    """What people of the shop are told of a task whose time the customer knows."""

    OPENED = "task_opened"
    LATE = "task_late"  # its time has come, and it is not done


class TaskMissing(Missing):
    """No such task."""


class TaskDecided(Refused):
    """It is ended by the answer or the step it asks for, not by saying that it was done. `name`."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is ended by its answer")
        self.name = name


@dataclass(frozen=True, slots=True)
class Todo:
    """One task. `about`: the thing or person (`order:…`, `conversation:…`); `facts`: what its verb
    wrote; `ended_by` and `note`: who says that it was done, where somebody of the shop does.
    """

    id: int
    name: str
    about: str
    facts: Mapping[str, Any]
    due_at: datetime
    opened_at: datetime
    is_open: bool
    ended_at: datetime | None
    ended_by: str | None
    note: str | None


def of_id(db: Session, task_id: int) -> Todo:
    """That one, open or not. Raises TaskMissing."""
    row = db.get(Work, task_id, populate_existing=True)
    if row is None or row.kind != TASK:
        raise TaskMissing("no such task")
    said = row.facts.get(_SAID) or {}
    return Todo(
        id=row.id or 0,
        name=str(row.facts.get("task")),
        about=row.subject,
        facts={name: fact for name, fact in row.facts.items() if name not in {"task", _SAID}},
        due_at=row.due_at,
        opened_at=row.written_at,
        is_open=row.state == WorkState.DUE.value,
        ended_at=row.ended_at,
        ended_by=said.get("by"),
        note=said.get("note"),
    )


def seen_by(db: Session, task_id: int, actor: Actor) -> Todo:
    """The same for somebody of the shop; what they may not know of is not there. Raises
    TaskMissing.
    """
    todo = of_id(db, task_id)
    if todo.name in CONFIDENTIAL and not sees_confidential(actor):
        raise TaskMissing("no such task")
    return todo


def sees_confidential(actor: Actor) -> bool:
    """Whether they decide what nobody else may know of."""
    return may(actor, Act.APPROVE)


def is_open(db: Session, task_id: int) -> bool:
    """Whether somebody still has to do it."""
    row = db.get(Work, task_id, populate_existing=True)
    return row is not None and row.kind == TASK and row.state == WorkState.DUE.value


def act_to_end(name: str) -> Act:
    """What whoever ends a task of this name must be allowed; what is not known here is a
    manager's.
    """
    return _ACT_OF.get(name, Act.APPROVE)


def end(db: Session, task_id: int, *, actor: Actor, note: str | None, now: datetime) -> bool:
    """Somebody says that it was done, and perhaps what; False when it was ended before, and nothing
    is changed. Raises TaskMissing, NotAllowed, TaskDecided.
    """
    todo = seen_by(db, task_id, actor)
    if todo.name in DECIDED | BY_STEP:
        raise TaskDecided(todo.name)
    need(actor, act_to_end(todo.name))
    return end_unasked(db, task_id, by=actor.name, note=note, now=now)


def end_unasked(db: Session, task_id: int, *, by: str, note: str | None, now: datetime) -> bool:
    """The same for the command line, which may all. Raises TaskMissing."""
    todo = of_id(db, task_id)
    if not worklist.close_task(db, task_id, now=now):
        return False
    worklist.note(db, task_id, **{_SAID: {"by": by, "note": note}})
    # What was noted is words about somebody: it stays in the row, which is emptied with them.
    facts = {"task": todo.name, "work": task_id, "noted": note is not None}
    journal.record(db, todo.about, ENDED, actor=by, at=now, facts=facts)
    return True
