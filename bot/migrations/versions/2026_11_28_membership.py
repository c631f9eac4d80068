"""Membership: account link, page passes, tastes, and who wants to be forgotten."""

import sqlalchemy as sa
from alembic import op

from catalog.ground import record

revision = "2026_11_28_membership"
down_revision = "2026_11_28_disputes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("customer", sa.Column("erase_asked_at", record.Instant(), nullable=True))
    op.add_column("customer", sa.Column("erased_at", record.Instant(), nullable=True))
    op.create_table(
        "link_try",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("token_hash", record.Words(), nullable=False),
        sa.Column("channel", record.Words(), nullable=False),
        sa.Column("address", record.Words(), nullable=False),
        sa.Column("lang", record.Words(), nullable=False),
        sa.Column("customer_id", record.Words(), nullable=True),
        sa.Column("code_hash", record.Words(), nullable=True),
        sa.Column("code_until", record.Instant(), nullable=True),
        sa.Column("tries_left", record.Whole(), nullable=False),
        sa.Column("nonce_hash", record.Words(), nullable=True),
        sa.Column("nonce_until", record.Instant(), nullable=True),
        sa.Column("begun_at", record.Instant(), nullable=False),
        sa.Column("expires_at", record.Instant(), nullable=False),
        sa.Column("ended_at", record.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
        sa.UniqueConstraint("nonce_hash"),
        sqlite_strict=True,
    )
    op.create_index("link_try_address", "link_try", ["channel", "address"], unique=False)
    op.create_table(
        "link_ask",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("link_id", record.Words(), nullable=False),
        sa.Column("order_hash", record.Words(), nullable=False),
        sa.Column("address_hash", record.Words(), nullable=False),
        sa.Column("asked_at", record.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["link_id"], ["link_try.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("link_ask_order", "link_ask", ["order_hash", "asked_at"], unique=False)
    op.create_index("link_ask_address", "link_ask", ["address_hash", "asked_at"], unique=False)
    op.create_table(
        "page_pass",
        sa.Column("token_hash", record.Words(), nullable=False),
        sa.Column("kind", record.Words(), nullable=False),
        sa.Column("customer_id", record.Words(), nullable=True),
        sa.Column("channel", record.Words(), nullable=False),
        sa.Column("address", record.Words(), nullable=False),
        sa.Column("lang", record.Words(), nullable=False),
        sa.Column("issued_at", record.Instant(), nullable=False),
        sa.Column("expires_at", record.Instant(), nullable=False),
        sa.Column("ended_at", record.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.PrimaryKeyConstraint("token_hash"),
        sqlite_strict=True,
    )
    op.create_index("page_pass_address", "page_pass", ["channel", "address"], unique=False)
    op.create_table(
        "taste",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("customer_id", record.Words(), nullable=False),
        sa.Column("words", record.Words(), nullable=False),
        sa.Column("heard_at", record.Instant(), nullable=False),
        sa.Column("kept_at", record.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("taste_customer", "taste", ["customer_id"], unique=False)
