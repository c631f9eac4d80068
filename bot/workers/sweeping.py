"""What a killed process left on the disk on its way in is taken away, at the start and each hour
(置き残しの掃除): private copies, half-made films, pictures that were never sealed, and files of
uploads that are over. Each process sweeps its own disk.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from bot.unit import Units
from catalog.ground.errors import Unavailable
from media.intake.uploads import queries
from media.intake.uploads.files import Places
from media.originals import local

EVERY = timedelta(hours=1)
LEFT_ALONE = timedelta(hours=24)  # longer than the longest film is made or sent

log = structlog.get_logger()


class Sweeping:
    """`staging`: the folders files wait in; those that are not there are passed over."""

    def __init__(
        self,
        units: Units,
        staging: Sequence[Path],
        uploads: Places,
        clock: Callable[[], datetime],
    ) -> None:
        self._units = units
        self._staging = staging
        self._uploads = uploads
        self._clock = clock

    async def run(self) -> None:
        """For as long as the process lives."""
        while True:
            try:
                swept = await self.sweep()
                if swept:
                    log.info("staging.swept", count=swept)
            except Unavailable as trouble:
                log.warning("staging.not_swept", reason=str(trouble))
            await asyncio.sleep(EVERY.total_seconds())

    async def sweep(self) -> int:
        """How much was taken away. Raises StoreUnavailable, DatabaseUnavailable."""
        before, count = self._clock() - LEFT_ALONE, 0
        for folder in self._staging:
            count += await asyncio.to_thread(_swept, folder, before)
        left = await asyncio.to_thread(self._uploads.left, self._clock() - EVERY)
        for upload in await self._units.read(lambda db: queries.over(db, left)):
            await asyncio.to_thread(self._uploads.drop, upload)
            count += 1
        return count


def _swept(folder: Path, before: datetime) -> int:
    return local.sweep(folder, before=before) if folder.is_dir() else 0
