"""What a buyer says of a piece sent back and how it is settled; disputes and their exhibits."""

import sqlalchemy as sa
from alembic import op

from catalog.ground import record

revision = "2026_11_28_disputes"
down_revision = "2026_11_28_selling"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("return_case", sa.Column("told", record.Json(), nullable=True))
    op.add_column("return_case", sa.Column("settle_as", record.Words(), nullable=True))
    op.add_column("return_case", sa.Column("consent_id", record.Words(), nullable=True))
    op.create_table(
        "dispute",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("conversation", record.Words(), nullable=False),
        sa.Column("unit_id", record.Words(), nullable=False),
        sa.Column("order_id", record.Words(), nullable=True),
        sa.Column("part", record.Words(), nullable=True),
        sa.Column("sold_at", record.Instant(), nullable=True),
        sa.Column("state", record.Words(), nullable=False),
        sa.Column("open_key", record.Words(), nullable=True),
        sa.Column("frozen", record.Words(), nullable=False),
        sa.Column("log_number", record.Whole(), nullable=True),
        sa.Column("promised_at", record.Instant(), nullable=False),
        sa.Column("opened_at", record.Instant(), nullable=False),
        sa.Column("closed_at", record.Instant(), nullable=True),
        sa.Column("closed_by", record.Words(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("open_key"),
        sqlite_strict=True,
    )
    op.create_index("dispute_unit", "dispute", ["unit_id"])
    op.create_index("ix_dispute_conversation", "dispute", ["conversation"])
    op.create_table(
        "dispute_exhibit",
        sa.Column("dispute_id", record.Words(), nullable=False),
        sa.Column("asset_id", record.Words(), nullable=False),
        sa.Column("sha256", record.Words(), nullable=False),
        sa.Column("part", record.Words(), nullable=True),
        sa.Column("kind", record.Words(), nullable=False),
        sa.Column("captured_at", record.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"]),
        sa.ForeignKeyConstraint(["dispute_id"], ["dispute.id"]),
        sa.PrimaryKeyConstraint("dispute_id", "asset_id"),
        sqlite_strict=True,
    )
