"""A small shop for journeys: the real composition, a real server on loopback, the strict LINE
stand-in.

async with open_shop(url, folder) as shop:
    misaki = shop.line.add_user()
    await shop.stock(item("W-10234", "デイトナ"))
    await shop.film("W-10234")
    await shop.hear(shop.line.say(misaki, "W-10234の動画を見せて"))
    sent = await shop.told(misaki, 2)
"""

import asyncio
import base64
import contextlib
import io
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import aiohttp
import uvicorn
from sqlmodel import col, func, select

from bot.app import Shop, compose, entrance, web_app, workers
from bot.settings import Settings, load
from bot.unit import Clock
from catalog.customers import actions as customers
from catalog.duties.opening import open_stock
from catalog.ground.record import CustomerId, PartnerId
from catalog.ground.worklist import NOTICE, Work
from catalog.items.lines import ItemLine, parse
from catalog.partners import actions as partners
from conversations.outbox.tables import OutboxLetter
from conversations.ports import Understanding
from conversations.turn import Desk
from media.assets.kinds import RENDITION_WORK, Part
from media.intake import take as intake_take
from media.intake.take import Wish
from media.renditions.making import TRANSCODE
from tests.line_platform import LinePlatform

Json = dict[str, Any]
DATA_KEY = base64.b64encode(bytes(range(32))).decode()
PUBLIC_URL = "https://shop.example"
PATIENCE_SECONDS = 60.0


class SetClock(Clock):
    """The shop's clock, set to a moment and going on from there."""

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self.move(at - datetime.now(UTC))


def item(code: str, title: str = "コスモグラフ デイトナ", **cells: str) -> ItemLine:
    """A line of the shop's stock."""
    category = {"W": "watch", "D": "diamond", "B": "bag", "A": "apparel"}[code[0]]
    return parse(
        {
            "code": code,
            "category": category,
            "title": title,
            "price": "1000000",
            "grade": "A",
            **cells,
        }
    )


@lru_cache(maxsize=8)
def _film_bytes(codec: str, seconds: int, size: str) -> bytes:
    """A small film as a camera would write it."""
    target = Path(f"/tmp/akashi-test-{codec}-{seconds}-{size}-{time.monotonic_ns()}.mp4")
    video = {
        "h264": ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-preset", "ultrafast"],
        "mpeg4": ["-c:v", "mpeg4", "-q:v", "8"],
    }[codec]
    command = [
        "ffmpeg", "-loglevel", "error", "-y",
        "-f", "lavfi", "-i", f"testsrc=d={seconds}:s={size}:r=15",
        "-f", "lavfi", "-i", f"sine=d={seconds}", *video, "-c:a", "aac", str(target),
    ]  # fmt: skip
    subprocess.run(command, check=True)
    try:
        return target.read_bytes()
    finally:
        target.unlink()


def film_file(path: Path, *, codec: str = "h264", seconds: int = 1, size: str = "320x240") -> Path:
    """Write a playable film there; each path's bytes are its own (a free box at the end)."""
    content = _film_bytes(codec, seconds, size)
    note = path.name.encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content + (len(note) + 8).to_bytes(4, "big") + b"free" + note)
    return path


