"""The carrier's number of an order's parcels (送り状番号): of the label that is sent for a return,
and the right one where another was typed. The buyer is told it.

Not here: sending (`dispatch`), and what carriers tell of a number (`tracking`).
"""

from datetime import datetime

from sqlmodel import Session, col, select

from catalog.ground import worklist
from catalog.ground.journal import Command
from catalog.items.parcels import actions as parcels
from catalog.items.parcels.actions import ParcelMissing
from catalog.items.parcels.rules import Direction
from catalog.items.parcels.tables import Parcel, ParcelUnit
from catalog.orders import returns
from catalog.orders.returns import LABEL
from catalog.orders.states import ReturnState
from catalog.orders.steps import Standing, about, locked, repeated, step, tell


def send(
    db: Session, return_id: str, tracking_no: str, *, by: str, now: datetime, key: str
) -> Standing:
    """The label of a return was sent to the buyer, with its number: what the carrier tells of it is
    known to be this return (R-093). Raises ReturnMissing, ReturnElsewhere, ParcelMissing,
    TrackingTaken, TrackingMalformed.
    """
    request = {"verb": "return.label", "return": return_id, "tracking_no": tracking_no}
    command = Command(key, request)
    if (before := repeated(db, command)) is not None:
        return before
    kept = returns.held(db, return_id)
    state = ReturnState(kept.case.state)
    if state is not ReturnState.ASKED:
        raise returns.ReturnElsewhere(kept.case.return_no, state, ReturnState.UNDERWAY)
    label = _label_of(db, kept.order.id, kept.case.unit_id)
    parcel = parcels.note_number(db, label, tracking_no, by=by, now=now)
    worklist.close_tasks(db, f"return:{return_id}", LABEL, now=now)
    standing = step(
        db, kept.order, [], by=by, now=now, verb="return_labelled", command=command,
        facts={"return": return_id, "parcel": parcel.id},
    )  # fmt: skip
    tell(
        db, kept.order, "return_label_sent", now=now, return_no=kept.case.return_no,
        carrier=parcel.carrier, tracking_no=parcel.tracking_no,
    )  # fmt: skip
    return standing


def correct(
    db: Session, order_id: str, parcel_id: str, tracking_no: str, *, by: str, now: datetime,
    key: str,
) -> Standing:  # fmt: skip
    """Another number was typed when the parcel left, and the carrier has told nothing of it yet.
    Raises OrderMissing, ParcelMissing (also another order's), TrackingTaken, TrackingMalformed.
    """
    request = {
        "verb": "order.renumber", "order": order_id, "parcel": parcel_id,
        "tracking_no": tracking_no,
    }  # fmt: skip
    command = Command(key, request)
    if (before := repeated(db, command)) is not None:
        return before
    order = locked(db, order_id)
    row = db.get(Parcel, parcel_id)
    if row is None or row.about != about(order_id) or row.direction != Direction.OUT.value:
        raise ParcelMissing(parcel_id)
    parcel = parcels.note_number(db, parcel_id, tracking_no, by=by, now=now)
    standing = step(
        db, order, [], by=by, now=now, verb="renumbered", command=command,
        facts={"parcel": parcel_id},
    )  # fmt: skip
    tell(
        db, order, "tracking_corrected", now=now, carrier=parcel.carrier,
        tracking_no=parcel.tracking_no,
    )  # fmt: skip
    return standing


def _label_of(db: Session, order_id: str, unit_id: str) -> str:
    """The latest way in of that piece. Raises ParcelMissing."""
    found = db.exec(
        select(Parcel.id)
        .join(ParcelUnit, col(ParcelUnit.parcel_id) == col(Parcel.id))
        .where(
            Parcel.about == about(order_id),
            Parcel.direction == Direction.IN.value,
            ParcelUnit.unit_id == unit_id,
        )
        .order_by(col(Parcel.id).desc())
    ).first()
    if found is None:
        raise ParcelMissing(unit_id)
    return found
