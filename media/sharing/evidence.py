"""What an evidence zip is to hold (証拠一式): the captures of a piece, or of a dispute, its
condition reports and certificates, what there is to tell beside them (`testimony`), the leaves that
tell of all that, and which originals are only told by their hash.

What somebody sent in is private: it is part of the dispute it was sent in for and of nothing else.
Not here: how the zip is written (`export`).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
from sqlalchemy import or_
from sqlmodel import Session, col, select

from catalog.ground import journal
from catalog.ground.errors import Missing
from catalog.ground.journal import Entry
from catalog.ground.record import Sha256, UnitId, to_millis
from catalog.items.queries import codes_of, id_of_code
from media.assets.kinds import BlobState
from media.assets.tables import Asset, Blob
from media.disputes import actions as disputes
from media.disputes import queries as dispute_queries
from media.disputes.tables import Dispute
from media.intake import attaching
from media.log import queries as log
from media.log.queries import Leaf
from media.report import queries as reports
from media.sharing import testimony
from media.sharing.kinds import ending_of
from media.sharing.testimony import Testimony

# A zip was made: its leaf has the digests of what it lists, so that nothing is taken out of it
# unseen. What was made before goes into no other zip: the journal tells of that.
MADE_LEAF = "evidence.made"
TAKEN = "evidence_exported"  # in the journal
_GONE = (BlobState.DELETED.value, BlobState.LOST.value)
# Where a leaf that speaks of bytes has their digest: each is in the zip, or told as withheld.
_DIGEST_IN = {
    "asset.received": "sha256", "report.issued": "manifest", "certificate.made": "sha256",
}  # fmt: skip


class NothingProven(Missing):
    """No such piece and no such dispute."""


@dataclass(frozen=True, slots=True)
class About:
    """A piece by its code, or a dispute by its id."""

    code: str | None = None
    dispute_id: str | None = None


@dataclass(frozen=True, slots=True)
class FurtherFile:
    """A file that is proven by a leaf of its own (a report, a certificate): where it goes below
    `data/`, its digest and size, what reads it, and the number of the leaf, whose payload has the
    digest.
    """

    path: str
    sha256: Sha256
    size: int
    read: Callable[[], Iterator[bytes]]
    leaf: int


@dataclass(frozen=True, slots=True)
class Paper:
    """A condition report, a certificate printed from it, or a text of the testimony, with the leaf
    that has its digest; as with originals `path` is None where it is only told by its hash.
    `content`: the text itself; a certificate lies among the originals and has none here.
    """

    path: str | None
    sha256: Sha256
    size: int
    leaf: int
    content: bytes = b""
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Original:
    """One original: `path` below `data/`, or None where it is only told by its hash, and why."""

    sha256: Sha256
    size: int
    leaf: int
    path: str | None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything but the checkpoint and the bytes. `acts`: the journal's, by ids and hashes;
    `told`: the testimony, by the names of its files.
    """

    unit_id: str
    name: str
    about: dict[str, Any]
    originals: Sequence[Original]
    leaves: Sequence[Leaf]
    acts: Sequence[dict[str, Any]]
    papers: Sequence[Paper] = ()
    told: Mapping[str, Any] = field(default_factory=dict)
    exhibits: Sequence[Sequence[str]] | None = None


def gather(
    db: Session, about: About, *, hashes_only: bool, further: Sequence[FurtherFile] = ()
) -> Evidence:
    """Look everything up; with the leaves of further files. Raises NothingProven,
    DisputeMissing.
    """
    if about.dispute_id is not None:
        found = _of_dispute(db, about.dispute_id, hashes_only=hashes_only)
    else:
        found = _of_piece(db, about, hashes_only=hashes_only)
    found = _without_gone(db, found)
    known = {each.number for each in found.leaves}
    beside = {each.leaf for each in further} | {each.leaf for each in found.papers}
    leaves = [*found.leaves, *log.leaves(db, beside - known)]
    told = beside | {each.leaf for each in found.originals}
    return replace(
        found,
        leaves=sorted(leaves, key=lambda leaf: leaf.number),
        originals=[*found.originals, *_unrecorded(leaves, told)],
    )


