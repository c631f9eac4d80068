"""Whether the keys that came back open anything (鍵の試し開け): a set whose keys open nothing is no
backup of what they sealed. The signing keys sign, and are those the log knows; the keys of persons
are unwrapped, and of what hangs on them one value of each kind is read.

What is wrong is told in counts, never by whom it is of.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlmodel import Session, col, select

from catalog.duties import sealing
from catalog.duties.identity.actions import person_of, unsealed
from catalog.duties.identity.tables import IdentityCheck
from catalog.duties.sealing import DataKeys, PersonErased, PersonKey
from catalog.ground.errors import ShopError
from media.intake import received
from media.intake.tables import ReceivedFile, ReceivedState
from media.log import authority, checkpoints, notes
from media.log.keys import KeyRing, is_signed
from media.originals.store import OriginalStore

_TRIAL = notes.checkpoint_text("akashi.invalid/akashi", 0, bytes(32))


def opened(
    db: Session, store: OriginalStore, keys: DataKeys, folder: Path, *, now: datetime
) -> Iterator[str]:
    """What does not open, in words. `folder`: the signing keys as they came back."""
    yield from _signing(db, folder, now)
    yield from _persons(db, keys)
    yield from _identities(db, keys)
    yield from _received(db, store, keys)


def _signing(db: Session, folder: Path, now: datetime) -> Iterator[str]:
    ring = KeyRing(folder, "akashi.invalid/akashi")
    known = checkpoints.verifiers(db)
    if known and not ring.has_any:
        yield "the log is signed, and the set has no signing key of it"
    if ring.has_any:
        try:
            told = notes.read(ring.current().sign(_TRIAL))
            if is_signed(told, ring.verifiers()) is None:
                yield "the signing key signs nothing"
            lacking = [each for each in known if each not in ring.verifiers()]
            if lacking:
                yield f"{len(lacking)} keys the log was signed with are not in the set"
        except ShopError as wrong:
            yield f"the signing keys cannot be used: {type(wrong).__name__}"
    if (folder / authority.SEAL).exists():
        try:
            authority.seal_in(folder, name="akashi", now=now)
        except ShopError as wrong:
            yield f"the key of certificates cannot be used: {type(wrong).__name__}"


def _persons(db: Session, keys: DataKeys) -> Iterator[str]:
    shut = 0
    kept = select(PersonKey.person).where(col(PersonKey.wrapped).is_not(None))
    for person in db.exec(kept):
        try:
            sealing.known_key(db, person, keys)
        except ShopError:
            shut += 1
    if shut:
        yield f"{shut} keys of persons do not open with this DATA_KEY"


def _identities(db: Session, keys: DataKeys) -> Iterator[str]:
    """The latest check of an identity whose picture and words are kept still."""
    row = db.exec(
        select(IdentityCheck)
        .where(col(IdentityCheck.destroyed_at).is_(None))
        .order_by(col(IdentityCheck.verified_at).desc())
    ).first()
    if row is not None:
        try:
            unsealed(db, keys, person_of(row.id), row.sealed)
        except PersonErased:
            return
        except (ShopError, ValueError) as wrong:
            yield f"a check of an identity does not open: {type(wrong).__name__}"


def _received(db: Session, store: OriginalStore, keys: DataKeys) -> Iterator[str]:
    """The latest file that somebody sent."""
    found = db.exec(
        select(ReceivedFile.id)
        .where(ReceivedFile.state == ReceivedState.STORED.value)
        .order_by(col(ReceivedFile.sent_at).desc())
    ).first()
    if found is not None:
        try:
            for _ in received.plain(db, store, found, keys):
                pass
        except PersonErased:
            return
        except ShopError as wrong:
            yield f"a file that was sent does not open: {type(wrong).__name__}"
