"""Who looked at what (閲覧記録, R-023): every request at an address of media, shown or refused.

Requests are counted in memory for a second and written together, so that looking closely at a
picture is not a hundred commits; what could not be written waits for the next time. Of whoever
looks only the first part of the network address and the kind of program are kept.
"""

import ipaddress
import re
import threading
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, func, select

from catalog.ground.errors import ShopError
from catalog.ground.session.database import Database
from media.sharing.kinds import Why
from media.sharing.passes import NOTHING, About
from media.sharing.rules import Answer, Beyond, Piece, Unchanged
from media.sharing.tables import Look, MediaPass, Viewing

SHOWN = "shown"
_EVERY_SECONDS = 1.0
_MOST_WAITING = 500
_MEGABYTE = 1 << 20
_IN_MEGABYTES = (1, 4, 16, 64, 256, 1024)

logger = structlog.get_logger()


class What(StrEnum):
    """What was asked for."""

    LETTER = "letter"  # a film or picture sent into a chat
    PAGE = "page"
    GATE = "gate"  # a PIN, or the button of a page that opens only so often
    FILE = "file"  # a film or picture of a page
    TILE = "tile"
    DOWNLOAD = "download"
    ORIGINAL = "original"
    REPORT = "report"  # the way to where a report is checked
    PRINT = "print"  # its certificate
    EVIDENCE = "evidence"  # the zip a page was made to give


@dataclass(frozen=True, slots=True)
class Seen:
    """One request, as far as it is kept."""

    what: What
    result: str = SHOWN
    about: About = NOTHING
    span: str = ""
    network: str = ""
    agent: str = ""

    def refused(self, why: Why, about: About) -> "Seen":
        """The same, answered with nothing."""
        return replace(self, result=why.value, about=about)

    def shown(self, about: About, span: str = "") -> "Seen":
        """The same, answered with what was asked for."""
        return replace(self, about=about, span=span)


