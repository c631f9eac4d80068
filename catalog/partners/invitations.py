"""Invitations (招待コード): a code a partner's person types once to speak for the partner.

Codes are kept as hashes; an unknown, a used and an ended one are answered alike, and so is any code
from an address that was wrong too often within the hour.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from catalog.ground import journal, policy
from catalog.ground.errors import Missing
from catalog.ground.record import PartnerId
from catalog.partners import actions
from catalog.partners.tables import Invitation, InvitationTry
from catalog.partners.terms import PartnerTerms

# No letter or digit that can be read as another; ten of them are 49 bits.
_DIGITS = "23456789"
_SIGNS = f"{_DIGITS}ABCDEFGHJKMNPQRSTUVWXYZ"
_LENGTH = 10
TRIES_COUNT_FOR = timedelta(hours=1)


class InvitationMissing(Missing):
    """No invitation that can be used has this code."""


def invite(db: Session, partner: PartnerId, *, by: str, now: datetime) -> str:
    """A new code for one person of the partner; told once, here. It has a digit, so that it is told
    from a word of the same form.
    """
    code = _fresh()
    days = policy.current(db).of(PartnerTerms).invitation_days
    db.add(
        Invitation(
            code_hash=_hash(code),
            partner_id=partner,
            made_by=by,
            made_at=now,
            ends_at=now + timedelta(days=days),
        )
    )
    db.flush()
    journal.record(db, f"partner:{partner}", "invited", actor=by, at=now)
    return f"{code[:5]}-{code[5:]}"


def join(db: Session, code: str, channel: str, address: str, *, now: datetime) -> PartnerId:
    """Whoever writes from that address speaks for the partner that was invited, from now on.

    Raises InvitationMissing; the try then stays on record when the caller keeps this unit.
    """
    tried = _tries(db, channel, address, since=now - TRIES_COUNT_FOR)
    partner = None
    if tried < policy.current(db).of(PartnerTerms).invitation_tries:
        partner = _used(db, code, now=now)
    if partner is None:
        db.add(InvitationTry(channel=channel, address=address, at=now))
        db.flush()
        raise InvitationMissing("no such invitation")
    actions.seat(db, PartnerId(partner), channel, address, by=f"partner:{partner}", now=now)
    return PartnerId(partner)


def _fresh() -> str:
    while True:
        code = "".join(secrets.choice(_SIGNS) for _ in range(_LENGTH))
        if any(sign in _DIGITS for sign in code):
            return code


def _used(db: Session, code: str, *, now: datetime) -> str | None:
    """Whose invitation this is; it is used up by this."""
    return (
        db.connection()
        .execute(
            update(Invitation)
            .where(
                col(Invitation.code_hash) == _hash(code),
                col(Invitation.used_at).is_(None),
                col(Invitation.ends_at) > now,
            )
            .values(used_at=now)
            .returning(col(Invitation.partner_id))
        )
        .scalar()
    )


def _tries(db: Session, channel: str, address: str, *, since: datetime) -> int:
    return db.exec(
        select(func.count())
        .select_from(InvitationTry)
        .where(
            InvitationTry.channel == channel,
            InvitationTry.address == address,
            col(InvitationTry.at) > since,
        )
    ).one()


def _hash(code: str) -> str:
    plain = "".join(each for each in code.upper() if each in _SIGNS)
    return hashlib.sha256(b"akashi invitation " + plain.encode()).hexdigest()
