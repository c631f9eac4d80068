"""Account link (会員連携): how an address becomes a customer's (R-118, decision 0024).

    begin → ask (order number and e-mail) → issue (six digits to the address on file) → prove
    → the platform's own word on a nonce, or at once where the platform has none → bound

An order number and an e-mail address are on papers that travel: they only bring the code on its
way. Nothing here tells whether they were right: `ask` writes and answers alike. Tokens, codes and
nonces are kept as hashes; the code's is keyed with a secret outside the database, for six digits
are soon tried. Not here: how the code reaches the person, and the page.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Index, UniqueConstraint, func, update
from sqlmodel import Field, Session, col, select

from catalog.customers import actions as customers
from catalog.customers import newcomers
from catalog.customers.tables import Contact, Customer
from catalog.ground import journal
from catalog.ground.errors import Missing, Refused
from catalog.ground.record import STRICT, CustomerId, Instant, Row, Whole, Words, new_id

CODE = "link.code"  # the due row a mail with a code is made from
STAFF_CODE = "link_code"  # the task of staff where there is no mail server
PAGE_LIFE = timedelta(hours=24)
CODE_LIFE = timedelta(minutes=10)
NONCE_LIFE = timedelta(minutes=15)
TRIES = 5
ASKS_AN_HOUR = 3  # for one order number, and for one address
ASKS_A_DAY = 6
_LONGEST = 200


class LinkMissing(Missing):
    """No such link page: never begun, over, used, or another's."""


class LinkTooOften(Refused):
    """So many codes were asked for this order number or by this address that the next must wait."""


class LinkTry(Row, table=True):
    """One wish to link one address. `customer_id`: whose order and e-mail were told, None when
    nobody's. `tries_left` of the code; `nonce_hash` waits for the platform's word.
    """

    __tablename__ = "link_try"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        UniqueConstraint("nonce_hash"),
        Index("link_try_address", "channel", "address"),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Words)
    token_hash: str = Field(sa_type=Words)
    channel: str = Field(sa_type=Words)
    address: str = Field(sa_type=Words)
    lang: str = Field(sa_type=Words)
    customer_id: str | None = Field(default=None, sa_type=Words, foreign_key="customer.id")
    code_hash: str | None = Field(default=None, sa_type=Words)
    code_until: datetime | None = Field(default=None, sa_type=Instant)
    tries_left: int = Field(default=0, sa_type=Whole)
    nonce_hash: str | None = Field(default=None, sa_type=Words)
    nonce_until: datetime | None = Field(default=None, sa_type=Instant)
    begun_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)


class LinkAsk(Row, table=True):
    """That a code was asked for: counted by the order number's hash and by the address."""

    __tablename__ = "link_ask"
    __table_args__ = (
        Index("link_ask_order", "order_hash", "asked_at"),
        Index("link_ask_address", "address_hash", "asked_at"),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Words)
    link_id: str = Field(sa_type=Words, foreign_key="link_try.id")
    order_hash: str = Field(sa_type=Words)
    address_hash: str = Field(sa_type=Words)
    asked_at: datetime = Field(sa_type=Instant)


@dataclass(frozen=True, slots=True)
class Link:
    """An open wish to link."""

    id: str
    channel: str
    address: str
    lang: str


@dataclass(frozen=True, slots=True)
class Issued:
    """A fresh code and where it goes: the address on file, never the one typed in."""

    code: str
    email: str
    lang: str


@dataclass(frozen=True, slots=True)
class Proven:
    """The code was right. `nonce`: to be carried by the platform's own flow."""

    link: Link
    customer: CustomerId
    nonce: str


def begin(db: Session, channel: str, address: str, *, lang: str, now: datetime) -> str:
    """A page for this address; its token. Earlier pages of the address are over."""
    _end(db, channel, address, now=now)
    token = secrets.token_urlsafe(24)
    db.add(
        LinkTry(
            id=new_id(now),
            token_hash=_hash(token),
            channel=channel,
            address=address,
            lang=lang,
            begun_at=now,
            expires_at=now + PAGE_LIFE,
        )
    )
    db.flush()
    return token


def _end(db: Session, channel: str, address: str, *, now: datetime) -> None:
    db.connection().execute(
        update(LinkTry)
        .where(
            col(LinkTry.channel) == channel,
            col(LinkTry.address) == address,
            col(LinkTry.ended_at).is_(None),
        )
        .values(ended_at=now, code_hash=None, nonce_hash=None)
    )


def find(db: Session, token: str, *, now: datetime) -> Link:
    """The open page of that token. Raises LinkMissing."""
    row = _row(db, token, now=now)
    return Link(row.id, row.channel, row.address, row.lang)


def _row(db: Session, token: str, *, now: datetime) -> LinkTry:
    row = None
    if len(token) <= _LONGEST:
        row = db.exec(
            select(LinkTry).where(
                LinkTry.token_hash == _hash(token),
                col(LinkTry.ended_at).is_(None),
                col(LinkTry.expires_at) > now,
            )
        ).first()
    if row is None:
        raise LinkMissing("no such link page")
    return row


