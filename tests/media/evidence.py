"""A piece with originals, and evidence zips of it: made, taken apart, tampered with, sealed
again.
"""

import hashlib
import json
import os
import re
import zipfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import update
from sqlmodel import Session

from catalog.duties.actors import Actor, Role
from catalog.ground.record import AssetId, ConversationId, Sha256, UnitId
from catalog.ground.session.database import Database
from catalog.items.kinds import UnitState
from catalog.items.tables import Unit
from media.assets.kinds import AssetKind, Part, TimeSource
from media.disputes import actions as disputes
from media.disputes.actions import Claim
from media.intake.receive import Capture, receive
from media.log import actions as log
from media.log.checkpoints import Notary
from media.log.keys import KeyRing
from media.log.stamping import TimestampAuthority
from media.originals.reading import Condition, Seen
from media.originals.replicas import Replicas
from media.originals.store import OriginalStore, Tombstone
from media.retention import actions as retention
from media.retention import deleting
from media.sharing import verify
from media.sharing.evidence import About, FurtherFile
from media.sharing.export import Archive, open_export
from tests.media.captures import NOON

Files = dict[str, bytes]
TOLD = ("sale", "seen", "comparison", "custody", "claim")  # what a zip tells beside its record
LATER = datetime(2037, 1, 5, 3, 0, tzinfo=UTC)  # more than ten years after the capture
_ONE, _OTHER = Actor("one", Role.MANAGER), Actor("other", Role.OWNER)


def archive_of(
    database: Database,
    store: OriginalStore,
    folder: Path,
    authority: TimestampAuthority | None = None,
) -> Archive:
    """What evidence is made from, with a key of its own."""
    keys = KeyRing(folder / "keys", "shop.example/akashi")
    notary = Notary(keys, has_authority=authority is not None)
    return Archive(database, Replicas(store), notary, authority)


def store_of(archive: Archive) -> OriginalStore:
    """Where its originals lie."""
    return archive.replicas.all[0].store


def original(
    archive: Archive,
    content: bytes,
    unit: UnitId | None,
    *,
    about: str | None = None,
    mime: str = "image/jpeg",
    source: str = "test",
    now: datetime = NOON,
) -> tuple[AssetId, Sha256]:
    """A capture whose bytes are in the store."""
    staged = store_of(archive).staging / os.urandom(8).hex()
    staged.write_bytes(content)
    digest = Sha256(hashlib.sha256(content).hexdigest())
    store_of(archive).put(staged, digest, facts={})
    capture = Capture(
        sha256=digest, size=len(content), mime=mime, kind=AssetKind.STILL, name="x.jpg",
        source=f"{source}:{digest[:8]}", unit_id=unit, part=Part.DIAL if unit else None,
        captured_at=now - timedelta(hours=1), time_source=TimeSource.CAMERA, about=about,
    )  # fmt: skip

    def unit_of_work(db: Session) -> AssetId:
        return receive(db, capture, actor="test", now=now).asset_id

    return archive.database.write(unit_of_work), digest


def written(archive: Archive, path: Path, about: About, **how: Any) -> Path:
    """The zip of it on the disk."""
    export = open_export(archive, about, by="test", now=NOON + timedelta(hours=1), **how)
    with path.open("wb") as file:
        for chunk in export.chunks():
            file.write(chunk)
    return path


def reported(archive: Archive, unit: UnitId) -> FurtherFile:
    """A report of the piece with its leaf, and a leaf of the piece that no file belongs to."""
    content = b"dial scratched at six"
    digest = Sha256(hashlib.sha256(content).hexdigest())
    told = {"report": "R", "unit": unit, "manifest": digest}
    number = archive.database.write(lambda db: log.append(db, "report.issued", told, now=NOON))
    archive.database.write(lambda db: log.append(db, "test.told", {"unit": unit}, now=NOON))
    return FurtherFile("reports/R.json", digest, len(content), lambda: iter([content]), number)


def deleted(archive: Archive, digest: Sha256) -> None:
    """Two persons have the original of a piece that was sold deleted, after its term."""

    def unit_of_work(db: Session) -> Tombstone | None:
        db.connection().execute(update(Unit).values(state=UnitState.DELIVERED.value))
        wish = deleting.ask(db, digest, reason="期限経過", actor=_ONE, now=LATER)
        deleting.agree(db, wish, actor=_OTHER, now=LATER)
        told = deleting.begin(db, wish, now=LATER)
        deleting.done(db, wish, now=LATER)
        return told

    told = archive.database.write(unit_of_work)
    assert told is not None
    store_of(archive).bury(told)


