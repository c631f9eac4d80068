"""Shop hours, shifts and skills; who is asked first to take a ticket."""

import sqlalchemy as sa
from alembic import op

from catalog.ground import record

revision = "2026_11_29_shifts"
down_revision = "2026_11_29_beside_a_talk"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_stamp",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("stamp", record.Words(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_table(
        "open_weekday",
        sa.Column("store", record.Words(), nullable=False),
        sa.Column("weekday", record.Whole(), nullable=False),
        sa.Column("spans", record.Json(), nullable=False),
        sa.PrimaryKeyConstraint("store", "weekday"),
        sqlite_strict=True,
    )
    op.create_table(
        "open_day",
        sa.Column("store", record.Words(), nullable=False),
        sa.Column("day", record.Day(), nullable=False),
        sa.Column("spans", record.Json(), nullable=False),
        sa.Column("note", record.Words(), nullable=True),
        sa.PrimaryKeyConstraint("store", "day"),
        sqlite_strict=True,
    )
    op.create_table(
        "staff_skills",
        sa.Column("staff", record.Words(), nullable=False),
        sa.Column("categories", record.Json(), nullable=False),
        sa.Column("brands", record.Json(), nullable=False),
        sa.Column("languages", record.Json(), nullable=False),
        sa.Column("stores", record.Json(), nullable=False),
        sa.Column("capacity", record.Whole(), nullable=False),
        sa.Column("deputy", record.Words(), nullable=True),
        sa.Column("licence_no", record.Words(), nullable=True),
        sa.Column("away_until", record.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("staff"),
        sqlite_strict=True,
    )
    op.create_table(
        "shift_weekday",
        sa.Column("staff", record.Words(), nullable=False),
        sa.Column("weekday", record.Whole(), nullable=False),
        sa.Column("spans", record.Json(), nullable=False),
        sa.PrimaryKeyConstraint("staff", "weekday"),
        sqlite_strict=True,
    )
    op.create_table(
        "shift_day",
        sa.Column("staff", record.Words(), nullable=False),
        sa.Column("day", record.Day(), nullable=False),
        sa.Column("spans", record.Json(), nullable=False),
        sa.PrimaryKeyConstraint("staff", "day"),
        sqlite_strict=True,
    )
    op.create_table(
        "shift_window",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("staff", record.Words(), nullable=False),
        sa.Column("begins_at", record.Instant(), nullable=False),
        sa.Column("ends_at", record.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("shift_window_ends", "shift_window", ["ends_at"], unique=False)
    for name in ("about_brand", "about_category", "asked_first", "asked_why"):
        op.add_column("ticket", sa.Column(name, record.Words(), nullable=True))
    op.add_column(
        "ticket",
        sa.Column("priority", record.Whole(), nullable=False, server_default=sa.text("0")),
    )
