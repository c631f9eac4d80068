"""Invitations to staff (招待リンク): a link that lets one person choose a password, once.

For the first password and for a forgotten one. It has 256 bits, is kept as a hash, and is over when
it is used, revoked, followed by another, or old; unknown, used and over are answered alike. Whoever
makes one could come in as that person, so managers make none for owners and managers, and what
somebody made is over when they leave or have another role. Not here: how the link reaches the
person.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from catalog.duties.actors import Actor
from catalog.ground import journal, policy
from catalog.ground.errors import Missing, Refused
from catalog.ground.record import StaffId, new_id
from handoff.staff import passwords, rules, sessions
from handoff.staff.rules import SignInTerms
from handoff.staff.sessions import How, hashed
from handoff.staff.signing_in import Entered, let_in
from handoff.staff.tables import Staff, StaffInvitation

PATH = "/console/welcome"
_LONGEST_TOKEN = 100


class InvitationMissing(Missing):
    """No such invitation: never made, used, revoked, over, or for somebody who left."""


class MayNotInvite(Refused):
    """Owners invite anyone, managers those who are neither owner nor manager."""


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation; `token` is told this once."""

    id: str
    ends_at: datetime
    token: str = field(repr=False)

    def link(self, public_url: str) -> str:
        """What the person opens."""
        return f"{public_url}{PATH}?t={self.token}"


@dataclass(frozen=True, slots=True)
class Welcome:
    """Who an invitation is for."""

    staff_id: StaffId
    name: str
    email: str | None


@dataclass(frozen=True, slots=True)
class Pending:
    """An invitation that can still be used."""

    id: str
    staff_id: StaffId
    name: str
    made_at: datetime
    ends_at: datetime


def invite(db: Session, staff_id: StaffId, actor: Actor, *, now: datetime) -> Invited:
    """A fresh link for this person; earlier ones are over. Raises NotOfTheShop, MayNotInvite."""
    _need_role(db, actor)
    if not rules.may_invite(actor.role, sessions.role_of(db, staff_id)):
        raise MayNotInvite("somebody else has to invite this person")
    revoke_all(db, staff_id, now=now)
    hours = policy.current(db).of(SignInTerms).invitation_hours
    token = secrets.token_urlsafe(32)
    row = StaffInvitation(
        id=new_id(now),
        token_hash=hashed(token),
        staff_id=staff_id,
        made_by=actor.name,
        made_at=now,
        ends_at=now + timedelta(hours=hours),
    )
    db.add(row)
    db.flush()
    _record(db, staff_id, "invited", actor=actor.name, now=now, invitation=row.id)
    return Invited(row.id, row.ends_at, token)


def find(db: Session, token: str, *, now: datetime) -> Welcome:
    """Who the link is for. Raises InvitationMissing."""
    found = None
    if len(token) <= _LONGEST_TOKEN:
        found = db.exec(
            select(Staff.id, Staff.name, Staff.email)
            .join(StaffInvitation, col(StaffInvitation.staff_id) == col(Staff.id))
            .where(
                StaffInvitation.token_hash == hashed(token),
                col(Staff.left_at).is_(None),
                *_usable(now),
            )
        ).first()
    if found is None:
        raise InvitationMissing("no such invitation")
    return Welcome(StaffId(found[0]), found[1], found[2])


def accept(
    db: Session, token: str, digest: str, *, agent: str | None, browser: str | None, now: datetime
) -> Entered:
    """The person has chosen a password (`passwords.digest_of`) and is in; every other session of
    theirs ends. Of two at once one wins. Raises InvitationMissing.
    """
    whose = find(db, token, now=now).staff_id
    try:
        sessions.role_of(db, whose)
    except sessions.NotOfTheShop:
        raise InvitationMissing("no such invitation") from None
    used: Any = db.connection().execute(
        update(StaffInvitation)
        .where(col(StaffInvitation.token_hash) == hashed(token), *_usable(now))
        .values(used_at=now)
    )
    if not used.rowcount:
        raise InvitationMissing("no such invitation")
    passwords.put(db, whose, digest, by=f"staff:{whose}", now=now)
    return let_in(db, whose, how=How.INVITATION, agent=agent, browser=browser, now=now)


def revoke(db: Session, invitation_id: str, actor: Actor, *, now: datetime) -> None:
    """The link opens nothing any more. Raises InvitationMissing, MayNotInvite."""
    row = db.get(StaffInvitation, invitation_id)
    if row is None:
        raise InvitationMissing("no such invitation")
    if not rules.may_invite(actor.role, sessions.role_of(db, StaffId(row.staff_id))):
        raise MayNotInvite("somebody else has to revoke this invitation")
    ended: Any = db.connection().execute(
        update(StaffInvitation)
        .where(col(StaffInvitation.id) == invitation_id, *_usable(now))
        .values(revoked_at=now)
    )
    if not ended.rowcount:
        raise InvitationMissing("no such invitation")
    staff_id = StaffId(row.staff_id)
    _record(db, staff_id, "invitation_revoked", actor=actor.name, now=now, invitation=row.id)


def revoke_all(db: Session, staff_id: StaffId, *, now: datetime) -> None:
    """No link for this person opens anything any more."""
    _revoke(db, col(StaffInvitation.staff_id) == staff_id, now=now)


def revoke_made(db: Session, staff_id: StaffId, *, now: datetime) -> None:
    """No link this person made opens anything any more: they may have kept it."""
    _revoke(db, col(StaffInvitation.made_by) == f"staff:{staff_id}", now=now)


def _revoke(db: Session, which: Any, *, now: datetime) -> None:
    db.connection().execute(
        update(StaffInvitation).where(which, *_usable(now)).values(revoked_at=now)
    )


def _need_role(db: Session, actor: Actor) -> None:
    """They are what they were when they asked, until this unit ends; the command line is nobody's
    account. Raises MayNotInvite.
    """
    own = select(Staff.role, Staff.left_at).where(Staff.id == actor.id)
    found = db.exec(own.with_for_update(read=True)).first()
    if found is not None and found != (actor.role, None):
        raise MayNotInvite("they are not what they were")


def pending(db: Session, *, now: datetime) -> list[Pending]:
    """Links that can still be used, the newest first."""
    rows = db.exec(
        select(StaffInvitation, col(Staff.name))
        .join(Staff, col(Staff.id) == col(StaffInvitation.staff_id))
        .where(*_usable(now))
        .order_by(col(StaffInvitation.made_at).desc(), col(StaffInvitation.id))
    )
    return [
        Pending(row.id, StaffId(row.staff_id), name, row.made_at, row.ends_at) for row, name in rows
    ]


def _usable(now: datetime) -> tuple[Any, ...]:
    return (
        col(StaffInvitation.used_at).is_(None),
        col(StaffInvitation.revoked_at).is_(None),
        col(StaffInvitation.ends_at) > now,
    )


def _record(
    db: Session, staff_id: StaffId, verb: str, *, actor: str, now: datetime, invitation: str
) -> None:
    facts = {"invitation": invitation}
    journal.record(db, f"staff:{staff_id}", verb, actor=actor, at=now, facts=facts)
