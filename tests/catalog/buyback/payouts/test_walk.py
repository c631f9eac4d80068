"""Whatever two people do with lists, files and answers, in whatever order, while police come and go
and the bank changes its mind: the money of each sale leaves the bank once at most, is told as paid
only when it left, and is always in one place from where somebody goes on (R-051, QUO-8, KOB-5).
"""

import contextlib
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from catalog.buyback import paying, police
from catalog.buyback.payouts import accounts, batches, lines, queries, rules
from catalog.buyback.payouts.answers import Outcome, read_answer
from catalog.buyback.payouts.rules import BatchStatus, PayoutStatus
from catalog.buyback.payouts.tables import Payout, PayoutBatch, PayoutLine
from catalog.buyback.payouts.zengin import RESULT, BankAccount
from catalog.buyback.stages import Stage
from catalog.buyback.tables import CasePiece, Quote
from catalog.duties.actors import Actor
from catalog.ground import journal, worklist
from catalog.ground.calendar import next_bank_day, tokyo_day
from catalog.ground.errors import ShopError
from catalog.ground.record import CustomerId, UnitId
from catalog.items import freezing
from tests.catalog.buyback.deals import ACCOUNT, ACCOUNTING, APPRAISER, KEYS, MANAGER, Deals
from tests.catalog.buyback.payouts.bank import (
    NAME_DIFFERS,
    OTHER,
    PAID,
    Bank,
    FileRefused,
    place_of,
)

_STRANGER = replace(ACCOUNT, holder="サトウ タロウ")
_WAY = ("prepare", "release", "release", "write", "hand_over", "answer", "try_again")
_BESIDE = (
    "sell", "prepare", "release", "cancel", "write", "hand_over", "answer_elsewhere", "answer_cut",
    "answer_again", "say_refused", "try_again", "rename", "later", "hold", "let_go", "change_mind",
    "change_mind", "ask_bank",
)  # fmt: skip
_PAID = Outcome.PAID.value


