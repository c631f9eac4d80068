"""Files of staff on their way in."""

import sqlalchemy as sa
from alembic import op

from catalog.ground import record

revision = "2026_11_30_uploads"
down_revision = "2026_11_29_push"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "upload",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("owner", record.Words(), nullable=False),
        sa.Column("actor", record.Words(), nullable=False),
        sa.Column("state", record.Words(), nullable=False),
        sa.Column("length", record.Whole(), nullable=False),
        sa.Column("held", record.Whole(), nullable=False),
        sa.Column("torn_at", record.Whole(), nullable=True),
        sa.Column("told", record.Words(), nullable=False),
        sa.Column("name", record.Words(), nullable=False),
        sa.Column("code", record.Words(), nullable=True),
        sa.Column("part", record.Words(), nullable=True),
        sa.Column("occasion", record.Words(), nullable=True),
        sa.Column("station", record.Words(), nullable=True),
        sa.Column("request_key", record.Words(), nullable=True),
        sa.Column("asset_id", record.Words(), nullable=True),
        sa.Column("refusal", record.Words(), nullable=True),
        sa.Column("modified_at", record.Instant(), nullable=True),
        sa.Column("begun_at", record.Instant(), nullable=False),
        sa.Column("touched_at", record.Instant(), nullable=False),
        sa.Column("expires_at", record.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("owner", "request_key"),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_upload_asset_id"), "upload", ["asset_id"], unique=False)
    op.create_index("upload_unfinished", "upload", ["state", "expires_at"], unique=False)
