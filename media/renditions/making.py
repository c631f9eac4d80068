"""Make what an asset is shown by; no transaction is open here.

Three kinds of due work, so that a long film never stands before a short picture: `rendition` makes
stills, posters and films that only need a new box; it asks for `rendition.film` when a film must be
made anew, and for `rendition.tiles` when a picture has more pixels than are shown at once. A worker
claims, reads the `Job` (`queries.job`), calls `make`, and writes what came of it
(`actions.record`). The poster is always made before the film, what is sent out before tiles. An
original stays whatever happens here.
"""

import contextlib
import hashlib
import secrets
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from catalog.ground.errors import Malformed, Refused
from catalog.ground.record import AssetId, Sha256
from media.assets.kinds import RENDITION_WORK, AssetKind
from media.decoding import ffmpeg, rules, sniff, stills
from media.originals.local import disk_errors
from media.originals.store import (
    ObjectMissing,
    OriginalDamaged,
    OriginalStore,
    original_key,
    read_chunks,
    write_whole,
)
from media.renditions import tiles
from media.renditions.tables import VERSIONS, Recipe

RENDITION = RENDITION_WORK
TRANSCODE = "rendition.film"
TILING = "rendition.tiles"
KINDS = (RENDITION, TRANSCODE, TILING)

_MIMES = {Recipe.FILM: "video/mp4", Recipe.TILES: "application/zip"}
_SUFFIXES = {Recipe.FILM: "mp4", Recipe.TILES: "zip"}


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be made. `makes_film`: the long part of a film, its poster is there;
    `makes_tiles`: the large part of a still, what is sent out is there.
    """

    asset_id: AssetId
    sha256: Sha256
    kind: AssetKind
    name: str
    makes_film: bool
    makes_tiles: bool = False


@dataclass(frozen=True, slots=True)
class Tools:
    """What making needs: the store, and the program named in the settings or found."""

    store: OriginalStore
    ffmpeg: str | None = None


@dataclass(frozen=True, slots=True)
class MadeFile:
    """One finished file, already in the store."""

    recipe: Recipe
    key: str
    sha256: Sha256
    size: int
    mime: str
    width: int
    height: int
    duration_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """What came of a job. `failure` is one clear line; what was made before it is listed all the
    same.
    """

    files: tuple[MadeFile, ...] = ()
    needs_transcode: bool = False
    needs_tiles: bool = False
    failure: str | None = None


def make(
    job: Job,
    tools: Tools,
    *,
    cancel: threading.Event | None = None,
    heard: Callable[[bytes], None] | None = None,
) -> Made:
    """Decode and put into the store. Blocks for as long as decoding takes.

    What the bytes are to blame for is an answer (`failure`). Raises Unavailable when something
    outside is missing (no ffmpeg, full disk, store gone, original damaged, stopped): then it is
    tried again later.
    """
    with _workshop(tools.store) as folder, _original(tools.store, job, folder) as path:
        made: list[MadeFile] = []
        keep = _Keeper(tools.store, job, made)
        try:
            if job.makes_tiles:
                _make_tiles(path, folder, keep, cancel)
                return Made(tuple(made))
            if job.kind is AssetKind.STILL:
                needs_tiles = _make_still(path, folder, keep, cancel)
                return Made(tuple(made), needs_tiles=needs_tiles)
            needs_transcode = _make_film(path, folder, keep, tools.ffmpeg, cancel, heard)
            return Made(tuple(made), needs_transcode)
        except (Malformed, Refused) as refused:
            return Made(tuple(made), failure=str(refused))


@dataclass(frozen=True, slots=True)
class _Keeper:
    store: OriginalStore
    job: Job
    made: list[MadeFile]

    def keep(
        self, recipe: Recipe, file: Path, size: tuple[int, int], *, seconds: float | None = None
    ) -> None:
        with disk_errors():
            digest, length = _digest(file)
        key = _key(self.job, recipe, digest)
        self.store.put_file(key, file)
        mime = _MIMES.get(recipe, "image/jpeg")
        duration = None if seconds is None else round(seconds * 1000)
        self.made.append(MadeFile(recipe, key, digest, length, mime, *size, duration))


def _make_still(path: Path, folder: Path, keep: _Keeper, cancel: threading.Event | None) -> bool:
    """True when it has more pixels than `full` shows."""
    made = stills.make(path, sniff.must_be(path), folder, cancel=cancel)
    full, preview = made.full, made.preview
    keep.keep(Recipe.FULL, full.path, (full.width, full.height))
    keep.keep(Recipe.PREVIEW, preview.path, (preview.width, preview.height))
    return max(made.width, made.height) > max(full.width, full.height)


def _make_tiles(path: Path, folder: Path, keep: _Keeper, cancel: threading.Event | None) -> None:
    made = stills.tiles(path, sniff.must_be(path), folder, cancel=cancel)
    tiles.check(made.path, made.width, made.height)
    keep.keep(Recipe.TILES, made.path, (made.width, made.height))


def _make_film(
    path: Path,
    folder: Path,
    keep: _Keeper,
    named: str | None,
    cancel: threading.Event | None,
    heard: Callable[[bytes], None] | None,
) -> bool:
    """True when the film must still be made anew."""
    sniff.must_be(path)  # a text or a playlist is refused before any program is looked for
    program = ffmpeg.find(named)
    facts = ffmpeg.look(program, path, cancel=cancel)
    if not keep.job.makes_film:
        poster = folder / "poster.jpg"
        size = ffmpeg.poster(program, path, facts, poster, cancel=cancel)
        keep.keep(Recipe.POSTER, poster, size)
    what = rules.plan(facts)
    if isinstance(what, rules.Transcode) and not keep.job.makes_film:
        return True
    target = folder / "film.mp4"
    film = ffmpeg.make(program, path, facts, what, target, cancel=cancel, heard=heard)
    keep.keep(Recipe.FILM, film.path, (film.width, film.height), seconds=film.seconds)
    return False


def _key(job: Job, recipe: Recipe, digest: Sha256) -> str:
    """By asset, so that deleting one asset's renditions never touches another's."""
    suffix = _SUFFIXES.get(recipe, "jpg")
    version = VERSIONS[recipe]
    name = f"{recipe.value}-{version}-{digest[:16]}.{suffix}"
    return f"renditions/{job.asset_id[-2:].lower()}/{job.asset_id}/{name}"


def _digest(file: Path) -> tuple[Sha256, int]:
    digest = hashlib.sha256()
    size = 0
    for chunk in read_chunks(file):
        digest.update(chunk)
        size += len(chunk)
    return Sha256(digest.hexdigest()), size


@contextlib.contextmanager
def _workshop(store: OriginalStore) -> Iterator[Path]:
    """A folder that is gone afterwards, on the disk the results go to."""
    folder = store.staging / f"make-{secrets.token_hex(8)}"
    with disk_errors():
        folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _original(store: OriginalStore, job: Job, folder: Path) -> Iterator[Path]:
    """The original as a local file whose digest was taken: itself on a local disk, else a copy.

    Raises ObjectMissing, OriginalDamaged: nothing is made of bytes that are not it.
    """
    key = original_key(job.sha256)
    path = store.path(key)
    if path is None:
        path = folder / "original"
        with disk_errors():
            found, _ = write_whole(path, store.open(key))
    elif not store.exists(key):
        raise ObjectMissing(key)
    else:
        with disk_errors():
            found, _ = _digest(path)
    if found != job.sha256:
        raise OriginalDamaged(f"{job.sha256} is not what it was")
    yield path
