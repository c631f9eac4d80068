"""What an asset can be: a film or a still, and the parts of a piece a shot can show (部位).

Part ids are a closed list shared with the understanding of messages. Not here: the words people and
folders use for them (`media/intake/naming`).
"""

from dataclasses import dataclass
from enum import StrEnum

KEEP_WORK = "original.keep"  # due work: read back, copy, describe (`media/retention`)
RENDITION_WORK = "rendition"  # due work: make what an asset is shown by (`media/renditions/making`)
MOMENT_WORK = "rendition.moment"  # due work: a still out of a film (`media/renditions/moments`)


class BlobState(StrEnum):
    """Whether an original can still be shown as what it was."""

    KEPT = "kept"
    LOST = "lost"  # no place holds it any more; nothing is shown in its stead
    DELETED = "deleted"  # two persons, after every hold and term; its leaf and tombstone stay


class CopyState(StrEnum):
    """How one place holds an original."""

    WAITING = "waiting"  # nobody has put it there yet
    KEPT = "kept"
    DAMAGED = "damaged"  # other bytes lay under its name
    MISSING = "missing"  # it was there, and is gone
    LOST = "lost"  # and no other place has it either
    DELETED = "deleted"


class AssetKind(StrEnum):
    """Moving or not."""

    FILM = "film"
    STILL = "still"


class Occasion(StrEnum):
    """What a piece is captured, or its state taken down, for."""

    INTAKE = "intake"
    BEFORE_SHIPPING = "before_shipping"
    ARRIVAL = "arrival"
    RETURN = "return"
    DISPUTE = "dispute"


class Part(StrEnum):
    """A part of a piece that people ask to see."""

    CASE_BACK = "case_back"
    CASE = "case"
    BEZEL = "bezel"
    DIAL = "dial"
    HANDS = "hands"
    CRYSTAL = "crystal"
    BRACELET = "bracelet"
    CLASP = "clasp"
    CROWN = "crown"
    GIRDLE = "girdle"
    PRONG = "prong"
    STONE = "stone"
    CORNER = "corner"
    HANDLE = "handle"
    LINING = "lining"
    ZIPPER = "zipper"
    HARDWARE = "hardware"
    STRAP = "strap"
    SLEEVE = "sleeve"
    SOLE = "sole"


class TimeSource(StrEnum):
    """Who says when it was captured, the best witness first."""

    CAMERA = "camera"  # the file's own record, with its offset from UTC
    CAMERA_LOCAL = (
        "camera_local"  # the file's own record without an offset, taken as the shop's time
    )
    FILE = "file"  # the time the file was last written
    ARRIVAL = "arrival"  # when it came in


class Readiness(StrEnum):
    """How far an asset can be shown. A poster alone promises a film that is still being made."""

    WAITING = "waiting"
    POSTER = "poster"
    WHOLE = "whole"
    PAGES = "pages"  # whole, and too long for a messenger: shown in the house and on share pages
    FAILED = "failed"  # the original is kept; nothing can be shown of it


class Wrong(StrEnum):
    """Why a match is taken back."""

    OTHER_PIECE = "other_piece"
    OTHER_PART = "other_part"  # of the same piece
    UNSURE = "unsure"  # nobody can tell which piece it shows
    BY_MISTAKE = "by_mistake"  # it was laid aside, and is a capture


class Aside(StrEnum):
    """Why a file is no capture of anything."""

    TEST_SHOT = "test_shot"
    UNREADABLE_TAG = "unreadable_tag"
    SPOILED = "spoiled"  # too dark, blurred, or of nothing
    DOUBLE = "double"


ON_PAGES = (Readiness.WHOLE, Readiness.PAGES)


@dataclass(frozen=True, slots=True)
class Scale:
    """What a microscope wrote into its file. `um_per_px`: how many micrometres a pixel is across;
    `axes`: as `Z5 C2 Y512 X512`.
    """

    um_per_px: float | None = None
    axes: str | None = None
    pages: int | None = None


NO_SCALE = Scale()


@dataclass(frozen=True, slots=True)
class Spot:
    """Where it was taken, degrees north and east. Staff only, never in a rendition."""

    latitude: float
    longitude: float
