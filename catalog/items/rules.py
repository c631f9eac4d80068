"""Who may see which unit, and what of it (R-027). Anyone: what is listed, also while reserved; who
sits for a partner: what the partner was granted, and nothing else. Pure.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

from catalog.ground.record import CustomerId, PartnerId
from catalog.items.kinds import OwnerKind, UnitState
from catalog.partners.rules import GrantFacts, MediaKind, Right

PARTNER, CUSTOMER = "partner:", "customer:"
SHOWN_TO_ALL = frozenset({UnitState.LISTED, UnitState.RESERVED})
HIDDEN_FROM_PARTNERS = frozenset(
    {UnitState.POLICE_HOLD, UnitState.SURRENDERED, UnitState.RETURNED, UnitState.DISPOSED}
)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is asking. A visitor has neither customer nor partner; the command line and staff see
    all. `grants`: what the partner was granted and holds today.
    """

    customer: CustomerId | None = None
    partner: PartnerId | None = None
    grants: tuple[GrantFacts, ...] = ()
    sees_all: bool = False

    @property
    def granted(self) -> frozenset[str]:
        """The units granted by their codes."""
        return frozenset(each.unit_code for each in self.grants if each.unit_code is not None)

    @property
    def granted_all(self) -> bool:
        """Whether every dealer-owned unit was granted."""
        return any(each.unit_code is None for each in self.grants)

    @property
    def who(self) -> str | None:
        """Whom it concerns when they hold, watch, seek or share: the firm they sit for, else
        themselves; None for a visitor.
        """
        if self.partner is not None:
            return f"{PARTNER}{self.partner}"
        return f"{CUSTOMER}{self.customer}" if self.customer is not None else None

    def able_to(self, right: Right | None, *kinds: MediaKind) -> "Viewer":
        """The same person as far as a right, or one of those kinds of media, goes: what a partner
        was not granted that for is not there for them (one answer for both). Others are as before.
        """
        if self.partner is None:
            return self
        return replace(self, grants=tuple(g for g in self.grants if g.allows(right, kinds)))


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
    if viewer.sees_all or is_own(viewer, unit):
        return True
    if viewer.partner is None:
        return unit.state in SHOWN_TO_ALL
    is_dealers = unit.owner_kind == OwnerKind.DEALER
    return unit.state not in HIDDEN_FROM_PARTNERS and any(
        grant.covers(unit.code, is_dealers=is_dealers) for grant in viewer.grants
    )


def is_own(viewer: Viewer, unit: Standing) -> bool:
    """Whether it is the customer's: consigned, sent in, or bought."""
    is_theirs = viewer.customer is not None and unit.owner_id == viewer.customer
    return is_theirs and unit.owner_kind != OwnerKind.DEALER


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
