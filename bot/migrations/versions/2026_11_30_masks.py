"""What is hidden of a capture outside the house, and what is kept of it unmasked for the house."""

import sqlalchemy as sa
from alembic import op

from catalog.ground import record

revision = "2026_11_30_masks"
down_revision = "2026_11_30_capturing"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mask_set",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("asset_id", record.Words(), nullable=False),
        sa.Column("number", record.Whole(), nullable=False),
        sa.Column("boxes", record.Json(), nullable=False),
        sa.Column("drawn_by", record.Words(), nullable=False),
        sa.Column("drawn_at", record.Instant(), nullable=False),
        sa.Column("log_number", record.Whole(), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("asset_id", "number"),
        sqlite_strict=True,
    )
    op.create_table(
        "bare_rendition",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("asset_id", record.Words(), nullable=False),
        sa.Column("recipe", record.Words(), nullable=False),
        sa.Column("key", record.Words(), nullable=False),
        sa.Column("sha256", record.Words(), nullable=False),
        sa.Column("bytes", record.Whole(), nullable=False),
        sa.Column("mime", record.Words(), nullable=False),
        sa.Column("width", record.Whole(), nullable=False),
        sa.Column("height", record.Whole(), nullable=False),
        sa.Column("duration_ms", record.Whole(), nullable=True),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("asset_id", "recipe"),
        sqlite_strict=True,
    )
