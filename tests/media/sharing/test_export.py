"""An evidence zip is checked by an outsider without akashi and without a network (R-009,
acceptance checks 20 and 22), and by the tools there are for its parts.
"""

import ast
import hashlib
import json
import os
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from bot.authority import HttpAuthority
from catalog.duties.actors import Actor, Role
from catalog.ground.record import ConversationId, Sha256, UnitId, to_millis
from catalog.ground.session.database import Database
from media.assets import actions as assets
from media.disputes import actions as disputes
from media.disputes import closing
from media.disputes.actions import Claim, DisputeMissing
from media.disputes.closing import Finding
from media.disputes.tables import Outcome
from media.log import actions as log
from media.log import checkpoints, notes, queries, stamping
from media.log.stamping import StampForged
from media.originals.local import LocalStore
from media.originals.store import original_key
from media.sharing import verify
from media.sharing.evidence import About, FurtherFile, NothingProven
from media.sharing.export import Archive, EvidenceBroken, open_export
from tests import authority as authorities
from tests.authority import Authority
from tests.media import captures
from tests.media.captures import NOON
from tests.media.evidence import (
    LIST_TAMPERS,
    LITTER,
    TAMPERS,
    archive_of,
    deleted,
    disputed,
    linked,
    lost,
    no_tombstone,
    of_old_form,
    original,
    read,
    rehashed,
    reported,
    restamped,
    sealed,
    store_of,
    written,
    zipped,
)
from tests.swift.engine import on_disk

CODE = "W-10234"
DIAL, BACK = b"dial" * 999, b"back" * 1234


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with authorities.opened(authorities.founded(tmp_path_factory.mktemp("tsa"))) as opened:
        yield opened


@pytest.fixture
def archive(database: Database, store: LocalStore, tmp_path: Path) -> Archive:
    """A piece with two originals and one of the tray that was matched later."""
    archive = archive_of(database, store, tmp_path)
    unit = captures.unit(database, CODE)
    for content in (DIAL, BACK):
        original(archive, content, unit)
    late, _ = original(archive, b"late", None)
    database.write(lambda db: assets.assign(db, late, unit, part=None, actor="t", now=NOON))
    return archive


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Path:
    """One stamped zip, for all that is done to it."""
    from tests.databases import fresh

    folder = tmp_path_factory.mktemp("good")
    with fresh("sqlite", folder) as database:
        archive = archive_of(
            database, LocalStore(folder / "media"), folder, HttpAuthority(authority.url)
        )
        unit = captures.unit(database, CODE)
        for content in (DIAL, BACK):
            original(archive, content, unit)
        report = reported(archive, unit)
        return written(archive, folder / "good.zip", About(code=CODE), further=[report])


def said(place: Path, key: str | None = None) -> bool:
    return "OK: everything holds" in verify.report(str(place), key)


def unpacked(zip_: Path, folder: Path) -> Path:
    for name, content in read(zip_).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def test_it_holds_by_its_own_verifier_with_plain_python_alone(good: Path, tmp_path: Path) -> None:
    """Acceptance check 22."""
    folder = unpacked(good, tmp_path / "bag")
    for words in (["verify.py"], ["verify.py", str(good)], ["verify.py", "."]):
        command = [sys.executable, "-I", "-S", *words]
        done = subprocess.run(command, cwd=folder, capture_output=True, check=False, env={})
        assert done.returncode == 0, done.stdout
        assert b"OK" in done.stdout and b"openssl ts" in done.stdout


