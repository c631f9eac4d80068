"""An order in hand: finding and locking it, and the one way it and its pieces change state
(注文の進行).

Not here: why they change; that is said by the verbs beside it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from catalog.ground import journal, policy, worklist
from catalog.ground.errors import Malformed, Missing, Refused
from catalog.ground.journal import Command
from catalog.ground.record import Row
from catalog.orders.states import LineState, may_move, order_state
from catalog.orders.tables import OrderLine, SaleOrder


class OrderMissing(Missing):
    """There is no such order, or it is another customer's."""


class LineElsewhere(Refused):
    """A piece of the order stands where this step does not begin. `unit_id`, `before`, `after`."""

    def __init__(self, unit_id: str, before: LineState, after: LineState) -> None:
        super().__init__(f"{unit_id}: {before.value} → {after.value} is no step")
        self.unit_id = unit_id
        self.before = before
        self.after = after


class OrderMalformed(Malformed):
    """What is asked of an order cannot be."""


@dataclass(frozen=True, slots=True)
class Standing:
    """An order after a step: what a repeat of the command is answered with."""

    order_id: str
    order_no: str
    state: str
    version: int

    def told(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "order_id": self.order_id,
            "order_no": self.order_no,
            "state": self.state,
            "version": self.version,
        }


def locked(db: Session, order_id: str) -> SaleOrder:
    """The order, held by this transaction until it ends. Raises OrderMissing."""
    order = db.exec(
        select(SaleOrder)
        .where(SaleOrder.id == order_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if order is None:
        raise OrderMissing(order_id)
    return order


def seen(db: Session, order_id: str) -> SaleOrder:
    """The order, only looked at. Raises OrderMissing."""
    order = db.get(SaleOrder, order_id)
    if order is None:
        raise OrderMissing(order_id)
    return order


def lines_of(db: Session, order_id: str) -> list[OrderLine]:
    """The pieces of an order, in the order their units are locked in."""
    return list(
        db.exec(
            select(OrderLine)
            .where(OrderLine.order_id == order_id)
            .order_by(col(OrderLine.unit_id))
            .execution_options(populate_existing=True)
        )
    )


def chosen(lines: Sequence[OrderLine], unit_ids: Sequence[str] | None) -> list[OrderLine]:
    """Those of the pieces that are meant; None: all that are still part of the order."""
    gone = {LineState.CANCELLED.value, LineState.RETURNED.value}
    if unit_ids is None:
        return [line for line in lines if line.state not in gone]
    wanted = [line for line in lines if line.unit_id in set(unit_ids)]
    if len({line.unit_id for line in wanted}) != len(set(unit_ids)):
        raise OrderMalformed("a unit that is not in the order")
    return wanted


def to_state(line: OrderLine, after: LineState, **columns: Any) -> OrderLine:
    """Bring one piece on. Raises LineElsewhere."""
    before = LineState(line.state)
    if not may_move(before, after):
        raise LineElsewhere(line.unit_id, before, after)
    line.state = after.value
    for name, value in columns.items():
        setattr(line, name, value)
    return line


def step(
    db: Session,
    order: SaleOrder,
    lines: Sequence[OrderLine],
    *,
    by: str,
    now: datetime,
    verb: str,
    command: Command | None = None,
    facts: Mapping[str, Any] | None = None,
    also: Iterable[Row | journal.Wrote] = (),
    result: Mapping[str, Any] | None = None,
    **columns: Any,
) -> Standing:
    """Journal a step of a locked order; its state follows from its pieces. `lines`: those that
    changed.
    """
    for line in lines:
        db.add(line)
    db.flush()
    for name, value in columns.items():
        setattr(order, name, value)
    states = [LineState(line.state) for line in lines_of(db, order.id)]
    order.state = order_state(states).value
    order.version += 1
    order.changed_at = now
    db.add(order)
    db.flush()
    standing = standing_of(order)
    journal.record(
        db,
        about(order.id),
        verb,
        actor=by,
        at=now,
        facts=facts,
        key=command.key if command else None,
        request=command.request if command else None,
        result=(result if result is not None else standing.told()) if command else None,
        wrote=[order, *lines, *also],
    )
    return standing


def standing_of(order: SaleOrder) -> Standing:
    """The order as it stands."""
    return Standing(order.id, order.order_no, order.state, order.version)


def repeated(db: Session, command: Command) -> Standing | None:
    """What the first command with this key was answered. Raises KeyUsedOtherwise."""
    before = journal.stored_result(db, command.key, command.request)
    return None if before is None else Standing(**before)


def about(order_id: str) -> str:
    """The order as a subject of journal, worklist, parcels and credit."""
    return f"order:{order_id}"


def terms_of(db: Session, order: SaleOrder) -> policy.Policy:
    """The shop's terms the order was made under."""
    return policy.at(db, order.policy_version)


def tell(
    db: Session, order: SaleOrder, phase: str, *, now: datetime, once: int = 0, **facts: Any
) -> None:
    """The buyer must be told of this step."""
    plain = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in facts.items()
    }
    worklist.notice(
        db,
        about(order.id),
        phase,
        to=f"customer:{order.customer_id}",
        version=once or order.version,
        now=now,
        facts={"order_no": order.order_no, **plain},
    )
