"""How originals are kept: their copies, checks, what was put aside, holds, wishes to delete."""

import sqlalchemy as sa
from alembic import op

from catalog.ground import record

revision = "2026_11_30_keeping"
down_revision = "2026_11_30_reports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("blob", sa.Column("state", record.Words(), nullable=False, server_default="kept"))
    op.add_column("blob", sa.Column("checked_at", record.Instant(), nullable=True))
    op.create_index("blob_check", "blob", ["state", "checked_at"], unique=False)
    op.create_index("blob_kept", "blob", ["kept_at"], unique=False)
    op.create_table(
        "blob_copy",
        sa.Column("sha256", record.Words(), nullable=False),
        sa.Column("replica", record.Words(), nullable=False),
        sa.Column("state", record.Words(), nullable=False),
        sa.Column("last_ok_at", record.Instant(), nullable=True),
        sa.Column("last_bad_at", record.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["sha256"], ["blob.sha256"]),
        sa.PrimaryKeyConstraint("sha256", "replica"),
        sqlite_strict=True,
    )
    op.create_index("blob_copy_state", "blob_copy", ["replica", "state"], unique=False)
    _checks()
    _deleting()


def _checks() -> None:
    op.create_table(
        "fixity_pass",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("started_at", record.Instant(), nullable=False),
        sa.Column("ended_at", record.Instant(), nullable=True),
        sa.Column("originals", record.Whole(), nullable=False),
        sa.Column("bytes", record.Whole(), nullable=False),
        sa.Column("wrong", record.Whole(), nullable=False),
        sa.Column("repaired", record.Whole(), nullable=False),
        sa.Column("lost", record.Whole(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("fixity_pass_begun", "fixity_pass", ["started_at"], unique=False)
    op.create_table(
        "quarantined",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("replica", record.Words(), nullable=False),
        sa.Column("key", record.Words(), nullable=False),
        sa.Column("sha256", record.Words(), nullable=False),
        sa.Column("found_at", record.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("replica", "key"),
        sqlite_strict=True,
    )
    op.create_table(
        "leaf_export",
        sa.Column("id", record.Whole(), autoincrement=False, nullable=False),
        sa.Column("size", record.Whole(), nullable=False),
        sa.Column("at", record.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )


def _deleting() -> None:
    op.create_table(
        "legal_hold",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("about", record.Words(), nullable=False),
        sa.Column("until", record.Instant(), nullable=True),
        sa.Column("reason", record.Words(), nullable=False),
        sa.Column("placed_by", record.Words(), nullable=False),
        sa.Column("placed_at", record.Instant(), nullable=False),
        sa.Column("lifted_by", record.Words(), nullable=True),
        sa.Column("lifted_at", record.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("legal_hold_about", "legal_hold", ["about"], unique=False)
    op.create_table(
        "deletion_wish",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("sha256", record.Words(), nullable=False),
        sa.Column("open_key", record.Words(), nullable=True),
        sa.Column("state", record.Words(), nullable=False),
        sa.Column("reason", record.Words(), nullable=False),
        sa.Column("asked_by", record.Words(), nullable=False),
        sa.Column("asked_at", record.Instant(), nullable=False),
        sa.Column("answered_by", record.Words(), nullable=True),
        sa.Column("answered_at", record.Instant(), nullable=True),
        sa.Column("log_number", record.Whole(), nullable=True),
        sa.ForeignKeyConstraint(["sha256"], ["blob.sha256"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("open_key"),
        sqlite_strict=True,
    )
    op.create_index("deletion_wish_state", "deletion_wish", ["state"], unique=False)
