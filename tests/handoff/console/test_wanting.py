"""Staff ask colleagues for a capture, and it is owed until it is there (R-021)."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from catalog.duties.actors import Role
from catalog.ground.calendar import TOKYO
from catalog.ground.session.database import Database
from handoff.desk import digest
from media.intake import tasks
from media.intake.tables import CaptureTask
from media.originals.local import LocalStore
from tests.handoff.console.window import Opened, window
from tests.media.report.desk import Desk

PAGE = "/console/items/W-10234"
WANT = f"{PAGE}/want"


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    return Desk(database, LocalStore(tmp_path / "media"), tmp_path / "in")


@pytest.fixture
def seat(desk: Desk) -> Iterator[Opened]:
    with window(desk.database, lambda: desk.now, store=desk.store) as opened:
        yield opened


def test_what_a_colleague_asked_for_is_owed_until_it_is_captured(desk: Desk, seat: Opened) -> None:
    sato, auditor = seat("佐藤", Role.STORE), seat("監査", Role.AUDITOR)
    assert WANT not in auditor.page(PAGE)

    def asks(hours: int) -> object:
        due = (desk.now + timedelta(hours=hours)).astimezone(TOKYO).replace(tzinfo=None)
        fields = {**sato.form(PAGE, WANT).fields, "kind": "still", "part": "dial"}
        return sato.post(WANT, {**fields, "due": due.isoformat(timespec="minutes")})

    refused = asks(-1)
    assert refused.status_code in (409, 422)  # type: ignore[attr-defined]  # an answer
    assert "期限は今より先の日時にしてください" in refused.text  # type: ignore[attr-defined]
    assert asks(3).headers["location"] == f"{PAGE}?done=want#want"  # type: ignore[attr-defined]
    page = sato.page(PAGE)
    assert "撮影依頼" in page and "依頼: 佐藤" in page
    asks(2)  # the same, sooner
    asks(5)
    (task,) = desk.read(lambda db: db.exec(select(CaptureTask)).all())
    assert timedelta(hours=1) < task.due_at - desk.now <= timedelta(hours=2)
    page = sato.page("/console/captures")
    assert "写真 / 文字盤" in page and "依頼: 佐藤" in page
    assert "お約束した撮影は全てお届け済です" not in page
    late = desk.now + timedelta(hours=4)
    owed = desk.read(lambda db: digest.owed(db, now=late))
    assert (owed.captures, owed.late) == (1, 1)

    dial = desk.capture("dial")
    assert desk.write(lambda db: tasks.close_for(db, dial, now=desk.now)) == [task.id]
    assert "お約束した撮影は全てお届け済です" in sato.page("/console/captures")
    assert desk.read(lambda db: digest.owed(db, now=late)).captures == 0
