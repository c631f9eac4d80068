"""A house that is walked through at random: one database, one clock, people who may be sellers,
consignors and buyers at once, and everything that was ever said to it, to be said again.

What can be said is made in `commands`, what must be true in `invariants`.
"""

import contextlib
import random
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, col, select

from catalog.buyback import answers, settling, timers
from catalog.buyback.answers import After
from catalog.buyback.payouts import actions as payouts
from catalog.consignment import actions as consigning
from catalog.consignment import ending, guarantee, prices, reminders
from catalog.consignment import settling as consignors
from catalog.consignment.actions import Proposal
from catalog.consignment.states import Settlement
from catalog.credit import consents, expiry, redemption, reports
from catalog.credit import reminders as credit_reminders
from catalog.duties.actors import Actor
from catalog.duties.identity.methods import Method
from catalog.duties.rules import Channel
from catalog.duties.visits import cooling_off
from catalog.ground.errors import ShopError, Stale, Unavailable
from catalog.ground.journal import KeyUsedOtherwise
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId, Row, UnitId
from catalog.ground.session.database import Database
from catalog.items.kinds import UnitState
from catalog.orders import dispatch, lapsing
from tests.catalog.buyback.deals import (
    ACCOUNTING,
    APPRAISER,
    BOT,
    CASHIER,
    MANAGER,
    OWNER,
    SENIOR,
    STORE,
    Deals,
)
from tests.catalog.consignment.shelf import STAFF, TEXT
from tests.catalog.house import invariants
from tests.catalog.orders.counter import Counter

Slot = Callable[[Session, datetime], Any]
SLOTS: tuple[Slot, ...] = (
    settling.settle_waiting, timers.remind, timers.expire, timers.raise_alarms, timers.close_done,
    payouts.tell_late, guarantee.honour_waiting, prices.run_drops,
    reminders.run_reminders, ending.run_terms, consignors.note_paid, consignors.close_paid,
    expiry.expire, redemption.lapse_holds, reports.watch, credit_reminders.remind,
    cooling_off.run, dispatch.run_windows, lapsing.run_lapses,
)  # fmt: skip
EVERYBODY = (BOT, APPRAISER, SENIOR, MANAGER, OWNER, STORE, ACCOUNTING, CASHIER)
WAYS: tuple[tuple[str, ...], ...] = (
    ("inquire", "quote", "submit", "arrive", "begin", "begin", "appraise", "approve", "send_offer",
     "accept", "on_sale", "price", "on_sale"),
    ("appraise", "approve", "send_offer", "decline", "propose", "agree", "on_sale",
     "ask_guarantee"),
    ("propose", "agree", "on_sale", "check_out", "ask_guarantee", "pay"),
    ("check_out", "pay", "pack", "ship", "delivered", "ask_return", "receive", "compare",
     "give_back"),
    ("prepare", "release", "write_file", "bank_answers", "try_again"),
    ("issue", "hold", "capture", "refund_credit", "spend"),
    ("withdraw_contract", "returned_to_consignor"),
    ("send_back", "are_back"),
    ("hand_document", "document_received", "rescind"),
    ("police_hold", "police_order", "police_order_over", "unfreeze", "police_let_go"),
    ("damage", "compensate"),
)  # fmt: skip
_TRIES = 12
_SUMS = """
SELECT (SELECT count(*) FROM journal), (SELECT count(*) FROM worklist),
       (SELECT count(*) FROM credit_entry), (SELECT coalesce(sum(amount), 0) FROM credit_entry),
       (SELECT coalesce(sum(remaining + 3 * held + 7 * captured + 11 * refunded), 0)
          FROM credit_lot),
       (SELECT count(*) FROM posting), (SELECT coalesce(sum(version), 0) FROM unit),
       (SELECT coalesce(sum(version), 0) FROM contract),
       (SELECT coalesce(sum(version), 0) FROM sale_order),
       (SELECT coalesce(sum(version), 0) FROM buyback_case),
       (SELECT count(*) FROM payout), (SELECT count(*) FROM payout_batch),
       (SELECT coalesce(sum(refunded), 0) FROM tender), (SELECT count(*) FROM ledger_row)
"""


