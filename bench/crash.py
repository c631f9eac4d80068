"""P11: kill -9 of `akashi serve` under 300 messages a second, started again at once as a supervisor
would.
"""

import time
from dataclasses import dataclass

from bench import processes
from bench.bodies import number_of
from bench.load import Load, Plan, Report
from bench.path import DRAIN_SECONDS, PEOPLE, UNITS, judge, seeded
from bench.result import Result, middle, within
from bench.setting import Setting
from bench.shop import Shop, codes
from bench.stand_in import Records, StandIn, standing_in

RATE = 300
KILLED_AFTER = 5.0
GOES_ON = 12.0
STRAGGLERS_SECONDS = 0.05  # bytes the dead process had already handed to the kernel


@dataclass(frozen=True, slots=True)
class Crash:
    """Seconds from the kill; counts of messages."""

    first_answer: float
    all_done: float
    lost: int
    doubled: int


def run(setting: Setting) -> list[Result]:
    """One kill a round, each on a fresh copy of the shop."""
    with standing_in(setting.folder) as line:
        shop = seeded(setting)
        crashes = [
            crash(setting, shop.copy(setting.place("crash"), line.base), line)
            for _ in range(setting.rounds)
        ]
    lost = sum(each.lost for each in crashes)
    doubled = sum(each.doubled for each in crashes)
    return [
        within(
            "P11", "kill -9 under 300/s: first answer after",
            middle([each.first_answer for each in crashes]), 3.0, unit="s",
        ),
        within(
            "P11", "all that was acknowledged before it is answered after",
            max(each.all_done for each in crashes), 10.0, unit="s",
        ),
        Result("P11", "acknowledged and lost", lost, "", "= 0", lost == 0),
        Result("P11", "answered twice", doubled, "", "= 0", doubled == 0),
    ]  # fmt: skip


def crash(setting: Setting, shop: Shop, line: StandIn) -> Crash:
    """Load, kill, start again, and wait until all is answered."""
    line.forget()
    server = shop.launch()
    try:
        processes.wait_ready(server, "/healthz")
        plan = Plan(
            port=server.port,
            tag=setting.number(),
            seconds=KILLED_AFTER + GOES_ON,
            rate=RATE,
            people=PEOPLE,
            codes=codes(UNITS),
        )
        with Load(plan, setting.folder) as load:
            load.begin()
            time.sleep(KILLED_AFTER)
            server.kill()
            killed_at = time.monotonic()
            server = shop.launch(port=server.port)
            report = load.report()
            line.wait_for(report.answered, seconds=DRAIN_SECONDS / 2)
            time.sleep(8.0)  # a lease of the dead process may still have had to run out
            records = line.records()
    finally:
        if server.process.poll() is None:
            server.stop()
    answers = judge(plan, report, records)
    first = min(each.at for each in records.replies if each.at > killed_at + STRAGGLERS_SECONDS)
    return Crash(
        first - killed_at,
        _all_done(report, records, killed_at) - killed_at,
        answers.lost,
        answers.doubled,
    )


def _all_done(report: Report, records: Records, killed_at: float) -> float:
    """When the last answer came to a message that had been acknowledged before the kill."""
    before = {
        number
        for number, (due, status, took) in enumerate(
            zip(report.due, report.status, report.took_ms, strict=True)
        )
        if status == 200 and due + took / 1000 <= killed_at
    }
    answered = [each.at for each in records.replies if number_of(each.to) in before]
    return max([killed_at, *answered])
