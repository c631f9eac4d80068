"""A film that is being made anew is stopped (acceptance check 13): its program is gone, nothing of
it is left, and the same work runs again to its end.
"""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

from bot.unit import Units
from bot.workers.captures import CaptureWork
from bot.workers.errands import Errand
from catalog.ground import worklist
from catalog.ground.session.database import Database
from conversations.flows.flow import ConversationTerms
from media.assets import queries as assets
from media.assets.kinds import Readiness
from media.intake.take import Entrance, take
from media.originals.local import LocalStore
from media.renditions import making
from media.renditions.making import Tools
from tests.databases import fresh
from tests.media import captures
from tests.media.captures import NOON

_PATIENCE = 900.0


def encoders(folder: Path) -> list[int]:
    """The programs making a film of this shop now."""
    found = []
    for each in Path("/proc").iterdir():
        if each.name.isdigit():
            try:
                command = (each / "cmdline").read_bytes()
            except OSError:
                continue
            if b"libx264" in command and str(folder).encode() in command:
                found.append(int(each.name))
    return found


async def until(holds: Callable[[], bool]) -> None:
    """Waits for what must happen."""

    def wait() -> None:
        deadline = time.monotonic() + _PATIENCE
        while not holds():
            assert time.monotonic() < deadline, "it did not happen"
            time.sleep(0.01)

    await asyncio.to_thread(wait)


def test_a_film_that_is_stopped_is_gone_at_once_and_can_be_made_again(tmp_path: Path) -> None:
    with fresh("sqlite", tmp_path) as database:
        store = LocalStore(tmp_path / "media")
        path = captures.film(
            tmp_path / "W-10234_01.avi", size="1280x720", seconds=6,
            codec=("-c:v", "mpeg4", "-q:v", "8"),
        )  # fmt: skip
        asset = take(path, Entrance(database, store, "test"), now=NOON).asset_id
        asyncio.run(_story(database, store, tmp_path))
        made = database.read(lambda db: assets.asset_of(db, asset))
        assert made.readiness == Readiness.WHOLE.value
        assert list(store.staging.iterdir()) == []


async def _story(database: Database, store: LocalStore, folder: Path) -> None:
    units = Units(database)
    terms = ConversationTerms("https://shop.example")
    work = CaptureWork(units, Tools(store), {}, terms, lambda: NOON)
    await work.make(_claimed(database, making.RENDITION))  # the poster
    errand = _claimed(database, making.TRANSCODE)
    running = asyncio.create_task(work.make(errand))

    def is_writing() -> bool:
        return bool(encoders(folder)) and any(
            each.stat().st_size for each in store.staging.rglob("film.mp4")
        )

    await until(is_writing)
    running.cancel()
    await asyncio.wait({running})
    assert running.cancelled()
    await until(lambda: not encoders(folder) and not list(store.staging.iterdir()))
    await work.make(errand)
    units.close()


def _claimed(database: Database, kind: str) -> Errand:
    (due,) = database.write(
        lambda db: worklist.claim(db, [kind], worker="w", now=NOON, lease_seconds=600, limit=1)
    )
    return Errand(due, "w")
