"""What an evidence zip tells beside the captures (R-009, R-015, R-016, R-017, R-018, R-019, R-022,
R-023): sale, looks, acknowledgement, findings and custody, each held by leaves.
"""

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlmodel import Session

from bot.authority import HttpAuthority
from bot.cli.evidence import verify as verify_command
from catalog.duties.actors import Actor, Role
from catalog.duties.opening import open_stock
from catalog.ground.record import UnitId, to_millis
from catalog.ground.session.database import Database
from catalog.items.queries import id_of_code
from media.disputes import closing
from media.disputes.closing import Finding
from media.disputes.tables import Outcome
from media.log.checkpoints import Notary
from media.originals.local import LocalStore
from media.sharing import verify
from media.sharing.evidence import About
from media.sharing.export import Archive, open_export
from tests import authority as authorities
from tests.authority import Authority
from tests.databases import fresh
from tests.media.captures import NOON
from tests.media.disputed import NOTE, TALK, Disputed, disputed
from tests.media.evidence import (
    TOLD,
    Files,
    archive_of,
    original,
    read,
    sealed,
    written,
    zipped,
)
from tests.shop import item

CODE = "W-10234"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with authorities.opened(authorities.founded(tmp_path_factory.mktemp("tsa"))) as opened:
        yield opened


@pytest.fixture
def told(database: Database, store: LocalStore, tmp_path: Path, authority: Authority) -> Disputed:
    return disputed(database, store, tmp_path, authority)


def zip_of(told: Disputed, path: Path, about: About | None = None, **how: Any) -> Path:
    about = about or About(dispute_id=told.dispute_id)
    export = open_export(told.archive, about, by="t", now=told.desk.later(), **how)
    with path.open("wb") as file:
        file.writelines(export.chunks())
    return path


def said(files: Files, name: str) -> Any:
    return json.loads(files[f"data/{name}.json"])


def leaves_of(files: Files) -> dict[int, dict[str, Any]]:
    listed = json.loads(files["log/leaves.json"])
    return {each["number"]: json.loads(each["payload"]) for each in listed}


def holds(path: Path) -> bool:
    return "OK: everything holds" in verify.report(str(path))


def test_a_disputes_zip_tells_the_sale_and_what_the_buyer_saw(
    told: Disputed, tmp_path: Path
) -> None:
    path = zip_of(told, tmp_path / "d.zip")
    assert holds(path), verify.report(str(path))
    files, sold = read(path), told.sold
    leaves = leaves_of(files)
    (sale,) = said(files, "sale")
    assert [each["asset"] for each in sale["exhibits"]] == list(sold.before.values())
    assert (sale["report"], sale["manifest"]) == (sold.issued.code, sold.issued.manifest_sha256)
    text = files[sale["text"]]
    assert leaves[sale["leaf"]]["kind"] == "sale.frozen"
    assert leaves[sale["leaf"]]["frozen"] == sale["frozen"] == hashlib.sha256(text).hexdigest()
    seen = said(files, "seen")
    (tap,) = seen["acknowledged"]
    assert (tap["by"], tap["report"]) == ("claimant", sold.issued.code)
    assert leaves[tap["leaf"]]["manifest"] == tap["manifest"] == sold.issued.manifest_sha256
    assert leaves[tap["leaf"]]["at"] == tap["seen_at"]
    (page,) = seen["pages"]
    assert (page["share"], page["for"], page["made_by"]) == (told.share_id, "claimant", "shop")
    assert page["report"] == sold.issued.code
    ((browser,)) = page["browsers"]
    ((look,)) = browser["looks"]
    assert (look["what"], look["result"], look["times"]) == ("file", "shown", 4)
    assert look["first_at"] < look["last_at"] < to_millis(told.desk.now)
    content = files[f"data/seen/{told.share_id}.json"]
    assert hashlib.sha256(content).hexdigest() == leaves[page["leaf"]]["assets"]
    assert json.loads(content)["assets"] == page["assets"] and len(page["assets"]) == 3


def test_what_another_customer_was_shown_is_in_no_disputes_zip(
    told: Disputed, tmp_path: Path
) -> None:
    whole = b"".join(read(zip_of(told, tmp_path / "d.zip")).values())
    assert told.share_id.encode() in whole
    for each in (told.others, told.sold.buyer, "203.0.113", "line:misaki"):
        assert each.encode() not in whole, each


