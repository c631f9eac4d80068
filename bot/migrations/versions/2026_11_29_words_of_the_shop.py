"""Canned replies, macros, next steps for a customer, and the words of messages to be found by."""

import sqlalchemy as sa
from alembic import op

from catalog.ground import record

revision = "2026_11_29_words_of_the_shop"
down_revision = "2026_11_29_appointments"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "canned",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("shortcut", record.Words(), nullable=False),
        sa.Column("open_shortcut", record.Words(), nullable=True),
        sa.Column("title", record.Words(), nullable=False),
        sa.Column("version", record.Whole(), nullable=False),
        sa.Column("changed_at", record.Instant(), nullable=False),
        sa.Column("retired_at", record.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("open_shortcut"),
        sqlite_strict=True,
    )
    op.create_table(
        "canned_text",
        sa.Column("canned_id", record.Words(), nullable=False),
        sa.Column("version", record.Whole(), nullable=False),
        sa.Column("lang", record.Words(), nullable=False),
        sa.Column("body", record.Words(), nullable=False),
        sa.Column("written_by", record.Words(), nullable=False),
        sa.Column("written_at", record.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["canned_id"], ["canned.id"]),
        sa.PrimaryKeyConstraint("canned_id", "version", "lang"),
        sqlite_strict=True,
    )
    op.create_table(
        "macro",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("name", record.Words(), nullable=False),
        sa.Column("open_name", record.Words(), nullable=True),
        sa.Column("steps", record.Json(), nullable=False),
        sa.Column("version", record.Whole(), nullable=False),
        sa.Column("changed_at", record.Instant(), nullable=False),
        sa.Column("retired_at", record.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("open_name"),
        sqlite_strict=True,
    )
    op.create_table(
        "next_step",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("customer_id", record.Words(), nullable=False),
        sa.Column("words", record.Words(), nullable=False),
        sa.Column("due_on", record.Day(), nullable=False),
        sa.Column("staff", record.Words(), nullable=False),
        sa.Column("dedupe", record.Words(), nullable=False),
        sa.Column("written_by", record.Words(), nullable=False),
        sa.Column("written_at", record.Instant(), nullable=False),
        sa.Column("done_at", record.Instant(), nullable=True),
        sa.Column("done_by", record.Words(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("dedupe"),
        sqlite_strict=True,
    )
    op.create_index("next_step_customer", "next_step", ["customer_id", "due_on"], unique=False)
    op.create_index(
        "next_step_open",
        "next_step",
        ["staff", "due_on"],
        unique=False,
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "message_words",
        sa.Column("id", record.Whole(), nullable=False),
        sa.Column("source", record.Words(), nullable=False),
        sa.Column("number", record.Whole(), nullable=False),
        sa.Column("conversation", record.Words(), nullable=False),
        sa.Column("at", record.Instant(), nullable=False),
        sa.Column("words", record.Words(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("source", "number"),
        sqlite_strict=True,
    )
    op.create_index("message_words_talk", "message_words", ["conversation"], unique=False)
