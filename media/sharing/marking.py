"""The mark of who took a file (閲覧者の印, R-023): what is downloaded from a share page says below
the picture, or in the comment of the film, whose it is, so that a leak tells where it came from.

A picture has the words and a QR code of them in a strip of its own: nothing of what is to be seen
is covered. Both are made anew for each download, from our own rendition, in the jailed child.
"""

import contextlib
import hashlib
import secrets
import shutil
from datetime import datetime
from pathlib import Path

from catalog.ground.calendar import tokyo_day
from media.decoding import ffmpeg, stills
from media.originals.local import disk_errors
from media.originals.store import OriginalStore, read_chunks, write_whole
from media.sharing.opening import Download


def marked(
    store: OriginalStore, download: Download, *, film_program: str | None, now: datetime
) -> Path:
    """A private file with the mark; the caller removes it. Disk and decoder: never inside a
    transaction.

    Raises ObjectMissing, StoreUnavailable, PictureUnreadable, FilmUnreadable, DecoderMissing,
    NoRoom.
    """
    folder = store.staging / f"{secrets.token_hex(16)}.mark"
    words = f"{download.code} {download.mark} {tokyo_day(now):%Y-%m-%d}"
    made = store.staging / f"{folder.name}.part"
    try:
        with disk_errors():
            folder.mkdir()
            source = folder / ("film.mp4" if download.is_film else "picture.jpg")
            with contextlib.closing(store.open(download.passed.key)) as chunks:
                write_whole(source, chunks)
        if download.is_film:
            target = folder / "marked.mp4"
            ffmpeg.mark(ffmpeg.find(film_program), source, words, target)
        else:
            target = stills.mark(source, words, folder).path
        with disk_errors():
            target.rename(made)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return made


def measured(path: Path) -> tuple[str, int]:
    """The digest and the size of what was made. Gone when it cannot be read."""
    digest, size = hashlib.sha256(), 0
    try:
        with disk_errors():
            for chunk in read_chunks(path):
                digest.update(chunk)
                size += len(chunk)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return digest.hexdigest(), size
