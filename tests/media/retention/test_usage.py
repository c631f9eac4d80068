"""How much is kept and how long there is room, in both places (R-013)."""

from pathlib import Path

import pytest

from media.intake.tables import ReceivedFile, ReceivedState
from media.originals.store import StoreUnavailable
from media.retention import places, queries
from media.retention.places import Space
from tests.media.captures import NOON
from tests.media.shelves import Shelves, digest

CONTENT = b"a film of a watch" * 1000


@pytest.fixture
def shelves(shelves: Shelves) -> Shelves:
    """With one original in both."""
    shelves.keep(CONTENT)
    shelves.run()
    return shelves


def usage(shelves: Shelves, space: Space) -> queries.Usage:
    return shelves.database.read(lambda db: queries.usage(db, space, now=shelves.now))


def sent(shelves: Shelves, number: int, *, size: int | None, state: ReceivedState) -> None:
    row = ReceivedFile(
        id=f"F{number}", conversation="line:U1", channel="line", message_id=f"m{number}",
        kind="image", state=state.value, source="line", size=size, sent_at=NOON, wanted_at=NOON,
    )  # fmt: skip
    shelves.database.write(lambda db: db.add(row))


def test_what_people_sent_and_what_lies_aside_counts(shelves: Shelves) -> None:
    sent(shelves, 1, size=500, state=ReceivedState.STORED)
    sent(shelves, 2, size=None, state=ReceivedState.WANTED)
    assert shelves.first.quarantine(digest(CONTENT), "mark") is not None
    stores = [each.store for each in shelves.replicas.all]
    found = usage(shelves, places.space_in(stores))
    assert (found.received_bytes, found.aside_bytes) == (500, len(CONTENT))
    assert found.used == 2 * len(CONTENT) + 500
    assert found.has_second


def test_the_days_left_are_those_of_the_place_that_is_full_first(shelves: Shelves) -> None:
    size = len(CONTENT)
    found = usage(shelves, Space(100 * size, True, 30 * size))
    assert (found.days_left, found.second_days_left, found.fewest_days) == (100, 30, 30)
    sent(shelves, 1, size=9 * size, state=ReceivedState.STORED)
    found = usage(shelves, Space(100 * size, True, 30 * size))
    assert (found.days_left, found.second_days_left, found.fewest_days) == (10, 30, 10)
    assert usage(shelves, Space(None, True, 30 * size)).fewest_days == 30
    assert usage(shelves, Space()).fewest_days is None


def test_a_place_that_is_not_there_has_no_room_anybody_knows(
    shelves: Shelves, tmp_path: Path
) -> None:
    (tmp_path / "two" / "originals").rename(tmp_path / "pulled")
    assert shelves.second is not None
    with pytest.raises(StoreUnavailable):
        shelves.second.room()
    space = places.space_in([each.store for each in shelves.replicas.all])
    assert space.has_second
    assert space.second_room is None
    assert space.room is not None
