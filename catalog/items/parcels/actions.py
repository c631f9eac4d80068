"""Making parcels and noting what their carriers tell (発送・追跡, R-101).

An event moves the pieces inside along their table of moves and nothing else; what it means for the
case, contract or order is decided there.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from catalog.ground import journal
from catalog.ground.errors import Malformed, Missing, Refused
from catalog.ground.record import UnitId, new_id
from catalog.ground.session.database import insert_once
from catalog.items.actions import UnitMissing, locked, move
from catalog.items.kinds import UnitState
from catalog.items.parcels.rules import Direction, ParcelState, leads_forward, meaning, steps
from catalog.items.parcels.tables import Parcel, ParcelEvent, ParcelUnit
from catalog.items.tables import Unit
from catalog.items.words import ascii_key


class ParcelMissing(Missing):
    """There is no such parcel."""


class TrackingTaken(Refused):
    """Another parcel of the carrier has the number, or this one has another. `tracking_no`."""

    def __init__(self, tracking_no: str) -> None:
        super().__init__(f"tracking number {tracking_no} is taken")
        self.tracking_no = tracking_no


class TrackingMalformed(Malformed):
    """No tracking number. `told`."""

    def __init__(self, told: str) -> None:
        super().__init__(f"{told[:40]!r} is no tracking number")
        self.told = told


def make(
    db: Session,
    direction: Direction,
    *,
    about: str,
    unit_ids: Sequence[UnitId] = (),
    carrier: str,
    tracking_no: str | None = None,
    by: str,
    now: datetime,
    key: str,
) -> Parcel:
    """A kit, a way in or a way out, for a case, contract or order (`case:ID`).

    Raises UnitMissing, TrackingTaken, TrackingMalformed.
    """
    number = number_of(tracking_no) if tracking_no is not None else None
    request = {
        "parcel": direction.value,
        "about": about,
        "units": sorted(unit_ids),
        "carrier": carrier,
        "tracking_no": number,
    }
    stored = journal.stored_result(db, key, request)
    if stored is not None:
        return db.get_one(Parcel, stored["parcel"], populate_existing=True)
    wanted = set(unit_ids)
    there = set(db.exec(select(Unit.id).where(col(Unit.id).in_(wanted)))) if wanted else set()
    if wanted - there:
        raise UnitMissing(min(wanted - there))
    values = {
        "id": new_id(now),
        "direction": direction.value,
        "about": about,
        "carrier": carrier_name(carrier),
        "tracking_no": number,
        "state": ParcelState.MADE.value,
        "made_by": by,
        "made_at": now,
        "state_at": now,
    }
    if not insert_once(db, Parcel, values):
        raise TrackingTaken(number or "")
    parcel = db.get_one(Parcel, values["id"])
    db.add_all(ParcelUnit(parcel_id=parcel.id, unit_id=each) for each in sorted(wanted))
    db.flush()
    journal.record(
        db,
        f"parcel:{parcel.id}",
        "made",
        actor=by,
        at=now,
        facts={"about": about, "direction": direction.value, "units": sorted(wanted)},
        key=key,
        request=request,
        result={"parcel": parcel.id},
    )
    return parcel


def carrier_name(told: str) -> str:
    """One form of a carrier's name for every way of writing it."""
    return _CARRIERS.get(told.strip().lower(), told.strip().lower())


_CARRIERS = {
    "ヤマト": "yamato", "ヤマト運輸": "yamato", "クロネコヤマト": "yamato", "宅急便": "yamato",
    "佐川": "sagawa", "佐川急便": "sagawa", "日本郵便": "japanpost", "ゆうパック": "japanpost",
    "郵便": "japanpost", "japan post": "japanpost", "jp": "japanpost",
}  # fmt: skip


def number_of(told: str) -> str:
    """One form of a number for every way of writing it. Raises TrackingMalformed."""
    number = ascii_key(told).upper()
    if not 4 <= len(number) <= 40:
        raise TrackingMalformed(told)
    return number


def note_number(db: Session, parcel_id: str, tracking_no: str, *, by: str, now: datetime) -> Parcel:
    """The carrier's number of a parcel, once its label is printed, or the right one for a slip as
    long as the carrier has told nothing of it; the same again changes nothing.

    Raises ParcelMissing, TrackingTaken, TrackingMalformed.
    """
    number = number_of(tracking_no)
    parcel = db.exec(
        select(Parcel)
        .where(Parcel.id == parcel_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if parcel is None:
        raise ParcelMissing(parcel_id)
    if parcel.tracking_no == number:
        return parcel
    is_known = parcel.tracking_no is not None and parcel.state != ParcelState.MADE.value
    if is_known or tracked(db, parcel.carrier, number) is not None:
        raise TrackingTaken(number)
    verb = "numbered" if parcel.tracking_no is None else "renumbered"
    parcel.tracking_no = number
    db.flush()
    journal.record(db, f"parcel:{parcel_id}", verb, actor=by, at=now)
    return parcel


def tracked(db: Session, carrier: str, tracking_no: str) -> Parcel | None:
    """The parcel with that number."""
    return db.exec(
        select(Parcel).where(
            Parcel.carrier == carrier_name(carrier),
            Parcel.tracking_no == ascii_key(tracking_no).upper(),
        )
    ).first()


def parcels_of(db: Session, about: str) -> list[Parcel]:
    """The parcels of a case, contract or order, oldest first."""
    return list(db.exec(select(Parcel).where(Parcel.about == about).order_by(col(Parcel.id))))


def units_in(db: Session, parcel_id: str) -> list[UnitId]:
    """What is inside."""
    rows = db.exec(
        select(ParcelUnit.unit_id)
        .where(ParcelUnit.parcel_id == parcel_id)
        .order_by(col(ParcelUnit.unit_id))
    )
    return [UnitId(each) for each in rows]


def note_tracking(
    db: Session,
    carrier: str,
    tracking_no: str,
    event: str,
    at: datetime,
    *,
    now: datetime,
    by: str = "carrier",
) -> Parcel | None:
    """What a carrier tells of a parcel: kept once, and the pieces inside moved as far as it says.

    None when nobody knows the number. An event that came before, came late or says nothing known
    changes nothing more.
    """
    parcel = tracked(db, carrier, tracking_no)
    if parcel is None:
        return None
    told = meaning(event)
    values = {
        "parcel_id": parcel.id,
        "told": event.strip()[:200],
        "at": at,
        "state": told.value if told else None,
        "noted_at": now,
    }
    is_new = insert_once(db, ParcelEvent, values)
    if is_new and told is not None and _advance(db, parcel, told, at):
        _move_units(db, parcel, told, by=by, now=now)
    db.refresh(parcel)
    return parcel


def _advance(db: Session, parcel: Parcel, told: ParcelState, at: datetime) -> bool:
    earlier = [state.value for state in ParcelState if leads_forward(state, told)]
    moved = db.connection().execute(
        update(Parcel)
        .where(col(Parcel.id) == parcel.id, col(Parcel.state).in_(earlier))
        .values(state=told.value, state_at=at)
    )
    return bool(moved.rowcount)


def _move_units(db: Session, parcel: Parcel, told: ParcelState, *, by: str, now: datetime) -> None:
    direction = Direction(parcel.direction)
    for unit_id in units_in(db, parcel.id):
        unit = locked(db, unit_id)
        for step in steps(direction, told, UnitState(unit.state)):
            move(
                db,
                unit_id,
                step.after,
                by=by,
                now=now,
                verb=step.after.value,
                custody=step.custody,
                facts={"parcel": parcel.id},
            )
