"""Slack for staff: threads, what staff did there, remarks, copies of files."""

import sqlalchemy as sa
from alembic import op

from catalog.ground import record

revision = "2026_11_29_staff_slack"
down_revision = "2026_11_29_partner_passes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "slack_thread",
        sa.Column("conversation", record.Words(), nullable=False),
        sa.Column("channel", record.Words(), nullable=False),
        sa.Column("ts", record.Words(), nullable=True),
        sa.Column("ticket", record.Words(), nullable=False),
        sa.Column("announced", record.Words(), nullable=False),
        sa.Column("opened_at", record.Instant(), nullable=False),
        sa.Column("due_at", record.Instant(), nullable=True),
        sa.Column("changes", record.Whole(), nullable=False),
        sa.Column("attempts", record.Whole(), nullable=False),
        sa.Column("leased_by", record.Words(), nullable=True),
        sa.Column("lease_until", record.Instant(), nullable=True),
        sa.Column("shown", record.Words(), nullable=True),
        sa.Column("shown_at", record.Instant(), nullable=True),
        sa.Column("floors", record.Json(), nullable=False),
        sa.Column("ceiling", record.Json(), nullable=True),
        sa.Column("posts", record.Json(), nullable=False),
        sa.Column("redraw", record.Json(), nullable=False),
        sa.Column("trying", record.Json(), nullable=True),
        sa.Column("last_error", record.Words(), nullable=True),
        sa.PrimaryKeyConstraint("conversation"),
        sqlite_strict=True,
    )
    due = sa.text("due_at IS NOT NULL")
    op.create_index(
        "slack_thread_due", "slack_thread", ["due_at"], unique=False, sqlite_where=due,
        postgresql_where=due,
    )  # fmt: skip
    op.create_index("slack_thread_place", "slack_thread", ["channel", "ts"], unique=False)
    op.create_table(
        "slack_remark",
        sa.Column("id", record.Whole(), nullable=False),
        sa.Column("conversation", record.Words(), nullable=False),
        sa.Column("what", record.Words(), nullable=False),
        sa.Column("facts", record.Json(), nullable=False),
        sa.Column("dedupe", record.Words(), nullable=False),
        sa.Column("written_at", record.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("dedupe"),
        sqlite_strict=True,
    )
    op.create_index(
        "slack_remark_conversation", "slack_remark", ["conversation", "id"], unique=False
    )
    op.create_table(
        "slack_gesture",
        sa.Column("key", record.Words(), nullable=False),
        sa.Column("body", record.Words(), nullable=False),
        sa.Column("place", record.Words(), nullable=True),
        sa.Column("ts", record.Words(), nullable=True),
        sa.Column("received_at", record.Instant(), nullable=False),
        sa.Column("ended_at", record.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("key"),
        sqlite_strict=True,
    )
    op.create_index(
        "slack_gesture_open",
        "slack_gesture",
        ["place", "ts"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "slack_said",
        sa.Column("id", record.Whole(), nullable=False),
        sa.Column("channel", record.Words(), nullable=False),
        sa.Column("ts", record.Words(), nullable=False),
        sa.Column("conversation", record.Words(), nullable=False),
        sa.Column("what", record.Words(), nullable=False),
        sa.Column("said_at", record.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("channel", "ts"),
        sqlite_strict=True,
    )
    op.create_index("ix_slack_said_conversation", "slack_said", ["conversation"], unique=False)
    op.create_table(
        "slack_file",
        sa.Column("file_id", record.Words(), nullable=False),
        sa.Column("conversation", record.Words(), nullable=False),
        sa.Column("slack_file", record.Words(), nullable=False),
        sa.Column("uploaded_at", record.Instant(), nullable=False),
        sa.Column("shown_at", record.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("file_id"),
        sqlite_strict=True,
    )
    op.create_index("ix_slack_file_conversation", "slack_file", ["conversation"], unique=False)
