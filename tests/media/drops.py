"""What cameras and people put into the folders of a shop's stations in a day: pictures and films
with and without a code in name or folder, tags, cards copied at once, cameras whose clock is wrong,
telephones beside them, and all that goes wrong.

Each drop knows whose it is, so that a test can count what was matched, and what wrongly.
"""

import random
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from tests.media import captures, microscopes, telephones

PIECES = tuple(f"W-{20_000 + n}" for n in range(24))
SOLD = "W-29999"
UNKNOWN = "W-88888"
# How wrong the clock of a station's camera is: right, never set to Tokyo, a day ahead.
CLOCKS = (timedelta(0), timedelta(hours=-9), timedelta(days=1, minutes=7))
_PHONE_IS_SLOW = timedelta(minutes=34)


@dataclass(frozen=True, slots=True)
class Drop:
    """One file. `name`: below the station's folder; `piece`: whose it is, None when nobody can
    know; `or_piece`: whose it is when a tag out of focus can be read after all; `is_taken`: False
    for what is no capture, `is_slow`: written bit by bit.
    """

    name: str
    made: Path
    piece: str | None
    is_taken: bool = True
    is_slow: bool = False
    or_piece: str | None = None


@dataclass
class Day:
    """The drops of one station in their order; a card is copied as a whole, in any order."""

    station: str
    folder: Path
    seed: int
    drops: list[Drop | list[Drop]] = field(default_factory=list)
    at: datetime = datetime(2026, 9, 17, 10, 0)
    number: int = 0

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.camera = f"EOS R{self.seed}"
        self.at += CLOCKS[(self.seed - 1) % len(CLOCKS)]

    @property
    def all(self) -> list[Drop]:
        """Every file."""
        return [
            each for drop in self.drops for each in (drop if isinstance(drop, list) else [drop])
        ]

    def fill(self, ready_film: Path, wanted: int) -> "Day":
        """So many files or a few more."""
        self.film = ready_film
        kinds: list[Callable[[], None]] = [
            self._session, self._named, self._folder, self._card, self._false_tags, self._session,
            self._oddities, self._named,
        ]  # fmt: skip
        turn = 3 * self.seed - 3  # so that few files of three stations are of every kind
        while len(self.all) < wanted:
            kinds[turn % len(kinds)]()
            turn += 1
        return self

    def _piece(self) -> str:
        return self.random.choice(PIECES)

    def _next(self, kind: str = "IMG") -> str:
        self.number += 1
        return f"{kind}_{self.number:04}"

    def _still(self, *, says: bool = True) -> Path:
        self.number += 1
        self.at += timedelta(seconds=self.random.randint(2, 40))
        seed = self.seed * 100_000 + self.number
        path = captures.still(self.folder / f"{seed}.jpg", seed=seed, width=160, height=120)
        return self._say(path) if says else path

    def _say(self, path: Path) -> Path:
        told = {"day": f"{self.at:%Y:%m:%d}", "device": self.camera}
        return captures.say(path, f"{self.at:%H:%M:%S}", **told)

    def _phone(self) -> Path:
        """A telephone's, by its own clock; never the same twice."""
        self.number += 1
        self.at += timedelta(seconds=3)
        taken = self.at - _PHONE_IS_SLOW
        path = self.folder / f"phone{self.seed}-{self.number}.heic"
        told = f"{taken:%Y:%m:%d %H:%M:%S}"
        return telephones.heic(path, taken=told, device=f"iPhone {self.seed}.{self.number}")

    def _tag(self, code: str) -> Path:
        self.at += timedelta(minutes=1)
        path = captures.tag_photo(self.folder / f"tag{self.seed}-{self.number}.jpg", code)
        self.number += 1
        return self._say(path)

    def _other(self, kind: str) -> Path:
        """The bytes of another kind of file, never the same twice."""
        self.number += 1
        path = self.folder / f"other{self.seed}-{self.number}.{kind}"
        if kind == "mp4":
            more = f"{self.seed}-{self.number}".encode()
            box = (8 + len(more)).to_bytes(4, "big") + b"free" + more
            path.write_bytes(self.film.read_bytes() + box)
        elif kind == "dng":
            microscopes.dng(path, width=64 + 2 * (self.number % 300), height=64 + 2 * self.seed)
        elif kind == "ome.tif":
            microscopes.ome(path, um=0.25 + self.number / 1000 + self.seed)
        else:
            still = captures.still(path.with_suffix(".jpg"), seed=self.number, width=90, height=60)
            captures.as_deep_tiff(still, path)
        return path

    def _session(self) -> None:
        code = self._piece()
        self.drops.append(Drop(f"{self._next()}.JPG", self._tag(code), code))
        for turn in range(5):
            self.drops.append(Drop(f"{self._next()}.JPG", self._still(), code, is_slow=turn == 2))
        self.drops.append(Drop(f"{self._next('MVI')}.MP4", self._other("mp4"), code))
        card = captures.qr_photo(
            self.folder / f"warranty{self.number}.jpg", f"https://x.test/{code}"
        )
        self._say(card)
        self.drops.append(Drop(f"{self._next()}.JPG", card, code))
        first = self.drops[-6]
        assert isinstance(first, Drop)
        self.drops.append(Drop(f"{self._next()} copy.JPG", first.made, code))
        self.drops.append(Drop(f"{self._next()}.HEIC", self._phone(), code))

    def _named(self) -> None:
        code, part = self._piece(), self.random.choice(["dial", "裏蓋", "case_back", "クラスプ"])
        for kind in ("dng", "tif", "ome.tif", "mp4"):
            name = f"{code}_{part}_{self.number}.{kind}"
            self.drops.append(Drop(name, self._other(kind), code))
        self.drops.append(Drop(f"{code}_{part}_{self.number}.heic", self._phone(), code))
        self.drops.append(Drop(f"{code.lower()} {part} {self.number}.jpg", self._still(), code))
        sold = Drop(f"{SOLD}_{self.number}.jpg", self._still(says=False), SOLD)
        self.drops.append(sold)

    def _folder(self) -> None:
        code = self._piece()
        for _ in range(5):
            name = f"{code}/{self.random.choice(['裏蓋', 'bezel', ''])}/{self._next('DSC')}.JPG"
            self.drops.append(Drop(name.replace("//", "/"), self._still(), code))

    def _card(self) -> None:
        """Copied in any order, with two pieces on it."""
        card = f"card{self.number}/DCIM"
        shots: list[Drop] = [Drop(f"{card}/100CANON/{self._next()}.JPG", self._still(), None)]
        for folder in ("100CANON", "101CANON"):
            code = self._piece()
            shots.append(Drop(f"{card}/{folder}/{self._next()}.JPG", self._tag(code), code))
            shots += [
                Drop(f"{card}/{folder}/{self._next()}.JPG", self._still(), code) for _ in range(4)
            ]
        self.random.shuffle(shots)
        self.drops.append(shots)

    def _false_tags(self) -> None:
        """A tag out of focus, a damaged one, one of no piece: the shot after it is nobody's."""
        code = self._piece()
        for false in ("blurred", "damaged", "unknown"):
            self.drops.append(Drop(f"{self._next()}.JPG", self._tag(code), code))
            self.drops += [Drop(f"{self._next()}.JPG", self._still(), code) for _ in range(3)]
            self.at += timedelta(minutes=1)
            other = self.random.choice([each for each in PIECES if each != code])
            path = self.folder / f"false{self.seed}-{self.number}.jpg"
            if false == "blurred":
                captures.blurred(captures.tag_photo(path, other), 5.2)
            elif false == "damaged":
                captures.qr_photo(path, f"akashi:{other}:#")
            else:
                captures.tag_photo(path, UNKNOWN)
            self._say(path)
            read = other if false == "blurred" else None
            self.drops += [
                Drop(f"{self._next()}.JPG", each, None, or_piece=read)
                for each in (path, self._still())
            ]

    def _oddities(self) -> None:
        code = self._piece()
        note = self.folder / f"note{self.number}.txt"
        note.write_text(f"no picture {self.seed} {self.number}")
        whole = self._still().read_bytes()
        cut = self.folder / f"cut{self.seed}-{self.number}.jpg"
        cut.write_bytes(whole[: len(whole) // 2])
        self.drops += [
            Drop(f"{UNKNOWN}_{self.number}.jpg", self._still(), None),
            Drop(f"{PIECES[0]}_{PIECES[1]}_{self.number}.jpg", self._still(), None),
            Drop(f"{code}_{self.number}.txt", note, None, is_taken=False),
            Drop(f"{code}_{self.number}.jpg.part", note, None, is_taken=False),
            Drop(f"{code}_cut_{self.number}.jpg", cut, code),
            *(Drop(f"{code}_{self._next()}.jpg", self._still(), code) for _ in range(4)),
        ]


def put(day: Day, folder: Path, began: dict[Path, float]) -> None:
    """Have the station write its files, one after another; `began`: when each was closed."""
    slow: list[threading.Thread] = []
    for each in day.drops:
        for drop in each if isinstance(each, list) else [each]:
            target = folder / drop.name
            target.parent.mkdir(parents=True, exist_ok=True)
            if drop.is_slow:
                slow.append(threading.Thread(target=_slowly, args=(drop.made, target, began)))
                slow[-1].start()
                time.sleep(0.05)
            else:
                shutil.copyfile(drop.made, target)
                began[target] = time.monotonic()
        time.sleep(day.random.random() * 0.02)
    for thread in slow:
        thread.join()


def _slowly(made: Path, target: Path, began: dict[Path, float]) -> None:
    with target.open("wb") as file:
        for piece in _pieces(made.read_bytes()):
            file.write(piece)
            file.flush()
            time.sleep(0.15)
    began[target] = time.monotonic()


def _pieces(content: bytes) -> Iterator[bytes]:
    step = len(content) // 6 + 1
    for start in range(0, len(content), step):
        yield content[start : start + step]