class Watch:
    """Takes what was seen and writes it down soon after. Threads may share it."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._seen: dict[Seen, list[Any]] = {}  # when first, how often
        self._timer: threading.Timer | None = None
        self._is_hurried = False

    def saw(self, seen: Seen) -> None:
        """Written within about a second, at once when much waits; whoever asked for bytes waits for
        neither.
        """
        with self._lock:
            held = self._seen.setdefault(seen, [self._clock(), 0])
            held[1] += 1
            is_much = len(self._seen) >= _MOST_WAITING
            if self._timer is None or (is_much and not self._is_hurried):
                if self._timer is not None:
                    self._timer.cancel()
                self._is_hurried = is_much
                self._timer = threading.Timer(0.0 if is_much else _EVERY_SECONDS, self.flush)
                self._timer.daemon = True
                self._timer.start()

    def flush(self) -> int:
        """Write what waits; how many requests that were. What another thread is writing is written
        when this returns. Never raises: what the database does not take now waits.
        """
        with self._writing:
            return self._flush()

    def _flush(self) -> int:
        with self._lock:
            taken, self._seen = self._seen, {}
            if self._timer is not None:
                self._timer.cancel()
                self._timer, self._is_hurried = None, False
        if not taken:
            return 0
        try:
            self._database.write(lambda db: _write(db, taken))
        except (ShopError, SQLAlchemyError) as failed:
            logger.warning("looks.waiting", rows=len(taken), reason=type(failed).__name__)
            self._put_back(taken)
            return 0
        return sum(times for _, times in taken.values())

    def _put_back(self, taken: dict[Seen, list[Any]]) -> None:
        with self._lock:
            for seen, (at, times) in taken.items():
                held = self._seen.setdefault(seen, [at, 0])
                held[0] = min(held[0], at)
                held[1] += times


def _write(db: Session, taken: dict[Seen, list[Any]]) -> None:
    for seen, (at, times) in taken.items():
        about = seen.about
        db.add(
            Look(
                at=at, what=seen.what.value, result=seen.result, times=times,
                share_id=about.share_id, viewing_id=about.viewing_id, pass_hash=about.pass_hash,
                asset_id=about.asset_id, rendition_id=about.rendition_id, span=seen.span,
                network=seen.network, agent=seen.agent,
            )
        )  # fmt: skip
    db.flush()


def span_of(found: Answer, size: int) -> str:
    """Which part of a file an answer gave, in steps: `all`, `0-1M`, `16M-64M`, `none`."""
    if isinstance(found, Unchanged | Beyond):
        return "none"
    if not isinstance(found, Piece) or (found.start, found.stop) == (0, size):
        return "all"
    start, stop = found.start / _MEGABYTE, found.stop / _MEGABYTE
    low = max((each for each in _IN_MEGABYTES if each <= start), default=0)
    high = min((each for each in _IN_MEGABYTES if each >= stop), default=None)
    return f"{low}M-{high}M" if high is not None else f"{low}M-"


@lru_cache(maxsize=1024)
def network_of(address: str) -> str:
    """The first part of an address: /24 of IPv4, /48 of IPv6, else nothing."""
    try:
        told = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(told, ipaddress.IPv6Address) and told.ipv4_mapped is not None:
        told = told.ipv4_mapped
    wide = 24 if told.version == 4 else 48
    return str(ipaddress.ip_network((told, wide), strict=False))


_AGENTS = (
    (
        "robot",
        r"bot\b|bot/|crawl|spider|preview|facebookexternalhit|line-poker|slurp|embed|fetch|curl"
        r"|wget|python|okhttp|headless",
    ),
    ("line", r"\bline/"),
    ("tablet", r"ipad|tablet|android(?!.*mobile)"),
    ("phone", r"iphone|android|mobile"),
    ("computer", r"windows|macintosh|x11|linux|cros"),
)
_KNOWN = [(name, re.compile(told, re.IGNORECASE)) for name, told in _AGENTS]


@lru_cache(maxsize=256)
def agent_of(told: str | None) -> str:
    """What kind of program asks: robot, line, tablet, phone, computer, other."""
    told = (told or "")[:400]
    return next((name for name, known in _KNOWN if known.search(told)), "other")


@dataclass(frozen=True, slots=True)
class ViewingFacts:
    """One browser at a page: what it asked for, how often it was refused, and when last."""

    viewing_id: str
    mark: str
    begun_at: datetime
    last_at: datetime
    network: str
    agent: str
    looked: int
    downloads: int
    originals: int
    refused: int


def viewings_of(db: Session, share_id: str, *, limit: int = 100) -> list[ViewingFacts]:
    """Who opened a page, the latest first."""
    rows = db.exec(
        select(Viewing)
        .where(Viewing.share_id == share_id)
        .order_by(col(Viewing.id).desc())
        .limit(limit)
    ).all()
    counted: dict[str, Counter[str]] = {each.id: Counter() for each in rows}
    last = {each.id: each.begun_at for each in rows}
    for look in db.exec(select(Look).where(Look.share_id == share_id)):
        if look.viewing_id in counted:
            name = look.what if look.result == SHOWN else "refused"
            counted[look.viewing_id][name] += look.times
            last[look.viewing_id] = max(last[look.viewing_id], look.at)
    return [
        ViewingFacts(
            each.id, each.mark, each.begun_at, last[each.id], each.network, each.agent,
            told[What.FILE] + told[What.TILE], told[What.DOWNLOAD] + told[What.PRINT],
            told[What.ORIGINAL] + told[What.EVIDENCE], told["refused"],
        )
        for each in rows
        for told in [counted[each.id]]
    ]  # fmt: skip


def last_opened(db: Session, shares: Collection[str]) -> dict[str, datetime]:
    """When each of these pages was last opened by somebody, robots left out."""
    rows = db.exec(
        select(Look.share_id, func.max(Look.at))
        .where(
            col(Look.share_id).in_(shares),
            Look.what == What.PAGE.value,
            Look.result == SHOWN,
            col(Look.viewing_id).is_not(None),
        )
        .group_by(col(Look.share_id))
    )
    return {share: at for share, at in rows if share is not None}


def of_share(db: Session, share_id: str, *, limit: int = 200, offset: int = 0) -> Sequence[Look]:
    """What was asked for at a page, the latest first."""
    latest = select(Look).where(Look.share_id == share_id).order_by(col(Look.id).desc())
    return db.exec(latest.limit(limit).offset(offset)).all()


def counted(db: Session, share_id: str) -> tuple[int, int]:
    """By how many browsers a page was opened, and how many requests there were, refused or not."""
    viewings = select(func.count()).select_from(Viewing).where(Viewing.share_id == share_id)
    asked = select(func.sum(Look.times)).where(Look.share_id == share_id)
    return db.exec(viewings).one(), int(db.exec(asked).one() or 0)


def share_of_mark(db: Session, mark: str) -> str | None:
    """Whose page a file was taken from, by the mark on it."""
    told = mark.strip().upper()[:20]
    return db.exec(select(Viewing.share_id).where(Viewing.mark == told)).first()


@dataclass(frozen=True, slots=True)
class LetterLook:
    """A film or picture that was sent into a chat, looked at there."""

    at: datetime
    conversation: str
    result: str
    times: int
    agent: str


def of_assets(db: Session, assets: Sequence[str], *, limit: int = 100) -> list[LetterLook]:
    """Who fetched what was sent of these captures, the latest first."""
    rows = db.exec(
        select(Look, MediaPass.conversation)
        .where(col(Look.asset_id).in_(assets), MediaPass.token_hash == Look.pass_hash)
        .order_by(col(Look.id).desc())
        .limit(limit)
    )
    return [LetterLook(row.at, told, row.result, row.times, row.agent) for row, told in rows]
