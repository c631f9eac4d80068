"""P5, P6, P7: the whole way of the main job in `akashi serve`, from the webhook to the reply LINE
took.

Many people ask for the film of many pieces, by code, at a fixed rate whatever the answers do;
latency counts from the moment the delivery was due. What one durable write costs is measured on the
same disk meanwhile.
"""

import contextlib
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from bench import references
from bench.bodies import number_of
from bench.fsync import Sampler
from bench.intake import echo_cpu
from bench.load import Load, Plan, Report
from bench.processes import Server
from bench.result import Result, against, middle, percentile, within
from bench.setting import Setting
from bench.shop import Shop, codes, open_shop, seed
from bench.stand_in import Records, StandIn, standing_in

UNITS = 1_000
PEOPLE = 2_000
DRAIN_SECONDS = 60.0
RATES = (300, 500, 1_000)


@dataclass(frozen=True, slots=True)
class Answers:
    """What became of the messages of one run. Milliseconds; `backlog` in seconds after the last one
    was due.
    """

    kept: int
    lost: int
    doubled: int
    not_kept: int
    p50: float
    p99: float
    webhook_p99: float
    backlog: float


@dataclass(frozen=True, slots=True)
class Run:
    """One run at one rate. `by_reply`: the share of what left that went by a reply token."""

    answers: Answers
    by_reply: float
    cpu_us: float
    rss_mb: float
    sync_p50: float
    sync_p99: float


def seeded(setting: Setting) -> Shop:
    """The shop every run starts from a copy of."""
    shop = open_shop(setting.place("seeded"))
    seed(shop, units=UNITS, people=PEOPLE)
    return shop


def run(setting: Setting) -> list[Result]:
    """Each rate in turn beside the echo bot, in rounds."""
    runs: dict[int, list[Run]] = {rate: [] for rate in RATES}
    echoes: list[float] = []
    with contextlib.ExitStack() as stack:
        line = stack.enter_context(standing_in(setting.folder))
        echo = stack.enter_context(references.echo(setting.folder, line.base))
        shop = seeded(setting)
        for _ in range(setting.rounds):
            echoes.append(echo_cpu(setting, echo))
            for rate in RATES:
                copy = shop.copy(setting.place(f"path-{rate}"), line.base)
                with copy.running() as server:
                    runs[rate].append(at_rate(setting, server, line, rate=rate))
    return list(_results(setting, runs, middle(echoes)))


def at_rate(
    setting: Setting,
    server: Server,
    line: StandIn,
    *,
    rate: float,
    seconds: float | None = None,
    talks: tuple[str, ...] = (),
) -> Run:
    """One open-loop run, seen through to the last answer. `talks`: free words among taps and
    codes.
    """
    plan = Plan(
        port=server.port,
        tag=setting.number(),
        seconds=seconds or setting.seconds,
        rate=rate,
        people=PEOPLE,
        codes=codes(UNITS),
        talks=talks,
    )
    line.forget()
    with Load(plan, setting.folder) as load, Sampler(setting.folder) as disk:
        before = server.cpu_seconds()
        report = load.go()
        line.wait_for(report.answered, seconds=DRAIN_SECONDS)
        spent = server.cpu_seconds() - before
        rss = server.rss_mb()
        time.sleep(0.5)  # what came twice would come now
        records = line.records()
    answers = judge(plan, report, records)
    left = max(1, len(records.replies) + len(records.pushes))
    by_reply = len(records.replies) / left
    return Run(answers, by_reply, spent / left * 1e6, rss, disk.p50, disk.p99)


def judge(plan: Plan, report: Report, records: Records) -> Answers:
    """Match every kept message with what the platform took.

    A reply names its message by the token; a push only its person, so pushes are counted against
    the person's messages that had no reply.
    """
    crowd = plan.crowd
    replied = {number_of(each.to): each for each in records.replies}
    pushed = Counter(each.to for each in records.pushes)
    took: list[float] = []
    lost = 0
    for number, status in enumerate(report.status):
        reply = replied.get(number)
        if reply is not None and (plan.talks or "video" in reply.kinds):
            took.append((reply.at - report.due[number]) * 1000)
        elif status == 200:
            user = crowd.user(number)
            pushed[user] -= 1
            lost += pushed[user] < 0
    last = max((each.at for each in [*records.replies, *records.pushes]), default=report.ended)
    kept = sum(1 for each in report.status if each == 200)
    heard = [ms for ms, status in zip(report.took_ms, report.status, strict=True) if status == 200]
    return Answers(
        kept=kept,
        lost=lost,
        doubled=sum(count for count in pushed.values() if count > 0),
        not_kept=len(report.status) - kept,
        p50=percentile(took, 50),
        p99=percentile(took, 99),
        webhook_p99=percentile(heard, 99),
        backlog=max(0.0, last - report.due[-1]),
    )


def _results(setting: Setting, runs: dict[int, list[Run]], echo_us: float) -> Iterator[Result]:
    steady = runs[300]
    sync_p50 = middle([each.sync_p50 for each in steady])
    sync_p99 = middle([each.sync_p99 for each in steady])
    yield _whole("P5", setting, 300, steady)
    yield within(
        "P5", f"300/s: webhook to reply, p50 (fdatasync {sync_p50:.2f})",
        middle([each.answers.p50 for each in steady]), 5 + 3 * sync_p50, unit="ms",
    )  # fmt: skip
    yield within(
        "P5", f"300/s: webhook to reply, p99 (fdatasync {sync_p99:.2f})",
        middle([each.answers.p99 for each in steady]), 50 + 6 * sync_p99, unit="ms",
    )  # fmt: skip
    for rate, most in ((1_000, 0.65), (500, 1.5), (300, 1.5)):
        cpu = middle([each.cpu_us for each in runs[rate]])
        yield against(
            "P6", f"{rate}/s: CPU a message : SDK echo", cpu, echo_us, unit="µs", at_most=most
        )
    for rate in (500, 1_000):
        some = runs[rate]
        yield _whole("P7", setting, rate, some)
        yield within(
            "P7", f"{rate}/s: backlog gone after",
            max(each.answers.backlog for each in some), 5.0, unit="s",
        )  # fmt: skip
        yield within(
            "P7", f"{rate}/s: webhook answered, p99",
            middle([each.answers.webhook_p99 for each in some]), 200.0, unit="ms",
        )  # fmt: skip
        yield Result(
            "P7", f"{rate}/s: webhook to reply, p50", middle([each.answers.p50 for each in some]),
            "ms", "(told)", True,
        )  # fmt: skip
    yield within(
        "P12", "memory of serve after the 1,000/s run",
        middle([each.rss_mb for each in runs[1_000]]), 150.0, unit="MB",
    )  # fmt: skip


def _whole(goal: str, setting: Setting, rate: int, some: list[Run]) -> Result:
    """Nothing lost, doubled or refused over all rounds."""
    wrong = sum(each.answers.lost + each.answers.doubled + each.answers.not_kept for each in some)
    kept = sum(each.answers.kept for each in some)
    what = f"{rate}/s × {setting.seconds:.0f} s: lost, doubled or refused of {kept:,}"
    return Result(goal, what, wrong, "", "= 0", wrong == 0)
