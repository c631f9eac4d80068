"""Leases of processes that are gone are free at once, not only when they run out.

A process takes a name that says where and as which process it runs. The next one to start there sees
whose leases are nobody's any more. Wrongly freeing one is harmless: a lease guards against work done
twice at once, the checks at its end against effects kept twice.
"""

import contextlib
import os
import secrets
import socket
from datetime import datetime
from pathlib import Path

import structlog
from sqlmodel import Session

from bot.unit import Units
from catalog.ground import worklist
from catalog.ground.errors import Unavailable
from conversations.inbox import work as inbox
from conversations.outbox import actions as outbox

log = structlog.get_logger()
_ours: set[str] = set()


def worker_name() -> str:
    """`place/process/token`: no other process has it, nor this one after a restart."""
    token = secrets.token_hex(4)
    _ours.add(token)
    return f"{_place()}/{os.getpid()}/{token}"


def is_gone(lease: str) -> bool:
    """Whether whoever took this lease has certainly ended: it ran here and does not any more."""
    parts = lease.split(":", 1)[0].split("/")
    if len(parts) != 3 or parts[0] != _place() or not parts[1].isdigit():
        return False
    pid, token = int(parts[1]), parts[2]
    if pid == os.getpid():
        return token not in _ours
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def _place() -> str:
    """This machine and, where there are such, this container: process numbers mean nothing outside."""
    space = ""
    with contextlib.suppress(OSError):
        space = str(Path("/proc/self/ns/pid").stat().st_ino)
    return f"{socket.gethostname()}.{space}".replace("/", "-").replace(":", "-")


async def inherit(units: Units, *, now: datetime) -> None:
    """Free what processes that are gone still hold. Best effort: leases run out anyway."""

    def unit(db: Session) -> int:
        return (
            inbox.free_of(db, is_gone)
            + outbox.free_of(db, is_gone, now=now)
            + worklist.free_of(db, is_gone, now=now)
        )

    try:
        freed = await units.write(unit)
    except Unavailable as failed:
        log.warning("worker.inherits_nothing", reason=str(failed))
        return
    if freed:
        log.info("worker.inherited", leases=freed)