def test_the_verifier_is_short_and_needs_nothing(good: Path) -> None:
    source = read(good)["verify.py"].decode()
    assert len(source.splitlines()) < 200
    tree = ast.parse(source, feature_version=(3, 8))
    names = {
        alias.name if isinstance(node, ast.Import) else str(node.module)
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert {each.partition(".")[0] for each in names} <= set(sys.stdlib_module_names)
    assert not names & {"socket", "urllib", "http", "ssl", "subprocess", "ctypes", "os"}
    page = read(good)["verify.html"].decode()
    assert "default-src 'none'" in page and "http" not in page.replace("http-equiv", "")


def test_it_holds_by_the_tools_there_are(good: Path, authority: Authority, tmp_path: Path) -> None:
    """`sha256sum`, the bagit library and `openssl ts -verify` (issue 6, judged 5)."""
    import bagit

    folder = unpacked(good, tmp_path / "bag")
    for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        subprocess.run(["sha256sum", "-c", manifest], cwd=folder, check=True, capture_output=True)
    assert bagit.Bag(str(folder)).validate()
    command = ["openssl", "ts", "-verify", "-data", "log/checkpoint.txt", "-in",
               "log/timestamp.tsr", "-untrusted", "certificates/tsa.pem", "-CAfile",
               str(authority.root)]  # fmt: skip
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("what", TAMPERS)
def test_what_was_tampered_with_fails_also_when_the_manifests_agree(
    good: Path, tmp_path: Path, what: str
) -> None:
    """Acceptance check 22: pixel, leaf, checkpoint, and what else one might try."""
    files = read(good)
    TAMPERS[what](files)
    assert not said(zipped(files, tmp_path / "raw.zip"))
    assert not said(zipped(sealed(files), tmp_path / "sealed.zip"))
    assert said(good)


def test_it_tells_what_it_is_about_and_of_when(good: Path) -> None:
    told = verify.report(str(good))
    assert f"piece {CODE} (unit unit-{CODE}), made 2026-09-17 04:00:00 UTC" in told


def test_an_old_zip_holds_as_what_it_is(good: Path, tmp_path: Path) -> None:
    """Zips from before what they list was bound by a leaf: what is in them is checked as it was
    then, and nobody takes them, or a new one that was passed off as old, for whole.
    """
    old = read(good)
    of_old_form(old)
    told = verify.report(str(zipped(sealed(old), tmp_path / "old.zip")))
    assert "\nOLD FORM: what is here holds" in told and "nothing binds record.json" in told
    assert "OK" not in told and "FAILED" not in told
    ran = [sys.executable, "-I", "-S", verify.__file__, str(tmp_path / "old.zip")]
    assert subprocess.run(ran, capture_output=True, check=False).returncode == 2
    for what in ("one pixel, and the record", "a leaf", "a report taken out", "a removed original",
                 "no proofs", "another checkpoint", "stamped in 2020"):  # fmt: skip
        files = dict(old)
        TAMPERS[what](files)
        told = verify.report(str(zipped(sealed(files), tmp_path / "changed.zip")))
        assert told.startswith("FAILED"), what


def test_what_a_system_lays_beside_is_told_and_no_part_of_it(good: Path, tmp_path: Path) -> None:
    folder = unpacked(good, tmp_path / "bag")
    for name in LITTER:
        (folder / name).write_bytes(b"left by the system")
    assert said(folder)
    assert f"not part of it: {', '.join(sorted(LITTER))}" in verify.report(str(folder))
    assert said(zipped({**read(good), **dict.fromkeys(LITTER, b"x")}, tmp_path / "packed.zip"))
    assert not said(zipped(sealed({**read(good), LITTER[1]: b"x"}), tmp_path / "listed.zip"))
    (folder / "ROOT.pem").write_bytes(b"the authority's root")
    assert verify.report(str(folder)).startswith("FAILED: ROOT.pem was added")


def test_links_and_ways_out_of_the_folder_are_refused(good: Path, tmp_path: Path) -> None:
    """Also under a name a system would give: whoever unpacks it is not led elsewhere."""
    files = read(good)
    assert not said(linked(files, tmp_path / "link.zip"))
    for name in (
        "../evil.txt",
        "../.DS_Store",
        "/.DS_Store",
        "a/../Thumbs.db",
        "._x\\..\\y",
        "./x",
    ):
        assert not said(zipped({**files, name: b"x"}, tmp_path / "out.zip")), name
        assert not said(zipped(sealed({**files, name: b"x"}), tmp_path / "out.zip")), name
    zipped(files, tmp_path / "out.zip")
    with pytest.warns(UserWarning), zipfile.ZipFile(tmp_path / "out.zip", "a") as bag:
        bag.writestr("log/key.txt", files["log/key.txt"])
    assert "log/key.txt is there twice" in verify.report(str(tmp_path / "out.zip"))
    folder = unpacked(good, tmp_path / "bag")
    outside = tmp_path / "leaves.json"
    (folder / "log" / "leaves.json").rename(outside)
    (folder / "log" / "leaves.json").symlink_to(outside)
    assert verify.report(str(folder)).startswith("FAILED: a link leads elsewhere")
    (folder / "log" / "leaves.json").unlink()
    outside.rename(folder / "log" / "leaves.json")
    assert said(folder)
    (folder / "data" / "more").symlink_to(tmp_path)
    assert not said(folder)


def test_the_leaf_that_binds_a_zip_holds_ids_and_digests_alone(good: Path) -> None:
    files = read(good)
    payloads = [json.loads(each["payload"]) for each in json.loads(files["log/leaves.json"])]
    (leaf,) = (each for each in payloads if each["kind"] == "evidence.made")
    record, journal, sale, seen, comparison, custody = (
        hashlib.sha256(files[f"data/{each}.json"]).hexdigest()
        for each in ("record", "journal", "sale", "seen", "comparison", "custody")
    )
    assert leaf.pop("at") == to_millis(NOON + timedelta(hours=1))
    assert leaf == {"kind": "evidence.made", "unit": f"unit-{CODE}", "dispute": None,
                    "record": record, "journal": journal, "sale": sale, "seen": seen,
                    "comparison": comparison, "custody": custody}  # fmt: skip


def test_every_single_file_counts(good: Path, tmp_path: Path) -> None:
    whole = read(good)
    assert said(zipped(sealed(whole), tmp_path / "same.zip"))
    for name in whole:
        changed = {**whole, name: whole[name] + b" "}
        assert not said(zipped(changed, tmp_path / "changed.zip")), name
        less = {other: each for other, each in whole.items() if other != name}
        assert not said(zipped(less, tmp_path / "less.zip")), name


def test_a_stamp_of_something_else_fails(good: Path, authority: Authority, tmp_path: Path) -> None:
    """Acceptance check 22: the swapped timestamp token."""
    files = read(good)
    files["log/timestamp.tsr"] = authority.stamp_of(b"another checkpoint")
    assert not said(zipped(sealed(files), tmp_path / "swapped.zip"))
    files["log/timestamp.tsr"] = authority.stamp_of(files["log/checkpoint.txt"])
    assert said(zipped(sealed(files), tmp_path / "again.zip"))


def test_only_the_authoritys_signature_tells_of_a_time_that_was_forged_with_its_digest(
    good: Path, authority: Authority, tmp_path: Path
) -> None:
    """The verifiers say so beside the moment; `akashi verify --tsa-root` looks at the signature."""
    from bot.cli.evidence import verify as command

    files = read(good)
    stamp, roots = files["log/timestamp.tsr"], authority.root
    at = stamping.signed_at(stamp, files["log/checkpoint.txt"], roots.read_bytes())
    assert abs(at - datetime.now(UTC)) < timedelta(hours=1)
    before = restamped(stamp, f"{at.year - 1}")
    files["log/timestamp.tsr"] = rehashed(before, stamp)
    forged = zipped(sealed(files), tmp_path / "forged.zip")
    assert f"says {at.year - 1}" in verify.report(str(forged)) and said(forged)
    assert "is it signed? openssl ts -verify" in verify.report(str(forged))
    with pytest.raises(StampForged):
        stamping.signed_at(files["log/timestamp.tsr"], files["log/checkpoint.txt"],
                           roots.read_bytes())  # fmt: skip
    (tmp_path / "none.pem").write_bytes(b"no certificate")
    for place, root, status in (
        (good, roots, 0), (forged, roots, 1), (good, tmp_path / "none.pem", 1),
    ):  # fmt: skip
        words = [str(place), "--tsa-root", str(root)]
        assert command.main(words, standalone_mode=False) == status
    assert command.main([str(forged)], standalone_mode=False) == 0
    old = read(good)
    of_old_form(old)
    words = [str(zipped(sealed(old), tmp_path / "old.zip"))]
    assert command.main(words, standalone_mode=False) == 2


def test_an_earlier_checkpoint_of_the_same_shop_fails(archive: Archive, tmp_path: Path) -> None:
    before = archive.database.write(lambda db: checkpoints.fresh(db, archive.notary, now=NOON).note)
    archive.database.write(lambda db: log.append(db, "test", {}, now=NOON))
    files = read(written(archive, tmp_path / "e.zip", About(code=CODE)))
    assert notes.read(files["log/checkpoint.txt"].decode()).size > notes.read(before).size
    files["log/checkpoint.txt"] = before.encode()
    assert not said(zipped(sealed(files), tmp_path / "earlier.zip"))


def test_with_the_key_of_the_shop_a_forged_whole_fails(archive: Archive, tmp_path: Path) -> None:
    """A zip that was signed with another key agrees with itself, but not with the shop's key."""
    path = written(archive, tmp_path / "e.zip", About(code=CODE))
    key = str(archive.notary.keys.current().verifier)
    assert said(path, key)
    assert not said(path, key.replace("shop", "shcp"))
    other = archive_of(archive.database, store_of(archive), tmp_path / "other")
    assert not said(path, str(other.notary.keys.ensure().verifier))


def test_it_has_every_capture_and_the_same_record_gives_the_same_bytes(
    archive: Archive, tmp_path: Path
) -> None:
    export = open_export(archive, About(code=CODE), by="test", now=NOON)
    first, second = (b"".join(export.chunks()) for _ in range(2))
    assert first == second
    (tmp_path / "e.zip").write_bytes(first)
    files = read(tmp_path / "e.zip")
    assert said(tmp_path / "e.zip")
    held = [each for name, each in files.items() if name.startswith("data/originals/")]
    assert sorted(held) == sorted([DIAL, BACK, b"late"])
    leaves = files["log/leaves.json"].decode()
    assert leaves.count("asset.received") == 3 and leaves.count("asset.assigned") == 1
    assert export.originals == 3 and not export.withheld and not export.is_stamped


def test_the_evidence_of_a_dispute_that_is_asked_for_again_is_the_same(
    archive: Archive, tmp_path: Path
) -> None:
    """The leaf that binds it is there once: asking again adds nothing to the log."""
    first = disputed(archive, tmp_path / "first.zip")
    dispute = json.loads(read(first)["data/record.json"])["about"]["dispute"]
    again = written(archive, tmp_path / "again.zip", About(dispute_id=dispute))
    assert said(first) and first.read_bytes() == again.read_bytes()
    assert f"dispute {dispute}, piece {CODE} (unit unit-{CODE})" in verify.report(str(first))


def test_hashes_alone_prove_too(archive: Archive, tmp_path: Path) -> None:
    path = written(archive, tmp_path / "e.zip", About(code=CODE), hashes_only=True)
    assert said(path)
    assert not [name for name in read(path) if name.startswith("data/originals")]


def test_reports_come_along_with_their_leaf(archive: Archive, tmp_path: Path) -> None:
    digest = Sha256(hashlib.sha256(b"%PDF").hexdigest())
    number = archive.database.write(
        lambda db: log.append(db, "report.issued", {"manifest": digest}, now=NOON)
    )
    report = FurtherFile("reports/1.pdf", digest, 4, lambda: iter([b"%PDF"]), number)
    path = written(archive, tmp_path / "e.zip", About(code=CODE), further=[report])
    assert said(path)
    files = read(path)
    files["data/reports/1.pdf"] = b"%pdf"
    assert not said(zipped(sealed(files), tmp_path / "forged.zip"))


def test_what_a_customer_sent_is_in_its_own_dispute_and_nowhere_else(
    archive: Archive, tmp_path: Path
) -> None:
    """What somebody sent in is theirs; the dispute's list is the frozen one."""
    unit = UnitId(f"unit-{CODE}")
    told = Claim(unit, ConversationId("line:misaki"))
    opened = archive.database.write(
        lambda db: disputes.claim(db, told, by="customer:C", promised_at=NOON, now=NOON)
    )
    _, sent = original(archive, b"their picture", None, about=disputes.subject(opened.dispute_id))
    original(archive, b"shown later", unit)
    piece = read(written(archive, tmp_path / "p.zip", About(code=CODE)))
    assert b"their picture" not in piece.values()
    path = written(archive, tmp_path / "d.zip", About(dispute_id=opened.dispute_id))
    files = read(path)
    assert said(path)
    assert sent in files["data/record.json"].decode()
    assert b"their picture" not in files.values()  # nothing says any more that it may be shown
    assert b"shown later" not in files.values()
    assert files["log/leaves.json"].decode().count("dispute.opened") == 1
    answer = Finding(Outcome.AS_RECORDED, "記録のとおりでした。")
    by = Actor("S", Role.SENIOR)
    archive.database.write(
        lambda db: closing.close(db, opened.dispute_id, answer, actor=by, now=NOON, key="k")
    )
    closed = read(written(archive, tmp_path / "c.zip", About(dispute_id=opened.dispute_id)))
    assert closed["log/leaves.json"].decode().count("dispute.closed") == 1
    with pytest.raises(DisputeMissing):
        open_export(archive, About(dispute_id="none"), by="t", now=NOON)
    with pytest.raises(NothingProven):
        open_export(archive, About(code="W-99999"), by="t", now=NOON)


def test_a_list_that_is_not_the_frozen_one_fails(archive: Archive, tmp_path: Path) -> None:
    """R-017: the exhibits of a dispute are checked against the leaf that froze them, also when the
    manifests agree; in a zip of the old form too.
    """
    files = read(disputed(archive, tmp_path / "d.zip"))
    assert len(json.loads(files["data/record.json"])["exhibits"]) == 3
    assert said(zipped(sealed(files), tmp_path / "same.zip"))
    old = dict(files)
    of_old_form(old)
    for what, tamper in LIST_TAMPERS.items():
        for each in (files, old):
            changed = dict(each)
            tamper(changed)
            told = verify.report(str(zipped(sealed(changed), tmp_path / "changed.zip")))
            assert told.startswith("FAILED: the exhibits are not the list that was frozen"), what


def test_no_name_and_no_word_is_in_the_zip(archive: Archive, tmp_path: Path) -> None:
    files = read(written(archive, tmp_path / "e.zip", About(code=CODE)))
    told = files["data/journal.json"].decode() + files["data/record.json"].decode()
    assert "x.jpg" not in told and "Submariner" not in told and "actor" not in told


def test_what_was_deleted_or_lost_is_told_by_its_hash_and_the_rest_leaves(
    archive: Archive, tmp_path: Path
) -> None:
    """A lawful deletion, or a loss that is known, takes no other original out of the evidence: a
    leaf tells of each, and a zip that claims one without it fails.
    """
    dial, back = (Sha256(hashlib.sha256(each).hexdigest()) for each in (DIAL, BACK))
    deleted(archive, dial)
    assert store_of(archive).quarantine(back, "gone") is not None
    with pytest.raises(EvidenceBroken):  # nobody has looked for it yet
        written(archive, tmp_path / "e.zip", About(code=CODE))
    lost(archive, back)
    export = open_export(archive, About(code=CODE), by="test", now=NOON + timedelta(hours=1))
    assert (export.originals, export.withheld) == (1, 2)
    path = written(archive, tmp_path / "e.zip", About(code=CODE))
    files = read(path)
    assert said(path) and "2 withheld (deleted, lost)" in verify.report(str(path))
    assert [each for name, each in files.items() if "/originals/" in name] == [b"late"]
    record = json.loads(files["data/record.json"])
    assert {each["sha256"]: each["why"] for each in record["withheld"]} == {
        dial: "deleted", back: "lost",
    }  # fmt: skip
    assert files["log/leaves.json"].decode().count("original.deleted") == 1
    old = dict(files)
    of_old_form(old)
    assert "OLD FORM" in verify.report(str(zipped(sealed(old), tmp_path / "old.zip")))
    for each in (files, old):
        changed = dict(each)
        no_tombstone(changed)
        told = verify.report(str(zipped(sealed(changed), tmp_path / "changed.zip")))
        assert told.startswith(f"FAILED: no leaf tells that {dial} is deleted")


@on_disk
@pytest.mark.parametrize("how", ["changed", "cut", "gone"])
def test_an_original_that_is_not_as_recorded_makes_no_evidence(
    archive: Archive, tmp_path: Path, how: str
) -> None:
    """Acceptance check 20."""
    place = store_of(archive).path(original_key(Sha256(hashlib.sha256(DIAL).hexdigest())))
    assert place is not None
    place.chmod(0o600)
    match how:
        case "changed":
            place.write_bytes(DIAL[:-1] + b"x")
        case "cut":
            place.write_bytes(DIAL[:-1])
        case _:
            place.unlink()
    with pytest.raises(EvidenceBroken):
        written(archive, tmp_path / "e.zip", About(code=CODE))
    assert not said(tmp_path / "e.zip")


def test_a_large_original_passes_through_little_memory(
    database: Database, store: LocalStore, tmp_path: Path
) -> None:
    archive = archive_of(database, store, tmp_path)
    large = os.urandom(1 << 20) * 48
    original(archive, large, captures.unit(database, CODE))
    size = len(large)
    del large
    export = open_export(archive, About(code=CODE), by="t", now=NOON)
    tracemalloc.start()
    assert sum(len(chunk) for chunk in export.chunks()) > size
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 << 20


def test_an_authority_that_is_down_delays_nothing(
    database: Database, store: LocalStore, authority: Authority, tmp_path: Path
) -> None:
    archive = archive_of(database, store, tmp_path, HttpAuthority(authority.url))
    original(archive, DIAL, captures.unit(database, CODE))
    authority.mood = "down"
    try:
        path = written(archive, tmp_path / "e.zip", About(code=CODE))
    finally:
        authority.mood = "well"
    assert said(path) and "log/timestamp.tsr" not in read(path)
    later = written(archive, tmp_path / "later.zip", About(code=CODE))
    assert said(later) and "log/timestamp.tsr" in read(later)


def test_sharing_and_its_end_have_leaves_without_whose_they_are(archive: Archive) -> None:
    from catalog.ground.record import PartnerId
    from catalog.items import queries as items
    from catalog.items.rules import Viewer
    from catalog.partners import actions as partners
    from catalog.partners import queries as granted
    from media.assets.kinds import Readiness
    from media.sharing import shares
    from media.sharing.shares import share

    def unit(db: Session) -> list[str]:
        firm = partners.enter(db, "GINZA", "銀座", by="t", now=NOON)
        partners.grant(db, firm, None, rights=["media", "link"], media_kinds=["still"],
                       expires_on=None, by="t", now=NOON)  # fmt: skip
        for each in archive_assets(db):
            assets.mark(db, each, Readiness.WHOLE)
        viewer = Viewer(partner=PartnerId(firm), grants=granted.grants_on(db, firm, NOON.date()))
        (found,) = items.by_codes(db, [CODE], viewer=viewer)
        made = share(db, found, viewer, ends_at=NOON + timedelta(days=3), lang="ja", now=NOON,
                     key="k")  # fmt: skip
        shares.revoke(db, made.share_id, f"partner:{firm}", now=NOON)
        told = [each for each in queries.leaves_about(db, found.id) if "share" in each.kind]
        assert firm not in "".join(each.payload for each in told)
        return [each.kind for each in told]

    assert archive.database.write(unit) == ["share.made", "share.revoked"]


def archive_assets(db: Session) -> list[str]:
    from sqlmodel import select

    from media.assets.tables import Asset

    return list(db.exec(select(Asset.id)))
