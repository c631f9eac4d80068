"""A piece that its buyer can never get (お渡し不能): lost or broken before it left, lost on its
way, or no longer the shop's to give. Its price goes back at once, the rest of the order goes on.

The way is at the shop's risk, there and back: a consignor of a lost piece gets what the sale
brought them. Not here: what a victim's claim does to an order (`claimed`).
"""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from catalog.consignment import ending, selling
from catalog.consignment.ending import ManagerOnly
from catalog.consignment.states import ContractState
from catalog.duties.actors import Actor, Role
from catalog.ground import worklist
from catalog.ground.journal import Command
from catalog.ground.money import Yen
from catalog.ground.record import UnitId
from catalog.items import actions as items
from catalog.items.actions import Owner, ReasonMissing
from catalog.items.freezing import back_as
from catalog.items.kinds import OwnerKind, UnitState
from catalog.orders import returns
from catalog.orders.lapsing import held
from catalog.orders.refunding import Back, give_back
from catalog.orders.returns import ReturnElsewhere, ReturnStanding
from catalog.orders.states import LineState, ReturnState
from catalog.orders.steps import (
    LineElsewhere,
    Standing,
    about,
    chosen,
    lines_of,
    repeated,
    step,
    tell,
    to_state,
)
from catalog.orders.tables import OrderLine, SaleOrder
from catalog.orders.undoing import as_asked, finish, undone_in_ledger, whole_refund

# Paid, and not in the buyer's hands.
LOSABLE = frozenset({LineState.PAID, LineState.PACKED, LineState.SHIPPED})
_MANAGERS = frozenset({Role.MANAGER, Role.OWNER})


def lose(
    db: Session,
    order_id: str,
    unit_id: str,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
    key: str,
) -> Standing:
    """A paid piece is lost or broken before its buyer has it: its price goes back the way it came
    (CRD-8), with the shipping where it was the last piece, and its consignor is made good (CON-7).

    Raises ManagerOnly, ReasonMissing, OrderMissing, LineElsewhere, MoveRefused.
    """
    request = {"verb": "order.lose", "order": order_id, "unit": unit_id, "reason": reason}
    command = Command(key, request)
    if (before := repeated(db, command)) is not None:
        return before
    if actor.role not in _MANAGERS:
        raise ManagerOnly(actor.name)
    if not reason.strip():
        raise ReasonMissing("a loss")
    order = held(db, order_id)
    [line] = chosen(lines_of(db, order_id), [unit_id])
    if LineState(line.state) not in LOSABLE:
        raise LineElsewhere(unit_id, LineState(line.state), LineState.CANCELLED)
    standing = give_up(
        db, order, line, verb="piece_lost", reason=reason.strip(), by=actor.name, now=now,
        command=command,
    )  # fmt: skip
    _out(db, line, order, by=actor.name, now=now)
    contract = selling.sold_in(db, unit_id, order_id)
    if contract is not None:
        ending.make_good(db, contract, reason=reason.strip(), by=actor.name, now=now)
    return standing


def lose_return(
    db: Session, return_id: str, *, reason: str, actor: Actor, now: datetime, key: str
) -> ReturnStanding:
    """The parcel by which a piece comes back is lost: its buyer has the money as if it had come
    (CRD-8, R-099), and its consignor is made good. The piece kept for an exchange is let go first.

    Raises ManagerOnly, ReasonMissing, ReturnMissing, ReturnElsewhere, ConsentMissing.
    """
    request = {"verb": "return.lose", "return": return_id, "reason": reason}
    command = Command(key, request)
    if (before := returns.repeated(db, command)) is not None:
        return before
    if actor.role not in _MANAGERS:
        raise ManagerOnly(actor.name)
    if not reason.strip():
        raise ReasonMissing("a loss")
    kept = returns.held(db, return_id)
    state = ReturnState(kept.case.state)
    if state is not ReturnState.UNDERWAY or kept.case.new_order_id is not None:
        raise ReturnElsewhere(kept.case.return_no, state, ReturnState.REFUNDED)
    contract = selling.sold_in(db, kept.line.unit_id, kept.order.id)
    brought = Yen(contract.payout or 0) if contract is not None else Yen(0)
    how, amount = as_asked(kept.case), whole_refund(db, kept.order, kept.line)
    back = Back(kept.order, amount, f"return:{return_id}", return_id, how.as_credit, how.consent_id)
    given = give_back(db, back, by=actor.name, now=now)
    standing = finish(db, kept, given, amount, by=actor.name, now=now, command=command)
    _out(db, kept.line, kept.order, by=actor.name, now=now)
    if contract is not None and contract.state == ContractState.ACTIVE.value:
        ending.make_good(
            db, contract, reason=reason.strip(), by=actor.name, now=now, brought=brought
        )
    return standing


def _out(db: Session, line: OrderLine, order: SaleOrder, *, by: str, now: datetime) -> None:
    """Out of everything and the shop's own, who pays for it."""
    unit = items.locked(db, UnitId(line.unit_id))
    if unit.state == UnitState.LOST_DAMAGED.value:  # noted before
        values = {
            "owner_kind": OwnerKind.DEALER.value, "owner_id": None,
            "state_before": UnitState.INSPECTION.value,
        }  # fmt: skip
        items.change(
            db, unit, values, by=by, now=now, verb="sale_undone", facts={"order": order.id}
        )  # fmt: skip
        return
    items.move(
        db, UnitId(unit.id), UnitState.LOST_DAMAGED, by=by, now=now, verb="lost_or_damaged",
        owner=Owner(OwnerKind.DEALER), facts={"order": order.id},
        state_before=back_as(UnitState(unit.state)).value,
    )  # fmt: skip


def give_up(
    db: Session,
    order: SaleOrder,
    line: OrderLine,
    *,
    verb: str,
    reason: str | None,
    by: str,
    now: datetime,
    command: Command | None,
) -> Standing:
    """One paid piece of a locked order is not to be given any more: its money goes back, and its
    buyer is told so, not why. `reason`: for the journal.
    """
    amount = whole_refund(db, order, line)
    given = give_back(
        db, Back(order, amount, f"{about(order.id)}:{line.id}:undelivered"), by=by, now=now
    )  # fmt: skip
    to_state(line, LineState.CANCELLED)
    is_last = not chosen([each for each in lines_of(db, order.id) if each.id != line.id], None)
    facts = {"unit": line.unit_id, **({"reason": reason} if reason else {})}
    ends: dict[str, Any] = {"ended_at": now} if is_last else {}
    standing = step(
        db, order, [line], by=by, now=now, verb=verb, command=command, facts=facts,
        also=given.rows, **ends,
    )  # fmt: skip
    undone_in_ledger(
        db, order.id, line.unit_id, "not delivered", by=by, now=now,
        key=f"{about(order.id)}:{line.id}",
    )  # fmt: skip
    if is_last:
        worklist.close_tasks(db, about(order.id), "pack_order", now=now)
    tell(
        db, order, "order_undelivered", now=now, unit_id=line.unit_id,
        to_credit=given.to_credit, to_other=given.to_other,
    )  # fmt: skip
    return standing
