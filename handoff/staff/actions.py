"""Verbs on staff: taken on, called and reached otherwise, given another role, gone (R-119).

Whoever answers for staff does these; only an owner makes an owner, and a shop is never left without
one. Another role, and leaving, end what was open at once. Not here: handing over the conversations
and customers of somebody who leaves; floors above know them.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, or_, select

from catalog.duties.actors import STAFF_ROLES, Actor, Role
from catalog.ground import journal
from catalog.ground.errors import Malformed, Refused
from catalog.ground.record import StaffId, new_id
from catalog.ground.session.database import insert_once
from handoff.staff import attempts, invitations, passkeys, passwords, sessions
from handoff.staff.permissions import Act, need
from handoff.staff.push import actions as push
from handoff.staff.sessions import NotOfTheShop
from handoff.staff.tables import Staff

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
_SLACK = re.compile(r"[UW][A-Z0-9]{2,20}")


class StaffMalformed(Malformed):
    """A name, role, e-mail or Slack id that cannot be."""

    def __init__(self, what: str, reason: str) -> None:
        super().__init__(f"{what}: {reason}")
        self.what = what
        self.reason = reason


class StaffKnown(Refused):
    """Somebody with this name, e-mail or Slack id is there already."""


class OnlyAnOwner(Refused):
    """Only an owner makes an owner, or changes what one is."""


class LastOwner(Refused):
    """The shop would be left without an owner."""


def take_on(
    db: Session,
    name: str,
    role: str,
    actor: Actor,
    *,
    email: str | None,
    slack_id: str | None,
    now: datetime,
) -> StaffId:
    """Take somebody on, if the actor may. Raises NotAllowed, OnlyAnOwner, StaffMalformed,
    StaffKnown.
    """
    need(actor, Act.STAFF)
    _need_owner(actor, _checked_role(role))
    return add(db, name, role, email=email, slack_id=slack_id, by=actor.name, now=now)


def add(
    db: Session,
    name: str,
    role: str,
    *,
    email: str | None,
    slack_id: str | None,
    by: str,
    now: datetime,
) -> StaffId:
    """Take somebody on. Raises StaffMalformed, StaffKnown."""
    checked = _checked_role(role)
    _check(name, email, slack_id)
    person = Staff(
        id=new_id(now),
        name=name.strip(),
        open_name=name.strip(),
        role=checked.value,
        email=email.lower() if email else None,
        slack_id=slack_id,
        added_at=now,
    )
    if not insert_once(db, Staff, person.model_dump()):
        raise StaffKnown("somebody with this name, e-mail or Slack id is there already")
    journal.record(
        db, f"staff:{person.id}", "added", actor=by, at=now, facts={"role": checked.value}
    )
    return StaffId(person.id)


def change_role(db: Session, staff_id: StaffId, role: str, actor: Actor, *, now: datetime) -> None:
    """Give somebody another role; their sessions end. The same role changes nothing. Raises
    NotAllowed, OnlyAnOwner, LastOwner, NotOfTheShop, StaffMalformed.
    """
    need(actor, Act.STAFF)
    after = _checked_role(role)
    owners = _locked_owners(db)
    before = _locked(db, staff_id)
    _need_owner(actor, before, after)
    if after is before:
        return
    if owners == {staff_id}:
        raise LastOwner("the shop would be left without an owner")
    _write(db, staff_id, role=after.value)
    sessions.end_all(db, staff_id, by=actor.name, now=now)
    facts = {"role": after.value, "before": before.value}
    _record(db, staff_id, "role_changed", actor, now=now, **facts)
    invitations.revoke_all(db, staff_id, now=now)
    invitations.revoke_made(db, staff_id, now=now)


def leave(db: Session, staff_id: StaffId, actor: Actor, *, now: datetime) -> None:
    """They work here no more: nothing they have opens anything from now on, their acts stay. Name,
    e-mail and Slack user are free for whoever comes next; they themselves come back as somebody
    new. Raises NotAllowed, OnlyAnOwner, LastOwner, NotOfTheShop.
    """
    need(actor, Act.STAFF)
    owners = _locked_owners(db)
    _need_owner(actor, _locked(db, staff_id))
    if owners == {staff_id}:
        raise LastOwner("the shop would be left without an owner")
    _write(db, staff_id, left_at=now, open_name=None, email=None, slack_id=None)
    sessions.end_all(db, staff_id, by=actor.name, now=now)
    _record(db, staff_id, "left", actor, now=now)
    invitations.revoke_all(db, staff_id, now=now)
    invitations.revoke_made(db, staff_id, now=now)
    passkeys.remove_all(db, staff_id)
    passwords.forget(db, staff_id)
    attempts.forget_browsers(db, staff_id)
    push.remove_all(db, staff_id)


def rename(db: Session, staff_id: StaffId, name: str, actor: Actor, *, now: datetime) -> bool:
    """Call somebody otherwise. False when they are called so already. Raises NotAllowed,
    OnlyAnOwner, NotOfTheShop, StaffMalformed, StaffKnown.
    """
    need(actor, Act.STAFF)
    _check(name, None, None)
    _need_owner(actor, _locked(db, staff_id))
    is_new = _write_own(db, staff_id, name=name.strip(), open_name=name.strip())
    if is_new:
        _record(db, staff_id, "renamed", actor, now=now)
    return is_new


def change_email(
    db: Session, staff_id: StaffId, email: str | None, actor: Actor, *, now: datetime
) -> None:
    """Another e-mail address, or none. Whoever has it at the identity provider comes in as this
    person. Raises NotAllowed, OnlyAnOwner, NotOfTheShop, StaffMalformed, StaffKnown.
    """
    need(actor, Act.STAFF)
    _check(None, email, None)
    _need_owner(actor, _locked(db, staff_id))
    if _write_own(db, staff_id, email=email.lower() if email is not None else None):
        _record(db, staff_id, "email_changed", actor, now=now)


def change_slack(
    db: Session, staff_id: StaffId, slack_id: str | None, actor: Actor, *, now: datetime
) -> None:
    """Another Slack user, or none. Whoever writes as that user acts as this person. Raises
    NotAllowed, OnlyAnOwner, NotOfTheShop, StaffMalformed, StaffKnown.
    """
    need(actor, Act.STAFF)
    _check(None, None, slack_id)
    _need_owner(actor, _locked(db, staff_id))
    if _write_own(db, staff_id, slack_id=slack_id):
        _record(db, staff_id, "slack_changed", actor, now=now)


def of_id(db: Session, staff_id: StaffId) -> Staff:
    """Somebody who works here. Raises NotOfTheShop."""
    person = db.get(Staff, staff_id, populate_existing=True)
    if person is None or person.left_at is not None:
        raise NotOfTheShop("no such person of the shop")
    return person


def keep(db: Session, staff_id: StaffId) -> None:
    """Nothing is given to them, and nobody else changes what they are, until this unit ends. Raises
    NotOfTheShop.
    """
    _locked_owners(db)  # first, as every verb here: two who wait for each other would wait for ever
    _locked(db, staff_id)


def of_name(db: Session, told: str) -> StaffId:
    """Who is meant by a name, an e-mail address or an id. Raises NotOfTheShop."""
    word = told.strip()
    found = db.exec(
        select(Staff.id).where(
            or_(col(Staff.name) == word, col(Staff.email) == word.lower(), col(Staff.id) == word),
            col(Staff.left_at).is_(None),
        )
    ).all()
    if len(found) != 1:
        raise NotOfTheShop(f"nobody of the shop is called {word}")
    return StaffId(found[0])


def everybody(db: Session) -> Sequence[Staff]:
    """All who work here, by name."""
    return db.exec(select(Staff).where(col(Staff.left_at).is_(None)).order_by(Staff.name)).all()


def _check(name: str | None, email: str | None, slack_id: str | None) -> None:
    if name is not None and (not name.strip() or len(name) > 100):
        raise StaffMalformed("name", "is empty or longer than 100 characters")
    if email is not None and not _EMAIL.fullmatch(email):
        raise StaffMalformed("email", "is not an e-mail address")
    if slack_id is not None and not _SLACK.fullmatch(slack_id):
        raise StaffMalformed("slack", "is not a Slack user id (U…)")


def _need_owner(actor: Actor, *roles: Role) -> None:
    if Role.OWNER in roles and actor.role is not Role.OWNER:
        raise OnlyAnOwner("only an owner does this to an owner")


def _locked_owners(db: Session) -> set[str]:
    """All owners; they stay so until this unit ends, so that two do not leave at once."""
    owners = db.exec(
        select(Staff.id)
        .where(Staff.role == Role.OWNER.value, col(Staff.left_at).is_(None))
        .order_by(Staff.id)
        .with_for_update()
    )
    return set(owners)


def _locked(db: Session, staff_id: StaffId) -> Role:
    """As what they work here; nobody else changes it until this unit ends. Raises NotOfTheShop."""
    role = db.exec(
        select(Staff.role)
        .where(Staff.id == staff_id, col(Staff.left_at).is_(None))
        .with_for_update()
    ).first()
    if role is None:
        raise NotOfTheShop("no such person of the shop")
    return Role(role)


def _write(db: Session, staff_id: StaffId, **values: Any) -> None:
    db.connection().execute(update(Staff).where(col(Staff.id) == staff_id).values(**values))


def _write_own(db: Session, staff_id: StaffId, **values: str | None) -> bool:
    """What only one person has; False: it is theirs already. The table itself decides between two
    who ask at once. Raises StaffKnown.
    """
    differs = or_(*(col(getattr(Staff, each)).is_distinct_from(values[each]) for each in values))
    try:
        with db.begin_nested():
            changed = db.connection().execute(
                update(Staff).where(col(Staff.id) == staff_id, differs).values(values)
            )
    except IntegrityError:
        raise StaffKnown("somebody has this name, e-mail or Slack id already") from None
    db.expire_all()
    return bool(changed.rowcount)


def _record(
    db: Session, staff_id: StaffId, verb: str, actor: Actor, *, now: datetime, **facts: str
) -> None:
    journal.record(db, f"staff:{staff_id}", verb, actor=actor.name, at=now, facts=facts)


def _checked_role(role: str) -> Role:
    found = next((each for each in STAFF_ROLES if each.value == role.strip().lower()), None)
    if found is None:
        raise StaffMalformed("role", f"{role!r} is none of {', '.join(STAFF_ROLES)}")
    return found
