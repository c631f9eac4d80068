"""Hot folders: complete files only, each once, in order, with events and without; nothing else."""

import contextlib
import itertools
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from catalog.ground.errors import Malformed, Unavailable
from media.intake.hotfolder import Arrival, HotFolder, Pace, in_order
from media.intake.naming import names_itself
from tests.media import captures, microscopes

QUICK = Pace(scan=0.1, settle=0.2, closed=0.5, open=1.0, copy=1.0)
SLOW_SCAN = Pace(scan=60.0, settle=0.2, closed=0.5, open=1.0)


def now() -> datetime:
    return datetime.now(UTC)


class Takings:
    """What was handed on, and what the next hand-ons answer."""

    def __init__(self) -> None:
        self.paths: list[Path] = []
        self.sizes: list[int] = []
        self.arrivals: dict[str, Arrival] = {}
        self.answers: list[Exception] = []
        self.known: set[tuple[Path, int, int]] = set()

    def take(self, path: Path, root: Path, arrival: Arrival) -> None:
        self.paths.append(path)
        self.arrivals[path.name] = arrival
        self.sizes.append(path.stat().st_size)
        if self.answers:
            raise self.answers.pop(0)
        state = path.stat()
        self.known.add((path, state.st_size, state.st_mtime_ns))

    def is_taken(self, path: Path, size: int, mtime_ns: int) -> bool:
        return (path, size, mtime_ns) in self.known

    @property
    def names(self) -> list[str]:
        return [path.name for path in self.paths]


Watch = Callable[..., HotFolder]


@pytest.fixture
def hot(tmp_path: Path) -> Path:
    (tmp_path / "hot").mkdir()
    return tmp_path / "hot"


@pytest.fixture
def takings() -> Takings:
    return Takings()


@pytest.fixture
def watch(hot: Path, takings: Takings) -> Iterator[Watch]:
    running: list[HotFolder] = []

    def start(pace: Pace = QUICK, *, uses_events: bool = True) -> HotFolder:
        folder = HotFolder(
            [hot],
            takings.take,
            clock=now,
            is_taken=takings.is_taken,
            pace=pace,
            uses_events=uses_events,
        )
        folder.start()
        running.append(folder)
        return folder

    yield start
    for folder in running:
        folder.stop()


