"""Page passes (閲覧トークン): a short right to one page of one's own, given out in the chat.

Only a hash is kept. A pass opens for the address it was given to, as long as that address is the
customer's: unlinking, erasing and giving out the next one end it. Not here: the pages.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, delete, update
from sqlmodel import Field, Session, col

from catalog.customers.linking import owner
from catalog.ground.errors import Missing
from catalog.ground.record import STRICT, CustomerId, Instant, Row, Words

_LONGEST = 200


class PageKind(StrEnum):
    """What a pass opens."""

    OWN = "own"  # the customer's own page
    DATA = "data"  # all that is kept of a person, to be taken along once


LIFE = {PageKind.OWN: timedelta(minutes=30), PageKind.DATA: timedelta(hours=24)}


class PageMissing(Missing):
    """Never given out, over, used, ended, or no longer theirs: one answer."""

    def __init__(self) -> None:
        super().__init__("no such page")


class PagePass(Row, table=True):
    """One pass. `customer_id`: whose page; None for somebody whose membership is not linked."""

    __tablename__ = "page_pass"
    __table_args__ = (Index("page_pass_address", "channel", "address"), STRICT)

    token_hash: str = Field(primary_key=True, sa_type=Words)
    kind: str = Field(sa_type=Words)
    customer_id: str | None = Field(default=None, sa_type=Words, foreign_key="customer.id")
    channel: str = Field(sa_type=Words)
    address: str = Field(sa_type=Words)
    lang: str = Field(sa_type=Words)
    issued_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)


@dataclass(frozen=True, slots=True)
class Passed:
    """Who looks."""

    customer: CustomerId | None
    channel: str
    address: str
    lang: str
    expires_at: datetime


def issue(
    db: Session,
    kind: PageKind,
    customer: CustomerId | None,
    channel: str,
    address: str,
    *,
    lang: str,
    now: datetime,
) -> str:
    """A fresh token, never stored and never logged; the earlier one of that kind is over."""
    end(db, channel, address, kind=kind, now=now)
    token = secrets.token_urlsafe(24)
    db.add(
        PagePass(
            token_hash=_hash(token),
            kind=kind.value,
            customer_id=customer,
            channel=channel,
            address=address,
            lang=lang,
            issued_at=now,
            expires_at=now + LIFE[kind],
        )
    )
    db.flush()
    return token


def find(db: Session, token: str, kind: PageKind, *, now: datetime) -> Passed:
    """Who looks with that token. Raises PageMissing."""
    row = db.get(PagePass, _hash(token)) if len(token) <= _LONGEST else None
    if row is None or row.kind != kind.value or row.ended_at is not None or row.expires_at <= now:
        raise PageMissing
    customer = CustomerId(row.customer_id) if row.customer_id else None
    if owner(db, row.channel, row.address) != customer:
        raise PageMissing
    return Passed(customer, row.channel, row.address, row.lang, row.expires_at)


def use(db: Session, token: str, kind: PageKind, *, now: datetime) -> Passed:
    """The same, and the pass is over: of two at once, one. Raises PageMissing."""
    passed = find(db, token, kind, now=now)
    used: Any = db.connection().execute(
        update(PagePass)
        .where(col(PagePass.token_hash) == _hash(token), col(PagePass.ended_at).is_(None))
        .values(ended_at=now)
    )
    if not used.rowcount:
        raise PageMissing
    return passed


def end(
    db: Session, channel: str, address: str, *, now: datetime, kind: PageKind | None = None
) -> None:
    """Nothing given out to this address opens any more."""
    ended = (
        update(PagePass)
        .where(
            col(PagePass.channel) == channel,
            col(PagePass.address) == address,
            col(PagePass.ended_at).is_(None),
        )
        .values(ended_at=now)
    )
    if kind is not None:
        ended = ended.where(col(PagePass.kind) == kind.value)
    db.connection().execute(ended)


def forget(db: Session, channel: str, address: str) -> None:
    """Nothing given out to this address is kept (R-137)."""
    db.connection().execute(
        delete(PagePass).where(col(PagePass.channel) == channel, col(PagePass.address) == address)
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
