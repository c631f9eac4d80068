"""Random commands by anybody in any order, repeated as they please: only the table's moves, every
yen accounted for, and what is refused changes nothing.
"""

import contextlib
import random
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from catalog.buyback import (
    answers,
    appraisal,
    inquiry,
    paying,
    police,
    rescinding,
    returns,
    timers,
    transit,
)
from catalog.buyback.payouts import batches, lines
from catalog.buyback.payouts.answers import Answer, Outcome, Reply
from catalog.buyback.payouts.rules import OPEN
from catalog.buyback.stages import Stage
from catalog.duties.actors import BOT, Actor
from catalog.duties.identity.methods import Method
from catalog.duties.rules import Channel, Means
from catalog.ground.errors import ShopError
from catalog.ground.money import Yen
from catalog.items.kinds import UnitState
from tests.catalog.buyback.deals import (
    ACCOUNTING,
    APPRAISER,
    CASHIER,
    DAYTONA,
    MANAGER,
    STORE,
    Deals,
    basis,
    offer,
)
from tests.databases import fresh

_BOUGHT = {Stage.PAY_SCHEDULED, Stage.PAID, Stage.CREDITED}
_DEALERS = {"stock", "cooling_off_hold", "preparing", "police_hold"}


def _said(db: Session, batch_id: str, outcome: Outcome) -> Reply:
    """The bank's word on the first line of a list, whether it was sent or not."""
    first = lines.of(db, batch_id).get(1)
    return Reply([Answer(1, outcome, first.amount if first is not None else 1)])


