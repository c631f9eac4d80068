"""What a capture in the tray may be of, each with its reason, and never more than a suggestion
(R-006).
"""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from catalog.ground.record import AssetId, ConversationId
from catalog.ground.session.database import Database
from media.assets import queries as assets
from media.assets.kinds import AssetKind
from media.intake import tasks
from media.intake.suggesting import Reason, suggest
from media.originals.local import LocalStore
from tests.media.captures import NOON
from tests.media.intake.test_sessions import Bench


@pytest.fixture
def bench(database: Database, store: LocalStore, tmp_path: Path) -> Bench:
    return Bench(database, store, tmp_path)


def told(bench: Bench, name: str) -> Mapping[str, tuple[Reason, ...]]:
    """The suggestions for the one of that name in the tray, the strongest first."""

    def read(db: Session) -> Mapping[str, tuple[Reason, ...]]:
        asset = next(each for each in assets.tray(db) if each.name == name)
        found = suggest(db, asset, [bench.desk, bench.scope])
        return {each.code: each.reasons for each in found}

    return bench.database.read(read)


def test_every_code_in_a_name_is_suggested(bench: Bench) -> None:
    bench.shot("W-10234_W-10235.JPG")
    found = told(bench, "W-10234_W-10235.JPG")
    assert set(found) == {"W-10234", "W-10235"}
    assert all(reasons[0] is Reason.NAME for reasons in found.values())


def test_an_old_shot_of_a_card_is_suggested_to_what_is_open_and_to_its_neighbours(
    bench: Bench,
) -> None:
    bench.shot("W-10235_1.JPG", taken="08:00:00")
    bench.open(bench.first)
    assert bench.shot("card/DCIM/100CANON/IMG_1.JPG", taken="08:03:00") is None
    found = told(bench, "IMG_1.JPG")
    assert found["W-10234"][0] is Reason.OPEN_SESSION
    assert found["W-10235"] == (Reason.NEIGHBOURS,)
    assert next(iter(found)) == "W-10234"


def test_what_came_shortly_after_a_session_is_suggested_to_it(bench: Bench) -> None:
    bench.open(bench.first)
    bench.close()
    assert bench.shot("IMG_1.JPG") is None
    assert Reason.SESSION_TIME in told(bench, "IMG_1.JPG")["W-10234"]
    bench.later(3600)
    assert bench.shot("IMG_2.JPG", bench.scope) is None
    assert told(bench, "IMG_2.JPG") == {}


def test_the_folder_and_who_waits_speak_for_a_piece(bench: Bench) -> None:
    bench.shot("morning/W-10235_1.JPG")
    assert bench.shot("morning/IMG_1.JPG") is None
    assert Reason.FOLDER in told(bench, "IMG_1.JPG")["W-10235"]

    def ask(db: Session) -> None:
        tasks.ask(
            db, bench.first, part=None, kind=AssetKind.STILL,
            conversation=ConversationId("line:U1"), lang="ja",
            promised_at=NOON + timedelta(hours=4), now=bench.now,
        )  # fmt: skip

    bench.database.write(ask)
    assert bench.shot("other/IMG_2.JPG", bench.scope) is None
    assert told(bench, "IMG_2.JPG") == {"W-10234": (Reason.TASK,)}


def test_nothing_is_matched_by_a_suggestion(bench: Bench) -> None:
    bench.open(bench.first)
    assert bench.shot("W-88888_1.JPG") is None
    told(bench, "W-88888_1.JPG")
    lying = bench.database.read(assets.tray)
    assert [(each.name, each.unit_id) for each in lying] == [("W-88888_1.JPG", None)]
    assert AssetId(lying[0].id)
