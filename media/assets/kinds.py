"""What an asset can be: a film or a still, and the parts of a piece a shot can show (部位).

Part ids are a closed list shared with the understanding of messages. Not here: the words people and
folders use for them (`media/intake/naming`).
"""

from dataclasses import dataclass
from enum import StrEnum

RENDITION_WORK = "rendition"  # due work: make what an asset is shown by (`media/renditions/making`)


class AssetKind(StrEnum):
    """Moving or not."""

    FILM = "film"
    STILL = "still"


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
    FAILED = "failed"  # the original is kept; nothing can be shown of it


@dataclass(frozen=True, slots=True)
class Spot:
    """Where it was taken, degrees north and east. Staff only, never in a rendition."""

    latitude: float
    longitude: float
