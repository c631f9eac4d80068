"""Whoever sends files in, without HTTP: bodies that end, break off or lie."""

import asyncio
import base64
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from datetime import datetime
from typing import Any, TypeVar

from bot.unit import Units
from catalog.ground.session.database import Database
from media.intake.uploads.receiving import Receiving
from media.intake.uploads.rules import LineCut, Uploader, UploadTerms
from media.intake.uploads.taking import Dock
from media.originals.local import LocalStore

T = TypeVar("T")
SATO = Uploader("staff-sato", "佐藤 花子")
TANAKA = Uploader("staff-tanaka", "田中 一郎")
SMALL = UploadTerms(largest=1_000_000, unfinished=3_000_000, at_once=3, spare=0)


def receiving(
    database: Database, store: LocalStore, now: datetime, terms: UploadTerms = SMALL
) -> Receiving:
    """As a process has it that was just started."""
    return Receiving(Units(database), Dock(database, store, lambda: now, terms))


async def whole(*chunks: bytes) -> AsyncIterator[bytes]:
    """A body that arrives."""
    for chunk in chunks:
        yield chunk


async def torn(*chunks: bytes) -> AsyncIterator[bytes]:
    """A body whose line is cut after these bytes."""
    for chunk in chunks:
        yield chunk
    raise LineCut


def run(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """In a loop of its own."""
    return asyncio.run(work())


def metadata(**told: str) -> str:
    """As a client writes it."""
    pairs = (f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in told.items())
    return ",".join(pairs)


def pieces(content: bytes, size: int) -> Iterable[bytes]:
    """In chunks of that size."""
    return (content[at : at + size] for at in range(0, len(content), size))
