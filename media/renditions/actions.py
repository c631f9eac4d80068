"""Write down what was made, in one unit with whatever the caller does with it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from catalog.ground import worklist
from catalog.ground.record import AssetId, new_id
from media.assets import actions as assets
from media.assets.kinds import AssetKind, BlobState, Readiness
from media.assets.queries import asset_of
from media.assets.tables import Blob
from media.renditions import masks
from media.renditions.making import TILING, TRANSCODE, Job, Made
from media.renditions.tables import VERSIONS, Recipe, Rendition, RenditionState

log = structlog.get_logger()

NEEDED: dict[AssetKind, tuple[Recipe, ...]] = {
    AssetKind.FILM: (Recipe.POSTER, Recipe.FILM),
    AssetKind.STILL: (Recipe.FULL, Recipe.PREVIEW),
}


def record(db: Session, job: Job, made: Made, *, now: datetime) -> Readiness:
    """Keep the files made (or the failure), ask for the long part when it is needed; how far it can
    be shown now.

    Repeating is harmless: each recipe of an asset has one row a version, of a film's moments each.
    Made under masks that count no more, or of an original that was deleted meanwhile, nothing of it
    is kept. Raises AssetMissing.
    """
    masks.hold(db, job.asset_id)
    if masks.number_of(db, job.asset_id) != job.mask_number or _is_deleted(db, job):
        for file in made.files:
            masks.drop(db, file.key, now=now)
        return Readiness(asset_of(db, job.asset_id).readiness)
    for file in made.files:
        facts = {
            "key": file.key,
            "sha256": file.sha256,
            "bytes": file.size,
            "mime": file.mime,
            "width": file.width,
            "height": file.height,
            "duration_ms": file.duration_ms,
        }
        if file.is_bare:
            masks.keep_bare(db, job.asset_id, file.recipe, facts, now=now)
            continue
        state = {"state": RenditionState.READY.value, "error": None}
        _put(db, job.asset_id, file.recipe, {**facts, **state}, now, at_ms=job.at_ms or 0)
    if job.at_ms is not None:
        if made.failure is not None:
            failed = {"state": RenditionState.FAILED.value, "error": made.failure}
            _put(db, job.asset_id, Recipe.MOMENT, failed, now, at_ms=job.at_ms)
            log.warning("rendition.failed", asset=job.asset_id, reason=made.failure)
        return Readiness(asset_of(db, job.asset_id).readiness)
    if made.failure is not None and job.makes_tiles:
        failed = {"state": RenditionState.FAILED.value, "error": made.failure}
        _put(db, job.asset_id, Recipe.TILES, failed, now)
        log.warning("rendition.failed", asset=job.asset_id, reason=made.failure)
    elif made.failure is not None:
        _put_missing(db, job, RenditionState.FAILED, made.failure, now)
        log.warning("rendition.failed", asset=job.asset_id, reason=made.failure)
    if made.needs_transcode:
        worklist.add(db, TRANSCODE, job.asset_id, job.work_key, due_at=now, now=now)
    if made.needs_tiles:
        worklist.add(db, TILING, job.asset_id, job.work_key, due_at=now, now=now)
    readiness = _readiness(db, job, made)
    assets.mark(db, job.asset_id, readiness)
    return readiness


def _is_deleted(db: Session, job: Job) -> bool:
    """Whoever deletes it waits until this is written down, and then finds it."""
    state = select(Blob.state).where(Blob.sha256 == job.sha256).with_for_update()
    return db.exec(state).first() == BlobState.DELETED.value


def wait(db: Session, job: Job, *, reason: str, now: datetime) -> None:
    """Something outside is missing: staff see why, the worklist tries again."""
    if masks.number_of(db, job.asset_id) != job.mask_number or job.at_ms is not None:
        return
    if job.makes_tiles:
        _put(
            db,
            job.asset_id,
            Recipe.TILES,
            {"state": RenditionState.WAITING.value, "error": reason},
            now,
        )
        return
    _put_missing(db, job, RenditionState.WAITING, reason, now)


def _put_missing(db: Session, job: Job, state: RenditionState, reason: str, now: datetime) -> None:
    ready = _ready(db, job.asset_id)
    for recipe in NEEDED[job.kind]:
        if recipe not in ready:
            _put(db, job.asset_id, recipe, {"state": state.value, "error": reason}, now)


def _readiness(db: Session, job: Job, made: Made) -> Readiness:
    ready = _ready(db, job.asset_id)
    if ready.issuperset(NEEDED[job.kind]):
        return Readiness.WHOLE
    if ready.issuperset({Recipe.POSTER, Recipe.LONG}):
        return Readiness.PAGES
    if made.failure is not None:
        return Readiness.FAILED
    if made.is_for_pages:
        return Readiness.WAITING  # nobody is promised a film that cannot be sent
    return Readiness.POSTER if Recipe.POSTER in ready else Readiness.WAITING


def _ready(db: Session, asset_id: AssetId) -> set[Recipe]:
    found = db.exec(
        select(Rendition.recipe).where(
            Rendition.asset_id == asset_id, col(Rendition.state) == RenditionState.READY.value
        )
    )
    return {Recipe(each) for each in found}


def _put(
    db: Session,
    asset_id: AssetId,
    recipe: Recipe,
    facts: Mapping[str, Any],
    now: datetime,
    *,
    at_ms: int = 0,
) -> None:
    insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    values = {
        "id": new_id(now),
        "asset_id": asset_id,
        "recipe": recipe.value,
        "version": VERSIONS[recipe],
        "at_ms": at_ms,
        "made_at": now,
        **facts,
    }
    db.connection().execute(
        insert(Rendition)
        .values(**values)
        .on_conflict_do_update(
            index_elements=["asset_id", "recipe", "version", "at_ms"],
            set_={**facts, "made_at": now},
        )
    )
