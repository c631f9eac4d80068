"""Orders from before this register began, taken in from a list (注文履歴の移行).

Each order becomes one with its pieces, what was paid and how far it is; a piece that was sold
leaves the stock. An order already there is left exactly as it is. Consigned pieces under a running
contract are settled as any sale; one closed before is refused, for its consignor may be paid
already.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, insert, update
from sqlmodel import Session, col, select

from catalog.consignment import selling
from catalog.consignment.states import LIVE as CONTRACT_LIVE
from catalog.consignment.states import ContractState, SaleKind
from catalog.consignment.tables import Contract
from catalog.customers import queries as customers
from catalog.duties.rules import last_return_day
from catalog.duties.terms import DutyTerms
from catalog.ground import journal, policy
from catalog.ground.calendar import tokyo_day
from catalog.ground.lines import Taken
from catalog.ground.money import Yen
from catalog.ground.record import Row, new_id
from catalog.items.kinds import Custody, OwnerKind, UnitState
from catalog.items.tables import Unit
from catalog.orders.lines import OrderLineTold
from catalog.orders.refunding import IMPORTED, tenders_of
from catalog.orders.states import LIVE, Delivery, LineState, TenderKind, order_state
from catalog.orders.steps import about, lines_of, locked
from catalog.orders.tables import OrderLine, SaleOrder, Tender

# Where a piece stands that was sold so far, and in whose hands; None: as it lies.
_UNIT_STATES: Mapping[LineState, tuple[UnitState, str | None]] = {
    LineState.PAID: (UnitState.SOLD, None),
    LineState.PACKED: (UnitState.SOLD, None),
    LineState.SHIPPED: (UnitState.SHIPPED, Custody.CARRIER.value),
    LineState.DELIVERED: (UnitState.DELIVERED, Custody.BUYER.value),
    LineState.CLOSED: (UnitState.CLOSED, Custody.BUYER.value),
}
_SELLABLE = frozenset(
    state.value
    for state in (
        UnitState.LISTED,
        UnitState.UNLISTED,
        UnitState.STOCK,
        UnitState.PREPARING,
        UnitState.REPAIR,
    )
)


@dataclass(slots=True)
class _Known:
    """What the register knows of everything the lines name."""

    customers: Mapping[str, str]
    units: Mapping[str, Unit]
    contracts: Mapping[str, Contract]
    lines: dict[tuple[str, str], OrderLine]
    orders: dict[str, SaleOrder]
    sold: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _New:
    """One order in the making. `before`: its pieces of an earlier part of the list."""

    order: SaleOrder
    lines: list[tuple[OrderLine, OrderLineTold, Unit]] = field(default_factory=list)
    before: Sequence[OrderLine] = ()


def take_lines(db: Session, lines: Sequence[OrderLineTold], *, by: str, now: datetime) -> Taken:
    """Take the lines in, all in the caller's transaction; a second run changes nothing. Lines of
    one order may be far apart.
    """
    known = _known(db, lines)
    there: list[str] = []
    different: list[str] = []
    refused: list[tuple[int, str]] = []
    made: dict[str, _New] = {}
    version = policy.current(db).version
    for number, line in enumerate(lines):
        unit = known.units.get(line.unit_code)
        before = known.lines.get((line.order_no, unit.id)) if unit is not None else None
        if before is not None:
            there.append(line.order_no)
            if before.price != line.sold_price:
                different.append(line.order_no)
            continue
        why = _refusal(known, line, unit, now) or _foreign(known, made, line)
        if why is not None or unit is None:
            refused.append((number, why or "cannot be taken"))
            continue
        new = made.get(line.order_no)
        if new is None:
            new = made[line.order_no] = _begun(db, known, line, version, now)
        row = _line(new, line, unit)
        known.lines[line.order_no, unit.id] = row
        if line.state in _UNIT_STATES:
            known.sold.add(unit.id)
    taken = sum(len(new.lines) for new in made.values())
    if made:
        _write(db, known, list(made.values()), by=by, now=now)
    return Taken(taken, there, different, refused)


def _begun(db: Session, known: _Known, line: OrderLineTold, version: int, now: datetime) -> _New:
    """A new order, or one of an earlier part of the list, locked, that gets further pieces."""
    there = known.orders.get(line.order_no)
    if there is None:
        return _New(_order(known, line, version, now))
    order = locked(db, there.id)
    return _New(order, before=lines_of(db, order.id))


def _foreign(known: _Known, made: Mapping[str, _New], line: OrderLineTold) -> str | None:
    """One order is one buyer's, and only a list adds to what a list began."""
    new = made.get(line.order_no)
    order = new.order if new is not None else known.orders.get(line.order_no)
    if order is None:
        return None
    if order.channel != IMPORTED:
        return f"order_no: {line.order_no} is there with other pieces"
    if order.customer_id != known.customers[line.customer_no]:
        return f"customer_no: {line.order_no} is another customer's"
    return None


