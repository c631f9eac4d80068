"""Undoing a sale (返品の返金): the money of a compared piece goes back, the piece is its owner's of
before, and a consignor's payout that was not paid is cancelled.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from catalog.consignment import selling
from catalog.consignment.ending import free_again
from catalog.duties.actors import Actor
from catalog.duties.ledger.actions import Correction, correct
from catalog.duties.tables import LedgerRow
from catalog.ground.errors import Refused
from catalog.ground.journal import Command
from catalog.ground.money import Yen
from catalog.ground.record import UnitId
from catalog.items import actions as items
from catalog.items.actions import Owner
from catalog.items.kinds import OwnerKind
from catalog.orders.refunding import Back, Given, give_back
from catalog.orders.returns import Held, ReturnElsewhere, ReturnStanding, held, move, repeated
from catalog.orders.states import LineState, ReturnState, SettleAs
from catalog.orders.steps import about, lines_of, tell
from catalog.orders.tables import OrderLine, ReturnCase, SaleOrder


class ComparisonMissing(Refused):
    """The piece was not compared with what was sent; nothing is refunded. `return_no`."""

    def __init__(self, return_no: str) -> None:
        super().__init__(return_no)
        self.return_no = return_no


def whole_refund(db: Session, order: SaleOrder, line: OrderLine) -> Yen:
    """What a returned piece gives back: its price, and the shipping with the last piece; no
    restocking fee (RET-1).
    """
    gone = {LineState.CANCELLED.value, LineState.RETURNED.value}
    others = [
        other for other in lines_of(db, order.id) if other.state not in gone and other.id != line.id
    ]
    return Yen(line.price + (0 if others else order.shipping))


@dataclass(frozen=True, slots=True)
class Refunding:
    """How a refund is wanted. `as_credit`: the money part as store credit with the bonus (R-095);
    `consent_id`: the buyer knew that credit is never paid out.
    """

    as_credit: bool = False
    consent_id: str | None = None


def as_asked(case: ReturnCase) -> Refunding:
    """How the buyer wanted it when they asked for the return."""
    return Refunding(case.settle_as == SettleAs.CREDIT.value, case.consent_id)


def refund(
    db: Session,
    return_id: str,
    wanted: Refunding | None,
    *,
    actor: Actor,
    now: datetime,
    key: str,
) -> ReturnStanding:
    """Give the money of a compared piece back (CRD-8, R-095, R-099); the piece is its owner's of
    before again, and a consignor's payout that was not paid is cancelled. `wanted`: None is as the
    buyer said when asking.

    Raises ComparisonMissing, ReturnElsewhere, ConsentMissing.
    """
    kept = held(db, return_id)
    wanted = wanted or as_asked(kept.case)
    command = Command(
        key, {"verb": "return.refund", "return": return_id, "as_credit": wanted.as_credit}
    )
    if (before := repeated(db, command)) is not None:
        return before
    need_comparison(kept, ReturnState.REFUNDED)
    amount = whole_refund(db, kept.order, kept.line)
    back = Back(
        kept.order, amount, f"return:{return_id}", return_id, wanted.as_credit, wanted.consent_id
    )
    given = give_back(db, back, by=actor.name, now=now)
    return finish(db, kept, given, amount, by=actor.name, now=now, command=command)


def need_comparison(kept: Held, to: ReturnState) -> None:
    """Raises ComparisonMissing, ReturnElsewhere unless the piece was compared (R-099)."""
    if kept.case.state == ReturnState.REFUNDED.value:
        raise ReturnElsewhere(kept.case.return_no, ReturnState.REFUNDED, to)
    if kept.case.comparison_id is None or kept.case.state != ReturnState.COMPARED.value:
        raise ComparisonMissing(kept.case.return_no)


def finish(
    db: Session,
    kept: Held,
    given: Given,
    amount: Yen,
    *,
    by: str,
    now: datetime,
    command: Command,
) -> ReturnStanding:
    """The sale of the piece is undone: money is back, the piece is its owner's of before."""
    standing = move(
        db, kept, ReturnState.REFUNDED, by=by, now=now, verb="return_refunded", command=command,
        also=list(given.rows), line_to=LineState.RETURNED, refund_amount=amount, ended_at=now,
        facts={"to_credit": given.to_credit, "to_other": given.to_other, "bonus": given.bonus},
    )  # fmt: skip
    owner = Owner(OwnerKind(kept.line.owner_kind), kept.line.owner_id)
    values: dict[str, Any] = {}
    contract = selling.sold_in(db, kept.line.unit_id, kept.order.id)
    if contract is not None and not selling.came_back(db, contract, by=by, now=now):
        owner = Owner(OwnerKind.DEALER)  # the consignor was paid: the shop has bought it so
        values["cost"] = contract.payout
    unit = items.locked(db, UnitId(kept.line.unit_id))
    items.change(
        db, unit, {"owner_kind": owner.kind.value, "owner_id": owner.id, **values}, by=by, now=now,
        verb="sale_undone", facts={"return": kept.case.id},
    )  # fmt: skip
    undone_in_ledger(
        db, kept.order.id, kept.line.unit_id, f"returned: {kept.case.return_no}", by=by, now=now,
        key=f"return:{kept.case.id}",
    )  # fmt: skip
    tell(
        db, kept.order, "return_refunded", now=now, return_no=kept.case.return_no, amount=amount,
        to_credit=given.to_credit, to_other=given.to_other, bonus=given.bonus,
    )  # fmt: skip
    free_again(db, kept.line.unit_id, by=by, now=now)
    return standing


def undone_in_ledger(
    db: Session, order_id: str, unit_id: str, why: str, *, by: str, now: datetime, key: str
) -> None:
    """The row of the sale is corrected by one that says that it was undone (KOB-2)."""
    rows = select(LedgerRow.id).where(
        LedgerRow.unit_id == unit_id, LedgerRow.about == about(order_id)
    )
    for row_id in db.exec(rows).all():
        correct(
            db, row_id or 0, Correction(why), by=by, now=now, key=f"{key}:ledger:{row_id}"
        )  # fmt: skip
