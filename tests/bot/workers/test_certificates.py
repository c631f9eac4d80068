"""What falls due with a report and with a sale is done by a worker, once."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from bot.unit import Units
from bot.workers.certificates import CertificateWork
from bot.workers.errands import Errand, WorkLost
from catalog.ground import worklist
from catalog.ground.session.opening import open_database
from catalog.ground.worklist import Work
from media.assets.kinds import RENDITION_WORK
from media.log import authority
from media.originals.local import LocalStore
from media.originals.store import original_key
from media.report import press, queries
from media.report.actions import CERTIFICATE_WORK
from media.report.certificates import PictureDamaged, PublicAddressMissing
from media.report.certificates import sheet as sheet_of
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


def test_a_picture_that_is_gone_is_made_again_before_it_is_printed(tmp_path: Path) -> None:
    """The certificate waits for it; it is neither given up nor printed without."""
    with fresh_url("sqlite", tmp_path) as url:
        database = open_database(url)
        desk = Desk(database, LocalStore(tmp_path / "media"), tmp_path / "in")
        taken = {each: desk.capture(each) for each in ("dial", "case_back", "serial")}
        report = desk.draft()
        desk.issue(report)
        sheet = desk.read(lambda db: sheet_of(db, report.id, public_url="https://shop.example"))
        (gone,) = [each for each in sheet.pictures.values() if each.asset_id == taken["dial"]]
        desk.store.delete(gone.key)
        (due,) = desk.write(
            lambda db: worklist.claim(
                db, [CERTIFICATE_WORK], worker="w", now=desk.later(), lease_seconds=60, limit=5
            )
        )
        desk.write(_others_done)
        units = Units(database)
        work = CertificateWork(
            units, desk.store, lambda: desk.now, keys_dir=tmp_path / "keys",
            public_url="https://shop.example",
        )  # fmt: skip
        with pytest.raises(PictureDamaged) as damaged:
            asyncio.run(work.make(Errand(due, "w")))
        assert damaged.value.asset_id == taken["dial"]
        found = select(Work.subject).where(Work.kind == RENDITION_WORK, Work.state == "due")
        assert desk.read(lambda db: list(db.exec(found))) == [taken["dial"]]
        units.close()
        database.close()


def _others_done(db: Session) -> None:
    for each in db.exec(select(Work).where(Work.kind != CERTIFICATE_WORK)):
        each.state = "done"
        db.add(each)
