"""All objects from one store to another (移設): every key stays what it was, so every link that was
given out leads where it led. Each original is proven by its digest before it is copied and after.

Nothing is taken away where it was. Stopped anywhere, the next run goes on: what is there with its
size, and for an original with its digest, is not copied again. What lies in quarantine stays
behind: it is evidence of that place.
"""

import contextlib
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
    PREFIXES,
    QUARANTINE,
    Listed,
    ObjectMissing,
    OriginalStore,
    Tombstone,
    digest_in,
    original_key,
    write_whole,
)
from media.originals.tending import facts_of

_MOST_ROUNDS = 5


@dataclass(slots=True)
class Moved:
    """What was done. `wrong`: originals that are not what their name says where they come from."""

    objects: int = 0
    bytes: int = 0
    there: int = 0
    wrong: list[Sha256] = field(default_factory=list)


def move(
    source: OriginalStore,
    target: OriginalStore,
    *,
    proves: bool = True,
    told: Callable[[Moved], None] = lambda _: None,
) -> Moved:
    """Copy everything and prove it; over again until a round finds nothing new, since the shop goes
    on meanwhile. `told` after each object that was copied. `proves` off: an original that lies
    there with its size was proven when it was copied. Raises StoreUnavailable, StoreFull.
    """
    moving = _Moving(source, target, proves, told)
    done = moving.done
    for _ in range(_MOST_ROUNDS):
        before = done.objects
        done.there, done.wrong = 0, []
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
    proves: bool
    told: Callable[[Moved], None]
    done: Moved = field(default_factory=Moved)
    proven: set[str] = field(default_factory=set)

    def one(self, each: Listed) -> None:
        digest = digest_in(each.key)
        if digest is None:
            is_new = _beside(self.source, self.target, each)
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

    def _is_there(self, each: Listed, digest: Sha256) -> bool:
        if each.key in self.proven:
            return True
        if self.proves:
            return look(self.target, digest).condition is Condition.GOOD
        try:
            return self.target.size(each.key) == each.size
        except ObjectMissing:
            return False


def _original(source: OriginalStore, target: OriginalStore, digest: Sha256) -> bool:
    """False when what lies there is not that original, or not after it was copied."""
    staged = copied(source, digest, target.staging)
    if staged is None:
        return False
    try:
        if look(target, digest).condition is Condition.DAMAGED:
            target.quarantine(digest, secrets.token_hex(8))
        target.put(staged, digest, facts=facts_of(source, digest))
    finally:
        staged.unlink(missing_ok=True)
    return look(target, digest).condition is Condition.GOOD


def _beside(source: OriginalStore, target: OriginalStore, each: Listed) -> bool:
    """A rendition, a received file, a page of leaves, a sidecar; False when it was there."""
    try:
        if target.size(each.key) == each.size and not each.key.startswith("log/"):
            return False
    except ObjectMissing:
        pass
    if each.key.startswith("originals/"):
        return _sidecar(source, target, each)
    staged = target.staging / f"{secrets.token_hex(16)}.part"
    try:
        with disk_errors():
            write_whole(staged, source.open(each.key))
        if each.key.startswith("log/") and _is_same(target, each.key, staged.read_bytes()):
            return False
        target.put_file(each.key, staged)
    except ObjectMissing:  # deleted meanwhile
        return False
    finally:
        staged.unlink(missing_ok=True)
    return True


def _is_same(target: OriginalStore, key: str, content: bytes) -> bool:
    with contextlib.suppress(ObjectMissing):
        return b"".join(target.open(key)) == content
    return False


def _sidecar(source: OriginalStore, target: OriginalStore, each: Listed) -> bool:
    name = each.key.rpartition("/")[2].removesuffix(".json")
    digest, _, asset = name.partition(".")
    try:
        content = json.loads(b"".join(source.open(each.key)))
    except (ObjectMissing, ValueError):
        return False
    if asset == "tombstone":
        if source.exists(original_key(Sha256(digest))):  # deleted once, and taken in again since
            return False
        target.bury(Tombstone(Sha256(digest), int(content["leaf"]), str(content["at"])))
    else:
        target.describe(Sha256(digest), asset, content)
    return True
