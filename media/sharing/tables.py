"""Media pass (閲覧パス): an unguessable, revocable, expiring right to fetch one rendition. Share
(共有ページ): a page about one piece that may be passed on, with what was to be seen when it was
made. Of both only the hash of what opens them is kept. Viewing (閲覧): one browser at a share page.
Look (閲覧記録): what was asked for at the addresses of both, shown or refused.
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
    """A page `/s/{id}` about a unit, made by `holder` (`partner:ID`, `customer:ID`, or `shop`; then
    `made_by` is the person, `audience` whom it is for, `note` what they wrote down about it).

    `signs` is the key under which its byte addresses are signed; it opens nothing by itself.
    `opened` counts browsers, robots left out. `pin_tries`: since the PIN was last told rightly.
    `report_id`: the condition report in force when it was made, where the page tells of it.
    `evidence`: the page gives an evidence zip and shows nothing: of the piece (`piece`), or of the
    dispute with that id.
    """

    __tablename__ = "share"
    __table_args__ = (
        UniqueConstraint("id_hash"),
        Index("share_holder", "holder"),
        Index("share_audience", "audience"),
        STRICT,
    )

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
    reach: str = Field(default="tiles", sa_type=Words)
    pin_hash: str | None = Field(default=None, sa_type=Words)
    pin_tries: int = Field(default=0, sa_type=Whole)
    pin_locked_until: datetime | None = Field(default=None, sa_type=Instant)
    most_opened: int | None = Field(default=None, sa_type=Whole)
    made_by: str | None = Field(default=None, sa_type=Words)
    audience: str | None = Field(default=None, sa_type=Words)
    note: str | None = Field(default=None, sa_type=Words)
    report_id: str | None = Field(default=None, sa_type=Words)
    evidence: str | None = Field(default=None, sa_type=Words)


class SharedAsset(Row, table=True):
    """One capture on a share page, with the digest of its original when the page was made."""

    __tablename__ = "shared_asset"
    __table_args__ = (STRICT,)

    share_id: str = Field(primary_key=True, sa_type=Words, foreign_key="share.id")
    place: int = Field(primary_key=True, sa_type=Whole)
    asset_id: str = Field(sa_type=Words, foreign_key="asset.id")
    sha256: str = Field(sa_type=Words)


class Viewing(Row, table=True):
    """One browser at one share page, since it first opened it. `mark` stands on what it takes away;
    `network` is the first part of its address, `agent` what kind of program it is.
    """

    __tablename__ = "viewing"
    __table_args__ = (UniqueConstraint("mark"), STRICT)

    id: str = Field(primary_key=True, sa_type=Words)
    share_id: str = Field(sa_type=Words, foreign_key="share.id", index=True)
    mark: str = Field(sa_type=Words)
    begun_at: datetime = Field(sa_type=Instant)
    network: str = Field(sa_type=Words)
    agent: str = Field(sa_type=Words)


class Look(Row, table=True):
    """What was asked for `times` times within a second or two and how it was answered: `shown`, or
    why not. Only ever added to. `span`: which part of the file.
    """

    __tablename__ = "look"
    __table_args__ = (
        Index("look_share", "share_id", "id"),
        Index("look_asset", "asset_id", "id"),
        Index("look_pass", "pass_hash", "id"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=Whole)
    at: datetime = Field(sa_type=Instant, index=True)
    what: str = Field(sa_type=Words)
    result: str = Field(sa_type=Words)
    times: int = Field(sa_type=Whole)
    share_id: str | None = Field(default=None, sa_type=Words)
    viewing_id: str | None = Field(default=None, sa_type=Words)
    pass_hash: str | None = Field(default=None, sa_type=Words)
    asset_id: str | None = Field(default=None, sa_type=Words)
    rendition_id: str | None = Field(default=None, sa_type=Words)
    span: str = Field(default="", sa_type=Words)
    network: str = Field(default="", sa_type=Words)
    agent: str = Field(default="", sa_type=Words)
