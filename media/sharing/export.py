"""The evidence zip (証拠一式): a BagIt bag that an outsider checks without akashi and without a
network, years later (R-009). Originals and reports below `data/`, leaves, proofs, the checkpoint
and its time stamp below `log/`, and what checks them: `verify.py`, `verify.html`. A leaf of its own
has the digests of what the zip lists, so that the checkpoint covers that too.

It is written as it is read, a chunk at a time, and the same record gives the same bytes. Each
original comes from a place that holds it as it was; one that no place does breaks the zip off, so
that no bag ever holds it. What goes in is decided in `evidence`.
"""

import contextlib
import hashlib
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import structlog
from sqlmodel import Session

from catalog.ground import journal
from catalog.ground.calendar import tokyo_day
from catalog.ground.errors import Unavailable
from catalog.ground.record import Sha256
from catalog.ground.session.database import Database
from media.disputes import actions as disputes
from media.log import actions as log_actions
from media.log import checkpoints, stamping
from media.log import queries as log
from media.log.checkpoints import Notary
from media.log.queries import Leaf
from media.log.stamping import AuthorityUnavailable, TimestampAuthority
from media.log.tables import LogCheckpoint
from media.originals.replicas import OriginalLost, Replicas
from media.originals.store import ObjectMissing, original_key, read_chunks
from media.sharing.evidence import (
    MADE_LEAF,
    TAKEN,
    About,
    Evidence,
    FurtherFile,
    Original,
    Paper,
    gather,
    made_before,
)

# 1: no leaf bound `record.json` and `journal.json`; 2: nothing told of sale, looks and findings.
FORM = "akashi evidence 3"
# Whose first time stamp tells by when they were there.
_STAMPED_SOON = frozenset({"sale.frozen", "condition.seen", "report.issued", "dispute.opened"})
_HERE = Path(__file__).parent
_EPOCH = (1980, 1, 1, 0, 0, 0)  # zip knows no earlier moment; the real ones are in the leaves
_LARGE = 1 << 30
_FILE = 0o100644 << 16

logger = structlog.get_logger()


class EvidenceBroken(Unavailable):
    """An original is not held as it was recorded; no evidence is made of it. `sha256`."""

    def __init__(self, sha256: str, reason: str) -> None:
        super().__init__(f"original {sha256} {reason}; run the fixity check and repair it first")
        self.sha256 = sha256


@dataclass(frozen=True, slots=True)
class Archive:
    """What evidence is made from, and who signs and stamps it."""

    database: Database
    replicas: Replicas
    notary: Notary
    authority: TimestampAuthority | None = None


@dataclass(frozen=True, slots=True)
class _Member:
    """One file of the bag. `read` gives its bytes; its digest and size are known before."""

    name: str
    sha256: str
    size: int
    read: Any


@dataclass(frozen=True, slots=True)
class Export:
    """A zip that is ready to be written."""

    name: str
    size: int  # leaves the checkpoint is over
    leaves: int
    originals: int
    withheld: int
    is_stamped: bool
    members: Sequence[_Member]

    def chunks(self) -> Iterator[bytes]:
        """The bytes of the zip, in order. Raises EvidenceBroken in the middle; what was written by
        then is no zip.
        """
        sink = _Sink()
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as bag:
            for member in self.members:
                info = zipfile.ZipInfo(member.name, _EPOCH)
                info.external_attr = _FILE
                info.create_system = 3
                with bag.open(info, "w", force_zip64=member.size >= _LARGE) as file:
                    for chunk in member.read():
                        file.write(chunk)
                        yield from sink.take()
        yield from sink.take()


class _Sink(io.RawIOBase):
    """Takes what the zip writes and gives it on. It cannot go back, so nothing waits in it."""

    def __init__(self) -> None:
        super().__init__()
        self._held: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, chunk: Any) -> int:
        self._held.append(bytes(chunk))
        return len(chunk)

    def take(self) -> list[bytes]:
        """What was written since."""
        held, self._held = self._held, []
        return held


def open_export(
    archive: Archive,
    about: About,
    *,
    by: str,
    now: datetime,
    hashes_only: bool = False,
    further: Sequence[FurtherFile] = (),
) -> Export:
    """Look everything up, sign a checkpoint over the newest leaf and have it stamped where the
    authority answers at once (else the zip has no stamp yet; the work stays noted). Blocks, and
    must not be called within a unit.

    `further`: reports and other files that leaves of their own prove. Raises NothingProven,
    DisputeMissing, EvidenceBroken, KeyMissing, KeyExposed.
    """
    found = archive.database.read(
        lambda db: gather(db, about, hashes_only=hashes_only, further=further)
    )
    own: list[Original | Paper] = [*found.originals, *found.papers]
    for each in own:
        _look_at(archive.replicas, each)
    told = _told(found, further)
    number, point = archive.database.write(
        lambda db: _begin(db, archive.notary, found, told, by=by, hashes_only=hashes_only, now=now)
    )
    _stamp(archive, point, now=now)
    signed = archive.database.read(lambda db: _proven(db, found, number, point))
    return Export(
        name=f"evidence-{found.name}.zip",
        size=point.size,
        leaves=len(signed.leaves),
        originals=sum(each.path is not None for each in found.originals),
        withheld=sum(each.path is None for each in own),
        is_stamped=signed.now.stamp is not None,
        members=_members(archive.replicas, found, further, told, _tags(signed)),
    )


