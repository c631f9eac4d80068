"""Capture sessions by tag and by staff, and what came in during each."""

import sqlalchemy as sa
from alembic import op

from catalog.ground import record

revision = "2026_11_30_capturing"
down_revision = "2026_11_30_custody"
branch_labels = None
depends_on = None

_MOVED = "id, unit_id, opened_by, opened_at, closed_at"


def upgrade() -> None:
    op.create_table(
        "capture_session",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("scope", record.Words(), nullable=False),
        sa.Column("open_scope", record.Words(), nullable=True),
        sa.Column("unit_id", record.Words(), nullable=False),
        sa.Column("occasion", record.Words(), nullable=True),
        sa.Column("operator", record.Words(), nullable=True),
        sa.Column("opened_by", record.Words(), nullable=True),
        sa.Column("ended_by", record.Words(), nullable=True),
        sa.Column("opened_at", record.Instant(), nullable=False),
        sa.Column("closed_at", record.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"]),
        sa.ForeignKeyConstraint(["opened_by"], ["asset.id"]),
        sa.ForeignKeyConstraint(["ended_by"], ["asset.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("open_scope"),
        sqlite_strict=True,
    )
    op.create_index("capture_session_scope", "capture_session", ["scope", "opened_at"])
    op.create_table(
        "session_capture",
        sa.Column("asset_id", record.Words(), nullable=False),
        sa.Column("session_id", record.Words(), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"]),
        sa.ForeignKeyConstraint(["session_id"], ["capture_session.id"]),
        sa.PrimaryKeyConstraint("asset_id"),
        sqlite_strict=True,
    )
    op.create_index("ix_session_capture_session_id", "session_capture", ["session_id"])
    op.execute(
        f"INSERT INTO capture_session (scope, open_scope, {_MOVED}) "
        f"SELECT folder, open_folder, {_MOVED} FROM tag_session"
    )
    op.drop_table("tag_session")
