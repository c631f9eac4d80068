"""Registrations, candidates and findings of a pair are written down; nothing is ever changed.

The aid decides nothing: a finding is a person's, and a leaf of the log holds the digests of both
originals with it.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from catalog.ground import journal
from catalog.ground.record import new_id
from catalog.ground.session.database import insert_once
from media.comparing import rules
from media.comparing.queries import Pair, candidates_of, registration_of
from media.comparing.tables import Candidates, Comparison, Registration, Verdict
from media.decoding.comparing import Laid
from media.log import actions as log
from media.log.rules import canonical

AID_VERSION = 1
_UNIT = "unit:"


def register(
    db: Session, pair: Pair, points: Sequence[Sequence[float]], *, by: str, now: datetime
) -> None:
    """Two points of each lie over each other; without any, none do. Raises PointsMalformed."""
    if points:
        rules.laying(points)
    db.add(
        Registration(
            id=new_id(now),
            earlier_id=pair.earlier.id,
            later_id=pair.later.id,
            points=[[float(value) for value in each] for each in points],
            made_by=by,
            made_at=now,
        )
    )
    db.flush()


def keep_candidates(db: Session, pair: Pair, laid: Laid, *, by: str, now: datetime) -> None:
    """What the aid pointed at; once for a pair and a version of the aid."""
    values = {
        "id": new_id(now),
        "earlier_id": pair.earlier.id,
        "later_id": pair.later.id,
        "version": AID_VERSION,
        "matrix": [list(row) for row in laid.matrix] if laid.matrix is not None else None,
        "inliers": laid.inliers,
        "boxes": [[each.x, each.y, each.width, each.height] for each in laid.boxes],
        "asked_by": by,
        "made_at": now,
    }
    insert_once(db, Candidates, values)


def decide(
    db: Session,
    pair: Pair,
    verdict: Verdict,
    *,
    note: str | None,
    by: str,
    now: datetime,
    key: str,
) -> str:
    """A person's finding; its id. `key` makes a repeat return the first."""
    request = {"compared": [pair.earlier.id, pair.later.id], "verdict": verdict.value, "note": note}
    stored = journal.stored_result(db, key, request)
    if stored is not None:
        return str(stored["comparison"])
    found = candidates_of(db, pair)
    told = registration_of(db, pair)
    row = Comparison(
        id=new_id(now),
        earlier_id=pair.earlier.id,
        later_id=pair.later.id,
        earlier_sha256=pair.earlier.sha256,
        later_sha256=pair.later.sha256,
        registration=told.points if told is not None else None,
        matrix=found.matrix if found is not None else None,
        boxes=found.boxes if found is not None else [],
        verdict=verdict.value,
        note=note,
        decided_by=by,
        decided_at=now,
        log_number=0,
    )
    lay = {"registration": row.registration, "matrix": row.matrix, "boxes": row.boxes}
    leaf = {
        "comparison": row.id,
        "assets": [row.earlier_id, row.later_id],
        "sha256": [row.earlier_sha256, row.later_sha256],
        "laid": hashlib.sha256(canonical(lay).encode()).hexdigest(),
        "verdict": row.verdict,
        "actor": by,
    }
    row.log_number = log.append(db, "comparison.decided", leaf, now=now)
    db.add(row)
    db.flush()
    about = pair.earlier.unit_id or pair.later.unit_id
    journal.record(
        db,
        f"{_UNIT}{about}" if about else f"asset:{pair.earlier.id}",
        "compared",
        actor=by,
        at=now,
        facts=leaf,
        key=key,
        request=request,
        result={"comparison": row.id},
    )
    return row.id
