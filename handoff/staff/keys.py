"""Keys for other programs of the shop (API キー): made once, shown once, checked by their digest.

A secret has 256 bits, so one hash of it is enough; it is compared in constant time, also where
there is no such key. Not here: what a scope allows; the edge that asks for it knows.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import update
from sqlmodel import Session, col, select

from catalog.ground import journal
from catalog.ground.errors import Malformed, Missing, Refused
from catalog.ground.record import new_id
from handoff.staff.tables import ApiKey

_PREFIX = "akashi"
_SECRET_BYTES = 32
_MOST_TOKEN = 200
_AN_HOUR = timedelta(hours=1)
_NAME = re.compile(r"[\w][\w .-]{0,59}")
_NOBODY = hashlib.sha256(b"").hexdigest()


class Scope(StrEnum):
    """What a key may be used for."""

    TILL = "till"  # hold, capture and void credit
    EVENTS = "events"  # tell of orders, payments and parcels of another system
    MEDIA = "media"  # list and fetch what shows a piece
    CAPTURE = "capture"  # send captures in


class KeyMalformed(Malformed):
    """A name or a scope that cannot be."""


class KeyNameTaken(Refused):
    """There is a key with this name already, perhaps a revoked one."""


class KeyMissing(Missing):
    """No such key."""


@dataclass(frozen=True, slots=True)
class Made:
    """A new key; `token` is shown this once."""

    key_id: str
    token: str


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose key a token is. `used_at`: when `used` was last called."""

    key_id: str
    name: str
    scopes: frozenset[str]
    used_at: datetime | None

    def is_unused(self, now: datetime) -> bool:
        """Whether `used` is to be called: once an hour at most."""
        return self.used_at is None or now - self.used_at >= _AN_HOUR


def add(db: Session, name: str, scopes: Sequence[str], *, by: str, now: datetime) -> Made:
    """Make a key. Raises KeyMalformed, KeyNameTaken."""
    if not _NAME.fullmatch(name):
        raise KeyMalformed("name: letters, digits, space, dot, hyphen; at most 60")
    unknown = sorted(set(scopes) - set(Scope))
    if unknown or not scopes:
        raise KeyMalformed(f"scope: {', '.join(unknown) or 'none'}; there are: {', '.join(Scope)}")
    if db.exec(select(ApiKey.id).where(ApiKey.name == name)).first() is not None:
        raise KeyNameTaken(name)
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    row = ApiKey(
        id=new_id(now),
        name=name,
        digest=_digest(secret),
        scopes=" ".join(sorted(set(scopes))),
        added_by=by,
        added_at=now,
    )
    db.add(row)
    db.flush()
    facts = {"scopes": row.scopes}
    journal.record(db, f"api_key:{row.id}", "added", actor=by, at=now, facts=facts)
    return Made(row.id, f"{_PREFIX}_{row.id}_{secret}")


def holder(db: Session, token: str) -> Holder | None:
    """Whose key this is; None for one that was never made or is revoked."""
    prefix, _, rest = token[:_MOST_TOKEN].partition("_")
    key_id, _, secret = rest.partition("_")
    row = db.get(ApiKey, key_id) if prefix == _PREFIX else None
    is_right = hmac.compare_digest(_digest(secret), row.digest if row is not None else _NOBODY)
    if row is None or not is_right or row.revoked_at is not None:
        return None
    return Holder(row.id, row.name, frozenset(row.scopes.split()), row.used_at)


def used(db: Session, key_id: str, *, now: datetime) -> None:
    """A program called with it. Later than what is there, or nothing changes."""
    is_later = col(ApiKey.used_at).is_(None) | (col(ApiKey.used_at) < now)
    change = update(ApiKey).where(col(ApiKey.id) == key_id, is_later).values(used_at=now)
    db.connection().execute(change)


def revoke(db: Session, key_id: str, *, by: str, now: datetime) -> None:
    """From now on it opens nothing. Revoking it again changes nothing. Raises KeyMissing."""
    row = db.get(ApiKey, key_id)
    if row is None:
        raise KeyMissing(key_id)
    if row.revoked_at is not None:
        return
    row.revoked_at = now
    db.add(row)
    db.flush()
    journal.record(db, f"api_key:{key_id}", "revoked", actor=by, at=now)


def known(db: Session) -> list[ApiKey]:
    """Every key, the oldest first."""
    return list(db.exec(select(ApiKey).order_by(col(ApiKey.added_at), col(ApiKey.id))))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
