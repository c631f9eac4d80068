"""A tiny shop behind the simulator: it checks signatures, keeps events and answers what it is told.

It stands where the product stands, over real HTTP on loopback: so the platform is tested alone.
"""

import asyncio
import base64
import gc
import hashlib
import hmac
import io
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse

from bot.simulator.platform import Platform
from bot.simulator.routes import router

SECRET = "channel-secret-of-the-test"
CHANNEL_ID = "2001234567"
LONG_LIVED = "long-lived-token-of-the-test"
PUBLIC_URL = "https://demo.akashi.invalid"
Event = dict[str, Any]


class StillClock:
    """A clock that goes on only when moved."""

    def __init__(self, start: datetime = datetime(2025, 11, 22, 5, 0, tzinfo=UTC)) -> None:
        self._start = start
        self.offset = timedelta(0)

    def __call__(self) -> datetime:
        return self._start + self.offset

    def move(self, delta: timedelta) -> None:
        self.offset += delta


class RunningClock(StillClock):
    """A clock that goes with the real time, for a page that ticks."""

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.offset


@dataclass(slots=True)
class EchoShop:
    """The shop's side: `events` in the order they came, `answers` the statuses to give first."""

    base_url: str
    platform: Platform
    http: aiohttp.ClientSession
    events: list[Event] = field(default_factory=list)
    deliveries: list[list[Event]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    forged: int = 0

    @property
    def line(self) -> str:
        return f"{self.base_url}/simulator/line"

    async def call(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        raw: bytes | None = None,
        headers: dict[str, str] | None = None,
        token: str | None = LONG_LIVED,
    ) -> tuple[int, Any, dict[str, str]]:
        """One call of LINE's API: status, JSON (or bytes), headers in lower case."""
        sent = dict(headers or {})
        if token:
            sent["Authorization"] = f"Bearer {token}"
        if body is not None:
            raw = json.dumps(body, ensure_ascii=False).encode()
            sent.setdefault("Content-Type", "application/json")
        held_out = None if raw is None else io.BytesIO(raw)
        url = self.line + path
        async with self.http.request(method, url, data=held_out, headers=sent) as answer:
            held = await answer.read()
            is_json = answer.content_type == "application/json"
            told = {name.lower(): value for name, value in answer.headers.items()}
            return answer.status, json.loads(held) if is_json else held, told

    async def act(self, path: str, body: Any = None) -> int:
        """Something a person does, as the page asks for it; the status."""
        url = f"{self.base_url}/simulator/{path}"
        async with self.http.post(url, json=body or {}) as answer:
            return answer.status

    async def until(self, is_so: Callable[[], bool], *, seconds: float = 5.0) -> None:
        """Wait for a condition."""
        end = asyncio.get_running_loop().time() + seconds
        while not is_so():
            assert asyncio.get_running_loop().time() < end, "waited too long"
            await asyncio.sleep(0.01)

    def shown(self, who: str) -> list[dict[str, Any]]:
        """The messages of the shop on that phone."""
        bubbles = self.platform.talk(who).bubbles.values()
        return [dict(each.message or {}) for each in bubbles if each.side == "shop"]


Responder = Callable[[EchoShop, Event], Awaitable[None]]


@asynccontextmanager
async def echo_shop(
    clock: StillClock,
    *,
    respond: Responder | None = None,
    media: Path | None = None,
    hints: dict[str, list[str]] | None = None,
    monthly_limit: int = 5_000,
    preparing_seconds: float = 0.0,
) -> AsyncIterator[EchoShop]:
    """The simulator and the shop in one server on a free port."""
    listening = socket.create_server(("127.0.0.1", 0))
    base_url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    platform = Platform(
        clock=clock,
        base_url=base_url,
        public_url=PUBLIC_URL,
        channel_secret=SECRET,
        channel_id=CHANNEL_ID,
        access_token=LONG_LIVED,
        hints=hints,
        monthly_limit=monthly_limit,
        preparing_seconds=preparing_seconds,
        redelivery_seconds=(0.05, 0.05),
    )
    app = FastAPI()
    app.include_router(router(platform, clock))
    async with aiohttp.ClientSession() as http:
        shop = EchoShop(base_url, platform, http)
        _add_webhook(app, shop, respond)
        _add_media(app, media)
        config = uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        troubles: list[dict[str, Any]] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, told: troubles.append(told))
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            await shop.until(lambda: server.started)
            yield shop
        finally:
            await platform.close()
            server.should_exit = True
            await serving
        gc.collect()  # a task that died unseen tells only then
        assert troubles == []


def _add_webhook(app: FastAPI, shop: EchoShop, respond: Responder | None) -> None:
    answering: set[asyncio.Task[None]] = set()

    @app.post("/line/webhook")
    async def webhook(request: Request) -> Response:
        body = await request.body()
        expected = hmac.new(SECRET.encode(), body, hashlib.sha256).digest()
        if base64.b64decode(request.headers["x-line-signature"]) != expected:
            shop.forged += 1
            return Response(status_code=400)
        events = json.loads(body)["events"]
        shop.deliveries.append(events)
        status = shop.answers.pop(0) if shop.answers else 200
        if status == 200:
            shop.events.extend(events)
            for event in events if respond else []:
                answering.add(asyncio.ensure_future(respond(shop, event)))  # type: ignore[misc]
        return Response(status_code=status)


def _add_media(app: FastAPI, media: Path | None) -> None:
    @app.get("/m/{name}")
    async def picture(name: str) -> Response:
        assert media is not None
        return FileResponse(media / name)