@dataclass(frozen=True, slots=True)
class Command:
    """A verb with all it is told but the time. `is_keyed`: it finds its first answer again."""

    verb: Callable[..., Any]
    args: tuple[Any, ...]
    told: Mapping[str, Any]
    is_keyed: bool = True

    @property
    def key(self) -> str:
        return str(self.told.get("key", ""))

    @property
    def name(self) -> str:
        return f"{self.verb.__module__}.{self.verb.__name__}"

    def under(self, key: str) -> "Command":
        """The same request under another command's key."""
        return Command(self.verb, self.args, {**self.told, "key": key})


@dataclass(frozen=True, slots=True)
class Answer:
    """What the house said: a result, or a kind of refusal."""

    result: Any = None
    error: ShopError | None = None


Maker = Callable[["House"], Command | None]


@dataclass
class House:
    """One database with its people and pieces; `dice` choose what is said next."""

    database: Database
    makers: tuple[tuple[str, Maker], ...]
    dice: random.Random = field(default_factory=lambda: random.Random(0))
    done: list[tuple[Command, Any]] = field(default_factory=list)
    counted: dict[str, int] = field(default_factory=dict)
    taken: dict[str, int] = field(default_factory=dict)
    operations: int = 0

    def __post_init__(self) -> None:
        self.deals = Deals(self.database)
        self.counter = Counter(self.database, self.deals.now, self.deals.numbers)
        self.deals.originator()
        face = Method.FACE_TO_FACE
        self.people = [
            self.deals.seller(), self.deals.seller(), self.deals.seller(method=face),
            self.deals.seller(checked=False), self.deals.seller(checked=False, account=False),
        ]  # fmt: skip
        self.consents = {who.id: self._consent(who) for who in self.people}
        for number, price in enumerate((30_000, 12_000, 90_000, 41_000, 210_000)):
            self.counter.owned(f"W-{9001 + number}", price)
        for who in self.people[:3]:
            self.counter.credit(CustomerId(who.id), 60_000)
        self._consigned(self.people[0], Settlement.BANK)
        self._consigned(self.people[1], Settlement.CREDIT)
        self.deals.here(self.people[2], channel=Channel.STORE_DROP)
        self.deals.offered(self.deals.here(self.people[0]))

    def _consigned(self, who: Actor, settles_in: Settlement, amount: int = 90_000) -> None:
        """A piece whose owner did not sell it to the shop: on sale, guaranteed at the offer."""
        case_id = self.deals.here(who)
        quote_id = self.deals.offered(case_id, amount)
        self.deals.do(answers.decline, quote_id, after=After.CONSIGN, actor=who)
        unit_id = UnitId(self.deals.unit(case_id).id)
        wanted = Proposal(
            unit_id, CustomerId(who.id), Yen(150_001), Yen(60_000), Yen(amount), settles_in,
            case_id=case_id, quote_id=quote_id,
        )  # fmt: skip
        made = self.deals.do(consigning.propose, wanted, actor=STAFF)
        self.deals.do(
            consigning.agree, made.contract_id, TEXT, accepted_at=self.now,
            consent_id=self.consents[who.id], actor=who,
        )  # fmt: skip
        self.counter.move(unit_id, UnitState.LISTED)

    def _consent(self, who: Actor) -> str:
        return self.database.write(
            lambda db: consents.agree(
                db, CustomerId(who.id), consents.NEVER_PAID_OUT, text_version="1", source="m",
                by="bot", now=self.now,
            ),
            durable=False,
        )  # fmt: skip

    @property
    def now(self) -> datetime:
        return self.deals.now

    def later(self, **delta: float) -> None:
        """Turn the one clock on."""
        self.deals.later(**delta)
        self.counter.now = self.deals.now

    # Looking about.

    def some(self, table: type[Any], *states: str, column: str = "state") -> Any:
        """A row, mostly one in a state that lets the step begin."""
        wanted = select(table).order_by(table.id)
        if states and self.dice.random() < 0.95:
            wanted = wanted.where(col(getattr(table, column)).in_(states))
        rows = self.database.read(lambda db: list(db.exec(wanted)))
        return self.dice.choice(rows) if rows else None

    def rows(self, table: type[Row], *where: Any) -> list[Any]:
        """The rows of which that is true."""
        wanted = select(table).where(*where).order_by(table.id)  # type: ignore[attr-defined]  # each has one
        return self.database.read(lambda db: list(db.exec(wanted)))

    def person(self) -> Actor:
        return self.dice.choice(self.people)

    def customer(self, customer_id: str) -> Actor:
        """That customer; now and then a stranger."""
        if self.dice.random() < 0.03:
            return self.person()
        return next(who for who in self.people if who.id == customer_id)

    def by(self, *usual: Actor) -> Actor:
        """Who usually does it; now and then somebody else."""
        if self.dice.random() < 0.03:
            return self.dice.choice([*EVERYBODY, self.person()])
        return self.dice.choice(usual)

    # Saying something.

    def make(self, name: str | None = None) -> Command | None:
        """A command that fits what there is; None where there is nothing of its kind."""
        wanted = [maker for known, maker in self.makers if name in {None, known}]
        for _ in range(1 if name else 4):
            with contextlib.suppress(ShopError):  # what had to be there first was refused
                made = self.dice.choice(wanted)(self)
                if made is not None:
                    return made
        return None

    def go_on(self, *names: str) -> None:
        """These one after the other, whatever becomes of each."""
        for name in names:
            command = self.make(name)
            if command is not None:
                self.send(command)

    def send(self, command: Command) -> Answer:
        """Say it; a refusal leaves nothing behind."""
        before = self.sums()
        answer = self.answered(command)
        if answer.error is not None:
            assert self.sums() == before, (command, answer.error)
        self._remember(command, answer)
        return answer

    def answered(self, command: Command) -> Answer:
        """Say it once; when somebody else was first or the database busy, again with its key."""
        told = dict(command.told)
        if not command.is_keyed:
            told.setdefault("now", self.now)
        for left in reversed(range(_TRIES)):
            try:
                if command.is_keyed:
                    return Answer(self.deals.do(command.verb, *command.args, **told))
                return Answer(
                    self.database.write(
                        lambda db: command.verb(db, *command.args, **told), durable=False
                    )
                )
            except (Stale, Unavailable) as busy:
                if not left or self._is_final(busy):
                    return Answer(error=busy)
            except ShopError as refused:
                return Answer(error=refused)
        raise AssertionError("unreachable")

    @staticmethod
    def _is_final(error: ShopError) -> bool:
        return type(error).__name__ in {"UnitTaken", "ReservationOver", "OfferChanged"}

    def _remember(self, command: Command, answer: Answer) -> None:
        self.operations += 1
        self.counted[command.name] = self.counted.get(command.name, 0) + 1
        if answer.error is None:
            self.taken[command.name] = self.taken.get(command.name, 0) + 1
            if command.is_keyed and not any(each.key == command.key for each, _ in self.done[-4:]):
                self.done.append((command, answer.result))

    def again(self, command: Command, first: Any) -> None:
        """A command that was taken comes again: the same answer, and nothing more."""
        before = self.sums()
        answer = self.answered(command)
        assert answer == Answer(first), (command, first, answer)
        assert self.sums() == before, command
        self.operations += 1

    def otherwise(self, command: Command, key: str) -> None:
        """Another request under a key that was used."""
        before = self.sums()
        answer = self.answered(command.under(key))
        assert isinstance(answer.error, KeyUsedOtherwise), (command, key, answer)
        assert self.sums() == before, command
        self.operations += 1

    def at_once(self, *commands: Command) -> list[Answer]:
        """Several workers at the same time."""
        with ThreadPoolExecutor(len(commands)) as pool:
            answers = list(pool.map(self.answered, commands))
        for command, answer in zip(commands, answers, strict=True):
            self._remember(command, answer)
        if len({command.key for command in commands}) == 1 and commands[0].is_keyed:
            taken = [answer for answer in answers if answer.error is None]
            assert not taken or all(answer == taken[0] for answer in answers), (commands, answers)
        return answers

    def run(self, slot: Slot, *, times: int = 2) -> None:
        """A slot of the clock: the second time it finds nothing to do."""
        self.database.write(lambda db: slot(db, self.now), durable=False)
        after = self.sums()
        for _ in range(times - 1):
            self.database.write(lambda db: slot(db, self.now), durable=False)
            assert self.sums() == after, slot
        self.operations += 1

    def sums(self) -> tuple[int, ...]:
        """Enough figures to see whether anything changed."""
        return self.database.read(
            lambda db: tuple(int(each) for each in db.connection().execute(text(_SUMS)).one())
        )

    def check(self) -> None:
        """The twelve."""
        keys = [command.key for command, _ in self.done]
        self.database.read(lambda db: invariants.check(db, self.now, keys))


def slot_command(slot: Slot) -> Command:
    """A slot as something two workers may do at once."""

    def run(db: Session, *, now: datetime) -> None:
        slot(db, now)

    run.__name__ = slot.__name__
    return Command(run, (), {}, is_keyed=False)
