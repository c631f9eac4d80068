"""Verbs on staff."""

import re
from datetime import datetime

from sqlmodel import Session, or_, select

from catalog.duties.actors import STAFF_ROLES, Role
from catalog.ground import journal
from catalog.ground.errors import Malformed, Refused
from catalog.ground.record import StaffId, new_id
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
    if not name.strip() or len(name) > 100:
        raise StaffMalformed("name", "is empty or longer than 100 characters")
    if email is not None and not _EMAIL.fullmatch(email):
        raise StaffMalformed("email", "is not an e-mail address")
    if slack_id is not None and not _SLACK.fullmatch(slack_id):
        raise StaffMalformed("slack", "is not a Slack user id (U…)")
    same = [Staff.name == name.strip()]
    if email is not None:
        same.append(Staff.email == email.lower())
    if slack_id is not None:
        same.append(Staff.slack_id == slack_id)
    if db.exec(select(Staff.id).where(or_(*same))).first() is not None:
        raise StaffKnown("somebody with this name, e-mail or Slack id is there already")
    person = Staff(
        id=new_id(now),
        name=name.strip(),
        role=checked.value,
        email=email.lower() if email else None,
        slack_id=slack_id,
        added_at=now,
    )
    db.add(person)
    db.flush()
    journal.record(
        db, f"staff:{person.id}", "added", actor=by, at=now, facts={"role": checked.value}
    )
    return StaffId(person.id)


def _checked_role(role: str) -> Role:
    found = next((each for each in STAFF_ROLES if each.value == role.strip().lower()), None)
    if found is None:
        raise StaffMalformed("role", f"{role!r} is none of {', '.join(STAFF_ROLES)}")
    return found
