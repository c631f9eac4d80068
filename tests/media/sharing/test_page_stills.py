"""Stills out of the films of a share page: there as far as the page goes, to keep with the mark of
who keeps them, and gone with the page (R-023, R-029).
"""

from pathlib import Path

import pytest
import pyvips
from sqlmodel import select

from catalog.ground.record import AssetId
from catalog.ground.worklist import DueWork
from media.assets.kinds import MOMENT_WORK, AssetKind
from media.assets.tables import Asset
from media.renditions import actions, making, moments, queries
from media.sharing import opening, shares
from media.sharing.kinds import Reach
from media.sharing.passes import PassUnknown
from tests.media.captures import NOON
from tests.media.sharing.test_looking_in import Door, door, places

__all__ = ["door"]


def still(door: Door, at_ms: int) -> str:
    """Out of the film of the piece, as a worker makes it; its rendition."""
    films = select(Asset.id).where(Asset.kind == AssetKind.FILM.value)
    film = AssetId(door.database.read(lambda db: db.exec(films).first()) or "")
    work = DueWork(1, MOMENT_WORK, film, film, {"at_ms": at_ms}, 0, NOON, NOON)
    job = door.database.read(lambda db: queries.job(db, work))
    made = making.make(job, making.Tools(door.store))
    door.database.write(lambda db: actions.record(db, job, made, now=NOON))
    found = door.database.read(lambda db: moments.one(db, film, at_ms))
    assert found is not None
    return found.rendition_id


@pytest.mark.parametrize("reach", list(Reach))
def test_a_page_shows_stills_as_far_as_it_goes(door: Door, reach: Reach, tmp_path: Path) -> None:
    door.fill(tmp_path)
    rendition = still(door, 500)
    made = door.share(reach=reach)
    reader = door.browser()
    page = reader.page(made)
    shown = [each for each in places(page.text, "b") if each.split(".")[2] == rendition]
    kept = [each for each in places(page.text, "d") if each.split(".")[2] == rendition]
    assert bool(shown) is reach.covers(Reach.TILES) is ('alt="0:00の静止画"' in page.text)
    assert bool(kept) is reach.covers(Reach.DOWNLOAD)
    for address in shown:
        assert reader.ask(address).headers["content-type"] == "image/jpeg"
    for address in kept:
        with_mark = pyvips.Image.new_from_buffer(reader.ask(address).content, "")
        assert with_mark.height > 360  # the strip with the mark stands below the picture
    told = door.database.read(
        lambda db: opening.opened(db, made.token or "", opening.NOBODY, now=door.clock())
    )
    address = opening.byte_address(told, rendition, now=door.clock())
    if not reach.covers(Reach.TILES):  # also by an address the page does not have
        with pytest.raises(PassUnknown):
            door.database.read(
                lambda db: opening.find_bytes(db, address, seats={}, now=door.clock())
            )
    door.database.write(lambda db: shares.revoke(db, made.share_id, None, now=NOON, by="staff:1"))
    for gone in (*shown, *kept):
        assert reader.ask(gone).status_code == 404
