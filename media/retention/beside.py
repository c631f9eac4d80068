"""What lies beside each original, against the registers and the log (付帯情報の照合): a sidecar
that was changed, cut off or taken away is made good, and the journal of the original says so.

The registers say what a sidecar is to tell, once its leaf agrees with them. Where they are older
than the log (they came back from a backup, and leaves of later tell of that capture) nothing is
written from them: what a place has whose leaf agrees counts, and is copied to the others. Not here:
writing them in the first place (`media/assets/sidecars`, `media/report/sidecars`).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from catalog.ground import journal
from catalog.ground.record import AssetId, Sha256, to_millis
from catalog.ground.worklist import Work, WorkState
from media.assets import sidecars
from media.assets.kinds import KEEP_WORK
from media.assets.tables import Asset, Blob
from media.log import queries as log
from media.log.checking import RESTORED_LEAF
from media.originals.replicas import Replica
from media.originals.store import StoreUnavailable, as_sidecar, sidecar_key
from media.originals.tending import told_in
from media.report import sidecars as papers
from media.report.sidecars import BESIDE, CERTIFICATE, KEEP_PAPER, MIME, PaperMissing

REGISTERS = "registers"
VERB = "described_again"
ACTOR = "storage"
_PLACING = ("asset.assigned", "asset.corrected", "asset.laid_aside")
_BASE = ("mime", "media", "name", "part", "hinted_code", "captured_at", "time_source", "source",
         "received_at", "device", "is_tag", "spot", "um_per_px")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """One sidecar of an original. `name`: its capture, or empty for that of the bytes; `facts`:
    what it tells by the registers; `must`: the facts without which it is none; `is_older`: whether
    the registers are older than the log.
    """

    sha256: Sha256
    name: str
    facts: Mapping[str, Any]
    must: Mapping[str, Any]
    is_older: bool = False

    def is_met(self, found: Mapping[str, Any]) -> bool:
        """Whether that is it."""
        if self.is_older or not self.name:
            return all(found.get(each) == value for each, value in self.must.items())
        return dict(found) == self.facts


@dataclass(frozen=True, slots=True)
class Mended:
    """A sidecar that was written again, from another place or the registers."""

    sha256: Sha256
    name: str
    place: str
    source: str


def wanted(db: Session, sha256: Sha256, later: Mapping[str, Mapping[str, Any]]) -> list[Wanted]:
    """Every sidecar that is to lie beside it, but those that are being written anyway. `later`:
    what the log tells that the registers may not know (`later`).
    """
    shown = db.exec(select(Asset).where(Asset.sha256 == sha256).order_by(col(Asset.id))).all()
    size = db.exec(select(Blob.bytes).where(Blob.sha256 == sha256)).one()
    found = []
    for asset in shown:
        if not _is_due(db, KEEP_WORK, asset.id):
            facts = _plain(sidecars.described(db, AssetId(asset.id)).facts)
            must = {each: facts[each] for each in ("asset", "sha256", "bytes", "leaf")}
            is_older = _is_older(asset, later.get(asset.id)) or not _agrees(asset, facts)
            found.append(Wanted(sha256, asset.id, facts, must, is_older))
    if shown:
        told = found[0].facts if found else {}
        base = {each: told[each] for each in _BASE if each in told}
        must = {"sha256": sha256, "bytes": size, "media": shown[0].kind}
    else:
        paper = _paper(db, sha256)
        if paper is None:
            return []
        found.append(paper)
        kind = paper.facts["kind"]
        mime = "application/pdf" if kind == CERTIFICATE else MIME
        base = {"mime": mime, "report": paper.facts["report"]}
        must = {"sha256": sha256, "bytes": size, "kind": kind}
    if found:
        found.append(Wanted(sha256, "", {**base, **must}, must))
    return found


def mend(places: Sequence[Replica], each: Wanted) -> list[Mended]:
    """Write it where it is not what it is to be. A place that does not answer is left out; nothing
    is decided by what it might have. No transaction is open here.
    """
    seen: dict[str, dict[str, Any]] = {}
    for place in places:
        try:
            seen[place.name] = told_in(place.store, sidecar_key(each.sha256, each.name))
        except StoreUnavailable:
            continue
    good = {name: told for name, told in seen.items() if each.is_met(told)}
    source, facts = next(iter(good.items()), (REGISTERS, dict(each.facts)))
    if source == REGISTERS and each.is_older:
        return []
    done = []
    for place in places:
        if place.name in seen and place.name not in good:
            place.store.describe(each.sha256, each.name, facts)
            done.append(Mended(each.sha256, each.name, place.name, source))
    return done


def record(db: Session, mended: Sequence[Mended], *, now: datetime) -> None:
    """The journal says what was written again, where, and from what."""
    for each in mended:
        facts = {"replica": each.place, "beside": each.name, "from": each.source}
        journal.record(db, f"original:{each.sha256}", VERB, actor=ACTOR, at=now, facts=facts)


def _paper(db: Session, sha256: Sha256) -> Wanted | None:
    if _is_due(db, KEEP_PAPER, sha256):
        return None
    try:
        facts = _plain(papers.described(db, sha256).facts)
    except PaperMissing:
        return None
    return Wanted(sha256, BESIDE, facts, {"leaf": facts["leaf"]})


def _plain(facts: Mapping[str, Any]) -> dict[str, Any]:
    """As they are read again."""
    told: dict[str, Any] = json.loads(as_sidecar(facts))
    return told


def _agrees(asset: Asset, facts: Mapping[str, Any]) -> bool:
    """Whether the row is of the original its leaf tells of."""
    leaf = json.loads(facts["leaf"]["payload"])
    return bool(leaf.get("asset") == asset.id and leaf.get("sha256") == asset.sha256)


def _is_older(asset: Asset, leaf: Mapping[str, Any] | None) -> bool:
    """Whether that leaf of later tells what the row does not."""
    if leaf is None:
        return False
    if leaf["kind"] == "asset.assigned":
        return asset.unit_id is None
    return asset.corrected_at is None or to_millis(asset.corrected_at) < int(leaf["at"])


def later(db: Session) -> dict[str, dict[str, Any]]:
    """The last leaf of each capture that was put somewhere after the registers that came back. The
    whole log is looked through.
    """
    spans = [json.loads(each.payload) for each in log.leaves_of(db, [RESTORED_LEAF])]
    if not spans:
        return {}
    found = {}
    for each in log.leaves_of(db, _PLACING):
        if any(int(span["since"]) <= each.number < int(span["until"]) for span in spans):
            leaf = json.loads(each.payload)
            found[str(leaf["asset"])] = leaf
    return found


def _is_due(db: Session, kind: str, subject: str) -> bool:
    due = select(Work.id).where(
        Work.kind == kind, Work.subject == subject, Work.state == WorkState.DUE.value
    )
    return db.exec(due).first() is not None
