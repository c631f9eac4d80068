"""Partners taken in from a list: each new firm is entered, granted what its line says, and gets an
invitation code.

A firm may stand in several lines, each with grants of its own. What was granted alike before stays
as it is: a list taken in again does not give back what was revoked.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from catalog.ground.lines import Taken
from catalog.ground.record import PartnerId
from catalog.partners import actions
from catalog.partners.invitations import invite
from catalog.partners.lines import PartnerLine
from catalog.partners.queries import grants_of
from catalog.partners.rules import GrantFacts
from catalog.partners.tables import Partner


def take_lines(db: Session, lines: Sequence[PartnerLine], *, by: str, now: datetime) -> Taken:
    """Take the lines in, all in the caller's transaction. A firm that is there under another name
    keeps its name and is told as different; its grants are taken all the same.
    """
    took = Taken()
    known = _known(db, [line.partner_code for line in lines])
    granted: dict[PartnerId, set[GrantFacts]] = {}
    for line in lines:
        there = known.get(line.partner_code)
        if there is None:
            partner = actions.enter(db, line.partner_code, line.name, by=by, now=now)
            invitation = invite(db, partner, by=by, now=now)
            took.told.append(f"{line.partner_code}: invitation code {invitation}")
            known[line.partner_code] = there = (partner, line.name)
        partner, name = there
        if partner not in granted:
            granted[partner] = set(grants_of(db, partner, with_revoked=True))
        is_new = _grant(db, partner, line, granted[partner], by=by, now=now)
        if is_new:
            took.taken += 1
        else:
            took.already_there.append(line.partner_code)
        if name != line.name:
            took.different.append(line.partner_code)
    return took


def _known(db: Session, codes: Sequence[str]) -> dict[str, tuple[PartnerId, str]]:
    rows = db.exec(
        select(Partner.partner_code, Partner.id, Partner.name).where(
            col(Partner.partner_code).in_(set(codes))
        )
    )
    return {code: (PartnerId(partner), name) for code, partner, name in rows}


def _grant(
    db: Session,
    partner: PartnerId,
    line: PartnerLine,
    granted: set[GrantFacts],
    *,
    by: str,
    now: datetime,
) -> bool:
    """Grant what is not granted alike; whether anything was new."""
    wanted = {
        GrantFacts(code, line.rights, line.media_kinds, line.expires_on)
        for code in (line.unit_codes if line.unit_codes is not None else [None])
    }
    fresh = wanted - granted
    granted |= fresh
    if not fresh:
        return False
    codes = sorted(each.unit_code for each in fresh if each.unit_code is not None)
    actions.grant(
        db,
        partner,
        codes or None,
        rights=sorted(line.rights),
        media_kinds=sorted(line.media_kinds),
        expires_on=line.expires_on,
        by=by,
        now=now,
    )
    return True
