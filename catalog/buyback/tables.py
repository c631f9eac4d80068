"""Rows of buyback: cases with their pieces, quotes and approvals, comparables, referrals, and what
each case owes (買取案件).
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from catalog.ground.record import STRICT, Day, Instant, Json, Row, Whole, Words, YesNo


class Comparable(Row, table=True):
    """What a like piece was sold for (相場). `comparable_key`: the digest of all that it says."""

    __tablename__ = "comparable"
    __table_args__ = (
        UniqueConstraint("comparable_key"),
        Index("comparable_reference", "reference_key", "sold_on"),
        Index("comparable_model", "brand_key", "model_key", "sold_on"),
        CheckConstraint("price > 0", name="comparable_price"),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Words)
    comparable_key: str = Field(sa_type=Words)
    brand_key: str = Field(sa_type=Words)
    model_key: str = Field(sa_type=Words)
    reference_key: str | None = Field(default=None, sa_type=Words)
    price: int = Field(sa_type=Whole)
    grade: str = Field(sa_type=Words)
    sold_on: date = Field(sa_type=Day)
    source: str | None = Field(default=None, sa_type=Words)
    written_at: datetime = Field(sa_type=Instant)


class BuybackCase(Row, table=True):
    """One deal of one customer; `state` is where its least advanced open piece stands.

    `rejected_choice`: what happens to goods that cannot be bought, chosen before sending and told
    at `terms_told_at`. `alarm_at`: when staff are told that nothing moved. `terms_text`: the
    version of the words shown. `kit_box`, `kit_no`: the packing kit asked for, and its parcel.
    """

    __journaled__ = ("state", "customer_id")

    __tablename__ = "buyback_case"
    __table_args__ = (
        UniqueConstraint("case_no"),
        Index("buyback_case_customer", "customer_id"),
        Index("buyback_case_state", "state"),
        Index("buyback_case_alarm", "alarm_at"),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Words)
    case_no: str = Field(sa_type=Words)
    customer_id: str = Field(sa_type=Words, foreign_key="customer.id")
    purpose: str = Field(sa_type=Words)
    channel: str | None = Field(default=None, sa_type=Words)
    state: str = Field(sa_type=Words)
    version: int = Field(default=1, sa_type=Whole)
    policy_version: int = Field(sa_type=Whole)
    rejected_choice: str | None = Field(default=None, sa_type=Words)
    terms_text: str | None = Field(default=None, sa_type=Words)
    terms_told_at: datetime | None = Field(default=None, sa_type=Instant)
    settlement_wish: str | None = Field(default=None, sa_type=Words)
    offset_order: str | None = Field(default=None, sa_type=Words)
    kit_box: str | None = Field(default=None, sa_type=Words)
    kit_no: str | None = Field(default=None, sa_type=Words)
    identity_id: str | None = Field(default=None, sa_type=Words)
    seller_is_registered: bool | None = Field(default=None, sa_type=YesNo)
    seller_number: str | None = Field(default=None, sa_type=Words)
    is_bought_back: bool = Field(default=False, sa_type=YesNo)
    alarm_at: datetime | None = Field(default=None, sa_type=Instant)
    opened_at: datetime = Field(sa_type=Instant)
    changed_at: datetime = Field(sa_type=Instant)


class CasePiece(Row, table=True):
    """One piece of a case, decided by itself. `answers`: what the customer said of its condition,
    `findings`: what the appraiser saw. `price`: what the shop owes or paid for it.

    `bank`, `credit`, `offset_part`: how the price is settled; `stage_before`: where it stood when
    police stopped it. `back_no`: the carrier's number under which it last went home.
    """

    __journaled__ = ("stage", "price", "bank", "credit", "offset_part")

    __tablename__ = "case_piece"
    __table_args__ = (
        UniqueConstraint("case_id", "number"),
        Index("case_piece_unit", "unit_id"),
        CheckConstraint("price IS NULL OR price > 0", name="case_piece_price"),
        CheckConstraint(
            "price IS NULL OR price = bank + credit + offset_part", name="case_piece_parts"
        ),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Words)
    case_id: str = Field(sa_type=Words, foreign_key="buyback_case.id")
    number: int = Field(sa_type=Whole)
    stage: str = Field(sa_type=Words)
    stage_before: str | None = Field(default=None, sa_type=Words)
    category: str = Field(sa_type=Words)
    title: str = Field(sa_type=Words)
    brand: str | None = Field(default=None, sa_type=Words)
    model: str | None = Field(default=None, sa_type=Words)
    reference: str | None = Field(default=None, sa_type=Words)
    serial: str | None = Field(default=None, sa_type=Words)
    known_unit_id: str | None = Field(default=None, sa_type=Words)
    unit_id: str | None = Field(default=None, sa_type=Words, foreign_key="unit.id")
    answers: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    findings: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    flags: list[str] = Field(default_factory=list, sa_type=Json)
    arrival: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    rejected_reasons: list[str] = Field(default_factory=list, sa_type=Json)
    disposal_consent: str | None = Field(default=None, sa_type=Words)
    is_withdrawn: bool = Field(default=False, sa_type=YesNo)
    price: int | None = Field(default=None, sa_type=Whole)
    bank: int = Field(default=0, sa_type=Whole)
    credit: int = Field(default=0, sa_type=Whole)
    offset_part: int = Field(default=0, sa_type=Whole)
    means: str | None = Field(default=None, sa_type=Words)
    credit_consent: str | None = Field(default=None, sa_type=Words)
    credit_lot: str | None = Field(default=None, sa_type=Words)
    bonus_lot: str | None = Field(default=None, sa_type=Words)
    accepted_at: datetime | None = Field(default=None, sa_type=Instant)
    keeps_goods: bool = Field(default=False, sa_type=YesNo)
    back_no: str | None = Field(default=None, sa_type=Words)
    moved_at: datetime = Field(sa_type=Instant)


class Quote(Row, table=True):
    """A range nobody is bound by (仮査定), or one binding offer (本査定), never changed but in its
    state.

    `inputs` and `result`: all a price is made of and every step to it, so that it can be made
    again. `beside`: the consignment figures shown with it. `wanted`: what the customer asked for
    instead.
    """

    __journaled__ = ("state", "amount", "low", "high")

    __tablename__ = "quote"
    __table_args__ = (
        UniqueConstraint("piece_id", "number"),
        Index(
            "quote_open", "piece_id", unique=True,
            sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'"),
        ),
        Index("quote_valid", "state", "valid_through"),
        CheckConstraint("amount IS NULL OR amount > 0", name="quote_amount"),
        STRICT,
    )  # fmt: skip

    id: str = Field(primary_key=True, sa_type=Words)
    case_id: str = Field(sa_type=Words, foreign_key="buyback_case.id")
    piece_id: str = Field(sa_type=Words, foreign_key="case_piece.id")
    number: int = Field(sa_type=Whole)
    kind: str = Field(sa_type=Words)
    state: str = Field(sa_type=Words)
    amount: int | None = Field(default=None, sa_type=Whole)
    low: int | None = Field(default=None, sa_type=Whole)
    high: int | None = Field(default=None, sa_type=Whole)
    evidence: str = Field(sa_type=Words)
    comparables: list[str] = Field(default_factory=list, sa_type=Json)
    inputs: dict[str, Any] = Field(sa_type=Json)
    result: dict[str, Any] = Field(sa_type=Json)
    policy_version: int = Field(sa_type=Whole)
    is_below_floor: bool = Field(default=False, sa_type=YesNo)
    is_auto: bool = Field(default=False, sa_type=YesNo)
    reasons: list[str] = Field(default_factory=list, sa_type=Json)
    evidence_ids: list[str] = Field(default_factory=list, sa_type=Json)
    beside: dict[str, Any] | None = Field(default=None, sa_type=Json)
    wanted: int | None = Field(default=None, sa_type=Whole)
    made_by: str = Field(sa_type=Words)
    made_at: datetime = Field(sa_type=Instant)
    sent_at: datetime | None = Field(default=None, sa_type=Instant)
    valid_through: date | None = Field(default=None, sa_type=Day)


class Approval(Row, table=True):
    """Somebody bound the shop to a quote, in a role; one row a person."""

    __tablename__ = "approval"
    __table_args__ = (UniqueConstraint("quote_id", "person"), STRICT)

    id: int | None = Field(default=None, primary_key=True, sa_type=Whole)
    quote_id: str = Field(sa_type=Words, foreign_key="quote.id")
    person: str = Field(sa_type=Words)
    role: str = Field(sa_type=Words)
    approved_at: datetime = Field(sa_type=Instant)


class Referral(Row, table=True):
    """A customer was told of a better dealer, and agreed to be named to them (紹介)."""

    __tablename__ = "referral"
    __table_args__ = (Index("referral_case", "case_id"), STRICT)

    id: str = Field(primary_key=True, sa_type=Words)
    case_id: str = Field(sa_type=Words, foreign_key="buyback_case.id")
    piece_id: str = Field(sa_type=Words, foreign_key="case_piece.id")
    partner_id: str = Field(sa_type=Words, foreign_key="partner.id")
    own_offer: int | None = Field(default=None, sa_type=Whole)
    indication: int | None = Field(default=None, sa_type=Whole)
    reason: str = Field(sa_type=Words)
    consent: str = Field(sa_type=Words)
    consent_text: str = Field(sa_type=Words)
    is_sent_on: bool = Field(default=False, sa_type=YesNo)
    agreed_at: datetime = Field(sa_type=Instant)


class ReferralProposal(Row, table=True):
    """A dealer who may pay more, named to the customer before anything of theirs is passed on.
    `answered_at`: when they agreed.
    """

    __tablename__ = "referral_proposal"
    __table_args__ = (Index("referral_proposal_piece", "piece_id"), STRICT)

    id: str = Field(primary_key=True, sa_type=Words)
    piece_id: str = Field(sa_type=Words, foreign_key="case_piece.id")
    partner_id: str = Field(sa_type=Words, foreign_key="partner.id")
    indication: int | None = Field(default=None, sa_type=Whole)
    reason: str = Field(sa_type=Words)
    proposed_by: str = Field(sa_type=Words)
    proposed_at: datetime = Field(sa_type=Instant)
    answered_at: datetime | None = Field(default=None, sa_type=Instant)


class Posting(Row, table=True):
    """One side of a money movement of a case or contract; the sides of each sum to zero (R-080).

    `about`: `case:…` or `contract:…`; `document`: the quote, payout or lot it comes from. Never
    changed.
    """

    __journaled__ = ("about", "account", "amount")

    __tablename__ = "posting"
    __table_args__ = (
        Index("posting_about", "about"),
        CheckConstraint("amount <> 0", name="posting_amount"),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Words)
    about: str = Field(sa_type=Words)
    account: str = Field(sa_type=Words)
    amount: int = Field(sa_type=Whole)
    document: str = Field(sa_type=Words)
    posted_at: datetime = Field(sa_type=Instant)