def _known(db: Session, lines: Sequence[OrderLineTold]) -> _Known:
    numbers = sorted({line.customer_no for line in lines})
    codes = sorted({line.unit_code for line in lines})
    order_nos = sorted({line.order_no for line in lines})
    units = _of(db.exec(select(Unit).where(col(Unit.code).in_(codes)).with_for_update()), "code")
    orders = _of(db.exec(select(SaleOrder).where(col(SaleOrder.order_no).in_(order_nos))),
                 "order_no")  # fmt: skip
    by_id = {order.id: order.order_no for order in orders.values()}
    unit_ids = [unit.id for unit in units.values()]
    rows = db.exec(
        select(OrderLine).where(
            col(OrderLine.order_id).in_(list(by_id)) | col(OrderLine.unit_id).in_(unit_ids)
        )
    ).all()
    contracts = select(Contract).where(
        col(Contract.unit_id).in_(unit_ids), col(Contract.state).in_(sorted(CONTRACT_LIVE))
    )
    return _Known(
        {number: str(found) for number, found in customers.by_numbers(db, numbers).items()},
        units,
        _of(db.exec(contracts), "unit_id"),
        {(by_id[line.order_id], line.unit_id): line for line in rows if line.order_id in by_id},
        orders,
        {line.unit_id for line in rows if line.state in LIVE or line.state == LineState.CLOSED},
    )


def _of(rows: Iterable[Any], key: str) -> dict[str, Any]:
    return {getattr(row, key): row for row in rows}


def _refusal(known: _Known, line: OrderLineTold, unit: Unit | None, now: datetime) -> str | None:
    if line.customer_no not in known.customers:
        return "customer_no: there is no such customer"
    if unit is None:
        return f"unit_code: there is no unit {line.unit_code}"
    if line.ordered_at > now:
        return "ordered_at: lies in the future"
    if line.delivered_on is not None and line.delivered_on > tokyo_day(now):
        return "delivered_on: lies in the future"
    if line.state not in _UNIT_STATES:
        return None
    if unit.id in known.sold:
        return f"unit_code: {line.unit_code} is sold in another order"
    if unit.state not in _SELLABLE:
        return f"unit_code: {line.unit_code} is {unit.state}; it cannot have been sold"
    contract = known.contracts.get(unit.id)
    if contract is None:
        return None
    if line.state is LineState.CLOSED or contract.state != ContractState.ACTIVE.value:
        return f"unit_code: {line.unit_code} is under {contract.contract_no}; settle it by hand"
    return None


def _order(known: _Known, line: OrderLineTold, version: int, now: datetime) -> SaleOrder:
    return SaleOrder(
        id=new_id(now),
        order_no=line.order_no,
        customer_id=known.customers[line.customer_no],
        channel=IMPORTED,
        delivery=Delivery.SHIP.value,
        state=line.state.value,
        policy_version=version,
        goods=0,
        shipping=0,
        total=0,
        ordered_at=line.ordered_at,
        paid_at=line.ordered_at,
        written_at=now,
        changed_at=now,
    )


def _line(new: _New, line: OrderLineTold, unit: Unit) -> OrderLine:
    number = len(new.before) + len(new.lines) + 1
    row = OrderLine(
        id=f"{new.order.id}-{number}",
        order_id=new.order.id,
        number=number,
        unit_id=unit.id,
        price=line.sold_price,
        state=line.state.value,
        owner_kind=unit.owner_kind,
        owner_id=unit.owner_id,
        delivered_on=line.delivered_on,
    )
    new.lines.append((row, line, unit))
    return row


def _write(db: Session, known: _Known, orders: Sequence[_New], *, by: str, now: datetime) -> None:
    duties = policy.current(db).of(DutyTerms)
    tenders: dict[str, list[Tender]] = {}
    for each in orders:
        _close(each, duties)
        tenders[each.order.id] = _tenders(each, now)
    fresh = [each for each in orders if not each.before]
    grown = [each for each in orders if each.before]
    _insert(db, SaleOrder, [each.order for each in fresh])
    _insert(db, OrderLine, [row for each in orders for row, _, _ in each.lines])
    _insert(db, Tender, [tender for each in fresh for tender in tenders[each.order.id]])
    moved = _move_units(db, orders, now=now)
    acts = [_act(each, tenders[each.order.id], moved) for each in fresh]
    if acts:
        journal.begin(db, acts, "opening_order", actor=by, at=now)
    for each in grown:
        paid = _grown_tenders(db, tenders[each.order.id])
        db.add(each.order)
        db.flush()
        subject, facts, wrote = _act(each, paid, moved)
        journal.record(db, subject, "opening_order_goes_on", actor=by, at=now, facts=facts,
                       wrote=wrote)  # fmt: skip
    db.flush()
    db.expire_all()
    _settle_contracts(db, known, orders, duties, by=by, now=now)


