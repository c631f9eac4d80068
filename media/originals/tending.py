"""Bring every place to hold an original (複製・修復): what is missing is copied, what is wrong is
put aside and replaced from a good copy. No transaction is open here, and nothing is decided: the
rows have been told first what was found.

Killed in the middle, nothing is worse than before: a wrong file is renamed, never deleted; a copy
appears under its name only whole; the next round begins where this one ended.
"""

import contextlib
import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from catalog.ground.record import Sha256
from media.originals.local import disk_errors
from media.originals.reading import Condition, OriginalUnreadable, Pace, Seen, look, unhurried
from media.originals.replicas import Replica, Replicas, copied
from media.originals.store import (
    ObjectMissing,
    OriginalStore,
    StoreUnavailable,
    original_key,
    sidecar_key,
    write_whole,
)


@dataclass(frozen=True, slots=True)
class Tended:
    """How a place is afterwards. `quarantined`: the key of what was put aside."""

    condition: Condition
    quarantined: str | None = None
    source: str | None = None


def look_everywhere(
    replicas: Replicas, sha256: Sha256, silent: set[str], *, pace: Pace = unhurried
) -> dict[str, Seen]:
    """How each place is that answers; the names of those that do not go into `silent`, and they are
    not asked again. A place that keeps only this file from us is left out. Raises StoreUnavailable
    when none answers.
    """
    seen: dict[str, Seen] = {}
    answers = False
    for each in replicas.all:
        if each.name in silent:
            continue
        try:
            seen[each.name] = look(each.store, sha256, pace=pace)
        except OriginalUnreadable:
            answers = True
        except StoreUnavailable:
            silent.add(each.name)
    if not seen and not answers:
        raise StoreUnavailable("no place answers")
    return seen


def tend(
    replicas: Replicas, sha256: Sha256, seen: Mapping[str, Seen], *, mark: str
) -> dict[str, Tended]:
    """Put aside what is wrong and fill every place from a good one; only what changed is told.

    Where no place is good nothing is made good: the wrong ones are put aside. `mark` names what is
    put aside, another each time. Raises StoreUnavailable.
    """
    there = [each for each in replicas.all if each.name in seen]
    good = [each for each in there if seen[each.name].condition is Condition.GOOD]
    done: dict[str, Tended] = {}
    for each in there:
        found = seen[each.name].condition
        if found is Condition.GOOD:
            continue
        if not good:
            aside = each.store.quarantine(sha256, mark) if found is Condition.DAMAGED else None
            done[each.name] = Tended(found, aside)
            continue
        done[each.name] = _fill(each, good, sha256, found, mark)
    return done


def _fill(
    place: Replica, good: list[Replica], sha256: Sha256, found: Condition, mark: str
) -> Tended:
    for source in good:
        # Proven once more while it is copied: it may have been damaged since it was looked at.
        try:
            staged = copied(source.store, sha256, place.store.staging)
        except ObjectMissing:
            continue
        if staged is None:
            continue
        try:
            aside = place.store.quarantine(sha256, mark) if found is Condition.DAMAGED else None
            place.store.put(staged, sha256, facts=facts_of(source.store, sha256))
        finally:
            staged.unlink(missing_ok=True)
        for asset, facts in described(source.store, sha256):
            place.store.describe(sha256, asset, facts)
        return Tended(look(place.store, sha256).condition, aside, source.name)
    return Tended(found)


def bring_back(store: OriginalStore, sha256: Sha256, aside: str) -> bool:
    """What was put aside lies under its name again, where it is that original and is not there;
    False where it is not. It stays aside too. Raises StoreUnavailable.
    """
    staged = store.staging / f"{secrets.token_hex(16)}.part"
    try:
        with contextlib.closing(store.open(aside)) as chunks, disk_errors():
            found, _ = write_whole(staged, chunks)
        if found == sha256:
            store.put(staged, sha256, facts=facts_of(store, sha256))
        return found == sha256
    finally:
        staged.unlink(missing_ok=True)


def facts_of(store: OriginalStore, sha256: Sha256) -> dict[str, Any]:
    """What the sidecar of an original says; empty without one that can be read."""
    return told_in(store, sidecar_key(sha256))


def described(store: OriginalStore, sha256: Sha256) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each capture that has these bytes, with its facts."""
    begins = f"{original_key(sha256)}."
    for each in list(store.each(begins.rpartition("/")[0])):
        if each.key.startswith(begins) and each.key.endswith(".json"):
            asset = each.key.removeprefix(begins).removesuffix(".json")
            if asset not in ("", "json", "tombstone"):
                yield asset, told_in(store, each.key)


def told_in(store: OriginalStore, key: str) -> dict[str, Any]:
    """What one sidecar says; empty where none can be read. Raises StoreUnavailable."""
    with contextlib.suppress(ObjectMissing, ValueError):
        told = json.loads(b"".join(store.open(key)))
        if isinstance(told, dict):
            return told
    return {}
