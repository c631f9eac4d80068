"""Every version of a grade is kept; a dear piece needs two people, and a third when they differ."""

import pytest

from catalog.grading.actions import (
    AliasMalformed,
    Graded,
    NothingToSettle,
    PieceNotHere,
    SameGrader,
    call_it,
    grade,
    grade_photos,
    settle,
)
from catalog.grading.checklists import CHECKLISTS
from catalog.grading.queries import (
    disagreement,
    explain,
    facts_of,
    lacking,
    read_grade,
    standard,
    versions,
)
from catalog.grading.rules import AxisMalformed, Evidence, Region, Seen, ShotFacts, Standing
from catalog.grading.scale import Grade
from catalog.ground.journal import KeyUsedOtherwise
from catalog.ground.money import Yen
from catalog.ground.record import AssetId, UnitId
from catalog.ground.session.database import Database
from catalog.items.actions import ReasonMissing
from catalog.items.kinds import Category, UnitState
from tests.catalog.items.pieces import NOW, due, entered, is_replayed, retailer, unit_of

BEST = {axis.id: axis.best for axis in CHECKLISTS[Category.WATCH].axes}
SHOWN = (Evidence(AssetId("A1"), Region(10, 20, 30, 40)),)
WORN = Seen({**BEST, "case": 3, "bezel": 4}, {"case": SHOWN, "bezel": SHOWN})  # AB
LIGHT = Seen({**BEST, "case": 4}, {"case": SHOWN})  # A


def _grade(
    database: Database,
    unit_id: UnitId,
    seen: Seen = WORN,
    *,
    by: str = "staff:1",
    key: str = "g1",
    value: int | None = None,
    override: Grade | None = None,
    reason: str | None = None,
) -> Graded:
    return database.write(
        lambda db: grade(
            db,
            unit_id,
            seen,
            value=Yen(value) if value is not None else None,
            override=override,
            reason=reason,
            by=by,
            now=NOW,
            key=key,
        )
    )


def _settle(
    database: Database, unit_id: UnitId, by: str, *, is_manager: bool = False, key: str = "s1"
) -> Graded:
    return database.write(
        lambda db: settle(
            db,
            unit_id,
            WORN,
            reason="光源の違い",
            by=by,
            is_manager=is_manager,
            now=NOW,
            key=key,
        )
    )


def test_one_person_grades_a_piece_of_less_worth(database: Database) -> None:
    unit_id = UnitId(entered(database).id)
    first = _grade(database, unit_id)
    assert first == _grade(database, unit_id)
    assert (first.version, first.grade, first.standing) == (1, Grade.AB, Standing.FINAL)
    row = unit_of(database, unit_id)
    assert (row.grade, row.graders) == ("AB", 1)
    again = _grade(database, unit_id, LIGHT, key="g2", by="staff:2")
    assert (again.version, again.grade) == (2, Grade.A)
    kept = database.read(lambda db: versions(db, unit_id))
    assert [(each.version, each.grade, each.graded_by) for each in kept] == [
        (1, "AB", "staff:1"),
        (2, "A", "staff:2"),
    ]
    assert kept[0].evidence == {
        axis: [{"asset": "A1", "region": [10, 20, 30, 40]}] for axis in ("bezel", "case")
    }
    with pytest.raises(KeyUsedOtherwise):
        _grade(database, unit_id, LIGHT)
    assert is_replayed(database)


def test_another_grade_than_the_axes_make_needs_a_reason(database: Database) -> None:
    unit_id = UnitId(entered(database).id)
    with pytest.raises(ReasonMissing):
        _grade(database, unit_id, override=Grade.A)
    told = _grade(database, unit_id, override=Grade.A, reason="研磨で消える線傷のみ")
    assert told.grade is Grade.A
    [row] = database.read(lambda db: versions(db, unit_id))
    assert (row.is_override, row.reason) == (True, "研磨で消える線傷のみ")
    with pytest.raises(AxisMalformed):
        _grade(database, unit_id, Seen({"case": 3}), key="g2")


def test_only_a_piece_in_hand_is_graded(database: Database) -> None:
    unit_id = UnitId(entered(database, state=UnitState.EXPECTED, custody="customer").id)
    with pytest.raises(PieceNotHere):
        _grade(database, unit_id)
    assert database.read(lambda db: versions(db, unit_id)) == []


def test_a_dear_piece_waits_for_a_second_person_who_agrees(database: Database) -> None:
    """R-092: list price or offer from a million yen on."""
    unit_id = UnitId(entered(database, price=1_000_000).id)
    assert _grade(database, unit_id).standing is Standing.FIRST
    assert unit_of(database, unit_id).grade is None
    [task] = due(database, "task")
    assert task.facts == {"task": "second_grading"}
    with pytest.raises(SameGrader):
        _grade(database, unit_id, key="g2")
    second = _grade(database, unit_id, by="staff:2", key="g3")
    assert (second.version, second.standing) == (2, Standing.FINAL)
    row = unit_of(database, unit_id)
    assert (row.grade, row.graders) == ("AB", 2)
    facts = database.read(lambda db: facts_of(db, unit_id))
    assert facts is not None
    assert facts.graders == 2


