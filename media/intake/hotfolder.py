"""Watch folders where cameras and their software put files (取込フォルダ), and hand each complete
one on, once.

Two ways at the same time: events of the kernel (a writer closed a file, or renamed it into place)
and a scan every few seconds, because network disks send no events and because of what came while
nobody watched. A file is handed on when it is complete: closed or unchanged over two scans, and its
end is where its format says. One whose end never comes is handed on when nobody has touched it for
long: broken captures are kept too. Sources are never moved or deleted. Links are not followed. All
work is done by one thread, so shots stay in order; files that do not tell by themselves whose they
are, and come many at a time as from a card, wait for each other and go on in the order they were
taken, whatever order they were copied in.
"""

import os
import queue
import re
import stat
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from catalog.ground.errors import Malformed, Missing, Refused, Stale, Unavailable
from catalog.ground.record import from_millis, to_millis
from media.decoding import sniff
from media.intake.stations import card_of, folder_of

if TYPE_CHECKING:
    from watchdog.events import FileSystemEventHandler
    from watchdog.observers.api import BaseObserver

_IGNORED_ENDINGS = (".tmp", ".part", ".partial", ".crdownload", ".download", ".swp", "~")
_IGNORED_NAMES = frozenset({"thumbs.db", "desktop.ini", "ehthumbs.db"})
_IDLE_LOOK = 0.2
_SCAN_SHARE = 20  # a scan may take one twentieth of the time
_MOST_WAITED_FOR = 3  # tries
_MOST_TRIES = 5  # of what fails as nothing foreseen does

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Arrival:
    """`at`: when a file began to appear, by the wall clock, in whole milliseconds: what one scan
    found came at one moment, whatever is slow afterwards. `is_behind`: one that came no later is
    not in yet, and may be a tag.
    """

    at: datetime
    is_behind: bool


