"""What staff write and see beside a conversation: notes, drafts, labels, what was read."""

import sqlalchemy as sa
from alembic import op

from catalog.ground import record

revision = "2026_11_29_beside_a_talk"
down_revision = "2026_11_29_feed"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("customer", sa.Column("vip_since", record.Instant(), nullable=True))
    op.create_index("inbox_talk", "inbox", ["conversation", "event_at", "id"], unique=False)
    op.create_index("outbox_talk", "outbox", ["conversation", "written_at", "id"], unique=False)
    op.create_index("thread_heard", "thread", ["heard_at", "id"], unique=False)
    op.create_index("media_view_talk", "media_view", ["conversation", "at"], unique=False)
    op.create_index("ticket_closed", "ticket", ["state", "closed_at"], unique=False)
    op.create_index("ticket_owner", "ticket", ["owner", "state"], unique=False)
    op.create_table(
        "note",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("conversation", record.Words(), nullable=False),
        sa.Column("author", record.Words(), nullable=False),
        sa.Column("body", record.Words(), nullable=False),
        sa.Column("source", record.Words(), nullable=False),
        sa.Column("dedupe", record.Words(), nullable=False),
        sa.Column("retracts", record.Words(), nullable=True),
        sa.Column("written_at", record.Instant(), nullable=False),
        sa.Column("scrubbed_at", record.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["retracts"], ["note.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("dedupe"),
        sa.UniqueConstraint("retracts"),
        sqlite_strict=True,
    )
    op.create_index("note_of", "note", ["conversation", "written_at", "id"], unique=False)
    op.create_table(
        "note_mention",
        sa.Column("note_id", record.Words(), nullable=False),
        sa.Column("staff", record.Words(), nullable=False),
        sa.Column("conversation", record.Words(), nullable=False),
        sa.Column("told_at", record.Instant(), nullable=True),
        sa.Column("seen_at", record.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["note_id"], ["note.id"]),
        sa.ForeignKeyConstraint(["staff"], ["staff.id"]),
        sa.PrimaryKeyConstraint("note_id", "staff"),
        sqlite_strict=True,
    )
    op.create_index("note_mention_staff", "note_mention", ["staff", "conversation"], unique=False)
    op.create_table(
        "seen",
        sa.Column("staff", record.Words(), nullable=False),
        sa.Column("conversation", record.Words(), nullable=False),
        sa.Column("heard_to", record.Whole(), nullable=False),
        sa.Column("at", record.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("staff", "conversation"),
        sqlite_strict=True,
    )
    op.create_table(
        "presence",
        sa.Column("conversation", record.Words(), nullable=False),
        sa.Column("staff", record.Words(), nullable=False),
        sa.Column("doing", record.Words(), nullable=False),
        sa.Column("until", record.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("conversation", "staff"),
        sqlite_strict=True,
    )
    op.create_index("presence_until", "presence", ["until"], unique=False)
    op.create_table(
        "draft",
        sa.Column("conversation", record.Words(), nullable=False),
        sa.Column("staff", record.Words(), nullable=False),
        sa.Column("mode", record.Words(), nullable=False),
        sa.Column("body", record.Words(), nullable=False),
        sa.Column("version", record.Whole(), nullable=False),
        sa.Column("changed_at", record.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("conversation", "staff", "mode"),
        sqlite_strict=True,
    )
    op.create_index("draft_staff", "draft", ["staff", "changed_at"], unique=False)
    op.create_table(
        "label",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("name", record.Words(), nullable=False),
        sa.Column("open_name", record.Words(), nullable=True),
        sa.Column("colour", record.Words(), nullable=False),
        sa.Column("made_at", record.Instant(), nullable=False),
        sa.Column("retired_at", record.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("open_name"),
        sqlite_strict=True,
    )
    op.create_table(
        "conversation_label",
        sa.Column("conversation", record.Words(), nullable=False),
        sa.Column("label_id", record.Words(), nullable=False),
        sa.Column("set_by", record.Words(), nullable=False),
        sa.Column("set_at", record.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["label_id"], ["label.id"]),
        sa.PrimaryKeyConstraint("conversation", "label_id"),
        sqlite_strict=True,
    )
    op.create_index(
        "conversation_label_of", "conversation_label", ["label_id", "conversation"], unique=False
    )
