"""What can be shown of a unit right now, and what a worker has to make."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from catalog.ground.record import AssetId, Sha256, UnitId
from catalog.ground.session.hot import Hot, moment
from catalog.ground.worklist import DueWork
from media.assets.kinds import MOMENT_WORK, AssetKind, Part, Readiness
from media.assets.queries import asset_of
from media.assets.tables import Asset
from media.renditions import masks
from media.renditions.making import TILING, TRANSCODE, Job
from media.renditions.tables import Recipe, Rendition, RenditionState
from media.renditions.tiles import TileMissing


@dataclass(frozen=True, slots=True)
class Showable:
    """The media of one asset, by rendition id: film and poster, or full and preview, with tiles
    where it has more pixels.

    `is_pending`: only the poster is there, the film is still being made. Sizes are those of the
    film or of `full`.
    """

    asset_id: AssetId
    kind: AssetKind
    part: Part | None
    captured_at: datetime
    film: str | None = None
    long: str | None = None
    poster: str | None = None
    full: str | None = None
    preview: str | None = None
    tiles: str | None = None
    tiles_size: tuple[int, int] | None = None
    width: int | None = None
    height: int | None = None
    duration_ms: int | None = None
    is_pending: bool = False
    um_per_px: float | None = None

    @property
    def playing(self) -> str | None:
        """What a page plays: the film that is sent, else the one that is too long for that."""
        return self.film or self.long


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why something is not shown, for staff."""

    asset_id: AssetId
    name: str
    recipe: Recipe
    state: RenditionState
    error: str


_MOST_ROWS = 24
_LONGEST_ID = 64
_COLUMNS = (
    "SELECT a.id, a.kind, a.part, a.captured_at, a.readiness,"
    " r.recipe, r.id, r.width, r.height, r.duration_ms, a.um_per_px"
    " FROM asset a JOIN rendition r ON r.asset_id = a.id AND r.state = 'ready'"
    f" AND r.recipe <> '{Recipe.MOMENT.value}'"  # of these there may be many
)
_NOT_TAG = "a.is_tag = 0"
_LATEST = f"a.captured_at DESC, a.id DESC, r.version DESC LIMIT {_MOST_ROWS}"


_SENT = "'whole', 'poster'"


def _hot(where: str, order: str, readiness: str = _SENT) -> Hot:
    shown = f"{where} AND {_NOT_TAG} AND a.readiness IN ({readiness})"
    statement = f"{_COLUMNS} WHERE {shown} ORDER BY {order}"
    return Hot(statement, statement.replace(_NOT_TAG, "NOT a.is_tag"))


_ANY_PART = _hot(
    "a.unit_id = :unit AND a.kind = :kind", f"a.readiness DESC, (a.part IS NULL) DESC, {_LATEST}"
)
_ONE_PART = _hot(
    "a.unit_id = :unit AND a.kind = :kind AND a.part = :part", f"a.readiness DESC, {_LATEST}"
)
_ONE_ASSET = _hot("a.id = :asset", _LATEST, f"{_SENT}, 'pages'")


def showable(
    db: Session, unit_id: UnitId, kind: AssetKind, part: Part | None = None
) -> Showable | None:
    """The latest capture of this kind that can be shown; a whole one before one that is still being
    made.

    Without a part the captures of the whole piece come first, then any part.
    """
    if part is None:
        rows = _ANY_PART(db, unit=unit_id, kind=kind.value)
    else:
        rows = _ONE_PART(db, unit=unit_id, kind=kind.value, part=part.value)
    return _first(rows)


def of_asset(db: Session, asset_id: AssetId) -> Showable | None:
    """The same for one asset, also of one for pages alone, which for a messenger is pending for
    good; None while nothing is ready.
    """
    return _first(_ONE_ASSET(db, asset=asset_id))


_AVAILABLE_OF = (
    "SELECT DISTINCT a.kind, a.part FROM asset a WHERE a.unit_id = :unit AND a.readiness = 'whole'"
    f" AND {_NOT_TAG} ORDER BY a.kind, a.part"
)
_AVAILABLE = Hot(_AVAILABLE_OF, _AVAILABLE_OF.replace(_NOT_TAG, "NOT a.is_tag"))


def available(db: Session, unit_id: UnitId) -> list[tuple[AssetKind, Part | None]]:
    """What there is to see of a unit: kinds and parts, each once."""
    rows = _AVAILABLE(db, unit=unit_id)
    return [(AssetKind(kind), Part(part) if part else None) for kind, part in rows]


def tiles_key(db: Session, rendition_id: str) -> str:
    """Where the tiles lie that have this id. Raises TileMissing, also for what are no tiles."""
    row = db.get(Rendition, rendition_id) if len(rendition_id) <= _LONGEST_ID else None
    is_there = row is not None and row.state == RenditionState.READY.value
    if row is None or not is_there or row.recipe != Recipe.TILES.value or row.key is None:
        raise TileMissing
    return row.key


def job(db: Session, work: DueWork) -> Job:
    """What a claimed work row asks to be made. Raises AssetMissing."""
    asset = asset_of(db, AssetId(work.subject))
    drawn = masks.current(db, asset.id)
    return Job(
        AssetId(asset.id),
        Sha256(asset.sha256),
        AssetKind(asset.kind),
        asset.name,
        makes_film=work.kind == TRANSCODE,
        makes_tiles=work.kind == TILING,
        at_ms=int(work.facts["at_ms"]) if work.kind == MOMENT_WORK else None,
        masks=masks.masks_of(drawn),
        mask_number=drawn.number if drawn is not None else 0,
        kept_bare=frozenset(masks.bare(db, asset.id)),
    )


def troubles(db: Session, *, limit: int = 100) -> list[Trouble]:
    """What failed or waits for something outside, latest first."""
    rows = db.exec(
        select(Rendition, Asset.name)
        .where(Rendition.asset_id == Asset.id, col(Rendition.state) != RenditionState.READY.value)
        .order_by(col(Rendition.made_at).desc())
        .limit(limit)
    )
    return [
        Trouble(
            AssetId(row.asset_id),
            name,
            Recipe(row.recipe),
            RenditionState(row.state),
            row.error or "",
        )
        for row, name in rows
    ]


def _first(rows: Sequence[Any]) -> Showable | None:
    """The first asset of the rows with its renditions, the highest version of each."""
    if not rows:
        return None
    first = rows[0]
    found: dict[str, Any] = {}
    for row in rows:
        if row[0] == first[0]:
            found.setdefault(row[5], row)
    kind = AssetKind(first[1])
    ids = {recipe: row[6] for recipe, row in found.items()}
    film = found.get(Recipe.FILM) or found.get(Recipe.LONG)
    shown = film if kind is AssetKind.FILM else found.get(Recipe.FULL)
    whole = found.get(Recipe.TILES)
    width, height, duration_ms = shown[7:10] if shown is not None else (None, None, None)
    return Showable(
        AssetId(first[0]),
        kind,
        Part(first[2]) if first[2] else None,
        moment(first[3]),
        film=ids.get(Recipe.FILM),
        long=ids.get(Recipe.LONG),
        poster=ids.get(Recipe.POSTER),
        full=ids.get(Recipe.FULL),
        preview=ids.get(Recipe.PREVIEW),
        tiles=ids.get(Recipe.TILES),
        tiles_size=(whole[7], whole[8]) if whole is not None else None,
        width=width,
        height=height,
        duration_ms=duration_ms,
        is_pending=first[4] != Readiness.WHOLE,
        um_per_px=first[10],
    )
