"""The lines each list had when its file left (振込明細), and the bank's word on each.

They are kept for good: a payout that failed stands in a later list, and the answer to the earlier
one is still read as what it is. Not here: what a word brings about (`paying`).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from catalog.buyback.payouts import contradictions
from catalog.buyback.payouts.answers import Outcome, Reply
from catalog.buyback.payouts.rules import PayoutStatus
from catalog.buyback.payouts.tables import Payout, PayoutBatch, PayoutLine
from catalog.ground.errors import Malformed
from catalog.ground.record import new_id


class AnswerOfAnother(Malformed):
    """An answer that is not of this list; nothing of it is read. `field`: what differs (`number`,
    `sender`, `day`, `line`, `amount`).
    """

    def __init__(self, batch_id: str, field: str) -> None:
        super().__init__(f"no answer to list {batch_id}: {field} differs")
        self.batch_id = batch_id
        self.field = field


def keep(db: Session, batch: PayoutBatch, payouts: Sequence[Payout], *, now: datetime) -> None:
    """What the file holds, as it leaves."""
    for payout in payouts:
        assert payout.line is not None, payout.id
        row = PayoutLine(
            id=new_id(now), batch_id=batch.id, line=payout.line, payout_id=payout.id,
            amount=payout.amount,
        )  # fmt: skip
        db.add(row)
    db.flush()


def of(db: Session, batch_id: str) -> Mapping[int, PayoutLine]:
    """The lines of a list whose file has left, in order, as they stand now."""
    rows = db.exec(
        select(PayoutLine)
        .where(PayoutLine.batch_id == batch_id)
        .order_by(col(PayoutLine.line))
        .execution_options(populate_existing=True)
    )
    return {row.line: row for row in rows}


def is_open(line: PayoutLine) -> bool:
    """Whether the bank has not said yet what became of it."""
    return line.outcome is None


def is_against(db: Session, line: PayoutLine, payout: Payout) -> bool:
    """Whether its money was told as paid by this line, and the bank said later that it did not
    arrive: it may have come back.
    """
    place = (payout.batch_id, payout.line, payout.status)
    if place != (line.batch_id, line.line, PayoutStatus.PAID.value):
        return False
    return line.outcome == Outcome.PAID.value and contradictions.of_line(db, line) is not None


def note(db: Session, line: PayoutLine, outcome: Outcome, *, now: datetime) -> None:
    """The bank's word on it."""
    line.outcome, line.answered_at = outcome.value, now
    db.add(line)


def need_match(
    batch: PayoutBatch, lines: Mapping[int, PayoutLine], reply: Reply, *, sender: str | None
) -> None:
    """Whether it answers this list and no other. `sender`: the code its file was sent under, None
    where that is not known. Raises AnswerOfAnother.
    """
    told = {
        "number": (reply.number, batch.number),
        "sender": (reply.code, sender),
        "day": (reply.day, batch.transfer_on.strftime("%m%d")),
    }
    for field, (said, ours) in told.items():
        if said is not None and ours is not None and said != ours:
            raise AnswerOfAnother(batch.id, field)
    for answer in reply.answers:
        line = lines.get(answer.line)
        if line is None:
            raise AnswerOfAnother(batch.id, "line")
        if line.amount != answer.amount:
            raise AnswerOfAnother(batch.id, "amount")