@dataclass
class Day:
    """A shop with one accountant and one manager, who appraised some pieces all alone."""

    deals: Deals
    dice: random.Random
    bank: Bank = field(default_factory=Bank)
    files: dict[int, bytes] = field(default_factory=dict)  # not given to the bank yet
    answers: dict[int, bytes] = field(default_factory=dict)  # not read yet
    read: dict[int, bytes] = field(default_factory=dict)  # the bank's last word on each list
    before: list[tuple[int, bytes]] = field(default_factory=list)  # what it said first
    refused: set[int] = field(default_factory=set)
    is_stranger: bool = False

    def __post_init__(self) -> None:
        self.word: Callable[[], bytes] = lambda: self.dice.choice((PAID, PAID, NAME_DIFFERS, OTHER))
        self.sellers = [self.deals.seller() for _ in range(3)]
        self.cases: list[str] = []
        for seller, hand in zip(self.sellers, (APPRAISER, MANAGER, APPRAISER), strict=True):
            self.owe(seller, hand)

    def owe(self, seller: Actor, hand: Actor) -> None:
        case_id = self.deals.here(seller)
        self.deals.accept(seller, self.deals.offered(case_id, actor=hand, approvers=[hand]))
        self.cases.append(case_id)

    # What may happen, in any order.

    def sell(self) -> None:
        self.owe(self.dice.choice(self.sellers), self.dice.choice((APPRAISER, MANAGER)))

    def anybody(self) -> Actor:
        return self.dice.choice((ACCOUNTING, MANAGER))

    def some_list(self, *statuses: BatchStatus) -> PayoutBatch | None:
        """Mostly one from which the step begins."""
        rows = self.deals.database.read(lambda db: list(db.exec(select(PayoutBatch))))
        fit = [each for each in rows if each.status in statuses or self.dice.random() < 0.05]
        return self.dice.choice(fit) if fit else None

    def prepare(self) -> None:
        today = tokyo_day(self.deals.now)
        on = self.dice.choice((rules.bank_day_from(today), next_bank_day(today)))
        self.deals.do(batches.prepare, on=on, actor=self.anybody())

    def release(self) -> None:
        if (row := self.some_list(BatchStatus.MADE)) is not None:
            self.deals.do(batches.release, row.id, actor=self.anybody())

    def cancel(self) -> None:
        if (row := self.some_list(*rules.BEFORE_SENT)) is not None:
            self.deals.do(batches.cancel, row.id, actor=self.anybody())

    def write(self) -> None:
        if (row := self.some_list(BatchStatus.RELEASED, BatchStatus.SENT)) is not None:
            content = self.deals.file_or_none(row.id)
            if content is None:
                return
            if row.number not in self.files:
                self.sent_once(row.number)
            assert self.files.setdefault(row.number, content) == content, "the same bytes"

    def sent_once(self, number: int) -> None:
        """Nothing leaves of which the bank said at last that it has left."""
        sales = self.sales()
        said = {sales[each] for each in sales if self.said(*each) == PAID}
        for place, sale in sales.items():
            assert place[0] != number or sale not in said, "sent twice"

    def said(self, number: int, line: int) -> bytes | None:
        """The bank's last word on a line that was read."""
        content = self.read.get(number)
        if content is None:
            return None
        at = place_of(content, line) + RESULT
        return content[at : at + 1]

    def sales(self) -> dict[tuple[int, int], str]:
        """What each line of each list pays for."""
        wanted = select(PayoutBatch.number, PayoutLine.line, Payout.document).where(
            PayoutLine.batch_id == PayoutBatch.id, PayoutLine.payout_id == Payout.id
        )
        rows = self.deals.database.read(lambda db: db.exec(wanted).all())
        return {(number, line): document for number, line, document in rows}

    def hand_over(self) -> None:
        waiting = sorted({*self.files} - self.bank.seen - self.refused)
        if waiting:
            number = self.dice.choice(waiting)
            sales = self.sales()
            left = {sales[each] for each in self.bank.moved}
            self.bank.word = lambda n: OTHER if sales[number, n] in left else self.word()
            try:
                told = self.bank.take(self.files[number], tokyo_day(self.deals.now))
                self.answers[number] = told
            except FileRefused:
                self.refused.add(number)

    def answer(self) -> None:
        if self.answers:
            number = self.dice.choice(sorted(self.answers))
            self.upload(number, self.answers[number])
            self.read[number] = self.answers.pop(number)

    def answer_again(self) -> None:
        if self.read:
            number = self.dice.choice(sorted(self.read))
            done = self.upload(number, self.read[number])
            assert (done.paid, done.failed) == (0, 0), done
        if self.before:
            done = self.upload(*self.dice.choice(self.before))
            assert (done.paid, done.failed) == (0, 0), done

    def change_mind(self) -> None:
        """What was sent back had left, as the bank finds; or what was paid came back."""
        if not self.read:
            return
        number = self.dice.choice(sorted(self.read))
        sales = self.sales()
        line = self.dice.choice([n for each, n in sales if each == number])
        is_paid = self.said(number, line) == PAID
        left = {sales[each] for each in self.bank.moved}
        if is_paid or not (sales[number, line] in left or self.came_back(number, line)):
            content = self.bank.corrected(self.read[number], line)
            self.before.append((number, self.read[number]))
            self.read[number] = content
            self.upload(number, content)

    def came_back(self, number: int, line: int) -> bool:
        of_batch = self.deals.database.read(lambda db: lines.of(db, self._id_of(db, number)))
        return of_batch[line].outcome == Outcome.CAME_BACK.value

    @staticmethod
    def _id_of(db: Session, number: int) -> str:
        batch_id = queries.batch_of(db, number)
        assert batch_id is not None
        return batch_id

    def ask_bank(self) -> None:
        """Somebody clears what differs, by what the bank knows."""
        for task in self.deals.tasks("payout_contradicted"):
            if task.state != "due":
                continue
            place = (task.facts["list"], task.facts["line"])
            is_paid, has_left = task.facts["outcome"] == _PAID, place in self.bank.moved
            if is_paid == has_left and has_left:
                continue  # sent again meanwhile: the answer to that is waited for
            if is_paid != has_left:
                self.deals.database.write(
                    lambda db, one=task.id: worklist.close_task(db, one, now=self.deals.now)  # type: ignore[misc]  # bound at once
                )
                continue
            batch_id = self.deals.database.read(lambda db, n=place[0]: self._id_of(db, n))  # type: ignore[misc]  # bound at once
            self.deals.do(paying.came_back, batch_id, place[1], actor=ACCOUNTING)

    def held(self) -> list[str]:
        return [each for each in self.cases if self.deals.stage(each) is Stage.POLICE_HOLD]

    def hold(self) -> None:
        case_id = self.dice.choice(self.cases)
        piece_id = self.deals.piece(case_id).id
        self.deals.do(police.hold, piece_id, reason="order", actor=MANAGER)

    def let_go(self) -> None:
        if held := self.held():
            case_id = self.dice.choice(held)
            unit_id = UnitId(self.deals.unit(case_id).id)
            self.deals.database.write(
                lambda db: freezing.unfreeze(db, unit_id, by="t", now=self.deals.now)
            )
            self.deals.do(police.let_go, self.deals.piece(case_id).id, actor=MANAGER)

    def answer_elsewhere(self) -> None:
        row = self.some_list(BatchStatus.SENT, BatchStatus.DONE)
        known = {**self.read, **self.answers}
        others = sorted({*known} - {row.number}) if row is not None else []
        if row is not None and others:
            with pytest.raises(ShopError):
                self.upload(row.number, known[self.dice.choice(others)])

    def answer_cut(self) -> None:
        if self.answers:
            number = self.dice.choice(sorted(self.answers))
            content = self.answers[number]
            with pytest.raises(ShopError):
                self.upload(number, content[: self.dice.randrange(len(content) - 2)])

    def upload(self, number: int, content: bytes) -> paying.Answered:
        reply = read_answer(content)

        def unit(db: Session) -> paying.Answered:
            batch_id = self._id_of(db, number)
            return paying.take_answer(db, batch_id, reply, actor=ACCOUNTING, now=self.deals.now)

        return self.deals.database.write(unit)

    def say_refused(self) -> None:
        """Once the bank refused it; its payments go on at once."""
        if self.refused:
            number = self.dice.choice(sorted(self.refused))
            batch_id = self.deals.database.read(lambda db: queries.batch_of(db, number))
            self.deals.do(paying.file_refused, batch_id, actor=self.anybody())
            self.refused.remove(number)
            self.bank.seen.add(number)

    def try_again(self) -> None:
        failed = self.deals.database.read(queries.failed)
        if failed:
            self.deals.do(paying.try_again, self.dice.choice(failed).id, actor=ACCOUNTING)

    def rename(self) -> None:
        """A seller's account gets another name, or the right one again."""
        self.is_stranger = not self.is_stranger
        self.name(_STRANGER if self.is_stranger else ACCOUNT)

    def name(self, account: BankAccount) -> None:
        who = CustomerId(self.sellers[0].id)
        self.deals.do(accounts.name_account, KEYS, who, account, by="t")

    def later(self) -> None:
        self.deals.now += timedelta(hours=self.dice.choice((1, 5, 20, 60)))

    def happened(self, payout: Payout) -> set[str]:
        """Every step of a payment."""
        rows = self.deals.database.read(lambda db: list(journal.of(db, f"payout:{payout.id}")))
        return {each.verb for each in rows}

    # What must be true.

    def check(self) -> None:
        self.deals.database.read(self._check)

    def _check(self, db: Session) -> None:
        lists = {each.id: each for each in db.exec(select(PayoutBatch))}
        rows = db.exec(select(PayoutLine)).all()
        at = {(lists[each.batch_id].number, each.line): each.payout_id for each in rows}
        all_of = {each.id: each for each in db.exec(select(Payout))}
        left = Counter(all_of[at[place]].document for place in self.bank.moved)
        waiting = {(each.payout_id, each.batch_id) for each in rows if lines.is_open(each)}
        unread = {all_of[each].document for each, _ in waiting}
        told = {
            all_of[each.subject.removeprefix("payout:")].document
            for each in worklist.open_tasks_named(db, "payout_contradicted")
        }
        held = select(CasePiece.id).where(CasePiece.stage == Stage.POLICE_HOLD.value)
        held_sales = set(db.exec(select(Quote.id).where(col(Quote.piece_id).in_(held))))
        alive = {each.document for each in all_of.values() if each.status != "cancelled"}
        assert all(each.document in alive | held_sales for each in all_of.values()), "given up"
        assert max(left.values(), default=0) <= 1, "paid twice"
        paid = {each.document for each in all_of.values() if each.status == _PAID}
        assert {*left} <= paid | unread | told, "left, and nobody knows"
        assert paid <= {*left} | told, "told untruly"
        far = tokyo_day(self.deals.now) + timedelta(days=400)
        due = {each.id for each in queries.due(db, far)}
        failed = {each.id for each in queries.failed(db)}
        for payout in all_of.values():
            if payout.status == PayoutStatus.CANCELLED.value:
                continue
            status, batch = PayoutStatus(payout.status), lists.get(payout.batch_id or "")
            is_waiting = (payout.id, payout.batch_id) in waiting
            place = (status, batch.status if batch is not None else None)
            assert [
                payout.id in due,
                place == (PayoutStatus.PLANNED, "made"),
                place == (PayoutStatus.RELEASED, "released"),
                place == (PayoutStatus.SENT, "sent") and is_waiting,
                payout.id in failed,
                status is PayoutStatus.PAID,
            ].count(True) == 1, (payout, place)
        for each in lists.values():
            if each.status == BatchStatus.SENT.value:  # from others police may take everything
                inside = queries.of_batch(db, each.id)
                assert any(line.status == each.status for line in inside), "a list of nothing"

    # How it ends, when everybody does what the pages tell them.

    def finish(self) -> None:
        self.word = lambda: PAID
        self.name(ACCOUNT)
        for _ in range(2):
            self.deals.now += timedelta(days=4)
            self._at_the_bank()
            self.ask_bank()
            while self.held():
                self.let_go()
            for row in self.deals.database.read(queries.under_way):
                if row.status != BatchStatus.SENT.value:
                    self.deals.do(batches.cancel, row.id, actor=ACCOUNTING)
            for payout in self.deals.database.read(queries.failed):
                self.deals.do(paying.try_again, payout.id, actor=ACCOUNTING)
            self.deals.now += timedelta(days=4)
            with contextlib.suppress(batches.NothingDue):
                on = rules.bank_day_from(tokyo_day(self.deals.now))
                made = self.deals.do(batches.prepare, on=on, actor=MANAGER)
                if made is not None:
                    self.deals.do(batches.release, made.id, actor=ACCOUNTING)
                    self.files[made.number] = self.deals.file(made.id)
            self._at_the_bank()
            self.check()

    def _at_the_bank(self) -> None:
        while {*self.files} - self.bank.seen - self.refused:
            self.hand_over()
        while self.refused:
            self.say_refused()
        while self.answers:
            self.answer()


def _walk(deals: Deals, seed: int, rounds: int) -> None:
    day = Day(deals, random.Random(seed))
    for step in _WAY * rounds:
        beside = [day.dice.choice(_BESIDE)] if day.dice.random() < 0.6 else []
        for each in (step, *beside):
            with contextlib.suppress(ShopError):
                getattr(day, each)()
            day.check()
    day.finish()
    payouts = [each for case_id in day.cases for each in deals.payouts(case_id)]
    alive = [each.status for each in payouts if each.status != "cancelled"]
    assert alive == [_PAID] * len(day.cases)
    assert len(day.bank.moved) == len(day.cases)
    back = {each.document for each in payouts if "came_back" in day.happened(each)}
    for payout in payouts:
        if payout.status == _PAID:
            times = deals.notices(payout.about).count("paid")
            assert times > 1 if payout.document in back else times == 1, payout
    deals.adds_up()


def test_each_payment_leaves_once_and_is_always_somewhere(deals: Deals) -> None:
    _walk(deals, seed=7, rounds=8)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(40))
def test_each_payment_leaves_once_over_many_days(deals: Deals, seed: int) -> None:
    _walk(deals, seed, rounds=25)
