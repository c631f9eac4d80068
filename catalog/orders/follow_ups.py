"""After a purchase (ご購入後のご連絡, R-102): thanks on the third day, care on the thirtieth, what
the piece is worth after a year.

Each is a notice, once for an order; whoever sends it asks `is_kept` first, because a piece may be
sent back meanwhile. Whether the buyer wishes to hear at all is for who sends (COM-1).
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from catalog.buyback import comparables
from catalog.buyback import rules as pricing
from catalog.buyback.rules import Evidence
from catalog.buyback.terms import QuoteTerms
from catalog.grading.scale import Grade
from catalog.ground import policy, worklist
from catalog.ground.calendar import tokyo_day
from catalog.ground.money import Yen
from catalog.ground.record import UnitId
from catalog.items.kinds import Category
from catalog.items.tables import Style, Unit
from catalog.orders.states import LineState, OrderState
from catalog.orders.steps import about, lines_of
from catalog.orders.tables import OrderLine, SaleOrder

THANKS, CARE, VALUE = "follow_up_thanks", "follow_up_care", "follow_up_value"
DAYS_AFTER: Mapping[str, int] = {THANKS: 3, CARE: 30, VALUE: 365}
_LATE_DAYS = 5  # a clock that stood still may be as late; then it would only surprise
_SLOT = "follow-ups"
_KEPT = frozenset({LineState.DELIVERED.value, LineState.CLOSED.value})


def run(db: Session, at: datetime) -> None:
    """Write the follow-ups that came due (slot `follow-ups`, 10:00 Tokyo). Running it again changes
    nothing.
    """
    for phase, days in DAYS_AFTER.items():
        last = tokyo_day(at) - timedelta(days=days)
        delivered = select(SaleOrder.id).where(
            col(SaleOrder.state).in_([OrderState.DELIVERED.value, OrderState.CLOSED.value]),
            col(SaleOrder.delivered_on) <= last,
            col(SaleOrder.delivered_on) > last - timedelta(days=_LATE_DAYS),
        )
        worklist.sweep(db, _SLOT, delivered, _Writing(db, phase, days, at), now=at)


class _Writing:
    def __init__(self, db: Session, phase: str, days: int, at: datetime) -> None:
        self._db, self._phase, self._days, self._at = db, phase, days, at

    def __call__(self, order_id: str) -> None:
        order = self._db.get_one(SaleOrder, order_id)
        line = _dearest(self._db, order_id)
        if line is None:
            return
        facts = {"order_no": order.order_no, **_facts(self._db, line, self._phase, self._at)}
        worklist.notice(
            self._db, about(order_id), self._phase, to=f"customer:{order.customer_id}",
            version=self._days, now=self._at, facts=facts,
        )  # fmt: skip


def _dearest(db: Session, order_id: str) -> OrderLine | None:
    """One message an order: about its dearest piece that the buyer kept."""
    kept = [line for line in lines_of(db, order_id) if line.state in _KEPT]
    return max(kept, key=lambda line: line.price, default=None)


def is_kept(db: Session, order_id: str, unit_id: UnitId) -> bool:
    """Whether the buyer still has that piece of the order."""
    return any(line.unit_id == unit_id and line.state in _KEPT for line in lines_of(db, order_id))


def _facts(db: Session, line: OrderLine, phase: str, at: datetime) -> dict[str, str | int | None]:
    unit = db.get_one(Unit, line.unit_id)
    style = db.get_one(Style, unit.style_id)
    if phase == CARE:
        return {"unit": unit.id, "category": style.category}
    if phase == VALUE:
        low, high = resale_range(db, unit, style, on=tokyo_day(at))
        return {"unit": unit.id, "low": low, "high": high}
    return {"unit": unit.id}


def resale_range(
    db: Session, unit: Unit, style: Style, *, on: date
) -> tuple[Yen | None, Yen | None]:
    """What the shop might pay for the piece a year on, from recent like sales, as widely as for
    words alone (QUO-1, QUO-2); nothing where they are too few.
    """
    terms = policy.current(db).of(QuoteTerms)
    if unit.grade is None or unit.grade not in {each.value for each in Grade}:
        return None, None
    category = Category(style.category)
    found = comparables.like(
        db, terms, brand=style.brand, model=style.model, reference=style.reference, on=on
    )
    sales = [comparables.as_rule(each) for each in found]
    reference = pricing.reference_price(terms, category, sales, on)
    if reference is None:
        return None, None
    piece = pricing.Piece(category, Grade(unit.grade), 1, None, frozenset())
    price = pricing.buyback_quote(
        terms, piece, reference=reference, evidence=Evidence.TEXT, customer_margin=Yen(0)
    )
    return price.low, price.high
