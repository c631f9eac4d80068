"""Single pieces: on sale, priced, kept for somebody, damaged."""

from datetime import datetime, timedelta

from sqlmodel import Session, col

from catalog.duties.publishing import PUBLISHED_FROM, GateClosed, missing_for
from catalog.grading.rules import ShotFacts
from catalog.ground.money import Yen
from catalog.ground.record import UnitId
from catalog.items import actions as items
from catalog.items import freezing
from catalog.items import prices as item_prices
from catalog.items.holds import actions as holds
from catalog.items.kinds import UnitState
from catalog.items.tables import Unit
from tests.catalog.house.said import PRICES, keyed, plain, said
from tests.catalog.house.walk import Command, House


@said()
def damage(house: House) -> Command | None:
    row = house.some(Unit, "listed", "unlisted")
    if house.dice.random() < 0.7:
        return None
    return row and plain(freezing.freeze, UnitId(row.id), UnitState.LOST_DAMAGED, by="staff:man1")


@said(8)
def on_sale(house: House) -> Command | None:
    row = house.some(Unit, "stock", *(state.value for state in PUBLISHED_FROM))
    return row and plain(_put_on_sale, UnitId(row.id))


def _put_on_sale(db: Session, unit_id: UnitId, *, now: datetime) -> None:
    """As publishing does, with grade and pictures taken as given: only what may be sold."""
    unit = items.locked(db, unit_id)
    state = UnitState(unit.state)
    to = UnitState.PREPARING if state is UnitState.STOCK else UnitState.LISTED
    if state not in {UnitState.STOCK, *PUBLISHED_FROM}:
        raise items.MoveRefused(unit.code, state, to)
    if to is UnitState.LISTED and set(missing_for(db, unit, ShotFacts())) & {"owner", "price"}:
        raise GateClosed(unit.code, ["owner"])
    items.move(db, unit_id, to, by="staff:S1", now=now, verb=to.value)


@said(4)
def price(house: House) -> Command | None:
    rows = house.rows(Unit, Unit.owner_kind == "dealer", col(Unit.price).is_(None))
    row = house.dice.choice(rows) if rows else house.some(Unit)
    return row and keyed(
        house, item_prices.reprice, UnitId(row.id), Yen(house.dice.choice(PRICES)),
        reason="priced", by="staff:S1",
    )  # fmt: skip


@said()
def keep_for(house: House) -> Command | None:
    row, who = house.some(Unit, "listed"), house.person()
    return row and keyed(
        house, holds.hold, UnitId(row.id), f"customer:{who.id}", house.now + timedelta(hours=3),
        by="staff:S1",
    )  # fmt: skip
