"""Appointments, and the quarters of an hour they take."""

import sqlalchemy as sa
from alembic import op

from catalog.ground import record

revision = "2026_11_29_appointments"
down_revision = "2026_11_29_shifts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "appointment",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("key", record.Words(), nullable=False),
        sa.Column("kind", record.Words(), nullable=False),
        sa.Column("state", record.Words(), nullable=False),
        sa.Column("conversation", record.Words(), nullable=False),
        sa.Column("customer", record.Words(), nullable=True),
        sa.Column("lang", record.Words(), nullable=False),
        sa.Column("store", record.Words(), nullable=True),
        sa.Column("about_unit", record.Words(), nullable=True),
        sa.Column("staff", record.Words(), nullable=True),
        sa.Column("seats", record.Json(), nullable=False),
        sa.Column("place", record.Words(), nullable=True),
        sa.Column("place_filed_on", record.Day(), nullable=True),
        sa.Column("link", record.Words(), nullable=True),
        sa.Column("starts_at", record.Instant(), nullable=False),
        sa.Column("ends_at", record.Instant(), nullable=False),
        sa.Column("held_until", record.Instant(), nullable=True),
        sa.Column("replaces", record.Words(), nullable=True),
        sa.Column("asked_at", record.Instant(), nullable=False),
        sa.Column("booked_at", record.Instant(), nullable=True),
        sa.Column("ended_at", record.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
        sqlite_strict=True,
    )
    op.create_index("appointment_starts", "appointment", ["starts_at"], unique=False)
    op.create_index(
        "appointment_conversation", "appointment", ["conversation", "starts_at"], unique=False
    )
    op.create_index("appointment_staff", "appointment", ["staff", "starts_at"], unique=False)
    op.create_index(
        "appointment_held",
        "appointment",
        ["held_until"],
        unique=False,
        sqlite_where=sa.text("state = 'held'"),
        postgresql_where=sa.text("state = 'held'"),
    )
    op.create_table(
        "appointment_quarter",
        sa.Column("seat", record.Words(), nullable=False),
        sa.Column("at", record.Instant(), nullable=False),
        sa.Column("appointment", record.Words(), nullable=False),
        sa.Column("until", record.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("seat", "at"),
        sqlite_strict=True,
    )
    op.create_index("appointment_quarter_of", "appointment_quarter", ["appointment"], unique=False)
