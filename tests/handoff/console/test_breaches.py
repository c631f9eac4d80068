"""Leaks of personal data at the console: whoever finds one notes it, and what was sent ends its
tasks (PII-1).
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from catalog.duties.actors import Role
from catalog.duties.breaches.tables import Breach
from catalog.ground.calendar import tokyo_day
from catalog.ground.session.database import Database
from tests.catalog.duties.law import NOW, tasks
from tests.handoff.console.window import Opened, window

PATH, NOTE, SENT = "/console/breaches", "/console/breaches/note", "/console/breaches/sent"


@pytest.fixture
def seat(database: Database) -> Iterator[Opened]:
    with window(database, lambda: NOW) as opened:
        yield opened


def owed(database: Database) -> list[str]:
    """The names of what is open about leaks."""
    names = ("breach_preliminary", "breach_preliminary_limit", "breach_people", "breach_final")

    def look(db: Session) -> list[str]:
        return [name for name in names for row in tasks(db, name) if row.state == "due"]

    return database.read(look)


def test_a_leak_is_noted_by_anybody_and_its_reports_by_a_manager(
    database: Database, seat: Opened
) -> None:
    store, manager = seat("店頭", Role.STORE), seat("佐藤", Role.MANAGER)
    found = tokyo_day(NOW) - timedelta(days=6)
    told = {"discovered_on": str(found), "what": "社用の電話を紛失", "people": "3"}
    ahead = store.send(PATH, NOTE, **{**told, "discovered_on": str(tokyo_day(NOW) + timedelta(1))})
    assert "日付の順序" in ahead.text
    made = store.form(PATH, NOTE)
    boxes = ("sensitive", "financial", "wrongful")
    typed = {name: value for name, value in made.fields.items() if name not in boxes} | told
    for _ in range(2):
        store.post(NOTE, {**typed, "financial": "yes"})
    assert len(owed(database)) == 4
    [row] = database.read(lambda db: db.exec(select(Breach)).all())
    assert (row.has_financial_harm, row.has_wrongful_purpose) == (True, False)
    assert "期限を過ぎています" in store.page(PATH)
    assert SENT not in store.page(PATH)
    [task] = database.read(lambda db: [row.id for row in tasks(db, "breach_final")])
    assert f'href="{PATH}"' in manager.page(f"/console/tasks/{task}")
    for step, left in (("preliminary", 2), ("people", 1), ("final", 0)):
        made = manager.form(PATH, SENT, step=step)
        manager.post(SENT, made.fields)
        manager.post(SENT, made.fields)
        assert len(owed(database)) == left
    assert "期限を過ぎています" not in manager.page(PATH)


def test_a_small_leak_stays_in_the_register_alone(database: Database, seat: Opened) -> None:
    audit, clerk = seat("監査", Role.AUDITOR), seat("経理", Role.ACCOUNTING)
    boxes = ("sensitive", "financial", "wrongful")
    made = clerk.form(PATH, NOTE)
    typed = {name: value for name, value in made.fields.items() if name not in boxes}
    clerk.post(NOTE, {**typed, "what": "宛名違い", "people": "1"})
    assert owed(database) == []
    assert "報告の対象ではありません" in audit.page(PATH)
