"""Hostile files through every door (evidence rules 1 to 8, acceptance check 10): what is kept is
kept as it came, nothing is made of it that should not be, the reason is one clear line, the next
good file works, no file is left over, and nobody is called.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from catalog.ground.session.database import Database
from media.originals.local import LocalStore
from tests.databases import ENGINES, fresh
from tests.media.hostile import corpus
from tests.media.hostile.corpus import NAMES, SENT_NAMES, Hostile, good_jpeg
from tests.media.hostile.crowds import CROWDS
from tests.media.hostile.house import DOORS, House, Trap, trap

KINDS = (*corpus.KINDS, *CROWDS)
SHARE = (
    "bomb.png", "frame.jpg", "cut0-500.jpg", "cut4-500.mp4", "zip.jpg", "php.jpg", "ring.dng",
    "outside.ome.tif", "exif-ring.jpg", "hls.mp4", "concat.avi", "address.mov", "zip64.jpg",
    "zip-apart.jpg", "million.tif", "frames.jpg", "hundred.mp4", "drawing.svg", "box.zip",
)  # fmt: skip
Written = Sequence[tuple[Hostile, bytes]]


def written(kinds: Sequence[Hostile], folder: Path, url: str) -> Written:
    """The bytes of each, and of no two the same: what became of which is told by them."""
    folder.mkdir(exist_ok=True)
    found: dict[bytes, Hostile] = {}
    for kind in kinds:
        path = folder / kind.name
        kind.write(path, url)
        content = path.read_bytes()
        while content in found:
            content += b"\n"
        found[content] = kind
        path.unlink()
    return [(kind, content) for content, kind in found.items()]


def good(n: int) -> bytes:
    """A picture like any other, each with bytes of its own."""
    content = good_jpeg()
    word = f"good {n}".encode()
    return content[:2] + b"\xff\xfe" + (len(word) + 2).to_bytes(2, "big") + word + content[2:]


def through(house: House, door: str, files: Written, n: int) -> None:
    """All of them by that door, and a good one after them."""
    last = (f"good{n}.jpg", good(n))
    given = [(kind.name, content) for kind, content in files]
    if door == "folder":
        house.watch([*given, last])
    else:
        for name, content in [*given, last]:
            house.put(door, name, content)
    house.work()
    for kind, content in files:
        house.expect(kind.name, content, may_be_shown=kind.may_be_shown)
    assert house.expect(*last, may_be_shown=True).is_shown


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Database]:
    with fresh("sqlite", tmp_path) as opened:
        yield opened


@pytest.fixture
def listener() -> Iterator[Trap]:
    with trap() as opened:
        yield opened


def a_house(database: Database, folder: Path) -> House:
    return House(database, LocalStore(folder / "media"), folder)


def test_there_are_kinds_of_every_sort() -> None:
    assert len(KINDS) >= 60
    assert len({kind.name for kind in KINDS}) == len(KINDS)
    assert {kind.name for kind in KINDS} > set(SHARE)


def test_a_hostile_file_through_any_door_harms_nobody(
    sqlite: Database, tmp_path: Path, listener: Trap
) -> None:
    house = a_house(sqlite, tmp_path)
    some = [kind for kind in KINDS if kind.name in SHARE]
    files = written(some, tmp_path / "made", listener.url)
    for n, door in enumerate(DOORS):
        through(house, door, files[n :: len(DOORS)], n)
    assert house.left_over() == []
    assert listener.is_silent()
    house.close()


def test_a_name_is_only_a_name(sqlite: Database, tmp_path: Path, listener: Trap) -> None:
    """Rule 1: whatever a client calls it, it is kept under its digest, and what is shown of the
    name has no control or direction marks and at most 255 bytes.
    """
    house = a_house(sqlite, tmp_path)
    some = (*NAMES[::4], *SENT_NAMES[::3])
    given = [(name, good(n)) for n, name in enumerate(some)]
    house.watch([each for each in given if each[0] in NAMES])
    for name, content in given:
        if name not in NAMES:
            house.put("upload", name, content)
    house.work()
    for name, content in given:
        _only_a_name(house, name, content)
    assert house.left_over() == []
    house.close()


def _only_a_name(house: House, name: str, content: bytes) -> None:
    fate = house.expect(name, content, may_be_shown=True)
    assert fate.is_shown
    assert fate.asset is not None
    told = fate.asset.name
    assert len(told.encode()) <= 255
    assert told.isprintable() and "/" not in told and "\\" not in told
    assert not set(told) & set("\u202e\u2066\u2069")


@pytest.mark.soak
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("door", DOORS)
def test_every_hostile_file_through_every_door_harms_nobody(
    engine: str, door: str, tmp_path: Path, listener: Trap
) -> None:
    with fresh(engine, tmp_path) as database:
        house = a_house(database, tmp_path)
        files = written(KINDS, tmp_path / "made", listener.url)
        through(house, door, files, 0)
        assert house.left_over() == []
        assert listener.is_silent()
        house.close()


@pytest.mark.soak
def test_every_name_is_only_a_name(sqlite: Database, tmp_path: Path) -> None:
    house = a_house(sqlite, tmp_path)
    given = [(name, good(n)) for n, name in enumerate(NAMES)]
    house.watch(given)
    for n, name in enumerate((*NAMES, *SENT_NAMES), len(NAMES)):
        house.put("upload", name, good(n))
        given.append((name, good(n)))
    house.work()
    for name, content in given:
        _only_a_name(house, name, content)
    house.close()