@dataclass
class RunningShop:
    """The open shop, and a person's ways to it."""

    shop: Shop
    line: LinePlatform
    url: str
    folder: Path
    http: aiohttp.ClientSession
    hot_folder: Path
    answers: list[int] = field(default_factory=list)

    @property
    def clock(self) -> Clock:
        return self.shop.clock

    async def stock(self, *lines: ItemLine) -> None:
        """Take pieces into stock."""
        now = self.clock()
        await self.shop.units.write(lambda db: open_stock(db, lines, by="test", now=now))

    async def film(self, code: str, *, part: str | None = None, codec: str = "h264") -> None:
        """A film of the piece was captured and is ready."""
        name = f"{code}_{part or 'whole'}_{time.monotonic_ns()}.mp4"
        path = film_file(self.folder / "captures" / name, codec=codec)
        await self.capture(path, code=code, part=part)
        await self.until(lambda: self.renditions_left() == 0, "renditions to be made")

    async def capture(
        self, path: Path, *, code: str | None = None, part: str | None = None
    ) -> None:
        """Take a file in, as `akashi capture` does."""
        wish = Wish(code, Part(part) if part else None)
        await asyncio.to_thread(
            intake_take.take, path, entrance(self.shop, actor="test"), now=self.clock(), wish=wish
        )

    def renditions_left(self) -> int:
        """How many works of a capture are still to be done."""
        works = f"kind IN ('{RENDITION_WORK}', '{TRANSCODE}')"
        return int(self.one(f"SELECT count(*) FROM worklist WHERE state = 'due' AND {works}"))

    async def hear(self, *events: Json, status: int = 200) -> None:
        """LINE delivers these events in one body; the shop must answer with that status."""
        body, signature = self.line.webhook(events)
        answer = await self.deliver(body, signature)
        assert answer == status, answer

    async def deliver(self, body: bytes, signature: str | None) -> int:
        """Raw bytes to the webhook; the status."""
        headers = {"content-type": "application/json"}
        if signature is not None:
            headers["x-line-signature"] = signature
        async with self.http.post(
            f"{self.url}/line/webhook", data=io.BytesIO(body), headers=headers
        ) as answer:
            self.answers.append(answer.status)
            return answer.status

    async def told(self, who: str, count: int) -> list[Json]:
        """That many messages have reached the person; all they see."""
        await self.until(lambda: len(self.line.sent_to(who)) >= count, f"{count} messages")
        return self.line.sent_to(who)

    async def tells(self, who: str, event: Json) -> list[Json]:
        """Deliver one event and wait for the answer to it: the new messages. What was on its way
        from before arrives first, and is none of them.
        """
        await self.quiet()
        before = len(self.line.sent_to(who))
        await self.hear(event)
        return (await self.told(who, before + 1))[before:]

    async def quiet(self) -> None:
        """Everything the shop had to tell by now is told, or waits for its hour."""

        def under_way(db: Any) -> int:
            now = self.clock() + timedelta(seconds=1)
            notices = select(func.count()).where(
                col(Work.kind) == NOTICE, col(Work.state) == "due", col(Work.due_at) <= now
            )
            is_due = (col(OutboxLetter.state) == "due") & (col(OutboxLetter.due_at) <= now)
            letters = select(func.count()).where(is_due | (col(OutboxLetter.state) == "sending"))
            return int(db.exec(notices).one() + db.exec(letters).one())

        await self.until(lambda: self.shop.database.read(under_way) == 0, "notices to be told")

    async def says(self, who: str, words: str) -> list[Json]:
        """The person writes; the messages that answer."""
        return await self.tells(who, self.line.say(who, words))

    async def taps(self, who: str, data: str) -> list[Json]:
        """The person presses a button; the messages that answer."""
        return await self.tells(who, self.line.tap(who, data))

    async def settled(self) -> None:
        """Everything heard is answered and every letter has left."""
        from sqlalchemy import text

        def open_rows() -> int:
            return self.shop.database.read(
                lambda db: (
                    db.connection()
                    .execute(
                        text(
                            "SELECT (SELECT count(*) FROM inbox WHERE state = 'due') +"
                            " (SELECT count(*) FROM outbox WHERE state IN ('due', 'sending'))"
                        )
                    )
                    .scalar_one()
                )
            )

        await self.until(lambda: open_rows() == 0, "nothing to be left open")

    async def until(self, holds: Callable[[], bool], what: str) -> None:
        """Wait for a condition, at most a minute."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not await asyncio.to_thread(holds):
            assert time.monotonic() < deadline, f"waited in vain for {what}"
            await asyncio.sleep(0.02)

    async def is_customer(self, user: str, *, number: str, language: str = "ja") -> CustomerId:
        """The person is in the customer register and linked."""
        now = self.clock()

        def unit(db: Any) -> CustomerId:
            customer = customers.register(
                db, number, "佐藤", given_name=None, language=language, by="test", now=now
            )
            customers.bind(db, customer, "line", user, by="test", now=now)
            return customer

        return await self.shop.units.write(unit)

    async def is_retailer(self, user: str, *codes: str, code: str = "GINZA") -> PartnerId:
        """The person speaks for a partner that may see these pieces."""
        now = self.clock()

        def unit(db: Any) -> PartnerId:
            partner = partners.enter(db, code, "銀座リテール", by="test", now=now)
            partners.seat(db, partner, "line", user, by="test", now=now)
            partners.grant(
                db, partner, codes, rights=["media"], media_kinds=["film"], expires_on=None,
                by="test", now=now,
            )  # fmt: skip
            return partner

        return await self.shop.units.write(unit)

    def one(self, statement: str, **params: Any) -> Any:
        """One value from the database."""
        from sqlalchemy import text

        return self.shop.database.read(
            lambda db: db.connection().execute(text(statement), params).scalar()
        )

    def rows(self, statement: str, **params: Any) -> Sequence[Any]:
        """Rows from the database."""
        from sqlalchemy import text

        return self.shop.database.read(
            lambda db: list(db.connection().execute(text(statement), params))
        )


def settings_for(database_url: str, folder: Path, line: LinePlatform, **more: Any) -> Settings:
    """Settings of a shop whose LINE is the stand-in."""
    return load(
        **{
            "_env_file": None,
            "database_url": database_url,
            "media_url": f"file://{folder / 'media'}",
            "public_url": PUBLIC_URL,
            "data_key": DATA_KEY,
            "line_channel_secret": line.secret,
            "line_channel_id": line.channel_id,
            "line_channel_access_token": line.access_token,
            "line_api_base": line.base,
            "line_data_api_base": line.data_base,
            **more,
        }
    )


@contextlib.asynccontextmanager
async def open_shop(
    database_url: str,
    folder: Path,
    *,
    at: datetime | None = None,
    understanding: Understanding | None = None,
    desk: Callable[[Desk], Desk] | None = None,
    line: LinePlatform | None = None,
    monotonic: Callable[[], float] = time.monotonic,
    **more: Any,
) -> AsyncIterator[RunningShop]:
    """Open for business. `understanding` and `desk` replace what a test wants different;
    `monotonic`: what Slack's rates are kept by.
    """
    clock = SetClock(at) if at is not None else Clock()
    platform = line or LinePlatform(clock=clock)
    hot_folder = folder / "hot"
    hot_folder.mkdir(exist_ok=True)
    async with platform:
        more.setdefault("hot_folders", (hot_folder,))
        settings = settings_for(database_url, folder, platform, **more)
        shop = compose(settings, clock=clock, monotonic=monotonic)
        if understanding is not None:
            shop = replace(shop, understanding=understanding)
        if desk is not None:
            shop = replace(shop, desk=desk(shop.desk))
        app = web_app(shop, beside=lambda: workers(shop))
        with _socket() as listening:
            server = uvicorn.Server(
                uvicorn.Config(
                    app, log_level="error", access_log=False, timeout_graceful_shutdown=1
                )
            )
            serving = asyncio.create_task(server.serve(sockets=[listening]))
            url = f"http://127.0.0.1:{listening.getsockname()[1]}"
            try:
                # One connection a call: an idle one may be closed under the next call.
                connector = aiohttp.TCPConnector(force_close=True)
                async with aiohttp.ClientSession(connector=connector) as http:
                    await _until_up(server, serving)
                    yield RunningShop(shop, platform, url, folder, http, hot_folder)
            finally:
                server.should_exit = True
                await serving
                await asyncio.to_thread(shop.close)


def _socket() -> socket.socket:
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", 0))
    return listening


async def _until_up(server: uvicorn.Server, serving: "asyncio.Task[None]") -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not server.started:
        assert not serving.done(), serving
        assert time.monotonic() < deadline, "the server did not start"
        await asyncio.sleep(0.01)


NEXT_MORNING = timedelta(hours=20)
