"""Reads on units: by code, by what people call them; and who is asking. Free words: `search`."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, func, select

from catalog.ground.money import Yen
from catalog.ground.record import CustomerId, PartnerId, UnitId
from catalog.ground.session.hot import Hot
from catalog.items import names
from catalog.items.facts import FACTS, WITH_STYLE, UnitFacts, by_codes, fitting, visible_to
from catalog.items.filters import NONE, Filters
from catalog.items.holds.tables import Hold
from catalog.items.kinds import OwnerKind, UnitState
from catalog.items.rules import VISITOR, Viewer
from catalog.items.search import search
from catalog.items.search_index import words_of
from catalog.items.tables import Style, Unit
from catalog.partners import queries as partners

# Read here by the floors above, whatever file they live in.
__all__ = [
    "UnitDetails",
    "UnitFacts",
    "by_codes",
    "by_id",
    "by_name",
    "details",
    "id_of_code",
    "names_of",
    "on_sale_like",
    "owner_of",
    "search",
    "viewer",
    "within_reach",
    "words_of",
]


def viewer(db: Session, channel: str, address: str | None, *, today: date) -> Viewer:
    """Who writes from that address, with today's grants. Somebody unknown is a visitor."""
    if address is None:
        return VISITOR
    known = _WHO(db, channel=channel, address=address)[0]
    if known[0] is None and known[1] is None:
        return VISITOR
    customer = CustomerId(known[0]) if known[0] else None
    if known[1] is None:
        return Viewer(customer=customer)
    partner = PartnerId(known[1])
    return Viewer(customer, partner, partners.grants_on(db, partner, today))


_WHO = Hot(
    "SELECT (SELECT customer_id FROM contact WHERE channel = :channel AND address = :address),"
    " (SELECT partner_id FROM partner_seat WHERE channel = :channel AND address = :address)"
)


def by_id(db: Session, unit_id: UnitId, *, viewer: Viewer) -> UnitFacts | None:
    """The unit when it may be seen."""
    row = (
        db.connection()
        .execute(
            select(*FACTS)
            .select_from(WITH_STYLE)
            .where(col(Unit.id) == unit_id, visible_to(viewer))
        )
        .first()
    )
    return UnitFacts(*row) if row else None


def within_reach(db: Session, most: Yen, *, viewer: Viewer, limit: int) -> list[UnitFacts]:
    """Pieces on sale that cost no more than that, the dearest first (R-113)."""
    rows = db.connection().execute(
        select(*FACTS)
        .select_from(WITH_STYLE)
        .where(
            visible_to(viewer),
            col(Unit.state) == UnitState.LISTED.value,
            col(Unit.price) > 0,
            col(Unit.price) <= most,
        )
        .order_by(col(Unit.price).desc(), col(Unit.code))
        .limit(limit)
    )
    return [UnitFacts(*row) for row in rows]


def codes_of(db: Session, units: Collection[UnitId]) -> dict[UnitId, str]:
    """The codes of these units."""
    rows = db.exec(select(Unit.id, Unit.code).where(col(Unit.id).in_(units)))
    return {UnitId(unit): code for unit, code in rows.all()}


def id_of_code(db: Session, code: str) -> UnitId | None:
    """The unit with exactly that code, whoever may see it."""
    found = db.exec(select(Unit.id).where(Unit.code == code)).first()
    return UnitId(found) if found else None


def owner_of(db: Session, unit_id: UnitId) -> CustomerId | None:
    """The customer whose it is: a buyer, a consignor, a seller; None: the dealer's."""
    found = db.exec(
        select(Unit.owner_id).where(
            Unit.id == unit_id, col(Unit.owner_kind) != OwnerKind.DEALER.value
        )
    ).first()
    return CustomerId(found) if found else None


def by_name(
    db: Session,
    *,
    brand: str | None,
    model: str | None,
    viewer: Viewer,
    limit: int,
    filters: Filters = NONE,
) -> list[UnitFacts]:
    """Units of a brand and family by their lexicon ids that the filters let through, newest first.

    A family stands for its narrower ones too (Datejust for each size); where the shop has none of
    a narrow one, for the wider (the shop may not tell sizes apart).
    """
    for models in _families(model):
        wanted = [visible_to(viewer), *fitting(filters, viewer)]
        if brand is not None:
            wanted.append(col(Style.brand_key) == brand)
        if models:
            wanted.append(col(Style.model_key).in_(models))
        rows = db.connection().execute(
            select(*FACTS)
            .select_from(WITH_STYLE)
            .where(*wanted)
            .order_by(col(Unit.written_at).desc(), col(Unit.code))
            .limit(limit)
        )
        found = [UnitFacts(*row) for row in rows]
        if found:
            return found
    return []


def _families(model: str | None) -> list[list[str]]:
    if model is None:
        return [[]]
    own = [model, *(each.id for each in names.narrower(model))]
    wider = names.wider(model)
    return [own, list(wider)] if wider else [own]


@dataclass(frozen=True, slots=True)
class UnitDetails:
    """What is recorded of a unit and may be told to who sees it; None: not recorded."""

    reference: str | None
    size: str | None
    colour: str | None
    accessories: str | None
    description: str | None


def names_of(db: Session, unit_id: UnitId) -> tuple[str | None, str | None]:
    """Brand and family of the unit by their lexicon ids."""
    return db.exec(
        select(Style.brand_key, Style.model_key).where(
            Unit.id == unit_id, Style.id == Unit.style_id
        )
    ).one()


_DETAILS: Any = (Style.reference, Style.size, Style.colour, Unit.accessories, Style.description)


def details(db: Session, unit_id: UnitId) -> UnitDetails:
    """What a question about a piece is answered from. The shop's own notes stay in the shop."""
    query = select(*_DETAILS).select_from(WITH_STYLE).where(col(Unit.id) == unit_id)
    return UnitDetails(*db.connection().execute(query).one())


def on_sale_like(db: Session, unit_id: UnitId, *, now: datetime) -> int:
    """How many pieces of the unit's style stand in the window and are nobody's, itself included
    (R-122): one is the last one.
    """
    style = select(Unit.style_id).where(Unit.id == unit_id).scalar_subquery()
    held = select(Hold.unit_id).where(col(Hold.released_at).is_(None), col(Hold.until) > now)
    return db.exec(
        select(func.count())
        .select_from(Unit)
        .where(
            col(Unit.style_id) == style,
            col(Unit.state) == UnitState.LISTED.value,
            col(Unit.id).not_in(held),
        )
    ).one()
