"""What can be seen and found, the same on both databases (R-027, R-090)."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import Session, col, select

from catalog.duties.opening import open_stock
from catalog.ground.record import CustomerId, PartnerId
from catalog.ground.session.database import Database
from catalog.items import asking, queries
from catalog.items.kinds import OwnerKind, UnitState
from catalog.items.references import near
from catalog.items.rules import STAFF, VISITOR, Standing, Viewer, can_see
from catalog.items.search import search
from catalog.items.search_index import rebuild, replace_words, words_of
from catalog.items.tables import Style, Unit
from catalog.partners.rules import GrantFacts
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


SEARCHES: dict[str, list[str]] = {
    "W-10234": ["W-10234"],
    "ｗ１０２３４": ["W-10234"],
    "116500LN": ["W-10234"],
    "116500ln デイトナ": ["W-10234"],
    "f123456": ["W-10234"],
    "ﾃﾞｲﾄﾅ": ["W-10234"],
    "daytona": ["W-10234"],
    "ロレ サブ": ["W-10235"],
    "スピマス": ["W-10236"],
    "財布": ["B-20012"],
    "トゴ": ["B-20011"],
    "でいとな 白文字盤": ["W-10234"],
    "ビトン 財布": ["B-20012"],
    "存在しない言葉": [],
    "": [],
    '"; DROP TABLE unit; --': [],
    "% _ * AND OR NEAR(": [],
}


def test_a_visitor_finds_what_is_listed(stocked: Database) -> None:
    assert {asked: found(stocked, asked) for asked in SEARCHES} == SEARCHES


def test_staff_find_what_is_not_listed_too(stocked: Database) -> None:
    hits = stocked.read(lambda db: queries.search(db, "デイトナ", viewer=STAFF))
    assert {hit.code for hit in hits} == {"W-10234", "W-10300"}


WATCHES = tuple(
    item(code, title, brand=brand, model=model, reference=reference, **more)
    for code, title, brand, model, reference, more in (
        ("W-20001", "Submariner Date Black", "Rolex", "Submariner", "126610LN-0001", {}),
        ("W-20002", "Submariner Date Green", "Rolex", "Submariner", "126610LV-0002", {}),
        ("W-20003", "Submariner Ceramicbird", "Rolex", "Submariner", "124060", {}),
        ("W-20010", "Datejust 36 Jubilee White", "Rolex", "Datejust 36", "126234-0051", {}),
        ("W-20011", "Datejust 41 Blue", "Rolex", "Datejust 41", "126334-0001", {}),
        ("W-20012", "Lady-Datejust 28", "Rolex", "Lady-Datejust", "279160", {}),
        ("W-20020", "Nautilus", "Patek Philippe", "Nautilus", "5711/1A-010", {}),
        ("W-20021", "Classima", "Baume & Mercier", "Classima", "57119", {}),
        (
            "W-20030", "Luminor Marina", "Panerai", "Luminor", "PAM00111",
            {"price": "600000", "grade": "AB"},
        ),
        (
            "W-20040", "Black Bay", "Tudor", "Black Bay 58", "79030N-0001",
            {"price": "450000", "grade": "B"},
        ),
        ("W-20050", "Heritage 1973", "Tissot", "Heritage", "T124.427", {}),
        (
            "W-20060", "Nautilus Tiffany", "Patek Philippe", "Nautilus", "5712/1A",
            {"serial": "4417822"},
        ),
        ("B-20070", "長財布 ブラック キャビアスキン", "シャネル", "", "", {"price": "90000"}),
    )
)  # fmt: skip


@pytest.fixture
def window(database: Database) -> Database:
    database.write(lambda db: open_stock(db, WATCHES, by="test", now=NOW))
    return database


def found(database: Database, asked: str, viewer: Viewer = VISITOR) -> list[str]:
    return [
        hit.code for hit in database.read(lambda db: search(db, asked, viewer=viewer, limit=20))
    ]


def wrong(database: Database, wanted: dict[str, set[str]]) -> dict[str, list[str]]:
    """The searches whose first hit is none of those wanted; no hit wanted: any at all."""
    told = {asked: found(database, asked) for asked in wanted}
    return {
        asked: codes
        for asked, codes in told.items()
        if (not codes or codes[0] not in wanted[asked]) and (codes or wanted[asked])
    }


def test_a_reference_is_found_however_its_marks_are_written(window: Database) -> None:
    wanted = {
        "126610LN": "W-20001",
        "126610 LN": "W-20001",
        "１２６６１０ＬＮ": "W-20001",
        "m126610ln-0001": "W-20001",
        "126610LN-0001": "W-20001",
        "5711/1A": "W-20020",
        "5711-1A": "W-20020",
        "5711 1a 010": "W-20020",
        "ノーチラス 5711": "W-20020",
        "Ref.5711": "W-20020",
        "PAM111": "W-20030",
        "pam 111": "W-20030",
        "M79030N-0001": "W-20040",
        "279160-0004": "W-20012",
        "4417822": "W-20060",
        "T124427": "W-20050",
    }
    assert wrong(window, {asked: {code} for asked, code in wanted.items()}) == {}


def test_a_part_of_a_serial_is_enough(window: Database) -> None:
    assert found(window, "17822") == ["W-20060"]


def test_a_digit_is_never_put_right(window: Database) -> None:
    nothing: dict[str, set[str]] = {
        asked: set() for asked in ("126610LM", "5713/1A", "4417823", "PAM00112")
    }
    assert wrong(window, nothing) == {}


def test_near_references_are_offered_and_no_more(window: Database) -> None:
    assert window.read(lambda db: near(db, "126610LM-0001")) == ["126610LN-0001"]
    assert window.read(lambda db: near(db, "126610LN-0001")) == []
    assert window.read(lambda db: near(db, "?")) == []


def test_a_reference_that_ends_a_part_comes_before_a_longer_number(window: Database) -> None:
    assert found(window, "5711")[:2] == ["W-20020", "W-20021"]


def test_a_nickname_finds_pieces_without_the_colour_after_those_with_it(window: Database) -> None:
    assert found(window, "黒サブ")[0] == "W-20001"
    assert set(found(window, "黒サブ")) == {"W-20001", "W-20002", "W-20003"}
    assert found(window, "ハルク")[0] == "W-20002"


def test_a_family_shows_its_sizes_and_a_size_comes_first(window: Database) -> None:
    assert set(found(window, "デイトジャスト")) == {"W-20010", "W-20011", "W-20012"}
    assert found(window, "デイトジャスト 41")[0] == "W-20011"
    assert found(window, "デイトジャスト36")[0] == "W-20010"
    assert found(window, "レディデイトジャスト") == ["W-20012"]


def test_slips_in_names_are_forgiven(window: Database) -> None:
    submariners = {"W-20001", "W-20002", "W-20003"}
    wanted = {
        "ロレクス サブマリーナ": submariners,
        "submarinr": submariners,
        "rolexsubmariner": submariners,
        "ノーラチス": {"W-20020", "W-20060"},
        "royal nautlius": {"W-20020", "W-20060"},
        "ブラックベ 58": {"W-20040"},
        "パネラ ルミノル": {"W-20030"},
        "patek naut": {"W-20020", "W-20060"},
        "ノーチ": {"W-20020", "W-20060"},
        "ルミノ": {"W-20030"},
    }
    assert wrong(window, wanted) == {}


def test_wishes_in_words_narrow_the_search(window: Database) -> None:
    wanted: dict[str, list[str]] = {
        "パネライ 50万〜80万": ["W-20030"],
        "パネライ 50万以下": [],
        "チューダー B以上": ["W-20040"],
        "チューダー A以上": [],
        "バッグ 10万以下": ["B-20070"],
        "シャネル 財布 在庫あり": ["B-20070"],
        "シャネル 時計": [],
    }
    assert {asked: found(window, asked) for asked in wanted} == wanted


def test_words_nobody_knows_do_not_hide_what_was_named(window: Database) -> None:
    assert found(window, "チューダー ブラックベイ58 珍品中の珍品") == ["W-20040"]


def test_a_name_that_says_little_alone_still_finds_when_nothing_else_does(
    window: Database,
) -> None:
    assert found(window, "ヘリテージ") == ["W-20050"]
    assert found(window, "ティソ ヘリテージ") == ["W-20050"]


def test_a_bare_number_may_be_a_code(window: Database) -> None:
    assert found(window, "20070") == ["B-20070"]


def test_a_dial_signed_by_another_brand_comes_first_when_both_are_named(window: Database) -> None:
    assert found(window, "パテック ティファニー")[0] == "W-20060"


def test_a_changed_piece_is_found_by_its_new_words_only(window: Database) -> None:
    def change(db: Session) -> None:
        unit, style = db.exec(
            select(Unit, Style).where(
                col(Unit.style_id) == col(Style.id), col(Unit.code) == "W-20003"
            )
        ).one()
        unit.title = "Submariner Panda"
        db.flush()
        replace_words(db, [(unit.id, words_of(unit, style))])

    assert found(window, "ceramicbird") == ["W-20003"]
    window.write(change)
    assert found(window, "panda") == ["W-20003"]
    assert found(window, "ceramicbird") == []


def test_the_index_can_be_built_anew(window: Database) -> None:
    before = {asked: found(window, asked) for asked in ("黒サブ", "5711", "キャビア", "17822")}
    assert window.write(rebuild) == len(WATCHES)
    assert {asked: found(window, asked) for asked in before} == before


def test_a_very_common_name_is_answered_with_the_newest(database: Database) -> None:
    lines = [item(f"W-{30000 + n}", f"デイトナ {n}", brand="ロレックス") for n in range(700)]
    database.write(lambda db: open_stock(db, lines, by="test", now=NOW))
    if database.dialect == "postgres":
        database.write(lambda db: db.connection().execute(text("ANALYZE unit_words")).close())
    codes = [hit.code for hit in database.read(lambda db: search(db, "ロレックス", viewer=STAFF))]
    assert len(codes) == 20
    assert min(codes) > "W-30600"


@given(asked=st.text(max_size=80))
def test_any_text_is_a_search(asked: str) -> None:
    reading = asking.read(asked)
    assert all(key and key.isalnum() for key in reading.keys)
    assert asking.repaired(reading) is not None


def granted(code: str | None) -> GrantFacts:
    """To know of that unit, or of every one of the shop's own."""
    return GrantFacts(code, frozenset(), frozenset())


