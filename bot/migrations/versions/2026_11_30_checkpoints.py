"""Checkpoints of the log with their keys, time stamps and heads of the journal's chains; leaves are
found by their piece; partners may wish to hold checkpoints.
"""

import sqlalchemy as sa
from alembic import op

from catalog.ground import record

revision = "2026_11_30_checkpoints"
down_revision = "2026_11_30_looking"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "log_key",
        sa.Column("key_id", record.Words(), nullable=False),
        sa.Column("verifier", record.Words(), nullable=False),
        sa.Column("log_number", record.Whole(), nullable=False),
        sa.Column("added_at", record.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("key_id"),
        sqlite_strict=True,
    )
    op.create_table(
        "log_checkpoint",
        sa.Column("number", record.Whole(), nullable=False),
        sa.Column("size", record.Whole(), nullable=False),
        sa.Column("root", record.Bytes(), nullable=False),
        sa.Column("key_id", record.Words(), nullable=False),
        sa.Column("note", record.Words(), nullable=False),
        sa.Column("day", record.Day(), nullable=True),
        sa.Column("made_at", record.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["log_key.key_id"]),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("day"),
        sqlite_strict=True,
    )
    op.create_index("log_checkpoint_size", "log_checkpoint", ["size"], unique=False)
    op.create_table(
        "checkpoint_stamp",
        sa.Column("checkpoint", record.Whole(), autoincrement=False, nullable=False),
        sa.Column("answer", record.Bytes(), nullable=False),
        sa.Column("stamped_at", record.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["checkpoint"], ["log_checkpoint.number"]),
        sa.PrimaryKeyConstraint("checkpoint"),
        sqlite_strict=True,
    )
    op.create_table(
        "journal_head",
        sa.Column("log_number", record.Whole(), nullable=False),
        sa.Column("subject", record.Words(), nullable=False),
        sa.Column("number", record.Whole(), nullable=False),
        sa.Column("hash", record.Words(), nullable=False),
        sa.PrimaryKeyConstraint("log_number", "subject"),
        sqlite_strict=True,
    )
    op.create_index("journal_head_subject", "journal_head", ["subject", "number"], unique=False)
    op.add_column("log_leaf", sa.Column("unit_id", record.Words(), nullable=True))
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    named = "json_extract(payload, '$.unit')" if is_sqlite else "payload::json ->> 'unit'"
    op.execute(f"UPDATE log_leaf SET unit_id = {named}")
    op.create_index(
        "log_leaf_unit",
        "log_leaf",
        ["unit_id"],
        unique=False,
        sqlite_where=sa.text("unit_id IS NOT NULL"),
        postgresql_where=sa.text("unit_id IS NOT NULL"),
    )
    holds: sa.Column[bool] = sa.Column(
        "holds_checkpoints", record.YesNo(), nullable=False, server_default=sa.false()
    )
    op.add_column("partner", holds)