def lost(archive: Archive, digest: Sha256) -> None:
    """No place holds the original any more, and a check of everything has told so."""
    seen = {each.name: Seen(Condition.MISSING) for each in archive.replicas.all}
    archive.database.write(lambda db: retention.record(db, digest, seen, now=NOON))


def disputed(archive: Archive, path: Path, code: str = "W-10234") -> Path:
    """The zip of a dispute about the piece, with all that was on record of it."""
    told = Claim(UnitId(f"unit-{code}"), ConversationId("line:misaki"))
    opened = archive.database.write(
        lambda db: disputes.claim(db, told, by="customer:C", promised_at=NOON, now=NOON)
    )
    return written(archive, path, About(dispute_id=opened.dispute_id))


def read(path: Path) -> Files:
    """Everything in it."""
    with zipfile.ZipFile(path) as bag:
        assert bag.testzip() is None
        return {name: bag.read(name) for name in bag.namelist()}


def zipped(files: Mapping[str, bytes], path: Path) -> Path:
    """A zip of those files."""
    with zipfile.ZipFile(path, "w") as bag:
        for name, content in files.items():
            bag.writestr(name, content)
    return path


def linked(files: Mapping[str, bytes], path: Path) -> Path:
    """The same with one entry that is laid down as a link, its bytes unchanged."""
    with zipfile.ZipFile(path, "w") as bag:
        for name, content in files.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = (0o120777 if name == "log/leaves.json" else 0o100644) << 16
            bag.writestr(info, content)
    return path


def sealed(files: Mapping[str, bytes]) -> Files:
    """The same with manifests that agree, as whoever tampers would make them."""
    plain = {name: each for name, each in files.items() if "manifest-sha256" not in name}
    payload = {name: each for name, each in plain.items() if name.startswith("data/")}
    manifest = _lines(payload)
    tags = {name: each for name, each in plain.items() if name not in payload}
    tags["manifest-sha256.txt"] = manifest
    return {**tags, "tagmanifest-sha256.txt": _lines(tags), **payload}


def _lines(files: Mapping[str, bytes]) -> bytes:
    told = sorted((name, hashlib.sha256(each).hexdigest()) for name, each in files.items())
    return "".join(f"{digest}  {name}\n" for name, digest in told).encode()


def _originals(files: Files) -> list[str]:
    return sorted(name for name in files if name.startswith("data/originals/"))


def _flip(files: Files, name: str, place: int = -1) -> None:
    changed = bytearray(files[name])
    changed[place] ^= 1
    files[name] = bytes(changed)


def _pixel_and_record(files: Files) -> None:
    """One pixel changed, the record brought in line; only the leaf still tells."""
    (name, *_) = _originals(files)
    _flip(files, name)
    digest = hashlib.sha256(files[name]).hexdigest()
    old = name.rpartition("/")[2].partition(".")[0]
    files["data/record.json"] = files["data/record.json"].replace(old.encode(), digest.encode())
    files[name.replace(old, digest)] = files.pop(name)


def _leaf_too(files: Files) -> None:
    (name, *_) = _originals(files)
    old = name.rpartition("/")[2].partition(".")[0]
    _pixel_and_record(files)
    new = (set(_originals(files)) - {name}).pop()
    told = {each.rpartition("/")[2].partition(".")[0] for each in _originals(files)}
    leaves = files["log/leaves.json"].decode()
    fresh = next(each for each in told if each not in leaves)
    files["log/leaves.json"] = leaves.replace(old, fresh).encode()
    assert new


def _another_log(files: Files) -> None:
    """A checkpoint of another log, signed with another key that is put beside it."""
    from media.log import notes

    folder = Path(os.environ.get("TMPDIR", "/tmp")) / f"proofs-{os.urandom(6).hex()}"
    signer = KeyRing(folder, "shop.example/akashi").ensure()
    told = notes.read(files["log/checkpoint.txt"].decode())
    text = notes.checkpoint_text(told.origin, told.size, os.urandom(32))
    files["log/checkpoint.txt"] = signer.sign(text).encode()
    files["log/key.txt"] = f"{signer.verifier}\n".encode()
    signer_file = folder / "log.keys"
    signer_file.unlink()
    folder.rmdir()


def _wrong_key(files: Files) -> None:
    told = files["log/key.txt"]
    _another_log(files)
    del files["log/checkpoint.txt"]
    assert files["log/key.txt"] != told