def _told(found: Evidence, further: Sequence[FurtherFile]) -> dict[str, bytes]:
    """What the zip says of itself: which file is told by which leaf, what is withheld, which leaves
    it has; and the acts of the journal.
    """
    own: list[Original | Paper] = [*found.originals, *found.papers]
    every: list[Original | Paper | FurtherFile] = [*own, *further]
    files = [(each.path, each.sha256, each.leaf) for each in every if each.path]
    record = {
        "form": FORM,
        "about": found.about,
        "files": [
            {"path": f"data/{path}", "sha256": sha256, "leaf": leaf} for path, sha256, leaf in files
        ],
        "withheld": [
            {"sha256": each.sha256, "leaf": each.leaf, "why": each.why}
            for each in own
            if each.path is None
        ],
        "exhibits": found.exhibits,
        "leaves": [each.number for each in found.leaves],
    }
    every_one = {"record": record, "journal": list(found.acts), **found.told}
    return {f"data/{name}.json": _json(content) for name, content in every_one.items()}


def _begin(
    db: Session,
    notary: Notary,
    found: Evidence,
    told: Mapping[str, bytes],
    *,
    by: str,
    hashes_only: bool,
    now: datetime,
) -> tuple[int, LogCheckpoint]:
    """The leaf that binds what the zip says of itself, and a checkpoint over it; the journal tells
    who took it out of the house.
    """
    dispute_id = found.about.get("dispute")
    leaf = {"unit": found.unit_id, "dispute": dispute_id} | {
        Path(name).stem: hashlib.sha256(content).hexdigest() for name, content in told.items()
    }
    number = made_before(db, found.unit_id, leaf)
    if number is None:
        number = log_actions.append(db, MADE_LEAF, leaf, now=now)
    point = checkpoints.fresh(db, notary, now=now)
    facts = {"checkpoint": point.number, "hashes_only": hashes_only, "dispute": dispute_id}
    subjects = [f"unit:{found.unit_id}"]
    subjects += [disputes.subject(dispute_id)] if dispute_id is not None else []
    for each in subjects:
        journal.record(db, each, TAKEN, actor=by, at=now, facts=facts)
    db.expunge(point)
    return number, point


def _look_at(replicas: Replicas, original: Original | Paper) -> None:
    """Cheaply, before anything is written: some place has it with the right size."""
    if original.path is None or (isinstance(original, Paper) and original.content):
        return
    sizes = set()
    for each in replicas.all:
        with contextlib.suppress(ObjectMissing):
            sizes.add(each.store.size(original_key(original.sha256)))
    if not sizes:
        raise EvidenceBroken(original.sha256, "is not in the store")
    if original.size not in sizes:
        raise EvidenceBroken(original.sha256, "is held with another size")


def _original(replicas: Replicas, sha256: Sha256) -> Iterator[bytes]:
    """The bytes of an original, from the first place that holds it as it was. Raises EvidenceBroken
    before the first of them when none does.
    """
    try:
        with replicas.verified(sha256) as path:
            yield from read_chunks(path)
    except OriginalLost:
        logger.error("evidence.broken", sha256=sha256)
        raise EvidenceBroken(sha256, "is held with other bytes") from None


def _paper(replicas: Replicas, paper: Paper) -> Iterator[bytes]:
    return iter([paper.content]) if paper.content else _original(replicas, paper.sha256)


def _stamp(archive: Archive, point: LogCheckpoint, *, now: datetime) -> None:
    """Have the checkpoint stamped now when it is not yet; no unit is open."""
    number = point.number or 0
    kept = archive.database.read(lambda db: checkpoints.stamp_of(db, number))
    if kept is not None or archive.authority is None:
        return
    try:
        answer = archive.authority.stamp(point.note.encode())
    except AuthorityUnavailable as late:
        logger.warning("evidence.unstamped", checkpoint=number, reason=late.reason)
        return
    archive.database.write(lambda db: checkpoints.keep_stamp(db, number, answer, now=now))


