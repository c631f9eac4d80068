"""The aid looks at two pictures (比較の補助): renditions out of the store, no transaction open.

What it answers are candidates for a person to look at. Not here: how it looks (`decoding`).
"""

import contextlib
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from media.decoding import comparing
from media.decoding.comparing import Laid
from media.originals.local import disk_errors
from media.originals.store import OriginalStore, write_whole


def look(store: OriginalStore, earlier_key: str, later_key: str) -> Laid:
    """Lay one over the other. Blocks for seconds. Raises NotComparable, DecoderMissing,
    ObjectMissing, StoreUnavailable.
    """
    with _here(store, earlier_key) as earlier, _here(store, later_key) as later:
        return comparing.compare(earlier, later)


@contextlib.contextmanager
def _here(store: OriginalStore, key: str) -> Iterator[Path]:
    """The object as a local file: itself on a local disk, else a copy."""
    path = store.path(key)
    if path is not None:
        store.size(key)  # raises ObjectMissing
        yield path
        return
    folder = store.staging / f"compare-{secrets.token_hex(8)}"
    with disk_errors():
        folder.mkdir()
    try:
        with disk_errors():
            write_whole(folder / "picture.jpg", store.open(key))
        yield folder / "picture.jpg"
    finally:
        shutil.rmtree(folder, ignore_errors=True)