def _without_gone(db: Session, found: Evidence) -> Evidence:
    """What was deleted by two persons, or lost, is told by its hash, and a leaf tells of that."""
    listed = {each.sha256 for each in found.originals} | {each.sha256 for each in found.papers}
    states = dict(
        db.exec(
            select(Blob.sha256, Blob.state).where(
                col(Blob.sha256).in_(listed), col(Blob.state).in_(_GONE)
            )
        ).all()
    )
    # A report's text is in the books too: a lost copy is none.
    for each in found.papers:
        if each.content and states.get(each.sha256) == BlobState.LOST.value:
            del states[each.sha256]
    leaves = _leaves_of_gone(db, states)
    gone = {sha256: states[sha256] for sha256 in leaves}
    return replace(
        found,
        originals=[
            replace(each, path=None, why=gone[each.sha256]) if each.sha256 in gone else each
            for each in found.originals
        ],
        papers=[
            replace(each, path=None, why=gone[each.sha256]) if each.sha256 in gone else each
            for each in found.papers
        ],
        leaves=[*found.leaves, *leaves.values()],
    )


def _leaves_of_gone(db: Session, states: Mapping[str, str]) -> dict[str, Leaf]:
    """The last leaf that tells of each what its state is."""
    if not states:
        return {}
    found = {}
    for leaf in log.leaves_of(db, {f"original.{each}" for each in states.values()}):
        sha256 = str(orjson.loads(leaf.payload).get("sha256"))
        if leaf.kind == f"original.{states.get(sha256)}":
            found[sha256] = leaf
    return found


def made_before(db: Session, unit_id: str, facts: Mapping[str, Any]) -> int | None:
    """The leaf of a zip with the very same record that was made before."""
    for each in log.leaves_about(db, unit_id):
        if each.kind == MADE_LEAF and facts.items() <= orjson.loads(each.payload).items():
            return each.number
    return None


def _of_piece(db: Session, about: About, *, hashes_only: bool) -> Evidence:
    unit_id = id_of_code(db, about.code) if about.code else None
    if unit_id is None:
        raise NothingProven(f"no piece {about.code}")
    said = testimony.of_piece(db, unit_id)
    assets = _assets(db, or_(col(Asset.unit_id) == unit_id, col(Asset.id).in_(said.assets)))
    numbers = {each.log_number for each, _ in assets} | said.leaves
    leaves = {each.number: each for each in _leaves_about(db, unit_id)}
    leaves.update((each.number, each) for each in log.leaves(db, numbers - leaves.keys()))
    # What was received for this piece and is filed under another one by now has its leaf here too.
    assets += _strays(db, leaves.values(), {each.id for each, _ in assets})
    return Evidence(
        unit_id=unit_id,
        name=str(about.code),
        about={"unit": unit_id, "code": about.code},
        originals=_originals(assets, set(), hashes_only=hashes_only),
        leaves=[leaves[number] for number in sorted(leaves)],
        acts=_acts(db, [f"unit:{unit_id}", *(f"asset:{each.id}" for each, _ in assets)]),
        papers=[*_papers(db, unit_id), *_texts(said)],
        told=said.told,
    )


def _of_dispute(db: Session, dispute_id: str, *, hashes_only: bool) -> Evidence:
    row = dispute_queries.dispute_of(db, dispute_id)
    exhibits = dispute_queries.exhibits(db, dispute_id)
    about = disputes.subject(dispute_id)
    said = testimony.of_dispute(db, row)
    of_it = {each.asset_id for each in exhibits} | said.assets
    frozen = _assets(db, col(Asset.id).in_(of_it), col(Asset.about).is_(None))
    sent = _assets(db, col(Asset.about) == about)
    shown = {each.asset_id for each in attaching.of_subject(db, about)}
    ids = {each.id for each, _ in [*frozen, *sent]}
    leaves = {
        each.number: each
        for each in _leaves_about(db, row.unit_id)
        if _is_of(each, dispute_id, ids)
    }
    numbers = {each.log_number for each, _ in [*frozen, *sent]} | said.leaves
    leaves.update((each.number, each) for each in log.leaves(db, numbers - leaves.keys()))
    return Evidence(
        unit_id=row.unit_id,
        name=dispute_id,
        about={
            "dispute": dispute_id,
            "unit": row.unit_id,
            "frozen": row.frozen,
            "code": codes_of(db, [UnitId(row.unit_id)]).get(UnitId(row.unit_id)),
        },
        originals=_originals([*frozen, *sent], shown, hashes_only=hashes_only),
        leaves=[leaves[number] for number in sorted(leaves)],
        acts=_acts(db, [about, *(f"asset:{each}" for each in sorted(ids))]),
        papers=[*_papers(db, row.unit_id, claim=row), *_texts(said)],
        told=said.told,
        exhibits=[[each.asset_id, each.sha256] for each in exhibits],
    )


