"""What a victim's claim does to a buyer's order (回復請求と注文): a piece that was handed over to
the police or to whom it was stolen from is refunded to who bought it. Nobody is told why.

Not here: the claim itself, and the case or contract the piece came by (`consignment/claims`).
"""

from datetime import datetime

from sqlmodel import Session, col, select

from catalog.consignment import claims, ending, selling
from catalog.duties.actors import Actor
from catalog.duties.notices.orders import Outcome
from catalog.duties.notices.tables import RecoveryClaim
from catalog.ground.record import UnitId
from catalog.items import actions as items
from catalog.items.kinds import OwnerKind
from catalog.orders import lapsing, undelivered
from catalog.orders.lapsing import held
from catalog.orders.states import LineState
from catalog.orders.steps import lines_of
from catalog.orders.tables import OrderLine, SaleOrder

_BEFORE = (LineState.OPEN, LineState.PAID, LineState.PACKED)


def answer(
    db: Session, claim_id: str, outcome: Outcome, *, actor: Actor, now: datetime, key: str
) -> None:
    """Record what came of a claim (KOB-6), with what follows for order, case and contract: an
    unpaid order ends, of a paid one the price of the piece goes back (CRD-8).

    Raises StaffNeeded, ClaimMissing, ClaimEnded, OrderRuns, MoveRefused, MoverRefused.
    """
    claim = db.get(RecoveryClaim, claim_id)
    wanted = claim is not None and outcome is not Outcome.REJECTED
    order = _order_of(db, claim.unit_id) if claim is not None and wanted else None
    claims.answer(db, claim_id, outcome, actor=actor, now=now, key=key)
    if order is None or claim is None:
        return
    line = next(each for each in lines_of(db, order.id) if each.unit_id == claim.unit_id)
    if line.state == LineState.OPEN.value:
        lapsing.give_up(db, order, by=actor.name, now=now, verb="cancelled")
    else:
        _refund(db, order, line, by=actor.name, now=now)


def _order_of(db: Session, unit_id: str) -> SaleOrder | None:
    """The order the piece is still to be given under, locked before the piece is."""
    waiting = select(OrderLine.order_id).where(
        OrderLine.unit_id == unit_id, col(OrderLine.state).in_([each.value for each in _BEFORE])
    )
    order_id = db.exec(waiting).first()
    if order_id is None:
        return None
    order = held(db, order_id)
    now_in = {each.unit_id: each.state for each in lines_of(db, order_id)}
    return order if now_in[unit_id] in {each.value for each in _BEFORE} else None


def _refund(db: Session, order: SaleOrder, line: OrderLine, *, by: str, now: datetime) -> None:
    undelivered.give_up(
        db, order, line, verb="piece_surrendered", reason=None, by=by, now=now, command=None
    )  # fmt: skip
    owner_kind, owner_id = line.owner_kind, line.owner_id
    contract = selling.sold_in(db, line.unit_id, order.id)
    if contract is not None and not selling.came_back(
        db, contract, by=by, now=now, is_told=False
    ):  # the consignor was paid: people claim it back
        owner_kind, owner_id = OwnerKind.DEALER.value, None
    unit = items.locked(db, UnitId(line.unit_id))
    items.change(
        db, unit, {"owner_kind": owner_kind, "owner_id": owner_id}, by=by, now=now,
        verb="sale_undone", facts={"order": order.id},
    )  # fmt: skip
    ending.give_up(db, line.unit_id, by=by, now=now)