def test_it_tells_what_was_found_with_both_pictures_and_every_pin(
    told: Disputed, tmp_path: Path
) -> None:
    """The returned piece's picture was no exhibit: a finding speaks of it, so it comes along."""
    files = read(zip_of(told, tmp_path / "d.zip"))
    leaves, found = leaves_of(files), said(files, "comparison")
    (one,) = found["findings"]
    assert (one["verdict"], one["note"]) == ("differs", NOTE)
    leaf = leaves[one["leaf"]]
    assert leaf["sha256"] == [one["earlier"]["sha256"], one["later"]["sha256"]]
    assert leaf["assets"] == [told.sold.before["dial"], told.returned]
    assert hashlib.sha256(files[one["text"]]).hexdigest() == leaf["laid"]
    for side in ("earlier", "later"):
        assert f"data/originals/{one[side]['sha256']}.jpg" in files
    (pin,) = found["pins"]
    assert (pin["report"], pin["number"]) == (told.sold.issued.code, 1)
    assert pin["asset"] == told.sold.before["dial"] and pin["sha256"] == one["earlier"]["sha256"]
    assert said(files, "claim")["by"] == "claimant"
    assert leaves[said(files, "claim")["leaf"]]["frozen"] == said(files, "claim")["frozen"]


def test_an_earlier_time_stamp_tells_that_it_was_there_soon_after_the_sale(
    told: Disputed, authority: Authority, tmp_path: Path
) -> None:
    path = zip_of(told, tmp_path / "d.zip")
    files, under = read(path), f"log/at-{told.stamped}/"
    (sale,) = said(files, "sale")
    assert str(sale["leaf"]) in json.loads(files[f"{under}proofs.json"])["proofs"]
    assert verify.report(str(path)).count("time stamp: says") == 1
    for name, content in (
        (f"{under}timestamp.tsr", authority.stamp_of(b"something else")),
        (f"{under}proofs.json", b'{"proofs":{}}'),
        (f"{under}checkpoint.txt", files["log/checkpoint.txt"]),
        (f"{under}key.txt", b"x+1+AA=="),
    ):
        forged = zipped(sealed({**files, name: content}), tmp_path / "forged.zip")
        assert not holds(forged), name


def test_a_changed_lacking_or_added_word_of_it_fails(told: Disputed, tmp_path: Path) -> None:
    files = read(zip_of(told, tmp_path / "d.zip"))
    assert holds(zipped(sealed(files), tmp_path / "same.zip"))
    texts = [name for name in files if name.startswith(("data/sale/", "data/seen/", "data/compar"))]
    assert len(texts) == 3 + 1  # one of each, and the findings
    for name in [*(f"data/{each}.json" for each in TOLD), *texts]:
        less = {other: each for other, each in files.items() if other != name}
        assert not holds(zipped(sealed(less), tmp_path / "less.zip")), name
        changed = {**files, name: files[name].replace(b"1", b"2", 1) + b" "}
        assert not holds(zipped(sealed(changed), tmp_path / "changed.zip")), name
    more = {**files, "data/sale/more.json": b"{}"}
    assert not holds(zipped(sealed(more), tmp_path / "more.zip"))


def test_a_pieces_zip_tells_all_of_it_and_of_nobody_by_name(told: Disputed, tmp_path: Path) -> None:
    path = zip_of(told, tmp_path / "p.zip", About(code=CODE))
    assert holds(path), verify.report(str(path))
    files = read(path)
    assert "data/claim.json" not in files and len(said(files, "seen")["pages"]) == 2
    assert [each["by"] for each in said(files, "seen")["acknowledged"]] == ["customer"]
    whole = b"".join(files.values())
    for each in (told.sold.buyer, "203.0.113", "line:misaki"):
        assert each.encode() not in whole, each


def test_the_answer_to_a_claim_is_told_and_held_by_its_own_leaf(
    told: Disputed, tmp_path: Path
) -> None:
    """Words and outcome as they were: a leaf of then has their salted digest."""
    before = read(zip_of(told, tmp_path / "open.zip"))
    assert said(before, "claim")["answer"] is None
    answer = Finding(Outcome.DIFFERS, "違いを確認いたしました。")
    by = Actor("S", Role.SENIOR)
    told.desk.write(
        lambda db: closing.close(
            db, told.dispute_id, answer, actor=by, now=told.desk.later(), key="k"
        )
    )
    told.desk.capture("case_back", makes=False, n=7)  # of a later day: none of this claim's
    path = zip_of(told, tmp_path / "closed.zip")
    files = read(path)
    claim = said(files, "claim")
    assert holds(path) and claim["state"] == "closed"
    assert (claim["answer"]["outcome"], claim["answer"]["words"]) == ("differs", answer.words)
    leaf, text = leaves_of(files)[claim["answer"]["leaf"]], files[claim["answer"]["text"]]
    assert leaf["kind"] == "dispute.closed"
    assert leaf["answer"] == hashlib.sha256(text).hexdigest()
    other = text.replace("違い".encode(), "同一".encode())
    forged = zipped(sealed({**files, claim["answer"]["text"]: other}), tmp_path / "forged.zip")
    assert not holds(forged)
    told.desk.write(lambda db: closing.forget(db, TALK))
    forgotten = zip_of(told, tmp_path / "forgotten.zip")
    assert holds(forgotten) and answer.words.encode() not in forgotten.read_bytes()