HIDDEN = {"police_hold", "surrendered", "returned", "disposed"}
states = st.sampled_from([state.value for state in UnitState])
owners = st.sampled_from([kind.value for kind in OwnerKind])
viewers = st.builds(
    Viewer,
    customer=st.sampled_from([None, CustomerId("C1"), CustomerId("C2")]),
    partner=st.sampled_from([None, PartnerId("P1")]),
    grants=st.sets(st.sampled_from([granted("W-10234"), granted(None)])).map(tuple),
)


@given(viewers, states, owners, st.sampled_from([None, "C1"]))
def test_nobody_learns_of_a_unit_that_is_neither_listed_nor_theirs_nor_granted(
    viewer: Viewer, state: str, owner_kind: str, owner_id: str | None
) -> None:
    unit = Standing("W-10234", state, owner_kind, owner_id)
    is_public = viewer.partner is None and state in {"listed", "reserved"}
    if can_see(viewer, unit) and not is_public:
        is_own = owner_id is not None and owner_id == viewer.customer and owner_kind != "dealer"
        is_granted = viewer.partner is not None and (
            "W-10234" in viewer.granted or (viewer.granted_all and owner_kind == "dealer")
        )
        assert is_own or (is_granted and state not in HIDDEN)


def test_the_rule_and_the_query_agree_on_every_unit_and_viewer(database: Database) -> None:
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
    some = tuple(granted(line.code) for line in lines[::3])
    for viewer in (
        VISITOR,
        STAFF,
        Viewer(customer=CustomerId("C1")),
        Viewer(customer=CustomerId("C2")),
        Viewer(partner=PartnerId("P1")),
        Viewer(partner=PartnerId("P1"), grants=some),
        Viewer(partner=PartnerId("P1"), grants=(granted(None),)),
        Viewer(customer=CustomerId("C1"), partner=PartnerId("P1"), grants=some),
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
