"""Personal files at rest (個人データの封緘): each person has a key of their own, wrapped by the
shop's DATA_KEY.

Erasing the person's key makes everything sealed with it unreadable, on backups too. A stream is
sealed in chunks with AES-256-GCM under a key derived for that stream, so a swapped, missing or
changed chunk shows. Not here: where the sealed bytes lie.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, Session, col, select

from catalog.ground.errors import Malformed, Missing, Unavailable
from catalog.ground.record import Bytes, Instant, Row, Words

_MAGIC = b"AKS1"
_SALT_BYTES = 32
_NONCE_BYTES = 12
_TAG_BYTES = 16
_CHUNK = 64 * 1024
_KEY_BYTES = 32


class SealBroken(Malformed):
    """The bytes are not what was sealed: changed, cut off, or of another key."""


class PersonErased(Missing):
    """The person's key was destroyed; nothing sealed with it can be read."""


class DataKeyMissing(Unavailable):
    """The key was wrapped by a DATA_KEY this process was not given."""


class PersonKey(Row, table=True):
    """A person's key, wrapped. `wrapped_by` names the DATA_KEY; `wrapped` is empty once erased."""

    __tablename__ = "person_key"

    person: str = Field(primary_key=True, sa_type=Words)
    wrapped_by: str = Field(sa_type=Words)
    wrapped: bytes | None = Field(default=None, sa_type=Bytes)
    made_at: datetime = Field(sa_type=Instant)
    erased_at: datetime | None = Field(default=None, sa_type=Instant)


@dataclass(frozen=True, slots=True)
class DataKeys:
    """The shop's keys of 32 bytes: the one in use first, then those of before a rotation."""

    keys: tuple[bytes, ...]

    def __post_init__(self) -> None:
        if not self.keys or any(len(key) != _KEY_BYTES for key in self.keys):
            raise ValueError("a DATA_KEY has 32 bytes")

    def current(self) -> tuple[str, bytes]:
        """Its name and the key."""
        return key_name(self.keys[0]), self.keys[0]

    def named(self, name: str) -> bytes:
        """Raises DataKeyMissing."""
        for key in self.keys:
            if key_name(key) == name:
                return key
        raise DataKeyMissing("a person's key was wrapped by a DATA_KEY that is not configured")


def key_name(key: bytes) -> str:
    """A name that tells keys apart and nothing about them."""
    return hashlib.sha256(b"akashi data key" + key).hexdigest()[:16]


def person_key(db: Session, person: str, keys: DataKeys, *, now: datetime) -> bytes:
    """The person's key, made at the first call. Raises PersonErased, DataKeyMissing."""
    row = db.exec(select(PersonKey).where(PersonKey.person == person)).first()
    if row is None:
        name, wrapping = keys.current()
        insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
        db.connection().execute(
            insert(PersonKey)
            .values(
                person=person,
                wrapped_by=name,
                wrapped=_wrap(os.urandom(_KEY_BYTES), wrapping, person),
                made_at=now,
            )
            .on_conflict_do_nothing()
        )
        row = db.exec(select(PersonKey).where(PersonKey.person == person)).one()
    return _unwrapped(row, keys)


def fresh_key(db: Session, person: str, keys: DataKeys, *, now: datetime) -> bytes:
    """`person_key`, and where it was destroyed a new one: who was forgotten and comes back begins
    anew. What hung on the old one stays unreadable. Raises DataKeyMissing.
    """
    name, wrapping = keys.current()
    db.connection().execute(
        update(PersonKey)
        .where(col(PersonKey.person) == person, col(PersonKey.erased_at).is_not(None))
        .values(
            wrapped_by=name,
            wrapped=_wrap(os.urandom(_KEY_BYTES), wrapping, person),
            made_at=now,
            erased_at=None,
        )
    )
    db.expire_all()
    return person_key(db, person, keys, now=now)


def known_key(db: Session, person: str, keys: DataKeys) -> bytes:
    """The person's key for reading. Raises PersonErased (also when there never was one),
    DataKeyMissing.
    """
    row = db.exec(select(PersonKey).where(PersonKey.person == person)).first()
    if row is None:
        raise PersonErased("no key")
    return _unwrapped(row, keys)


