"""Media pass (閲覧パス): an unguessable, revocable, expiring right to fetch one rendition. Share
(共有ページ): a page about one piece that may be passed on, with what was to be seen when it was
made. Of both only the hash of what opens them is kept.
"""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from catalog.ground.record import STRICT, Instant, Row, Whole, Words


class MediaPass(Row, table=True):
    """`purpose` is the letter it was made for, as far as logs may know it. `partner_id`: by whose
    grants it was given; it opens as long as they hold.
    """

    __tablename__ = "media_pass"
    __table_args__ = (
        Index("media_pass_conversation", "conversation"),
        Index("media_pass_rendition", "rendition_id"),
        Index("media_pass_partner", "partner_id"),
        STRICT,
    )

    token_hash: str = Field(primary_key=True, sa_type=Words)
    rendition_id: str = Field(sa_type=Words, foreign_key="rendition.id")
    conversation: str = Field(sa_type=Words)
    purpose: str = Field(sa_type=Words)
    partner_id: str | None = Field(default=None, sa_type=Words)
    issued_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)


class Share(Row, table=True):
    """A page `/s/{id}` about a unit, made for `holder` (`partner:ID`, `customer:ID`).

    `signs` is the key under which its byte addresses are signed; it opens nothing by itself.
    """

    __tablename__ = "share"
    __table_args__ = (UniqueConstraint("id_hash"), Index("share_holder", "holder"), STRICT)

    id: str = Field(primary_key=True, sa_type=Words)
    id_hash: str = Field(sa_type=Words)
    unit_id: str = Field(sa_type=Words, foreign_key="unit.id", index=True)
    holder: str = Field(sa_type=Words)
    lang: str = Field(sa_type=Words)
    signs: str = Field(sa_type=Words)
    made_at: datetime = Field(sa_type=Instant)
    ends_at: datetime = Field(sa_type=Instant)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)
    opened: int = Field(default=0, sa_type=Whole)


class SharedAsset(Row, table=True):
    """One capture on a share page, with the digest of its original when the page was made."""

    __tablename__ = "shared_asset"
    __table_args__ = (STRICT,)

    share_id: str = Field(primary_key=True, sa_type=Words, foreign_key="share.id")
    place: int = Field(primary_key=True, sa_type=Whole)
    asset_id: str = Field(sa_type=Words, foreign_key="asset.id")
    sha256: str = Field(sa_type=Words)
