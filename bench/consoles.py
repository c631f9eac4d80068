"""The console while it is open: what 300 of them cost doing nothing, and how soon one shows what a
customer wrote.
"""

import asyncio
import contextlib
import time
from datetime import UTC, datetime

from bench.bodies import Crowd, request
from bench.path import seeded
from bench.processes import Server
from bench.result import Result, percentile, within
from bench.setting import Setting
from bench.shop import Shop, codes
from bench.stand_in import standing_in
from catalog.ground.record import StaffId
from catalog.ground.session.opening import open_database
from handoff.staff import actions, sessions
from handoff.staff.sessions import How

CONSOLES = 300
EACH_KIB, IDLE_SHARE, SHOWN_MS = 30.0, 2.0, 100.0
MESSAGES, EVERY = 150, 1 / 40
WARMING, SETTLING = 20, 10.0


def run(setting: Setting) -> list[Result]:
    """One process on SQLite."""
    with standing_in(setting.folder) as line:
        shop = seeded(setting).copy(setting.place("consoles"), line.base)
        cookie = signed_in(shop)
        with shop.running() as server:
            return asyncio.run(_measured(setting, shop, server, cookie))


def signed_in(shop: Shop) -> str:
    """The session of a member of staff, as its cookie."""
    database = open_database(shop.url)
    now = datetime.now(UTC)

    def unit(db: object) -> str:
        staff_id: StaffId = actions.add(
            db,
            "佐藤",
            "adviser",
            email=None,
            slack_id=None,
            by="bench",
            now=now,  # type: ignore[arg-type]  # a session
        )
        return sessions.begin(db, staff_id, how=How.PASSWORD, agent=None, now=now)  # type: ignore[arg-type]  # a session

    try:
        return f"__Host-akashi_staff={database.write(unit)}"
    finally:
        database.close()


async def _measured(setting: Setting, shop: Shop, server: Server, cookie: str) -> list[Result]:
    for _, writer in [await _opened(server, cookie) for _ in range(WARMING)]:
        writer.close()
    await asyncio.sleep(SETTLING)  # what is loaded late, and once, is no console's
    before = server.rss_mb()
    consoles = [await _opened(server, cookie) for _ in range(CONSOLES)]
    await asyncio.sleep(2)
    each = (server.rss_mb() - before) * 1024 / CONSOLES
    seconds = setting.short_seconds * 3
    idle = await _busy(server, seconds)
    for _, writer in consoles:
        writer.close()
    await asyncio.sleep(1)
    alone = await _busy(server, seconds)
    took = await _shown(setting, server, cookie)
    return [
        within("R-162", f"memory of each of {CONSOLES} idle consoles", each, EACH_KIB,
               unit="KiB"),
        within("R-162", f"CPU for {CONSOLES} idle consoles, beyond the shop's own",
               max(0.0, idle - alone), IDLE_SHARE, unit="%"),
        within("R-162", "webhook → line of the console, p95", percentile(took, 95), SHOWN_MS,
               unit="ms"),
        within("R-162", "messages that were not shown", float(MESSAGES - len(took)), 0.0,
               unit=""),
    ]  # fmt: skip


async def _busy(server: Server, seconds: float) -> float:
    """Percent of one core."""
    before, begun = server.cpu_seconds(), time.monotonic()
    await asyncio.sleep(seconds)
    return 100 * (server.cpu_seconds() - before) / (time.monotonic() - begun)


async def _opened(server: Server, cookie: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """One open console, as far as it says that it is live."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(
        f"GET /console/stream HTTP/1.1\r\nHost: bench\r\nCookie: {cookie}\r\n\r\n".encode()
    )
    await asyncio.wait_for(reader.readuntil(b"event: live"), 20)
    return reader, writer


async def _shown(setting: Setting, server: Server, cookie: str) -> list[float]:
    """Milliseconds from a webhook's sending to the console's being told of that conversation."""
    reader, writer = await _opened(server, cookie)
    sent: dict[str, float] = {}
    took: dict[str, float] = {}

    async def watch() -> None:
        while len(took) < MESSAGES:
            line = (await reader.readline()).decode().rstrip()
            talk = line.removeprefix("data: ")
            if talk in sent and talk not in took:
                took[talk] = 1000 * (time.monotonic() - sent[talk])

    watching = asyncio.create_task(watch())
    to, hook = await asyncio.open_connection("127.0.0.1", server.port)
    crowd = Crowd(setting.number(), MESSAGES, codes(1))
    for number in range(MESSAGES):
        talk = f"line:{crowd.user(number)}"
        sent[talk] = time.monotonic()
        hook.write(request(crowd, number, at_ms=int(time.time() * 1000)))
        await to.readuntil(b"\r\n\r\n")
        await asyncio.sleep(EVERY)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(watching, 10)
    writer.close()
    hook.close()
    return list(took.values())
