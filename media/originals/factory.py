"""The store that MEDIA_URL names: `file:///folder` or `s3://bucket/prefix`."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from catalog.ground.errors import Malformed
from media.originals.store import OriginalStore


class MediaUrlMalformed(Malformed):
    """AKASHI_MEDIA_URL names neither a local folder nor a bucket."""


def open_store(
    url: str, *, staging: Path | None = None, endpoint: str | None = None
) -> OriginalStore:
    """The store at `url`. `staging` is where files wait for S3 (a local store brings its own).

    Raises MediaUrlMalformed, StoreUnavailable.
    """
    parts = urlsplit(url)
    if parts.scheme == "file" and parts.netloc in ("", "localhost") and parts.path not in ("", "/"):
        from media.originals.local import LocalStore

        return LocalStore(Path(unquote(parts.path)))
    if parts.scheme == "s3" and parts.netloc:
        from media.originals.s3 import S3Store

        if staging is None:
            raise MediaUrlMalformed("an S3 store needs a local folder for files on their way in")
        return S3Store(
            parts.netloc, prefix=parts.path.strip("/"), staging=staging, endpoint=endpoint
        )
    raise MediaUrlMalformed("the media URL must be file:///folder or s3://bucket/prefix")
