"""Who may see which unit (R-027). Anyone: what is listed, also while reserved. Pure."""

from collections.abc import Collection
from dataclasses import dataclass

from catalog.ground.record import CustomerId, PartnerId
from catalog.items.kinds import OwnerKind, UnitState

SHOWN_TO_ALL = frozenset({UnitState.LISTED, UnitState.RESERVED})
HIDDEN_FROM_PARTNERS = frozenset({UnitState.POLICE_HOLD, UnitState.RETURNED, UnitState.DISPOSED})


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is asking. A visitor has neither customer nor partner; the command line and staff see
    all.

    `granted` holds unit codes; `granted_all`: every dealer-owned unit.
    """

    customer: CustomerId | None = None
    partner: PartnerId | None = None
    granted: frozenset[str] = frozenset()
    granted_all: bool = False
    sees_all: bool = False


VISITOR = Viewer()
STAFF = Viewer(sees_all=True)


@dataclass(frozen=True, slots=True)
class Standing:
    """What visibility depends on."""

    code: str
    state: str
    owner_kind: str
    owner_id: str | None


def can_see(viewer: Viewer, unit: Standing) -> bool:
    """Whether this person may know that the unit exists."""
    if viewer.sees_all or unit.state in SHOWN_TO_ALL:
        return True
    if viewer.customer is not None and unit.owner_id == viewer.customer:
        return unit.owner_kind != OwnerKind.DEALER
    return _is_granted(viewer, unit) and unit.state not in HIDDEN_FROM_PARTNERS


def _is_granted(viewer: Viewer, unit: Standing) -> bool:
    if viewer.partner is None:
        return False
    return unit.code in viewer.granted or (
        viewer.granted_all and unit.owner_kind == OwnerKind.DEALER
    )


def shown(viewer: Viewer, units: Collection[Standing]) -> list[Standing]:
    """Those the person may know of, order kept."""
    return [unit for unit in units if can_see(viewer, unit)]


@dataclass(frozen=True, slots=True)
class Marked:
    """A serial and what it is the serial of."""

    serial: str
    style_id: str
    category: str
    brand: str | None


_TELLING = 5  # characters from which a serial tells pieces of one brand apart, whatever the style


def is_same_serial(one: Marked, other: Marked) -> bool:
    """Whether two serials name the same physical thing: equal within a style, or, when long enough,
    within a brand of one category (the same piece is not always described the same way).
    """
    if one.serial != other.serial:
        return False
    if one.style_id == other.style_id:
        return True
    is_one_brand = one.brand == other.brand or one.brand is None or other.brand is None
    return one.category == other.category and is_one_brand and len(one.serial) >= _TELLING
