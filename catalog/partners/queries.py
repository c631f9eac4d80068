"""Reads on partners: what one was granted, who sits for it."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import or_, true
from sqlmodel import Session, col, select

from catalog.ground.calendar import tokyo_day
from catalog.ground.record import PartnerId
from catalog.partners.rules import GrantFacts, MediaKind, Right, media_kinds_of, rights_of
from catalog.partners.tables import Grant, Invitation, Partner, Seat

_GRANTED: Any = (Grant.unit_code, Grant.rights, Grant.media_kinds, Grant.expires_on)


def grants_on(db: Session, partner: PartnerId, day: date) -> tuple[GrantFacts, ...]:
    """The grants that hold on that Tokyo day; one statement."""
    query = (
        select(*_GRANTED)
        .where(
            Grant.partner_id == partner,
            col(Grant.revoked_at).is_(None),
            or_(col(Grant.expires_on).is_(None), col(Grant.expires_on) >= day),
        )
        .order_by(col(Grant.id))
    )
    return tuple(
        GrantFacts(code, _rights(rights), _kinds(kinds), until)
        for code, rights, kinds, until in db.connection().execute(query)
    )


def grants_at(db: Session, partner: PartnerId, at: datetime) -> tuple[GrantFacts, ...]:
    """The grants that held at that moment, whatever became of them since."""
    query = select(*_GRANTED).where(
        Grant.partner_id == partner,
        col(Grant.granted_at) <= at,
        or_(col(Grant.revoked_at).is_(None), col(Grant.revoked_at) >= at),
        or_(col(Grant.expires_on).is_(None), col(Grant.expires_on) >= tokyo_day(at)),
    )
    return tuple(
        GrantFacts(code, _rights(rights), _kinds(kinds), until)
        for code, rights, kinds, until in db.connection().execute(query)
    )


def grants_of(db: Session, partner: PartnerId, *, with_revoked: bool = False) -> list[GrantFacts]:
    """Every grant that was not revoked (or ever was given); which of them hold today is for
    `rules.may`.
    """
    query = select(Grant).where(Grant.partner_id == partner).order_by(col(Grant.id))
    if not with_revoked:
        query = query.where(col(Grant.revoked_at).is_(None))
    return [
        GrantFacts(
            row.unit_code,
            _rights(row.rights),
            _kinds(row.media_kinds),
            row.expires_on,
        )
        for row in db.exec(query)
    ]


@lru_cache(maxsize=64)
def _rights(joined: str) -> frozenset[Right]:
    return rights_of(_split(joined))


@lru_cache(maxsize=64)
def _kinds(joined: str) -> frozenset[MediaKind]:
    return media_kinds_of(_split(joined))


def _split(joined: str) -> list[str]:
    return [each for each in joined.split(";") if each]


def seated(db: Session, channel: str, address: str) -> PartnerId | None:
    """The partner that address speaks for."""
    found = db.exec(
        select(Seat.partner_id).where(Seat.channel == channel, Seat.address == address)
    ).first()
    return PartnerId(found) if found else None


def seats_of(db: Session, partner: PartnerId) -> list[tuple[str, str]]:
    """Channel and address of everybody who sits for the partner, the latest seat first."""
    rows = db.exec(
        select(Seat.channel, Seat.address)
        .where(Seat.partner_id == partner)
        .order_by(col(Seat.bound_at).desc(), col(Seat.address))
    )
    return list(rows.all())


def seats_on(db: Session, channel: str) -> list[str]:
    """The addresses on a channel that speak for some firm."""
    return list(db.exec(select(Seat.address).where(Seat.channel == channel)))


def everybody(db: Session) -> list[Partner]:
    """Every firm of the register, by code."""
    return list(db.exec(select(Partner).order_by(col(Partner.partner_code))))


def holders(db: Session) -> list[PartnerId]:
    """The firms that wished to be sent the checkpoints of the evidence log."""
    wished = select(Partner.id).where(col(Partner.holds_checkpoints).is_(true()))
    return [PartnerId(each) for each in db.exec(wished.order_by(col(Partner.id)))]


def records_of(db: Session, partner: PartnerId) -> list[Grant]:
    """Every grant there ever was, revoked ones among them, the latest first."""
    grants = select(Grant).where(Grant.partner_id == partner)
    return list(db.exec(grants.order_by(col(Grant.id).desc())))


def open_invitations(db: Session, partner: PartnerId, *, now: datetime) -> list[datetime]:
    """Until when each code that was not used yet can be."""
    return list(
        db.exec(
            select(Invitation.ends_at)
            .where(
                Invitation.partner_id == partner,
                col(Invitation.used_at).is_(None),
                col(Invitation.ends_at) > now,
            )
            .order_by(col(Invitation.ends_at))
        )
    )


def name_of(db: Session, partner: PartnerId) -> str | None:
    """What the firm is called."""
    return db.exec(select(Partner.name).where(Partner.id == partner)).first()


def by_code(db: Session, partner_code: str) -> PartnerId | None:
    """The partner with that code."""
    found = db.exec(select(Partner.id).where(Partner.partner_code == partner_code)).first()
    return PartnerId(found) if found else None
