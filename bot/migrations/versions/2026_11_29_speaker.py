"""Who speaks in a conversation, letters written by staff, and the way of a ticket."""

import sqlalchemy as sa
from alembic import op

from catalog.ground import record

revision = "2026_11_29_speaker"
down_revision = "2026_11_28_webchat"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("thread", sa.Column("speaker", record.Words(), nullable=True))
    op.add_column("thread", sa.Column("reply_token", record.Words(), nullable=True))
    op.add_column("thread", sa.Column("reply_until", record.Instant(), nullable=True))
    op.add_column("outbox", sa.Column("written_by", record.Words(), nullable=True))
    op.create_index(
        "outbox_held",
        "outbox",
        ["conversation"],
        unique=False,
        sqlite_where=sa.text("state = 'held'"),
        postgresql_where=sa.text("state = 'held'"),
    )
    op.add_column("ticket", sa.Column("owner", record.Words(), nullable=True))
    for name in ("claimed_at", "answered_at", "unanswered_since", "wake_at"):
        op.add_column("ticket", sa.Column(name, record.Instant(), nullable=True))
    op.add_column("ticket", sa.Column("rating", record.Whole(), nullable=True))
    for name in ("level", "misses", "version"):
        op.add_column(
            "ticket",
            sa.Column(name, record.Whole(), nullable=False, server_default=sa.text("0")),
        )
    op.create_index("ticket_conversation", "ticket", ["conversation", "opened_at"], unique=False)
    op.execute("UPDATE ticket SET state = 'waiting' WHERE state = 'open'")
