"""The check of originals: the bytes are read and hashed where they lie, against `sha256sum` of the
same files; and at a rate, against that rate.
"""

import hashlib
import os
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

from bench.result import Result, against, middle
from bench.setting import Setting
from bot.workers.pace import Rate
from catalog.ground.record import Sha256
from media.originals.local import LocalStore
from media.originals.reading import Condition, Pace, look, unhurried
from media.originals.store import original_key

FILE_BYTES = 24_000_000
FILES = 20
QUICK_FILES = 6
RATE = 40_000_000


def run(setting: Setting) -> list[Result]:
    """Files of a camera's size; both ways read the disk, the machine's memory is emptied of
    them.
    """
    store = LocalStore(setting.folder / "fixity")
    count = QUICK_FILES if setting.rounds == 1 else FILES
    names = [_kept(store, number) for number in range(count)]
    paths = [path for name in names if (path := store.path(original_key(name))) is not None]
    ours, theirs = [], []
    for _ in range(setting.rounds):
        theirs.append(_rate(paths, lambda: _sha256sum(paths)))
        ours.append(_rate(paths, lambda: _check(store, names)))
    at_rate = names[: max(2, count // 4)]
    size = len(at_rate) * FILE_BYTES
    pace = Rate(RATE, threading.Event())
    began = time.monotonic()
    _check(store, at_rate, pace)
    kept = size / (time.monotonic() - began)
    return [
        against(
            "fixity", "check of originals, against sha256sum of the same files",
            middle(ours) / 1e6, middle(theirs) / 1e6, unit="MB/s", at_least=0.8,
        ),
        against(
            "fixity", f"at {RATE // 1_000_000} MB/s, against that rate", kept / 1e6, RATE / 1e6,
            unit="MB/s", at_least=0.9,
        ),
        against(
            "fixity", "and not above it", kept / 1e6, RATE / 1e6, unit="MB/s", at_most=1.1,
        ),
    ]  # fmt: skip


def _kept(store: LocalStore, number: int) -> Sha256:
    piece = os.urandom(1_000_000)
    content = piece * (FILE_BYTES // len(piece) - 1) + number.to_bytes(4, "big") * 250_000
    name = Sha256(hashlib.sha256(content).hexdigest())
    staged = store.staging / f"{number}.part"
    staged.write_bytes(content)
    store.put(staged, name, facts={})
    return name


def _rate(paths: list[Path], read: Callable[[], None]) -> float:
    """Bytes a second, cold."""
    for path in paths:
        handle = os.open(path, os.O_RDONLY)
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(handle)
    began = time.monotonic()
    read()
    return sum(path.stat().st_size for path in paths) / (time.monotonic() - began)


def _sha256sum(paths: list[Path]) -> None:
    subprocess.run(["sha256sum", *map(str, paths)], check=True, stdout=subprocess.DEVNULL)


def _check(store: LocalStore, names: list[Sha256], pace: Pace = unhurried) -> None:
    for name in names:
        if look(store, name, pace=pace).condition is not Condition.GOOD:
            raise RuntimeError("an original is not what it was")