@dataclass(frozen=True, slots=True)
class _Point:
    """A checkpoint with the key that signed it, the proofs of the leaves it covers, and its stamp,
    where it has one.
    """

    row: LogCheckpoint
    key: str
    proofs: Mapping[int, Sequence[bytes]]
    stamp: bytes | None


@dataclass(frozen=True, slots=True)
class _Proven:
    """The leaves of the zip and the checkpoint over them. `earlier`: those that were stamped soon
    after a sale, a report, an acknowledgement or a claim: that it was there by then.
    """

    leaves: Sequence[Leaf]
    now: _Point
    earlier: Sequence[_Point]


def _proven(db: Session, found: Evidence, made: int, point: LogCheckpoint) -> _Proven:
    leaves = [*found.leaves, log.leaf(db, made)]
    numbers = [each.number for each in leaves]
    before: dict[int, LogCheckpoint] = {}
    for each in leaves:
        if each.kind in _STAMPED_SOON:
            row = checkpoints.first_stamped(db, each.number)
            if row is not None and row.size < point.size:
                before[row.size] = row
    keys = {each.key_id: str(each) for each in checkpoints.verifiers(db)}
    earlier = [_point(db, before[size], numbers, keys) for size in sorted(before)]
    return _Proven(leaves, _point(db, point, numbers, keys), earlier)


def _point(
    db: Session, row: LogCheckpoint, numbers: Sequence[int], keys: Mapping[str, str]
) -> _Point:
    proofs = {
        each: log.inclusion_proof(db, each, at_size=row.size) for each in numbers if each < row.size
    }
    stamp = checkpoints.stamp_of(db, row.number or 0)
    if row in db:
        db.expunge(row)
    return _Point(row, keys[row.key_id], proofs, stamp)


def _tags(signed: _Proven) -> dict[str, bytes]:
    """Everything outside of `data/` but the manifests."""
    tags = {
        "README.txt": (_HERE / "bag" / "README.txt").read_bytes(),
        "verify.html": (_HERE / "bag" / "verify.html").read_bytes(),
        "verify.py": (_HERE / "verify.py").read_bytes(),
        "bagit.txt": b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
        "log/leaves.json": _json(
            [{"number": each.number, "payload": each.payload} for each in signed.leaves]
        ),
        **_signed(signed.now, ""),
    }
    for each in signed.earlier:
        tags |= _signed(each, f"at-{each.row.size}/")
    day = tokyo_day(signed.now.row.made_at).isoformat()
    tags["bag-info.txt"] = (
        f"Bag-Software-Agent: akashi\nBagging-Date: {day}\n"
        f"External-Description: {FORM}, record and proof of integrity\n"
    ).encode()
    return tags


def _signed(point: _Point, under: str) -> dict[str, bytes]:
    """The files of one checkpoint, below `log/` and `certificates/`."""
    proofs = {str(number): [step.hex() for step in each] for number, each in point.proofs.items()}
    files = {
        f"log/{under}checkpoint.txt": point.row.note.encode(),
        f"log/{under}key.txt": f"{point.key}\n".encode(),
        f"log/{under}proofs.json": _json({"size": point.row.size, "proofs": proofs}),
    }
    if point.stamp is not None:
        files[f"log/{under}timestamp.tsr"] = point.stamp
        files[f"certificates/{under}tsa.pem"] = stamping.certificates_of(point.stamp).encode()
    return files


def _members(
    replicas: Replicas,
    found: Evidence,
    further: Sequence[FurtherFile],
    told: Mapping[str, bytes],
    tags: dict[str, bytes],
) -> list[_Member]:
    """Every file of the bag in its order: what describes it, what proves it, then the bytes."""
    large = [
        *(
            _Member(each.path, each.sha256, each.size, partial(_original, replicas, each.sha256))
            for each in found.originals
            if each.path
        ),
        *(
            _Member(each.path, each.sha256, each.size, partial(_paper, replicas, each))
            for each in found.papers
            if each.path
        ),
        *(_Member(each.path, each.sha256, each.size, each.read) for each in further),
    ]
    # Two captures may have the same bytes: they are there once.
    once = {each.name: replace(each, name=f"data/{each.name}") for each in large}
    payload = [*(_small(name, content) for name, content in told.items()), *once.values()]
    tags = {**tags, "manifest-sha256.txt": _manifest(payload)}
    described = [_small(name, tags[name]) for name in sorted(tags)]
    last = _small("tagmanifest-sha256.txt", _manifest(described))
    return [*described, last, *payload]


def _small(name: str, content: bytes) -> _Member:
    digest = hashlib.sha256(content).hexdigest()
    return _Member(name, digest, len(content), lambda: iter([content]))


def _manifest(members: Iterable[_Member]) -> bytes:
    return "".join(f"{each.sha256}  {each.name}\n" for each in members).encode()


def _json(content: Any) -> bytes:
    return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n"
