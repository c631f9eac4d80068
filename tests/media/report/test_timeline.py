"""Each phase of a piece's past with what was captured in it, and those with nothing (R-022)."""

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.items.custody import WITNESSED, Phase, Step, stretches
from catalog.items.kinds import UnitState
from media.assets.kinds import AssetKind
from media.assets.tables import Asset
from media.report.timeline import Witness, witnessed
from tests.catalog.items.test_custody import PAST, steps
from tests.media.captures import NOON


def asset(minutes: int, kind: AssetKind) -> Asset:
    return Asset(
        id=f"{minutes}-{kind.value}", kind=kind.value, captured_at=NOON + timedelta(minutes=minutes)
    )


CAPTURES = st.sets(
    st.tuples(st.integers(-100, 10_000), st.sampled_from(list(AssetKind))), max_size=12
)


@given(told=PAST.filter(bool), taken=CAPTURES)
@settings(deadline=None)
def test_each_capture_is_told_once_and_what_shows_nothing_is_told_too(
    told: list[tuple[int, UnitState, str]], taken: set[tuple[int, AssetKind]]
) -> None:
    captures = [asset(*each) for each in sorted(taken)]
    found = witnessed(stretches(steps(told)), captures)
    assert sorted(each.id for one in found for each in one.captures) == sorted(
        each.id for each in captures
    )
    for one in found:
        assert one.is_lacking == (one.stretch.phase in WITNESSED and not one.captures)


def past() -> list[Step]:
    def at(minutes: int) -> datetime:
        return NOON + timedelta(minutes=minutes)

    s = UnitState
    return [
        Step(at(0), "sent", "customer:C", s.IN_TRANSIT_IN, "carrier"),
        Step(at(100), "received", "staff:S", s.RECEIVED, "dealer:shop"),
        Step(at(200), "appraising", "staff:S", s.APPRAISING, "dealer:shop"),
        Step(at(300), "consigned", "staff:S", s.CONSIGNED, "dealer:shop"),
    ]


def shown(found: list[Witness]) -> dict[Phase, list[str]]:
    return {each.stretch.phase: [one.id for one in each.captures] for each in found}


def test_the_label_is_photographed_and_the_opening_filmed() -> None:
    """Also a little before the register has it: the camera stands at the door."""
    taken = [asset(95, AssetKind.STILL), asset(110, AssetKind.FILM), asset(250, AssetKind.STILL)]
    found = witnessed(stretches(past()), taken)
    assert shown(found) == {
        Phase.COMING: [],
        Phase.ARRIVAL: ["95-still"],
        Phase.OPENING: ["110-film"],
        Phase.APPRAISAL: ["250-still"],
        Phase.STORAGE: [],
    }
    assert [each.stretch.phase for each in found if each.is_lacking] == [Phase.STORAGE]


def test_without_a_past_there_is_nothing_to_tell() -> None:
    assert witnessed([], [asset(1, AssetKind.FILM)]) == []
