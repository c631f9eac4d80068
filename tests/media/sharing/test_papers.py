"""Condition reports and certificates leave with the evidence, each proven by its own leaf (R-009,
R-015), and an original that one place has lost comes from the other.
"""

import hashlib
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from catalog.ground.record import Sha256
from catalog.ground.session.opening import open_database
from media.log import authority
from media.log.checkpoints import Notary
from media.log.keys import KeyRing
from media.originals.local import LocalStore
from media.originals.replicas import Replicas
from media.originals.store import original_key
from media.report import certificates, press
from media.sharing import verify
from media.sharing.evidence import About
from media.sharing.export import Archive, EvidenceBroken, open_export
from tests.databases import fresh_url
from tests.media.evidence import lost, read, sealed, zipped
from tests.media.report.desk import BY, Desk

TODAY = datetime.now(UTC)


def test_reports_and_certificates_are_in_the_zip_and_proven_by_their_leaves(
    tmp_path: Path,
) -> None:
    with fresh_url("sqlite", tmp_path) as url:
        database = open_database(url)
        first, second = LocalStore(tmp_path / "media"), LocalStore(tmp_path / "second")
        desk = Desk(database, first, tmp_path / "in")
        desk.now = TODAY
        taken = {each: desk.capture(each) for each in ("dial", "case_back", "serial")}
        report = desk.draft()
        desk.pin(report, taken["dial"], "6時側の線傷")
        issued = desk.issue(report)
        seal = authority.seal_in(tmp_path / "keys", name="証質店", now=TODAY)
        sheet = desk.read(
            lambda db: certificates.sheet(db, report.id, public_url="https://shop.example")
        )
        pictures = certificates.read_pictures(first, sheet)
        printed = press.print_certificate(sheet.facts, pictures, seal, now=TODAY)
        certificates.keep(first, sheet, printed, now=TODAY)
        desk.write(lambda db: certificates.record(db, report.id, printed, by=BY, now=TODAY))
        _moved(first, second, printed.sha256)
        notary = Notary(KeyRing(tmp_path / "keys", "shop.example/akashi"))
        archive = Archive(database, Replicas(first, second), notary)
        export = open_export(archive, About(code="W-10234"), by="test", now=TODAY)
        path = tmp_path / "evidence.zip"
        path.write_bytes(b"".join(export.chunks()))
        _certificates_that_are_gone(archive, printed.sha256, tmp_path)
        database.close()
    files = read(path)
    manifest = files[f"data/reports/{issued.code}.json"]
    assert hashlib.sha256(manifest).hexdigest() == issued.manifest_sha256
    assert files[f"data/certificates/{issued.code}-1.pdf"] == printed.pdf
    assert "OK:" in verify.report(str(path))
    (tmp_path / "verify.py").write_bytes(files["verify.py"])
    alone = subprocess.run(
        [sys.executable, "-I", "verify.py", str(path)],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert alone.returncode == 0, alone.stdout
    for name in (f"data/reports/{issued.code}.json", f"data/certificates/{issued.code}-1.pdf"):
        forged = {**files, name: files[name].replace(b"1", b"2", 1)}
        told = verify.report(str(zipped(sealed(forged), tmp_path / "forged.zip")))
        assert f"{name} is not what its leaf tells" in told


def _certificates_that_are_gone(archive: Archive, digest: Sha256, folder: Path) -> None:
    """One that is missing is told before a byte is written; one that is known to be lost is
    withheld, and its report leaves.
    """
    second = archive.replicas.all[1].store
    kept = second.path(original_key(digest))
    assert kept is not None
    content = kept.read_bytes()
    kept.unlink()
    with pytest.raises(EvidenceBroken):
        open_export(archive, About(code="W-10234"), by="test", now=TODAY)
    lost(archive, digest)
    path = folder / "lost.zip"
    path.write_bytes(
        b"".join(open_export(archive, About(code="W-10234"), by="test", now=TODAY).chunks())
    )
    files = read(path)
    assert "OK:" in verify.report(str(path)) and "1 withheld (lost)" in verify.report(str(path))
    assert [each for each in files if each.startswith("data/reports/")]
    assert not [each for each in files if each.startswith("data/certificates/")]
    assert content not in files.values()


def _moved(first: LocalStore, second: LocalStore, digest: Sha256) -> None:
    """That original lies in the second place alone."""
    path = first.path(original_key(digest))
    assert path is not None
    staged = second.staging / "moved.part"
    staged.write_bytes(path.read_bytes())
    second.put(staged, digest, facts={})
    path.unlink()
