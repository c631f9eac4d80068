"""Passwords of staff (パスワード): hashed with argon2 by pwdlib, never kept, never told again.

Hashing takes a twentieth of a second on purpose, so `digest_of` and `check` are called while no
transaction is open. Where there is no password to hold against, one of nobody's is taken: how long
an answer takes tells nothing. Not here: how often may be tried (`attempts`), and what follows from
a right one (`signing_in`).
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from catalog.ground import journal
from catalog.ground.errors import Malformed
from catalog.ground.record import StaffId
from catalog.ground.session.database import insert_once
from handoff.staff import rules, sessions
from handoff.staff.rules import Weak
from handoff.staff.tables import StaffPassword

if TYPE_CHECKING:
    from pwdlib import PasswordHash


class PasswordWeak(Malformed):
    """A password that would soon be found. `why`."""

    def __init__(self, why: Weak) -> None:
        super().__init__(f"a password that is {why}")
        self.why = why


@dataclass(frozen=True, slots=True)
class Checked:
    """Whether a password was right; `renewed`: its digest by today's parameters, if others."""

    is_right: bool
    renewed: str | None = field(default=None, repr=False)


@cache
def _argon2() -> "PasswordHash":
    from pwdlib import PasswordHash

    return PasswordHash.recommended()


@cache
def _nobodys() -> str:
    return _argon2().hash(secrets.token_urlsafe(32))


def warm_up() -> None:
    """Make what the first check needs, so that the first one takes no longer than any other."""
    _nobodys()


def need_strong(password: str, *, name: str, email: str | None) -> None:
    """Raises PasswordWeak."""
    weak = rules.weakness(password, name=name, email=email)
    if weak is not None:
        raise PasswordWeak(weak)


def digest_of(password: str, *, name: str, email: str | None) -> str:
    """A new password as it is kept. Slow. Raises PasswordWeak."""
    need_strong(password, name=name, email=email)
    return _argon2().hash(rules.plain(password))


def check(password: str, digest: str | None) -> Checked:
    """Hold a password against a digest; against nobody's where there is none. Slow, and equally
    slow in each case.
    """
    told = rules.plain(password[: 4 * rules.MOST_SIGNS])
    is_right, renewed = _argon2().verify_and_update(told, digest or _nobodys())
    return Checked(is_right and digest is not None, renewed if digest is not None else None)


def put(db: Session, staff_id: StaffId, digest: str, *, by: str, now: datetime) -> None:
    """From now on this is the person's password; every session ends. Raises NotOfTheShop."""
    sessions.role_of(db, staff_id)
    fresh = {"staff_id": staff_id, "digest": digest, "set_at": now}
    if not insert_once(db, StaffPassword, fresh):
        _write(db, staff_id, digest=digest, set_at=now)
    sessions.end_all(db, staff_id, by=by, now=now)
    journal.record(db, f"staff:{staff_id}", "password_set", actor=by, at=now)


def held(db: Session, staff_id: StaffId) -> str | None:
    """The digest, locked until the unit ends; None when there is no password."""
    return db.exec(
        select(StaffPassword.digest).where(StaffPassword.staff_id == staff_id).with_for_update()
    ).first()


def renew(db: Session, staff_id: StaffId, digest: str) -> None:
    """The same password by today's parameters; nothing ends."""
    _write(db, staff_id, digest=digest)


def forget(db: Session, staff_id: StaffId) -> None:
    """The person has no password any more."""
    db.connection().execute(delete(StaffPassword).where(col(StaffPassword.staff_id) == staff_id))


def _write(db: Session, staff_id: StaffId, **values: Any) -> None:
    db.connection().execute(
        update(StaffPassword).where(col(StaffPassword.staff_id) == staff_id).values(**values)
    )
