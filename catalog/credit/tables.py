"""Rows of store credit (ストアクレジット): accounts, lots, entries, holds, refunds, and what
customers owe back.

A lot's buckets always add up: amount = remaining + held + captured − refunded + expired + reversed.
Entries are append-only; their signed amounts add up to what remains. Not here: who is reminded;
that is the worklist's.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from catalog.ground.record import STRICT, Day, Instant, Row, Whole, Words, YesNo


class HoldState(StrEnum):
    """Where a hold stands. `lapsed`: nobody captured it in time."""

    HELD = "held"
    CAPTURED = "captured"
    VOIDED = "voided"
    LAPSED = "lapsed"


class CreditAccount(Row, table=True):
    """One customer's account, in yen; the same online and at the till."""

    __tablename__ = "credit_account"
    __table_args__ = (UniqueConstraint("customer_id"), STRICT)
    __journaled__ = ("customer_id",)

    id: str = Field(primary_key=True, sa_type=Words)
    customer_id: str = Field(sa_type=Words, foreign_key="customer.id")
    opened_at: datetime = Field(sa_type=Instant)


_OPEN = text("remaining > 0")


class CreditLot(Row, table=True):
    """One issue of credit with its own last day (None: it never ends) (CRD-1).

    `first_issued_on` is older than `issued_at` for credit that came back after its own lot was over
    (`restores` names that lot). `document`: the case, order or contract it was issued for;
    `consent_id`: the customer knew that it is never paid out.
    """

    __tablename__ = "credit_lot"
    __table_args__ = (
        CheckConstraint("amount > 0", name="credit_lot_amount"),
        CheckConstraint("remaining >= 0", name="credit_lot_remaining"),
        CheckConstraint("held >= 0", name="credit_lot_held"),
        CheckConstraint("refunded >= 0 AND captured >= refunded", name="credit_lot_captured"),
        CheckConstraint("expired >= 0 AND reversed >= 0", name="credit_lot_gone"),
        CheckConstraint(
            "amount = remaining + held + captured - refunded + expired + reversed",
            name="credit_lot_adds_up",
        ),
        Index("credit_lot_account", "account_id"),
        Index(
            "credit_lot_ends",
            "expires_on",
            "account_id",
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("credit_lot_document", "document"),
        STRICT,
    )
    __journaled__ = (
        "account_id", "origin", "amount", "remaining", "held", "captured", "refunded", "expired",
        "reversed", "is_paid", "issued_at", "first_issued_on", "expires_on",
    )  # fmt: skip

    id: str = Field(primary_key=True, sa_type=Words)
    account_id: str = Field(sa_type=Words, foreign_key="credit_account.id")
    origin: str = Field(sa_type=Words)
    is_paid: bool = Field(sa_type=YesNo)
    amount: int = Field(sa_type=Whole)
    remaining: int = Field(sa_type=Whole)
    held: int = Field(default=0, sa_type=Whole)
    captured: int = Field(default=0, sa_type=Whole)
    refunded: int = Field(default=0, sa_type=Whole)
    expired: int = Field(default=0, sa_type=Whole)
    reversed: int = Field(default=0, sa_type=Whole)
    issued_at: datetime = Field(sa_type=Instant)
    first_issued_on: date = Field(sa_type=Day)
    expires_on: date | None = Field(default=None, sa_type=Day)
    document: str | None = Field(default=None, sa_type=Words)
    channel: str = Field(sa_type=Words)
    policy_version: int = Field(sa_type=Whole)
    restores: str | None = Field(default=None, sa_type=Words)
    consent_id: str | None = Field(default=None, sa_type=Words)


class CreditEntry(Row, table=True):
    """One line of a lot's account. `amount` is what it did to the remaining yen, with its sign;
    `yen` is what it was about (a capture of 500 held yen: 0 and 500). Never changed.
    """

    __tablename__ = "credit_entry"
    __table_args__ = (UniqueConstraint("lot_id", "kind", "command_key"), STRICT)

    id: int | None = Field(default=None, primary_key=True, sa_type=Whole)
    lot_id: str = Field(sa_type=Words, foreign_key="credit_lot.id")
    kind: str = Field(sa_type=Words)
    amount: int = Field(sa_type=Whole)
    yen: int = Field(sa_type=Whole)
    command_key: str = Field(sa_type=Words)
    at: datetime = Field(sa_type=Instant)
    document: str | None = Field(default=None, sa_type=Words)
    reason: str | None = Field(default=None, sa_type=Words)


class CreditHold(Row, table=True):
    """An amount set aside until `ends_at`, then captured or given back (CRD-5)."""

    __tablename__ = "credit_hold"
    __table_args__ = (
        CheckConstraint("amount > 0", name="credit_hold_amount"),
        Index("credit_hold_document", "document"),
        Index(
            "credit_hold_open",
            "account_id",
            "ends_at",
            sqlite_where=text("state = 'held'"),
            postgresql_where=text("state = 'held'"),
        ),
        STRICT,
    )
    __journaled__ = ("account_id", "amount", "state", "document")

    id: str = Field(primary_key=True, sa_type=Words)
    account_id: str = Field(sa_type=Words, foreign_key="credit_account.id")
    amount: int = Field(sa_type=Whole)
    state: str = Field(sa_type=Words)
    held_at: datetime = Field(sa_type=Instant)
    ends_at: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    document: str | None = Field(default=None, sa_type=Words)
    channel: str = Field(sa_type=Words)
    policy_version: int = Field(sa_type=Whole)


class CreditHoldPart(Row, table=True):
    """What a hold took from one lot; `place` is the order of consumption. Never changed."""

    __tablename__ = "credit_hold_part"
    __table_args__ = (UniqueConstraint("hold_id", "place"), STRICT)
    __journaled__ = ("hold_id", "place", "lot_id", "amount")

    id: str = Field(primary_key=True, sa_type=Words)
    hold_id: str = Field(sa_type=Words, foreign_key="credit_hold.id")
    place: int = Field(sa_type=Whole)
    lot_id: str = Field(sa_type=Words, foreign_key="credit_lot.id")
    amount: int = Field(sa_type=Whole)


class CreditRefund(Row, table=True):
    """One refund of an order that was paid with credit, whole and by its two parts (CRD-8).
    `number` counts within the document. Never changed.
    """

    __tablename__ = "credit_refund"
    __table_args__ = (UniqueConstraint("document", "number"), STRICT)
    __journaled__ = ("document", "number", "amount", "to_credit", "to_other")

    id: str = Field(primary_key=True, sa_type=Words)
    account_id: str = Field(sa_type=Words, foreign_key="credit_account.id")
    document: str = Field(sa_type=Words)
    number: int = Field(sa_type=Whole)
    amount: int = Field(sa_type=Whole)
    to_credit: int = Field(sa_type=Whole)
    to_other: int = Field(sa_type=Whole)
    other_paid: int = Field(sa_type=Whole)
    refunded_on: date = Field(sa_type=Day)
    refunded_at: datetime = Field(sa_type=Instant)


class Receivable(Row, table=True):
    """What a customer owes because credit that had to be taken back was spent (CRD-9)."""

    __tablename__ = "credit_receivable"
    __table_args__ = (
        CheckConstraint("amount > 0", name="credit_receivable_amount"),
        CheckConstraint("settled >= 0 AND settled <= amount", name="credit_receivable_settled"),
        Index("credit_receivable_account", "account_id"),
        Index("credit_receivable_lot", "lot_id"),
        STRICT,
    )
    __journaled__ = ("account_id", "lot_id", "amount", "settled")

    id: str = Field(primary_key=True, sa_type=Words)
    account_id: str = Field(sa_type=Words, foreign_key="credit_account.id")
    lot_id: str = Field(sa_type=Words, foreign_key="credit_lot.id")
    amount: int = Field(sa_type=Whole)
    settled: int = Field(default=0, sa_type=Whole)
    document: str | None = Field(default=None, sa_type=Words)
    written_at: datetime = Field(sa_type=Instant)


class TillCode(Row, table=True):
    """A code a customer shows at the till: whose credit may be held, once, until `ends_at`. Only
    its digest is kept. `most`: more than that the customer does not wish to spend; `used_key`:
    of the command that used it.
    """

    __tablename__ = "credit_till_code"
    __table_args__ = (Index("credit_till_code_account", "account_id"), STRICT)

    digest: str = Field(primary_key=True, sa_type=Words)
    account_id: str = Field(sa_type=Words, foreign_key="credit_account.id")
    most: int | None = Field(default=None, sa_type=Whole)
    shown_at: datetime = Field(sa_type=Instant)
    ends_at: datetime = Field(sa_type=Instant)
    used_at: datetime | None = Field(default=None, sa_type=Instant)
    used_key: str | None = Field(default=None, sa_type=Words)


class CreditConsent(Row, table=True):
    """What a customer was told about credit and agreed to, before they chose (CRD-13). `source`:
    the message or form it was given with.
    """

    __tablename__ = "credit_consent"
    __table_args__ = (Index("credit_consent_customer", "customer_id"), STRICT)

    id: str = Field(primary_key=True, sa_type=Words)
    customer_id: str = Field(sa_type=Words, foreign_key="customer.id")
    purpose: str = Field(sa_type=Words)
    text_version: str = Field(sa_type=Words)
    document: str | None = Field(default=None, sa_type=Words)
    source: str = Field(sa_type=Words)
    given_at: datetime = Field(sa_type=Instant)
