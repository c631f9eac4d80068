"""A shop with consignors and buyers for tests: pieces on consignment and on sale, and the verbs
with the facts that do not matter filled in.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from sqlmodel import Session, select

from catalog.buyback.payouts import actions as payouts
from catalog.buyback.payouts.tables import Payout
from catalog.buyback.tables import BuybackCase, CasePiece, Quote
from catalog.consignment import actions, ending, guarantee
from catalog.consignment.actions import Proposal, ShownText
from catalog.consignment.contracts import Standing
from catalog.consignment.guarantee import Answer
from catalog.consignment.states import Settlement
from catalog.consignment.tables import Contract
from catalog.customers import actions as customers
from catalog.duties.actors import Actor, Role
from catalog.duties.opening import open_stock
from catalog.ground import journal
from catalog.ground.calendar import TOKYO
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId, Row, UnitId
from catalog.ground.session.database import Database
from catalog.ground.worklist import Work
from catalog.items import actions as items
from catalog.items.actions import Owner
from catalog.items.entering import NewPiece, enter
from catalog.items.kinds import Category, Custody, OwnerKind, UnitState
from catalog.items.styles import StyleFacts
from catalog.items.tables import Unit
from tests.catalog.duties.law import checked
from tests.shop import item

T = TypeVar("T")
NOW = datetime(2026, 10, 1, 1, 0, tzinfo=UTC)  # Thursday, 10:00 in Tokyo
STAFF = Actor("S1", Role.ADVISER)
MANAGER = Actor("M1", Role.MANAGER)
TEXT = ShownText("consignment-1", "ab" * 32)
BAG = StyleFacts(Category.BAG, "ケリー 28", "Hermès", "Kelly", "K28")


def tokyo(text: str) -> datetime:
    """A Tokyo wall-clock moment."""
    return datetime.fromisoformat(text).replace(tzinfo=TOKYO)


def person(customer: CustomerId) -> Actor:
    """The customer as somebody who acts."""
    return Actor(customer, Role.CUSTOMER)


def journaled() -> list[type[Row]]:
    """Every table the journal can rebuild."""
    return journal.journaled()


@dataclass
class Shelf:
    """The shop of one database; `now` is where the clock stands."""

    database: Database
    now: datetime = NOW
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def key(self) -> str:
        return f"key-{next(self.numbers)}"

    def write(self, verb: Callable[..., T], /, *given: Any, **told: Any) -> T:
        return self.database.write(lambda db: verb(db, *given, **told))

    def read(self, unit: Callable[[Session], T]) -> T:
        return self.database.read(unit)

    def go(self, *, days: int = 0, minutes: int = 0) -> None:
        self.now += timedelta(days=days, minutes=minutes)

    def customer(self, number: str = "") -> CustomerId:
        return self.write(
            customers.register, number or f"C-{next(self.numbers)}", "佐藤", given_name=None,
            language="ja", by="test", now=self.now,
        )  # fmt: skip

    def consignor(self) -> CustomerId:
        """A customer whose identity was checked."""
        who = self.customer()
        self.identify(who)
        return who

    def identify(self, who: CustomerId) -> str:
        return self.database.write(lambda db: checked(db, who, now=self.now, key=self.key()))

    def piece(self, owner: CustomerId, state: UnitState = UnitState.APPRAISED) -> UnitId:
        """A piece of a customer that is here and appraised."""

        def unit(db: Session) -> UnitId:
            made = enter(
                db, NewPiece(style=BAG, title="ケリー 28"),
                owner=Owner(OwnerKind.CUSTOMER, owner), custody="dealer:shop",
                state=UnitState.RECEIVED, by="staff:S1", now=self.now, key=self.key(),
            )  # fmt: skip
            for to in (UnitState.APPRAISING, UnitState.APPRAISED):
                items.move(db, UnitId(made.id), to, by="staff:S1", now=self.now, verb=to.value)
                if to is state:
                    break
            return UnitId(made.id)

        return self.database.write(unit)

    def quote(self, who: CustomerId, amount: int) -> str:
        """A binding offer that was approved and sent."""
        number = next(self.numbers)

        def unit(db: Session) -> str:
            case = BuybackCase(
                id=f"case-{number}", case_no=f"B-{number}", customer_id=who, purpose="buyback",
                state="offered", policy_version=0, opened_at=self.now, changed_at=self.now,
            )  # fmt: skip
            piece = CasePiece(
                id=f"piece-{number}", case_id=case.id, number=1, stage="offered", category="bag",
                title="ケリー 28", moved_at=self.now,
            )  # fmt: skip
            quote = Quote(
                id=f"quote-{number}", case_id=case.id, piece_id=piece.id, number=1, kind="binding",
                state="open", amount=amount, evidence="complete", inputs={}, result={},
                policy_version=0, made_by="staff:A1", made_at=self.now, sent_at=self.now,
            )  # fmt: skip
            for row in (case, piece, quote):
                db.add(row)
                db.flush()
            journal.record(
                db, f"case:{case.id}", "offered", actor="staff:A1", at=self.now,
                wrote=[case, piece, quote],
            )  # fmt: skip
            return quote.id

        return self.database.write(unit)

    def propose(
        self,
        who: CustomerId,
        unit_id: UnitId,
        price: int = 300_000,
        *,
        least: int = 0,
        guarantee: int | None = None,
        settles_in: Settlement = Settlement.BANK,
        key: str | None = None,
    ) -> Standing:
        quote_id = self.quote(who, guarantee) if guarantee is not None else None
        wanted = Proposal(
            unit_id, who, Yen(price), Yen(least), None if guarantee is None else Yen(guarantee),
            settles_in, quote_id=quote_id,
        )  # fmt: skip
        return self.write(actions.propose, wanted, actor=STAFF, now=self.now, key=key or self.key())

    def agree(self, contract_id: str, who: CustomerId, **told: Any) -> Standing:
        return self.write(
            actions.agree, contract_id, TEXT, accepted_at=told.pop("accepted_at", self.now),
            actor=person(who), now=self.now, key=told.pop("key", None) or self.key(), **told,
        )  # fmt: skip

    def consigned(
        self, who: CustomerId, price: int = 300_000, *, is_listed: bool = True, **told: Any
    ) -> tuple[str, UnitId]:
        """An active contract, its piece on sale."""
        unit_id = self.piece(who)
        contract_id = self.propose(who, unit_id, price, **told).contract_id
        self.agree(contract_id, who)
        if is_listed:
            self.move(unit_id, UnitState.LISTED)
        return contract_id, unit_id

    def owned(self, code: str, price: int = 100_000) -> UnitId:
        """A piece of the shop, on sale."""
        self.database.write(
            lambda db: open_stock(db, [item(code, price=str(price))], by="test", now=self.now)
        )
        return self.read(lambda db: UnitId(db.exec(select(Unit.id).where(Unit.code == code)).one()))

    def move(self, unit_id: UnitId, to: UnitState) -> None:
        self.write(items.move, unit_id, to, by="staff:S1", now=self.now, verb=to.value)

    def request(
        self,
        contract_id: str,
        who: CustomerId,
        *,
        sent_at: datetime | None = None,
        key: str | None = None,
    ) -> Answer:
        return self.write(
            guarantee.request, contract_id, sent_at=sent_at or self.now, message_id="m1",
            actor=person(who), now=self.now, key=key or self.key(),
        )  # fmt: skip

    def withdraw(self, contract_id: str, who: CustomerId) -> ending.Withdrawal:
        return self.write(
            ending.withdraw, contract_id, actor=person(who), now=self.now, key=self.key()
        )

    def contract(self, contract_id: str) -> Contract:
        return self.read(lambda db: db.get_one(Contract, contract_id))

    def unit(self, unit_id: str) -> Unit:
        return self.read(lambda db: db.get_one(Unit, unit_id))

    def payouts(self, contract_id: str) -> list[Payout]:
        return self.read(
            lambda db: list(
                db.exec(select(Payout).where(Payout.about == f"contract:{contract_id}"))
            )
        )

    def pay_out(self, payout_id: str) -> None:
        """The shop hands the money over."""

        def unit(db: Session) -> None:
            payout = payouts.locked(db, payout_id)
            payout.means = "cash"
            db.add(payout)
            db.flush()
            payouts.paid(db, payout_id, reference="r1", by="staff:K1", now=self.now)

        self.database.write(unit)

    def told(self, about: str) -> list[str]:
        """The phases somebody outside was told of."""
        return [str(row.facts["phase"]) for row in self._due("notice") if row.subject == about]

    def tasks(self) -> list[str]:
        return [str(row.facts["task"]) for row in self._due("task")]

    def open_tasks(self) -> list[str]:
        """Those of them that somebody still has to do."""
        return [str(row.facts["task"]) for row in self._due("task") if row.state == "due"]

    def _due(self, kind: str) -> list[Work]:
        return self.read(
            lambda db: sorted(
                db.exec(select(Work).where(Work.kind == kind)).all(), key=lambda row: row.id or 0
            )
        )

    def is_replayed(self) -> bool:
        """Whether the journal alone rebuilds every table of money and custody."""
        return self.read(lambda db: journal.differences(db, journaled())) == []


def day(text: str) -> date:
    return date.fromisoformat(text)


BUYER_HAS_IT = Custody.BUYER.value
