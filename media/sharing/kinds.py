"""Which kind of media a grant must cover for a capture to be shown to a partner, how far a page
that is passed on goes, and how the name of an original ends outside.
"""

from enum import StrEnum

from catalog.partners.rules import MediaKind
from media.assets.kinds import AssetKind

MEDIA_KINDS: dict[AssetKind, MediaKind] = {
    AssetKind.FILM: MediaKind.FILM,
    AssetKind.STILL: MediaKind.STILL,
}

_ENDINGS = {
    "image/jpeg": "jpg", "image/png": "png", "image/tiff": "tif", "image/heic": "heic",
    "image/heif": "heif", "image/webp": "webp", "image/x-adobe-dng": "dng", "video/mp4": "mp4",
    "video/quicktime": "mov", "video/x-msvideo": "avi", "video/x-matroska": "mkv",
}  # fmt: skip


def ending_of(mime: str) -> str:
    """By what the bytes are, never by what somebody called the file."""
    return _ENDINGS.get(mime, "bin")


class Reach(StrEnum):
    """How far a page goes; each allows what those before it do."""

    PREVIEW = "preview"  # films, and pictures of at most 800 px
    TILES = "tiles"  # pictures with all their pixels
    DOWNLOAD = "download"  # files to keep, each with the mark of who took it
    ORIGINAL = "original"  # the bytes the camera wrote

    def covers(self, wanted: "Reach") -> bool:
        """Whether this is at least that."""
        order = list(Reach)
        return order.index(self) >= order.index(wanted)


class Why(StrEnum):
    """Why an address opened nothing: for the record, never for whoever asked."""

    UNKNOWN = "unknown"
    ENDED = "ended"
    REVOKED = "revoked"
    FOREIGN = "foreign"  # no longer, or never, theirs to see
    SPENT = "spent"  # opened as often as it may be
    WRONG_PIN = "wrong_pin"
    LOCKED = "locked"  # after too many wrong ones
    SEATLESS = "seatless"  # a page with a PIN, and not the browser that told it
    GONE = "gone"  # the bytes are not there