class World:
    """One case of two pieces, and everything that may be tried with it."""

    def __init__(self, deals: Deals, channel: Channel) -> None:
        self.deals = deals
        self.channel = channel
        deals.originator()
        method = (
            Method.ID_COPY_MAIL_AND_ACCOUNT if channel is Channel.MAIL_IN else Method.FACE_TO_FACE
        )
        self.seller = deals.seller(method=method)
        self.case_id = deals.inquiry(self.seller, DAYTONA, DAYTONA)
        self.quotes: list[str] = []
        self.batches: list[str] = []
        self.actors = [self.seller, APPRAISER, MANAGER, STORE, ACCOUNTING, CASHIER, BOT]

    def commands(self) -> list[Callable[[Actor, int, str], Any]]:
        return [
            self.quote, self.submit, self.kit, self.sent, self.arrive, self.begin, self.appraise,
            self.approve, self.send, self.accept, self.accept, self.decline, self.counter,
            self.withdraw, self.reject, self.send_back, self.returned, self.take_back, self.hold,
            self.prepare, self.release, self.file, self.answer, self.cash, self.clock,
        ]  # fmt: skip

    def piece(self, n: int) -> str:
        return self.deals.piece(self.case_id, n % 2 + 1).id

    def last(self, n: int) -> str:
        return self.quotes[-1 - n % 2] if len(self.quotes) > 1 else (self.quotes or ["none"])[-1]

    def quote(self, actor: Actor, n: int, key: str) -> None:
        self.deals.do(inquiry.quote, self.piece(n), basis(), actor=actor, key=key)

    def submit(self, actor: Actor, n: int, key: str) -> None:
        del n, key
        self.deals.submit(actor, self.case_id, self.channel)

    def kit(self, actor: Actor, n: int, key: str) -> None:
        self.deals.do(transit.kit_sent, self.case_id, tracking_no=str(n), actor=actor, key=key)

    def sent(self, actor: Actor, n: int, key: str) -> None:
        self.deals.do(transit.in_transit, self.case_id, tracking_no=str(n), actor=actor, key=key)

    def arrive(self, actor: Actor, n: int, key: str) -> None:
        del n
        seen = [transit.Arrival(each.id, "a", 1, True) for each in self.deals.pieces(self.case_id)]
        self.deals.do(transit.arrived, self.case_id, seen, actor=actor, key=key)

    def begin(self, actor: Actor, n: int, key: str) -> None:
        self.deals.do(appraisal.begin_appraisal, self.piece(n), actor=actor, key=key)
        self.deals.grade(self.deals.piece(self.case_id, n % 2 + 1))

    def appraise(self, actor: Actor, n: int, key: str) -> None:
        told = offer(300_000 + n, reasons=["r"], evidence=["e"])
        made = self.deals.do(appraisal.appraise, self.piece(n), told, actor=actor, key=key).made
        if made is not None and made not in self.quotes:
            self.quotes.append(made)

    def approve(self, actor: Actor, n: int, key: str) -> None:
        self.deals.do(appraisal.approve, self.last(n), actor=actor, key=key)

    def send(self, actor: Actor, n: int, key: str) -> None:
        self.deals.do(appraisal.send_offer, self.last(n), actor=actor, key=key)

    def accept(self, actor: Actor, n: int, key: str) -> None:
        quote_id = self.last(n)
        amount = self.amount(quote_id)
        credit = amount if n % 5 == 0 else 12_345 if n % 3 == 0 else 0
        means = Means.CASH if n % 4 == 1 else Means.BANK
        self.deals.accept(actor, quote_id, amount, credit=credit, key=key, means=means)

    def amount(self, quote_id: str) -> int:
        from catalog.buyback.tables import Quote

        found = self.deals.database.read(lambda db: db.get(Quote, quote_id))
        return found.amount or 1 if found is not None else 1

    def decline(self, actor: Actor, n: int, key: str) -> None:
        after = answers.After.CONSIGN if n % 3 == 0 else answers.After.RETURN
        self.deals.do(answers.decline, self.last(n), after=after, actor=actor, key=key)

    def counter(self, actor: Actor, n: int, key: str) -> None:
        self.deals.do(answers.counter, self.last(n), Yen(350_000 + n), actor=actor, key=key)

    def withdraw(self, actor: Actor, n: int, key: str) -> None:
        pieces = [self.piece(n)] if n % 2 else None
        self.deals.do(transit.withdraw, self.case_id, piece_ids=pieces, actor=actor, key=key)

    def reject(self, actor: Actor, n: int, key: str) -> None:
        self.deals.do(appraisal.reject, self.piece(n), reasons=["fake"], actor=actor, key=key)

    def send_back(self, actor: Actor, n: int, key: str) -> None:
        self.deals.do(returns.send_back, self.case_id, tracking_no=str(n), actor=actor, key=key)

    def returned(self, actor: Actor, n: int, key: str) -> None:
        del n
        self.deals.do(returns.returned, self.case_id, actor=actor, key=key)

    def take_back(self, actor: Actor, n: int, key: str) -> None:
        del n
        self.deals.do(
            rescinding.take_back, self.case_id, dispatched_at=self.deals.now, message_id=None,
            actor=actor, key=key,
        )  # fmt: skip

    def hold(self, actor: Actor, n: int, key: str) -> None:
        self.deals.do(police.hold, self.piece(n), reason="order", actor=actor, key=key)

    def prepare(self, actor: Actor, n: int, key: str) -> None:
        del n
        made = self.deals.made(actor=actor, key=key)
        self.batches.append(made.id)

    def release(self, actor: Actor, n: int, key: str) -> None:
        del n
        self.deals.do(batches.release, (self.batches or ["none"])[-1], actor=actor, key=key)

    def file(self, actor: Actor, n: int, key: str) -> None:
        del actor, n, key
        self.deals.file((self.batches or ["none"])[-1])

    def answer(self, actor: Actor, n: int, key: str) -> None:
        del key
        outcome = Outcome.NAME_DIFFERS if n % 4 == 0 else Outcome.PAID
        batch_id = (self.batches or ["none"])[-1]
        self.deals.database.write(
            lambda db: paying.take_answer(
                db, batch_id, _said(db, batch_id, outcome), actor=actor, now=self.deals.now
            )
        )

    def cash(self, actor: Actor, n: int, key: str) -> None:
        del n
        for payout in self.deals.payouts(self.case_id):
            self.deals.do(paying.pay_cash, payout.id, actor=actor, key=key)

    def clock(self, actor: Actor, n: int, key: str) -> None:
        del actor, key
        self.deals.later(hours=n * 3)
        for slot in (timers.remind, timers.expire, timers.raise_alarms, timers.close_done):
            self.deals.at(slot)

    def holds(self) -> None:
        """What must be true whatever happened."""
        self.deals.adds_up()
        told = self.deals.balances(self.case_id)
        waiting = sum(
            each.amount for each in self.deals.payouts(self.case_id) if each.status in OPEN
        )
        assert -told.get("payout", 0) == waiting
        for number in (1, 2):
            piece = self.deals.piece(self.case_id, number)
            if piece.unit_id is None:
                continue
            unit = self.deals.unit(self.case_id, number)
            assert UnitState(unit.state)
            if Stage(piece.stage) in _BOUGHT:
                assert unit.owner_kind == "dealer"
                assert unit.state in _DEALERS
                assert unit.cost == piece.price
            elif Stage(piece.stage) in {Stage.RETURN_SHIPPING, Stage.RETURNED, Stage.OFFERED}:
                assert unit.owner_kind == "customer"


