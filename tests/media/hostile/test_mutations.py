"""Good files with random damage (evidence rules 2 to 4): whatever a decoder makes of them, whoever
asked gets an answer of the shop's own kinds, in time, and nothing but finished files is left.
"""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from catalog.ground.errors import Malformed, Refused
from media.assets.kinds import AssetKind
from media.decoding import ffmpeg, sniff, stills
from tests.media import microscopes
from tests.media.hostile.corpus import good_film, good_jpeg, good_still
from tests.media.hostile.house import trap

Change = Callable[[random.Random, bytearray], bytearray]


def _flipped(chance: random.Random, content: bytearray) -> bytearray:
    for _ in range(chance.randint(1, 40)):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    return content


def _head_flipped(chance: random.Random, content: bytearray) -> bytearray:
    """Where the formats say how large and how many."""
    for _ in range(chance.randint(1, 8)):
        content[chance.randrange(8, min(600, len(content)))] = chance.choice((0, 1, 127, 128, 255))
    return content


def _tail_flipped(chance: random.Random, content: bytearray) -> bytearray:
    """Where films have their index."""
    for _ in range(chance.randint(1, 20)):
        content[-chance.randrange(1, min(3000, len(content)))] = chance.choice((0, 127, 255))
    return content


def _run_overwritten(chance: random.Random, content: bytearray) -> bytearray:
    at, size = chance.randrange(16, len(content)), chance.randint(2, 400)
    content[at : at + size] = bytes([chance.choice((0, 255))]) * min(size, len(content) - at)
    return content


def _cut(chance: random.Random, content: bytearray) -> bytearray:
    return content[: chance.randrange(12, len(content))]


def _run_gone(chance: random.Random, content: bytearray) -> bytearray:
    at = chance.randrange(16, len(content))
    del content[at : at + chance.randint(1, 5000)]
    return content


def _run_twice(chance: random.Random, content: bytearray) -> bytearray:
    at = chance.randrange(16, len(content))
    return content[:at] + content[max(0, at - chance.randint(1, 5000)) :]


def _another_inside(chance: random.Random, content: bytearray) -> bytearray:
    at = chance.randrange(16, len(content))
    return content[:at] + chance.choice((good_jpeg(), good_film()))[:9000] + content[at:]


CHANGES: tuple[Change, ...] = (
    _flipped, _head_flipped, _tail_flipped, _run_overwritten, _cut, _run_gone, _run_twice,
    _another_inside,
)  # fmt: skip


def _ome() -> bytes:
    path = Path("/dev/shm") if Path("/dev/shm").is_dir() else Path("/tmp")
    made = microscopes.ome(path / f"ome-{random.getrandbits(64):x}.tif")
    content = made.read_bytes()
    made.unlink()
    return content


GOOD: tuple[Callable[[], bytes], ...] = (
    good_jpeg, lambda: good_still("png"), lambda: good_still("tif"), lambda: good_still("webp"),
    _ome, good_film, lambda: good_film("mov"), lambda: good_film("mkv"), lambda: good_film("avi"),
    lambda: good_film("ts"),
)  # fmt: skip


def _answered(path: Path, folder: Path) -> None:
    """Everything a worker would do with it; anything but an answer is raised."""
    try:
        form = sniff.must_be(path)
        sniff.looks_whole(path)
        sniff.must_not_hide(path)
        if sniff.kind_of(form) is AssetKind.STILL:
            stills.look(path, form, scan=True)
            stills.make(path, form, folder)
            return
        program = ffmpeg.find()
        facts = ffmpeg.look(program, path)
        ffmpeg.poster(program, path, facts, folder / "poster.jpg")
    except (Malformed, Refused) as refused:
        assert str(refused)
        assert "\n" not in str(refused)
        assert str(folder) not in str(refused)


def _damaged(seeds: range, folder: Path) -> None:
    made = folder / "made"
    with trap() as listener:
        for seed in seeds:
            chance = random.Random(seed)
            good = GOOD[seed % len(GOOD)]
            content = bytearray(good())
            for _ in range(chance.randint(1, 3)):
                content = chance.choice(CHANGES)(chance, content)
            path = folder / f"damaged-{seed}"
            path.write_bytes(content)
            made.mkdir()
            _answered(path, made)
            left = {each.name for each in made.iterdir()}
            assert left <= {"full.jpg", "preview.jpg", "poster.jpg"}, seed
            for each in made.iterdir():
                assert sniff.sniff(each) is sniff.Format.JPEG, seed
                each.unlink()
            made.rmdir()
            path.unlink()
        assert listener.is_silent()


def test_a_damaged_file_is_answered(tmp_path: Path) -> None:
    _damaged(range(12), tmp_path)


@pytest.mark.soak
@pytest.mark.parametrize("part", range(10))
def test_thousands_of_damaged_files_are_answered(part: int, tmp_path: Path) -> None:
    _damaged(range(100 + part * 300, 100 + (part + 1) * 300), tmp_path)