def _leaves_about(db: Session, unit_id: str) -> list[Leaf]:
    return [each for each in log.leaves_about(db, unit_id) if each.kind != MADE_LEAF]


def _is_of(leaf: Leaf, dispute_id: str, assets: set[str]) -> bool:
    told = orjson.loads(leaf.payload)
    return told.get("dispute") == dispute_id or told.get("asset") in assets


def _assets(db: Session, *which: Any) -> list[tuple[Asset, Blob]]:
    rows = db.exec(
        select(Asset, Blob)
        .where(*which, Blob.sha256 == Asset.sha256)
        .order_by(col(Asset.log_number))
    )
    return [(asset, blob) for asset, blob in rows]


def _strays(db: Session, leaves: Any, known: set[str]) -> list[tuple[Asset, Blob]]:
    told = (orjson.loads(each.payload) for each in leaves if each.kind == "asset.received")
    missing = sorted({str(each["asset"]) for each in told} - known)
    return _assets(db, col(Asset.id).in_(missing)) if missing else []


def _unrecorded(leaves: Sequence[Leaf], told: set[int]) -> Iterator[Original]:
    """What leaves speak of and the books know nothing of any more."""
    for leaf in leaves:
        name = _DIGEST_IN.get(leaf.kind)
        digest = orjson.loads(leaf.payload).get(name) if name else None
        if digest is not None and leaf.number not in told:
            yield Original(Sha256(digest), 0, leaf.number, None, "not on record")


def _originals(
    assets: Sequence[tuple[Asset, Blob]], shown: set[Any], *, hashes_only: bool
) -> list[Original]:
    found = []
    for asset, blob in assets:
        path: str | None = f"originals/{asset.sha256}.{ending_of(blob.mime)}"
        why = None
        if asset.about is not None and asset.id not in shown:
            path, why = None, "private"
        elif hashes_only:
            path, why = None, "hashes only"
        found.append(Original(Sha256(asset.sha256), blob.bytes, asset.log_number, path, why))
    return found


def _texts(said: Testimony) -> list[Paper]:
    return [
        Paper(each.path, each.sha256, len(each.content), each.leaf, each.content)
        for each in said.texts
    ]


def _papers(db: Session, unit_id: str, *, claim: Dispute | None = None) -> list[Paper]:
    """Every report that was issued of the piece, for a claim until it was closed, and every
    certificate of them.
    """
    found = []
    for report in testimony.issued(db, UnitId(unit_id), claim):
        content = (report.manifest or "").encode()
        found.append(
            Paper(
                f"reports/{report.code}.json", Sha256(report.manifest_sha256 or ""), len(content),
                report.log_number or 0, content,
            )
        )  # fmt: skip
        found += [
            Paper(
                f"certificates/{report.code}-{each.version}.pdf", Sha256(each.sha256), each.bytes,
                each.log_number,
            )
            for each in reports.certificates_of(db, report.id)
        ]  # fmt: skip
    return found


def _acts(db: Session, subjects: Sequence[str]) -> list[dict[str, Any]]:
    """The journal's acts on them by their ids and hashes: not who, and not what was said; until the
    last that is more than such a zip, so that asking again for the same gives the same.
    """
    return [
        {
            "subject": entry.subject, "number": entry.number, "verb": entry.verb,
            "at": to_millis(entry.at), "previous": entry.previous, "hash": entry.hash,
        }
        for subject in subjects
        for entry in _until_taken(journal.of(db, subject))
    ]  # fmt: skip


def _until_taken(entries: Sequence[Entry]) -> Sequence[Entry]:
    kept = list(entries)
    while kept and kept[-1].verb == TAKEN:
        kept.pop()
    return kept