# The straight way first, so that the random part begins anywhere along it.
STRAIGHT = [
    ("submit", 0), ("arrive", 3), ("begin", 1), ("appraise", 1), ("approve", 1), ("send", 1),
    ("accept", 0), ("prepare", 4), ("release", 5), ("file", 4), ("answer", 4),
]  # fmt: skip

# Who usually does it, so that two of three tries are sensible ones.
NATURAL = {
    "quote": 1, "submit": 0, "kit": 3, "sent": 6, "arrive": 3, "begin": 1, "appraise": 1,
    "approve": 2, "send": 1, "accept": 0, "decline": 0, "counter": 0, "withdraw": 0, "reject": 1,
    "send_back": 3, "returned": 3, "take_back": 0, "hold": 2, "prepare": 4, "release": 5,
    "answer": 4, "cash": 3,
}  # fmt: skip


def walk(folder: Path, engine: str, channel: Channel, start: int, steps: Any) -> None:
    with fresh(engine, folder) as database:
        world = World(Deals(database), channel)
        for name, who in STRAIGHT[:start]:
            getattr(world, name)(world.actors[who], 2, world.deals.key())
        used: list[str] = []
        for which, who, n, again in steps:
            commands = world.commands()
            key = used[-1] if again and used else world.deals.key()
            used.append(key)
            command = commands[which % len(commands)]
            actor = world.actors[NATURAL.get(command.__name__, who) if n % 3 else who]
            with contextlib.suppress(ShopError):
                command(actor, n, key)
        world.holds()


CHANNELS = st.sampled_from(list(Channel))
STARTS = st.integers(0, len(STRAIGHT))
SEEDS = st.integers(0, 2**32)


def some_steps(seed: int, count: int) -> list[tuple[int, int, int, bool]]:
    """Which command, by whom, with what, and whether under a key used before."""
    dice = random.Random(seed)
    return [
        (dice.randrange(25), dice.randrange(7), dice.randrange(1, 31), dice.random() < 0.2)
        for _ in range(count)
    ]


@settings(
    max_examples=12, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(CHANNELS, STARTS, SEEDS)
def test_random_commands_keep_to_the_table_and_the_books(
    channel: Channel, start: int, seed: int
) -> None:
    """Invariants 5, 10, 11, 12; R-080."""
    with tempfile.TemporaryDirectory() as folder:
        walk(Path(folder), "sqlite", channel, start, some_steps(seed, 30))


@pytest.mark.soak
@settings(max_examples=2_000, deadline=None)
@given(CHANNELS, STARTS, SEEDS)
def test_random_commands_for_long(channel: Channel, start: int, seed: int) -> None:
    """The same, whole."""
    with tempfile.TemporaryDirectory() as folder:
        walk(Path(folder), "sqlite", channel, start, some_steps(seed, 60))


@pytest.mark.parametrize("start", [7, 9, 11])
def test_the_straight_way_is_whole_on_each_engine(deals: Deals, start: int) -> None:
    world = World(deals, Channel.MAIL_IN)
    for name, who in STRAIGHT[:start]:
        getattr(world, name)(world.actors[who], 2, deals.key())
    world.holds()
