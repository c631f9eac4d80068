"""Passkeys (パスキー): keys in people's devices, opened by finger, face or PIN, bound to this site.

    options = begin_registration(…)   → the browser → finish_registration(…)
    options = begin_authentication(…) → the browser → enter(…)

A challenge is answered once, within five minutes, for what it was made for; a wrong answer uses it
up too, so refusals are answers (None) and the caller commits them. Nobody is asked who they are
before: the device knows, and the page tells no stranger who has a passkey. A device that counts and
does not count up has been copied: it opens nothing (`passkey_suspect` in the journal).

All answers of devices are held against the standard by py_webauthn. Not here: how often may be
asked (`attempts.ask`).
"""

import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import orjson
from sqlalchemy import delete, or_, update
from sqlmodel import Session, col, select

from catalog.duties.actors import Actor
from catalog.ground import journal
from catalog.ground.errors import Malformed, Missing, Refused
from catalog.ground.record import StaffId, new_id
from catalog.ground.session.database import insert_once
from handoff.staff import attempts, sessions, signing_in
from handoff.staff.permissions import Act, may
from handoff.staff.sessions import How, NotOfTheShop, SignedIn
from handoff.staff.signing_in import Entered, NotSignedIn
from handoff.staff.tables import Passkey, PasskeyChallenge, Staff

CHALLENGE_LIFE = timedelta(minutes=5)
MOST_A_PERSON = 20
_LONGEST_NAME = 60
_LONGEST_ANSWER = 64_000


class PasskeyMissing(Missing):
    """No such passkey, or another person's."""


class PasskeyNameMalformed(Malformed):
    """A passkey's name is empty or longer than 60 characters."""


class TooManyPasskeys(Refused):
    """So many devices that one must go first."""


@dataclass(frozen=True, slots=True)
class Site:
    """The site a passkey is bound to: the host's name, and the origin pages are served from."""

    rp_id: str
    origin: str
    name: str = "akashi"


@dataclass(frozen=True, slots=True)
class Key:
    """One passkey in the list of somebody's."""

    id: str
    name: str
    added_at: datetime
    used_at: datetime | None


def site_of(public_url: str) -> Site:
    """The site behind the address people reach the shop by."""
    parts = urlsplit(public_url)
    return Site(rp_id=parts.hostname or "", origin=f"{parts.scheme}://{parts.netloc}")


def begin_registration(db: Session, session: SignedIn, site: Site, *, now: datetime) -> str:
    """What `navigator.credentials.create` is called with, as JSON. Raises NotFresh,
    TooManyPasskeys.
    """
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    sessions.need_fresh(session, now=now)
    held = db.exec(select(Passkey.credential_id).where(Passkey.staff_id == session.staff_id)).all()
    if len(held) >= MOST_A_PERSON:
        raise TooManyPasskeys(f"{MOST_A_PERSON} passkeys")
    email = db.exec(select(Staff.email).where(Staff.id == session.staff_id)).first()
    options = generate_registration_options(
        rp_id=site.rp_id,
        rp_name=site.name,
        user_name=email or session.name,
        user_id=session.staff_id.encode(),
        user_display_name=session.name,
        timeout=_millis(CHALLENGE_LIFE),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=each) for each in held],
    )
    _keep(db, options.challenge, session.staff_id, now=now)
    return options_to_json(options)


def finish_registration(
    db: Session,
    session: SignedIn,
    answer: str | bytes,
    site: Site,
    *,
    name: str,
    now: datetime,
) -> str | None:
    """A passkey from what `navigator.credentials.create` gave; its id, None when it is refused.
    Raises PasskeyNameMalformed, SessionMissing.
    """
    from webauthn import verify_registration_response
    from webauthn.helpers.exceptions import WebAuthnException

    told = name.strip()
    if not told or len(told) > _LONGEST_NAME:
        raise PasskeyNameMalformed("a name of 1 to 60 characters is wanted")
    sessions.keep(db, session, now=now)  # a way in is not added by one that is taken away
    taken = _taken(db, answer, session.staff_id, now=now)
    if taken is None:
        return None
    credential, challenge = taken
    try:
        made = verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError):  # whatever a device may send
        return None
    fresh = {
        "id": new_id(now),
        "credential_id": made.credential_id,
        "public_key": made.credential_public_key,
        "staff_id": session.staff_id,
        "name": told,
        "sign_count": made.sign_count,
        "added_at": now,
    }
    if not insert_once(db, Passkey, fresh):
        return None
    _record(db, session.staff_id, "passkey_added", by=session.actor.name, now=now, id=fresh["id"])
    return str(fresh["id"])


