"""The worklist against a model of it, on both databases, in any order of verbs and moments."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text
from sqlmodel import Session, select

from catalog.ground import worklist
from catalog.ground.errors import Refused
from catalog.ground.session.database import Database
from catalog.ground.worklist import MAX_ATTEMPTS, DueWork, Work, WorkState, pause
from tests.databases import ENGINES, fresh

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
LEASE_SECONDS = 8
KINDS = ("film", "notice")


@dataclass
class Fact:
    """What the model knows of one row."""

    due_at: datetime
    state: WorkState = WorkState.DUE
    attempts: int = 0
    holder: str | None = None
    lease_until: datetime | None = None

    def is_free(self, now: datetime) -> bool:
        """Whether a claim may take it."""
        is_unheld = self.lease_until is None or self.lease_until <= now
        return self.state is WorkState.DUE and self.due_at <= now and is_unheld

    def let_go(self) -> None:
        """Nobody holds it."""
        self.holder = self.lease_until = None


@dataclass(frozen=True)
class Held:
    """A claim as its worker remembers it, perhaps long after it was lost."""

    work: DueWork
    worker: str


class WorklistMachine(RuleBasedStateMachine):
    """Verbs in any order by workers that may be slow, dead or twice there."""

    database: Database
    held = Bundle("held")

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.facts: dict[tuple[str, str], Fact] = {}
        self.claims = 0
        self.database.write(lambda db: db.connection().execute(text("DELETE FROM worklist")))

    @rule(kind=st.sampled_from(KINDS), key=st.sampled_from("abcd"), delay=st.integers(-60, 60))
    def add(self, kind: str, key: str, delay: int) -> None:
        due_at = self.now + timedelta(seconds=delay)
        is_new = self.database.write(
            lambda db: worklist.add(db, kind, "subject", key, due_at=due_at, now=self.now)
        )
        assert is_new == ((kind, key) not in self.facts)
        if is_new:
            self.facts[kind, key] = Fact(due_at)

    @rule(target=held, kind=st.sampled_from(KINDS))
    def claim_first(self, kind: str) -> Held | None:
        self.claims += 1
        worker = f"worker:{self.claims}"
        claimed = self.database.write(
            lambda db: worklist.claim(
                db, [kind], worker=worker, now=self.now, lease_seconds=LEASE_SECONDS, limit=1
            )
        )
        free = {key: fact for key, fact in self.facts.items() if fact.is_free(self.now)}
        free = {key: fact for key, fact in free.items() if key[0] == kind}
        assert bool(claimed) == bool(free)
        if not claimed:
            return None
        work = claimed[0]
        fact = free[work.kind, work.key]
        assert fact.due_at == min(each.due_at for each in free.values()), "the earliest goes first"
        self._hold(fact, worker)
        assert work.attempts == fact.attempts
        return Held(work, worker)

    def _hold(self, fact: Fact, worker: str) -> None:
        fact.holder = worker
        fact.lease_until = self.now + timedelta(seconds=LEASE_SECONDS)
        fact.attempts += 1

    @rule(target=held, kind=st.sampled_from(KINDS), key=st.sampled_from("abcd"))
    def claim_one(self, kind: str, key: str) -> Held | None:
        self.claims += 1
        worker = f"worker:{self.claims}"
        work = self.database.write(
            lambda db: worklist.claim_one(
                db, kind, key, worker=worker, now=self.now, lease_seconds=LEASE_SECONDS
            )
        )
        fact = self.facts.get((kind, key))
        is_held = fact is not None and fact.lease_until is not None and fact.lease_until > self.now
        assert (work is not None) == (
            fact is not None and fact.state is WorkState.DUE and not is_held
        )
        if work is None or fact is None:
            return None
        self._hold(fact, worker)
        return Held(work, worker)

    def _fact(self, each: Held) -> Fact:
        return self.facts[each.work.kind, each.work.key]

    def _is_this_try(self, each: Held) -> bool:
        fact = self._fact(each)
        return fact.state is WorkState.DUE and fact.attempts == each.work.attempts

    @rule(each=held)
    def done(self, each: Held | None) -> None:
        if each is None:
            return
        fact = self._fact(each)
        is_ours = fact.holder == each.worker and fact.state is WorkState.DUE
        ended = self.database.write(
            lambda db: worklist.done(db, each.work, worker=each.worker, now=self.now)
        )
        assert ended == is_ours, "only who holds it may end it"
        if ended:
            fact.state = WorkState.DONE
            fact.let_go()

    @rule(each=consumes(held), is_hopeless=st.booleans())
    def failed(self, each: Held | None, is_hopeless: bool) -> None:
        if each is None:
            return
        is_ours = self._is_this_try(each)
        self.database.write(
            lambda db: worklist.failed(
                db, each.work, error="diced", now=self.now, is_hopeless=is_hopeless
            )
        )
        if not is_ours:
            return
        fact = self._fact(each)
        if is_hopeless or fact.attempts >= MAX_ATTEMPTS:
            fact.state = WorkState.DEAD
        else:
            fact.due_at = self.now + pause(fact.attempts)
        fact.let_go()

    @rule(each=consumes(held), seconds=st.integers(1, 30))
    def postpone(self, each: Held | None, seconds: int) -> None:
        if each is None:
            return
        is_ours = self._is_this_try(each)
        until = self.now + timedelta(seconds=seconds)
        self.database.write(lambda db: worklist.postpone(db, each.work, until=until))
        if is_ours:
            fact = self._fact(each)
            fact.due_at, fact.attempts = until, fact.attempts - 1
            fact.let_go()

    @rule(each=held)
    def renew(self, each: Held | None) -> None:
        if each is None:
            return
        self.database.write(
            lambda db: worklist.renew(
                db, {each.work.id: each.worker}, now=self.now, lease_seconds=LEASE_SECONDS
            )
        )
        fact = self._fact(each)
        if fact.holder == each.worker:
            fact.lease_until = self.now + timedelta(seconds=LEASE_SECONDS)

    @rule(each=held)
    def retry(self, each: Held | None) -> None:
        if each is None:
            return
        fact = self._fact(each)
        revived = self.database.write(lambda db: worklist.retry(db, each.work.id, now=self.now))
        assert revived == (fact.state is WorkState.DEAD)
        if revived:
            fact.state, fact.due_at, fact.attempts = WorkState.DUE, self.now, 0

    @rule(seconds=st.sampled_from([0.5, 3.0, 9.0, 700.0]))
    def time_passes(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    @invariant()
    def rows_are_as_the_model_says(self) -> None:
        rows = self.database.read(
            lambda db: {
                (row.kind, row.work_key): Fact(
                    row.due_at, WorkState(row.state), row.attempts, row.leased_by, row.lease_until
                )
                for row in db.exec(select(Work))
            }
        )
        assert rows == self.facts


@pytest.fixture(params=ENGINES)
def machine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[type[WorklistMachine]]:
    """The machine, working on that engine."""
    with fresh(request.param, tmp_path) as opened:
        yield type("Machine", (WorklistMachine,), {"database": opened})


def walk(machine: type[WorklistMachine], *, examples: int, steps: int) -> None:
    """So many walks of so many steps."""
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_any_order_of_verbs_leaves_what_the_model_says(machine: type[WorklistMachine]) -> None:
    walk(machine, examples=20, steps=30)


@pytest.mark.soak
def test_long_walks_leave_what_the_model_says(machine: type[WorklistMachine]) -> None:
    walk(machine, examples=100, steps=100)


def test_one_leads_until_it_stops_renewing(database: Database) -> None:
    def lead(holder: str, at: datetime) -> bool:
        return database.write(
            lambda db: worklist.lead(db, "clock", holder=holder, now=at, seconds=15)
        )

    assert lead("one", NOW)
    assert not lead("two", NOW + timedelta(seconds=14))
    assert lead("one", NOW + timedelta(seconds=14))
    assert not lead("two", NOW + timedelta(seconds=20))
    assert lead("two", NOW + timedelta(seconds=29))
    assert not lead("one", NOW + timedelta(seconds=30))


def test_a_step_is_told_once_per_version_and_a_task_is_given_once(database: Database) -> None:
    """NTF-3: one row per case, phase and version, whatever is repeated."""

    def tell(db: Session) -> list[bool]:
        return [
            worklist.notice(db, "case:1", phase, to="customer:1", version=version, now=NOW)
            for phase, version in [("paid", 1), ("paid", 1), ("paid", 2), ("returned", 1)]
        ] + [
            worklist.task(db, "pay", "case:1", due_at=NOW, now=NOW, once=once)
            for once in ("a", "a", "b")
        ]

    assert database.write(tell) == [True, False, True, True, True, False, True]
    assert database.write(tell) == [False] * 7


def test_a_row_that_is_refused_stops_no_other(database: Database) -> None:
    """What was begun for it is undone, the staff hear of it once a day, the others are done."""

    class Held(Refused):
        pass

    names = [f"row {number:04}" for number in range(1_001)]

    def run(db: Session, now: datetime) -> None:
        def act(key: str) -> None:
            worklist.add(db, "done", key, f"{key} {now}", due_at=now, now=now)
            if key.endswith("0500"):
                raise Held("the police hold it")

        rows = select(Work.subject).where(Work.kind == "film")
        worklist.sweep(db, "price-drops", rows, act, now=now)

    def write_all(db: Session) -> None:
        for name in names:
            worklist.add(db, "film", name, name, due_at=NOW, now=NOW)

    database.write(write_all)
    for later in (timedelta(), timedelta(minutes=5), timedelta(days=1)):
        database.write(lambda db, now=NOW + later: run(db, now))
    found = database.read(lambda db: db.exec(select(Work.kind, Work.subject, Work.facts)).all())
    done = Counter(subject for kind, subject, _ in found if kind == "done")
    assert done == {name: 3 for name in names if name != "row 0500"}
    tasks = [(subject, facts) for kind, subject, facts in found if kind == worklist.TASK]
    told = {"task": worklist.SLOT_REFUSED, "error": "Held"}
    assert tasks == [("price-drops:row 0500", told)] * 2


def test_a_bug_is_not_taken_for_a_refusal(database: Database) -> None:
    def run(db: Session) -> None:
        worklist.add(db, "film", "a", "a", due_at=NOW, now=NOW)
        rows = select(Work.subject).where(Work.kind == "film")
        worklist.sweep(db, "price-drops", rows, {}.__getitem__, now=NOW)

    with pytest.raises(KeyError):
        database.write(run)
