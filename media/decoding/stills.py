"""Pictures (静止画): ask the jailed child what one shows, and have it make what may be sent out.

`full` is at most 2048 px and 10 MB, `preview` at most 800 px and 1 MB; both upright sRGB JPEG
without place, camera or any other metadata. Tiles hold all the pixels there are, for looking
closely. Not here: the decoding itself (`still_child`), and reading one tile (`renditions/tiles`).
"""

import json
import re
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from catalog.ground.errors import Malformed
from media.assets.kinds import NO_SCALE, Scale, Spot
from media.decoding import directories, still_child
from media.decoding.masking import Mask, told
from media.decoding.runner import GIGABYTE, Finished, Limits, NoRoom, run
from media.decoding.sniff import STILLS, Format, NotAPicture

_CHILD = str(Path(still_child.__file__).absolute())
_LIMITS = Limits(
    cpu_seconds=60,
    wall_seconds=120,
    memory_bytes=3 * GIGABYTE,
    file_bytes=still_child.FULL_BYTES + 1,
)
# A turned picture lies in a file of the child's own while its tiles are cut, itself in tiles.
_TILE_LIMITS = Limits(
    cpu_seconds=240,
    wall_seconds=480,
    memory_bytes=3 * GIGABYTE,
    file_bytes=still_child.MOST_DECODED_BYTES * 5 // 4,
)
_MARK_LIMITS = Limits(
    cpu_seconds=20,
    wall_seconds=40,
    memory_bytes=3 * GIGABYTE,
    file_bytes=2 * still_child.FULL_BYTES + 1,
)
_OFFSET = re.compile(r"[+-]\d\d:\d\d|Z")


class PictureUnreadable(Malformed):
    """The decoder could not read it: broken, cut off, or not what it claims."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the picture cannot be read: {reason}")
        self.reason = reason


class PictureTooLarge(Malformed):
    """More pixels than may be opened; refused before decoding."""

    def __init__(self, size: str) -> None:
        super().__init__(f"the picture has too many pixels: {size}")
        self.size = size


@dataclass(frozen=True, slots=True)
class StillFacts:
    """What a picture says of itself. `taken` is naive when the camera gave no offset; pixels are
    upright.
    """

    width: int
    height: int
    taken: datetime | None
    device: str | None
    spot: Spot | None
    tags: tuple[str, ...] = ()
    scale: Scale = NO_SCALE


@dataclass(frozen=True, slots=True)
class MadeStill:
    """A file made from a picture."""

    path: Path
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class MadeStills:
    """What is made at once, and the size of what it was made from."""

    full: MadeStill
    preview: MadeStill
    width: int
    height: int


def look(
    path: Path, form: Format, *, scan: bool = False, cancel: threading.Event | None = None
) -> StillFacts:
    """Size, time, camera and (with `scan`) the QR texts photographed.

    Raises PictureUnreadable, PictureTooLarge, NotAPicture, DecoderMissing, DecodingCancelled,
    NoRoom.
    """
    said = _ask("look", path, form, "scan" if scan else "-", cancel)
    latitude, longitude = said.get("latitude"), said.get("longitude")
    return StillFacts(
        int(said["width"]),
        int(said["height"]),
        taken_moment(said.get("taken"), said.get("offset")),
        device_name(said.get("make"), said.get("model")),
        Spot(latitude, longitude) if latitude is not None and longitude is not None else None,
        tuple(said["tags"]),
        Scale(said.get("um_per_px"), said.get("axes"), said.get("pages")),
    )


def make(
    path: Path,
    form: Format,
    folder: Path,
    *,
    masks: Sequence[Mask] = (),
    cancel: threading.Event | None = None,
) -> MadeStills:
    """`full` and `preview` in the folder, black where the masks lie. Raises as `look`."""
    said = _ask("make", path, form, str(folder.absolute()), cancel, masks=masks)
    full, preview = (
        MadeStill(folder / f"{name}.jpg", *map(int, said[name])) for name in ("full", "preview")
    )
    width, height = map(int, said["size"])
    return MadeStills(full, preview, width, height)


def tiles(
    path: Path,
    form: Format,
    folder: Path,
    *,
    masks: Sequence[Mask] = (),
    cancel: threading.Event | None = None,
) -> MadeStill:
    """`tiles.zip` in the folder, a Deep Zoom pyramid of all the pixels, black where the masks lie.
    Raises as `look`.
    """
    said = _ask(
        "tiles", path, form, str(folder.absolute()), cancel, limits=_TILE_LIMITS, masks=masks
    )
    width, height = map(int, said["tiles"])
    return MadeStill(folder / "tiles.zip", width, height)


def mark(path: Path, words: str, folder: Path) -> MadeStill:
    """`marked.jpg` in the folder: a JPEG of ours with the words, and a QR code of them, in a strip
    below it. Raises PictureUnreadable, PictureTooLarge, DecoderMissing, NoRoom.
    """
    command = [sys.executable, "-I", _CHILD, "mark", str(path.absolute()), words]
    finished = run([*command, str(folder.absolute())], limits=_MARK_LIMITS)
    width, height = map(int, _understood(finished)["marked"])
    return MadeStill(folder / "marked.jpg", width, height)


def sharpness(path: Path, form: Format, *, cancel: threading.Event | None = None) -> int:
    """How sharp the sharpest part of the picture is; under about 60 it is blurred. Raises as
    `look`.
    """
    return int(_ask("judge", path, form, "-", cancel)["sharpness"])


def taken_moment(taken: str | None, offset: str | None) -> datetime | None:
    """EXIF's time, aware when the camera knew its offset. None when it is not a time."""
    if taken is None:
        return None
    text = taken[:10].replace(":", "-") + taken[10:19]
    if offset is not None and _OFFSET.fullmatch(offset):
        text += offset
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.year > 1980 else None


def device_name(make: str | None, model: str | None) -> str | None:
    """Maker and model in one, without saying the maker twice."""
    if make and model and model.lower().startswith(make.split()[0].lower()):
        return model
    return " ".join(part for part in (make, model) if part) or None


def _ask(
    verb: str,
    path: Path,
    form: Format,
    last: str,
    cancel: threading.Event | None,
    limits: Limits = _LIMITS,
    *,
    masks: Sequence[Mask] = (),
) -> dict[str, Any]:
    if form not in STILLS:
        raise NotAPicture(path.suffix.lower())
    if form is Format.TIFF and directories.has_more(path, still_child.MOST_PAGES):
        raise PictureTooLarge(f"more than {still_child.MOST_PAGES} pages")
    # -E and -s are part of -I; site-packages is needed for the decoders, so -S is not given here.
    command = [sys.executable, "-I", _CHILD, verb, str(path.absolute()), form.value, last]
    if masks:
        command.append(told(masks))
    return _understood(run(command, limits=limits, cancel=cancel))


def _understood(finished: Finished) -> dict[str, Any]:
    if finished.ran_too_long:
        raise PictureUnreadable("it took too long")
    lines = finished.answer.decode(errors="replace").strip().splitlines()
    try:
        said = json.loads(lines[-1]) if lines and finished.went_well else None
    except json.JSONDecodeError:
        said = None
    if not isinstance(said, dict):
        raise PictureUnreadable(f"the decoder ended with {finished.code}")
    if not said.get("ok"):
        detail = str(said.get("detail", ""))
        if said.get("reason") == "no_room":
            raise NoRoom
        if said.get("reason") == "too_large":
            raise PictureTooLarge(detail)
        raise PictureUnreadable(detail)
    return said
