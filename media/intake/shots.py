"""Which shots of the checklist a piece has by now (撮影チェックリスト).

A capture shows the shot whose code stands in its name; or, for a part only one shot is about, any
capture of that part. Photographed tags count for nothing, nor does what nobody can open or no place
holds, nor, for a piece that came back, what was taken before (decision 0043).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, false, not_
from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from catalog.grading import shotlists
from catalog.grading.checklists import CHECKLISTS, Shot
from catalog.grading.rules import ShotFacts
from catalog.ground.record import UnitId
from catalog.items import custody
from catalog.items.kinds import Category
from catalog.items.words import fold
from media.assets.kinds import AssetKind, BlobState, Readiness
from media.assets.tables import Asset, Blob


@dataclass(frozen=True, slots=True)
class Taken:
    """What is known of one capture."""

    name: str
    part: str | None
    kind: AssetKind


def shown(
    category: Category, captures: Iterable[Taken], *, shots: Sequence[Shot] | None = None
) -> ShotFacts:
    """The shots these captures are; `shots`: of which list, else of the first version."""
    asked = CHECKLISTS[category].shots if shots is None else tuple(shots)
    found: set[str] = set()
    for each in captures:
        found |= codes_of(each, asked)
    return ShotFacts(frozenset(found), None if shots is None else asked)


def codes_of(taken: Taken, shots: Sequence[Shot]) -> set[str]:
    """Which of these shots one capture is."""
    lone = {_about(shot): shot.code for shot in shots if _is_lone(shot, shots)}
    is_film = taken.kind is AssetKind.FILM
    name = _plain(taken.name)
    found = {s.code for s in shots if s.is_film is is_film and f"_{s.code}_" in f"_{name}_"}
    if taken.part is not None and (code := lone.get((taken.part, is_film))) is not None:
        found.add(code)
    return found


def _about(shot: Shot) -> tuple[str | None, bool]:
    return shot.part, shot.is_film


def _is_lone(shot: Shot, shots: Collection[Shot]) -> bool:
    is_alone = sum(_about(each) == _about(shot) for each in shots) == 1
    return shot.part is not None and is_alone


def _plain(name: str) -> str:
    stem = fold(name).rpartition(".")[0] or fold(name)
    return stem.replace("-", "_").replace(" ", "_")


def of_units(db: Session, units: Mapping[UnitId, Category]) -> dict[UnitId, ShotFacts]:
    """The shots of each of these pieces, of the lists in force."""
    captures: dict[UnitId, list[Taken]] = {unit_id: [] for unit_id in units}
    is_broken = and_(
        col(Asset.kind) == AssetKind.STILL.value, col(Asset.readiness) == Readiness.FAILED.value
    )
    rows = (
        db.connection()
        .execute(
            select_columns(
                col(Asset.unit_id),
                col(Asset.captured_at),
                col(Asset.name),
                col(Asset.part),
                col(Asset.kind),
            ).where(
                col(Asset.unit_id).in_(list(units)),
                col(Asset.is_tag).is_(false()),
                not_(is_broken),
                col(Asset.sha256) == col(Blob.sha256),
                col(Blob.state) == BlobState.KEPT.value,
            )
        )
        .all()
    )
    back = custody.that_came_back(db, sorted({UnitId(str(each[0])) for each in rows}))
    for told, taken_at, name, part, kind in rows:
        unit_id = UnitId(str(told))
        if unit_id not in back or taken_at >= back[unit_id]:
            captures[unit_id].append(Taken(name, part, AssetKind(kind)))
    lists = {kind: shotlists.current(db, kind).shots for kind in set(units.values())}
    return {
        unit_id: shown(units[unit_id], taken, shots=lists[units[unit_id]])
        for unit_id, taken in captures.items()
    }
