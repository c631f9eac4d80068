"""Lists of shots, condition reports with findings and certificates, what a sale keeps of them."""

import sqlalchemy as sa
from alembic import op

from catalog.ground import record

revision = "2026_11_30_reports"
down_revision = "2026_11_30_checkpoints"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "shot_list",
        sa.Column("category", record.Words(), nullable=False),
        sa.Column("version", record.Whole(), nullable=False),
        sa.Column("shots", record.Json(), nullable=False),
        sa.Column("written_by", record.Words(), nullable=False),
        sa.Column("written_at", record.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("category", "version"),
        sqlite_strict=True,
    )
    op.create_table(
        "condition_report",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("unit_id", record.Words(), nullable=False),
        sa.Column("occasion", record.Words(), nullable=False),
        sa.Column("state", record.Words(), nullable=False),
        sa.Column("open_key", record.Words(), nullable=True),
        sa.Column("edition", record.Whole(), nullable=False),
        sa.Column("covers_from", record.Instant(), nullable=True),
        sa.Column("checklist_version", record.Whole(), nullable=False),
        sa.Column("summary", record.Words(), nullable=False),
        sa.Column("supersedes_id", record.Words(), nullable=True),
        sa.Column("drafted_by", record.Words(), nullable=False),
        sa.Column("drafted_at", record.Instant(), nullable=False),
        sa.Column("edited_by", record.Words(), nullable=False),
        sa.Column("edited_at", record.Instant(), nullable=False),
        sa.Column("code", record.Words(), nullable=True),
        sa.Column("grade", record.Words(), nullable=True),
        sa.Column("manifest", record.Words(), nullable=True),
        sa.Column("manifest_sha256", record.Words(), nullable=True),
        sa.Column("log_number", record.Whole(), nullable=True),
        sa.Column("issued_by", record.Words(), nullable=True),
        sa.Column("issued_at", record.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"]),
        sa.ForeignKeyConstraint(["supersedes_id"], ["condition_report.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("open_key"),
        sa.UniqueConstraint("code"),
        sqlite_strict=True,
    )
    op.create_index("condition_report_unit", "condition_report", ["unit_id", "issued_at"])
    op.create_table(
        "report_finding",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("report_id", record.Words(), nullable=False),
        sa.Column("number", record.Whole(), nullable=False),
        sa.Column("asset_id", record.Words(), nullable=False),
        sa.Column("x", record.Whole(), nullable=False),
        sa.Column("y", record.Whole(), nullable=False),
        sa.Column("width", record.Whole(), nullable=False),
        sa.Column("height", record.Whole(), nullable=False),
        sa.Column("kind", record.Words(), nullable=False),
        sa.Column("severity", record.Words(), nullable=False),
        sa.Column("told", record.Words(), nullable=False),
        sa.Column("size_um", record.Whole(), nullable=True),
        sa.Column("first_seen_report", record.Words(), nullable=True),
        sa.ForeignKeyConstraint(["report_id"], ["condition_report.id"]),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"]),
        sa.ForeignKeyConstraint(["first_seen_report"], ["condition_report.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("report_id", "number"),
        sqlite_strict=True,
    )
    op.create_table(
        "report_certificate",
        sa.Column("report_id", record.Words(), nullable=False),
        sa.Column("version", record.Whole(), nullable=False),
        sa.Column("sha256", record.Words(), nullable=False),
        sa.Column("bytes", record.Whole(), nullable=False),
        sa.Column("template_version", record.Whole(), nullable=False),
        sa.Column("signed_by", record.Words(), nullable=False),
        sa.Column("log_number", record.Whole(), nullable=False),
        sa.Column("made_at", record.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["condition_report.id"]),
        sa.ForeignKeyConstraint(["sha256"], ["blob.sha256"]),
        sa.PrimaryKeyConstraint("report_id", "version"),
        sqlite_strict=True,
    )
    op.create_table(
        "sale_record",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("order_id", record.Words(), nullable=False),
        sa.Column("unit_id", record.Words(), nullable=False),
        sa.Column("report_id", record.Words(), nullable=True),
        sa.Column("frozen", record.Words(), nullable=False),
        sa.Column("log_number", record.Whole(), nullable=False),
        sa.Column("sold_at", record.Instant(), nullable=False),
        sa.Column("frozen_at", record.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"]),
        sa.ForeignKeyConstraint(["report_id"], ["condition_report.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("order_id", "unit_id"),
        sqlite_strict=True,
    )
    op.create_index("sale_record_unit", "sale_record", ["unit_id", "sold_at"])
    op.create_table(
        "sale_exhibit",
        sa.Column("sale_record_id", record.Words(), nullable=False),
        sa.Column("asset_id", record.Words(), nullable=False),
        sa.Column("sha256", record.Words(), nullable=False),
        sa.Column("part", record.Words(), nullable=True),
        sa.Column("kind", record.Words(), nullable=False),
        sa.Column("captured_at", record.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["sale_record_id"], ["sale_record.id"]),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"]),
        sa.PrimaryKeyConstraint("sale_record_id", "asset_id"),
        sqlite_strict=True,
    )
    op.create_table(
        "condition_seen",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("customer_id", record.Words(), nullable=False),
        sa.Column("unit_id", record.Words(), nullable=False),
        sa.Column("report_id", record.Words(), nullable=False),
        sa.Column("manifest_sha256", record.Words(), nullable=False),
        sa.Column("conversation", record.Words(), nullable=False),
        sa.Column("lang", record.Words(), nullable=False),
        sa.Column("log_number", record.Whole(), nullable=False),
        sa.Column("seen_at", record.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"]),
        sa.ForeignKeyConstraint(["report_id"], ["condition_report.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("customer_id", "report_id"),
        sqlite_strict=True,
    )
