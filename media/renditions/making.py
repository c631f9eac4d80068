"""Make what an asset is shown by; no transaction is open here.

Four kinds of due work, so that a long film never stands before a short picture: `rendition` makes
stills, posters and films that only need a new box; it asks for `rendition.film` when a film must be
made anew, and for `rendition.tiles` when a picture has more pixels than are shown at once;
`rendition.moment` is a still out of a film that somebody asked for (`moments`). A worker
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
from media.decoding import ffmpeg, rules, sniff, still_child, stills
from media.decoding.masking import Mask
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
from media.renditions.provenance import CREDENTIAL_BYTES, Credentials
from media.renditions.tables import VERSIONS, Recipe

RENDITION = RENDITION_WORK
TRANSCODE = "rendition.film"
TILING = "rendition.tiles"
KINDS = (RENDITION, TRANSCODE, TILING)  # what every capture is shown by

_MIMES = {Recipe.FILM: "video/mp4", Recipe.LONG: "video/mp4", Recipe.TILES: "application/zip"}
_LARGEST = {
    Recipe.FULL: still_child.FULL_BYTES,
    Recipe.PREVIEW: still_child.PREVIEW_BYTES,
    Recipe.POSTER: ffmpeg.POSTER_BYTES,
    Recipe.MOMENT: ffmpeg.POSTER_BYTES,
    Recipe.FILM: rules.MOST_BYTES,
    Recipe.LONG: rules.MOST_PAGE_BYTES,
}
_SUFFIXES = {Recipe.FILM: "mp4", Recipe.LONG: "mp4", Recipe.TILES: "zip"}


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be made. `makes_film`: the long part of a film, its poster is there;
    `makes_tiles`: the large part of a still, what is sent out is there; `at_ms`: a still of what
    the film shows then, and nothing else. `masks` hide parts of it, `mask_number` tells which set
    they are, `kept_bare` what is there without them.
    """

    asset_id: AssetId
    sha256: Sha256
    kind: AssetKind
    name: str
    makes_film: bool
    makes_tiles: bool = False
    at_ms: int | None = None
    masks: tuple[Mask, ...] = ()
    mask_number: int = 0
    kept_bare: frozenset[Recipe] = frozenset()

    def lacks_bare(self, recipe: Recipe) -> bool:
        """Whether an unmasked one has to be made for the house."""
        return bool(self.masks) and recipe not in self.kept_bare

    @property
    def work_key(self) -> str:
        """What due work of this capture under these masks is told apart by."""
        return f"{self.asset_id}:m{self.mask_number}" if self.mask_number else self.asset_id


@dataclass(frozen=True, slots=True)
class Tools:
    """What making needs: the store, the program named in the settings or found, and whom content
    credentials are by, where the shop wishes for them.
    """

    store: OriginalStore
    ffmpeg: str | None = None
    provenance: Credentials | None = None


@dataclass(frozen=True, slots=True)
class MadeFile:
    """One finished file, already in the store. `is_bare`: without the masks, for the house."""

    recipe: Recipe
    key: str
    sha256: Sha256
    size: int
    mime: str
    width: int
    height: int
    duration_ms: int | None = None
    is_bare: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """What came of a job. `failure` is one clear line; what was made before it is listed all the
    same. `is_for_pages`: the film lasts too long for a messenger.
    """

    files: tuple[MadeFile, ...] = ()
    needs_transcode: bool = False
    needs_tiles: bool = False
    failure: str | None = None
    is_for_pages: bool = False


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
        keep = _Keeper(tools, job, made)
        try:
            with disk_errors():
                sniff.must_not_hide(path)
            if job.makes_tiles:
                _make_tiles(path, folder, keep, cancel)
                return Made(tuple(made))
            if job.at_ms is not None:
                _make_moment(path, folder, job.at_ms, keep, tools.ffmpeg, cancel)
                return Made(tuple(made))
            if job.kind is AssetKind.STILL:
                needs_tiles = _make_still(path, folder, keep, cancel)
                return Made(tuple(made), needs_tiles=needs_tiles)
            left = _make_film(path, folder, keep, tools.ffmpeg, cancel, heard)
            is_for_pages = left is not None and left.is_for_pages
            return Made(tuple(made), left is not None, is_for_pages=is_for_pages)
        except (Malformed, Refused) as refused:
            return Made(tuple(made), failure=str(refused))


@dataclass(frozen=True, slots=True)
class _Keeper:
    tools: Tools
    job: Job
    made: list[MadeFile]

    def keep(
        self,
        recipe: Recipe,
        file: Path,
        size: tuple[int, int],
        *,
        seconds: float | None = None,
        is_bare: bool = False,
    ) -> None:
        if not is_bare:
            self._credit(recipe, file)
        with disk_errors():
            digest, length = _digest(file)
        key = _key(self.job, recipe, digest, is_bare=is_bare)
        self.tools.store.put_file(key, file)
        mime = _MIMES.get(recipe, "image/jpeg")
        duration = None if seconds is None else round(seconds * 1000)
        self.made.append(MadeFile(recipe, key, digest, length, mime, *size, duration, is_bare))

    def _credit(self, recipe: Recipe, file: Path) -> None:
        """Content credentials, where they leave it small enough to be sent."""
        by, most = self.tools.provenance, _LARGEST.get(recipe)
        if by is None or most is None:
            return
        with disk_errors():
            if file.stat().st_size + CREDENTIAL_BYTES < most:
                by.sign(file, _MIMES.get(recipe, "image/jpeg"), self.job.sha256)