def erase_key(db: Session, person: str, *, now: datetime) -> bool:
    """Destroy it. False when there was none. What is sealed with it stays unreadable for ever."""
    erased: Any = db.connection().execute(
        update(PersonKey)
        .where(col(PersonKey.person) == person, col(PersonKey.erased_at).is_(None))
        .values(wrapped=None, erased_at=now)
    )
    return bool(erased.rowcount)


def rewrap(db: Session, keys: DataKeys, *, limit: int = 500) -> int:
    """After a rotation: wrap some keys that still hang on an older DATA_KEY anew; how many."""
    name, wrapping = keys.current()
    old = db.exec(
        select(PersonKey)
        .where(col(PersonKey.wrapped_by) != name, col(PersonKey.wrapped).is_not(None))
        .limit(limit)
    ).all()
    for row in old:
        row.wrapped = _wrap(_unwrapped(row, keys), wrapping, row.person)
        row.wrapped_by = name
        db.add(row)
    db.flush()
    return len(old)


def seal_stream(key: bytes, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The sealed bytes: a head with the stream's salt, then each chunk with its tag; the last is
    marked as such.
    """
    salt = os.urandom(_SALT_BYTES)
    cipher = _cipher(key, salt)
    yield _MAGIC + salt
    number = 0
    ahead = b""
    for piece in _even(chunks, _CHUNK):
        if ahead:
            yield cipher.encrypt(_nonce(number, is_last=False), ahead, _MAGIC)
            number += 1
        ahead = piece
    yield cipher.encrypt(_nonce(number, is_last=True), ahead, _MAGIC)


def open_stream(key: bytes, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The plain bytes. Raises SealBroken, possibly after some chunks: trust nothing before the end
    is reached.
    """
    from cryptography.exceptions import InvalidTag

    head, rest = _cut_head(chunks)
    cipher = _cipher(key, head.removeprefix(_MAGIC))
    pieces = _even(rest, _CHUNK + _TAG_BYTES)
    ahead = next(pieces, None)
    number = 0
    while ahead is not None:
        following = next(pieces, None)
        try:
            plain = cipher.decrypt(_nonce(number, is_last=following is None), ahead, _MAGIC)
        except InvalidTag:
            raise SealBroken("a chunk was changed or is not of this stream") from None
        yield plain
        ahead = following
        number += 1
    if number == 0:
        raise SealBroken("the stream ends at its head")


def _cut_head(chunks: Iterable[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """The head, and the stream behind it."""
    length = len(_MAGIC) + _SALT_BYTES
    source = iter(chunks)
    begun = b""
    while len(begun) < length:
        more = next(source, None)
        if more is None:
            raise SealBroken("the stream is shorter than its head")
        begun += more
    if not begun.startswith(_MAGIC):
        raise SealBroken("this was not sealed here")
    return begun[:length], chain([begun[length:]], source)


def _even(chunks: Iterable[bytes], size: int) -> Iterator[bytes]:
    """The same bytes in pieces of one size, the last one shorter."""
    waiting = bytearray()
    for chunk in chunks:
        waiting += chunk
        while len(waiting) >= size:
            yield bytes(waiting[:size])
            del waiting[:size]
    if waiting:
        yield bytes(waiting)


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(_NONCE_BYTES - 1, "big") + (b"\x01" if is_last else b"\x00")


def _cipher(key: bytes, salt: bytes) -> Any:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return AESGCM(HKDF(SHA256(), _KEY_BYTES, salt, b"akashi sealed stream").derive(key))


def _wrap(key: bytes, wrapping: bytes, person: str) -> bytes:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(wrapping).encrypt(nonce, key, person.encode())


def _unwrapped(row: PersonKey, keys: DataKeys) -> bytes:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    if row.wrapped is None:
        raise PersonErased("the key was destroyed")
    wrapping = keys.named(row.wrapped_by)
    nonce, sealed = row.wrapped[:_NONCE_BYTES], row.wrapped[_NONCE_BYTES:]
    try:
        return AESGCM(wrapping).decrypt(nonce, sealed, row.person.encode())
    except InvalidTag:
        raise SealBroken("a person's key was changed in the database") from None
