"""Which kind of media a grant must cover for a capture to be shown to a partner."""

from catalog.partners.rules import MediaKind
from media.assets.kinds import AssetKind

MEDIA_KINDS: dict[AssetKind, MediaKind] = {
    AssetKind.FILM: MediaKind.FILM,
    AssetKind.STILL: MediaKind.STILL,
}
