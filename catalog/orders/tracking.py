"""What carriers tell, and what it means for the case, contract or order a parcel belongs to
(配送状況の取込): one event at a time or as a list (`akashi import tracking`).

Pieces are moved by parcels; here the deal goes on. Every event counts once, in any order, late or
twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from catalog.buyback import returns as case_returns
from catalog.buyback import transit
from catalog.buyback.stages import BEFORE_ARRIVAL, Stage
from catalog.buyback.tables import BuybackCase, CasePiece
from catalog.consignment import ending
from catalog.consignment.states import ContractState
from catalog.consignment.tables import Contract
from catalog.duties.actors import SCHEDULER
from catalog.ground.calendar import tokyo_day
from catalog.ground.errors import Missing, ShopError
from catalog.ground.lines import Taken, moment
from catalog.ground.lines import cells as cells_of
from catalog.ground.record import UnitId
from catalog.items.parcels import actions as parcels
from catalog.items.parcels.rules import Direction, ParcelState, meaning
from catalog.items.parcels.tables import Parcel, ParcelEvent
from catalog.items.words import ascii_key
from catalog.orders import dispatch, returns
from catalog.orders.states import RETURN_OPEN, LineState
from catalog.orders.tables import OrderLine, ReturnCase, SaleOrder

REQUIRED = ("carrier", "tracking_no", "event", "at")
OPTIONAL = ("order_no", "case_no")
_MOVING = frozenset({ParcelState.PICKED_UP, ParcelState.IN_TRANSIT, ParcelState.DELIVERED})


class ParcelUnknown(Missing):
    """Nobody knows a parcel with that number, and nothing says whose it is. `tracking_no`."""

    def __init__(self, tracking_no: str) -> None:
        super().__init__(f"no parcel {tracking_no}")
        self.tracking_no = tracking_no


@dataclass(frozen=True, slots=True)
class TrackingLine:
    """One event. `order_no`, `case_no`: what the parcel belongs to, where it is not known yet."""

    carrier: str
    tracking_no: str
    event: str
    at: datetime
    order_no: str | None = None
    case_no: str | None = None


def parse(cells: Mapping[str, str]) -> TrackingLine:
    """Raises LineMalformed naming the first cell that cannot be taken."""
    given = cells_of(cells, REQUIRED, OPTIONAL)
    return TrackingLine(
        given["carrier"],
        given["tracking_no"],
        given["event"],
        moment("at", given["at"]),
        given["order_no"] or None,
        given["case_no"] or None,
    )


def track(db: Session, line: TrackingLine, *, by: str, now: datetime) -> str:
    """Note one event and do what it means; a repeat changes nothing (R-093, R-101). What the parcel
    belongs to. Raises ParcelUnknown, TrackingMalformed.
    """
    parcel = parcels.tracked(db, line.carrier, line.tracking_no)
    if parcel is None:
        parcel = _made(db, line, by=by, now=now)
    told = meaning(line.event)
    if told in _MOVING and parcel.direction == Direction.OUT.value:
        _left_packed(db, parcel, by=by, now=now)
    noted = parcels.note_tracking(
        db, line.carrier, line.tracking_no, line.event, line.at, now=now, by=by
    )
    if noted is None or told is None:
        return parcel.about
    kind, _, subject = parcel.about.partition(":")
    if kind == "order":
        _order(db, noted, subject, line, by=by, now=now)
    elif kind == "case":
        _case(db, noted, subject, line, now=now)
    elif kind == "contract" and noted.state == ParcelState.DELIVERED.value:
        _contract(db, noted, subject, by=by, now=now)
    return parcel.about


def _made(db: Session, line: TrackingLine, *, by: str, now: datetime) -> Parcel:
    """A parcel nobody entered: an order's way out, or a case's way in."""
    key = f"tracking:{line.carrier}:{line.tracking_no}"
    if line.order_no is not None:
        order = db.exec(select(SaleOrder).where(SaleOrder.order_no == line.order_no)).first()
        if order is not None:
            units = _units_to_send(db, order.id)
            return parcels.make(
                db, Direction.OUT, about=f"order:{order.id}", unit_ids=units, carrier=line.carrier,
                tracking_no=line.tracking_no, by=by, now=now, key=key,
            )  # fmt: skip
    if line.case_no is not None:
        case = db.exec(select(BuybackCase).where(BuybackCase.case_no == line.case_no)).first()
        if case is not None:
            pieces = db.exec(select(CasePiece.unit_id).where(CasePiece.case_id == case.id))
            return parcels.make(
                db, Direction.IN, about=f"case:{case.id}",
                unit_ids=[UnitId(each) for each in pieces if each], carrier=line.carrier,
                tracking_no=line.tracking_no, by=by, now=now, key=key,
            )  # fmt: skip
    raise ParcelUnknown(line.tracking_no)


def _units_to_send(db: Session, order_id: str) -> list[UnitId]:
    wanted = [LineState.PACKED.value, LineState.SHIPPED.value]
    rows = select(OrderLine.unit_id).where(
        OrderLine.order_id == order_id, col(OrderLine.state).in_(wanted)
    )
    return [UnitId(unit_id) for unit_id in db.exec(rows.order_by(OrderLine.unit_id))]


def _left_packed(db: Session, parcel: Parcel, *, by: str, now: datetime) -> None:
    """The carrier has what was packed and not yet noted as sent."""
    kind, _, order_id = parcel.about.partition(":")
    if kind != "order":
        return
    packed = _in_state(db, order_id, parcel, LineState.PACKED)
    if packed:
        dispatch.ship(
            db, order_id, carrier=parcel.carrier, tracking_no=parcel.tracking_no, unit_ids=packed,
            by=by, now=now, key=f"parcel:{parcel.id}:shipped",
        )  # fmt: skip


def _in_state(db: Session, order_id: str, parcel: Parcel, state: LineState) -> list[str]:
    inside = parcels.units_in(db, parcel.id)
    rows = select(OrderLine.unit_id).where(
        OrderLine.order_id == order_id,
        OrderLine.state == state.value,
        col(OrderLine.unit_id).in_(inside),
    )
    return list(db.exec(rows))


def _order(
    db: Session, parcel: Parcel, order_id: str, line: TrackingLine, *, by: str, now: datetime
) -> None:
    if parcel.direction == Direction.IN.value:
        asked = select(ReturnCase.id).where(
            ReturnCase.order_id == order_id,
            col(ReturnCase.unit_id).in_(parcels.units_in(db, parcel.id)),
            col(ReturnCase.state).in_(sorted(RETURN_OPEN)),
        )
        for return_id in db.exec(asked).all():
            returns.underway(db, return_id, by=by, now=now)
        return
    sent = _in_state(db, order_id, parcel, LineState.SHIPPED)
    if parcel.state == ParcelState.DELIVERED.value and sent:
        dispatch.delivered(
            db, order_id, delivered_on=min(tokyo_day(line.at), tokyo_day(now)), unit_ids=sent,
            by=by, now=now, key=f"parcel:{parcel.id}:delivered",
        )  # fmt: skip


def _case(db: Session, parcel: Parcel, case_id: str, line: TrackingLine, *, now: datetime) -> None:
    key = f"parcel:{parcel.id}:{parcel.state}"
    inside = set(parcels.units_in(db, parcel.id))
    pieces = [
        piece
        for piece in db.exec(select(CasePiece).where(CasePiece.case_id == case_id))
        if piece.unit_id in inside
    ]
    waiting = [piece.id for piece in pieces if piece.stage in {Stage.SUBMITTED, Stage.KIT_SENT}]
    if parcel.direction == Direction.IN.value:
        if waiting:
            transit.in_transit(
                db, case_id, tracking_no=parcel.tracking_no or line.tracking_no, actor=SCHEDULER,
                now=now, key=f"parcel:{parcel.id}:in_transit", piece_ids=waiting,
            )  # fmt: skip
        is_awaited = any(Stage(piece.stage) in BEFORE_ARRIVAL for piece in pieces)
        if parcel.state == ParcelState.DELIVERED.value and (is_awaited or not pieces):
            transit.delivered(
                db, case_id, delivered_at=parcel.state_at, actor=SCHEDULER, now=now, key=key
            )
        return
    home = [piece.id for piece in pieces if piece.stage == Stage.RETURN_SHIPPING]
    if parcel.state == ParcelState.DELIVERED.value and home:
        case_returns.returned(db, case_id, actor=SCHEDULER, now=now, key=key, piece_ids=home)


def _contract(db: Session, parcel: Parcel, contract_id: str, *, by: str, now: datetime) -> None:
    contract = db.get(Contract, contract_id)
    is_back = parcel.direction == Direction.OUT.value
    if is_back and contract is not None and contract.state == ContractState.RETURNING.value:
        ending.returned(db, contract_id, by=by, now=now)


def take_lines(db: Session, lines: Sequence[TrackingLine], *, by: str, now: datetime) -> Taken:
    """Take events in, the oldest first; a second run changes nothing (R-101)."""
    known = _noted(db, lines)
    there: list[str] = []
    refused: list[tuple[int, str]] = []
    taken = 0
    for number, line in sorted(enumerate(lines), key=lambda each: (each[1].at, each[0])):
        mark = _mark(line)
        if mark in known:
            there.append(line.tracking_no)
            continue
        known.add(mark)
        try:
            with db.begin_nested():
                track(db, line, by=by, now=now)
        except ShopError as wrong:
            refused.append((number, f"tracking_no: {wrong}"))
        else:
            taken += 1
    return Taken(taken, there, [], sorted(refused))


_Mark = tuple[str, str, str, datetime]


def _mark(line: TrackingLine) -> _Mark:
    number = ascii_key(line.tracking_no).upper()
    return parcels.carrier_name(line.carrier), number, line.event.strip(), line.at


def _noted(db: Session, lines: Sequence[TrackingLine]) -> set[_Mark]:
    numbers = sorted({ascii_key(line.tracking_no).upper() for line in lines})
    rows = (
        select(Parcel.carrier, Parcel.tracking_no, ParcelEvent.told, ParcelEvent.at)
        .join(ParcelEvent, col(ParcelEvent.parcel_id) == col(Parcel.id))
        .where(col(Parcel.tracking_no).in_(numbers))
    )
    return {(carrier, number or "", told, at) for carrier, number, told, at in db.exec(rows)}
