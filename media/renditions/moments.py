"""Stills out of a film (動画の静止画): what it shows at one moment, when somebody asks for it. A
rendition like its poster: masked as the film is, without metadata, made again from the original.

Asking for what is there makes nothing. Not here: cutting them (`making`), and who may see the film
they are of (`media/sharing`, the flows, the console).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from catalog.ground import worklist
from catalog.ground.errors import Malformed, Refused
from catalog.ground.record import AssetId
from catalog.ground.worklist import DueWork, Work, WorkState
from media.assets.kinds import MOMENT_WORK, AssetKind
from media.assets.queries import asset_of
from media.renditions import masks
from media.renditions.tables import VERSIONS, Recipe, Rendition, RenditionState

READY = "rendition.moment_ready"  # due work: who asked for one is sent it
MOST = 60  # of one film
_LONGEST_MS = 24 * 60 * 60 * 1000


class MomentMalformed(Malformed):
    """Before the film begins or behind its end."""

    def __init__(self) -> None:
        super().__init__("the film shows nothing at that moment")


class MomentsRefused(Refused):
    """Stills are taken out of films alone, and not more than sixty of one."""

    def __init__(self) -> None:
        super().__init__("no such still is taken out of this capture")


@dataclass(frozen=True, slots=True)
class Moment:
    """A still that can be shown: its rendition, and where in the film it is."""

    asset_id: AssetId
    rendition_id: str
    at_ms: int
    made_at: datetime


def of(db: Session, asset_id: AssetId) -> Sequence[Moment]:
    """Those that can be shown, in the order of the film."""
    return [_as_told(row) for row in db.exec(_ready(asset_id).order_by(col(Rendition.at_ms)))]


def one(db: Session, asset_id: AssetId, at_ms: int) -> Moment | None:
    """The still of that moment; None while there is none."""
    row = db.exec(_ready(asset_id).where(Rendition.at_ms == at_ms)).first()
    return _as_told(row) if row is not None else None


def ask(
    db: Session,
    asset_id: AssetId,
    at_ms: int,
    *,
    now: datetime,
    told_to: Mapping[str, Any] | None = None,
) -> Moment | None:
    """The still of that moment, at once when it is there; else it is due to be made, once, and
    `told_to` says who hears of it (`conversations/reminders`).

    Raises AssetMissing, MomentMalformed, MomentsRefused.
    """
    if asset_of(db, asset_id).kind != AssetKind.FILM.value:
        raise MomentsRefused
    if not 0 <= at_ms <= _lasts_ms(db, asset_id):
        raise MomentMalformed
    found = one(db, asset_id, at_ms)
    if found is not None:
        return found
    if len(_places(db, asset_id) - {at_ms}) >= MOST:
        raise MomentsRefused
    told = dict(told_to or {})
    number = masks.number_of(db, asset_id)
    key = ":".join([asset_id, f"m{number}", str(at_ms), *filter(None, [told.get("conversation")])])
    facts = {**told, "at_ms": at_ms}
    worklist.add(db, MOMENT_WORK, asset_id, key, due_at=now, now=now, facts=facts)
    return None


def made(db: Session, work: DueWork, *, failed: bool, now: datetime) -> None:
    """Who asked for it hears of it. When its film was masked while it was made, it is due again."""
    asset_id, at_ms = AssetId(work.subject), int(work.facts["at_ms"])
    conversation = work.facts.get("conversation")
    if one(db, asset_id, at_ms) is None and not failed:
        ask(db, asset_id, at_ms, now=now, told_to=work.facts)
    elif conversation is not None:
        facts = {**work.facts, "asset": asset_id}
        worklist.add(db, READY, conversation, work.key, due_at=now, now=now, facts=facts)


def _ready(asset_id: AssetId) -> SelectOfScalar[Rendition]:
    return select(Rendition).where(
        Rendition.asset_id == asset_id,
        Rendition.recipe == Recipe.MOMENT.value,
        Rendition.version == VERSIONS[Recipe.MOMENT],
        Rendition.state == RenditionState.READY.value,
    )


def _as_told(row: Rendition) -> Moment:
    return Moment(AssetId(row.asset_id), row.id, row.at_ms, row.made_at)


def _lasts_ms(db: Session, asset_id: AssetId) -> int:
    """How long the film is; the longest there is while nobody has read it."""
    told = select(func.max(Rendition.duration_ms)).where(Rendition.asset_id == asset_id)
    return int(db.exec(told).one() or _LONGEST_MS)


def _places(db: Session, asset_id: AssetId) -> set[int]:
    """Where there is a still, or one is due."""
    there = db.exec(
        select(Rendition.at_ms).where(
            Rendition.asset_id == asset_id, Rendition.recipe == Recipe.MOMENT.value
        )
    )
    due = db.exec(
        select(Work.facts).where(
            Work.kind == MOMENT_WORK, Work.subject == asset_id, Work.state == WorkState.DUE.value
        )
    )
    return {*there, *(int(each["at_ms"]) for each in due)}