def test_custody_is_told_by_phases_and_kinds_of_hands(
    database: Database, store: LocalStore, tmp_path: Path
) -> None:
    """R-022: when it was where, with the captures of it; not who had it."""
    archive = archive_of(database, store, tmp_path)

    def unit(db: Session) -> UnitId:
        open_stock(db, [item("W-10234")], by="staff:S", now=NOON - timedelta(days=1))
        return UnitId(str(id_of_code(db, "W-10234")))

    asset, digest = original(archive, b"dial", database.write(unit))
    path = written(archive, tmp_path / "e.zip", About(code=CODE))
    (phase,) = said(read(path), "custody")
    assert holds(path) and phase["phase"] == "storage" and not phase["is_lacking"]
    assert phase["captures"] == [[asset, digest]]
    ((step,)) = phase["steps"]
    assert (step["state"], step["hands"]) == ("listed", "dealer")


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[Disputed]:
    folder = tmp_path_factory.mktemp("printed")
    with fresh("sqlite", folder) as database:
        made = disputed(database, LocalStore(folder / "media"), folder, authority, prints=True)
        notary = Notary(made.archive.notary.keys, has_authority=True)
        made.archive = Archive(
            database, made.archive.replicas, notary, HttpAuthority(authority.url)
        )
        yield made


@pytest.mark.parametrize("hashes_only", [False, True])
@pytest.mark.parametrize("of", ["dispute", "piece"])
def test_every_tool_there_is_finds_it_whole(
    printed: Disputed, authority: Authority, tmp_path: Path, of: str, hashes_only: bool
) -> None:
    """Its own verifier from anywhere, `sha256sum`, the bagit library, `openssl ts` on every stamp,
    poppler's `pdfsig` on every certificate.
    """
    import bagit

    about = About(code=CODE) if of == "piece" else About(dispute_id=printed.dispute_id)
    path = zip_of(printed, tmp_path / "e.zip", about, hashes_only=hashes_only)
    bag = tmp_path / "bag"
    _run(tmp_path, sys.executable, "-m", "zipfile", "-e", str(path), str(bag))
    for at, words in ((bag, ["verify.py"]), (tmp_path, ["bag/verify.py"]),
                      (Path("/"), [str(bag / "verify.py"), str(path)])):  # fmt: skip
        assert "OK" in _run(at, sys.executable, "-I", "-S", *words)
    for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        _run(bag, "sha256sum", "--strict", "-c", manifest)
    assert bagit.Bag(str(bag)).validate()
    stamps = sorted(each.relative_to(bag) for each in bag.rglob("timestamp.tsr"))
    assert len(stamps) >= 2
    for stamp in stamps:
        under = "" if stamp.parent.name == "log" else f"{stamp.parent.name}/"
        _run(bag, "openssl", "ts", "-verify", "-data", str(stamp.with_name("checkpoint.txt")),
             "-in", str(stamp), "-untrusted", f"certificates/{under}tsa.pem",
             "-CAfile", str(authority.root))  # fmt: skip
    (certificate,) = (bag / "data" / "certificates").glob("*.pdf")
    assert "Signature is Valid." in _run(bag, "pdfsig", "-nocert", str(certificate))
    ran = CliRunner().invoke(verify_command, [str(path), "--tsa-root", str(authority.root)])
    assert ran.output.count("signed by an authority of ca.pem") == len(stamps), ran.output
    originals = bag / "data" / "originals"
    assert originals.exists() is not hashes_only


def _run(at: Path, *command: str) -> str:
    if shutil.which(command[0]) is None:
        pytest.fail(f"{command[0]} is needed")
    done = subprocess.run(command, cwd=at, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, (command, done.stdout, done.stderr)
    return done.stdout
