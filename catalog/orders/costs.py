"""What a piece cost besides its buying price, and what it earned (原価・粗利)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from catalog.consignment.selling import sold_in
from catalog.ground import journal
from catalog.ground.money import Yen
from catalog.ground.record import UnitId, new_id
from catalog.items import actions as items
from catalog.items.tables import Unit
from catalog.orders import rules
from catalog.orders.states import CostKind, LineState
from catalog.orders.steps import OrderMalformed
from catalog.orders.tables import OrderLine, PieceCost


def note(
    db: Session,
    unit_id: UnitId,
    kind: CostKind,
    amount: Yen,
    *,
    note: str | None = None,
    order_id: str | None = None,
    by: str,
    now: datetime,
    key: str,
) -> str:
    """Keep what was spent on a piece; a correction is a further row, below zero (R-098). Its id."""
    request = {
        "verb": "cost.note", "unit": unit_id, "kind": kind.value, "amount": amount, "note": note,
    }  # fmt: skip
    before = journal.stored_result(db, key, request)
    if before is not None:
        return str(before["cost"])
    if isinstance(amount, bool) or amount == 0:
        raise OrderMalformed(f"a cost of {amount!r} yen")
    items.locked(db, unit_id)
    row = PieceCost(
        id=new_id(now),
        unit_id=unit_id,
        order_id=order_id,
        kind=kind.value,
        amount=amount,
        note=note,
        written_by=by,
        written_at=now,
    )
    db.add(row)
    db.flush()
    journal.record(
        db, f"unit:{unit_id}", "cost_noted", actor=by, at=now,
        facts={"kind": kind.value, "amount": amount}, key=key, request=request,
        result={"cost": row.id}, wrote=[row],
    )  # fmt: skip
    return row.id


def noted(db: Session, unit_id: UnitId) -> Sequence[PieceCost]:
    """What was spent on it, the oldest first, corrections included."""
    return db.exec(
        select(PieceCost).where(PieceCost.unit_id == unit_id).order_by(col(PieceCost.id))
    ).all()


@dataclass(frozen=True, slots=True)
class Margin:
    """What a sold piece earned. `bought`: what was paid for it, or the consignor's payout; None:
    not known, and then neither is the margin.
    """

    unit_id: str
    price: Yen
    bought: Yen | None
    freight: Yen
    fees: Yen
    repair: Yen
    margin: int | None


def margin(db: Session, order_id: str, unit_id: UnitId) -> Margin:
    """Price less buying price, freight, fees and repair (R-098). Raises OrderMalformed for a piece
    that was not sold in that order.
    """
    line = db.exec(
        select(OrderLine).where(OrderLine.order_id == order_id, OrderLine.unit_id == unit_id)
    ).first()
    if line is None or line.state in {LineState.CANCELLED.value, LineState.OPEN.value}:
        raise OrderMalformed(f"{unit_id} was not sold in {order_id}")
    costs = _costs(db, unit_id)
    contract = sold_in(db, unit_id, order_id, is_locked=False)
    known = contract.payout if contract is not None else db.get_one(Unit, unit_id).cost
    freight, fees, repair = (Yen(costs.get(kind, 0)) for kind in CostKind)
    earned = None
    if known is not None:
        earned = rules.margin(Yen(line.price), rules.Costs(Yen(known), freight, fees, repair))
    bought = None if known is None else Yen(known)
    return Margin(unit_id, Yen(line.price), bought, freight, fees, repair, earned)


def _costs(db: Session, unit_id: UnitId) -> dict[CostKind, int]:
    rows = db.exec(
        select(PieceCost.kind, func.sum(PieceCost.amount))
        .where(PieceCost.unit_id == unit_id)
        .group_by(col(PieceCost.kind))
    )
    return {CostKind(kind): int(total) for kind, total in rows}
