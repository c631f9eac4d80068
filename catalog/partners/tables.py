"""Partner (取引先), its people's addresses and invitations, and what it was granted to see."""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from catalog.ground.record import STRICT, Day, Instant, Row, Whole, Words, YesNo


class Partner(Row, table=True):
    """A firm that sells the shop's pieces on. `holds_checkpoints`: it wished to be sent those of
    the evidence log, so that somebody outside holds them.
    """

    __tablename__ = "partner"
    __table_args__ = (UniqueConstraint("partner_code"), STRICT)

    id: str = Field(primary_key=True, sa_type=Words)
    partner_code: str = Field(sa_type=Words)
    name: str = Field(sa_type=Words)
    holds_checkpoints: bool = Field(default=False, sa_type=YesNo)
    written_at: datetime = Field(sa_type=Instant)


class Seat(Row, table=True):
    """An address on a channel that speaks for a partner."""

    __tablename__ = "partner_seat"
    __table_args__ = (STRICT,)

    channel: str = Field(primary_key=True, sa_type=Words)
    address: str = Field(primary_key=True, sa_type=Words)
    partner_id: str = Field(sa_type=Words, foreign_key="partner.id")
    bound_at: datetime = Field(sa_type=Instant)


class Invitation(Row, table=True):
    """A code that seats one person of a partner, once, until it ends. Only its hash is kept."""

    __tablename__ = "partner_invitation"
    __table_args__ = (STRICT,)

    code_hash: str = Field(primary_key=True, sa_type=Words)
    partner_id: str = Field(sa_type=Words, foreign_key="partner.id")
    made_by: str = Field(sa_type=Words)
    made_at: datetime = Field(sa_type=Instant)
    ends_at: datetime = Field(sa_type=Instant)
    used_at: datetime | None = Field(default=None, sa_type=Instant)


class InvitationTry(Row, table=True):
    """A code from that address that opened nothing. The code itself is not kept."""

    __tablename__ = "partner_invitation_try"
    __table_args__ = (Index("partner_invitation_try_of", "channel", "address", "at"), STRICT)

    id: int | None = Field(default=None, primary_key=True, sa_type=Whole)
    channel: str = Field(sa_type=Words)
    address: str = Field(sa_type=Words)
    at: datetime = Field(sa_type=Instant)


class Grant(Row, table=True):
    """What a partner may do with one unit, or with every dealer-owned piece (`unit_code` None).

    `rights` and `media_kinds` are `;`-joined (media;price;hold;link and film;still;report). Valid
    through `expires_on`; a revoked grant stays as a record.
    """

    __tablename__ = "partner_grant"
    __table_args__ = (Index("partner_grant_of", "partner_id", "unit_code"), STRICT)

    id: int | None = Field(default=None, primary_key=True, sa_type=Whole)
    partner_id: str = Field(sa_type=Words, foreign_key="partner.id")
    unit_code: str | None = Field(default=None, sa_type=Words)
    rights: str = Field(sa_type=Words)
    media_kinds: str = Field(sa_type=Words)
    expires_on: date | None = Field(default=None, sa_type=Day)
    granted_at: datetime = Field(sa_type=Instant)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)
