"""P12: how soon `akashi serve` answers, and what it holds in memory after 2,000 messages."""

import subprocess
import sys
import time

from bench import processes
from bench.path import at_rate, seeded
from bench.result import Result, against, middle, within
from bench.setting import Setting
from bench.shop import Shop
from bench.stand_in import standing_in

RATE = 300
MESSAGES = 2_000


def run(setting: Setting) -> list[Result]:
    """The imports alone and the whole start in turn."""
    with standing_in(setting.folder) as line:
        shop = seeded(setting).copy(setting.place("start"), line.base)
        imports, starts = [], []
        _first_200(shop)  # once, so that every file is in memory
        for _ in range(max(3, setting.rounds)):
            imports.append(_imports())
            starts.append(_first_200(shop))
        with shop.running() as server:
            after = at_rate(setting, server, line, rate=RATE, seconds=MESSAGES / RATE)
    return [
        against(
            "P12", "start to first 200 : import fastapi, sqlmodel", middle(starts),
            middle(imports), unit="s", at_most=1.3,
        ),
        within("P12", "memory of serve after 2,000 messages", after.rss_mb, 150.0, unit="MB"),
    ]  # fmt: skip


def _imports() -> float:
    begun = time.monotonic()
    subprocess.run([sys.executable, "-c", "import fastapi, sqlmodel"], check=True)
    return time.monotonic() - begun


def _first_200(shop: Shop) -> float:
    begun = time.monotonic()
    server = shop.launch()
    try:
        return processes.wait_ready(server, "/healthz") - begun
    finally:
        server.stop()
