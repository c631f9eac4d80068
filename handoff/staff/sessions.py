"""Sessions (サインイン状態): who sits before a browser, from signing in until it ends.

A token has 256 bits and is told once; only its SHA-256 is kept. Every sign-in makes a new one, and
no verb takes a token over, so nobody can be led into a session that was prepared for them. A
session is over by itself after its idle time and its longest time, and at once when the person
leaves or has another role: `find` reads both beside the session, in one statement. Whatever stays
open asks `still_open` when `TOPIC` rings, and now and then for those that end by themselves.

    token = begin(…)              in the unit that signed somebody in; into a cookie
    found = find(db, token, …)    on each request; `seen` in a unit of its own when `is_unseen`
    is_csrf(found, told)          on each request that changes something

Not here: the cookie (the edge: `__Host-`, Secure, HttpOnly, SameSite=Lax), and how somebody proves
who they are (`signing_in`, `passkeys`, `oidc`).
"""

import hashlib
import hmac
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, or_, update
from sqlmodel import Session, col, select

from catalog.duties.actors import Actor, Role
from catalog.ground import journal, policy
from catalog.ground.errors import Missing, Refused
from catalog.ground.record import StaffId, new_id
from catalog.ground.session.database import ring
from handoff.staff import rules
from handoff.staff.permissions import Act, may
from handoff.staff.rules import SignInTerms
from handoff.staff.tables import Staff, StaffSession

TOPIC = "staff.sessions"  # some have ended
_SECRET_BYTES = 32
_LONGEST_TOKEN = 100
_LONGEST_AGENT = 200


class How(StrEnum):
    """What somebody came in by."""

    PASSWORD = "password"
    PASSKEY = "passkey"
    OIDC = "oidc"
    INVITATION = "invitation"


class NotOfTheShop(Missing):
    """No such person of the shop, or they left: one answer."""


class NotFresh(Refused):
    """This is for somebody who has just signed in; they are to do so again."""


