"""One gate before a piece is on sale: grade with evidence, shots, ledger row, no open doubt."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from catalog.duties.publishing import GateClosed, Published, missing_for, publish, unlist
from catalog.grading.actions import grade
from catalog.grading.checklists import CHECKLISTS
from catalog.grading.rules import Evidence, Region, Seen, ShotFacts
from catalog.ground.record import AssetId, UnitId
from catalog.ground.session.database import Database
from catalog.items.actions import MoveRefused
from catalog.items.entering import Told, describe
from catalog.items.kinds import Category, UnitState
from catalog.items.serials import clear_flag, open_flags
from catalog.items.tables import Unit
from tests.catalog.items.pieces import (
    NOW,
    entered,
    is_replayed,
    listed,
    unit_of,
    verbs_of,
    walked,
)

WATCH = CHECKLISTS[Category.WATCH]
SHOTS = ShotFacts(WATCH.shot_codes)
SHOWN = (Evidence(AssetId("A1"), Region(0, 0, 9, 9)),)
SEEN = Seen({**{axis.id: axis.best for axis in WATCH.axes}, "case": 4}, {"case": SHOWN})


def _publish(
    database: Database, unit_id: UnitId, *, shots: ShotFacts = SHOTS, key: str = "p1"
) -> Published:
    return database.write(lambda db: publish(db, unit_id, shots, by="staff:1", now=NOW, key=key))


def _grade(database: Database, unit_id: UnitId, *, by: str = "staff:1") -> None:
    database.write(lambda db: grade(db, unit_id, SEEN, by=by, now=NOW, key=f"g-{unit_id}-{by}"))


def _missing(database: Database, unit_id: UnitId) -> list[str]:
    with pytest.raises(GateClosed) as closed:
        _publish(database, unit_id, key="tried")
    return list(closed.value.missing)


def test_an_imported_piece_passes_once_without_the_gate_and_the_row_says_so(
    database: Database,
) -> None:
    [unit_id] = listed(database, "W-1", state="preparing", price="900000")
    first = _publish(database, unit_id, shots=ShotFacts())
    assert first == _publish(database, unit_id, shots=ShotFacts())
    assert first.gate == "waived: import"
    assert unit_of(database, unit_id).state == "listed"
    assert verbs_of(database, unit_id) == ["opening_stock", "listed"]
    database.write(lambda db: unlist(db, unit_id, by="staff:1", now=NOW))
    assert _missing(database, unit_id)[0] == "grade"
    _grade(database, unit_id)
    assert _publish(database, unit_id, key="p2").gate == "passed"
    assert is_replayed(database)


def test_what_was_listed_by_the_import_meets_the_gate_at_its_next_listing(
    database: Database,
) -> None:
    [unit_id] = listed(database, "W-1", price="900000")
    database.write(lambda db: unlist(db, unit_id, by="staff:1", now=NOW + timedelta(days=1)))
    assert _missing(database, unit_id) == ["grade"]
    row = unit_of(database, unit_id)
    assert (row.state, row.version) == ("unlisted", 2)


def test_a_piece_of_ours_needs_all_of_it(database: Database) -> None:
    unit_id = UnitId(entered(database).id)
    walked(
        database,
        unit_id,
        UnitState.APPRAISING,
        UnitState.APPRAISED,
        UnitState.STOCK,
        UnitState.PREPARING,
    )
    _grade(database, unit_id)
    assert _missing(database, unit_id) == ["ledger_row"]
    assert (
        database.read(
            lambda db: missing_for(db, unit_of(database, unit_id), ShotFacts(frozenset({"dial"})))
        )[0]
        == "shot:case_back"
    )


def test_a_dear_piece_needs_two_graders_to_be_listed(database: Database) -> None:
    """R-092."""
    [unit_id] = listed(database, "W-1", price="1000000")
    database.write(lambda db: unlist(db, unit_id, by="staff:1", now=NOW))
    _grade(database, unit_id)
    assert _missing(database, unit_id) == ["second_grader"]
    _grade(database, unit_id, by="staff:2")
    assert _publish(database, unit_id).gate == "passed"


def test_a_doubt_about_the_serial_closes_even_a_waived_gate(database: Database) -> None:
    listed(database, "W-1", serial="F123456")
    [unit_id] = listed(database, "W-2", serial="F999999", state="preparing")
    told = Told(serial="F123456")
    database.write(
        lambda db: describe(db, unit_id, told, is_twin_seen=True, by="s", now=NOW, key="d")
    )
    assert "flag:serial_twice" in _missing(database, unit_id)
    [flag] = database.read(lambda db: open_flags(db, unit_id))
    database.write(
        lambda db: clear_flag(db, flag.id, reason="同一個体の買い戻し", by="s", now=NOW, key="c")
    )
    assert _publish(database, unit_id).gate == "waived: import"


@pytest.mark.parametrize(
    "states",
    [
        (UnitState.RETURN_PENDING,),
        (UnitState.RESERVED,),
        (UnitState.STOCK,),
        (UnitState.STOCK, UnitState.COOLING_OFF_HOLD),
        (UnitState.POLICE_HOLD,),
    ],
)
def test_what_may_not_be_sold_is_not_listed(
    database: Database, states: tuple[UnitState, ...]
) -> None:
    [unit_id] = listed(database, "W-1")
    walked(database, unit_id, *states)
    with pytest.raises(MoveRefused):
        _publish(database, unit_id)
    assert unit_of(database, unit_id).state == states[-1]


def test_a_piece_that_is_still_the_buyers_is_not_put_on_sale(database: Database) -> None:
    """Invariant 11: it came back, is looked at, and nothing was paid back yet."""
    [unit_id] = listed(database, "W-1", state="preparing", price="900000")

    def bought(db: Session) -> None:
        unit = db.get_one(Unit, unit_id)
        unit.owner_kind, unit.owner_id, unit.state = "buyer", "c1", "inspection"
        db.add(unit)

    database.write(bought)
    assert "owner" in _missing(database, unit_id)
    assert unit_of(database, unit_id).state == "inspection"
