"""A claim is answered (お申し出への回答): by a person, with what they found, in words, and what
follows; the task of it ends and the claimant is told. A claim made again is a new one.

Pieces and money move through the orders' own returns and by their rules: what follows is a return
that is opened now or under way, or the refund one has ended in (R-099). The log holds a salted
digest of the answer, never its words. Not here: comparing pictures, which a person did before.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select, update

from catalog.duties.actors import Actor
from catalog.ground import journal, worklist
from catalog.ground.errors import Malformed, Refused
from catalog.ground.record import ConversationId
from catalog.orders import queries as orders
from catalog.orders import returns
from catalog.orders.returns import Asked
from catalog.orders.states import ReturnKind, ReturnState
from catalog.orders.steps import lines_of
from catalog.orders.tables import OrderLine, ReturnCase
from media.disputes.actions import DisputeClosed, DisputeMissing, subject
from media.disputes.queries import claimant
from media.disputes.tables import Dispute, DisputeState, Follow, Outcome
from media.log import actions as log
from media.log.rules import canonical

TASK = "media_dispute"
TOLD = "dispute_answered"  # the notice to the claimant
MOST_WORDS = 600
_REASON = "differs"

# What may follow what: a piece that is as it was recorded stays with its buyer.
FOLLOWS: Mapping[Outcome, frozenset[Follow]] = {
    Outcome.DIFFERS: frozenset(Follow),
    Outcome.UNCLEAR: frozenset(Follow),
    Outcome.AS_RECORDED: frozenset({Follow.NONE}),
    Outcome.WITHDRAWN: frozenset({Follow.NONE}),
}


class AnswerMalformed(Malformed):
    """An answer without words, or with too many."""

    def __init__(self) -> None:
        super().__init__(f"an answer has 1 to {MOST_WORDS} characters")


class FollowUnfit(Refused):
    """That does not follow from that outcome, or nothing was sold by an order here."""

    def __init__(self, outcome: Outcome, follow: Follow) -> None:
        super().__init__(f"{follow.value} does not follow {outcome.value} here")
        self.outcome = outcome
        self.follow = follow


class RefundMissing(Refused):
    """No return of the piece has ended in a refund; that is given on the order's page."""

    def __init__(self) -> None:
        super().__init__("nothing of it was refunded yet")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a person answers: `words` are told to the claimant as they are."""

    outcome: Outcome
    words: str
    follow: Follow = Follow.NONE


def close(
    db: Session, dispute_id: str, told: Finding, *, actor: Actor, now: datetime, key: str
) -> str | None:
    """Answer a claim; the number of the return that follows, if any. `key` makes a repeat return
    the first; the exhibits stay.

    Raises DisputeMissing, DisputeClosed, AnswerMalformed, FollowUnfit, RefundMissing,
    LineElsewhere.
    """
    words = told.words.strip()
    if not 1 <= len(words) <= MOST_WORDS:
        raise AnswerMalformed
    request = {
        "verb": "dispute.close", "dispute": dispute_id, "outcome": told.outcome.value,
        "follow": told.follow.value, "words": hashlib.sha256(words.encode()).hexdigest(),
    }  # fmt: skip
    before = journal.stored_result(db, key, request)
    if before is not None:
        return before["return_no"]  # type: ignore[no-any-return]  # as it was stored below
    row = _ended(db, dispute_id, by=actor.name, now=now)
    case = _follow(db, row, told, actor=actor, now=now)
    row.outcome, row.follow, row.answer = told.outcome.value, told.follow.value, words
    row.answer_salt = secrets.token_hex(16)
    row.return_id = case.id if case is not None else None
    db.add(row)
    db.flush()
    leaf = {
        "dispute": row.id, "unit": row.unit_id, "outcome": row.outcome, "follow": row.follow,
        "return": row.return_id,
        "answer": hashlib.sha256(canonical(answer_of(row)).encode()).hexdigest(),
        "actor": actor.name,
    }  # fmt: skip
    log.append(db, "dispute.closed", leaf, now=now)
    return_no = case.return_no if case is not None else None
    journal.record(
        db, subject(row.id), "closed", actor=actor.name, at=now, facts=leaf, key=key,
        request=request, result={"return_no": return_no},
    )  # fmt: skip
    worklist.close_tasks(db, subject(row.id), TASK, now=now)
    worklist.notice(
        db, subject(row.id), TOLD, to=claimant(db, row) or f"conversation:{row.conversation}",
        version=1, now=now, facts={"unit": row.unit_id},
    )  # fmt: skip
    return return_no


def answer_of(row: Dispute) -> dict[str, Any]:
    """What the digest in the leaf of a closed dispute is over, as canonical JSON."""
    return {
        "dispute": row.id, "outcome": row.outcome, "follow": row.follow, "words": row.answer,
        "salt": row.answer_salt,
    }  # fmt: skip


def forget(db: Session, conversation: ConversationId) -> None:
    """The words of every answer to this conversation are gone (R-137); the digests stay."""
    db.connection().execute(
        update(Dispute)
        .where(col(Dispute.conversation) == conversation)
        .values(answer=None, answer_salt=None)
    )
    db.expire_all()


def _ended(db: Session, dispute_id: str, *, by: str, now: datetime) -> Dispute:
    """Closed by whoever is first. Raises DisputeMissing, DisputeClosed."""
    ended = db.connection().execute(
        update(Dispute)
        .where(col(Dispute.id) == dispute_id, col(Dispute.state) == DisputeState.OPEN.value)
        .values(state=DisputeState.CLOSED.value, open_key=None, closed_at=now, closed_by=by)
    )
    row = db.get(Dispute, dispute_id, populate_existing=True)
    if row is None:
        raise DisputeMissing(dispute_id)
    if not ended.rowcount:
        raise DisputeClosed(dispute_id)
    return row


def _follow(
    db: Session, row: Dispute, told: Finding, *, actor: Actor, now: datetime
) -> ReturnCase | None:
    if told.follow not in FOLLOWS[told.outcome]:
        raise FollowUnfit(told.outcome, told.follow)
    if told.follow is Follow.NONE:
        return None
    line = _line(db, row)
    if line is None:
        raise FollowUnfit(told.outcome, told.follow)
    if told.follow is Follow.RETURN:
        return _returning(db, row, line, actor=actor, now=now)
    refunded = given_back(db, row)
    if refunded is None:
        raise RefundMissing
    return refunded


def _line(db: Session, row: Dispute) -> OrderLine | None:
    lines = lines_of(db, row.order_id) if row.order_id is not None else []
    return next((each for each in lines if each.unit_id == row.unit_id), None)


def _returning(
    db: Session, row: Dispute, line: OrderLine, *, actor: Actor, now: datetime
) -> ReturnCase:
    """The return under way, or one the shop opens: its window may be long over. Raises
    LineElsewhere.
    """
    under_way = orders.open_return(db, line.id)
    if under_way is not None:
        return under_way
    wanted = Asked(line.order_id, line.unit_id, _REASON, kind=ReturnKind.COLLECT)
    opened = returns.ask(
        db, wanted, asked_at=now, actor=actor, now=now, key=f"{subject(row.id)}:return"
    )
    return db.get_one(ReturnCase, opened.return_id)


def given_back(db: Session, row: Dispute) -> ReturnCase | None:
    """The return of the piece whose money went back."""
    return db.exec(
        select(ReturnCase)
        .where(
            ReturnCase.order_id == (row.order_id or ""),
            ReturnCase.unit_id == row.unit_id,
            ReturnCase.state == ReturnState.REFUNDED.value,
        )
        .order_by(col(ReturnCase.id).desc())
        .limit(1)
    ).first()
