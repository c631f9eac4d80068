"""Verbs on partners: enter, seat a person, grant, revoke (R-027). Invitations have a module of
their own.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import update
from sqlmodel import Session, col

from catalog.ground import journal
from catalog.ground.errors import Refused
from catalog.ground.record import PartnerId, new_id
from catalog.ground.session.database import insert_once
from catalog.partners.rules import media_kinds_of, rights_of
from catalog.partners.tables import Grant, Partner, Seat


class PartnerKnown(Refused):
    """A firm with this code is in the register already."""


def enter(db: Session, partner_code: str, name: str, *, by: str, now: datetime) -> PartnerId:
    """Take a firm into the register. Raises PartnerKnown."""
    row = {
        "id": new_id(now), "partner_code": partner_code, "name": name,
        "holds_checkpoints": False, "written_at": now,
    }  # fmt: skip
    if not insert_once(db, Partner, row):
        raise PartnerKnown(partner_code)
    journal.record(db, f"partner:{row['id']}", "entered", actor=by, at=now)
    return PartnerId(str(row["id"]))


def seat(
    db: Session, partner: PartnerId, channel: str, address: str, *, by: str, now: datetime
) -> None:
    """That address speaks for the partner from now on."""
    db.merge(Seat(channel=channel, address=address, partner_id=partner, bound_at=now))
    db.flush()
    journal.record(db, f"partner:{partner}", "seated", actor=by, at=now, facts={"channel": channel})


def grant(
    db: Session,
    partner: PartnerId,
    unit_codes: Sequence[str] | None,
    *,
    rights: Sequence[str],
    media_kinds: Sequence[str],
    expires_on: date | None,
    by: str,
    now: datetime,
) -> None:
    """Let the partner see those units, or every dealer-owned one (None), through `expires_on`.

    Raises GrantMalformed.
    """
    allowed, kinds = sorted(rights_of(rights)), sorted(media_kinds_of(media_kinds))
    for code in unit_codes if unit_codes is not None else [None]:
        db.add(
            Grant(
                partner_id=partner,
                unit_code=code,
                rights=";".join(allowed),
                media_kinds=";".join(kinds),
                expires_on=expires_on,
                granted_at=now,
            )
        )
    db.flush()
    facts = {"units": list(unit_codes) if unit_codes is not None else "*", "rights": allowed}
    journal.record(db, f"partner:{partner}", "granted", actor=by, at=now, facts=facts)


def revoke(
    db: Session, partner: PartnerId, unit_code: str | None = None, *, by: str, now: datetime
) -> int:
    """End the partner's grants at once: those of one unit, or (None) every one. Answers how many.

    A grant on every piece stays when one unit's grants end.
    """
    wanted = [col(Grant.partner_id) == partner, col(Grant.revoked_at).is_(None)]
    if unit_code is not None:
        wanted.append(col(Grant.unit_code) == unit_code)
    ended = db.connection().execute(update(Grant).where(*wanted).values(revoked_at=now))
    facts = {"grants": ended.rowcount, "unit": unit_code or "*"}
    journal.record(db, f"partner:{partner}", "revoked", actor=by, at=now, facts=facts)
    return ended.rowcount


def hold_checkpoints(
    db: Session, partner: PartnerId, *, wished: bool, by: str, now: datetime
) -> bool:
    """Whether the firm is sent the checkpoints of the evidence log from now on; False when it stood
    so already.
    """
    changed = db.connection().execute(
        update(Partner)
        .where(col(Partner.id) == partner, col(Partner.holds_checkpoints) != wished)
        .values(holds_checkpoints=wished)
    )
    if not changed.rowcount:
        return False
    db.expire_all()
    verb = "checkpoints_wished" if wished else "checkpoints_stopped"
    journal.record(db, f"partner:{partner}", verb, actor=by, at=now)
    return True
