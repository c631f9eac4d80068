"""The web chat: visitors, and the entries of their pages."""

import sqlalchemy as sa
from alembic import op

from catalog.ground import record

revision = "2026_11_28_webchat"
down_revision = "2026_11_28_news"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "web_visitor",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("token_hash", record.Words(), nullable=False),
        sa.Column("waiting_until", record.Instant(), nullable=True),
        sa.Column("opened_at", record.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
        sqlite_strict=True,
    )
    op.create_table(
        "web_letter",
        sa.Column("id", record.Whole(), nullable=False),
        sa.Column("conversation", record.Words(), nullable=False),
        sa.Column("heard_id", record.Whole(), nullable=True),
        sa.Column("letter_id", record.Whole(), nullable=True),
        sa.Column("at", record.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("heard_id"),
        sa.UniqueConstraint("letter_id"),
        sqlite_strict=True,
    )
    op.create_index("web_letter_page", "web_letter", ["conversation", "id"], unique=False)
