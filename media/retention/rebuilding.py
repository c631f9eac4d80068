"""The database is gone (再構築): captures, originals, reports and the log again from what lies in
the store.

The leaves come from their pages and, for the last minute, from the sidecars; each capture gets the
row it had, under its own id, with the unit its code names now. A unit that is not there yet is
filled in by a second run after the items were brought in again. Running it again changes nothing
else. Originals whose sidecars are older than this, and of which no leaf tells, come in as new
captures. Not here: reports and certificates (`papers`), and what was never in the store (links,
letters, the books of the shop).
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from catalog.ground import journal, worklist
from catalog.ground.record import AssetId, Sha256, UnitId, from_millis, new_id, to_millis
from catalog.ground.session.database import Database
from catalog.items.queries import id_of_code
from media.assets import sidecars
from media.assets.kinds import KEEP_WORK, RENDITION_WORK, Readiness, TimeSource
from media.assets.tables import Asset, Blob
from media.log import actions as log
from media.log import queries as leaves
from media.originals.store import OriginalStore
from media.originals.tending import described, facts_of
from media.renditions import masks
from media.report.sidecars import BESIDE
from media.retention import papers
from media.retention.continuing import Told, continued, digests, leaves_in, placed, states
from media.retention.papers import Papers
from media.retention.tables import LegalHold

ACTOR = "rebuild"
_UNKNOWN_MIME = "application/octet-stream"


@dataclass(slots=True)
class Rebuilt:
    """What came of it. `unmatched`: captures whose unit is not there by its code; `gaps`: leaves
    after a missing one, which no root can hold any more; `unwritten`: originals that told too
    little to become a capture; `papers`: reports and certificates.
    """

    leaves: int = 0
    originals: int = 0
    captures: int = 0
    matched: int = 0
    unmatched: list[str] = field(default_factory=list)
    gaps: int = 0
    unwritten: list[Sha256] = field(default_factory=list)
    papers: Papers = field(default_factory=Papers)
    root: bytes = b""


def rebuild(database: Database, store: OriginalStore, *, now: datetime) -> Rebuilt:
    """Build it again. Reads the whole list of the store; no transaction is open while it does.

    Raises AnotherLog, StoreUnavailable.
    """
    result = Rebuilt()
    told = leaves_in(database, store)
    result.gaps = told.gaps
    result.leaves = continued(database, told)
    received = {leaf["asset"]: (number, leaf) for number, leaf in told.of("asset.received")}
    by_digest: dict[str, list[str]] = {}
    for asset_id, (_, leaf) in received.items():
        by_digest.setdefault(str(leaf["sha256"]), []).append(str(asset_id))
    beside: dict[str, dict[str, Any]] = {}
    codes: dict[str, str] = {}
    for sha256, size in digests(store):
        facts = list(described(store, sha256))
        base = facts_of(store, sha256)
        if papers.is_paper(base):
            beside[sha256] = dict(facts).get(BESIDE, {})
            continue
        if size is None and sha256 not in by_digest:
            result.unwritten.append(sha256)  # no bytes, and no leaf tells that there were any
            continue
        codes.update(
            (str(each["unit"]), str(each["unit_code"]))
            for _, each in facts
            if each.get("unit") and each.get("unit_code")
        )
        rows = _rows(sha256, size, base, facts, by_digest.get(sha256, []), received)
        database.write(lambda db, s=sha256, r=rows: _write(db, s, r, result, now=now))  # type: ignore[misc]  # bound at once
    result.papers = papers.rebuild(database, store, told.leaves, beside)
    result.unwritten += result.papers.unknown
    _late_facts(database, told, codes, result, now=now)
    result.root = database.read(leaves.root)
    return result


def _rows(
    sha256: Sha256,
    size: int | None,
    base: dict[str, Any],
    facts: list[tuple[str, dict[str, Any]]],
    known: list[str],
    received: dict[Any, tuple[int, dict[str, Any]]],
) -> list[dict[str, Any]]:
    """The facts of each capture with these bytes, the best witness first: its own sidecar, its leaf
    with the sidecar of the bytes, that sidecar alone.
    """
    rows = {asset: {**told, "bytes": told.get("bytes", size)} for asset, told in facts if told}
    for asset in known:
        if asset not in rows:
            number, leaf = received[asset]
            rows[asset] = {
                **base, "asset": asset, "bytes": leaf["bytes"], "media": leaf["media"],
                "unit": leaf["unit"], "unit_code": None, "part": leaf["part"],
                "captured_at": leaf["captured_at"], "time_source": leaf["time_source"],
                "received_at": leaf["at"], "leaf": {"number": number},
            }  # fmt: skip
    if not rows and base.get("media"):
        return [{**base, "bytes": base.get("bytes", size), "asset": None, "leaf": None}]
    return list(rows.values())


def _write(
    db: Session, sha256: Sha256, rows: list[dict[str, Any]], result: Rebuilt, *, now: datetime
) -> None:
    if not rows:
        if db.get(Blob, sha256) is None:
            result.unwritten.append(sha256)
        return
    if db.get(Blob, sha256) is None:
        first = rows[0]
        db.add(
            Blob(
                sha256=sha256, bytes=int(first.get("bytes") or 0),
                mime=str(first.get("mime") or _UNKNOWN_MIME),
                kept_at=sidecars.moment(first.get("kept_at") or first.get("received_at")) or now,
            )
        )  # fmt: skip
        db.flush()
        result.originals += 1
    for told in rows:
        _write_capture(db, sha256, told, result, now=now)


def _write_capture(
    db: Session, sha256: Sha256, told: dict[str, Any], result: Rebuilt, *, now: datetime
) -> None:
    code = told.get("unit_code") or (told.get("hinted_code") if told.get("unit") else None)
    unit_id = id_of_code(db, str(code)) if code else None
    known = _known(db, sha256, told)
    if known is not None:
        if known.unit_id is None and unit_id is not None and told.get("unit"):
            db.connection().execute(
                update(Asset)
                .where(col(Asset.id) == known.id, col(Asset.unit_id).is_(None))
                .values(unit_id=unit_id, hinted_code=told.get("hinted_code"))
            )
            result.matched += 1
        elif known.unit_id is None and told.get("unit"):
            result.unmatched.append(known.id)
        return
    row = _asset(db, sha256, told, unit_id, code, now=now)
    db.add(row)
    db.flush()
    result.captures += 1
    if row.unit_id is None and told.get("unit"):
        result.unmatched.append(row.id)
    worklist.add(db, RENDITION_WORK, row.id, row.id, due_at=now, now=now)
    worklist.add(db, KEEP_WORK, row.id, row.id, due_at=now, now=now)


def _known(db: Session, sha256: Sha256, told: dict[str, Any]) -> Asset | None:
    wanted = select(Asset).where(Asset.sha256 == sha256)
    if told.get("asset"):
        return db.exec(wanted.where(Asset.id == told["asset"])).first()
    return db.exec(wanted).first()


def _asset(
    db: Session,
    sha256: Sha256,
    told: dict[str, Any],
    unit_id: str | None,
    code: str | None,
    *,
    now: datetime,
) -> Asset:
    received_at = sidecars.moment(told.get("received_at")) or now
    source = str(told.get("source") or f"store:{sha256}")
    row = Asset(
        id=str(told.get("asset") or new_id(now)),
        unit_id=unit_id,
        part=told.get("part"),
        kind=str(told["media"]),
        sha256=sha256,
        name=str(told.get("name") or told["media"]),
        source=source,
        place=str(told.get("place") or "|".join(["", str(told.get("part") or ""), source])),
        hinted_code=told.get("hinted_code") if unit_id else code or told.get("hinted_code"),
        is_tag=bool(told.get("is_tag")),
        about=told.get("about"),
        captured_at=sidecars.moment(told.get("captured_at")) or received_at,
        time_source=str(told.get("time_source") or TimeSource.ARRIVAL.value),
        device=told.get("device"),
        spot=told.get("spot"),
        corrected_at=sidecars.moment(told.get("corrected_at")),
        laid_aside=told.get("laid_aside"),
        um_per_px=told.get("um_per_px"),
        axes=told.get("axes"),
        pages=told.get("pages"),
        readiness=Readiness.WAITING.value,
        log_number=0,
        received_at=received_at,
    )
    leaf = told.get("leaf") or {}
    number = leaf.get("number")
    if isinstance(number, int) and number < leaves.size(db):
        row.log_number = number
    else:
        row.log_number = _log_anew(db, row, now=now)
    return row


def _log_anew(db: Session, row: Asset, *, now: datetime) -> int:
    """No leaf tells of it any more: from now on one does, and says so."""
    facts = {
        "asset": row.id, "sha256": row.sha256, "media": row.kind, "unit": row.unit_id,
        "part": row.part, "captured_at": to_millis(row.captured_at),
        "time_source": row.time_source, "actor": ACTOR,
    }  # fmt: skip
    journal.record(db, f"asset:{row.id}", "rebuilt", actor=ACTOR, at=now, facts=facts)
    return log.append(db, "asset.rebuilt", facts, now=now)


def _late_facts(
    database: Database, told: Told, codes: dict[str, str], result: Rebuilt, *, now: datetime
) -> None:
    """What the log says of originals after they came in: lost, deleted, put elsewhere, masked,
    held. `codes`: of units, by the ids they had.
    """

    def unit(db: Session) -> None:
        states(db, told)
        _put_where_they_lay(db, told, codes, result)
        for number, leaf in told.of("asset.masked"):
            masks.restore(db, leaf, number, now=now)
        lifted = {leaf["hold"]: leaf for _, leaf in told.of("hold.lifted")}
        for _, leaf in told.of("hold.placed"):
            if db.get(LegalHold, leaf["hold"]) is None:
                db.add(_hold(db, leaf, lifted.get(leaf["hold"]), told))

    database.write(unit)


def _put_where_they_lay(db: Session, told: Told, codes: dict[str, str], result: Rebuilt) -> None:
    """What a person took off a unit or laid aside lies there again, also where the facts beside its
    bytes are older than that.
    """
    for asset_id, lay in placed(told).items():
        row = db.get(Asset, asset_id)
        if row is None:
            continue
        code = codes.get(lay.unit) if lay.unit is not None else None
        unit_id = id_of_code(db, code) if code is not None else None
        if unit_id is None and lay.unit is not None:
            unit_id = _unit_known(db, lay.unit, told)
        if unit_id is None and lay.unit is not None and asset_id not in result.unmatched:
            result.unmatched.append(asset_id)
        values = {
            "unit_id": unit_id,
            "laid_aside": lay.laid_aside,
            "corrected_at": from_millis(lay.corrected_at),
            "part": lay.part[0] if lay.part is not None else row.part,
        }
        db.connection().execute(update(Asset).where(col(Asset.id) == asset_id).values(**values))


def _hold(
    db: Session, leaf: dict[str, Any], lifted: dict[str, Any] | None, told: Told
) -> LegalHold:
    """A hold as the log knows it. Its reason was never there; a unit has the id its code has
    now.
    """
    about = str(leaf["about"])
    if about.startswith("unit:"):
        about = _unit_now(db, about.removeprefix("unit:"), told) or about
    return LegalHold(
        id=leaf["hold"],
        about=about,
        until=from_millis(leaf["until"]) if leaf.get("until") else None,
        reason="—",
        placed_by=leaf["actor"],
        placed_at=from_millis(leaf["at"]),
        lifted_by=lifted["actor"] if lifted else None,
        lifted_at=from_millis(lifted["at"]) if lifted else None,
    )


def _unit_now(db: Session, unit_id: str, told: Told) -> str | None:
    """The unit that had this id, as the subject of a hold."""
    found = _unit_known(db, unit_id, told)
    return f"unit:{found}" if found else None


def _unit_known(db: Session, unit_id: str, told: Told) -> UnitId | None:
    """The unit that had this id, by a capture of it that was found again and not put elsewhere."""
    moved = placed(told)
    shown = [
        AssetId(leaf["asset"])
        for _, leaf in told.of("asset.received", "asset.assigned")
        if leaf.get("unit") == unit_id and leaf["asset"] not in moved
    ]
    found = db.exec(
        select(Asset.unit_id).where(col(Asset.id).in_(shown), col(Asset.unit_id).is_not(None))
    ).first()
    return UnitId(found) if found else None