def ask(
    db: Session,
    token: str,
    order_no: str,
    customer: CustomerId | None,
    *,
    lang: str,
    now: datetime,
) -> str | None:
    """Somebody told an order number and an e-mail address; `customer`: whose they both are. The
    ask's own id when a code is to be brought on its way (in `lang`), None when nobody has them.

    What was proven before on this page is void. Raises LinkMissing, LinkTooOften.
    """
    row = _row(db, token, now=now)
    order, address = _hash(order_no), _hash(f"{row.channel}:{row.address}")
    for period, most in ((timedelta(hours=1), ASKS_AN_HOUR), (timedelta(days=1), ASKS_A_DAY)):
        for counted in (
            col(LinkAsk.order_hash) == order,
            col(LinkAsk.address_hash) == address,
        ):
            asked = db.exec(
                select(func.count())
                .select_from(LinkAsk)
                .where(counted, col(LinkAsk.asked_at) > now - period)
            ).one()
            if asked >= most:
                raise LinkTooOften("too many codes were asked for")
    said = LinkAsk(
        id=new_id(now), link_id=row.id, order_hash=order, address_hash=address, asked_at=now
    )
    db.add(said)
    row.customer_id, row.lang = customer, lang
    row.code_hash, row.code_until, row.tries_left = None, None, 0
    row.nonce_hash, row.nonce_until = None, None
    db.flush()
    return said.id if customer is not None else None


def issue(db: Session, link_id: str, secret: bytes, *, by: str, now: datetime) -> Issued:
    """Make a code for whoever the page is about; an earlier one is void. Raises LinkMissing, also
    when nothing is on file to send it to.
    """
    row = db.get(LinkTry, link_id)
    customer = db.get(Customer, row.customer_id) if row is not None and row.customer_id else None
    if row is None or customer is None or customer.email is None or row.ended_at is not None:
        raise LinkMissing(f"{link_id}: over, replaced by a later one, or nobody asked there")
    code = f"{secrets.randbelow(1_000_000):06}"
    row.code_hash = _code_hash(secret, row.id, code)
    row.code_until = now + CODE_LIFE
    row.tries_left = TRIES
    row.expires_at = max(row.expires_at, row.code_until)
    db.flush()
    facts = {"link": row.id, "channel": row.channel}
    journal.record(db, f"customer:{customer.id}", "link_code", actor=by, at=now, facts=facts)
    return Issued(code, customer.email, row.lang)


def prove(db: Session, token: str, code: str, secret: bytes, *, now: datetime) -> Proven | None:
    """Try a code; None when it is wrong: too late, tried too often, or there is none. A try counts
    whatever it was, so the caller commits it. Raises LinkMissing.
    """
    row = _row(db, token, now=now)
    tried: Any = db.connection().execute(
        update(LinkTry)
        .where(
            col(LinkTry.id) == row.id,
            col(LinkTry.tries_left) > 0,
            col(LinkTry.code_until) > now,
            col(LinkTry.code_hash).is_not(None),
        )
        .values(tries_left=col(LinkTry.tries_left) - 1)
    )
    given = _code_hash(secret, row.id, "".join(code.split()))
    is_right = hmac.compare_digest(given, row.code_hash or "")
    if not (tried.rowcount and is_right and row.customer_id):
        return None
    nonce = secrets.token_urlsafe(32)
    db.connection().execute(
        update(LinkTry)
        .where(col(LinkTry.id) == row.id)
        .values(code_hash=None, tries_left=0, nonce_hash=_hash(nonce), nonce_until=now + NONCE_LIFE)
    )
    link = Link(row.id, row.channel, row.address, row.lang)
    return Proven(link, CustomerId(row.customer_id), nonce)


def settle(
    db: Session, nonce: str, channel: str, address: str, *, by: str, now: datetime
) -> CustomerId:
    """The nonce came back for this address: bind it. Works once. Raises LinkMissing: never given
    out, over, used, or given out for another address.
    """
    row = None
    if len(nonce) <= 255:
        row = db.exec(
            select(LinkTry)
            .where(
                LinkTry.nonce_hash == _hash(nonce),
                LinkTry.channel == channel,
                LinkTry.address == address,
                col(LinkTry.nonce_until) > now,
                col(LinkTry.ended_at).is_(None),
            )
            .with_for_update()
        ).first()
    if row is None or row.customer_id is None:
        raise LinkMissing("no such nonce")
    row.ended_at, row.nonce_hash = now, None
    db.flush()
    customer = newcomers.surviving(db, row.customer_id)
    if db.get_one(Customer, customer).erased_at is not None:
        raise LinkMissing("the customer was erased")
    before = owner(db, channel, address)
    if before is not None and before != customer:
        customers.unbind(db, channel, address, by=by, now=now)
    customers.bind(db, customer, channel, address, by=by, now=now)
    return customer


def owner(db: Session, channel: str, address: str) -> CustomerId | None:
    """Whose address that is."""
    found = db.get(Contact, (channel, address))
    return CustomerId(found.customer_id) if found is not None and found.customer_id else None


def _hash(told: str) -> str:
    return hashlib.sha256(told.encode()).hexdigest()


def _code_hash(secret: bytes, link_id: str, code: str) -> str:
    said = f"akashi link code {link_id} {code}".encode()
    return hmac.new(secret, said, hashlib.sha256).hexdigest()