class SessionMissing(Missing):
    """No such session, it is over, or another person's."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Whose a session is. `is_unseen`: `seen` is to be called, at most once a minute."""

    id: str
    actor: Actor
    name: str
    how: How
    started_at: datetime
    seen_at: datetime
    ends_at: datetime
    is_unseen: bool
    csrf_secret: bytes = field(repr=False)

    @property
    def staff_id(self) -> StaffId:
        """Whose it is."""
        return StaffId(self.actor.id)

    @property
    def csrf_token(self) -> str:
        """What every form of this session carries."""
        return hmac.new(self.csrf_secret, b"akashi csrf", hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class Shown:
    """One session in the list of somebody's sessions."""

    id: str
    staff_id: StaffId
    name: str
    how: How
    agent: str | None
    started_at: datetime
    seen_at: datetime
    ends_at: datetime


def begin(
    db: Session,
    staff_id: StaffId,
    *,
    how: How,
    agent: str | None,
    now: datetime,
    instead_of: str | None = None,
) -> str:
    """Sign somebody in; the token, told this once. `agent`: what the browser calls itself;
    `instead_of`: the token it still had, which ends. Raises NotOfTheShop.
    """
    role = role_of(db, staff_id)
    if instead_of is not None:
        _end(db, [StaffSession.token_hash == hashed(instead_of)], now=now)
    life = rules.life(policy.current(db).of(SignInTerms), role)
    token = secrets.token_urlsafe(_SECRET_BYTES)
    row = StaffSession(
        id=new_id(now),
        token_hash=hashed(token),
        staff_id=staff_id,
        role=role.value,
        how=how.value,
        agent=agent[:_LONGEST_AGENT] if agent else None,
        csrf_secret=secrets.token_bytes(_SECRET_BYTES),
        idle_seconds=int(life.idle.total_seconds()),
        started_at=now,
        seen_at=now,
        ends_at=now + life.longest,
    )
    db.add(row)
    db.flush()
    facts = {"session": row.id, "how": how.value}
    journal.record(
        db, f"staff:{staff_id}", "signed_in", actor=f"staff:{staff_id}", at=now, facts=facts
    )
    return token


def role_of(db: Session, staff_id: StaffId) -> Role:
    """As what somebody works here; it stays so until this unit ends. Raises NotOfTheShop."""
    role = db.exec(
        select(Staff.role)
        .where(Staff.id == staff_id, col(Staff.left_at).is_(None))
        .with_for_update(read=True)
    ).first()
    if role is None:
        raise NotOfTheShop("no such person of the shop")
    return Role(role)


_OPEN = (
    col(StaffSession.ended_at).is_(None),
    col(Staff.left_at).is_(None),
    col(Staff.role) == col(StaffSession.role),
)
_FOUND = select(StaffSession, col(Staff.name)).join(
    Staff, col(Staff.id) == col(StaffSession.staff_id)
)


def find(db: Session, token: str, *, now: datetime) -> SignedIn | None:
    """Whose session this is; None for one that was never begun or is over. Writes nothing."""
    if not 0 < len(token) <= _LONGEST_TOKEN:
        return None
    found = db.exec(_FOUND.where(StaffSession.token_hash == hashed(token), *_OPEN)).first()
    if found is None or _is_over(found[0], now=now):
        return None
    row, name = found
    return SignedIn(
        id=row.id,
        actor=Actor(row.staff_id, Role(row.role)),
        name=name,
        how=How(row.how),
        started_at=row.started_at,
        seen_at=row.seen_at,
        ends_at=row.ends_at,
        is_unseen=rules.is_unseen(seen_at=row.seen_at, now=now),
        csrf_secret=row.csrf_secret,
    )


def seen(db: Session, session_id: str, *, now: datetime) -> bool:
    """Note a sign of life; whether it was written: once a minute, and never after the end."""
    written: Any = db.connection().execute(
        update(StaffSession)
        .where(
            col(StaffSession.id) == session_id,
            col(StaffSession.ended_at).is_(None),
            col(StaffSession.ends_at) > now,
            col(StaffSession.seen_at) <= now - rules.SEEN_EVERY,
        )
        .values(seen_at=now)
    )
    return bool(written.rowcount)


def is_csrf(session: SignedIn, told: str) -> bool:
    """Whether a request carries this session's own token; compared in constant time."""
    return hmac.compare_digest(session.csrf_token.encode(), told.encode())


def need_fresh(session: SignedIn, *, now: datetime) -> None:
    """Raises NotFresh."""
    if not rules.is_fresh(started_at=session.started_at, now=now):
        raise NotFresh("sign in again first")


def known(db: Session, *, now: datetime, of: StaffId | None = None) -> list[Shown]:
    """Sessions that are open, the last seen first: one person's, or everybody's."""
    query = _FOUND.where(*_OPEN, col(StaffSession.ends_at) > now)
    if of is not None:
        query = query.where(StaffSession.staff_id == of)
    rows = db.exec(query.order_by(col(StaffSession.seen_at).desc(), col(StaffSession.id)))
    return [
        Shown(
            id=row.id,
            staff_id=StaffId(row.staff_id),
            name=name,
            how=How(row.how),
            agent=row.agent,
            started_at=row.started_at,
            seen_at=row.seen_at,
            ends_at=row.ends_at,
        )
        for row, name in rows
        if not _is_over(row, now=now)
    ]


def keep(db: Session, session: SignedIn, *, now: datetime) -> None:
    """It is not over, and nobody ends it, before this unit has ended: for what outlives the
    request. Raises SessionMissing.
    """
    # The person first, as who lets them go does.
    here = select(Staff.role).where(Staff.id == session.staff_id, col(Staff.left_at).is_(None))
    role = db.exec(here.with_for_update(read=True)).first()
    mine = select(StaffSession).where(
        StaffSession.id == session.id, col(StaffSession.ended_at).is_(None)
    )
    row = db.exec(mine.with_for_update(read=True)).first()
    if role != session.actor.role or row is None or _is_over(row, now=now):
        raise SessionMissing("the session is over")


def still_open(db: Session, some: Collection[str], *, now: datetime) -> frozenset[str]:
    """Those of these that are not over."""
    rows = db.exec(
        select(
            StaffSession.id, StaffSession.seen_at, StaffSession.ends_at, StaffSession.idle_seconds
        )
        .join(Staff, col(Staff.id) == col(StaffSession.staff_id))
        .where(col(StaffSession.id).in_(sorted(some)), *_OPEN)
    )
    return frozenset(
        each
        for each, seen_at, ends_at, idle in rows
        if not rules.is_over(
            seen_at=seen_at, ends_at=ends_at, idle=timedelta(seconds=idle), now=now
        )
    )


def end(db: Session, session_id: str, actor: Actor, *, now: datetime) -> None:
    """Sign out, or sign one's other browser out; whoever answers for staff anybody's. Raises
    SessionMissing.
    """
    whose = [StaffSession.id == session_id]
    if not may(actor, Act.STAFF):
        whose.append(StaffSession.staff_id == actor.id)
    ended = _end(db, whose, now=now)
    if not ended:
        raise SessionMissing("no such session")
    _record(db, StaffId(ended[0][1]), "signed_out", by=actor.name, now=now, session=session_id)


def end_all(
    db: Session, staff_id: StaffId, *, by: str, now: datetime, but: str | None = None
) -> int:
    """End every session of a person (`but` the one with this id); how many there were. Before
    anything of theirs is journaled: whoever ends one alone locks in this order too.
    """
    whose = [col(StaffSession.staff_id) == staff_id]
    if but is not None:
        whose.append(col(StaffSession.id) != but)
    ended = _end(db, whose, now=now)
    if ended:
        _record(db, staff_id, "sessions_ended", by=by, now=now, count=len(ended))
    return len(ended)


def sweep(db: Session, *, before: datetime) -> None:
    """Forget sessions that ended before that moment."""
    over = or_(col(StaffSession.ended_at) < before, col(StaffSession.ends_at) < before)
    db.connection().execute(delete(StaffSession).where(over))


def _end(db: Session, whose: Sequence[Any], *, now: datetime) -> Sequence[Any]:
    ended = db.connection().execute(
        update(StaffSession)
        .where(*whose, col(StaffSession.ended_at).is_(None))
        .values(ended_at=now)
        .returning(col(StaffSession.id), col(StaffSession.staff_id))
    )
    found = ended.all()
    if found:
        ring(db, TOPIC)
    return found


def _record(
    db: Session, staff_id: StaffId, verb: str, *, by: str, now: datetime, **facts: str | int
) -> None:
    journal.record(db, f"staff:{staff_id}", verb, actor=by, at=now, facts=facts)


def _is_over(row: StaffSession, *, now: datetime) -> bool:
    idle = timedelta(seconds=row.idle_seconds)
    return rules.is_over(seen_at=row.seen_at, ends_at=row.ends_at, idle=idle, now=now)


def hashed(token: str) -> str:
    """As a token of 256 bits is kept: one hash of it is enough."""
    return hashlib.sha256(token.encode()).hexdigest()
