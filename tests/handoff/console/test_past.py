"""Where a piece has been, on its page: each phase with what was filmed of it (R-022)."""

from datetime import timedelta

from catalog.duties.actors import Role
from catalog.ground.session.database import Database
from catalog.items.kinds import UnitState
from catalog.items.tables import Unit
from media.assets.kinds import AssetKind
from tests.catalog.consignment.shelf import Shelf
from tests.conversations.flows import stall
from tests.handoff.console.window import window

LACKING = "この段階の動画・写真はありません"


def test_each_phase_has_its_dates_and_films_or_says_that_there_are_none(database: Database) -> None:
    shelf = Shelf(database)
    unit = shelf.piece(shelf.consignor())
    shelf.go(minutes=60)
    shelf.move(unit, UnitState.CONSIGNED)
    code = shelf.read(lambda db: db.get_one(Unit, unit).code)
    with window(database, lambda: shelf.now) as opened:
        clerk = opened("佐藤", Role.ADVISER)

        def past() -> str:
            page = clerk.page(f"/console/items/{code}")
            return page.partition('id="past"')[2].partition("</section>")[0]

        first = past()
        assert first.index("保管") < first.index("査定") < first.index("到着")  # the newest first
        assert first.count(LACKING) == 3
        filmed = shelf.write(stall.capture, unit, AssetKind.FILM, at=shelf.now)
        taken = shelf.write(
            stall.capture, unit, AssetKind.STILL, at=shelf.now - timedelta(minutes=30)
        )
        second = past()
        assert f"/console/media/{filmed}-film" in second
        assert f"/console/media/{taken}-full" in second
        assert second.count(LACKING) == 1
