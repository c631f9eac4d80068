"""A shop's credit books for tests: customers, and the verbs with the facts that do not matter
filled in.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from sqlmodel import Session, select

from catalog.credit import actions, corrections, queries, redemption, refunds, reversal
from catalog.credit.actions import Issued
from catalog.credit.queries import Balance
from catalog.credit.redemption import Held
from catalog.credit.refunds import Refunded
from catalog.credit.reversal import Reversed
from catalog.credit.tables import (
    CreditAccount,
    CreditEntry,
    CreditHold,
    CreditHoldPart,
    CreditLot,
    CreditRefund,
    Receivable,
)
from catalog.credit.terms import Origin
from catalog.customers import actions as customers
from catalog.duties.actors import Actor, Role
from catalog.ground import journal
from catalog.ground.calendar import TOKYO
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId
from catalog.ground.session.database import Database

T = TypeVar("T")
TABLES = (
    CreditAccount, CreditLot, CreditHold, CreditHoldPart, CreditRefund, Receivable,
)  # fmt: skip
NOW = datetime(2026, 10, 1, 1, 0, tzinfo=UTC)  # 10:00 in Tokyo
DAY = timedelta(days=1)
STORE = Actor("S1", Role.STORE)
MANAGER = Actor("M1", Role.MANAGER)
OWNER = Actor("O1", Role.OWNER)


def tokyo(text: str) -> datetime:
    """A Tokyo wall-clock moment."""
    return datetime.fromisoformat(text).replace(tzinfo=TOKYO)


@dataclass
class Books:
    """The books of one database; `now` is where the clock stands."""

    database: Database
    now: datetime = NOW
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def key(self) -> str:
        return f"key-{next(self.numbers)}"

    def write(self, verb: Callable[..., T], *given: Any, **told: Any) -> T:
        """Any verb, with the books' clock and a fresh key where none is given."""
        return self.database.write(lambda db: verb(db, *given, **told))

    def customer(self, number: str = "C-1") -> CustomerId:
        return self.write(
            customers.register, number, "佐藤", given_name=None, language="ja", by="test",
            now=self.now,
        )  # fmt: skip

    def issue(
        self,
        customer: CustomerId,
        amount: int,
        origin: Origin = Origin.TRADE_IN,
        *,
        document: str | None = None,
        key: str | None = None,
    ) -> Issued:
        return self.write(
            actions.issue, customer, origin, Yen(amount), document=document, channel="online",
            by="staff:1", now=self.now, key=key or self.key(),
        )  # fmt: skip

    def hold(
        self, customer: CustomerId, amount: int, *, document: str | None = None,
        key: str | None = None,
    ) -> Held:  # fmt: skip
        return self.write(
            redemption.hold, customer, Yen(amount), document=document, channel="store",
            by="till:1", now=self.now, key=key or self.key(),
        )  # fmt: skip

    def spend(
        self, customer: CustomerId, amount: int, document: str = "order:1", *,
        key: str | None = None,
    ) -> Held:  # fmt: skip
        return self.write(
            redemption.spend, customer, Yen(amount), document=document, channel="online",
            by="till:1", now=self.now, key=key or self.key(),
        )  # fmt: skip

    def capture(
        self, hold_id: str, *, document: str | None = None, key: str | None = None
    ) -> Held:  # fmt: skip
        return self.write(
            redemption.capture, hold_id, document=document, by="till:1", now=self.now,
            key=key or self.key(),
        )  # fmt: skip

    def void(self, hold_id: str, *, key: str | None = None) -> Held:
        return self.write(
            redemption.void, hold_id, by="till:1", now=self.now, key=key or self.key()
        )  # fmt: skip

    def refund(
        self, amount: int, *, other_paid: int = 0, document: str = "order:1",
        key: str | None = None,
    ) -> Refunded:  # fmt: skip
        return self.write(
            refunds.refund, document, Yen(amount), other_paid=Yen(other_paid), by="staff:1",
            now=self.now, key=key or self.key(),
        )  # fmt: skip

    def reverse(self, lot_id: str, amount: int, *, key: str | None = None) -> Reversed:
        return self.write(
            reversal.reverse, lot_id, Yen(amount), document=None, reason="rescinded",
            by="staff:1", now=self.now, key=key or self.key(),
        )  # fmt: skip

    def goodwill(
        self, customer: CustomerId, amount: int, *, actor: Actor = STORE,
        approved_by: Actor | None = None, key: str | None = None,
    ) -> Issued:  # fmt: skip
        return self.write(
            corrections.goodwill, customer, Yen(amount), reason="late parcel", channel="store",
            actor=actor, approved_by=approved_by, now=self.now, key=key or self.key(),
        )  # fmt: skip

    def run(self, slot: Callable[[Session, datetime], None]) -> None:
        self.database.write(lambda db: slot(db, self.now))

    def balance(self, customer: CustomerId) -> Balance:
        return self.database.read(lambda db: queries.balance(db, customer, self.now))

    def lot(self, lot_id: str) -> CreditLot:
        return self.database.read(lambda db: db.get_one(CreditLot, lot_id))

    def left(self, *lots: Issued) -> list[int]:
        """What remains of these lots."""
        return [self.lot(lot.lot_id).remaining for lot in lots]

    def entries(self, lot_id: str | None = None) -> list[CreditEntry]:
        wanted = select(CreditEntry).order_by(CreditEntry.id)  # type: ignore[arg-type]  # a column
        if lot_id is not None:
            wanted = wanted.where(CreditEntry.lot_id == lot_id)
        return self.database.read(lambda db: list(db.exec(wanted)))

    def add_up(self) -> None:
        """The books are right: entries and journal tell the same as the lots."""
        assert self.database.read(queries.miscounted) == []
        found = self.database.read(lambda db: journal.differences(db, TABLES))
        assert [each for each in found if each.table in _NAMES] == []


def day(text: str) -> date:
    return date.fromisoformat(text)


_NAMES = {str(table.__tablename__) for table in TABLES}