def test_a_dear_offer_counts_like_a_dear_price(database: Database) -> None:
    unit_id = UnitId(entered(database, price=1).id)
    assert database.read(lambda db: lacking(db, unit_id)) == ["grade"]
    assert _grade(database, unit_id, value=999_999).standing is Standing.FINAL
    assert database.read(lambda db: lacking(db, unit_id)) == []
    dear = Yen(1_000_000)
    assert database.read(lambda db: lacking(db, unit_id, value=dear)) == ["second_grader"]
    second = _grade(database, unit_id, by="staff:2", value=1_000_000, key="g2")
    assert second.standing is Standing.FINAL  # the second person sees the same
    assert unit_of(database, unit_id).graders == 2


def test_two_who_differ_are_shown_and_a_third_settles_it(database: Database) -> None:
    unit_id = UnitId(entered(database, price=2_000_000).id)
    _grade(database, unit_id)
    assert _grade(database, unit_id, LIGHT, by="staff:2", key="g2").standing is Standing.DIFFERS
    told = database.read(lambda db: disagreement(db, unit_id))
    assert told is not None
    assert (told.first, told.second) == (Grade.AB, Grade.A)
    assert (told.first_by, told.second_by) == ("staff:1", "staff:2")
    assert told.axes == {"bezel": (4, 5), "case": (3, 4)}
    assert [task.facts["task"] for task in due(database, "task")] == [
        "second_grading",
        "settle_grading",
    ]
    for who in ("staff:1", "staff:2"):
        with pytest.raises(SameGrader):
            _settle(database, unit_id, who)
    settled = _settle(database, unit_id, "staff:3")
    assert settled == _settle(database, unit_id, "staff:3")
    assert (settled.grade, settled.standing) == (Grade.AB, Standing.FINAL)
    assert unit_of(database, unit_id).graders == 2
    assert database.read(lambda db: disagreement(db, unit_id)) is None
    with pytest.raises(NothingToSettle):
        _settle(database, unit_id, "staff:4", key="s2")


def test_a_manager_may_settle_what_he_graded_himself(database: Database) -> None:
    unit_id = UnitId(entered(database, price=2_000_000).id)
    _grade(database, unit_id)
    _grade(database, unit_id, LIGHT, by="staff:2", key="g2")
    assert _settle(database, unit_id, "staff:2", is_manager=True).grade is Grade.AB


def test_photos_are_a_first_look_that_never_becomes_the_grade(database: Database) -> None:
    unit_id = UnitId(entered(database).id)
    partly = Seen({"case": 4, "dial": 5})

    def look(shots: ShotFacts, key: str) -> Graded:
        return database.write(
            lambda db: grade_photos(db, unit_id, partly, shots, by="customer:C1", now=NOW, key=key)
        )

    assert look(ShotFacts(), "p1").grade is Grade.AB
    assert look(ShotFacts(), "p1").version == 1
    whole = look(ShotFacts(CHECKLISTS[Category.WATCH].shot_codes), "p2")
    assert (whole.grade, whole.standing) == (Grade.A, Standing.PROVISIONAL)
    assert unit_of(database, unit_id).grade is None
    told = database.read(lambda db: explain(db, unit_id))
    assert told is not None
    assert told.is_provisional
    _grade(database, unit_id)
    look(ShotFacts(), "p3")
    facts = database.read(lambda db: facts_of(db, unit_id))
    assert facts is not None
    assert facts.standing is Standing.FINAL


def test_a_grade_is_explained_by_its_definition_and_this_pieces_defects(
    database: Database,
) -> None:
    """R-085: 「ABって？」"""
    unit_id = UnitId(entered(database).id)
    assert database.read(lambda db: explain(db, unit_id)) is None
    _grade(database, unit_id)
    told = database.read(lambda db: explain(db, unit_id))
    assert told is not None
    assert (told.grade, told.key, told.category_key) == (Grade.AB, "grade.AB", "grade.watch.AB")
    assert [(reason.axis, reason.score, reason.assets) for reason in told.reasons] == [
        ("case", 3, ("A1",)),
        ("bezel", 4, ("A1",)),
    ]
    assert told.reasons[1].told == "ベゼル: ごくわずか。近くで見て分かる"
    version, grades, axes = standard(Category.WATCH)
    assert (version, len(grades), len(axes)) == (1, 8, 9)


def test_partners_have_their_own_words_for_grades(database: Database) -> None:
    """SA means S, unless a partner says otherwise."""
    partner = retailer(database)

    def read(told: str, to: object = None) -> Grade | None:
        return database.read(lambda db: read_grade(db, told, partner=to))  # type: ignore[arg-type]  # an id

    assert [read("ＳＡ"), read("ab"), read("ジャンク"), read("?"), read("Z9")] == [
        Grade.S,
        Grade.AB,
        Grade.J,
        None,
        None,
    ]
    for means in (Grade.N, Grade.A):
        database.write(
            lambda db, means=means: call_it(  # type: ignore[misc]  # bound at once
                db, "SA", means, partner=partner, by="staff:1", now=NOW
            )
        )
    assert (read("SA"), read("SA", partner)) == (Grade.S, Grade.A)
    with pytest.raises(AliasMalformed):
        database.write(lambda db: call_it(db, " ", Grade.A, partner=None, by="staff:1", now=NOW))
