"""A shop that buys, for tests: people, cases brought to any point, and the verbs with what does not
matter filled in.
"""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlmodel import Session, col, select

from catalog.buyback import answers, appraisal, books, inquiry, settling, transit
from catalog.buyback.answers import Acceptance
from catalog.buyback.appraisal import Offer
from catalog.buyback.cases import Standing
from catalog.buyback.inquiry import PieceWish, Purpose
from catalog.buyback.payouts import accounts, batches, lines, queries
from catalog.buyback.payouts.answers import Answer, Outcome, Reply
from catalog.buyback.payouts.batches import Batch
from catalog.buyback.payouts.tables import Payout, PayoutBatch
from catalog.buyback.payouts.zengin import AccountKind, BankAccount
from catalog.buyback.pricing import Basis
from catalog.buyback.rules import Settlement
from catalog.buyback.stages import Stage
from catalog.buyback.tables import BuybackCase, CasePiece, Posting, Quote
from catalog.buyback.transit import Arrival, RejectedChoice, Submission
from catalog.credit import consents
from catalog.credit.tables import CreditAccount, CreditLot, Receivable
from catalog.duties.actors import BOT, Actor, Role
from catalog.duties.identity.methods import Method
from catalog.duties.rules import Channel, ItemKind, Means, Place
from catalog.duties.visits import actions as visits
from catalog.duties.visits.actions import NewVisit, Scope
from catalog.grading.scale import Grade
from catalog.ground import journal, worklist
from catalog.ground.calendar import TOKYO, ShopHours, tokyo_day
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId, UnitId
from catalog.ground.session.database import Database
from catalog.ground.worklist import Work
from catalog.items import actions as items
from catalog.items.kinds import Category
from catalog.items.tables import Unit
from tests.catalog.duties import law

T = TypeVar("T")
KEYS = law.KEYS
NOW = datetime(2026, 10, 9, 11, 0, tzinfo=TOKYO)  # Friday; Monday is a holiday
APPRAISER = Actor("a1", Role.APPRAISER)
SENIOR = Actor("sen1", Role.SENIOR)
MANAGER = Actor("man1", Role.MANAGER)
OWNER = Actor("own1", Role.OWNER)
STORE = Actor("sto1", Role.STORE)
ACCOUNTING = Actor("acc1", Role.ACCOUNTING)
CASHIER = Actor("acc2", Role.ACCOUNTING)
TABLES = (
    BuybackCase, CasePiece, Quote, Posting, Payout, PayoutBatch, Unit, CreditAccount, CreditLot,
    Receivable,
)  # fmt: skip
ORIGINATOR = {
    "code": "1234567890",
    "name": "カ）アカシ",
    "bank_code": "0005",
    "bank_name": "ミツビシUFJ",
    "branch_code": "001",
    "branch_name": "ホンテン",
    "kind": "2",
    "number": "7654321",
}
DAYTONA = PieceWish(Category.WATCH, "デイトナ", "Rolex", "Daytona", "116500LN")
ACCOUNT = BankAccount(
    "0001", "ミズホ", "110", "アオヤマ", AccountKind.ORDINARY, "1234567", "タカハシ ハナコ"
)


