"""The demo, opened for a test: real product, stand-in for LINE, set clock, all on loopback."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import uvicorn
from sqlmodel import Session

from bot.app import Shop, compose, entrance, web_app, workers
from bot.cli import demo
from bot.cli.demo import Place
from bot.demo import films, seeding, shooting
from bot.demo.pieces import FILM, Piece, Shot, piece
from bot.demo.staff import PEOPLE, hire
from bot.migrations import history
from bot.simulator.platform import Platform
from bot.simulator.routes import router
from bot.simulator.talks import Bubble, Side
from bot.unit import Clock
from catalog.duties.actors import Actor, Role
from catalog.duties.sealing import DataKeys
from catalog.ground.record import ConversationId, TicketId
from handoff.desk import actions as desk
from handoff.desk import queries
from handoff.staff import actions as staff
from media.decoding import ffmpeg

PATIENCE_SECONDS = 30.0
OWNER = PEOPLE[0][0]


class StillClock(Clock):
    """A clock that stands where it was set and goes on only when moved."""

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self._at = at

    def __call__(self) -> datetime:
        return self._at + self.offset


@dataclass(slots=True)
class OpenDemo:
    """What a test may do in it."""

    shop: Shop
    platform: Platform
    place: Place

    async def say(self, who: str, words: str) -> list[Bubble]:
        """Write as that persona; what the shop answers with its next letter."""
        before = len(self._shown(who))
        self.platform.say(who, words)
        return await self.next_letter(who, before)

    async def press(self, who: str, label: str) -> list[Bubble]:
        """Press the latest button with that label; what the shop answers."""
        shown = self._shown(who)
        data = next(
            action["data"]
            for bubble in reversed(shown)
            for action in _actions(bubble.message)
            if action.get("label") == label and "data" in action
        )
        self.platform.tap(who, data, shown=label)
        return await self.next_letter(who, len(shown))

    async def next_letter(self, who: str, before: int | None = None) -> list[Bubble]:
        """The bubbles of the shop's next letter to that persona."""
        seen = len(self._shown(who)) if before is None else before
        await until(lambda: len(self._shown(who)) > seen)
        return self._shown(who)[seen:]

    async def answer_by_hand(self, who: str, words: str) -> list[Bubble]:
        """Take that persona's chat over as the shop's owner, say this and give the chat back; what
        came on their phone.
        """
        before = len(self._shown(who))
        message, now = {"type": "text", "text": words}, self.shop.clock()
        talk = ConversationId(f"line:{self.platform.talk(who).persona.user_id}")

        def answer(db: Session) -> None:
            actor = Actor(staff.of_name(db, OWNER), Role.OWNER)
            ticket = queries.open_of(db, talk)
            assert ticket is not None, "nobody waits there"
            desk.claim(db, TicketId(ticket.id), actor, now=now)
            desk.answer(db, talk, actor, [[message]], key="by hand", now=now)
            desk.close(db, TicketId(ticket.id), actor, now=now)

        await self.shop.units.write(answer)
        return await self.next_letter(who, before)

    def film(self, code: str, *, folder: Path) -> Path:
        """A film of that piece as the camera writes it, captured now by the shop's clock."""
        folder.mkdir(parents=True, exist_ok=True)
        studio = films.open_studio(ffmpeg.find(), folder)
        return shooting.capture(
            piece(code), Shot(FILM), 1, folder, studio, taken_at=self.shop.clock()
        )

    def drop(self, path: Path) -> None:
        """Put a file into the hot folder."""
        shutil.copyfile(path, self.place.hot_folder / path.name)

    def go_on(self, delta: timedelta) -> None:
        """Move the shop's clock."""
        self.platform.move_clock(delta)

    def _shown(self, who: str) -> list[Bubble]:
        bubbles = self.platform.talk(who).bubbles.values()
        return [bubble for bubble in bubbles if bubble.side is Side.SHOP]


def _actions(part: Any) -> Iterator[dict[str, Any]]:
    """Every button of a message."""
    if isinstance(part, dict):
        if isinstance(part.get("action"), dict):
            yield part["action"]
        for each in part.values():
            yield from _actions(each)
    elif isinstance(part, list):
        for each in part:
            yield from _actions(each)


def only(code: str, *shots: Shot) -> Piece:
    """That piece of the demo with no more captures than these, to be quick."""
    return replace(piece(code), shots=shots)


async def until(is_so: Callable[[], bool]) -> None:
    """Wait for a condition, not for ever."""
    end = asyncio.get_running_loop().time() + PATIENCE_SECONDS
    while not is_so():
        assert asyncio.get_running_loop().time() < end, "waited too long"
        await asyncio.sleep(0.01)


def seeded(place: Place, pieces: Sequence[Piece], clock: Clock) -> seeding.Seeded:
    """Fill the demo's folder with these pieces."""
    shop = compose(demo.settings(place), clock=clock)
    try:
        history.upgrade(shop.database.engine())
        done = seeding.seed(
            entrance(shop, actor=seeding.BY),
            demo.PEOPLE,
            place.folder / "shooting",
            keys=DataKeys(shop.settings.data_keys),
            now=clock(),
            pieces=pieces,
        )
        hire(shop.database, by=seeding.BY, now=clock())
        return done
    finally:
        shop.close()


@asynccontextmanager
async def open_demo(
    folder: Path, pieces: Sequence[Piece], *, at: datetime
) -> AsyncIterator[OpenDemo]:
    """The demo with these pieces, its clock standing at that moment, all personas its friends."""
    clock = StillClock(at)
    listening = socket.create_server(("127.0.0.1", 0))
    place = Place(folder, "127.0.0.1", listening.getsockname()[1])
    await asyncio.to_thread(seeded, place, pieces, clock)
    place.hot_folder.mkdir()
    shop = compose(demo.settings(place), clock=clock)
    platform = demo.open_platform(shop, place)
    app = web_app(shop, more=lambda app: app.include_router(router(platform, shop.clock)))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        await until(lambda: server.started)
        async with workers(shop):
            opened = OpenDemo(shop, platform, place)
            for person in platform.people:
                platform.befriend(person.key)
                await opened.next_letter(person.key, 0)
            yield opened
            await platform.close()
    finally:
        server.should_exit = True
        await serving
        shop.close()