def begin_authentication(db: Session, site: Site, *, address: str, now: datetime) -> str:
    """What `navigator.credentials.get` is called with, as JSON; the same for everybody. Raises
    TooManyAttempts.
    """
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers.structs import UserVerificationRequirement

    attempts.ask(db, address=address, now=now)
    options = generate_authentication_options(
        rp_id=site.rp_id,
        timeout=_millis(CHALLENGE_LIFE),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    _keep(db, options.challenge, None, now=now)
    return options_to_json(options)


def enter(
    db: Session,
    answer: str | bytes,
    site: Site,
    *,
    agent: str | None,
    browser: str | None,
    now: datetime,
    instead_of: str | None = None,
) -> Entered | None:
    """Sign in with what `navigator.credentials.get` gave; None when nobody comes in with it."""
    staff_id = proven(db, answer, site, now=now)
    if staff_id is None:
        return None
    try:
        return signing_in.let_in(
            db, staff_id, how=How.PASSKEY, agent=agent, browser=browser, now=now,
            instead_of=instead_of,
        )  # fmt: skip
    except NotSignedIn:
        return None


def proven(db: Session, answer: str | bytes, site: Site, *, now: datetime) -> StaffId | None:
    """Whose passkey answered; None when none did."""
    taken = _taken(db, answer, None, now=now)
    if taken is None:
        return None
    credential, challenge = taken
    key = db.exec(
        select(Passkey).where(Passkey.credential_id == _unpadded(credential.get("rawId")))
    ).first()
    if key is None:
        return None
    count = _counted(credential, challenge, key, site)
    if count is None or not _works_here(db, key.staff_id):
        return None
    # Compared and set in one: of two answers with one count, one is a copy's.
    counted: Any = db.connection().execute(
        update(Passkey)
        .where(
            col(Passkey.id) == key.id,
            or_(col(Passkey.sign_count) < count, (col(Passkey.sign_count) == 0) & (count == 0)),
        )
        .values(sign_count=count, used_at=now)
    )
    staff_id = StaffId(key.staff_id)
    if not counted.rowcount:
        _record(db, staff_id, "passkey_suspect", by=f"staff:{staff_id}", now=now, id=key.id)
        return None
    return staff_id


def _counted(
    credential: Mapping[str, Any], challenge: bytes, key: Passkey, site: Site
) -> int | None:
    """What the device counts, if the answer is its own; None otherwise."""
    from webauthn import verify_authentication_response
    from webauthn.helpers.exceptions import WebAuthnException

    handle = credential["response"].get("userHandle")
    if handle is not None and _unpadded(handle) != key.staff_id.encode():
        return None
    try:
        answered = verify_authentication_response(
            credential=dict(credential),
            expected_challenge=challenge,
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            credential_public_key=key.public_key,
            credential_current_sign_count=0,  # held against the row, once the signature is known
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError):  # whatever a device may send
        return None
    return answered.new_sign_count


def _works_here(db: Session, staff_id: str) -> bool:
    """Whether they do; it stays so until this unit ends."""
    try:
        sessions.role_of(db, StaffId(staff_id))
    except NotOfTheShop:
        return False
    return True


def known(db: Session, staff_id: StaffId) -> list[Key]:
    """Somebody's passkeys, the oldest first."""
    rows = db.exec(
        select(Passkey.id, Passkey.name, Passkey.added_at, Passkey.used_at)
        .where(Passkey.staff_id == staff_id)
        .order_by(col(Passkey.added_at), col(Passkey.id))
    )
    return [Key(*row) for row in rows]


def rename(db: Session, passkey_id: str, actor: Actor, name: str) -> None:
    """Call one's passkey otherwise. Raises PasskeyMissing, PasskeyNameMalformed."""
    told = name.strip()
    if not told or len(told) > _LONGEST_NAME:
        raise PasskeyNameMalformed("a name of 1 to 60 characters is wanted")
    renamed: Any = db.connection().execute(
        update(Passkey)
        .where(col(Passkey.id) == passkey_id, col(Passkey.staff_id) == actor.id)
        .values(name=told)
    )
    if not renamed.rowcount:
        raise PasskeyMissing("no such passkey")


def remove(db: Session, passkey_id: str, actor: Actor, *, now: datetime) -> None:
    """It opens nothing any more: one's own, or for who answers for staff anybody's. Raises
    PasskeyMissing.
    """
    whose = [col(Passkey.id) == passkey_id]
    if not may(actor, Act.STAFF):
        whose.append(col(Passkey.staff_id) == actor.id)
    gone = (
        db.connection()
        .execute(delete(Passkey).where(*whose).returning(col(Passkey.staff_id)))
        .scalar()
    )
    if gone is None:
        raise PasskeyMissing("no such passkey")
    _record(db, StaffId(gone), "passkey_removed", by=actor.name, now=now, id=passkey_id)


def remove_all(db: Session, staff_id: StaffId) -> None:
    """The person has no passkey any more, and none is being added."""
    db.connection().execute(delete(Passkey).where(col(Passkey.staff_id) == staff_id))
    whose = col(PasskeyChallenge.staff_id) == staff_id
    db.connection().execute(delete(PasskeyChallenge).where(whose))


def sweep(db: Session, *, now: datetime) -> None:
    """Forget challenges nobody answered."""
    db.connection().execute(delete(PasskeyChallenge).where(col(PasskeyChallenge.ends_at) <= now))


def _keep(db: Session, challenge: bytes, staff_id: StaffId | None, *, now: datetime) -> None:
    row = PasskeyChallenge(
        challenge_hash=_hash(challenge), staff_id=staff_id, ends_at=now + CHALLENGE_LIFE
    )
    db.add(row)
    db.flush()


def _taken(
    db: Session, answer: str | bytes, staff_id: StaffId | None, *, now: datetime
) -> tuple[dict[str, Any], bytes] | None:
    """The answer, and the challenge it answers, which is used up by this; None when there is no
    such challenge for this purpose.
    """
    if len(answer) > _LONGEST_ANSWER:
        return None
    try:
        credential = orjson.loads(answer)
        told = orjson.loads(_unpadded(credential["response"]["clientDataJSON"]))
        challenge = _unpadded(told["challenge"])
    except (ValueError, TypeError, KeyError):
        return None
    whose = col(PasskeyChallenge.staff_id)
    used = (
        db.connection()
        .execute(
            delete(PasskeyChallenge)
            .where(
                col(PasskeyChallenge.challenge_hash) == _hash(challenge),
                col(PasskeyChallenge.ends_at) > now,
                whose.is_(None) if staff_id is None else whose == staff_id,
            )
            .returning(col(PasskeyChallenge.challenge_hash))
        )
        .first()
    )
    return (credential, challenge) if used is not None else None


def _unpadded(told: object) -> bytes:
    """Bytes of base64url without padding; nothing for what is none."""
    from webauthn import base64url_to_bytes

    try:
        return base64url_to_bytes(told) if isinstance(told, str) else b""
    except (binascii.Error, ValueError):
        return b""


def _hash(challenge: bytes) -> str:
    return sessions.hashed(challenge.hex())


def _millis(life: timedelta) -> int:
    return life // timedelta(milliseconds=1)


def _record(
    db: Session, staff_id: StaffId, verb: str, *, by: str, now: datetime, id: object
) -> None:
    journal.record(db, f"staff:{staff_id}", verb, actor=by, at=now, facts={"passkey": id})
