"""Watch folders where cameras and their software put files (取込フォルダ), and hand each complete
one on, once.

Two ways at the same time: events of the kernel (a writer closed a file, or renamed it into place)
and a scan every few seconds, because network disks send no events and because of what came while
nobody watched. A file is handed on when it is complete: closed or unchanged over two scans, and its
end is where its format says. One whose end never comes is handed on when nobody has touched it for
long: broken captures are kept too. Sources are never moved or deleted. Links are not followed. All
work is done by one thread, so shots stay in order.
"""

import os
import queue
import stat
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from catalog.ground.errors import Malformed, Missing, Refused, Stale, Unavailable
from media.decoding import sniff

if TYPE_CHECKING:
    from watchdog.events import FileSystemEventHandler
    from watchdog.observers.api import BaseObserver

_IGNORED_ENDINGS = (".tmp", ".part", ".partial", ".crdownload", ".download", ".swp", "~")
_IGNORED_NAMES = frozenset({"thumbs.db", "desktop.ini", "ehthumbs.db"})
_IDLE_LOOK = 0.2
_SCAN_SHARE = 20  # a scan may take one twentieth of the time
_RETRY_SECONDS = (2.0, 5.0, 15.0, 60.0)

log = structlog.get_logger()

Take = Callable[[Path, Path], None]
"""`take(path, root)`. Unavailable and OSError: tried again; other answers of the shop: left until
it changes.
"""
IsTaken = Callable[[Path, int, int], bool]
"""`is_taken(path, size, mtime_ns)`: whether this very file came in at an earlier run."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds. `settle`: unchanged for so long over two scans; `closed`, `open`: how long an end
    may be missing.
    """

    scan: float = 2.0
    settle: float = 2.0
    closed: float = 3.0
    open: float = 30.0


@dataclass(slots=True)
class _Candidate:
    root: Path
    size: int
    mtime_ns: int
    same_since: float
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
        is_taken: IsTaken,
        pace: Pace | None = None,
        uses_events: bool = True,
    ) -> None:
        self._roots = [root.absolute() for root in roots]
        self._take = take
        self._is_taken = is_taken
        self._pace = pace or Pace()
        self._uses_events = uses_events
        self._closed: queue.SimpleQueue[Path] = queue.SimpleQueue()
        self._candidates: dict[Path, _Candidate] = {}
        self._done: dict[Path, tuple[int, int]] = {}
        self._stop = threading.Event()
        self._observer: BaseObserver | None = None
        self._ear: FileSystemEventHandler | None = None
        self._heard: set[Path] = set()
        self._thread: threading.Thread | None = None
        self._next_scan = 0.0

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

        closed = self._closed

        class Ear(events.FileSystemEventHandler):
            def on_closed(self, event: events.FileSystemEvent) -> None:
                closed.put(Path(os.fsdecode(event.src_path)))

            def on_moved(self, event: events.FileSystemEvent) -> None:
                if not event.is_directory:
                    closed.put(Path(os.fsdecode(event.dest_path)))

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
        while not self._stop.is_set():
            self._hear()
            now = time.monotonic()
            if now >= self._next_scan:
                self._scan(now)
                took = time.monotonic() - now
                self._next_scan = now + max(self._pace.scan, took * _SCAN_SHARE)
            self._hand_on()

    def _hear(self) -> None:
        """Note what was closed; wait a little when nothing was."""
        try:
            path = self._closed.get(timeout=_IDLE_LOOK)
            while True:
                self._note_closed(path)
                path = self._closed.get_nowait()
        except queue.Empty:
            return

    def _note_closed(self, path: Path) -> None:
        root = next((root for root in self._roots if path.is_relative_to(root)), None)
        if root is None or _is_ignored(path, root):
            return
        candidate = self._look(path, root, time.monotonic())
        if candidate is not None:
            candidate.was_closed = True

    def _scan(self, now: float) -> None:
        self._listen()
        seen: set[Path] = set()
        for root in self._roots:
            for path in _plain_files(root):
                if self._stop.is_set():
                    return
                seen.add(path)
                candidate = self._look(path, root, now)
                if candidate is not None:
                    candidate.scans += 1
        for gone in [path for path in self._candidates if path not in seen]:
            del self._candidates[gone]
        for gone in [path for path in self._done if path not in seen]:
            del self._done[gone]

    def _look(self, path: Path, root: Path, now: float) -> _Candidate | None:
        """The candidate as it is now; None when it is done with, or no plain file."""
        try:
            state = path.stat(follow_symlinks=False)
        except OSError:
            self._candidates.pop(path, None)
            return None
        if not stat.S_ISREG(state.st_mode):
            return None
        mark = (state.st_size, state.st_mtime_ns)
        if self._done.get(path) == mark:
            return None
        candidate = self._candidates.get(path)
        if candidate is None:
            if self._was_taken(path, *mark):
                return None
            candidate = self._candidates[path] = _Candidate(root, *mark, same_since=now)
        elif (candidate.size, candidate.mtime_ns) != mark:
            candidate.size, candidate.mtime_ns = mark
            candidate.same_since, candidate.scans, candidate.tries = now, 0, 0
            candidate.was_closed = False
        return candidate

    def _was_taken(self, path: Path, size: int, mtime_ns: int) -> bool:
        try:
            is_taken = self._is_taken(path, size, mtime_ns)
        except Unavailable:
            return False  # taking it again is harmless
        if is_taken:
            self._done[path] = (size, mtime_ns)
        return is_taken

    def _hand_on(self) -> None:
        """Everything complete, in the order it was captured."""
        now = time.monotonic()
        ripe = [path for path, each in self._candidates.items() if self._is_ripe(path, each, now)]
        for path in sorted(ripe, key=lambda path: (self._candidates[path].mtime_ns, str(path))):
            if self._stop.is_set():
                return
            self._hand_on_one(path, self._candidates[path])

    def _is_ripe(self, path: Path, candidate: _Candidate, now: float) -> bool:
        if now < candidate.not_before:
            return False
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

    def _hand_on_one(self, path: Path, candidate: _Candidate) -> None:
        mark = (candidate.size, candidate.mtime_ns)
        try:
            self._take(path, candidate.root)
        except (Unavailable, Stale, OSError) as broken:
            wait = _RETRY_SECONDS[min(candidate.tries, len(_RETRY_SECONDS) - 1)]
            candidate.tries += 1
            candidate.not_before = time.monotonic() + wait
            log.warning("hotfolder.later", error=type(broken).__name__, reason=str(broken))
            return
        except (Malformed, Refused, Missing) as refused:
            log.warning("hotfolder.refused", error=type(refused).__name__, reason=str(refused))
        self._candidates.pop(path, None)
        self._done[path] = mark


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


def _plain_files(root: Path) -> Iterator[Path]:
    """Files under the folder that are neither ignored nor reached through a link."""
    for folder, names, files in os.walk(root, followlinks=False):
        names[:] = sorted(name for name in names if not name.startswith("."))
        for name in sorted(files):
            path = Path(folder) / name
            if not _is_ignored(path, root) and not path.is_symlink():
                yield path