def _insert(db: Session, table: type[Row], rows: Sequence[Row]) -> None:
    if rows:
        db.connection().execute(insert(table), [row.model_dump() for row in rows])


def _act(
    new: _New, paid: Sequence[Tender], moved: Mapping[str, journal.Wrote]
) -> tuple[str, Mapping[str, Any], Sequence[Row | journal.Wrote]]:
    wrote: list[Row | journal.Wrote] = [
        new.order,
        *(row for row, _, _ in new.lines),
        *paid,
        *(moved[unit.id] for _, _, unit in new.lines if unit.id in moved),
    ]
    return about(new.order.id), {"order_no": new.order.order_no}, wrote


def _grown_tenders(db: Session, added: Sequence[Tender]) -> list[Tender]:
    """What is paid for further pieces joins what was paid before by the same means."""
    rows = []
    for tender in added:
        before = next(
            (each for each in tenders_of(db, tender.order_id) if each.kind == tender.kind), tender
        )
        if before is not tender:
            before.amount += tender.amount
            before.refunded += tender.refunded
        db.add(before)
        rows.append(before)
    db.flush()
    return rows


def _close(new: _New, duties: DutyTerms) -> None:
    """The order's own columns, once all its pieces are known."""
    order = new.order
    rows = [*new.before, *(row for row, _, _ in new.lines)]
    order.goods = sum(row.price for row in rows)
    order.total = order.goods + order.shipping
    order.state = order_state([LineState(row.state) for row in rows]).value
    days: list[date] = [row.delivered_on for row in new.before if row.delivered_on is not None]
    for row, _, _ in new.lines:
        if row.delivered_on is not None:
            row.last_return_day = last_return_day(duties, row.delivered_on)
            days.append(row.delivered_on)
    if days:
        order.delivered_on = max(days)
        order.last_return_day = last_return_day(duties, max(days))


def _tenders(new: _New, now: datetime) -> list[Tender]:
    """What was paid, by credit and otherwise; what was cancelled or sent back has gone back."""
    gone = {LineState.CANCELLED.value, LineState.RETURNED.value}
    rows = []
    for kind in (TenderKind.CREDIT, TenderKind.OTHER):
        parts = [(_part(told, kind), row.state in gone) for row, told, _ in new.lines]
        amount = sum(part for part, _ in parts)
        if amount:
            rows.append(
                Tender(
                    id=new_id(now),
                    order_id=new.order.id,
                    kind=kind.value,
                    amount=amount,
                    refunded=sum(part for part, is_gone in parts if is_gone),
                    reference=IMPORTED,
                    received_at=new.order.ordered_at,
                )
            )
    return rows


def _part(told: OrderLineTold, kind: TenderKind) -> Yen:
    credit = told.paid_credit
    return credit if kind is TenderKind.CREDIT else Yen(told.sold_price - credit)


def _move_units(db: Session, orders: Sequence[_New], *, now: datetime) -> dict[str, journal.Wrote]:
    moved: dict[str, journal.Wrote] = {}
    rows = []
    for new in orders:
        for row, _, unit in new.lines:
            place = _UNIT_STATES.get(LineState(row.state))
            if place is None:
                continue
            values = {
                "owner_kind": OwnerKind.BUYER.value,
                "owner_id": new.order.customer_id,
                "state": place[0].value,
                "custody": place[1] or unit.custody,
            }
            moved[unit.id] = journal.Wrote(Unit, unit.id, values)
            rows.append({"unit": unit.id, **{f"to_{key}": each for key, each in values.items()}})
    if rows:
        table: Any = Unit.__table__  # type: ignore[attr-defined]  # SQLModel gives every table class one
        db.connection().execute(
            update(table)
            .where(table.c.id == bindparam("unit"))
            .values(
                owner_kind=bindparam("to_owner_kind"),
                owner_id=bindparam("to_owner_id"),
                state=bindparam("to_state"),
                custody=bindparam("to_custody"),
                version=table.c.version + 1,
                changed_at=now,
            ),
            rows,
        )
    return moved


def _settle_contracts(
    db: Session,
    known: _Known,
    orders: Sequence[_New],
    duties: DutyTerms,
    *,
    by: str,
    now: datetime,
) -> None:
    for new in orders:
        for row, told, unit in new.lines:
            contract = known.contracts.get(unit.id)
            if contract is None or told.state not in _UNIT_STATES:
                continue
            contract = selling.require_sellable(db, row.unit_id)
            if contract is None:
                continue
            selling.sold(
                db, contract, told.sold_price, kind=SaleKind.ONLINE, order_id=new.order.id, by=by,
                now=now,
            )  # fmt: skip
            if told.delivered_on is not None:
                selling.delivered(db, contract, told.delivered_on, duties, by=by, now=now)
