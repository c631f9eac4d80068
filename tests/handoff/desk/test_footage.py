"""Captures are found by piece, serial, buyer, part, day and the words of their findings, each by an
index (R-014).
"""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlmodel import Session, select

from catalog.customers import actions as customers
from catalog.duties.actors import Actor, Role
from catalog.ground.calendar import tokyo_day
from catalog.ground.session.opening import open_database
from catalog.items.tables import Unit
from catalog.orders.tables import OrderLine, SaleOrder
from handoff.desk import footage
from handoff.desk.footage import Wanted
from media.assets.kinds import AssetKind, Part
from media.assets.tables import Asset
from media.originals.local import LocalStore
from media.report import actions as reports
from media.report.tables import FindingGram
from tests.databases import ENGINES, fresh_url
from tests.media import captures
from tests.media.report.desk import Desk, pinned

CLERK = Actor("staff:1", Role.STORE)


@pytest.fixture(params=ENGINES)
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    with fresh_url(request.param, tmp_path) as url:
        database = open_database(url)
        yield Desk(database, LocalStore(tmp_path / "media"), tmp_path / "in")
        database.close()


def found(desk: Desk, words: str = "", **more: object) -> list[str]:
    wanted = Wanted(words, **more)  # type: ignore[arg-type]  # fields of it
    rows = desk.read(lambda db: footage.find(db, wanted, CLERK))
    return [f"{each.unit_code}/{each.asset.part or '-'}" for each in rows]


def test_each_way_of_looking_finds_what_is_there_and_nothing_else(
    desk: Desk,
) -> None:
    dial, back = desk.capture("dial", makes=False), desk.capture("case_back", makes=False)
    other = captures.unit(desk.database, "W-10235")
    report = desk.draft()
    pin = desk.pin(report, dial, "6時側の線傷")
    desk.pin(report, back, "刻印の上に Hairline")
    today = tokyo_day(desk.read(lambda db: db.get_one(Asset, dial).captured_at))
    assert found(desk, "W-10234") == ["W-10234/case_back", "W-10234/dial"]
    assert found(desk, "ｗ10234", part=Part.DIAL) == ["W-10234/dial"]
    assert found(desk, "W-10235") == []
    assert other
    assert found(desk, part=Part.CASE_BACK) == ["W-10234/case_back"]
    assert found(desk, kind=AssetKind.FILM) == []
    assert len(found(desk, since=today, until=today)) == 2
    assert found(desk, since=today + timedelta(days=1)) == []
    assert found(desk, "線傷", until=today) == found(desk)  # a kind both have
    assert found(desk, "6時側") == found(desk, "傷 6時") == ["W-10234/dial"]
    assert found(desk, "ｈａｉｒｌｉｎｅ 刻印") == ["W-10234/case_back"]
    assert found(desk, "線傷", part=Part.DIAL) == ["W-10234/dial"]
    assert found(desk, "側6時") == []  # its letters, in another order

    told = pinned(dial, "ガラスの小傷")
    desk.write(
        lambda db: reports.repin(
            db, report.id, pin, told, edition=desk.edition(report), by="s", now=desk.later()
        )
    )
    assert found(desk, "6時側") == []
    assert found(desk, "ガラス") == ["W-10234/dial"]
    desk.write(
        lambda db: reports.drop(
            db, report.id, edition=desk.edition(report), by="s", now=desk.later()
        )
    )
    assert found(desk, "ガラス") == []
    assert desk.read(lambda db: db.exec(select(FindingGram)).all()) == []


def test_captures_are_found_by_their_serial_and_their_buyer(desk: Desk) -> None:
    desk.capture("dial", makes=False)
    desk.write(lambda db: setattr(db.get_one(Unit, desk.unit), "serial_key", "z1234589"))
    assert found(desk, "Z-1234589") == ["W-10234/dial"]
    assert found(desk, "みさき 花子") == []

    def sold(db: Session) -> None:
        who = customers.register(
            db, "C-9", "みさき", given_name="花子", language="ja", by="s", now=desk.now
        )
        order = SaleOrder(
            id="o", order_no="O-9", customer_id=who, channel="store", delivery="ship",
            state="delivered", policy_version=1, goods=1, shipping=0, total=1,
            ordered_at=desk.now, written_at=desk.now, changed_at=desk.now,
        )  # fmt: skip
        db.add(order)
        db.flush()
        db.add(
            OrderLine(
                id="l",
                order_id="o",
                number=1,
                unit_id=desk.unit,
                price=1,
                state="live",
                owner_kind="dealer",
            )
        )
        db.flush()

    desk.write(sold)
    assert found(desk, "みさき 花子") == ["W-10234/dial"]
    assert found(desk, "C-9", part=Part.DIAL) == ["W-10234/dial"]


PLANS = {
    "asset_part": Wanted(part=Part.DIAL),
    "asset_captured": Wanted(since=date(2020, 1, 1), until=date(2100, 1, 1)),
    "asset_unit": Wanted("W-10234", Part.DIAL),
    "finding_gram": Wanted("線傷"),
}


@pytest.mark.parametrize("index", PLANS)
def test_no_way_of_looking_reads_every_capture(index: str, desk: Desk) -> None:
    """By what the database says it would do; PostgreSQL reads a short table whole unless told."""
    dial = desk.capture("dial", makes=False)
    desk.pin(desk.draft(), dial)
    engine = desk.database.engine()
    is_sqlite = engine.dialect.name == "sqlite"
    plans: list[str] = []

    def explained(conn, cursor, statement, told, context, many):  # type: ignore[no-untyped-def]
        if statement.startswith("SELECT") and " asset" in statement.replace("\n", " "):
            beside = conn.connection.cursor()
            beside.execute(f"EXPLAIN {'QUERY PLAN ' if is_sqlite else ''}{statement}", told)
            plans.append(" ".join(str(row[-1]) for row in beside.fetchall()))

    def look(db: Session) -> None:
        if not is_sqlite:
            db.connection().execute(text("SET LOCAL enable_seqscan = off"))
            db.connection().execute(text("SET LOCAL enable_bitmapscan = off"))
            db.connection().execute(text("SET LOCAL enable_sort = off"))
        event.listen(db.connection().engine, "before_cursor_execute", explained)
        try:
            assert footage.find(db, PLANS[index], CLERK)
        finally:
            event.remove(db.connection().engine, "before_cursor_execute", explained)

    desk.read(look)
    assert any(index in plan for plan in plans), plans
    assert not any("SCAN asset" in plan and "INDEX" not in plan for plan in plans), plans
