"""What a partner may do with a unit, where both registers are seen (R-027).

A piece that is not there, one not granted, one granted for something else and one that is hidden
from partners are answered alike.
"""

from datetime import date

from sqlmodel import Session, select

from catalog.ground.record import PartnerId
from catalog.items.actions import UnitMissing
from catalog.items.kinds import OwnerKind
from catalog.items.rules import HIDDEN_FROM_PARTNERS, PARTNER
from catalog.items.tables import Unit
from catalog.partners.queries import grants_of
from catalog.partners.rules import MediaKind, Right, may


def granted_unit(
    db: Session,
    partner: PartnerId,
    code: str,
    *,
    right: Right | None = None,
    media_kind: MediaKind | None = None,
    today: date,
) -> Unit:
    """The unit, when the partner's grants allow that today. Raises UnitMissing otherwise."""
    unit = db.exec(select(Unit).where(Unit.code == code)).first()
    if unit is None or not is_allowed(
        db, partner, unit, right=right, media_kind=media_kind, today=today
    ):
        raise UnitMissing(code)
    return unit


def is_allowed(
    db: Session,
    partner: PartnerId,
    unit: Unit,
    *,
    right: Right | None = None,
    media_kind: MediaKind | None = None,
    today: date,
    is_dealers: bool | None = None,
) -> bool:
    """`partners.rules.may` for a unit in hand; never for what is hidden from partners.
    `is_dealers`: whether it was the shop's own, where that has just changed.
    """
    if unit.state in HIDDEN_FROM_PARTNERS:
        return False
    return may(
        grants_of(db, partner),
        unit.code,
        is_dealers=unit.owner_kind == OwnerKind.DEALER if is_dealers is None else is_dealers,
        today=today,
        right=right,
        media_kind=media_kind,
    )


def check(db: Session, who: str, unit: Unit, *, right: Right, today: date) -> None:
    """Who acts for a partner (`partner:ID`) needs the right; anybody else passes. Raises
    UnitMissing.
    """
    if not who.startswith(PARTNER):
        return
    partner = PartnerId(who.removeprefix(PARTNER))
    if not is_allowed(db, partner, unit, right=right, today=today):
        raise UnitMissing(unit.code)