def _removed(files: Files) -> None:
    (name, *_) = _originals(files)
    del files[name]
    record = json.loads(files["data/record.json"])
    record["files"] = [each for each in record["files"] if each["path"] != name]
    files["data/record.json"] = json.dumps(record).encode()


def _added(files: Files) -> None:
    files["data/originals/" + "0" * 64 + ".jpg"] = b"never captured"


def _added_with_record(files: Files) -> None:
    _added(files)
    record = json.loads(files["data/record.json"])
    digest = hashlib.sha256(b"never captured").hexdigest()
    leaf = record["files"][0]["leaf"]
    path = "data/originals/" + "0" * 64 + ".jpg"
    record["files"].append({"path": path, "sha256": digest, "leaf": leaf})
    files["data/record.json"] = json.dumps(record).encode()


def _edited_leaf(files: Files) -> None:
    leaves = json.loads(files["log/leaves.json"])
    payload = json.loads(leaves[0]["payload"])
    payload["captured_at"] = 1
    leaves[0]["payload"] = json.dumps(payload, sort_keys=True, separators=(",", ":"))
    files["log/leaves.json"] = json.dumps(leaves).encode()


def _signature(files: Files) -> None:
    import base64

    text, gap, line = files["log/checkpoint.txt"].decode().rpartition(" ")
    told = bytearray(base64.b64decode(line))
    told[-1] ^= 1
    files["log/checkpoint.txt"] = f"{text}{gap}{base64.b64encode(told).decode()}\n".encode()


def _record(change: Callable[[dict[str, Any]], None]) -> Callable[[Files], None]:
    def tamper(files: Files) -> None:
        record = json.loads(files["data/record.json"])
        change(record)
        files["data/record.json"] = json.dumps(record).encode()

    return tamper


def _leaves(files: Files, keep: Callable[[dict[str, Any]], bool]) -> None:
    """Only those leaves are left, with their proofs."""
    leaves = json.loads(files["log/leaves.json"])
    kept = [each for each in leaves if keep(json.loads(each["payload"]))]
    assert len(kept) < len(leaves)
    told = json.loads(files["log/proofs.json"])
    told["proofs"] = {str(each["number"]): told["proofs"][str(each["number"])] for each in kept}
    files["log/leaves.json"] = json.dumps(kept).encode()
    files["log/proofs.json"] = json.dumps(told).encode()


def _taken_out(files: Files, folder: str, *, with_leaf: bool) -> None:
    """A file leaves with its place in the record, and with its leaf too."""
    record = json.loads(files["data/record.json"])
    gone = next(each for each in record["files"] if each["path"].startswith(f"data/{folder}/"))
    record["files"].remove(gone)
    del files[gone["path"]]
    if with_leaf:
        _leaves(files, lambda leaf: gone["sha256"] not in leaf.values())
        record["leaves"] = [each for each in record.get("leaves", []) if each != gone["leaf"]]
    files["data/record.json"] = json.dumps(record).encode()


def _leaf_alone(files: Files) -> None:
    _leaves(files, lambda leaf: leaf["kind"] != "test.told")


def of_old_form(files: Files) -> None:
    """As zips were before a leaf bound what they list: also what a forger might pass one off as."""
    for name in TOLD:
        files.pop(f"data/{name}.json", None)
    _old_with_testimony(files)


def _old_with_testimony(files: Files) -> None:
    _leaves(files, lambda leaf: leaf["kind"] != "evidence.made")
    record = json.loads(files["data/record.json"])
    record["form"] = "akashi evidence 1"
    record.pop("leaves")
    files["data/record.json"] = json.dumps(record).encode()


def no_tombstone(files: Files) -> None:
    """The leaf of a deletion leaves; the record still claims it."""
    _leaves(files, lambda leaf: leaf["kind"] != "original.deleted")


def _unbound(files: Files) -> None:
    _leaves(files, lambda leaf: leaf["kind"] != "evidence.made")


def _old_piece(files: Files) -> None:
    of_old_form(files)
    _record(lambda record: record["about"].update(code="W-99999"))(files)


def restamped(answer: bytes, year: str = "2020") -> bytes:
    """The year in a time stamp written over."""
    moment = rb"\x18\x0f\d{4}(?=\d{10}Z)"
    found = re.sub(moment, b"\x18\x0f" + year.encode(), answer, count=1)
    assert found != answer
    return found


