"""A leak's deadlines are tasks, and what was sent is noted once (PII-1)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import Session

from catalog.duties.actors import BOT
from catalog.duties.breaches.actions import (
    BreachMalformed,
    BreachMissing,
    NewBreach,
    Step,
    late,
    note,
    note_sent,
)
from catalog.duties.identity.actions import StaffNeeded
from catalog.duties.rules import DatesContradict
from catalog.ground.session.database import Database
from tests.catalog.duties.law import MANAGER, NOW, TODAY, tasks

LOST = NewBreach(TODAY, "a phone was left in a train", 3, has_financial_harm=True)


def test_a_grave_leak_of_one_person_has_its_deadlines_as_tasks(database: Database) -> None:
    def unit(db: Session) -> None:
        with pytest.raises(StaffNeeded):
            note(db, LOST, actor=BOT, now=NOW, key="1")
        breach = note(db, LOST, actor=MANAGER, now=NOW, key="1")
        assert note(db, LOST, actor=MANAGER, now=NOW, key="1") == breach
        due = {name: tasks(db, name)[0].due_at for name in (
            "breach_preliminary", "breach_preliminary_limit", "breach_people", "breach_final"
        )}  # fmt: skip
        assert due == {
            "breach_preliminary": datetime(2026, 11, 24, 0, 0, tzinfo=UTC),
            "breach_preliminary_limit": datetime(2026, 11, 26, 0, 0, tzinfo=UTC),
            "breach_people": datetime(2026, 11, 26, 0, 0, tzinfo=UTC),
            "breach_final": datetime(2026, 12, 21, 0, 0, tzinfo=UTC),
        }
        assert late(db, date(2026, 11, 26)) == []
        assert late(db, date(2026, 11, 27)) == [(breach, Step.PRELIMINARY)]
        later = NOW + timedelta(days=3)
        assert note_sent(db, breach, Step.PRELIMINARY, TODAY, actor=MANAGER, now=later)
        assert not note_sent(db, breach, Step.PRELIMINARY, TODAY, actor=MANAGER, now=later)
        assert late(db, date(2026, 12, 22)) == [(breach, Step.FINAL)]
        with pytest.raises(BreachMissing):
            note_sent(db, "none", Step.FINAL, TODAY, actor=MANAGER, now=later)
        for on in (TODAY - timedelta(days=1), TODAY + timedelta(days=4)):
            with pytest.raises(DatesContradict):
                note_sent(db, breach, Step.FINAL, on, actor=MANAGER, now=later)

    database.write(unit)


def test_a_small_harmless_leak_is_in_the_register_and_nothing_is_due(database: Database) -> None:
    def unit(db: Session) -> None:
        note(
            db, NewBreach(TODAY, "one name in a wrong envelope", 1), actor=MANAGER, now=NOW, key="1"
        )
        assert not tasks(db, "breach_preliminary")
        assert late(db, date(2027, 12, 31)) == []
        for bad in (NewBreach(TODAY, " ", 1), NewBreach(TODAY, "x", -1)):
            with pytest.raises(BreachMalformed):
                note(db, bad, actor=MANAGER, now=NOW, key="2")
        with pytest.raises(DatesContradict):
            future = NewBreach(TODAY + timedelta(days=1), "x", 1)
            note(db, future, actor=MANAGER, now=NOW, key="3")

    database.write(unit)
