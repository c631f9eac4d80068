"""A claim is answered once: by whom, with what, and what follows; its task ends and the claimant is
told. A claim made again is another.
"""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, col, select

from catalog.duties.actors import Actor, Role
from catalog.ground import journal, worklist
from catalog.ground.record import UnitId
from catalog.ground.session.opening import open_database
from catalog.items.kinds import UnitState
from catalog.items.tables import Unit
from catalog.orders.states import LineState, OrderState
from catalog.orders.tables import OrderLine, ReturnCase, SaleOrder
from media.disputes import actions, closing, queries
from media.disputes.actions import Claim, DisputeClosed, DisputeMissing
from media.disputes.closing import AnswerMalformed, Finding, FollowUnfit, RefundMissing
from media.disputes.tables import Follow, Outcome
from media.log import queries as log
from media.log.rules import canonical
from tests.databases import ENGINES, fresh_url
from tests.media.disputed import TALK
from tests.media.report.desk import Desk
from tests.media.report.sold import Sold
from tests.swift.engine import any_store

MANAGER = Actor("M", Role.MANAGER)
SAME = Finding(Outcome.AS_RECORDED, "購入時の記録のとおりでした。")
BACK = Finding(Outcome.DIFFERS, "返品を承ります。", Follow.RETURN)


class Claimed:
    """The watch after its delivery, and a claim about it."""

    def __init__(self, sold: Sold) -> None:
        self.desk, self.sold = sold.desk, sold
        sold.freeze()
        self.desk.write(self._delivered)
        self.dispute_id = self.claim()

    def _delivered(self, db: Session) -> None:
        order, line = db.get_one(SaleOrder, "O1"), db.get_one(OrderLine, "L1")
        order.state, line.state = OrderState.DELIVERED.value, LineState.DELIVERED.value
        line.delivered_on = self.desk.now.date()
        line.last_return_day = line.delivered_on - timedelta(days=1)  # long over
        db.get_one(Unit, self.desk.unit).state = UnitState.DELIVERED.value

    def claim(self, order: str | None = "O1") -> str:
        told = Claim(UnitId(self.desk.unit), TALK, order_id=order, sold_at=self.sold.sold_at)
        by, now = f"customer:{self.sold.buyer}", self.desk.later()
        opened = self.desk.write(
            lambda db: actions.claim(db, told, by=by, promised_at=now, now=now)
        )
        return str(opened.dispute_id)

    def close(self, told: Finding, key: str = "k", of: str = "") -> Any:
        dispute_id, now = of or self.dispute_id, self.desk.later()
        return self.desk.write(
            lambda db: closing.close(db, dispute_id, told, actor=MANAGER, now=now, key=key)
        )

    def row(self) -> Any:
        return self.desk.read(lambda db: queries.dispute_of(db, self.dispute_id))


@pytest.fixture(params=ENGINES)
def claimed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Claimed]:
    with fresh_url(request.param, tmp_path) as url:
        database = open_database(url)
        yield Claimed(Sold(Desk(database, any_store(tmp_path), tmp_path / "in")))
        database.close()


def test_the_answer_is_kept_with_its_leaf_its_act_and_its_notice(claimed: Claimed) -> None:
    about = actions.subject(claimed.dispute_id)

    def tasks(db: Session) -> list[str]:
        return [each.subject for each in worklist.open_tasks_named(db, closing.TASK)]

    assert claimed.desk.read(tasks) == [about]
    assert claimed.close(SAME) is None
    assert claimed.close(SAME) is None  # the same command again
    row = claimed.row()
    assert (row.state, row.outcome, row.follow) == ("closed", "as_recorded", "none")
    assert (row.answer, row.closed_by, row.return_id) == (SAME.words, MANAGER.name, None)
    assert claimed.desk.read(tasks) == []

    def told(db: Session) -> tuple[Any, ...]:
        leaves = [each for each in log.leaves_about(db, row.unit_id) if "closed" in each.kind]
        acts = [each for each in journal.of(db, about) if each.verb == "closed"]
        kind = select(worklist.Work).where(worklist.Work.subject == about)
        notices = db.exec(kind.where(col(worklist.Work.kind) == worklist.NOTICE)).all()
        return leaves, acts, [each.facts for each in notices]

    (leaf,), (act,), (notice,) = claimed.desk.read(told)
    digest = hashlib.sha256(canonical(closing.answer_of(row)).encode()).hexdigest()
    assert digest in leaf.payload and SAME.words not in leaf.payload
    assert act.actor == MANAGER.name and SAME.words not in str(act.facts)
    assert (notice["phase"], notice["to"]) == (closing.TOLD, f"customer:{claimed.sold.buyer}")


def test_it_is_answered_once_and_a_claim_made_again_is_another(claimed: Claimed) -> None:
    with pytest.raises(DisputeMissing):
        claimed.close(SAME, of="nobody")
    for words in ("", "  ", "x" * (closing.MOST_WORDS + 1)):
        with pytest.raises(AnswerMalformed):
            claimed.close(Finding(Outcome.UNCLEAR, words))
    claimed.close(SAME)
    with pytest.raises(DisputeClosed):
        claimed.close(BACK, key="another")
    assert claimed.row().answer == SAME.words
    again = claimed.claim()
    assert again != claimed.dispute_id
    assert claimed.desk.read(lambda db: len(queries.of_unit(db, claimed.desk.unit))) == 2


def test_a_return_follows_also_after_the_window_and_one_under_way_is_joined(
    claimed: Claimed,
) -> None:
    """R-099: nothing is refunded here, the return goes its own way."""
    with pytest.raises(FollowUnfit):
        claimed.close(Finding(Outcome.AS_RECORDED, "x", Follow.RETURN))
    with pytest.raises(RefundMissing):
        claimed.close(Finding(Outcome.DIFFERS, "x", Follow.REFUND))
    assert claimed.row().state == "open"
    return_no = claimed.close(BACK)
    case = claimed.desk.read(lambda db: db.get_one(ReturnCase, claimed.row().return_id))
    assert (case.return_no, case.kind, case.state) == (return_no, "collect", "asked")
    second = claimed.claim()
    assert claimed.close(BACK, key="second", of=second) == return_no


def test_the_refund_a_return_ended_in_is_noted(claimed: Claimed) -> None:
    return_no = claimed.close(BACK)
    again = claimed.claim()

    def refund(db: Session) -> None:
        case = db.exec(select(ReturnCase)).one()
        case.state = "refunded"
        db.add(case)

    claimed.desk.write(refund)
    assert claimed.close(
        Finding(Outcome.DIFFERS, "ご返金済みです。", Follow.REFUND), "r", again
    ) == (return_no)


def test_what_was_sold_by_no_order_here_comes_back_by_none(claimed: Claimed) -> None:
    claimed.close(SAME)
    other = claimed.claim(order=None)
    with pytest.raises(FollowUnfit):
        claimed.close(BACK, key="other", of=other)


def test_the_words_are_forgotten_with_whom_they_were_told(claimed: Claimed) -> None:
    """R-137: the digest stays in the log."""
    claimed.close(SAME)
    claimed.desk.write(lambda db: closing.forget(db, TALK))
    row = claimed.row()
    assert (row.answer, row.answer_salt, row.outcome) == (None, None, "as_recorded")
