"""A shop in a process of its own that can be killed, LINE's stand-in on a thread beside it, and one
member of staff who is signed in.
"""

import asyncio
import contextlib
import threading
import time
from collections.abc import Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp

from catalog.duties.actors import Role
from catalog.ground.record import StaffId
from catalog.ground.session.opening import open_database
from handoff.staff import actions, sessions
from handoff.staff.sessions import How
from tests.databases import fresh_url
from tests.faults.processes import Program, akashi, environment
from tests.line_platform import LinePlatform

NAME = "佐藤 花子"
COOKIE = "__Host-akashi_staff"
PATIENCE_SECONDS = 30.0


class Apart:
    """`akashi serve`, from the given house or this one."""

    def __init__(self, folder: Path, *, house: Path | None = None) -> None:
        self._folder = folder
        self._house = house
        self._open = contextlib.ExitStack()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._line = LinePlatform(strict=False)
        self._program: Program
        self.staff_id: StaffId
        self._token = ""

    def __enter__(self) -> "Apart":
        url = self._open.enter_context(fresh_url("sqlite", self._folder))
        self.database = open_database(url)
        self._open.callback(self.database.close)
        self.staff_id = self.database.write(self._hired)
        self._thread.start()
        self._wait(self._line.__aenter__())
        env = environment(url, self._line)
        if self._house is not None:
            env["PYTHONPATH"] = str(self._house)
        self._program = akashi("serve", env, self._folder)
        self._open.callback(self._end)
        self._open.enter_context(self._program)
        self._wait(self._program.up())
        return self

    def __exit__(self, *error: object) -> None:
        self._open.close()

    def _end(self) -> None:
        self._wait(self._line.__aexit__(None, None, None))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _hired(self, db: Any) -> StaffId:
        staff_id = actions.add(
            db, NAME, Role.OWNER, email=None, slack_id=None, by="test", now=self.now()
        )
        self._token = sessions.begin(db, staff_id, how=How.PASSWORD, agent="test", now=self.now())
        return staff_id

    @property
    def url(self) -> str:
        """Where it answers."""
        return self._program.url

    @property
    def cookie(self) -> Any:
        """The session, as a browser keeps it."""
        return {
            "name": COOKIE, "value": self._token, "url": "https://127.0.0.1/",
            "httpOnly": True, "secure": True, "sameSite": "Lax",
        }  # fmt: skip

    def now(self) -> datetime:
        """By this machine's clock, as the process has it."""
        return datetime.now(UTC)

    def user(self) -> str:
        """Somebody new on LINE."""
        return self._line.add_user()

    def hears(self, user: str, words: str) -> None:
        """LINE delivers it and is told 200."""
        self._wait(self._hear(user, words))

    def was_told(self, user: str, words: str) -> None:
        """It has reached the person."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while all(each.get("text") != words for each in self._line.sent_to(user)):
            assert time.monotonic() < deadline, f"never told: {words}"
            time.sleep(0.05)

    def kill(self) -> None:
        """SIGKILL."""
        self._program.kill()

    def start(self) -> None:
        """Again, until it answers."""
        self._program.start()
        self._wait(self._program.up())

    async def _hear(self, user: str, words: str) -> None:
        body, signature = self._line.webhook([self._line.say(user, words)])
        headers = {"content-type": "application/json", "x-line-signature": signature}
        async with (
            aiohttp.ClientSession() as http,
            http.post(f"{self.url}/line/webhook", data=body, headers=headers) as answer,
        ):
            assert answer.status == 200

    def _wait(self, done: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(done, self._loop).result(120)
