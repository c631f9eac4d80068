"""What follows from what was seen of the copies, for every case there is."""

from hypothesis import given
from hypothesis import strategies as st

from media.assets.kinds import BlobState, CopyState
from media.originals.reading import Condition
from media.retention.queries import days_left
from media.retention.rules import Event, judge

PLACES = ("first", "second")
CONDITIONS = st.fixed_dictionaries(dict.fromkeys(PLACES, st.sampled_from(Condition)))
COPIES = st.dictionaries(
    st.sampled_from(PLACES), st.sampled_from([s for s in CopyState if s is not CopyState.DELETED])
)
BLOBS = st.sampled_from([BlobState.KEPT, BlobState.LOST])


@given(blob=BLOBS, before=COPIES, seen=CONDITIONS)
def test_only_what_was_seen_whole_is_kept(
    blob: BlobState, before: dict[str, CopyState], seen: dict[str, Condition]
) -> None:
    ruling = judge(blob, before, seen)
    for name, condition in seen.items():
        assert (ruling.copies[name] is CopyState.KEPT) == (condition is Condition.GOOD)
    is_lost = Condition.GOOD not in seen.values()
    assert ruling.blob is (BlobState.LOST if is_lost else BlobState.KEPT)
    assert ruling.needs_tending == (len(set(seen.values())) == 2 and not is_lost)


@given(blob=BLOBS, before=COPIES, seen=CONDITIONS)
def test_the_same_look_again_tells_nothing_new(
    blob: BlobState, before: dict[str, CopyState], seen: dict[str, Condition]
) -> None:
    first = judge(blob, before, seen)
    again = judge(first.blob, first.copies, seen)
    assert again.events == ()
    assert (again.blob, again.copies) == (first.blob, first.copies)


@given(blob=BLOBS, before=COPIES, seen=CONDITIONS, kept=st.sets(st.sampled_from(PLACES)))
def test_a_place_that_did_not_answer_loses_nothing(
    blob: BlobState, before: dict[str, CopyState], seen: dict[str, Condition], kept: set[str]
) -> None:
    part = {name: condition for name, condition in seen.items() if name in kept}
    ruling = judge(blob, before, part, is_whole=False)
    assert Event.LOST not in [event for event, _ in ruling.events]
    assert ruling.blob is BlobState.KEPT or blob is BlobState.LOST


@given(seen=CONDITIONS)
def test_no_place_is_made_whole_without_being_told_that_it_was_wrong(
    seen: dict[str, Condition],
) -> None:
    before = dict.fromkeys(PLACES, CopyState.KEPT)
    first = judge(BlobState.KEPT, before, seen)
    after = judge(first.blob, first.copies, dict.fromkeys(PLACES, Condition.GOOD))
    repaired = {name for event, name in after.events if event is Event.REPAIRED}
    assert repaired == {name for name, each in seen.items() if each is not Condition.GOOD}


def test_days_left_follow_the_growth_of_the_month() -> None:
    """R-013."""
    assert days_left(None, 100, 100, 0) is None
    assert days_left(1000, 0, 100, 0) is None
    assert days_left(3000, 300, 1000, 0) == 300
    assert days_left(3000, 300, 1000, 1000) == 150
    assert days_left(3000, 300, 300, 0, days=3) == 30, "a shop that opened three days ago"
    assert days_left(3000, 300, 1000, 0, days=400) == 300