def wait_for(holds: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def still_holds(holds: Callable[[], bool], seconds: float = 0.6) -> None:
    """True all the while: nothing more happens."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert holds()
        time.sleep(0.05)


def aside(hot: Path, name: str, seed: int = 1) -> Path:
    """A finished picture outside the hot folder, on the same disk."""
    return captures.still(hot.parent / "aside" / name, seed=seed)


def test_a_closed_file_is_handed_on_at_once_and_once(
    hot: Path, takings: Takings, watch: Watch
) -> None:
    watch(SLOW_SCAN)
    content = aside(hot, "a.jpg").read_bytes()
    wait_for(lambda: True)
    started = time.monotonic()
    (hot / "W-10234_01.jpg").write_bytes(content)
    wait_for(lambda: takings.names == ["W-10234_01.jpg"], 3)
    assert time.monotonic() - started < 2.0
    still_holds(lambda: len(takings.paths) == 1)


def test_a_file_renamed_into_place_is_handed_on(hot: Path, takings: Takings, watch: Watch) -> None:
    watch(SLOW_SCAN)
    partial = hot / "W-10234_01.jpg.part"
    partial.write_bytes(aside(hot, "a.jpg").read_bytes())
    still_holds(lambda: takings.paths == [])
    partial.rename(hot / "W-10234_01.jpg")
    wait_for(lambda: takings.names == ["W-10234_01.jpg"], 3)


@pytest.mark.parametrize("uses_events", [True, False])
def test_a_slow_writer_is_waited_for(
    hot: Path, takings: Takings, watch: Watch, uses_events: bool
) -> None:
    watch(Pace(scan=0.1, settle=0.2, closed=0.5, open=5.0), uses_events=uses_events)
    content = aside(hot, "a.jpg").read_bytes()
    with (hot / "W-10234_01.jpg").open("wb") as writer:
        for start in range(0, len(content), len(content) // 4 + 1):
            writer.write(content[start : start + len(content) // 4 + 1])
            writer.flush()
            if writer.tell() < len(content):
                still_holds(lambda: takings.paths == [], 0.5)
    wait_for(lambda: takings.names == ["W-10234_01.jpg"], 5)
    still_holds(lambda: len(takings.paths) == 1)
    assert takings.sizes == [len(content)]


@pytest.mark.parametrize("uses_events", [True, False])
def test_writers_that_take_ten_seconds_with_pauses_are_waited_for(
    hot: Path, takings: Takings, watch: Watch, uses_events: bool
) -> None:
    """At the pace of the product, whatever is written: each pause is longer than what a settled
    file waits, and one comes right after the head (R-021).
    """
    aside = hot.parent / "aside"
    aside.mkdir()
    written = [
        captures.still(aside / "W-10234_01.jpg", width=1600, height=1200),
        microscopes.ome(aside / "W-10234_02.tif"),
        microscopes.dng(aside / "W-10234_03.dng"),
        captures.film(aside / "W-10234_04.mp4", extra=("-movflags", "+faststart")),
        captures.film(aside / "W-10234_05.mkv"),
    ]
    watch(Pace(), uses_events=uses_events)
    parts = [_in_parts(path.read_bytes()) for path in written]
    with contextlib.ExitStack() as open_files:
        files = [open_files.enter_context((hot / path.name).open("wb")) for path in written]
        for n in range(4):
            for file, cut in zip(files, parts, strict=True):
                file.write(cut[n])
                file.flush()
            if n < 3:
                still_holds(lambda: takings.paths == [], 3.3)
    wait_for(lambda: len(takings.paths) == len(written), 15)
    still_holds(lambda: len(takings.paths) == len(written), 5.0)
    whole = {path.name: path.stat().st_size for path in written}
    assert dict(zip(takings.names, takings.sizes, strict=True)) == whole


def _in_parts(content: bytes) -> list[bytes]:
    """Four: the head, two in the middle, the last bytes."""
    cuts = (0, 700, len(content) // 2, len(content) - 40, len(content))
    return [content[start:stop] for start, stop in itertools.pairwise(cuts)]


def test_without_events_files_are_found_too(hot: Path, takings: Takings, watch: Watch) -> None:
    watch(uses_events=False)
    (hot / "sub").mkdir()
    (hot / "sub" / "W-10234_01.jpg").write_bytes(aside(hot, "a.jpg").read_bytes())
    wait_for(lambda: takings.names == ["W-10234_01.jpg"])
    still_holds(lambda: len(takings.paths) == 1)


def test_what_came_while_nobody_watched_is_handed_on_once_in_order(
    hot: Path, takings: Takings, watch: Watch
) -> None:
    for number, name in enumerate(["c.jpg", "a.jpg", "b.jpg"]):
        path = captures.still(hot / "W-10234" / name, seed=number)
        os.utime(path, (1_000_000 + number, 1_000_000 + number))
    first = watch()
    wait_for(lambda: len(takings.paths) == 3)
    assert takings.names == ["c.jpg", "a.jpg", "b.jpg"]
    first.stop()
    watch()
    still_holds(lambda: len(takings.paths) == 3, 1.0)


def test_a_file_written_anew_is_handed_on_anew(hot: Path, takings: Takings, watch: Watch) -> None:
    watch()
    path = captures.still(hot / "W-10234_01.jpg")
    wait_for(lambda: len(takings.paths) == 1)
    captures.still(path, width=320)
    wait_for(lambda: len(takings.paths) == 2)


def test_a_file_whose_end_never_comes_is_handed_on_at_last(
    hot: Path, takings: Takings, watch: Watch
) -> None:
    watch()
    whole = aside(hot, "a.jpg").read_bytes()
    started = time.monotonic()
    (hot / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    wait_for(lambda: takings.names == ["cut.jpg"])
    assert time.monotonic() - started >= QUICK.closed


def test_hidden_unfinished_and_linked_files_are_left_alone(
    hot: Path, takings: Takings, watch: Watch
) -> None:
    outside = aside(hot, "secret.jpg")
    content = outside.read_bytes()
    for name in (".a.jpg", "a.jpg.tmp", "a.jpg.part", "Thumbs.db", ".trash/a.jpg"):
        path = hot / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    (hot / "link.jpg").symlink_to(outside)
    (hot / "folder").symlink_to(outside.parent)
    os.mkfifo(hot / "pipe.jpg")
    watch()
    (hot / "late.jpg").symlink_to(outside)
    captures.still(hot / "good.jpg")
    wait_for(lambda: takings.names == ["good.jpg"])
    still_holds(lambda: takings.names == ["good.jpg"], 1.0)


def test_when_something_outside_is_missing_it_is_tried_again(
    hot: Path, takings: Takings, watch: Watch
) -> None:
    takings.answers = [Unavailable("the disk is full")]
    watch()
    captures.still(hot / "a.jpg")
    wait_for(lambda: takings.names == ["a.jpg", "a.jpg"])


def test_a_refused_file_is_left_and_its_neighbours_go_on(
    hot: Path, takings: Takings, watch: Watch
) -> None:
    takings.answers = [Malformed("no picture")]
    watch()
    captures.still(hot / "a.jpg")
    wait_for(lambda: takings.names == ["a.jpg"])
    captures.still(hot / "b.jpg", seed=2)
    wait_for(lambda: takings.names == ["a.jpg", "b.jpg"])
    still_holds(lambda: len(takings.paths) == 2)


def test_what_nobody_foresaw_in_one_file_ends_neither_the_watch_nor_its_neighbours(
    hot: Path, takings: Takings, watch: Watch
) -> None:
    takings.answers = [RuntimeError("a bug")]
    watch()
    captures.still(hot / "W-10234_01.jpg")
    wait_for(lambda: takings.names == ["W-10234_01.jpg"])
    captures.still(hot / "W-10234_02.jpg", seed=2)
    wait_for(lambda: sorted(takings.names[1:]) == ["W-10234_01.jpg", "W-10234_02.jpg"])


def test_what_fails_again_and_again_as_nobody_foresaw_is_laid_aside_and_told(
    hot: Path, takings: Takings
) -> None:
    """Also what is no capture; it is not tried again before it changes (R-021)."""
    answers: dict[str, Exception] = {"a.jpg": RuntimeError("a bug"), "b.bmp": Malformed("no")}
    aside_now: list[tuple[str, str]] = []
    tried: list[str] = []

    def take(path: Path, root: Path, arrival: Arrival) -> None:
        tried.append(path.name)
        raise answers[path.name]

    folder = HotFolder(
        [hot], take, clock=now, is_taken=takings.is_taken,
        lay_aside=lambda path, root, why: aside_now.append((path.name, type(why).__name__)),
        pace=replace(QUICK, again=(0.05,)),
    )  # fmt: skip
    captures.still(hot / "a.jpg")
    folder.start()
    wait_for(lambda: aside_now == [("a.jpg", "RuntimeError")])
    (hot / "b.bmp").write_bytes(b"BM")
    wait_for(lambda: len(aside_now) == 2)
    still_holds(lambda: tried == ["a.jpg"] * 5 + ["b.bmp"])
    folder.stop()
    assert aside_now[1] == ("b.bmp", "Malformed")


def test_books_that_cannot_be_looked_into_do_not_end_the_watch(hot: Path, takings: Takings) -> None:
    answers = [RuntimeError("every connection is in use")]

    def is_taken(path: Path, size: int, mtime_ns: int) -> bool:
        if answers:
            raise answers.pop()
        return takings.is_taken(path, size, mtime_ns)

    folder = HotFolder([hot], takings.take, clock=now, is_taken=is_taken, pace=QUICK)
    folder.start()
    captures.still(hot / "W-10234_01.jpg")
    wait_for(lambda: takings.names == ["W-10234_01.jpg"])
    folder.stop()


def test_a_file_that_cannot_be_looked_at_ends_no_scan() -> None:
    """Network disks list names they cannot tell more of; root reads everything, so somebody else
    looks here.
    """
    if os.geteuid():
        pytest.skip("needs root to be somebody else")
    with tempfile.TemporaryDirectory() as place:
        hot = Path(place)
        hot.chmod(0o755)
        captures.still(hot / "open" / "W-10234_01.jpg")
        captures.still(hot / "shut" / "W-10234_02.jpg")
        (hot / "shut").chmod(0o744)  # names are listed, and nothing more is told
        done = subprocess.run(
            [sys.executable, "-c", _LOOK_AS_ANOTHER, str(hot)],
            capture_output=True, text=True, timeout=60, check=True,
        )  # fmt: skip
    assert done.stdout.split() == ["W-10234_01.jpg"]


_LOOK_AS_ANOTHER = """
import os, pathlib, sys, time
from datetime import UTC, datetime
import structlog
structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
import watchdog.events, watchdog.observers
from media.intake.hotfolder import HotFolder, Pace
os.setresuid(65534, 65534, 65534)
taken = []
folder = HotFolder(
    [pathlib.Path(sys.argv[1])], lambda path, root, arrival: taken.append(path.name),
    clock=lambda: datetime.now(UTC), is_taken=lambda path, size, mtime_ns: False,
    uses_events=False,
    pace=Pace(scan=0.1, settle=0.2, closed=0.5, open=1.0, copy=1.0),
)
folder.start()
for _ in range(200):
    if taken:
        break
    time.sleep(0.05)
folder.stop()
print(*taken)
"""


def test_a_folder_that_is_not_there_yet_is_watched_when_it_comes(
    tmp_path: Path, takings: Takings
) -> None:
    late = tmp_path / "late"
    folder = HotFolder([late], takings.take, clock=now, is_taken=takings.is_taken, pace=QUICK)
    folder.start()
    captures.still(late / "a.jpg")
    wait_for(lambda: takings.names == ["a.jpg"])
    folder.stop()


def test_stopping_waits_for_the_file_in_hand(hot: Path, takings: Takings) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def take(path: Path, root: Path, arrival: Arrival) -> None:
        begun.set()
        may_end.wait(5)
        takings.take(path, root, arrival)

    folder = HotFolder([hot], take, clock=now, is_taken=takings.is_taken, pace=QUICK)
    captures.still(hot / "a.jpg")
    folder.start()
    assert begun.wait(5)
    threading.Timer(0.2, may_end.set).start()
    folder.stop()
    assert takings.names == ["a.jpg"]


def test_what_is_copied_in_any_order_goes_on_in_the_order_it_was_taken(
    hot: Path, takings: Takings, watch: Watch
) -> None:
    """A card's folder copied at once: acceptance check 5 must not hang on how it was copied."""
    numbers = [3, 10, 1, 9, 2]
    shots = {n: aside(hot, f"IMG_{n}.JPG", seed=n).read_bytes() for n in numbers}
    card = hot / "card" / "DCIM" / "100CANON"
    card.mkdir(parents=True)
    watch()
    for n in numbers:
        (card / f"IMG_{n}.JPG").write_bytes(shots[n])
    wait_for(lambda: len(takings.paths) == 5)
    assert takings.names == [f"IMG_{n}.JPG" for n in sorted(numbers)]


def test_a_file_that_names_its_piece_waits_for_nobody(hot: Path, takings: Takings) -> None:
    content = aside(hot, "a.jpg").read_bytes()
    folder = HotFolder(
        [hot], takings.take, clock=now, is_taken=takings.is_taken, names_itself=names_itself,
        pace=Pace(scan=60.0, lull=3.0),
    )  # fmt: skip
    folder.start()
    (hot / "IMG_0001.JPG").write_bytes(content)
    (hot / "W-10234_01.JPG").write_bytes(content)
    wait_for(lambda: len(takings.paths) == 2)
    folder.stop()
    assert takings.names == ["W-10234_01.JPG", "IMG_0001.JPG"]


def test_shots_after_one_that_could_not_be_taken_wait_for_it(
    hot: Path, takings: Takings, watch: Watch
) -> None:
    """It may be the tag that says whose they are."""
    takings.answers = [Unavailable("the disk is full")]
    watch()
    for n in (1, 2, 3):
        (hot / f"IMG_{n}.JPG").write_bytes(aside(hot, f"{n}.jpg", seed=n).read_bytes())
    wait_for(lambda: len(takings.paths) == 4)
    assert takings.names == ["IMG_1.JPG", "IMG_1.JPG", "IMG_2.JPG", "IMG_3.JPG"]


def test_what_one_scan_finds_came_at_one_moment_however_slow_the_first_of_them_is(
    hot: Path, takings: Takings
) -> None:
    """Whole milliseconds, as the books keep them: nobody can tell which was first, so their order
    decides.
    """

    def take(path: Path, root: Path, arrival: Arrival) -> None:
        time.sleep(0.05)
        takings.take(path, root, arrival)

    begun = now()
    for n in (1, 2, 3):
        (hot / f"IMG_{n}.JPG").write_bytes(aside(hot, f"{n}.jpg", seed=n).read_bytes())
    folder = HotFolder(
        [hot], take, clock=now, is_taken=takings.is_taken, pace=QUICK, uses_events=False
    )
    folder.start()
    wait_for(lambda: len(takings.paths) == 3)
    folder.stop()
    moments = {each.at for each in takings.arrivals.values()}
    assert len(moments) == 1
    moment = moments.pop()
    assert moment.microsecond % 1000 == 0
    assert begun - timedelta(milliseconds=1) <= moment


def test_what_goes_on_without_one_that_cannot_be_taken_in_is_behind_it(
    hot: Path, takings: Takings
) -> None:
    """It may be the tag of the next piece: what comes after it is in doubt (R-006)."""

    def take(path: Path, root: Path, arrival: Arrival) -> None:
        if path.name == "IMG_1.JPG":
            raise PermissionError("nobody may read it")
        takings.take(path, root, arrival)

    folder = HotFolder(
        [hot], take, clock=now, is_taken=takings.is_taken,
        pace=replace(QUICK, copy=0.3, series=1.0, again=(0.1, 0.1, 0.1, 30.0)),
    )  # fmt: skip
    for n in (1, 2):
        (hot / f"IMG_{n}.JPG").write_bytes(aside(hot, f"{n}.jpg", seed=n).read_bytes())
    folder.start()
    wait_for(lambda: "IMG_2.JPG" in takings.names, 60)
    folder.stop()
    assert takings.arrivals["IMG_2.JPG"].is_behind


def test_cameras_say_in_which_order(hot: Path) -> None:
    """The moment in the file's head, then the number in its name."""
    said = {"b.jpg": "2026:09:16 18:30:00", "a.jpg": "2026:09:16 18:30:05"}
    for name, moment in said.items():
        (hot / name).write_bytes(b"\xff\xd8\xff\xe1Exif" + moment.encode() + b"\0")
    order, _ = in_order({hot / name: 1 for name in sorted(said)})
    assert [each.name for each in order] == ["b.jpg", "a.jpg"]
