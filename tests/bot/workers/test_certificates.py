"""What falls due with a report and with a sale is done by a worker, once."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.unit import Units
from bot.workers.certificates import CertificateWork
from bot.workers.errands import Errand, WorkLost
from catalog.ground import worklist
from catalog.ground.session.opening import open_database
from media.log import authority
from media.originals.local import LocalStore
from media.originals.store import original_key
from media.report import press, queries
from media.report.actions import CERTIFICATE_WORK
from media.report.certificates import PublicAddressMissing
from tests.databases import fresh_url
from tests.media.report.desk import Desk


def test_a_report_that_was_issued_is_printed_signed_and_kept(tmp_path: Path) -> None:
    with fresh_url("sqlite", tmp_path) as url:
        database = open_database(url)
        desk = Desk(database, LocalStore(tmp_path / "media"), tmp_path / "in")
        for each in ("dial", "case_back", "serial"):
            desk.capture(each)
        report = desk.draft()
        desk.issue(report)
        units = Units(database)
        told = {"keys_dir": tmp_path / "keys", "public_url": "https://shop.example"}

        def clock() -> object:
            return desk.now

        def claimed() -> Errand:
            (due,) = desk.write(
                lambda db: worklist.claim(
                    db, [CERTIFICATE_WORK], worker="w", now=desk.later(), lease_seconds=60, limit=5
                )
            )
            return Errand(due, "w")

        errand = claimed()
        without = CertificateWork(units, desk.store, clock, **{**told, "public_url": ""})  # type: ignore[arg-type]  # told as settings tell it
        with pytest.raises(PublicAddressMissing):
            asyncio.run(without.make(errand))
        work = CertificateWork(units, desk.store, clock, **told)  # type: ignore[arg-type]  # the same
        asyncio.run(work.make(errand))
        printed = desk.read(lambda db: queries.certificate(db, report.id))
        path = desk.store.path(original_key(printed.sha256))
        root = tmp_path / "keys" / authority.ROOT
        assert press.check(path, root, now=desk.now).holds
        state = text("SELECT state FROM worklist WHERE kind = :kind")
        states = desk.read(
            lambda db: db.connection().execute(state, {"kind": CERTIFICATE_WORK}).scalars().all()
        )
        assert states == ["done"]
        with pytest.raises(WorkLost):
            asyncio.run(work.make(errand))
        assert desk.read(lambda db: queries.certificate(db, report.id)).version == 1
        units.close()
        database.close()
