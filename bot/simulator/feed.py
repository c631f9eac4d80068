"""What has happened on the phones, numbered, so that a page opened late or cut off sees all of it.

Rows live in memory only; a restart begins a new feed, which the first part of a mark tells.
"""

import asyncio
import secrets
from collections import deque
from collections.abc import Mapping
from typing import Any

Row = Mapping[str, Any]


class Feed:
    """Numbered rows with one waiting point for all open pages. To be used on one event loop."""

    def __init__(self, *, keep: int = 5_000) -> None:
        self._run = secrets.token_hex(4)
        self._rows: deque[tuple[int, Row]] = deque(maxlen=keep)
        self._last = 0
        self._news = asyncio.Event()
        self.is_closed = False

    def append(self, row: Row) -> None:
        """Add a row and wake every page."""
        self._last += 1
        self._rows.append((self._last, row))
        self._wake()

    def scrub(self, message_id: str) -> None:
        """Take the content out of a bubble that was unsent, so that no later page gets it."""
        for place, (number, row) in enumerate(self._rows):
            if row.get("id") == message_id and "message" in row:
                self._rows[place] = (number, {**row, "message": None})

    def mark(self, number: int) -> str:
        """The mark a page hands back to go on after that row."""
        return f"{self._run}-{number}"

    def place_of(self, mark: str | None) -> int | None:
        """The number behind a mark, None when it is of another run or no mark at all."""
        run, _, number = (mark or "").partition("-")
        return int(number) if run == self._run and number.isdecimal() else None

    def since(self, number: int) -> list[tuple[int, Row]]:
        """The rows after that number."""
        return [found for found in self._rows if found[0] > number]

    async def news(self, *, timeout_seconds: float) -> bool:
        """Wait for the next row or the end; False when the time passed without one."""
        try:
            await asyncio.wait_for(self._news.wait(), timeout_seconds)
        except TimeoutError:
            return False
        return True

    def close(self) -> None:
        """End every open stream."""
        self.is_closed = True
        self._wake()

    def _wake(self) -> None:
        self._news.set()
        if not self.is_closed:
            self._news = asyncio.Event()
