"""A piece with originals, and evidence zips of it: made, taken apart, tampered with, sealed
again.
"""

import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session

from catalog.ground.record import AssetId, ConversationId, Sha256, UnitId
from catalog.ground.session.database import Database
from media.assets.kinds import AssetKind, Part, TimeSource
from media.disputes import actions as disputes
from media.disputes.actions import Claim
from media.intake.receive import Capture, receive
from media.log.checkpoints import Notary
from media.log.keys import KeyRing
from media.log.stamping import TimestampAuthority
from media.originals.replicas import Replicas
from media.originals.store import OriginalStore
from media.sharing.evidence import About
from media.sharing.export import Archive, open_export
from tests.media.captures import NOON

Files = dict[str, bytes]


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
}


def _record(change: Callable[[dict[str, Any]], None]) -> Callable[[Files], None]:
    def tamper(files: Files) -> None:
        record = json.loads(files["data/record.json"])
        change(record)
        files["data/record.json"] = json.dumps(record).encode()

    return tamper


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