def _make_still(path: Path, folder: Path, keep: _Keeper, cancel: threading.Event | None) -> bool:
    """True when it has more pixels than `full` shows."""
    form, masks = sniff.must_be(path), keep.job.masks
    if keep.job.lacks_bare(Recipe.FULL):
        full = stills.make(path, form, folder, cancel=cancel).full
        keep.keep(Recipe.FULL, full.path, (full.width, full.height), is_bare=True)
    made = stills.make(path, form, folder, masks=masks, cancel=cancel)
    full, preview = made.full, made.preview
    keep.keep(Recipe.FULL, full.path, (full.width, full.height))
    keep.keep(Recipe.PREVIEW, preview.path, (preview.width, preview.height))
    return max(made.width, made.height) > max(full.width, full.height)


def _make_tiles(path: Path, folder: Path, keep: _Keeper, cancel: threading.Event | None) -> None:
    form, masks = sniff.must_be(path), keep.job.masks
    ways: list[tuple[tuple[Mask, ...], bool]] = [(masks, False)]
    if keep.job.lacks_bare(Recipe.TILES):
        ways.append(((), True))
    for hidden, is_bare in ways:
        made = stills.tiles(path, form, folder, masks=hidden, cancel=cancel)
        tiles.check(made.path, made.width, made.height)
        keep.keep(Recipe.TILES, made.path, (made.width, made.height), is_bare=is_bare)


def _make_moment(
    path: Path,
    folder: Path,
    at_ms: int,
    keep: _Keeper,
    named: str | None,
    cancel: threading.Event | None,
) -> None:
    sniff.must_be(path)
    program, still = ffmpeg.find(named), folder / "moment.jpg"
    facts, masks = ffmpeg.look(program, path, cancel=cancel), keep.job.masks
    size = ffmpeg.moment(program, path, facts, at_ms, still, masks=masks, cancel=cancel)
    keep.keep(Recipe.MOMENT, still, size)


def _make_film(
    path: Path,
    folder: Path,
    keep: _Keeper,
    named: str | None,
    cancel: threading.Event | None,
    heard: Callable[[bytes], None] | None,
) -> rules.Transcode | None:
    """How the film must still be made anew, if it must."""
    sniff.must_be(path)  # a text or a playlist is refused before any program is looked for
    program = ffmpeg.find(named)
    facts = ffmpeg.look(program, path, cancel=cancel)
    masks = keep.job.masks
    if not keep.job.makes_film:
        poster = folder / "poster.jpg"
        if keep.job.lacks_bare(Recipe.POSTER):
            size = ffmpeg.poster(program, path, facts, poster, cancel=cancel)
            keep.keep(Recipe.POSTER, poster, size, is_bare=True)
        size = ffmpeg.poster(program, path, facts, poster, masks=masks, cancel=cancel)
        keep.keep(Recipe.POSTER, poster, size)
    what = rules.plan(facts, is_masked=bool(masks))
    if isinstance(what, rules.Transcode) and not keep.job.makes_film:
        return what
    is_long = isinstance(what, rules.Transcode) and what.is_for_pages
    recipe = Recipe.LONG if is_long else Recipe.FILM
    ways: list[tuple[rules.Remux | rules.Transcode, tuple[Mask, ...], bool]] = [
        (what, masks, False)
    ]
    if keep.job.lacks_bare(recipe):
        ways.append((rules.plan(facts), (), True))
    for how, hidden, is_bare in ways:
        target = folder / "film.mp4"
        film = ffmpeg.make(
            program, path, facts, how, target, masks=hidden, cancel=cancel, heard=heard
        )
        size = film.width, film.height
        keep.keep(recipe, film.path, size, seconds=film.seconds, is_bare=is_bare)
    return None


def folder_of(asset_id: AssetId) -> str:
    """Where everything lies that is made of one asset."""
    return f"renditions/{asset_id[-2:].lower()}/{asset_id}"


def _key(job: Job, recipe: Recipe, digest: Sha256, *, is_bare: bool) -> str:
    """By asset, so that deleting one asset's renditions never touches another's; by the set of
    masks, so that what was dropped never comes back under its key.
    """
    suffix = _SUFFIXES.get(recipe, "jpg")
    version = f"{VERSIONS[recipe]}m{job.mask_number}" if job.mask_number else VERSIONS[recipe]
    name = f"{'bare-' if is_bare else ''}{recipe.value}-{version}-{digest[:16]}.{suffix}"
    return f"{folder_of(job.asset_id)}/{name}"


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
