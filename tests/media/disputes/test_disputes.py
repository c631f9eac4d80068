"""A dispute keeps what was on record when it was opened (R-017)."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session

from catalog.duties.opening import open_stock
from catalog.ground.record import ConversationId, UnitId
from catalog.ground.session.opening import open_database
from catalog.items.queries import id_of_code
from media.assets.kinds import AssetKind, Part, TimeSource
from media.disputes import actions, queries
from media.disputes.actions import Claim
from media.intake.receive import Capture, receive
from tests.databases import ENGINES, fresh_url
from tests.shop import item

NOW = datetime(2026, 11, 24, 4, 50, tzinfo=UTC)
MISAKI = ConversationId("line:misaki")


def _capture(db: Session, unit: UnitId, part: Part, day: int) -> str:
    at = NOW - timedelta(days=day)
    digest = f"{part.value}-{day}".encode().hex().ljust(64, "0")[:64]
    capture = Capture(
        sha256=digest, size=10, mime="image/jpeg", kind=AssetKind.STILL, name=f"{part}.jpg",
        source=f"test:{part}:{day}", unit_id=unit, part=part, captured_at=at,
        time_source=TimeSource.CAMERA,
    )  # fmt: skip
    return receive(db, capture, actor="test", now=at).asset_id


@pytest.fixture(params=ENGINES)
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    with fresh_url(request.param, tmp_path) as url:
        database = open_database(url)
        yield database
        database.close()


def _unit(db: Session) -> UnitId:
    open_stock(db, [item("W-10234")], by="test", now=NOW)
    return UnitId(str(id_of_code(db, "W-10234")))


def test_what_comes_later_is_no_exhibit_and_the_best_is_the_claimed_part_before_the_sale(
    house: Any,
) -> None:
    def story(db: Session) -> None:
        unit = _unit(db)
        old_dial = _capture(db, unit, Part.DIAL, 9)
        dial = _capture(db, unit, Part.DIAL, 5)
        back = _capture(db, unit, Part.CASE_BACK, 4)
        late = _capture(db, unit, Part.DIAL, 1)
        sold_at = NOW - timedelta(days=2)
        told = Claim(unit, MISAKI, Part.DIAL, order_id="O", sold_at=sold_at)
        opened = actions.claim(db, told, by="customer:C", promised_at=NOW, now=NOW)
        _capture(db, unit, Part.DIAL, 0)
        assert opened.is_new
        exhibits = [each.asset_id for each in queries.exhibits(db, opened.dispute_id)]
        assert exhibits == [old_dial, dial, back, late]
        assert queries.as_sold(db, opened.dispute_id) == [dial, old_dial, back]
        again = actions.claim(db, told, by="customer:C", promised_at=NOW, now=NOW)
        assert (again.dispute_id, again.is_new) == (opened.dispute_id, False)
        assert [each.id for each in queries.open_of(db, MISAKI)] == [opened.dispute_id]

    house.write(story)


def test_the_log_holds_the_digest_of_the_frozen_list(house: Any) -> None:
    def story(db: Session) -> None:
        unit = _unit(db)
        _capture(db, unit, Part.DIAL, 5)
        opened = actions.claim(db, Claim(unit, MISAKI), by="customer:C", promised_at=NOW, now=NOW)
        row = queries.dispute_of(db, opened.dispute_id)
        (leaf,) = db.connection().execute(
            text("SELECT payload FROM log_leaf WHERE number = :number"),
            {"number": row.log_number},
        ).one()  # fmt: skip
        assert row.frozen in leaf
        assert opened.dispute_id in leaf

    house.write(story)
