"""One piece for another (交換): a return and a new order, settled net with one confirmation.

What the old piece was paid with pays for the new one in the same proportion; only the difference
moves. Not here: asking and comparing, which are a return's (`returns`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session

from catalog.duties.actors import Actor, Role
from catalog.ground import policy
from catalog.ground.errors import Stale
from catalog.ground.journal import Command
from catalog.ground.money import Yen
from catalog.ground.record import UnitId
from catalog.orders import returns, undoing
from catalog.orders.actions import Tendered, TenderMismatch, settle
from catalog.orders.checkout import Basket, Checkout, checkout, quote
from catalog.orders.refunding import Back, Parts, give_back, parts_of
from catalog.orders.returns import Asked, Held, ReturnMissing, ReturnStanding
from catalog.orders.rules import ExchangeSettlement, exchange_settlement
from catalog.orders.states import ReturnKind, ReturnState, TenderKind
from catalog.orders.steps import OrderMalformed, OrderMissing, locked, seen
from catalog.orders.tables import OrderLine, SaleOrder
from catalog.orders.terms import OrderTerms
from catalog.orders.undoing import Refunding


class ExchangeMoved(Stale):
    """What was confirmed is not what it comes to any more. `confirmed`, `due`: yen."""

    def __init__(self, confirmed: Yen, due: Yen) -> None:
        super().__init__(f"{confirmed} confirmed, {due} due")
        self.confirmed = confirmed
        self.due = due


@dataclass(frozen=True, slots=True)
class Exchange:
    """A return that was opened, and the piece kept for it."""

    returned: ReturnStanding
    chosen: Checkout


@dataclass(frozen=True, slots=True)
class Settlement:
    """What an exchange comes to: `old` as it was paid, the new order, and the difference."""

    old: Yen
    old_credit: Yen
    new: Yen
    net: ExchangeSettlement

    @property
    def carried(self) -> Parts:
        """What of the old piece's price pays for the new one: store credit, and other means."""
        return Parts(
            Yen(self.old_credit - self.net.back_to_credit),
            Yen(self.old - self.old_credit - self.net.back_to_other),
        )


def ask(
    db: Session,
    wanted: Asked,
    basket: Basket,
    *,
    asked_at: datetime,
    actor: Actor,
    now: datetime,
    key: str,
) -> Exchange:
    """The buyer wants another piece instead: it is kept for them while theirs is on its way
    (R-100). Raises what asking for a return and checking out raise.
    """
    order = locked(db, wanted.order_id)
    if actor.role is Role.CUSTOMER and actor.id != order.customer_id:
        raise OrderMissing(wanted.order_id)
    if basket.customer_id != order.customer_id or basket.credit:
        raise OrderMalformed("the new piece is for the same buyer, paid when it is settled")
    days = policy.current(db).of(OrderTerms).exchange_days
    kept = checkout(
        db, replace(basket, keep=timedelta(days=days), exchange_of=wanted.order_id),
        by=actor.name, now=now, key=f"{key}:new",
    )  # fmt: skip
    opened = returns.ask(
        db, replace(wanted, kind=ReturnKind.EXCHANGE, new_order_id=kept.order_id),
        asked_at=asked_at, actor=actor, now=now, key=key,
    )  # fmt: skip
    return Exchange(opened, kept)


def settlement(db: Session, return_id: str) -> Settlement:
    """What the exchange comes to, to be confirmed once (RET-3). Raises ReturnMissing."""
    kept = returns.held(db, return_id, is_locked=False)
    return _settlement(db, kept, seen(db, _new_order(kept)))


def _new_order(kept: Held) -> str:
    if kept.case.kind != ReturnKind.EXCHANGE.value or kept.case.new_order_id is None:
        raise ReturnMissing(kept.case.id)
    return kept.case.new_order_id


def _settlement(db: Session, kept: Held, order: SaleOrder) -> Settlement:
    return _net(db, kept.order, kept.line, Yen(order.total))


def _net(db: Session, order: SaleOrder, line: OrderLine, new: Yen) -> Settlement:
    old = undoing.whole_refund(db, order, line)
    parts = parts_of(db, order, old)
    net = exchange_settlement(old_total=old, old_credit=parts.to_credit, new_total=new)
    return Settlement(old, parts.to_credit, new, net)


def foreseen(db: Session, order: SaleOrder, line: OrderLine, new_unit: UnitId) -> Settlement:
    """What taking that piece instead would come to now; nothing is reserved (R-100). Raises
    UnitMissing, NoPrice, NoPlace.
    """
    cost = quote(db, Basket(order.customer_id, (new_unit,)))
    return _net(db, order, line, cost.total)


def confirm(
    db: Session,
    return_id: str,
    tenders: Sequence[Tendered],
    *,
    confirmed: Yen,
    credit: Yen = Yen(0),
    wanted: Refunding | None = None,
    actor: Actor,
    now: datetime,
    key: str,
) -> ReturnStanding:
    """Settle a compared exchange (RET-3, R-099, R-100). `confirmed`: what the buyer was shown they
    pay (0 when something goes back); `credit`: so much of it from store credit, `tenders` the rest.

    Raises ComparisonMissing, ExchangeMoved, TenderMismatch, CreditShort, NotPayable.
    """
    told = [[each.kind.value, each.amount, each.reference] for each in tenders]
    command = Command(
        key,
        {
            "verb": "exchange.confirm", "return": return_id, "tenders": told, "credit": credit,
            "confirmed": confirmed,
        },
    )  # fmt: skip
    if (before := returns.repeated(db, command)) is not None:
        return before
    kept = returns.held(db, return_id)
    undoing.need_comparison(kept, ReturnState.REFUNDED)
    order = locked(db, _new_order(kept))
    due = _settlement(db, kept, order)
    if due.net.customer_pays != confirmed:
        raise ExchangeMoved(confirmed, due.net.customer_pays)
    given = Yen(sum(each.amount for each in tenders) + credit)
    if credit < 0 or given != due.net.customer_pays:
        raise TenderMismatch(due.net.customer_pays, given)
    how = wanted or undoing.as_asked(kept.case)
    back = Back(
        kept.order, due.old, f"return:{return_id}", return_id, how.as_credit, how.consent_id
    )
    refunded = give_back(db, back, carried=due.carried.to_other, by=actor.name, now=now)
    standing = undoing.finish(db, kept, refunded, due.old, by=actor.name, now=now, command=command)
    paid = list(tenders)
    if due.carried.to_other:
        paid.append(Tendered(TenderKind.CARRIED, due.carried.to_other, kept.case.return_no))
    settle(
        db, order, paid, credit=Yen(due.carried.to_credit + credit), by=actor.name, now=now,
        command=None,
    )  # fmt: skip
    return standing
