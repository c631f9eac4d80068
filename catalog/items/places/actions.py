"""Opening places, putting pieces there, and lending them to partners (保管場所・預け)."""

from datetime import date, datetime

from sqlalchemy import update
from sqlmodel import Session, col

from catalog.ground import journal
from catalog.ground.errors import Missing, Refused
from catalog.ground.journal import Command
from catalog.ground.record import PartnerId, UnitId, new_id
from catalog.ground.session.database import insert_once
from catalog.items.actions import change, locked
from catalog.items.kinds import FROZEN, IN_CUSTODY, Custody, UnitState, custody_of
from catalog.items.places.tables import Loan, StockPlace
from catalog.items.tables import Unit
from catalog.partners.tables import Partner

LENDABLE = frozenset(
    {
        UnitState.STOCK,
        UnitState.PREPARING,
        UnitState.CONSIGNED,
        UnitState.LISTED,
        UnitState.UNLISTED,
    }
)


class PlaceMissing(Missing):
    """There is no such place."""


class PartnerMissing(Missing):
    """There is no such partner."""


class NotInHand(Refused):
    """The piece cannot be put there or lent now. `code`, `custody`, `state`."""

    def __init__(self, code: str, custody: str, state: str) -> None:
        super().__init__(f"{code} is {state}, with {custody}")
        self.code = code
        self.custody = custody
        self.state = state


def open_place(
    db: Session, name: str, *, rank: int, ships: bool, hands_over: bool, by: str, now: datetime
) -> None:
    """A shop or warehouse, or what has changed about it (R-097)."""
    values = {"rank": rank, "ships": ships, "hands_over": hands_over}
    is_new = insert_once(db, StockPlace, {"name": name, "written_at": now, **values})
    if not is_new:
        db.connection().execute(
            update(StockPlace).where(col(StockPlace.name) == name).values(**values)
        )
    verb = "place_opened" if is_new else "place_changed"
    journal.record(db, f"place:{name}", verb, actor=by, at=now, facts=values)


def put(db: Session, unit_id: UnitId, place: str, *, by: str, now: datetime) -> Unit:
    """A piece in the dealer's hands lies at that place from now on. Raises UnitMissing,
    PlaceMissing, NotInHand.
    """
    _known(db, place)
    unit = locked(db, unit_id)
    is_ours = custody_of(unit.custody) is Custody.DEALER
    if not is_ours or UnitState(unit.state) not in IN_CUSTODY:
        raise NotInHand(unit.code, unit.custody, unit.state)
    custody = f"{Custody.DEALER}:{place}"
    if unit.custody == custody:
        return unit
    return change(db, unit, {"custody": custody}, by=by, now=now, verb="put")


def _known(db: Session, place: str) -> None:
    if db.get(StockPlace, place) is None:
        raise PlaceMissing(place)


def lend(
    db: Session,
    unit_id: UnitId,
    partner: PartnerId,
    *,
    due_on: date | None = None,
    by: str,
    now: datetime,
    key: str,
) -> Loan:
    """A piece goes to a partner for a time (R-034); it stays in its state and on sale.

    Raises UnitMissing, PartnerMissing, NotInHand (lent already, frozen, sold …).
    """
    due = due_on.isoformat() if due_on else None
    request = {"lend": unit_id, "partner": partner, "due": due}
    stored = journal.stored_result(db, key, request)
    if stored is not None:
        return db.get_one(Loan, stored["loan"], populate_existing=True)
    if db.get(Partner, partner) is None:
        raise PartnerMissing(partner)
    unit = locked(db, unit_id)
    state = UnitState(unit.state)
    is_ours = custody_of(unit.custody) is Custody.DEALER
    if not is_ours or state not in LENDABLE or state in FROZEN:
        raise NotInHand(unit.code, unit.custody, unit.state)
    loan = Loan(
        id=new_id(now),
        unit_id=unit_id,
        partner_id=partner,
        place_before=unit.custody,
        lent_by=by,
        lent_at=now,
        due_on=due_on,
    )
    db.add(loan)
    db.flush()
    change(
        db,
        unit,
        {"custody": f"{Custody.PARTNER}:{partner}"},
        by=by,
        now=now,
        verb="lent",
        facts={"loan": loan.id, "partner": partner},
        command=Command(key, request, {"loan": loan.id}),
    )
    return loan


def take_back(
    db: Session, unit_id: UnitId, *, place: str | None = None, by: str, now: datetime
) -> Unit:
    """The partner gives the piece back: to `place`, or to where it was. A piece nobody has lent is
    left as it is. Raises UnitMissing, PlaceMissing.
    """
    if place is not None:
        _known(db, place)
    unit = locked(db, unit_id)
    before = (
        db.connection()
        .execute(
            update(Loan)
            .where(col(Loan.unit_id) == unit_id, col(Loan.ended_at).is_(None))
            .values(ended_at=now)
            .returning(col(Loan.place_before), col(Loan.id))
        )
        .first()
    )
    if before is None:
        return unit
    custody = f"{Custody.DEALER}:{place}" if place is not None else str(before[0])
    return change(
        db, unit, {"custody": custody}, by=by, now=now, verb="given_back", facts={"loan": before[1]}
    )
