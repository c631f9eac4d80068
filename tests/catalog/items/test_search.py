"""What can be seen and found, the same on both databases (R-027, R-090)."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from catalog.duties.opening import open_stock
from catalog.ground.record import CustomerId, PartnerId
from catalog.ground.session.database import Database
from catalog.items import queries
from catalog.items.rules import STAFF, VISITOR, Standing, Viewer, can_see
from catalog.items.tables import OwnerKind, UnitState
from tests.shop import item

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)

STOCK = (
    item(
        "W-10234",
        "コスモグラフ デイトナ 白文字盤",
        brand="ロレックス",
        model="デイトナ",
        reference="116500LN",
        serial="F123456",
    ),
    item("W-10235", "サブマリーナー", brand="Rolex", model="Submariner Date", reference="126610LN"),
    item("W-10236", "Speedmaster Moonwatch", brand="Omega", model="Speedmaster Professional"),
    item("B-20011", "バーキン25 トゴ", brand="エルメス", model="バーキン"),
    item("B-20012", "長財布 モノグラム", brand="ルイ・ヴィトン"),
    item("W-10300", "デイトナ 非公開", brand="ロレックス", model="デイトナ", state="unlisted"),
)  # fmt: skip


@pytest.fixture
def stocked(database: Database) -> Database:
    database.write(lambda db: open_stock(db, STOCK, by="test", now=NOW))
    return database


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        ("W-10234", ["W-10234"]),
        ("ｗ１０２３４", ["W-10234"]),
        ("116500LN", ["W-10234"]),
        ("116500ln デイトナ", ["W-10234"]),
        ("f123456", ["W-10234"]),
        ("ﾃﾞｲﾄﾅ", ["W-10234"]),
        ("daytona", ["W-10234"]),
        ("ロレ サブ", ["W-10235"]),
        ("スピマス", ["W-10236"]),
        ("財布", ["B-20012"]),
        ("トゴ", ["B-20011"]),
        ("でいとな 白文字盤", ["W-10234"]),
        ("ビトン 財布", ["B-20012"]),
        ("存在しない言葉", []),
        ("", []),
        ('"; DROP TABLE unit; --', []),
        ("% _ * AND OR NEAR(", []),
    ],
)
def test_a_visitor_finds_what_is_listed(stocked: Database, asked: str, codes: list[str]) -> None:
    hits = stocked.read(lambda db: queries.search(db, asked, viewer=VISITOR))
    assert [hit.code for hit in hits] == codes


def test_staff_find_what_is_not_listed_too(stocked: Database) -> None:
    hits = stocked.read(lambda db: queries.search(db, "デイトナ", viewer=STAFF))
    assert {hit.code for hit in hits} == {"W-10234", "W-10300"}


states = st.sampled_from([state.value for state in UnitState])
owners = st.sampled_from([kind.value for kind in OwnerKind])
viewers = st.builds(
    Viewer,
    customer=st.sampled_from([None, CustomerId("C1"), CustomerId("C2")]),
    partner=st.sampled_from([None, PartnerId("P1")]),
    granted=st.sampled_from([frozenset[str](), frozenset({"W-10234"})]),
    granted_all=st.booleans(),
)


@given(viewers, states, owners, st.sampled_from([None, "C1"]))
def test_nobody_learns_of_a_unit_that_is_neither_listed_nor_theirs_nor_granted(
    viewer: Viewer, state: str, owner_kind: str, owner_id: str | None
) -> None:
    unit = Standing("W-10234", state, owner_kind, owner_id)
    if can_see(viewer, unit) and state not in {"listed", "reserved"}:
        is_own = owner_id is not None and owner_id == viewer.customer and owner_kind != "dealer"
        is_granted = viewer.partner is not None and (
            "W-10234" in viewer.granted or (viewer.granted_all and owner_kind == "dealer")
        )
        assert is_own or (is_granted and state not in {"police_hold", "returned", "disposed"})


def test_the_rule_and_the_query_agree_on_every_unit_and_viewer(database: Database) -> None:
    from sqlalchemy import text

    lines = [item(f"W-{20000 + n}") for n in range(len(UnitState) * len(OwnerKind))]
    database.write(lambda db: open_stock(db, lines, by="test", now=NOW))
    standings = []

    def arrange(db: Session) -> None:
        combinations = [(state, kind) for state in UnitState for kind in OwnerKind]
        for line, (state, kind) in zip(lines, combinations, strict=True):
            owner = None if kind is OwnerKind.DEALER else "C1"
            db.connection().execute(
                text(
                    "UPDATE unit SET state = :state, owner_kind = :kind, owner_id = :owner"
                    " WHERE code = :code"
                ),
                {"state": state.value, "kind": kind.value, "owner": owner, "code": line.code},
            )
            standings.append(Standing(line.code, state.value, kind.value, owner))

    database.write(arrange)
    granted = frozenset(line.code for line in lines[::3])
    for viewer in (
        VISITOR,
        STAFF,
        Viewer(customer=CustomerId("C1")),
        Viewer(customer=CustomerId("C2")),
        Viewer(partner=PartnerId("P1"), granted=granted),
        Viewer(partner=PartnerId("P1"), granted_all=True),
        Viewer(customer=CustomerId("C1"), partner=PartnerId("P1"), granted=granted),
    ):
        allowed = {unit.code for unit in standings if can_see(viewer, unit)}
        listed = database.read(
            lambda db, viewer=viewer: queries.by_name(
                db, brand=None, model=None, viewer=viewer, limit=1000
            )  # type: ignore[misc]  # bound at once
        )
        coded = database.read(
            lambda db, viewer=viewer: queries.by_codes(
                db, [line.code for line in lines], viewer=viewer
            )  # type: ignore[misc]  # bound at once
        )
        assert {unit.code for unit in listed} == allowed
        assert {unit.code for unit in coded} == allowed
