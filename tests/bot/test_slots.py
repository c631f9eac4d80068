"""Every duty of the clock runs, on an empty shop too, and a second time changes nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.schedule import Slot, run_slot
from bot.slots import SLOTS
from catalog.ground.session.database import Database

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize("slot", SLOTS, ids=lambda slot: slot.name)
def test_a_slot_runs_once_for_its_moment(database: Database, slot: Slot) -> None:
    at = slot.latest(NOW)
    for expected in (True, False):
        ran = database.write(lambda db: run_slot(db, slot, at=at, now=NOW))
        assert ran is expected
    later = at + slot.period
    assert database.write(lambda db: run_slot(db, slot, at=later, now=NOW + timedelta(days=1)))


def test_slots_have_names_of_their_own() -> None:
    names = [slot.name for slot in SLOTS]
    assert len(names) == len(set(names))
