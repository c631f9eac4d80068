"""What the bank says of a line against what it said before (食い違い): a person clears it, with the
bank; until then nothing more is sent for what may have left.

Each is a task about the payout. Not here: what the bank's word brings about (`paying`).
"""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, select

from catalog.buyback.payouts.answers import Outcome
from catalog.buyback.payouts.tables import Payout, PayoutBatch, PayoutLine
from catalog.ground import worklist
from catalog.ground.worklist import Work, WorkState

TASK = "payout_contradicted"


def tell(
    db: Session, batch: PayoutBatch, line: PayoutLine, outcome: Outcome, *, now: datetime
) -> None:
    """The bank says something else of that line than what stands: one task until somebody clears
    it, and another when the bank says so again.
    """
    since = line.answered_at.isoformat() if line.answered_at is not None else ""
    cleared = sum(each.state != WorkState.DUE.value for each in _of(db, line))
    worklist.task(
        db, TASK, f"payout:{line.payout_id}", due_at=now, now=now,
        once=f"{batch.id}:{line.line}:{outcome.value}:{cleared}",
        facts={
            "amount": line.amount, "was": line.outcome, "outcome": outcome.value,
            "list": batch.number, "line": line.line, "line_id": line.id, "since": since,
        },
    )  # fmt: skip


def of_line(db: Session, line: PayoutLine) -> Work | None:
    """The latest that speaks against what stands of that line now, cleared or not."""
    since = line.answered_at.isoformat() if line.answered_at is not None else ""
    found = [each for each in _of(db, line) if each.facts.get("since") == since]
    return found[-1] if found else None


def _of(db: Session, line: PayoutLine) -> list[Work]:
    found = worklist.tasks_about(db, f"payout:{line.payout_id}", name=TASK)
    return [each for each in found if each.facts.get("line_id") == line.id]


def say_it_left(db: Session, payout: Payout) -> Sequence[Work]:
    """Those nobody has cleared yet by which money for the payout's document has left."""
    said = [
        each
        for each in worklist.open_tasks_named(db, TASK)
        if each.facts.get("outcome") == Outcome.PAID.value
    ]
    if not said:
        return []
    siblings = db.exec(select(Payout.id).where(Payout.document == payout.document))
    about = {f"payout:{each}" for each in siblings}
    return [each for each in said if each.subject in about]


def clear(db: Session, line: PayoutLine, *, now: datetime) -> None:
    """What stands of that line is as the bank says, or as a person found out."""
    worklist.close_tasks(db, f"payout:{line.payout_id}", TASK, now=now, line_id=line.id)
