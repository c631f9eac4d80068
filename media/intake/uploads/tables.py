"""What is known of each file on its way in (アップロード)."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from catalog.ground.record import STRICT, Instant, Row, Whole, Words


class UploadState(StrEnum):
    """How far it is."""

    OPEN = "open"  # bytes are missing
    WHOLE = "whole"  # all bytes are on the disk; being taken in
    TAKEN = "taken"  # it is an asset
    REFUSED = "refused"  # neither a picture nor a film, or for no piece
    GONE = "gone"  # given up, or its time was over


class Upload(Row, table=True):
    """One file on its way in. `held`: how many bytes are flushed to the disk. `torn_at`: where the
    last PATCH began, when it broke off. `told`: the metadata as the client wrote them.
    """

    __tablename__ = "upload"
    __table_args__ = (
        UniqueConstraint("owner", "request_key"),
        Index("upload_unfinished", "state", "expires_at"),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Words)
    owner: str = Field(sa_type=Words)
    actor: str = Field(sa_type=Words)
    state: str = Field(sa_type=Words)
    length: int = Field(sa_type=Whole)
    held: int = Field(sa_type=Whole)
    torn_at: int | None = Field(default=None, sa_type=Whole)
    told: str = Field(sa_type=Words)
    name: str = Field(sa_type=Words)
    code: str | None = Field(default=None, sa_type=Words)
    part: str | None = Field(default=None, sa_type=Words)
    occasion: str | None = Field(default=None, sa_type=Words)
    station: str | None = Field(default=None, sa_type=Words)
    request_key: str | None = Field(default=None, sa_type=Words)
    asset_id: str | None = Field(default=None, sa_type=Words, foreign_key="asset.id", index=True)
    refusal: str | None = Field(default=None, sa_type=Words)
    modified_at: datetime | None = Field(default=None, sa_type=Instant)
    begun_at: datetime = Field(sa_type=Instant)
    touched_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
