"""Rows of consignment: contracts, requests for the guaranteed price, proposed prices."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from catalog.consignment.states import LIVE
from catalog.ground.record import STRICT, Day, Instant, Row, Whole, Words

_STATES = ", ".join(f"'{state.value}'" for state in sorted(LIVE))
_LIVE = text(f"state IN ({_STATES})")
_OPEN = text("state = 'open'")
_PARKED = text("state = 'parked'")


class Contract(Row, table=True):
    """One piece on consignment. `start_on` and `last_day` are known once it is active.

    `drops_done`: days after the start of the last agreed price drop that was looked at.
    `carried_guarantee` holds through `carried_through`, from the contract this one renews.
    `settles_in`: bank or credit; `consent_id`: the consignor knew that credit is never paid out.
    The sale: `basis` = `payout` + `commission`, also for a conversion or a compensation (then
    without commission). `pay_on` is told once the day is certain.
    """

    __journaled__ = (
        "state",
        "unit_id",
        "customer_id",
        "initial_list_price",
        "min_price",
        "guarantee_amount",
        "start_on",
        "last_day",
        "basis",
        "payout",
        "commission",
        "commission_tax",
        "pay_on",
    )

    __tablename__ = "contract"
    __table_args__ = (
        UniqueConstraint("contract_no"),
        Index("contract_live", "unit_id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index("contract_unit", "unit_id"),
        Index("contract_customer", "customer_id"),
        Index("contract_term", "state", "last_day"),
        Index("contract_start", "state", "start_on"),
        CheckConstraint("basis IS NULL OR basis = payout + commission", name="contract_balances"),
        CheckConstraint("min_price >= 0 AND initial_list_price >= 0", name="contract_prices"),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Words)
    contract_no: str = Field(sa_type=Words)
    unit_id: str = Field(sa_type=Words, foreign_key="unit.id")
    customer_id: str = Field(sa_type=Words, foreign_key="customer.id")
    case_id: str | None = Field(default=None, sa_type=Words)
    quote_id: str | None = Field(default=None, sa_type=Words)
    renewed_from: str | None = Field(default=None, sa_type=Words)
    state: str = Field(sa_type=Words)
    version: int = Field(default=1, sa_type=Whole)
    policy_version: int = Field(sa_type=Whole)
    initial_list_price: int = Field(sa_type=Whole)
    min_price: int = Field(sa_type=Whole)
    guarantee_amount: int | None = Field(default=None, sa_type=Whole)
    offered_now: int | None = Field(default=None, sa_type=Whole)
    carried_guarantee: int | None = Field(default=None, sa_type=Whole)
    carried_through: date | None = Field(default=None, sa_type=Day)
    settles_in: str = Field(sa_type=Words)
    consent_id: str | None = Field(default=None, sa_type=Words)
    proposed_at: datetime = Field(sa_type=Instant)
    identity_id: str | None = Field(default=None, sa_type=Words)
    in_custody_at: datetime | None = Field(default=None, sa_type=Instant)
    accepted_at: datetime | None = Field(default=None, sa_type=Instant)
    text_version: str | None = Field(default=None, sa_type=Words)
    text_sha256: str | None = Field(default=None, sa_type=Words)
    start_on: date | None = Field(default=None, sa_type=Day)
    last_day: date | None = Field(default=None, sa_type=Day)
    drops_done: int = Field(default=0, sa_type=Whole)
    withdraw_asked_at: datetime | None = Field(default=None, sa_type=Instant)
    sold_at: datetime | None = Field(default=None, sa_type=Instant)
    sale_kind: str | None = Field(default=None, sa_type=Words)
    order_id: str | None = Field(default=None, sa_type=Words)
    basis: int | None = Field(default=None, sa_type=Whole)
    rate_bps: int | None = Field(default=None, sa_type=Whole)
    payout: int | None = Field(default=None, sa_type=Whole)
    commission: int | None = Field(default=None, sa_type=Whole)
    commission_tax: int | None = Field(default=None, sa_type=Whole)
    delivered_on: date | None = Field(default=None, sa_type=Day)
    pay_on: date | None = Field(default=None, sa_type=Day)
    paid_by: str | None = Field(default=None, sa_type=Words)  # `payout:…` or `credit:…`
    paid_at: datetime | None = Field(default=None, sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    written_at: datetime = Field(sa_type=Instant)
    changed_at: datetime = Field(sa_type=Instant)


class GuaranteeRequest(Row, table=True):
    """The consignor asked for the guaranteed price. `sent_at` by the channel's own clock;
    `lapsed_at`: when the reservation that stood in its way ended.
    """

    __journaled__ = ("state", "amount", "pay_on")

    __tablename__ = "guarantee_request"
    __table_args__ = (
        Index(
            "guarantee_parked",
            "contract_id",
            unique=True,
            sqlite_where=_PARKED,
            postgresql_where=_PARKED,
        ),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Words)
    contract_id: str = Field(sa_type=Words, foreign_key="contract.id")
    state: str = Field(sa_type=Words)
    reason: str | None = Field(default=None, sa_type=Words)
    message_id: str | None = Field(default=None, sa_type=Words)
    sent_at: datetime = Field(sa_type=Instant)
    lapsed_at: datetime | None = Field(default=None, sa_type=Instant)
    amount: int | None = Field(default=None, sa_type=Whole)
    pay_on: date | None = Field(default=None, sa_type=Day)
    written_at: datetime = Field(sa_type=Instant)
    decided_at: datetime | None = Field(default=None, sa_type=Instant)


class PriceProposal(Row, table=True):
    """A list price the shop would like; it changes only when the consignor says yes (R-074)."""

    __journaled__ = ("state", "price")

    __tablename__ = "price_proposal"
    __table_args__ = (
        Index(
            "proposal_open", "contract_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
        ),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Words)
    contract_id: str = Field(sa_type=Words, foreign_key="contract.id")
    state: str = Field(sa_type=Words)
    price: int = Field(sa_type=Whole)
    reason: str | None = Field(default=None, sa_type=Words)
    message_id: str | None = Field(default=None, sa_type=Words)
    written_at: datetime = Field(sa_type=Instant)
    answered_at: datetime | None = Field(default=None, sa_type=Instant)
