"""Masks of a capture (マスク): what must not be seen outside the house, serial numbers above all.
Staff draw rectangles; everything made to be shown is made anew with them, and what was made before
opens for nobody outside from that moment on. The original stays as it is.

Each set of masks is a row of its own with who and when, and a leaf in the log; the last one counts,
an empty one takes them off. What was made before the first mask stays as a `Bare` row, for those of
the house who may see it: no address outside reads that table. Not here: drawing on pixels
(`media/decoding`), and who of the house may look.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint, delete, update
from sqlmodel import Field, Session, col, func, select

from catalog.ground import journal, worklist
from catalog.ground.errors import Malformed, Missing, Stale
from catalog.ground.record import (
    STRICT,
    AssetId,
    Instant,
    Json,
    Row,
    Whole,
    Words,
    from_millis,
    new_id,
)
from catalog.ground.session.database import insert_once
from media.assets.kinds import MOMENT_WORK, RENDITION_WORK, Readiness
from media.assets.queries import AssetMissing
from media.assets.tables import Asset
from media.decoding.masking import Mask
from media.log import actions as log
from media.renditions.tables import Recipe, Rendition, RenditionState

DROP = "rendition.drop"  # due work: a file nothing shows any more goes
MOST = 40
KEPT_BARE = (Recipe.FULL, Recipe.TILES, Recipe.FILM, Recipe.LONG, Recipe.POSTER)
_FACTS = ("key", "sha256", "bytes", "mime", "width", "height", "duration_ms")
_LONGEST_ID = 64


class MaskMalformed(Malformed):
    """A rectangle that hides nothing or lies outside, or more of them than a capture takes."""

    def __init__(self) -> None:
        super().__init__(f"a mask lies inside the picture, and there are at most {MOST}")


class MasksMoved(Stale):
    """Somebody else changed the masks meanwhile."""

    def __init__(self) -> None:
        super().__init__("the masks are others by now")


class BareMissing(Missing):
    """Nothing unmasked is kept under this id."""

    def __init__(self) -> None:
        super().__init__("no such unmasked picture or film")


class MaskSet(Row, table=True):
    """All the masks of a capture from then on. `boxes`: x, y, width, height of each."""

    __tablename__ = "mask_set"
    __table_args__ = (UniqueConstraint("asset_id", "number"), STRICT)

    id: str = Field(primary_key=True, sa_type=Words)
    asset_id: str = Field(sa_type=Words, foreign_key="asset.id")
    number: int = Field(sa_type=Whole)
    boxes: list[Any] = Field(sa_type=Json)
    drawn_by: str = Field(sa_type=Words)
    drawn_at: datetime = Field(sa_type=Instant)
    log_number: int = Field(sa_type=Whole)


class Bare(Row, table=True):
    """A file made without masks of a capture that has some."""

    __tablename__ = "bare_rendition"
    __table_args__ = (UniqueConstraint("asset_id", "recipe"), STRICT)

    id: str = Field(primary_key=True, sa_type=Words)
    asset_id: str = Field(sa_type=Words, foreign_key="asset.id")
    recipe: str = Field(sa_type=Words)
    key: str = Field(sa_type=Words)
    sha256: str = Field(sa_type=Words)
    bytes: int = Field(sa_type=Whole)
    mime: str = Field(sa_type=Words)
    width: int = Field(sa_type=Whole)
    height: int = Field(sa_type=Whole)
    duration_ms: int | None = Field(default=None, sa_type=Whole)


def current(db: Session, asset_id: str) -> MaskSet | None:
    """The set that counts; None when none was ever drawn."""
    return db.exec(
        select(MaskSet)
        .where(MaskSet.asset_id == asset_id)
        .order_by(col(MaskSet.number).desc())
        .limit(1)
    ).first()


def number_of(db: Session, asset_id: str) -> int:
    """How many sets there were; 0 when none."""
    wanted = select(func.coalesce(func.max(MaskSet.number), 0))
    return int(db.exec(wanted.where(MaskSet.asset_id == asset_id)).one())


def masks_of(row: MaskSet | None) -> tuple[Mask, ...]:
    """Its rectangles."""
    return tuple(Mask(*each) for each in row.boxes) if row is not None else ()


def history(db: Session, asset_id: str) -> Sequence[MaskSet]:
    """Every set, the first one first."""
    return db.exec(
        select(MaskSet).where(MaskSet.asset_id == asset_id).order_by(col(MaskSet.number))
    ).all()


def hold(db: Session, asset_id: str) -> None:
    """Nobody draws on it, and nothing made of it is written down, until this unit ends. Raises
    AssetMissing.
    """
    wanted = select(Asset.id).where(Asset.id == asset_id).with_for_update()
    if db.exec(wanted).first() is None:
        raise AssetMissing(asset_id)


def draw(
    db: Session, asset_id: AssetId, masks: Sequence[Mask], *, after: int, by: str, now: datetime
) -> int:
    """These masks count from now on, and no others; the number of the set. `after`: the set they
    were drawn over. What was made before is due to be made anew, and is not shown until then.

    The same masks again change nothing. Raises AssetMissing, MaskMalformed, MasksMoved.
    """
    hold(db, asset_id)
    before = current(db, asset_id)
    drawn = tuple(dict.fromkeys(masks))
    if masks_of(before) == drawn:
        return before.number if before is not None else 0
    if len(drawn) > MOST or not all(each.is_inside for each in drawn):
        raise MaskMalformed
    number = before.number if before is not None else 0
    if number != after:
        raise MasksMoved
    boxes = [[each.x, each.y, each.width, each.height] for each in drawn]
    facts = {"asset": asset_id, "number": number + 1, "masks": boxes, "actor": by}
    leaf = log.append(db, "asset.masked", facts, now=now)
    _count(db, facts, leaf, now=now)
    journal.record(db, f"asset:{asset_id}", "masked", actor=by, at=now, facts=facts)
    _make_anew(db, asset_id, number + 1, was_bare=not masks_of(before), now=now)
    return number + 1


def restore(db: Session, leaf: Mapping[str, Any], number: int, *, now: datetime) -> None:
    """What the log says of masks counts again, in a database that was built from the store."""
    asset_id, mine = str(leaf["asset"]), int(leaf["number"])
    if db.get(Asset, asset_id) is None or mine <= number_of(db, asset_id):
        return
    was_bare = not masks_of(current(db, asset_id))
    _count(db, leaf, number, now=from_millis(leaf["at"]))
    _make_anew(db, asset_id, mine, was_bare=was_bare, now=now)


def _count(db: Session, facts: Mapping[str, Any], leaf: int, *, now: datetime) -> None:
    told = {
        "id": new_id(now), "asset_id": facts["asset"], "number": facts["number"],
        "boxes": facts["masks"], "drawn_by": facts["actor"], "drawn_at": now, "log_number": leaf,
    }  # fmt: skip
    if not insert_once(db, MaskSet, told):
        raise MasksMoved


def _make_anew(db: Session, asset_id: str, number: int, *, was_bare: bool, now: datetime) -> None:
    """Nothing that was made opens from here on; work is due."""
    is_masked = bool(masks_of(current(db, asset_id)))
    rows = db.exec(
        select(Rendition).where(
            Rendition.asset_id == asset_id, Rendition.state == RenditionState.READY.value
        )
    ).all()
    keys = [row.key for row in rows if row.key is not None]
    moments = [row.at_ms for row in rows if row.recipe == Recipe.MOMENT.value]
    if is_masked and was_bare:
        for row in rows:
            _keep_bare(db, row, now)
    if not is_masked:
        forget_bare(db, asset_id, now=now)
    gone = dict.fromkeys(_FACTS)
    db.connection().execute(
        update(Rendition)
        .where(col(Rendition.asset_id) == asset_id)
        .values(state=RenditionState.WAITING.value, error="its masks are being drawn", **gone)
    )
    db.connection().execute(
        update(Asset).where(col(Asset.id) == asset_id).values(readiness=Readiness.WAITING.value)
    )
    db.expire_all()
    for key in keys:
        drop(db, key, now=now)
    worklist.add(db, RENDITION_WORK, asset_id, f"{asset_id}:m{number}", due_at=now, now=now)
    for at_ms in moments:
        key = f"{asset_id}:m{number}:{at_ms}"
        worklist.add(db, MOMENT_WORK, asset_id, key, due_at=now, now=now, facts={"at_ms": at_ms})


def _keep_bare(db: Session, row: Rendition, now: datetime) -> None:
    if row.recipe in KEPT_BARE:
        facts = {name: getattr(row, name) for name in _FACTS}
        keep_bare(db, row.asset_id, Recipe(row.recipe), facts, now=now)


def keep_bare(
    db: Session, asset_id: str, recipe: Recipe, facts: Mapping[str, Any], *, now: datetime
) -> None:
    """An unmasked file is for the house; one is enough."""
    told = {"id": new_id(now), "asset_id": asset_id, "recipe": recipe.value, **facts}
    insert_once(db, Bare, told)


def forget_bare(db: Session, asset_id: str, *, now: datetime) -> None:
    """What is kept unmasked goes."""
    keys = db.exec(select(Bare.key).where(Bare.asset_id == asset_id)).all()
    db.connection().execute(delete(Bare).where(col(Bare.asset_id) == asset_id))
    for key in keys:
        drop(db, key, now=now)


def drop(db: Session, key: str, *, now: datetime) -> None:
    """A file goes, by due work, unless something still shows it. What is made for another set of
    masks has another key, so none comes back.
    """
    shown = db.exec(select(Rendition.id).where(Rendition.key == key)).first()
    if shown is None and db.exec(select(Bare.id).where(Bare.key == key)).first() is None:
        worklist.add(db, DROP, key, key, due_at=now, now=now)


def bare(db: Session, asset_id: str) -> dict[Recipe, Bare]:
    """What is kept unmasked of a capture."""
    rows = db.exec(select(Bare).where(Bare.asset_id == asset_id)).all()
    return {Recipe(row.recipe): row for row in rows}


def bare_of(db: Session, bare_id: str) -> Bare:
    """One unmasked file. Raises BareMissing."""
    row = db.get(Bare, bare_id) if len(bare_id) <= _LONGEST_ID else None
    if row is None:
        raise BareMissing
    return row