Take = Callable[[Path, Path, Arrival], None]
"""`take(path, root, arrival)`. Unavailable and OSError: tried
again; other answers of the shop: laid aside until it changes; what nobody foresaw: tried a few
times, then laid aside.
"""
LayAside = Callable[[Path, Path, Exception], None]
"""`lay_aside(path, root, why)`: it is not taken in; nobody tries again before it changes."""
IsTaken = Callable[[Path, int, int], bool]
"""`is_taken(path, size, mtime_ns)`: whether this very file came in at an earlier run."""
Looked = Callable[[], None]
"""`looked()`: every folder was looked through from end to end."""
NamesItself = Callable[[Path, Path], bool]
"""`names_itself(path, root)`: whether name or folder say whose it is, so that order is nothing to
it.
"""


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds. `settle`: unchanged for so long over two scans; `closed`, `open`: how long an end
    may be missing; `lull`: so long nothing new comes to a folder after the last shot of a series,
    and `series`: how long one is waited for at most; `copy`: the lull of a card, or of a folder
    that was not there before, which is waited for to its end; `again`: before each further try.
    """

    scan: float = 2.0
    settle: float = 2.0
    closed: float = 3.0
    open: float = 30.0
    lull: float = 0.3
    series: float = 20.0
    copy: float = 3.0
    again: tuple[float, ...] = (2.0, 5.0, 15.0, 60.0)


@dataclass(frozen=True, slots=True)
class _Noted:
    """What the kernel told: a file began, or its writer is through with it."""

    path: Path
    is_closed: bool


@dataclass(slots=True)
class _Candidate:
    root: Path
    size: int
    mtime_ns: int
    same_since: float
    begun: float
    came_at: datetime
    group: str | None = None  # the folder or card it waits with
    ripe_since: float | None = None
    scans: int = 0
    was_closed: bool = False
    tries: int = 0
    not_before: float = 0.0


class HotFolder:
    """Watches some folders and everything under them. `start` once, `stop` once."""

    def __init__(
        self,
        roots: Sequence[Path],
        take: Take,
        *,
        clock: Callable[[], datetime],
        is_taken: IsTaken,
        names_itself: NamesItself = lambda path, root: False,
        lay_aside: LayAside = lambda path, root, why: None,
        looked: Looked = lambda: None,
        pace: Pace | None = None,
        uses_events: bool = True,
    ) -> None:
        self._roots = [root.absolute() for root in roots]
        self._take = take
        self._clock = clock
        self._is_taken = is_taken
        self._names_itself = names_itself
        self._lay_aside = lay_aside
        self._looked = looked
        self._pace = pace or Pace()
        self._uses_events = uses_events
        self._noted: queue.SimpleQueue[_Noted] = queue.SimpleQueue()
        self._stirred: dict[str, float] = {}
        self._live: set[str] = {str(root) for root in self._roots}
        self._candidates: dict[Path, _Candidate] = {}
        self._done: dict[Path, tuple[int, int]] = {}
        self._stop = threading.Event()
        self._observer: BaseObserver | None = None
        self._ear: FileSystemEventHandler | None = None
        self._heard: set[Path] = set()
        self._thread: threading.Thread | None = None
        self._next_scan = 0.0
        self._is_blind = False

    def start(self) -> None:
        """Begin to watch; what came while nobody watched is found by the first scans."""
        if self._uses_events:
            self._observe()
        self._thread = threading.Thread(target=self._run, name="hot-folder", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish the file in hand and end."""
        self._stop.set()
        if self._observer is not None:
            self._observer.stop()
            self._observer.join(timeout=5)
        if self._thread is not None:
            self._thread.join(timeout=60)

    def _observe(self) -> None:
        from watchdog import events
        from watchdog.observers import Observer

        noted = self._noted

        class Ear(events.FileSystemEventHandler):
            def on_created(self, event: events.FileSystemEvent) -> None:
                if not event.is_directory:
                    noted.put(_Noted(Path(os.fsdecode(event.src_path)), is_closed=False))

            def on_closed(self, event: events.FileSystemEvent) -> None:
                noted.put(_Noted(Path(os.fsdecode(event.src_path)), is_closed=True))

            def on_moved(self, event: events.FileSystemEvent) -> None:
                if not event.is_directory:
                    noted.put(_Noted(Path(os.fsdecode(event.dest_path)), is_closed=True))

        self._ear = Ear()
        self._observer = Observer()
        self._observer.start()
        self._listen()

    def _listen(self) -> None:
        """Ask for events of the folders that are there; the scan alone watches the others."""
        if self._observer is None or self._ear is None:
            return
        for root in self._roots:
            if root in self._heard or not root.is_dir():
                continue
            self._heard.add(root)
            try:
                self._observer.schedule(self._ear, str(root), recursive=True)
            except OSError as broken:  # too many watches, or gone again
                log.warning("hotfolder.no_events", reason=broken.strerror)

    # The folder's own thread from here on.

    def _run(self) -> None:
        failed = 0
        while not self._stop.is_set():
            try:
                self._round()
                failed = 0
            except Exception:
                log.exception("hotfolder.round_failed")
                self._stop.wait(self._patience_after(failed))
                failed += 1

    def _round(self) -> None:
        self._hear()
        now = time.monotonic()
        if now >= self._next_scan:
            self._scan(now)
            took = time.monotonic() - now
            self._next_scan = now + max(self._pace.scan, took * _SCAN_SHARE)
        self._hand_on()

    def _hear(self) -> None:
        """Note what began and what was closed; wait a little when nothing did."""
        try:
            each = self._noted.get(timeout=self._patience())
            while True:
                self._note(each)
                each = self._noted.get_nowait()
        except queue.Empty:
            return

    def _patience(self) -> float:
        """Less while a series is about to be over."""
        return min(_IDLE_LOOK, self._pace.lull / 3) if self._stirred else _IDLE_LOOK

    def _note(self, noted: _Noted) -> None:
        path = noted.path
        root = next((root for root in self._roots if path.is_relative_to(root)), None)
        if root is None or _is_ignored(path, root):
            return
        now = time.monotonic()
        candidate = self._look(path, root, now, _in_millis(self._clock()))
        if candidate is None:
            return
        if candidate.group is not None:
            self._stirred[candidate.group] = now
        if noted.is_closed:
            candidate.was_closed = True

    def _scan(self, now: float) -> None:
        self._listen()
        came_at = _in_millis(self._clock())
        seen: set[Path] = set()
        unread: list[OSError] = []
        for root in self._roots:
            for path in _plain_files(root, unread.append):
                if self._stop.is_set():
                    return
                seen.add(path)
                candidate = self._look(path, root, now, came_at)
                if candidate is not None:
                    candidate.scans += 1
        unread = [each for each in unread if not isinstance(each, FileNotFoundError)]
        if unread:  # what cannot be seen now is not gone, and began when it began
            if not self._is_blind:
                log.warning("hotfolder.unread", reason=unread[0].strerror, count=len(unread))
            self._is_blind = True
            return
        self._is_blind = False
        for gone in [path for path in self._candidates if path not in seen]:
            del self._candidates[gone]
        for gone in [path for path in self._done if path not in seen]:
            del self._done[gone]
        waiting = {each.group for each in self._candidates.values()}
        for over in [group for group in self._stirred if group not in waiting]:
            del self._stirred[over]
        self._looked()

    def _look(self, path: Path, root: Path, now: float, came_at: datetime) -> _Candidate | None:
        """The candidate as it is now; None when it is done with, or no plain file."""
        try:
            state = path.stat(follow_symlinks=False)
        except FileNotFoundError:
            self._candidates.pop(path, None)
            return None
        except OSError:
            return None  # it is looked at again
        if not stat.S_ISREG(state.st_mode):
            return None
        mark = (state.st_size, state.st_mtime_ns)
        if self._done.get(path) == mark:
            return None
        candidate = self._candidates.get(path)
        if candidate is None:
            if self._was_taken(path, *mark):
                return None
            group = None if self._names_itself(path, root) else folder_of(path, root)
            candidate = _Candidate(
                root, *mark, same_since=now, begun=now, came_at=came_at, group=group
            )
            self._candidates[path] = candidate
        elif (candidate.size, candidate.mtime_ns) != mark:
            candidate.size, candidate.mtime_ns = mark
            candidate.same_since, candidate.scans, candidate.tries = now, 0, 0
            candidate.was_closed, candidate.ripe_since = False, None
        return candidate

    def _was_taken(self, path: Path, size: int, mtime_ns: int) -> bool:
        try:
            is_taken = self._is_taken(path, size, mtime_ns)
        except Exception as broken:  # noqa: BLE001 - taking it again is harmless
            log.warning("hotfolder.unknown", error=type(broken).__name__, reason=str(broken))
            return False
        if is_taken:
            self._done[path] = (size, mtime_ns)
        return is_taken

    def _hand_on(self) -> None:
        """Everything complete, in the order it was captured."""
        now = time.monotonic()
        ripe = {path: each for path, each in self._candidates.items() if self._is_ripe(path, each)}
        for each in ripe.values():
            each.ripe_since = each.ripe_since or now
        groups = {each.group for each in ripe.values()}
        held = {group for group in groups if group is not None and self._is_coming(group, ripe)}
        ready = {path: each for path, each in ripe.items() if each.group not in held}
        for group in sorted({each.group or "" for each in ready.values()}):
            self._stirred.pop(group, None)
            self._live.add(group)
            self._hand_on_series([p for p, each in ready.items() if (each.group or "") == group])

    def _hand_on_series(self, series: Sequence[Path]) -> None:
        """Those of one folder or card; after one that must be tried again the rest wait, too."""
        held = {path: self._candidates[path] for path in series}
        order, is_copied = in_order({path: each.mtime_ns for path, each in held.items()})
        if is_copied:  # in any order: when each began to appear tells nothing
            begun = min(each.begun for each in held.values())
            came_at = min(each.came_at for each in held.values())
            for each in held.values():
                each.begun, each.came_at = begun, came_at
        for path in order:
            if self._stop.is_set():
                return
            if not self._hand_on_one(path, held[path]) and held[path].group is not None:
                return

    def _is_coming(self, group: str, ripe: Mapping[Path, _Candidate]) -> bool:
        """Whether more of the series may come before what is there."""
        now, pace = time.monotonic(), self._pace
        mine = [(path, each) for path, each in self._candidates.items() if each.group == group]
        growing = [e for path, e in mine if path not in ripe and e.tries <= _MOST_WAITED_FOR]
        is_card = any(card_of(path, each.root) is not None for path, each in mine)
        if is_card or group not in self._live:
            # Copied, in any order: only when all of it is there can it be put in order.
            newest = max(self._stirred.get(group, 0.0), *(each.begun for _, each in mine))
            return bool(growing) or now - newest < pace.copy
        waiting = [each.ripe_since or now for each in ripe.values() if each.group == group]
        if now - min(waiting) >= pace.series:
            return False  # somebody waits to see them
        if now - self._stirred.get(group, 0.0) < pace.lull:
            return True
        is_growing = any(now - each.same_since < pace.settle for each in growing)
        # A tag that could not be taken in says whose the shots after it are: they wait for it.
        is_stuck = any(e.not_before > now and e.tries <= _MOST_WAITED_FOR for _, e in mine)
        return is_growing or is_stuck

    def _is_ripe(self, path: Path, candidate: _Candidate) -> bool:
        now = time.monotonic()
        if now < candidate.not_before:
            return False
        if candidate.ripe_since is not None:
            return True
        waited = now - candidate.same_since
        is_settled = candidate.scans >= 2 and waited >= self._pace.settle
        if not candidate.was_closed and not is_settled:
            return False
        if waited >= (self._pace.closed if candidate.was_closed else self._pace.open):
            return True
        try:
            return sniff.looks_whole(path)
        except OSError:
            return False

    def _hand_on_one(self, path: Path, candidate: _Candidate) -> bool:
        """False when it is to be tried again."""
        mark = (candidate.size, candidate.mtime_ns)
        try:
            arrival = Arrival(candidate.came_at, self._is_behind(path, candidate))
            self._take(path, candidate.root, arrival)
        except (Unavailable, Stale, OSError) as broken:
            return self._later(candidate, broken)
        except (Malformed, Refused, Missing) as refused:
            log.warning("hotfolder.refused", error=type(refused).__name__, reason=str(refused))
            self._aside(path, candidate, refused)
        except Exception as broken:
            if candidate.tries + 1 < _MOST_TRIES:
                return self._later(candidate, broken)
            log.exception("hotfolder.laid_aside")
            self._aside(path, candidate, broken)
        self._candidates.pop(path, None)
        self._done[path] = mark
        return True

    def _is_behind(self, path: Path, candidate: _Candidate) -> bool:
        """Whether one of its series that came no later waits to be tried again."""
        return candidate.group is not None and any(
            each.group == candidate.group and each.tries and each.came_at <= candidate.came_at
            for other, each in self._candidates.items()
            if other != path
        )

    def _later(self, candidate: _Candidate, broken: Exception) -> bool:
        wait = self._patience_after(candidate.tries)
        candidate.tries += 1
        candidate.not_before = time.monotonic() + wait
        log.warning("hotfolder.later", error=type(broken).__name__, reason=str(broken))
        return False

    def _patience_after(self, tries: int) -> float:
        return self._pace.again[min(tries, len(self._pace.again) - 1)]

    def _aside(self, path: Path, candidate: _Candidate, why: Exception) -> None:
        try:
            self._lay_aside(path, candidate.root, why)
        except Exception as broken:  # noqa: BLE001 - the file is left, told or not
            log.warning("hotfolder.untold", error=type(broken).__name__, reason=str(broken))


