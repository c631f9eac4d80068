"""Blob and asset (原本・撮影物): the bytes once, and each capture that has them.

An asset's facts are never changed; which unit it shows, whether it is laid aside, and how far it
can be shown, are the only things that come later, and the first two have their leaves in the log.
Place names of a phone's GPS are staff only.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, PrimaryKeyConstraint, UniqueConstraint
from sqlmodel import Field

from catalog.ground.record import STRICT, Instant, Json, Measure, Row, Whole, Words, YesNo
from media.assets.kinds import BlobState


class Blob(Row, table=True):
    """An original's bytes, known by their digest; they lie in the object store.

    `state` and `checked_at` tell how the copies are (`media/retention`); the rest never changes.
    """

    __tablename__ = "blob"
    __table_args__ = (
        Index("blob_check", "state", "checked_at"),
        Index("blob_kept", "kept_at"),
        STRICT,
    )

    sha256: str = Field(primary_key=True, sa_type=Words)
    bytes: int = Field(sa_type=Whole)
    mime: str = Field(sa_type=Words)
    kept_at: datetime = Field(sa_type=Instant)
    state: str = Field(default=BlobState.KEPT.value, sa_type=Words)
    checked_at: datetime | None = Field(default=None, sa_type=Instant)


class BlobCopy(Row, table=True):
    """How one place holds an original, as it was last seen."""

    __tablename__ = "blob_copy"
    __table_args__ = (
        PrimaryKeyConstraint("sha256", "replica"),
        Index("blob_copy_state", "replica", "state"),
        STRICT,
    )

    sha256: str = Field(sa_type=Words, foreign_key="blob.sha256")
    replica: str = Field(sa_type=Words)
    state: str = Field(sa_type=Words)
    last_ok_at: datetime | None = Field(default=None, sa_type=Instant)
    last_bad_at: datetime | None = Field(default=None, sa_type=Instant)


class Asset(Row, table=True):
    """One capture. `unit_id` is empty while nobody could match it (the tray).

    `source` is where it came from (folder and name, or the command line's path), `place` the same
    with what it was taken as: together with the digest it makes a second scan find the first asset.
    `corrected_at`: when a person last took back what it was matched to, or laid it aside; from then
    on no file name matches it any more. `laid_aside`: why it is no capture; such a one is shown
    nowhere and lies in no tray. `is_tag`: a photographed tag. `about`: what somebody outside sent
    it in for (`piece:…`); such a one is never shown as a capture of a unit. `um_per_px`, `axes` and
    `pages`: what a microscope wrote into its file; only the first page is shown.
    """

    __tablename__ = "asset"
    __table_args__ = (
        UniqueConstraint("sha256", "place"),
        Index("asset_unit", "unit_id", "kind", "captured_at"),
        Index("asset_about", "about"),
        Index("asset_captured", "captured_at"),
        Index("asset_part", "part", "captured_at"),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Words)
    unit_id: str | None = Field(default=None, sa_type=Words, foreign_key="unit.id")
    part: str | None = Field(default=None, sa_type=Words)
    kind: str = Field(sa_type=Words)
    sha256: str = Field(sa_type=Words, foreign_key="blob.sha256")
    name: str = Field(sa_type=Words)
    source: str = Field(sa_type=Words)
    place: str = Field(sa_type=Words)
    hinted_code: str | None = Field(default=None, sa_type=Words)
    is_tag: bool = Field(default=False, sa_type=YesNo)
    about: str | None = Field(default=None, sa_type=Words)
    captured_at: datetime = Field(sa_type=Instant)
    time_source: str = Field(sa_type=Words)
    device: str | None = Field(default=None, sa_type=Words)
    spot: dict[str, Any] | None = Field(default=None, sa_type=Json)
    um_per_px: float | None = Field(default=None, sa_type=Measure)
    axes: str | None = Field(default=None, sa_type=Words)
    pages: int | None = Field(default=None, sa_type=Whole)
    readiness: str = Field(sa_type=Words)
    corrected_at: datetime | None = Field(default=None, sa_type=Instant)
    laid_aside: str | None = Field(default=None, sa_type=Words)
    log_number: int = Field(sa_type=Whole)
    received_at: datetime = Field(sa_type=Instant)
