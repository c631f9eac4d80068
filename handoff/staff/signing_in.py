"""Signing in with a password (サインイン), in three steps, so that the slow one holds nothing up:

    tried = begin(db, who, …)            a unit: may it be tried, and what to hold against
    checked = passwords.check(told, tried.digest)      no unit is open
    entered = finish(db, tried, checked, …)            a unit: a session, or NotSignedIn

Unknown, wrong, without a password, left: one answer, after the same work. Who has a passkey comes
in with that; a password alone is not enough then, unless the shop's terms say so
(`staff.password_with_passkey`). Not here: passkeys and the identity provider, which end in `let_in`
too.
"""

from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session, col, or_, select

from catalog.ground import policy
from catalog.ground.errors import Refused
from catalog.ground.record import StaffId
from handoff.staff import attempts, passwords, sessions
from handoff.staff.attempts import Counted
from handoff.staff.passwords import Checked
from handoff.staff.rules import SignInTerms, plain
from handoff.staff.sessions import How, NotOfTheShop, SignedIn
from handoff.staff.tables import Passkey, Staff, StaffPassword

_LONGEST_WHO = 200


class NotSignedIn(Refused):
    """Nobody comes in with this: unknown, wrong, left, or changed meanwhile. One answer."""

    def __init__(self) -> None:
        super().__init__("nobody comes in with this")


class PasskeyWanted(Refused):
    """The password was right, but this person comes in with a passkey."""


@dataclass(frozen=True, slots=True)
class Try:
    """A try that was let through. `staff_id` None: nobody who works here."""

    staff_id: StaffId | None
    counted: Counted
    digest: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Entered:
    """Somebody came in: `token` is the session's, `browser` the one the browser is known by."""

    staff_id: StaffId
    token: str = field(repr=False)
    browser: str = field(repr=False)


def begin(db: Session, who: str, *, address: str, browser: str | None, now: datetime) -> Try:
    """Let a try through for whoever has this e-mail address or name. `address`: where the request
    comes from; `browser`: the cookie of a known browser. Raises TooManyAttempts.
    """
    told = plain(who).strip()[:_LONGEST_WHO]
    found = db.exec(
        select(Staff.id, Staff.email, Staff.left_at, StaffPassword.digest)
        .join(StaffPassword, col(StaffPassword.staff_id) == col(Staff.id), isouter=True)
        .where(or_(col(Staff.email) == told.lower(), col(Staff.name).in_((told, who.strip()))))
    ).all()
    # Somebody who left may have been called the same: who works here comes first.
    person = max(found, key=lambda row: (row[2] is None, row[1] == told.lower()), default=None)
    # Counted by what was typed: counting by the person would tell that there is one.
    counted = attempts.admit(
        db,
        told.lower(),
        StaffId(person[0]) if person is not None else None,
        address=address,
        browser=browser,
        now=now,
    )
    if person is None or person[2] is not None:
        return Try(None, counted, None)
    return Try(StaffId(person[0]), counted, person[3])


def begin_again(
    db: Session, session: SignedIn, *, address: str, browser: str | None, now: datetime
) -> Try:
    """Ask somebody who is signed in for their password once more. Raises TooManyAttempts."""
    counted = attempts.admit(
        db, session.staff_id, session.staff_id, address=address, browser=browser, now=now
    )
    digest = db.exec(
        select(StaffPassword.digest).where(StaffPassword.staff_id == session.staff_id)
    ).first()
    return Try(session.staff_id, counted, digest)


def finish(
    db: Session,
    tried: Try,
    checked: Checked,
    *,
    agent: str | None,
    now: datetime,
    instead_of: str | None = None,
) -> Entered:
    """What follows from a password that was held against. Raises NotSignedIn, PasskeyWanted."""
    staff_id = _settled(db, tried, checked)
    terms = policy.current(db).of(SignInTerms)
    if not terms.password_with_passkey and has_passkey(db, staff_id):
        raise PasskeyWanted("this person comes in with a passkey")
    return let_in(
        db, staff_id, how=How.PASSWORD, agent=agent, browser=tried.counted.browser, now=now,
        instead_of=instead_of,
    )  # fmt: skip


def change(
    db: Session,
    session: SignedIn,
    tried: Try,
    checked: Checked,
    digest: str,
    *,
    agent: str | None,
    now: datetime,
) -> Entered:
    """Put another password in the place of the one that was just told; every session ends and this
    browser gets a new one. Raises NotSignedIn.
    """
    staff_id = _settled(db, tried, checked)
    if staff_id != session.staff_id:
        raise NotSignedIn
    passwords.put(db, staff_id, digest, by=session.actor.name, now=now)
    return let_in(
        db, staff_id, how=session.how, agent=agent, browser=tried.counted.browser, now=now
    )


def let_in(
    db: Session,
    staff_id: StaffId,
    *,
    how: How,
    agent: str | None,
    browser: str | None,
    now: datetime,
    instead_of: str | None = None,
) -> Entered:
    """A session for somebody who has proven who they are; the browser is known from now on. Raises
    NotSignedIn.
    """
    try:
        token = sessions.begin(db, staff_id, how=how, agent=agent, now=now, instead_of=instead_of)
    except NotOfTheShop:
        raise NotSignedIn from None
    return Entered(staff_id, token, attempts.know(db, staff_id, browser=browser, now=now))


def has_passkey(db: Session, staff_id: StaffId) -> bool:
    """Whether this person has one."""
    return db.exec(select(Passkey.id).where(Passkey.staff_id == staff_id)).first() is not None


def _settled(db: Session, tried: Try, checked: Checked) -> StaffId:
    """Whose right password it was; it may have been changed, and they may have left, meanwhile."""
    if tried.staff_id is None or not checked.is_right:
        raise NotSignedIn
    try:
        sessions.role_of(db, tried.staff_id)
    except NotOfTheShop:
        raise NotSignedIn from None
    if passwords.held(db, tried.staff_id) != tried.digest:
        raise NotSignedIn
    if checked.renewed is not None:
        passwords.renew(db, tried.staff_id, checked.renewed)
    attempts.forgive(db, tried.counted)
    return tried.staff_id
