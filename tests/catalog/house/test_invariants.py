"""Random commands over every register, repeated, reordered, under keys that were used, with the
clock jumping and two workers at once: the twelve promises hold, whatever is said.
"""

import contextlib
import random
import tempfile
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from tests.catalog.house.commands import MAKERS
from tests.catalog.house.walk import SLOTS, WAYS, House, slot_command
from tests.databases import fresh

_seed = st.integers(0, 2**32 - 1)
_JUMPS = (
    {"minutes": 4}, {"minutes": 16}, {"minutes": 31}, {"hours": 5}, {"days": 1}, {"days": 1},
    {"days": 3}, {"days": 9}, {"days": 33}, {"days": 95},
)  # fmt: skip


class Walk(RuleBasedStateMachine):
    """One house, opened for this walk."""

    engine: ClassVar[str] = "sqlite"
    every: ClassVar[int] = 8
    walked: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.stack = contextlib.ExitStack()
        folder = self.stack.enter_context(tempfile.TemporaryDirectory())
        self.house = House(self.stack.enter_context(fresh(self.engine, Path(folder))), MAKERS)
        self.steps = 0

    def teardown(self) -> None:
        try:
            self.house.check()
            type(self).walked += self.house.operations
        finally:
            self.stack.close()

    def _done(self) -> None:
        self.steps += 1
        if self.steps % self.every == 0:
            self.house.check()

    def _dice(self, seed: int) -> random.Random:
        self.house.dice = random.Random(seed)
        return self.house.dice

    @rule(seed=_seed, times=st.integers(1, 5))
    def something_is_said(self, seed: int, times: int) -> None:
        self._dice(seed)
        for _ in range(times):
            command = self.house.make()
            if command is not None:
                self.house.send(command)
        self._done()

    @rule(seed=_seed, way=st.sampled_from(WAYS), begins=st.integers(0, 12), ends=st.integers(1, 8))
    def something_goes_on(self, seed: int, way: tuple[str, ...], begins: int, ends: int) -> None:
        """Several steps of a usual way, from somewhere along it."""
        self._dice(seed)
        begins %= len(way)
        self.house.go_on(*way[begins : begins + ends])
        self._done()

    @rule(seed=_seed, times=st.integers(1, 6))
    def something_comes_again(self, seed: int, times: int) -> None:
        """Repeats, in another order than they were said first."""
        dice, done = self._dice(seed), self.house.done
        for command, first in dice.sample(done, min(times, len(done))):
            self.house.again(command, first)

    @rule(seed=_seed)
    def a_key_is_used_otherwise(self, seed: int) -> None:
        dice, done = self._dice(seed), self.house.done
        if len(done) < 2:
            return
        one, (other, _) = dice.choice(done)[0], dice.choice(done)
        like = [each for each, _ in done if each.verb is one.verb and each.args != one.args]
        another = dice.choice(like) if like else other
        if (another.verb, another.args) != (one.verb, one.args):
            self.house.otherwise(another, one.key)

    @rule(jump=st.sampled_from(_JUMPS))
    def time_passes(self, jump: dict[str, Any]) -> None:
        self.house.later(**jump)

    @rule(slot=st.sampled_from(SLOTS))
    def the_clock_strikes_twice(self, slot: Any) -> None:
        self.house.run(slot)
        self._done()

    @rule(jump=st.sampled_from(_JUMPS))
    def a_day_is_closed(self, jump: dict[str, Any]) -> None:
        """Time passes, and every slot runs."""
        self.house.later(**jump)
        for slot in SLOTS:
            self.house.run(slot, times=1)
        self._done()

    @rule(seed=_seed, is_same=st.booleans())
    def two_speak_at_once(self, seed: int, is_same: bool) -> None:
        """The same command twice, or two that want the same kind of thing."""
        dice = self._dice(seed)
        name = dice.choice(MAKERS)[0]
        first = self.house.make(name)
        if first is None:
            return
        second = first if is_same else self.house.make(name) or self.house.make() or first
        self.house.at_once(first, second)
        self._done()

    @rule(seed=_seed, slot=st.sampled_from(SLOTS), is_slot=st.booleans())
    def the_clock_strikes_while_somebody_speaks(self, seed: int, slot: Any, is_slot: bool) -> None:
        self._dice(seed)
        command = slot_command(slot) if is_slot else self.house.make()
        if command is not None:
            self.house.at_once(slot_command(slot), command)
        self._done()


def _run(engine: str, *, examples: int, steps: int, seed: int | None = None) -> int:
    """So many walks; the operations there were."""

    class Machine(Walk):
        pass

    Machine.engine = engine
    Machine.every = 8 if seed is None else 12
    told = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, database=None,
        derandomize=seed is None, suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    if seed is not None:
        from hypothesis import seed as seeded

        seeded(seed)(Machine)
    run_state_machine_as_test(Machine, settings=told)
    return Machine.walked


@pytest.mark.parametrize(("engine", "examples"), [("sqlite", 4), ("postgres", 2)])
def test_random_commands_over_the_whole_house_keep_the_twelve_promises(
    engine: str, examples: int
) -> None:
    """Invariants 1 to 12: a small fixed share of the long walk."""
    with fresh(engine, Path(tempfile.mkdtemp())):
        pass  # tells in one line why the engine is not there
    assert _run(engine, examples=examples, steps=24) > 30 * examples


@pytest.mark.soak
@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_fifty_thousand_operations_on_each_engine_keep_the_twelve_promises(engine: str) -> None:
    """Invariants 1 to 12: 100,000 operations in all."""
    done, round_ = 0, 0
    while done < 50_000:
        round_ += 1
        done += _run(engine, examples=20, steps=80, seed=round_)
