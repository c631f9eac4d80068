"""Browsers of staff that may be told things."""

import sqlalchemy as sa
from alembic import op

from catalog.ground import record

revision = "2026_11_29_push"
down_revision = "2026_11_29_staff_slack"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "push_subscription",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("staff_id", record.Words(), nullable=False),
        sa.Column("session_id", record.Words(), nullable=False),
        sa.Column("endpoint", record.Words(), nullable=False),
        sa.Column("p256dh", record.Bytes(), nullable=False),
        sa.Column("auth", record.Bytes(), nullable=False),
        sa.Column("server_key", record.Words(), nullable=False),
        sa.Column("lang", record.Words(), nullable=False),
        sa.Column("agent", record.Words(), nullable=True),
        sa.Column("since", record.Instant(), nullable=False),
        sa.Column("told_at", record.Instant(), nullable=True),
        sa.Column("ended_at", record.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("endpoint"),
        sqlite_strict=True,
    )
    op.create_index("push_subscription_person", "push_subscription", ["staff_id"], unique=False)