def rehashed(answer: bytes, before: bytes) -> bytes:
    """The same with the digest that was signed written over too: only the signature still tells."""
    old, new = (
        hashlib.sha256(verify._parts(each, 0, 1, 1, 0, 2, 1)[0]).digest()
        for each in (before, answer)
    )
    assert old in answer
    return answer.replace(old, new)


def _of_2020(files: Files) -> None:
    files["log/timestamp.tsr"] = restamped(files["log/timestamp.tsr"])


# What is done to the files, each followed by manifests made anew.
TAMPERS: dict[str, Callable[[Files], None]] = {
    "one pixel": lambda files: _flip(files, _originals(files)[0], 5),
    "one pixel, and the record": _pixel_and_record,
    "one pixel, the record and the leaf": _leaf_too,
    "a leaf": _edited_leaf,
    "another checkpoint": _another_log,
    "a signature": _signature,
    "a removed original": _removed,
    "an added file": _added,
    "an added file with its record": _added_with_record,
    "a strange file beside": lambda files: files.update({"notes.txt": b"x"}),
    "no proofs": lambda files: files.update({"log/proofs.json": b'{"proofs":{},"size":3}'}),
    "no leaves": lambda files: files.update({"log/leaves.json": b"[]"}),
    "about another piece": _record(lambda record: record["about"].update(code="W-99999")),
    "about another unit": _record(lambda record: record["about"].update(unit="unit-W-99999")),
    "another form": _record(lambda record: record.update(form="akashi evidence 1")),
    "no acts": lambda files: files.update({"data/journal.json": b"[]\n"}),
    "a report taken out": lambda files: _taken_out(files, "reports", with_leaf=False),
    "a report taken out with its leaf": lambda files: _taken_out(files, "reports", with_leaf=True),
    "an original taken out with its leaf": lambda files: _taken_out(
        files, "originals", with_leaf=True
    ),
    "a leaf taken out": _leaf_alone,
    "no leaf of the zip itself": _unbound,
    "passed off as an old one": of_old_form,
    "passed off as an old one of another piece": _old_piece,
    "passed off as an old one that tells more": _old_with_testimony,
    "its custody told otherwise": lambda files: files.update({"data/custody.json": b"[]"}),
    "nothing told of looks": lambda files: files.pop("data/seen.json") and None,
    "something more told": lambda files: files.update({"data/more.json": b"[]"}),
    "an earlier checkpoint made up": lambda files: files.update(
        {"log/at-1/checkpoint.txt": files["log/checkpoint.txt"]}
    ),
    "a key beside": lambda files: files.update({"log/at-1/key.txt": files["log/key.txt"]}),
    "a report and its digest in the manifest": lambda files: _flip(files, "data/reports/R.json"),
    "stamped in 2020": _of_2020,
    "a file named nearly as a system's": lambda files: files.update({"DS_Store": b"x"}),
    "the root beside": lambda files: files.update({"ROOT.pem": b"x"}),
}
# What systems lay beside files by themselves: told as no part of it, and no harm.
LITTER = (".DS_Store", "data/originals/.DS_Store", "data/Thumbs.db", "log/desktop.ini", "._log")


def _one_less(files: Files) -> None:
    """An exhibit leaves with its original, its leaf and its proof; the list still tells of it."""
    record = json.loads(files["data/record.json"])
    asset, sha256 = record["exhibits"][0]
    leaves = json.loads(files["log/leaves.json"])
    (gone,) = (each for each in leaves if f'"asset":"{asset}"' in each["payload"])
    kept = [each for each in leaves if each is not gone]
    files["log/leaves.json"] = json.dumps(kept).encode()
    record["files"] = [each for each in record["files"] if each["sha256"] != sha256]
    files["data/record.json"] = json.dumps(record).encode()
    del files[f"data/originals/{sha256}.jpg"]


# What is done to the list a dispute froze; the files themselves stay as they were but for the last.
LIST_TAMPERS: dict[str, Callable[[Files], None]] = {
    "one exhibit less": _record(lambda record: record["exhibits"].pop()),
    "one exhibit more": _record(lambda record: record["exhibits"].append(["A", "0" * 64])),
    "another digest": _record(lambda record: record["exhibits"][0].__setitem__(1, "0" * 64)),
    "another order": _record(lambda record: record["exhibits"].reverse()),
    "an empty list": _record(lambda record: record.update(exhibits=[])),
    "no list": _record(lambda record: record.update(exhibits=None)),
    "another dispute": _record(lambda record: record["about"].update(dispute="D")),
    "no dispute": _record(lambda record: record["about"].pop("dispute")),
    "no capture of it": _one_less,
}
