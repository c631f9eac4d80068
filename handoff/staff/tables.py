"""Staff (担当者): people of the shop with a role, and what lets them in.

Whatever opens a door is kept as a hash: passwords with argon2, tokens of 256 bits with SHA-256.
"""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from catalog.ground.record import STRICT, Bytes, Instant, Row, Whole, Words


class Staff(Row, table=True):
    """One person. `left_at` set: they work here no more, their acts stay under their name.
    `open_name` repeats the name while they work here: no two of one name; `email` and `slack_id` go
    with them.
    """

    __tablename__ = "staff"
    __table_args__ = (
        UniqueConstraint("open_name"),
        UniqueConstraint("email"),
        UniqueConstraint("slack_id"),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Words)
    name: str = Field(sa_type=Words)
    open_name: str | None = Field(default=None, sa_type=Words)
    role: str = Field(sa_type=Words)
    email: str | None = Field(default=None, sa_type=Words)
    slack_id: str | None = Field(default=None, sa_type=Words)
    added_at: datetime = Field(sa_type=Instant)
    left_at: datetime | None = Field(default=None, sa_type=Instant)


class ApiKey(Row, table=True):
    """A key other programs of the shop call with (API キー): the till, the online shop. Only the
    digest of its secret is kept. `scopes` are separated by spaces. `used_at` is written once an
    hour at most.
    """

    __tablename__ = "api_key"
    __table_args__ = (UniqueConstraint("name"), STRICT)

    id: str = Field(primary_key=True, sa_type=Words)
    name: str = Field(sa_type=Words)
    digest: str = Field(sa_type=Words)
    scopes: str = Field(sa_type=Words)
    added_by: str = Field(sa_type=Words)
    added_at: datetime = Field(sa_type=Instant)
    used_at: datetime | None = Field(default=None, sa_type=Instant)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)


class StaffSession(Row, table=True):
    """One browser that is signed in (サインイン). `role` as it was then: another role ends it.

    `idle_seconds`: how long it lives without a sign of life; `ends_at`: how long at most. `seen_at`
    is written once a minute. `agent`: what the browser calls itself.
    """

    __tablename__ = "staff_session"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        Index("staff_session_person", "staff_id", "started_at"),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Words)
    token_hash: str = Field(sa_type=Words)
    staff_id: str = Field(sa_type=Words, foreign_key="staff.id")
    role: str = Field(sa_type=Words)
    how: str = Field(sa_type=Words)
    agent: str | None = Field(default=None, sa_type=Words)
    csrf_secret: bytes = Field(sa_type=Bytes)
    idle_seconds: int = Field(sa_type=Whole)
    started_at: datetime = Field(sa_type=Instant)
    seen_at: datetime = Field(sa_type=Instant)
    ends_at: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)


class StaffPassword(Row, table=True):
    """Somebody's password, as argon2 left it."""

    __tablename__ = "staff_password"
    __table_args__ = (STRICT,)

    staff_id: str = Field(primary_key=True, sa_type=Words, foreign_key="staff.id")
    digest: str = Field(sa_type=Words)
    set_at: datetime = Field(sa_type=Instant)


class StaffInvitation(Row, table=True):
    """A link that lets somebody set a password once (招待リンク): the first, or a forgotten one."""

    __tablename__ = "staff_invitation"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        Index("staff_invitation_person", "staff_id"),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Words)
    token_hash: str = Field(sa_type=Words)
    staff_id: str = Field(sa_type=Words, foreign_key="staff.id")
    made_by: str = Field(sa_type=Words)
    made_at: datetime = Field(sa_type=Instant)
    ends_at: datetime = Field(sa_type=Instant)
    used_at: datetime | None = Field(default=None, sa_type=Instant)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)


class KnownBrowser(Row, table=True):
    """A browser in which this person has signed in before: strangers' wrong tries do not make it
    wait.
    """

    __tablename__ = "known_browser"
    __table_args__ = (Index("known_browser_person", "staff_id"), STRICT)

    token_hash: str = Field(primary_key=True, sa_type=Words)
    staff_id: str = Field(sa_type=Words, foreign_key="staff.id")
    known_since: datetime = Field(sa_type=Instant)
    used_at: datetime = Field(sa_type=Instant)


class TryCount(Row, table=True):
    """How often it was tried to sign in: one row per account, browser and source, by hash."""

    __tablename__ = "sign_in_count"
    __table_args__ = (Index("sign_in_count_last", "last_at"), STRICT)

    key: str = Field(primary_key=True, sa_type=Words)
    tries: int = Field(sa_type=Whole)
    since: datetime = Field(sa_type=Instant)
    last_at: datetime = Field(sa_type=Instant)


class Passkey(Row, table=True):
    """A passkey (パスキー): the public half of a key that lives in somebody's device.

    `sign_count`: what the device last counted; one that counts does not go back.
    """

    __tablename__ = "passkey"
    __table_args__ = (
        UniqueConstraint("credential_id"),
        Index("passkey_person", "staff_id"),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Words)
    credential_id: bytes = Field(sa_type=Bytes)
    public_key: bytes = Field(sa_type=Bytes)
    staff_id: str = Field(sa_type=Words, foreign_key="staff.id")
    name: str = Field(sa_type=Words)
    sign_count: int = Field(sa_type=Whole)
    added_at: datetime = Field(sa_type=Instant)
    used_at: datetime | None = Field(default=None, sa_type=Instant)


class PasskeyChallenge(Row, table=True):
    """A question a device is to sign, until it was answered once. `staff_id`: who adds a passkey;
    None: somebody who signs in.
    """

    __tablename__ = "passkey_challenge"
    __table_args__ = (Index("passkey_challenge_end", "ends_at"), STRICT)

    challenge_hash: str = Field(primary_key=True, sa_type=Words)
    staff_id: str | None = Field(default=None, sa_type=Words, foreign_key="staff.id")
    ends_at: datetime = Field(sa_type=Instant)


class OidcVisit(Row, table=True):
    """Somebody was sent to the identity provider and is expected back, once, in the same browser.
    Nonce and proof key are derived from the browser's secret, so nothing here opens anything.
    """

    __tablename__ = "oidc_visit"
    __table_args__ = (Index("oidc_visit_end", "ends_at"), STRICT)

    state_hash: str = Field(primary_key=True, sa_type=Words)
    browser_hash: str = Field(sa_type=Words)
    ends_at: datetime = Field(sa_type=Instant)
