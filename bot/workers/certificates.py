"""Printing certificates: facts in one look, seconds in other processes, one unit at the end. And
what a sale keeps of a piece's record.
"""

import asyncio
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import structlog
from sqlmodel import Session

from bot.unit import Units
from bot.workers.errands import Errand, Runner, finish
from catalog.orders.actions import SALE_WORK
from media.log import authority
from media.log.stamping import AuthorityUnavailable
from media.originals.store import OriginalStore
from media.renditions.tables import Recipe
from media.report import certificates, press, sales
from media.report.actions import CERTIFICATE_WORK
from media.report.certificates import PictureDamaged, Sheet
from media.report.press import Printed, Stamp
from media.report.rules import PRINTED_IN
from media.sharing import standing
from media.sharing.standing import Needed

_BY = "press"
log = structlog.get_logger()


class CertificateWork:
    """The runner for certificates. `stamp`: asks a time-stamp authority, where there is one."""

    def __init__(
        self,
        units: Units,
        store: OriginalStore,
        clock: Callable[[], datetime],
        *,
        keys_dir: Path,
        public_url: str,
        stamp: Stamp | None = None,
    ) -> None:
        self._units = units
        self._store = store
        self._clock = clock
        self._keys_dir = keys_dir
        self._public_url = public_url
        self._stamp = stamp

    @property
    def runners(self) -> dict[str, Runner]:
        """By kind of work."""
        return {CERTIFICATE_WORK: self.make}

    @property
    def sales(self) -> dict[str, Runner]:
        """What a sale keeps of a piece's record: quick."""
        return {SALE_WORK: self.keep}

    async def keep(self, errand: Errand) -> None:
        """Freeze the record of the pieces of a paid order."""
        now = self._clock()

        def unit(db: Session) -> None:
            finish(db, errand, now=now)
            sales.freeze(db, errand.work.subject, now=now)

        await self._units.write(unit)

    async def make(self, errand: Errand) -> None:
        """Print one. The PDF first, the database second, as every original."""
        report_id, url = errand.work.subject, self._public_url
        lang = str(errand.work.facts.get("lang") or PRINTED_IN[0])
        dealer = await self._units.read(certificates.dealer_name)
        sheet = await self._units.read(
            lambda db: certificates.sheet(db, report_id, public_url=url, lang=lang)
        )
        stop = threading.Event()
        printing = asyncio.create_task(asyncio.to_thread(self._print, sheet, dealer, stop))
        try:
            printed = await asyncio.shield(printing)
        except asyncio.CancelledError:
            stop.set()
            await asyncio.wait({printing}, timeout=2)
            raise
        except PictureDamaged as damaged:
            await self._make_again(damaged.asset_id)
            raise
        now = self._clock()

        def unit(db: Session) -> None:
            finish(db, errand, now=now)
            certificates.record(db, report_id, printed, by=_BY, now=now, lang=lang)

        await self._units.write(unit)

    async def _make_again(self, asset_id: str) -> None:
        """The picture is made anew from its original; the certificate waits for it."""
        now, lacking = self._clock(), [Needed(asset_id, Recipe.PREVIEW)]
        await self._units.write(lambda db: standing.make_again(db, lacking, now=now))

    def _print(self, sheet: Sheet, dealer: str, stop: threading.Event) -> Printed:
        now = self._clock()
        seal = authority.seal_in(self._keys_dir, name=dealer, now=now)
        pictures = certificates.read_pictures(self._store, sheet)
        try:
            printed = press.print_certificate(
                sheet.facts, pictures, seal, now=now, stamp=self._stamp, cancel=stop
            )
        except AuthorityUnavailable as late:  # the log's checkpoint is stamped all the same
            log.warning("certificate.unstamped", reason=late.reason)
            printed = press.print_certificate(sheet.facts, pictures, seal, now=now, cancel=stop)
        certificates.keep(self._store, sheet, printed, now=now)
        return printed
