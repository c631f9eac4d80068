"""Rows of orders: what was bought, how it was paid, what came back, what each piece cost."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from catalog.ground.record import STRICT, Day, Instant, Json, Row, Whole, Words
from catalog.orders.states import LIVE, RETURN_OPEN

_LIVE = text(f"state IN ({', '.join(repr(state.value) for state in sorted(LIVE))})")
_RETURN_OPEN = text(f"state IN ({', '.join(repr(state.value) for state in sorted(RETURN_OPEN))})")


class SaleOrder(Row, table=True):
    """One order of one customer. `total` = `goods` + `shipping`; `credit_wanted` was asked for at
    the checkout, `credit_hold` keeps it until then.

    `reserved_until`: when an unpaid order lapses. `pickup_code`: what the buyer shows at the
    counter. `exchange_of`: the order whose piece comes back in exchange for this one.
    """

    __journaled__ = ("state", "customer_id", "goods", "shipping", "total")

    __tablename__ = "sale_order"
    __table_args__ = (
        UniqueConstraint("order_no"),
        Index("sale_order_customer", "customer_id"),
        Index("sale_order_state", "state", "reserved_until"),
        Index("sale_order_window", "state", "last_return_day"),
        CheckConstraint("total = goods + shipping", name="sale_order_total"),
        CheckConstraint("goods >= 0 AND shipping >= 0", name="sale_order_amounts"),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Words)
    order_no: str = Field(sa_type=Words)
    customer_id: str = Field(sa_type=Words, foreign_key="customer.id")
    channel: str = Field(sa_type=Words)
    delivery: str = Field(sa_type=Words)
    place: str | None = Field(default=None, sa_type=Words)
    state: str = Field(sa_type=Words)
    version: int = Field(default=1, sa_type=Whole)
    policy_version: int = Field(sa_type=Whole)
    goods: int = Field(sa_type=Whole)
    shipping: int = Field(sa_type=Whole)
    total: int = Field(sa_type=Whole)
    credit_wanted: int = Field(default=0, sa_type=Whole)
    credit_hold: str | None = Field(default=None, sa_type=Words)
    pickup_code: str | None = Field(default=None, sa_type=Words)
    exchange_of: str | None = Field(default=None, sa_type=Words)
    ordered_at: datetime = Field(sa_type=Instant)
    reserved_until: datetime | None = Field(default=None, sa_type=Instant)
    paid_at: datetime | None = Field(default=None, sa_type=Instant)
    delivered_on: date | None = Field(default=None, sa_type=Day)
    last_return_day: date | None = Field(default=None, sa_type=Day)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    written_at: datetime = Field(sa_type=Instant)
    changed_at: datetime = Field(sa_type=Instant)


class OrderLine(Row, table=True):
    """One piece of an order at its price. `owner_kind`, `owner_id`: whose it was before.

    The dispatch record: the seal on the box, the serial that was read, the film of the packing; a
    piece that comes back is compared with it. `sent_from`: the place it leaves from.
    """

    __journaled__ = ("state", "order_id", "unit_id", "price")

    __tablename__ = "order_line"
    __table_args__ = (
        UniqueConstraint("order_id", "number"),
        Index("order_line_live", "unit_id", unique=True, sqlite_where=_LIVE,
              postgresql_where=_LIVE),
        Index("order_line_unit", "unit_id"),
        CheckConstraint("price >= 0", name="order_line_price"),
        STRICT,
    )  # fmt: skip

    id: str = Field(primary_key=True, sa_type=Words)
    order_id: str = Field(sa_type=Words, foreign_key="sale_order.id")
    number: int = Field(sa_type=Whole)
    unit_id: str = Field(sa_type=Words, foreign_key="unit.id")
    price: int = Field(sa_type=Whole)
    state: str = Field(sa_type=Words)
    owner_kind: str = Field(sa_type=Words)
    owner_id: str | None = Field(default=None, sa_type=Words)
    sent_from: str | None = Field(default=None, sa_type=Words)
    seal_id: str | None = Field(default=None, sa_type=Words)
    serial_read: str | None = Field(default=None, sa_type=Words)
    packing_video: str | None = Field(default=None, sa_type=Words)
    packed_by: str | None = Field(default=None, sa_type=Words)
    packed_at: datetime | None = Field(default=None, sa_type=Instant)
    parcel_id: str | None = Field(default=None, sa_type=Words)
    shipped_at: datetime | None = Field(default=None, sa_type=Instant)
    delivered_on: date | None = Field(default=None, sa_type=Day)
    last_return_day: date | None = Field(default=None, sa_type=Day)


class Tender(Row, table=True):
    """What was paid towards an order by one means. `refunded` never exceeds `amount`."""

    __journaled__ = ("order_id", "kind", "amount", "refunded")

    __tablename__ = "tender"
    __table_args__ = (
        UniqueConstraint("order_id", "kind", "reference"),
        CheckConstraint("amount > 0", name="tender_amount"),
        CheckConstraint("refunded >= 0 AND refunded <= amount", name="tender_refunded"),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Words)
    order_id: str = Field(sa_type=Words, foreign_key="sale_order.id")
    kind: str = Field(sa_type=Words)
    amount: int = Field(sa_type=Whole)
    refunded: int = Field(default=0, sa_type=Whole)
    reference: str = Field(sa_type=Words)
    received_at: datetime = Field(sa_type=Instant)


class Refund(Row, table=True):
    """Money of an order that went back, once to each tender. `paid_as`: the means it left by, where
    the buyer took credit instead of money. Never changed.
    """

    __journaled__ = ("order_id", "tender_id", "amount")

    __tablename__ = "refund"
    __table_args__ = (
        Index("refund_order", "order_id"),
        CheckConstraint("amount > 0", name="refund_amount"),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Words)
    order_id: str = Field(sa_type=Words, foreign_key="sale_order.id")
    tender_id: str = Field(sa_type=Words, foreign_key="tender.id")
    return_id: str | None = Field(default=None, sa_type=Words)
    amount: int = Field(sa_type=Whole)
    paid_as: str = Field(sa_type=Words)
    reference: str | None = Field(default=None, sa_type=Words)
    refunded_by: str = Field(sa_type=Words)
    refunded_at: datetime = Field(sa_type=Instant)


class ReturnCase(Row, table=True):
    """One piece of an order that comes back (返品). `comparison_id`: the record of comparing it
    with what was sent; no refund without. `refund_amount`: what is given back for it.

    What the buyer said when asking: `told`, its condition (R-056); `settle_as`, how the money is
    wanted, with the `consent_id` that credit asks for (R-095).
    """

    __journaled__ = ("state", "unit_id", "order_id", "refund_amount")

    __tablename__ = "return_case"
    __table_args__ = (
        Index("return_open", "line_id", unique=True, sqlite_where=_RETURN_OPEN,
              postgresql_where=_RETURN_OPEN),
        UniqueConstraint("return_no"),
        Index("return_order", "order_id"),
        STRICT,
    )  # fmt: skip

    id: str = Field(primary_key=True, sa_type=Words)
    return_no: str = Field(sa_type=Words)
    order_id: str = Field(sa_type=Words, foreign_key="sale_order.id")
    line_id: str = Field(sa_type=Words, foreign_key="order_line.id")
    unit_id: str = Field(sa_type=Words, foreign_key="unit.id")
    kind: str = Field(sa_type=Words)
    reason: str = Field(sa_type=Words)
    state: str = Field(sa_type=Words)
    version: int = Field(default=1, sa_type=Whole)
    asked_at: datetime = Field(sa_type=Instant)
    new_order_id: str | None = Field(default=None, sa_type=Words)
    comparison_id: str | None = Field(default=None, sa_type=Words)
    compared_by: str | None = Field(default=None, sa_type=Words)
    findings: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    told: dict[str, Any] | None = Field(default=None, sa_type=Json)
    settle_as: str | None = Field(default=None, sa_type=Words)
    consent_id: str | None = Field(default=None, sa_type=Words)
    refund_amount: int | None = Field(default=None, sa_type=Whole)
    written_at: datetime = Field(sa_type=Instant)
    changed_at: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)


class PieceCost(Row, table=True):
    """What was spent on a piece besides its buying price (R-098). A correction is a new row, also
    below zero.
    """

    __journaled__ = ("unit_id", "kind", "amount")

    __tablename__ = "piece_cost"
    __table_args__ = (
        Index("piece_cost_unit", "unit_id"),
        CheckConstraint("amount <> 0", name="piece_cost_amount"),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Words)
    unit_id: str = Field(sa_type=Words, foreign_key="unit.id")
    order_id: str | None = Field(default=None, sa_type=Words)
    kind: str = Field(sa_type=Words)
    amount: int = Field(sa_type=Whole)
    note: str | None = Field(default=None, sa_type=Words)
    written_by: str = Field(sa_type=Words)
    written_at: datetime = Field(sa_type=Instant)


class OutsideEvent(Row, table=True):
    """An event another system of the shop told, once (R-101). `body_hash` tells a repeat from
    another event under the same number.
    """

    __tablename__ = "outside_event"
    __table_args__ = (UniqueConstraint("source", "event_id"), STRICT)

    id: int | None = Field(default=None, primary_key=True, sa_type=Whole)
    source: str = Field(sa_type=Words)
    event_id: str = Field(sa_type=Words)
    kind: str = Field(sa_type=Words)
    body_hash: str = Field(sa_type=Words)
    about: str | None = Field(default=None, sa_type=Words)
    taken_at: datetime = Field(sa_type=Instant)
