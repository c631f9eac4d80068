"""A pair of captures, what is known of it, and what else of the piece there is to compare."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import false, or_
from sqlmodel import Session, col, select

from catalog.grading import queries as grading
from catalog.grading import shotlists
from catalog.ground.errors import Refused
from catalog.ground.record import AssetId, UnitId
from media.assets.kinds import AssetKind, Occasion
from media.assets.queries import asset_of
from media.assets.tables import Asset
from media.comparing.tables import Candidates, Comparison, Registration
from media.disputes import queries as disputes
from media.disputes.actions import subject
from media.disputes.tables import Dispute
from media.intake import attaching, sessions, shots
from media.intake.shots import Taken
from media.renditions.tables import Recipe, Rendition, RenditionState

_MOST = 100
_COME_BACK = frozenset({Occasion.RETURN, Occasion.DISPUTE})


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


@dataclass(frozen=True, slots=True)
class Beside:
    """A picture of the piece as it was sold and one of it as it is now; `shot`: the code both are
    of. What tells neither shot nor part stands beside nothing: a person says what it is of.
    """

    sold: Asset
    now: Asset
    shot: str | None


def pairs_of_dispute(db: Session, dispute_id: str) -> list[Beside]:
    """What of the sale's record stands beside the returned piece and what was sent in (R-018,
    R-099): of the claimed part first, then in the order of the checklist. Raises DisputeMissing.
    """
    claimed = disputes.dispute_of(db, dispute_id)
    sold = [asset_of(db, each) for each in disputes.as_sold(db, dispute_id)]
    sold = [each for each in sold if each.kind == AssetKind.STILL.value]
    if not sold:
        return []
    unit_id = UnitId(claimed.unit_id)
    listed = shotlists.current(db, grading.category_of(db, unit_id)).shots
    codes = [each.code for each in listed]
    was = {each.id for each in sold}  # also where a camera's clock was ahead of the claim
    now = [each for each in _as_it_is(db, claimed) if each.id not in was]
    of = {
        each.id: shots.codes_of(Taken(each.name, each.part, AssetKind(each.kind)), listed)
        for each in (*sold, *now)
    }
    found = [_beside(each, sold, of, codes) for each in now]
    order = {code: place for place, code in enumerate(codes)}
    return sorted(
        (each for each in found if each is not None),
        key=lambda each: (
            claimed.part is not None and each.sold.part != claimed.part,
            order.get(each.shot or "", len(order)),
        ),
    )


def _beside(
    now: Asset, sold: Sequence[Asset], of: Mapping[str, set[str]], codes: Sequence[str]
) -> Beside | None:
    for code in codes:
        same = next((each for each in sold if code in of[now.id] & of[each.id]), None)
        if same is not None:
            return Beside(same, now, code)
    if now.part is not None:
        same = next((each for each in sold if each.part == now.part), None)
        return Beside(same, now, None) if same is not None else None
    return None


def _as_it_is(db: Session, claimed: Dispute) -> list[Asset]:
    """The stills of it since the claim or of its return, the latest first; then what was sent."""
    since = claimed.sold_at or claimed.opened_at
    rows = db.exec(
        select(Asset)
        .where(
            Asset.unit_id == claimed.unit_id,
            Asset.kind == AssetKind.STILL.value,
            col(Asset.is_tag).is_(false()),
            col(Asset.captured_at) > since,
        )
        .order_by(col(Asset.captured_at).desc(), col(Asset.id).desc())
        .limit(_MOST)
    ).all()
    taken = [
        each
        for each in rows
        if each.captured_at > claimed.opened_at
        or sessions.occasion_of(db, AssetId(each.id)) in _COME_BACK
    ]
    sent = attaching.of_subject(db, subject(claimed.id))
    pictures = [each.asset_id for each in sent if each.kind is AssetKind.STILL]
    return [*taken, *(asset_of(db, each) for each in pictures)]


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


def findings_of(db: Session, pairs: Sequence[tuple[str, str]]) -> list[Comparison]:
    """What people found of these pairs, whichever is named first, the latest first."""
    wanted = {frozenset(each) for each in pairs}
    ids = {each for pair in wanted for each in pair}
    rows = db.exec(
        select(Comparison)
        .where(col(Comparison.earlier_id).in_(ids), col(Comparison.later_id).in_(ids))
        .order_by(col(Comparison.id).desc())
    )
    return [each for each in rows if frozenset((each.earlier_id, each.later_id)) in wanted]


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