@dataclass
class Deals:
    """One database's buyback; `now` is where the clock stands."""

    database: Database
    now: datetime = NOW
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def key(self) -> str:
        """A key nobody used."""
        return f"k{next(self.numbers)}"

    def do(self, verb: Callable[..., T], *args: Any, **told: Any) -> T:
        """Run a verb in one transaction at `now`, under a fresh key unless one is given."""
        told.setdefault("now", self.now)
        told.setdefault("key", self.key())
        return self.database.write(lambda db: verb(db, *args, **told), durable=False)

    def at(self, slot: Callable[[Session, datetime], None], moment: datetime | None = None) -> None:
        """Run a slot."""
        if moment is not None:
            self.now = moment
        self.database.write(lambda db: slot(db, self.now))

    def later(self, **delta: float) -> None:
        """Turn the clock on."""
        self.now += timedelta(**delta)

    def seller(self, *, checked: bool = True, account: bool = True, **more: Any) -> Actor:
        """A customer, by default with a check that serves for the post, and an account."""

        def unit(db: Session) -> CustomerId:
            who = law.customer(db, now=self.now)
            if checked:
                method = more.get("method", Method.ID_COPY_MAIL_AND_ACCOUNT)
                law.checked(db, who, method=method, now=self.now)
            if account:
                holder = more.get("holder", ACCOUNT)
                accounts.name_account(
                    db, KEYS, who, holder, by=f"customer:{who}", now=self.now, key=f"acc:{who}"
                )
            return who

        return Actor(self.database.write(unit), Role.CUSTOMER)

    def inquiry(
        self,
        seller: Actor,
        *wishes: PieceWish,
        purpose: Purpose = Purpose.BUYBACK,
        key: str | None = None,
    ) -> str:
        """A case; its id."""
        return self.do(
            inquiry.inquire, seller.id, list(wishes) or [DAYTONA], hours=ShopHours(),
            actor=seller, purpose=purpose, key=key or self.key(),
        ).case_id  # fmt: skip

    def pieces(self, case_id: str) -> list[CasePiece]:
        """Its pieces in order."""
        wanted = (
            select(CasePiece).where(CasePiece.case_id == case_id).order_by(col(CasePiece.number))
        )
        return self.database.read(lambda db: list(db.exec(wanted)))

    def piece(self, case_id: str, number: int = 1) -> CasePiece:
        """One of them."""
        return self.pieces(case_id)[number - 1]

    def submit(self, seller: Actor, case_id: str, channel: Channel = Channel.MAIL_IN) -> Standing:
        """Sent in; at home by a visit that was asked for."""
        visit_id = None
        if channel is Channel.HOME_VISIT:
            visit_id = self.visit(seller) if seller.role is Role.CUSTOMER else "none"
        told = Submission(channel, RejectedChoice.RETURN, "terms-1", self.now, visit_id=visit_id)
        return self.do(transit.submit, case_id, told, actor=seller)

    def visit(self, seller: Actor, scope: Scope = Scope.MAY_OFFER) -> str:
        """A visit the customer asked for, with somebody who goes."""
        told = NewVisit(
            CustomerId(seller.id), self.key(), self.now, [ItemKind.WATCH], scope,
            Place.COUNTERPARTY_HOME, tokyo_day(self.now),
        )  # fmt: skip
        visit_id = self.do(visits.ask_visit, told, by=seller.name)
        self.database.write(
            lambda db: visits.assign(db, visit_id, "a1", "12-345", actor=STORE, now=self.now)
        )
        return visit_id

    def arrive(self, case_id: str) -> Standing:
        """The box is opened."""
        seen = [Arrival(piece.id, "asset:1", 480, True) for piece in self.pieces(case_id)]
        return self.do(transit.arrived, case_id, seen, actor=STORE)

    def here(
        self, seller: Actor, *wishes: PieceWish, channel: Channel = Channel.MAIL_IN, **more: Any
    ) -> str:
        """A case whose pieces an appraiser has on the table, graded AB; its id."""
        case_id = self.inquiry(seller, *wishes, **more)
        self.submit(seller, case_id, channel)
        self.arrive(case_id)
        for piece in self.pieces(case_id):
            self.do(appraisal.begin_appraisal, piece.id, actor=APPRAISER)
            self.grade(piece)
        return case_id

    def grade(self, piece: CasePiece, grade: Grade = Grade.AB) -> None:
        """The unit has its grade."""

        def unit(db: Session) -> None:
            found = items.locked(db, UnitId(piece.unit_id or ""))
            items.change(db, found, {"grade": grade.value}, by="t", now=self.now, verb="graded")

        self.database.write(unit)

    def offered(
        self, case_id: str, amount: int = 400_000, number: int = 1, actor: Actor = APPRAISER,
        approvers: Sequence[Actor] = (APPRAISER,),
    ) -> str:  # fmt: skip
        """A binding offer that the customer has; the quote's id."""
        piece = self.piece(case_id, number)
        quote_id = self.do(appraisal.appraise, piece.id, offer(amount), actor=actor).made
        assert quote_id is not None
        for each in approvers:
            self.do(appraisal.approve, quote_id, actor=each)
        self.do(appraisal.send_offer, quote_id, actor=actor)
        return quote_id

    def accept(
        self, seller: Actor, quote_id: str, amount: int = 400_000, *, credit: int = 0,
        offset: int = 0, key: str | None = None, **more: Any,
    ) -> Standing:  # fmt: skip
        """The customer's yes, the rest of the amount to the bank."""
        consent = self.consent(seller) if credit else None
        parts = Settlement(Yen(amount - credit - offset), Yen(credit), Yen(offset))
        told = Acceptance(
            Yen(amount), parts, self.now, credit_consent=consent,
            offset_order="O-1" if offset else None, **more,
        )  # fmt: skip
        return self.do(answers.accept, quote_id, told, actor=seller, key=key or self.key())

    def consent(self, seller: Actor) -> str:
        """The customer knows that credit is never paid out."""
        return self.database.write(
            lambda db: consents.agree(
                db, CustomerId(seller.id), consents.NEVER_PAID_OUT, text_version="1",
                source="m1", by=seller.name, now=self.now,
            )
        )  # fmt: skip

    def payouts(self, case_id: str) -> list[Payout]:
        """Its payouts, oldest first."""
        return self.database.read(lambda db: list(queries.of(db, f"case:{case_id}")))

    def made(self, **told: Any) -> Batch:
        """A list of today, made and not released."""
        told = {"on": tokyo_day(self.now), "actor": ACCOUNTING, **told}
        made = self.do(batches.prepare, **told)
        assert made is not None
        return made

    def batch(self, **more: Any) -> Batch:
        """The day's list, made by one and released by another."""
        made = self.made(**more)
        return self.do(batches.release, made.id, actor=CASHIER)

    def originator(self) -> None:
        """The terms name the dealer's own account."""
        self.database.write(lambda db: law.house(db, pay__originator=ORIGINATOR))

    def file(self, batch_id: str) -> bytes:
        """The bank's file."""
        content = self.file_or_none(batch_id)
        assert content is not None
        return content

    def file_or_none(self, batch_id: str) -> bytes | None:
        """The same, where perhaps nothing of the list can be paid any more."""
        return self.database.write(
            lambda db: batches.write_file(db, KEYS, batch_id, actor=ACCOUNTING, now=self.now)
        )

    def end_tasks(self, name: str) -> None:
        """Whoever did them says so."""
        for each in self.tasks(name):
            self.database.write(
                lambda db, one=each.id: worklist.close_task(db, one, now=self.now)  # type: ignore[misc]  # bound at once
            )

    def reply(self, batch_id: str, words: Mapping[int, Outcome], **told: Any) -> Reply:
        """The bank's answer to a list: its word on these lines, with what each was for."""
        of_batch = self.database.read(lambda db: lines.of(db, batch_id))
        number = self.database.read(lambda db: db.get_one(PayoutBatch, batch_id).number)
        answers = [
            Answer(line, outcome, of_batch[line].amount, told.get("reference"))
            for line, outcome in words.items()
        ]
        return Reply(answers, number)

    def resume(self, case_id: str) -> Standing | None:
        """What waited for an identity is settled."""
        return self.do(settling.resume, case_id, actor=STORE)

    def stage(self, case_id: str, number: int = 1) -> Stage:
        """Where a piece stands."""
        return Stage(self.piece(case_id, number).stage)

    def unit(self, case_id: str, number: int = 1) -> Unit:
        """The unit a piece became."""
        unit_id = self.piece(case_id, number).unit_id
        return self.database.read(lambda db: db.get_one(Unit, unit_id))

    def case(self, case_id: str) -> BuybackCase:
        """The case's row."""
        return self.database.read(lambda db: db.get_one(BuybackCase, case_id))

    def notices(self, about: str) -> list[str]:
        """The phases somebody is told of, in order."""
        rows = (
            select(Work).where(Work.kind == "notice", Work.subject == about).order_by(col(Work.id))
        )
        return self.database.read(lambda db: [row.facts["phase"] for row in db.exec(rows)])

    def told(self, about: str, phase: str) -> dict[str, Any]:
        """What the latest notice of a phase says."""
        rows = (
            select(Work).where(Work.kind == "notice", Work.subject == about).order_by(col(Work.id))
        )
        found = self.database.read(lambda db: list(db.exec(rows)))
        return [row.facts for row in found if row.facts["phase"] == phase][-1]

    def tasks(self, name: str) -> list[Work]:
        """Staff tasks of that name."""
        return self.database.read(lambda db: law.tasks(db, name))

    def balances(self, case_id: str) -> dict[str, int]:
        """What stands on the accounts of a case."""
        told = self.database.read(lambda db: books.balances(db, f"case:{case_id}"))
        return {account.value: amount for account, amount in told.items()}

    def adds_up(self) -> None:
        """Every case's sides sum to zero, and the journal alone rebuilds money and custody."""

        def check(db: Session) -> None:
            sums: dict[str, int] = {}
            for row in db.exec(select(Posting)):
                sums[row.about] = sums.get(row.about, 0) + row.amount
            assert not any(sums.values()), sums
            found = [each for each in journal.differences(db, TABLES) if each.table in _NAMES]
            assert found == []

        self.database.read(check)


_NAMES = {str(table.__tablename__) for table in TABLES}


def basis(grade: Grade = Grade.AB, **more: Any) -> Basis:
    """A watch of five years with every shot, its reference price set by a person."""
    told = {"age_years": 5, "shown": 14, "required": 14, "reference": Yen(1_500_000), **more}
    return Basis(grade, **told)


def offer(amount: int = 400_000, **more: Any) -> Offer:
    """A binding offer well above the margin floor."""
    return Offer(Yen(amount), more.pop("basis", basis()), **more)


__all__ = ["BOT", "Deals", "Means", "basis", "offer"]
