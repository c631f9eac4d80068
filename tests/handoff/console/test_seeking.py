"""Whoever works here finds a capture by what they know of it (R-014)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from catalog.duties.actors import Role
from catalog.ground.session.database import Database
from media.originals.local import LocalStore
from tests.handoff.console.window import Opened, window
from tests.media.report.desk import Desk

PAGE = "/console/media"


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    return Desk(database, LocalStore(tmp_path / "media"), tmp_path / "in")


@pytest.fixture
def seat(desk: Desk) -> Iterator[Opened]:
    with window(desk.database, lambda: desk.now, store=desk.store) as opened:
        yield opened


def test_a_capture_is_found_by_a_word_of_its_finding_and_leads_to_its_page(
    desk: Desk, seat: Opened
) -> None:
    dial, back = desk.capture("dial"), desk.capture("case_back")
    desk.pin(desk.draft(), dial, "ガラス縁に打ち傷")
    clerk = seat("佐藤", Role.REMOTE)
    assert PAGE in clerk.page("/console/captures")
    assert "何か一つ入れて" in clerk.page(PAGE)
    page = clerk.page(f"{PAGE}?q=打ち傷")
    assert f"/console/captures/{dial}" in page and "ガラス縁に打ち傷" in page
    assert f"/console/captures/{back}" not in page
    page = clerk.page(f"{PAGE}?q=W-10234&part=case_back")
    assert f"/console/captures/{back}" in page and f"/console/captures/{dial}" not in page
    assert "見つかりませんでした" in clerk.page(f"{PAGE}?q=打ち傷&part=case_back")
    assert "見つかりませんでした" in clerk.page(f"{PAGE}?kind=film&since=2020-01-01")
    assert clerk.get(f"{PAGE}?since=yesterday&part=%00&offset=3").status_code == 200
    assert "q=%E6%89%93%E3%81%A1%E5%82%B7" in clerk.page("/console/search?q=打ち傷")
