"""A report is of one stay of the piece: drafts, shots and corrections (decision 0043)."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from catalog.ground import journal
from catalog.ground.session.opening import open_database
from catalog.items.kinds import Category, UnitState
from media.assets.kinds import Occasion
from media.intake import shots
from media.report import actions, queries
from media.report.actions import ReportSealed, StayOver
from media.report.manifests import ShotsMissing
from media.report.rules import State
from tests.databases import ENGINES, fresh_url
from tests.media.report.desk import BY, SHOTS, Desk
from tests.swift.engine import any_store


@pytest.fixture(params=ENGINES)
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    with fresh_url(request.param, tmp_path) as url:
        database = open_database(url)
        found = Desk(database, any_store(tmp_path), tmp_path / "in")
        found.moves(UnitState.LISTED, "dealer:shop")
        yield found
        database.close()


def _photographed(desk: Desk, n: int = 1) -> dict[str, str]:
    taken = {each.code: desk.capture(each.code, makes=False, n=n) for each in SHOTS}
    desk.write(lambda db: [_taken_now(db, desk, each) for each in taken.values()])
    return taken


def _taken_now(db, desk: Desk, asset_id: str) -> None:  # type: ignore[no-untyped-def]
    from media.assets.tables import Asset

    db.get_one(Asset, asset_id).captured_at = desk.later()


def _away_and_back(desk: Desk) -> None:
    desk.moves(UnitState.DELIVERED, "buyer")
    desk.later(60)
    desk.moves(UnitState.RETURN_IN, "carrier")
    desk.moves(UnitState.INSPECTION, "dealer:shop")


def test_a_forgotten_draft_of_an_earlier_stay_is_no_draft_of_this_one(desk: Desk) -> None:
    """It is put apart with its reason, what was written in it stays to be read."""
    taken = _photographed(desk)
    forgotten = desk.draft(Occasion.RETURN)
    desk.pin(forgotten, taken["dial"])
    edition = desk.edition(forgotten)
    _away_and_back(desk)
    with pytest.raises(StayOver):
        desk.issue(forgotten)
    fresh = desk.draft(Occasion.RETURN)
    assert fresh.id != forgotten.id
    assert desk.read(lambda db: queries.findings(db, fresh.id)) == []
    old = desk.read(lambda db: queries.report_of(db, forgotten.id))
    assert (old.state, old.edited_by) == (State.LAPSED, forgotten.edited_by)
    assert [each.told for each in desk.read(lambda db: queries.findings(db, old.id))] == [
        "6時側の線傷"
    ]
    entries = desk.read(lambda db: journal.of(db, actions.subject(old.id)))
    assert (entries[-1].verb, entries[-1].facts["reason"]) == ("lapsed", "earlier_stay")
    with pytest.raises(ReportSealed):
        desk.write(
            lambda db: actions.describe(db, old.id, "x", edition=edition, by=BY, now=desk.later())
        )
    listed = {each.id for each in desk.read(lambda db: queries.of_unit(db, desk.unit))}
    assert listed == {old.id, fresh.id}
    assert desk.draft(Occasion.RETURN).id == fresh.id


def test_shots_of_an_earlier_stay_do_not_count_for_this_one(desk: Desk) -> None:
    """Neither for a report, nor on the page of the piece and at the gate (R-004)."""
    old = _photographed(desk)
    assert desk.issue(desk.draft(), key="k1").code
    _away_and_back(desk)
    report = desk.draft(Occasion.RETURN)
    with pytest.raises(ShotsMissing) as refused:
        desk.issue(report, key="k2")
    assert refused.value.told == "0/3"
    units = {desk.unit: Category.WATCH}
    assert desk.read(lambda db: shots.of_units(db, units))[desk.unit].told == "0/3"
    assert desk.read(lambda db: queries.progress(db, desk.unit)).told == "0/3"
    new = _photographed(desk, n=2)
    assert desk.read(lambda db: shots.of_units(db, units))[desk.unit].told == "3/3"
    issued = desk.issue(report, key="k3")
    told = queries.manifest_of(desk.read(lambda db: queries.by_code(db, issued.code)))
    counted = {each["asset"] for each in told["captures"]}
    assert counted == set(new.values())
    assert not counted & set(old.values())


def test_a_correction_of_an_earlier_stay_counts_its_shots_and_stands_in_its_place(
    desk: Desk,
) -> None:
    old = _photographed(desk)
    first = desk.draft()
    desk.issue(first, key="k1")
    _away_and_back(desk)
    _photographed(desk, n=2)
    second = desk.draft(Occasion.RETURN)
    desk.issue(second, key="k2")
    better = desk.write(lambda db: actions.correct(db, first.id, by=BY, now=desk.later()))
    issued = desk.issue(better, key="k3")
    told = queries.manifest_of(desk.read(lambda db: queries.by_code(db, issued.code)))
    assert {each["asset"] for each in told["captures"]} == set(old.values())
    # The piece is as it was found when it came back, whatever is corrected of before.
    assert desk.read(lambda db: queries.in_force(db, desk.unit)).id == second.id
    dated = desk.now - timedelta(seconds=1)
    assert desk.read(lambda db: queries.in_force(db, desk.unit, until=dated)).id == second.id


def test_a_piece_that_was_never_away_counts_all_it_has(desk: Desk) -> None:
    _photographed(desk)
    desk.moves(UnitState.PREPARING, "dealer:safe")
    report = desk.draft()
    assert report.covers_from is None
    assert desk.issue(report).code
