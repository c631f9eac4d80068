"""What may be told of a unit, and to whom: the columns every read of the catalogue shares."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, true
from sqlmodel import Session, col

from catalog.ground.record import UnitId
from catalog.ground.session.hot import HotList
from catalog.items.filters import Filters
from catalog.items.kinds import OwnerKind
from catalog.items.rules import (
    HIDDEN_FROM_PARTNERS,
    SHOWN_TO_ALL,
    Standing,
    Viewer,
    can_see,
)
from catalog.items.tables import Style, Unit
from catalog.items.words import together
from catalog.partners.rules import Right


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """What a conversation may tell of a unit."""

    id: UnitId
    code: str
    title: str
    category: str
    brand: str | None
    model: str | None
    reference: str | None
    state: str
    grade: str | None
    price: int | None
    owner_kind: str
    owner_id: str | None

    @property
    def standing(self) -> Standing:
        """What it depends on who may see it."""
        return Standing(self.code, self.state, self.owner_kind, self.owner_id)

    def named(self, lang: str) -> str:
        """What it is called to who reads that language."""
        return called(self.title, self.brand, self.model, self.reference, lang)


def called(
    title: str, brand: str | None, model: str | None, reference: str | None, lang: str
) -> str:
    """The shop's own title; for who reads no Japanese the brand, model and reference, where these
    are known and in Latin letters.
    """
    if lang == "ja" or not (brand and model):
        return title
    told = together(
        [brand, None if (reference or "").startswith(model) else model, reference or ""]
    )
    return told if all(each < "\u0250" for each in told) else title


FACTS: Any = (
    Unit.id,
    Unit.code,
    Unit.title,
    Style.category,
    Style.brand,
    Style.model,
    Style.reference,
    Unit.state,
    Unit.grade,
    Unit.price,
    Unit.owner_kind,
    Unit.owner_id,
)
WITH_STYLE: Any = Unit.__table__.join(Style.__table__)  # type: ignore[attr-defined]  # joined by foreign key


def visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """`rules.can_see` as a condition on `unit`; a property test holds the two together."""
    if viewer.sees_all:
        return true()
    allowed: list[ColumnElement[bool]] = []
    if viewer.customer is not None:
        allowed.append(
            and_(
                col(Unit.owner_id) == viewer.customer,
                col(Unit.owner_kind) != OwnerKind.DEALER.value,
            )
        )
    if viewer.partner is None:
        allowed.append(col(Unit.state).in_([s.value for s in SHOWN_TO_ALL]))
    else:
        granted = or_(
            col(Unit.code).in_(sorted(viewer.granted)),
            and_(
                true() if viewer.granted_all else false(),
                col(Unit.owner_kind) == OwnerKind.DEALER.value,
            ),
        )
        hidden = [state.value for state in HIDDEN_FROM_PARTNERS]
        allowed.append(and_(granted, col(Unit.state).not_in(hidden)))
    return or_(*allowed)


def fitting(filters: Filters, viewer: Viewer) -> list[ColumnElement[bool]]:
    """The filters as conditions on `unit` and `style`. By its price only a piece is found whose
    price this person may know.
    """
    told: list[ColumnElement[bool]] = []
    if filters.price_from is not None:
        told.append(col(Unit.price) >= filters.price_from)
    if filters.price_to is not None:
        told.append(col(Unit.price) <= filters.price_to)
    if told and viewer.partner is not None:
        told.append(visible_to(viewer.able_to(Right.PRICE)))
    if filters.grades:
        told.append(col(Unit.grade).in_(filters.grades))
    if filters.category is not None:
        told.append(col(Style.category) == filters.category.value)
    if filters.states:
        told.append(col(Unit.state).in_([state.value for state in filters.states]))
    return told


_BY_CODES = HotList(
    "SELECT u.id, u.code, u.title, s.category, s.brand, s.model, s.reference, u.state, u.grade,"
    " u.price, u.owner_kind, u.owner_id FROM unit u JOIN style s ON s.id = u.style_id"
    " WHERE u.code IN ({})"
)


def by_codes(db: Session, wanted: Sequence[str], *, viewer: Viewer) -> list[UnitFacts]:
    """Those of the codes that exist and may be seen, in the order asked."""
    found = {}
    for row in _BY_CODES(db, wanted):
        unit = UnitFacts(*row)
        if can_see(viewer, unit.standing):
            found[unit.code] = unit
    return [found[code] for code in wanted if code in found]
