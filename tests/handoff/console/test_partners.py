"""A firm's grants are ended at the console, and with them what was sent and passed on (R-027)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from catalog.duties.actors import Role
from catalog.grading.queries import read_grade
from catalog.grading.scale import Grade
from catalog.ground import journal
from catalog.ground.record import PartnerId
from catalog.ground.session.database import Database
from media.originals.local import LocalStore
from tests.handoff.console.window import Opened, window
from tests.media.captures import NOON
from tests.media.sharing.test_routes import Desk, serving
from tests.media.sharing.test_withdrawing import firm, page, sent, status


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    return Desk(database, LocalStore(tmp_path / "media"), tmp_path / "shots")


@pytest.fixture
def seat(database: Database) -> Iterator[Opened]:
    with window(database, lambda: NOON) as opened:
        yield opened


def test_what_was_sent_and_passed_on_ends_and_the_page_says_how_much(
    database: Database, desk: Desk, seat: Opened
) -> None:
    ginza, umeda = firm(desk, "GINZA"), firm(desk, "UMEDA")
    theirs, others = sent(desk, ginza, "UGINZA"), sent(desk, umeda, "UUMEDA")
    passed_on = page(desk, ginza)
    manager = seat("佐藤", Role.MANAGER)
    with serving(desk.counter("https://shop.example/c")) as web:
        assert [status(web, each)[0] for each in (theirs, others)] == [200, 200]
        shown = f"/console/partners/one?id={ginza}"
        form = manager.form(shown, "/console/partners/revoke", unit="W-10234")
        ended = manager.post(form.action, form.fields)
        told = "許可1件を取り消し、送信済みの写真・動画1件と共有リンク1件を無効にしました"
        assert told in ended.text
        assert status(web, theirs) == status(web, "unknown")
        assert web.get(f"/s/{passed_on}").status == 404
        assert status(web, others)[0] == 200
        again = manager.post(form.action, form.fields)
        assert "許可0件を取り消し" in again.text
    verbs = database.read(lambda db: [each.verb for each in journal.of(db, f"partner:{ginza}")])
    assert verbs.count("withdrawn") == 2


def test_what_a_firm_calls_a_grade_is_kept_and_corrected(
    database: Database, desk: Desk, seat: Opened
) -> None:
    """R-092: their word is read as our grade, theirs alone, from then on."""
    ginza, umeda = firm(desk, "GINZA"), firm(desk, "UMEDA")
    shown, manager = f"/console/partners/one?id={ginza}", seat("佐藤", Role.MANAGER)
    path = "/console/partners/grade"
    assert manager.send(shown, path, word="極上", means="Z").status_code == 422
    for means in ("S", "A"):
        assert manager.send(shown, path, word="極上", means=means).status_code == 303

    def read(to: str) -> Grade | None:
        return database.read(lambda db: read_grade(db, "極上", partner=PartnerId(to)))

    assert (read(ginza), read(umeda)) == (Grade.A, None)
    assert "極上 → <strong>A</strong>" in manager.page(shown)
    verbs = database.read(lambda db: [each.verb for each in journal.of(db, f"partner:{ginza}")])
    assert verbs.count("grade_called") == 2
    form = manager.form(shown, "/console/partners/ungrade")
    for _ in range(2):
        assert manager.post(form.action, form.fields).status_code == 303
    assert read(ginza) is None
    assert "極上" not in manager.page(shown)
    verbs = database.read(lambda db: [each.verb for each in journal.of(db, f"partner:{ginza}")])
    assert verbs.count("grade_called_no_more") == 1
