"""What a sale keeps of a piece's record, and who has seen it (R-015, R-016)."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from catalog.ground.record import ConversationId
from catalog.ground.session.opening import open_database
from catalog.orders.tables import SaleOrder
from media.disputes import actions as disputes
from media.disputes import queries as disputed
from media.disputes.actions import Claim
from media.log import queries as log
from media.report import actions, sales
from media.report.queries import ReportMissing
from tests.databases import ENGINES, fresh_url
from tests.media.report.desk import BY, Desk
from tests.media.report.sold import Sold
from tests.swift.engine import any_store

MISAKI = ConversationId("line:misaki")


@pytest.fixture(params=ENGINES)
def sold(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Sold]:
    with fresh_url(request.param, tmp_path) as url:
        database = open_database(url)
        yield Sold(Desk(database, any_store(tmp_path), tmp_path / "in"))
        database.close()


def test_what_comes_after_the_sale_changes_nothing_of_its_record(sold: Sold) -> None:
    desk = sold.desk
    late = desk.capture("dial", makes=False, n=2)  # before the record is written, after the sale
    assert sold.freeze() == 1
    assert sold.freeze() == 0
    record = desk.read(lambda db: sales.record_of(db, "O1", desk.unit))
    assert record.report_id == sold.report.id
    kept = [each.asset_id for each in desk.read(lambda db: sales.exhibits(db, record.id))]
    assert kept == list(sold.before.values())
    assert late not in kept
    better = desk.write(lambda db: actions.correct(db, sold.report.id, by=BY, now=desk.later()))
    desk.issue(better, key="k2")
    again = desk.read(lambda db: sales.record_of(db, "O1", desk.unit))
    assert (again.report_id, again.frozen) == (sold.report.id, record.frozen)
    leaf = desk.read(lambda db: log.leaf(db, record.log_number))
    assert record.frozen in leaf.payload


def test_an_unpaid_order_keeps_nothing(sold: Sold) -> None:
    def unpay(db: Session) -> None:
        order = db.get_one(SaleOrder, "O1")
        order.paid_at = None
        db.add(order)

    sold.desk.write(unpay)
    assert sold.freeze() == 0
    assert sold.desk.write(lambda db: sales.freeze(db, "nobody", now=sold.desk.now)) == 0


def test_a_dispute_is_measured_by_what_the_sale_kept(sold: Sold) -> None:
    """R-018: also where a capture claims an earlier time than the sale."""
    desk = sold.desk
    sold.freeze()
    slipped = desk.capture("dial", makes=False, n=3)

    def story(db: Session) -> list[str]:
        claim = Claim(desk.unit, MISAKI, order_id="O1", sold_at=desk.now + timedelta(days=1))
        opened = disputes.claim(db, claim, by="customer:C", promised_at=desk.now, now=desk.now)
        return [str(each) for each in disputed.as_sold(db, opened.dispute_id)]

    shown = desk.write(story)
    assert set(shown) == set(sold.before.values())
    assert slipped not in shown


def test_a_tap_is_kept_once_with_version_and_moment(sold: Sold) -> None:
    """R-016: which report, by its digest, and when it was said first."""
    desk = sold.desk

    def tap(report_id: str) -> Any:
        now = desk.later()
        return desk.write(
            lambda db: sales.acknowledge(
                db, sold.buyer, report_id, conversation=MISAKI, lang="ja", now=now
            )
        )

    first, again = tap(sold.report.id), tap(sold.report.id)
    assert (first.is_new, again.is_new) == (True, False)
    assert again.seen_at == first.seen_at
    row = desk.read(lambda db: sales.seen_by(db, sold.buyer, sold.report.id))
    assert row.manifest_sha256 == sold.issued.manifest_sha256
    leaf = desk.read(lambda db: log.leaf(db, row.log_number)).payload
    assert sold.issued.manifest_sha256 in leaf
    assert sold.buyer not in leaf
    with pytest.raises(ReportMissing):
        tap("nobody")
