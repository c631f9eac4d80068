"""All objects from one store to another (移設): every key stays what it was, so every link that was
given out leads where it led. Each original is proven by its digest before it is copied and after.

Nothing is taken away where it was. Stopped anywhere, the next run goes on: what is there with its
size, and for an original with its digest, is not copied again. What lies in quarantine stays
behind: it is evidence of that place.

Two ways. A place that only follows (a backup, the next place) is brought to what the source has. A
place in use is newer than what is copied into it (a restore over a store that was not lost, the
second run of a move): it is only *filled*, nothing there is replaced. The leaves of the log only
ever grow, either way: pages that tell another story are put aside or left, never written over.
"""

import contextlib
import hashlib
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from catalog.ground.record import Sha256
from media.originals.local import disk_errors
from media.originals.reading import Condition, look
from media.originals.replicas import copied
from media.originals.store import (
    BACKUPS,
    LOG,
    ORIGINALS,
    PREFIXES,
    QUARANTINE,
    Listed,
    ObjectMissing,
    OriginalStore,
    Tombstone,
    digest_in,
    original_key,
    tombstone_key,
    write_whole,
)
from media.originals.tending import facts_of

_MOST_ROUNDS = 5
ASIDE = "log/aside"


@dataclass(slots=True)
class Moved:
    """What was done. `wrong`: originals that are not what their name says where they come from;
    `left`: what a place in use let go of and was not given back; `forked`: pages of leaves of which
    neither begins with the other.
    """

    objects: int = 0
    bytes: int = 0
    there: int = 0
    left: int = 0
    wrong: list[Sha256] = field(default_factory=list)
    forked: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Filling:
    """How a place in use is filled. `wants`: whether the registers still speak of the object under
    a key that is not there.
    """

    wants: Callable[[str], bool] = lambda _: True


def move(
    source: OriginalStore,
    target: OriginalStore,
    *,
    filling: Filling | None = None,
    proves: bool = True,
    told: Callable[[Moved], None] = lambda _: None,
) -> Moved:
    """Copy everything and prove it; over again until a round finds nothing new, since the shop goes
    on meanwhile. `filling`: the target is a place in use. `told` after each object that was copied.
    `proves` off: what lies there with its size was proven when it was copied. Raises
    StoreUnavailable, StoreFull.
    """
    moving = _Moving(source, target, filling, proves, told)
    done = moving.done
    for _ in range(_MOST_ROUNDS):
        before = done.objects
        done.there, done.left, done.wrong, done.forked = 0, 0, [], []
        for prefix in PREFIXES:
            if prefix not in (QUARANTINE, BACKUPS):
                for each in source.each(prefix):
                    moving.one(each)
        if done.objects == before:
            return done
    return done


@dataclass(slots=True)
class _Moving:
    """One move: from where to where, what was done, what was proven at the target by now."""

    source: OriginalStore
    target: OriginalStore
    filling: Filling | None
    proves: bool
    told: Callable[[Moved], None]
    done: Moved = field(default_factory=Moved)
    proven: set[str] = field(default_factory=set)

    def one(self, each: Listed) -> None:
        digest = digest_in(each.key)
        if self._is_let_go(each.key, digest):
            self.done.left += 1
            return
        if digest is None:
            is_new = self._beside(each)
        else:
            is_new = not self._is_there(each, digest)
            if is_new:
                with contextlib.suppress(ObjectMissing):
                    if not _original(self.source, self.target, digest):
                        self.done.wrong.append(digest)
                        return
            self.proven.add(each.key)
        if not is_new:
            self.done.there += 1
            return
        self.done.objects += 1
        self.done.bytes += each.size
        self.told(self.done)

    def _is_let_go(self, key: str, digest: Sha256 | None) -> bool:
        """A place in use had it once, and it was deleted, dropped or erased there since."""
        if self.filling is None or key in self.proven or self.target.exists(key):
            return False
        is_buried = digest is not None and self.target.exists(tombstone_key(digest))
        return is_buried or not self.filling.wants(key)

    def _is_there(self, each: Listed, digest: Sha256) -> bool:
        if each.key in self.proven:
            return True
        if self.proves:
            return look(self.target, digest).condition is Condition.GOOD
        return _size(self.target, each.key) == each.size

    def _beside(self, each: Listed) -> bool:
        """A rendition, a received file, a page of leaves, a sidecar; False when it was there."""
        if each.key.startswith(f"{LOG}/"):
            return self._page(each.key)
        held = _size(self.target, each.key)
        if held is not None and (self.filling is not None or self._is_same(each, held)):
            return False
        if each.key.startswith(f"{ORIGINALS}/"):
            return self._sidecar(each.key)
        staged = self.target.staging / f"{secrets.token_hex(16)}.part"
        try:
            with disk_errors():
                write_whole(staged, self.source.open(each.key))
            self.target.put_file(each.key, staged)
        except ObjectMissing:  # deleted meanwhile
            return False
        finally:
            staged.unlink(missing_ok=True)
        return True

    def _is_same(self, each: Listed, held: int) -> bool:
        """By its size; what tells of an original also by what it says, where all is proven."""
        is_told = self.proves and each.key.startswith(f"{ORIGINALS}/")
        if held != each.size or not is_told or each.key in self.proven:
            return held == each.size
        self.proven.add(each.key)
        return _content(self.source, each.key) == _content(self.target, each.key)

    def _page(self, key: str) -> bool:
        """Leaves of the log: the page with more of them stays. Where the two tell another story, a
        place in use keeps its own; elsewhere that one is put aside before it is written over.
        """
        content, there = _content(self.source, key), _content(self.target, key)
        if there.startswith(content):
            return False
        if not content.startswith(there):
            self.done.forked.append(key)
            if self.filling is not None:
                return False
            mark = hashlib.sha256(there).hexdigest()[:16]
            self.target.put_bytes(f"{ASIDE}/{mark}/{key.rpartition('/')[2]}", [there])
        self.target.put_bytes(key, [content])
        return True

    def _sidecar(self, key: str) -> bool:
        name = key.rpartition("/")[2].removesuffix(".json")
        digest, _, asset = name.partition(".")
        try:
            content = json.loads(b"".join(self.source.open(key)))
        except (ObjectMissing, ValueError):
            return False
        if asset != "tombstone":
            self.target.describe(Sha256(digest), asset, content)
            return True
        if self._is_kept_again(original_key(Sha256(digest))):
            return False
        self.target.bury(Tombstone(Sha256(digest), int(content["leaf"]), str(content["at"])))
        return True

    def _is_kept_again(self, original: str) -> bool:
        """Deleted once and taken in again since: a tombstone there buries nothing any more."""
        if self.source.exists(original):
            return True
        return (
            self.filling is not None
            and self.target.exists(original)
            and self.filling.wants(original)
        )


def _original(source: OriginalStore, target: OriginalStore, digest: Sha256) -> bool:
    """False when what lies there is not that original, or not after it was copied."""
    staged = copied(source, digest, target.staging)
    if staged is None:
        return False
    try:
        target.put(staged, digest, facts=facts_of(source, digest))
    finally:
        staged.unlink(missing_ok=True)
    return look(target, digest).condition is Condition.GOOD


def _size(store: OriginalStore, key: str) -> int | None:
    try:
        return store.size(key)
    except ObjectMissing:
        return None


def _content(store: OriginalStore, key: str) -> bytes:
    with contextlib.suppress(ObjectMissing):
        return b"".join(store.open(key))
    return b""
