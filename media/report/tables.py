"""A condition report (状態報告書), its findings (傷・汚れの指摘), the certificate printed from it,
and what of it a sale keeps.

A report is changed only while it is a draft. Once issued its manifest is frozen; a correction is
another report that supersedes it.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, PrimaryKeyConstraint, UniqueConstraint
from sqlmodel import Field

from catalog.ground.record import STRICT, Instant, Json, Row, Whole, Words


class ConditionReport(Row, table=True):
    """The state of one piece at one occasion.

    `edition` counts the changes of a draft: whoever writes tells the one they saw. `open_key` is
    set while a draft, one for each piece and occasion
    (and corrected report). `covers_from`: captures from then on count;
    None: all there are. `waived`: required shots it does without, by their codes, each with why, by
    whom and when. `code` opens `/verify/{code}`; `manifest`: the canonical JSON whose digest
    the evidence log holds under `log_number`. All from `code` on are empty until it is issued.
    """

    __tablename__ = "condition_report"
    __table_args__ = (
        UniqueConstraint("open_key"),
        UniqueConstraint("code"),
        Index("condition_report_unit", "unit_id", "issued_at"),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Words)
    unit_id: str = Field(sa_type=Words, foreign_key="unit.id")
    occasion: str = Field(sa_type=Words)
    state: str = Field(sa_type=Words)
    open_key: str | None = Field(default=None, sa_type=Words)
    edition: int = Field(default=1, sa_type=Whole)
    covers_from: datetime | None = Field(default=None, sa_type=Instant)
    checklist_version: int = Field(sa_type=Whole)
    summary: str = Field(default="", sa_type=Words)
    waived: dict[str, Any] | None = Field(default=None, sa_type=Json)
    supersedes_id: str | None = Field(
        default=None, sa_type=Words, foreign_key="condition_report.id"
    )
    drafted_by: str = Field(sa_type=Words)
    drafted_at: datetime = Field(sa_type=Instant)
    edited_by: str = Field(sa_type=Words)
    edited_at: datetime = Field(sa_type=Instant)
    code: str | None = Field(default=None, sa_type=Words)
    grade: str | None = Field(default=None, sa_type=Words)
    manifest: str | None = Field(default=None, sa_type=Words)
    manifest_sha256: str | None = Field(default=None, sa_type=Words)
    log_number: int | None = Field(default=None, sa_type=Whole)
    issued_by: str | None = Field(default=None, sa_type=Words)
    issued_at: datetime | None = Field(default=None, sa_type=Instant)


class ReportFinding(Row, table=True):
    """One thing to be seen in one picture: a pin. Its place is in millionths of the picture's width
    and height, upright; a width of 0 is a point.

    `first_seen_report`: the report in which it was found first, empty for this one.
    """

    __tablename__ = "report_finding"
    __table_args__ = (
        UniqueConstraint("report_id", "number"),
        Index("report_finding_asset", "asset_id"),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Words)
    report_id: str = Field(sa_type=Words, foreign_key="condition_report.id")
    number: int = Field(sa_type=Whole)
    asset_id: str = Field(sa_type=Words, foreign_key="asset.id")
    x: int = Field(sa_type=Whole)
    y: int = Field(sa_type=Whole)
    width: int = Field(default=0, sa_type=Whole)
    height: int = Field(default=0, sa_type=Whole)
    kind: str = Field(sa_type=Words)
    severity: str = Field(sa_type=Words)
    told: str = Field(sa_type=Words)
    size_um: int | None = Field(default=None, sa_type=Whole)
    first_seen_report: str | None = Field(
        default=None, sa_type=Words, foreign_key="condition_report.id"
    )


class FindingGram(Row, table=True):
    """Two letters that stand in the words of a capture's pins (`words`). `captured_at`: the
    capture's, so that the latest of a day are found at once.
    """

    __tablename__ = "finding_gram"
    __table_args__ = (
        PrimaryKeyConstraint("gram", "asset_id"),
        Index("finding_gram_at", "gram", "captured_at"),
        Index("finding_gram_asset", "asset_id"),
        STRICT,
    )

    gram: str = Field(sa_type=Words)
    asset_id: str = Field(sa_type=Words, foreign_key="asset.id")
    captured_at: datetime = Field(sa_type=Instant)


class ReportCertificate(Row, table=True):
    """One signed PDF of an issued report. It lies among the originals under its digest, which the
    evidence log holds under `log_number`. Never changed; a newer print is another version. `lang`:
    empty for those of when all were in Japanese.
    """

    __tablename__ = "report_certificate"
    __table_args__ = (PrimaryKeyConstraint("report_id", "version"), STRICT)

    report_id: str = Field(sa_type=Words, foreign_key="condition_report.id")
    version: int = Field(sa_type=Whole)
    sha256: str = Field(sa_type=Words, foreign_key="blob.sha256")
    bytes: int = Field(sa_type=Whole)
    template_version: int = Field(sa_type=Whole)
    signed_by: str = Field(sa_type=Words)
    log_number: int = Field(sa_type=Whole)
    made_at: datetime = Field(sa_type=Instant)
    lang: str | None = Field(default=None, sa_type=Words)


class SaleRecord(Row, table=True):
    """What was on record of a piece when its sale was confirmed (購入時の状態): never changed.

    `frozen`: the digest of the list of its exhibits, which the log holds under `log_number`;
    `report_id`: the report that was in force then, if any.
    """

    __tablename__ = "sale_record"
    __table_args__ = (
        UniqueConstraint("order_id", "unit_id"),
        Index("sale_record_unit", "unit_id", "sold_at"),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Words)
    order_id: str = Field(sa_type=Words)
    unit_id: str = Field(sa_type=Words, foreign_key="unit.id")
    report_id: str | None = Field(default=None, sa_type=Words, foreign_key="condition_report.id")
    frozen: str = Field(sa_type=Words)
    log_number: int = Field(sa_type=Whole)
    sold_at: datetime = Field(sa_type=Instant)
    frozen_at: datetime = Field(sa_type=Instant)


class SaleExhibit(Row, table=True):
    """One capture of a sale's record, with the digest it had."""

    __tablename__ = "sale_exhibit"
    __table_args__ = (PrimaryKeyConstraint("sale_record_id", "asset_id"), STRICT)

    sale_record_id: str = Field(sa_type=Words, foreign_key="sale_record.id")
    asset_id: str = Field(sa_type=Words, foreign_key="asset.id")
    sha256: str = Field(sa_type=Words)
    part: str | None = Field(default=None, sa_type=Words)
    kind: str = Field(sa_type=Words)
    captured_at: datetime = Field(sa_type=Instant)


class ConditionSeen(Row, table=True):
    """A customer said 「確認しました」 of one issued report (R-016): which, by its digest, and
    when.
    """

    __tablename__ = "condition_seen"
    __table_args__ = (UniqueConstraint("customer_id", "report_id"), STRICT)

    id: str = Field(primary_key=True, sa_type=Words)
    customer_id: str = Field(sa_type=Words, foreign_key="customer.id")
    unit_id: str = Field(sa_type=Words, foreign_key="unit.id")
    report_id: str = Field(sa_type=Words, foreign_key="condition_report.id")
    manifest_sha256: str = Field(sa_type=Words)
    conversation: str = Field(sa_type=Words)
    lang: str = Field(sa_type=Words)
    log_number: int = Field(sa_type=Whole)
    seen_at: datetime = Field(sa_type=Instant)
