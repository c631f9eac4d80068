"""A pair of captures, what is known of it, and what else of the piece there is to compare."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import false, or_
from sqlmodel import Session, col, select

from catalog.ground.errors import Refused
from catalog.ground.record import AssetId, UnitId
from media.assets.kinds import AssetKind
from media.assets.queries import asset_of
from media.assets.tables import Asset
from media.comparing.tables import Candidates, Comparison, Registration
from media.disputes.actions import subject
from media.disputes.tables import Dispute
from media.renditions.tables import Recipe, Rendition, RenditionState

_MOST = 100


class NotAPair(Refused):
    """The two are one picture, or not both pictures, or not of one piece or its dispute."""

    def __init__(self) -> None:
        super().__init__("these two are not two pictures of one piece")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two pictures, the earlier captured one first, whichever was named first."""

    earlier: Asset
    later: Asset


def pair_of(db: Session, one: AssetId, other: AssetId) -> Pair:
    """Both by id. What a customer sent in for a dispute counts as its piece's. Raises AssetMissing,
    NotAPair.
    """
    found = sorted(
        (asset_of(db, one), asset_of(db, other)), key=lambda each: (each.captured_at, each.id)
    )
    earlier, later = found
    units = {unit_of(db, each) for each in found}
    are_stills = all(each.kind == AssetKind.STILL.value for each in found)
    if earlier.id == later.id or not are_stills or None in units or len(units) != 1:
        raise NotAPair
    return Pair(earlier, later)


def unit_of(db: Session, asset: Asset) -> UnitId | None:
    """The piece it shows, or is said to show by whoever sent it in for a dispute."""
    if asset.unit_id is not None:
        return UnitId(asset.unit_id)
    kind, _, dispute_id = (asset.about or "").partition(":")
    dispute = db.get(Dispute, dispute_id) if kind == "dispute" else None
    return UnitId(dispute.unit_id) if dispute is not None else None


def others(db: Session, asset: Asset) -> Sequence[Asset]:
    """The pictures it may be compared with: those of the same part first, then the latest."""
    unit_id = unit_of(db, asset)
    if unit_id is None:
        return []
    disputes = db.exec(select(Dispute.id).where(Dispute.unit_id == unit_id)).all()
    sent_for = [subject(each) for each in disputes]
    found = db.exec(
        select(Asset)
        .where(
            or_(col(Asset.unit_id) == unit_id, col(Asset.about).in_(sent_for)),
            Asset.kind == AssetKind.STILL.value,
            Asset.id != asset.id,
            col(Asset.is_tag).is_(false()),
        )
        .order_by(col(Asset.captured_at).desc(), col(Asset.id).desc())
        .limit(_MOST)
    ).all()
    return sorted(found, key=lambda each: each.part != asset.part)


def registration_of(db: Session, pair: Pair) -> Registration | None:
    """The two points that count now."""
    row = db.exec(
        select(Registration)
        .where(Registration.earlier_id == pair.earlier.id, Registration.later_id == pair.later.id)
        .order_by(col(Registration.id).desc())
        .limit(1)
    ).first()
    return row if row is not None and row.points else None


def candidates_of(db: Session, pair: Pair) -> Candidates | None:
    """What the aid's latest version pointed at; None when nobody asked it."""
    return db.exec(
        select(Candidates)
        .where(Candidates.earlier_id == pair.earlier.id, Candidates.later_id == pair.later.id)
        .order_by(col(Candidates.version).desc())
        .limit(1)
    ).first()


def findings(db: Session, pair: Pair) -> Sequence[Comparison]:
    """What people found of this pair, the latest first."""
    return db.exec(
        select(Comparison)
        .where(Comparison.earlier_id == pair.earlier.id, Comparison.later_id == pair.later.id)
        .order_by(col(Comparison.id).desc())
        .limit(_MOST)
    ).all()


def shown_key(db: Session, asset_id: AssetId) -> str | None:
    """Where the rendition lies that the aid looks at; None while there is none."""
    return db.exec(
        select(Rendition.key)
        .where(
            Rendition.asset_id == asset_id,
            Rendition.recipe == Recipe.FULL.value,
            Rendition.state == RenditionState.READY.value,
        )
        .order_by(col(Rendition.version).desc())
        .limit(1)
    ).first()