def in_order(files: Mapping[Path, int]) -> tuple[list[Path], bool]:
    """Files with the time each was last written, in the order they were taken: as their cameras say
    when all of them do, a card's by their numbers, others as they were written. True when the
    order is another one than they came in, for all one knows.
    """
    if len(files) < 2:
        return list(files), False
    told = {path: _told_time(path) for path in files}
    if all(told.values()):
        return sorted(files, key=lambda path: (str(told[path]), _numbered(path))), True
    if all(card_of(path, None) is not None for path in files):
        return sorted(files, key=_numbered), True
    return sorted(files, key=lambda path: (files[path], _numbered(path))), False


def _in_millis(moment: datetime) -> datetime:
    """As the database keeps moments, so that two of them compare the same before and after."""
    return from_millis(to_millis(moment))


def _told_time(path: Path) -> str | None:
    try:
        return sniff.told_time(path)
    except OSError:
        return None


def _numbered(path: Path) -> tuple[str, list[str | int], str]:
    """Names by the numbers in them: IMG_9 before IMG_10, a raw file beside its picture."""
    parts = re.split(r"(\d+)", path.stem.lower())
    return str(path.parent), [int(p) if p.isdecimal() else p for p in parts], path.suffix.lower()


def _is_ignored(path: Path, root: Path) -> bool:
    """Half-written and hidden files, and everything in hidden folders."""
    inside = path.relative_to(root).parts
    name = inside[-1].lower() if inside else ""
    return (
        not inside
        or any(part.startswith(".") or part == ".." for part in inside)
        or name.endswith(_IGNORED_ENDINGS)
        or name in _IGNORED_NAMES
    )


def _plain_files(root: Path, unread: Callable[[OSError], None]) -> Iterator[Path]:
    """Files under the folder that are neither ignored nor reached through a link. `unread` is told
    of what cannot be looked at now.
    """
    for folder, names, files in os.walk(root, onerror=unread, followlinks=False):
        names[:] = sorted(name for name in names if not name.startswith("."))
        for name in sorted(files):
            path = Path(folder) / name
            if _is_ignored(path, root):
                continue
            try:
                is_link = path.is_symlink()
            except OSError as broken:
                unread(broken)
                continue
            if not is_link:
                yield path
