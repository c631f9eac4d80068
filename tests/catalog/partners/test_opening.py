"""Partners from a list: entered once, granted what the line says, invited once."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.ground.lines import LineMalformed, Taken
from catalog.ground.session.database import Database
from catalog.partners import actions as partners
from catalog.partners.invitations import join
from catalog.partners.lines import OPTIONAL, REQUIRED, PartnerLine, parse
from catalog.partners.opening import take_lines
from catalog.partners.queries import by_code, grants_of
from catalog.partners.rules import MediaKind, Right
from tests.catalog.items.pieces import NOW

GOOD = {
    "partner_code": "ginza",
    "name": "銀座リテール",
    "unit_codes": "W-1; w-2",
    "rights": "media;price",
}


def _take(database: Database, *cells: dict[str, str]) -> Taken:
    lines = [parse(each) for each in cells]
    return database.write(lambda db: take_lines(db, lines, by="test", now=NOW))


def test_a_line_is_read_whole() -> None:
    line = parse({**GOOD, "media_kinds": "film", "expires_on": "2027-03-31"})
    assert line == PartnerLine(
        "GINZA",
        "銀座リテール",
        ("W-1", "W-2"),
        frozenset({Right.MEDIA, Right.PRICE}),
        frozenset({MediaKind.FILM}),
        date(2027, 3, 31),
    )
    assert parse({**GOOD, "unit_codes": "*"}).unit_codes is None


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("partner_code", ""), ("name", " "), ("unit_codes", ";"), ("unit_codes", "W1 2"),
        ("rights", "all"), ("rights", ""), ("media_kinds", "sound"), ("expires_on", "2027-02-30"),
        ("name", "a\x00"),
    ],
)  # fmt: skip
def test_a_bad_cell_is_named(column: str, value: str) -> None:
    with pytest.raises(LineMalformed) as bad:
        parse({**GOOD, column: value})
    assert bad.value.column == column


@given(st.dictionaries(st.sampled_from([*REQUIRED, *OPTIONAL]), st.text(max_size=40)))
def test_any_cells_are_a_line_or_a_clear_refusal(cells: dict[str, str]) -> None:
    try:
        assert isinstance(parse(cells), PartnerLine)
    except LineMalformed as bad:
        assert bad.column in {*REQUIRED, *OPTIONAL}


def test_a_firm_is_entered_once_and_invited_once(database: Database) -> None:
    took = _take(database, GOOD, {**GOOD, "unit_codes": "*", "rights": "media"})
    assert (took.taken, took.already_there) == (2, [])
    [(code, invitation)] = [told.split(": invitation code ") for told in took.told]
    assert code == "GINZA"
    partner = database.read(lambda db: by_code(db, "GINZA"))
    assert partner is not None
    assert len(database.read(lambda db: grants_of(db, partner))) == 3
    assert database.write(lambda db: join(db, invitation, "line", "U1", now=NOW)) == partner
    again = _take(database, GOOD, {**GOOD, "unit_codes": "*", "rights": "media"})
    assert (again.taken, again.already_there, again.told) == (0, ["GINZA", "GINZA"], [])
    renamed = _take(database, {**GOOD, "name": "別の名"})
    assert (renamed.taken, renamed.different) == (0, ["GINZA"])


def test_a_list_taken_again_does_not_give_back_what_was_revoked(database: Database) -> None:
    _take(database, GOOD)
    partner = database.read(lambda db: by_code(db, "GINZA"))
    assert partner is not None
    database.write(lambda db: partners.revoke(db, partner, by="s", now=NOW))
    assert _take(database, GOOD).taken == 0
    assert database.read(lambda db: grants_of(db, partner)) == []
