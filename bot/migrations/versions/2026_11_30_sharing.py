"""How far a share page goes, its PIN and how often it may be opened; who looked at what."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from catalog.ground import record

revision = "2026_11_30_sharing"
down_revision = "2026_11_30_keeping"
branch_labels = None
depends_on = None


def upgrade() -> None:
    def add(name: str, kind: sa.types.TypeEngine[Any], **more: Any) -> None:
        op.add_column("share", sa.Column(name, kind, **{"nullable": True, **more}))

    add("reach", record.Words(), nullable=False, server_default="tiles")
    add("pin_hash", record.Words())
    add("pin_tries", record.Whole(), nullable=False, server_default="0")
    add("pin_locked_until", record.Instant())
    add("most_opened", record.Whole())
    for name in ("made_by", "audience", "note"):
        add(name, record.Words())
    op.create_index("share_audience", "share", ["audience"], unique=False)
    op.create_table(
        "viewing",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("share_id", record.Words(), nullable=False),
        sa.Column("mark", record.Words(), nullable=False),
        sa.Column("begun_at", record.Instant(), nullable=False),
        sa.Column("network", record.Words(), nullable=False),
        sa.Column("agent", record.Words(), nullable=False),
        sa.ForeignKeyConstraint(["share_id"], ["share.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("mark"),
        sqlite_strict=True,
    )
    op.create_index("ix_viewing_share_id", "viewing", ["share_id"], unique=False)
    op.create_table(
        "look",
        sa.Column("id", record.Whole(), nullable=False),
        sa.Column("at", record.Instant(), nullable=False),
        sa.Column("what", record.Words(), nullable=False),
        sa.Column("result", record.Words(), nullable=False),
        sa.Column("times", record.Whole(), nullable=False),
        sa.Column("share_id", record.Words(), nullable=True),
        sa.Column("viewing_id", record.Words(), nullable=True),
        sa.Column("pass_hash", record.Words(), nullable=True),
        sa.Column("asset_id", record.Words(), nullable=True),
        sa.Column("rendition_id", record.Words(), nullable=True),
        sa.Column("span", record.Words(), nullable=False),
        sa.Column("network", record.Words(), nullable=False),
        sa.Column("agent", record.Words(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("look_share", "look", ["share_id", "id"], unique=False)
    op.create_index("look_asset", "look", ["asset_id", "id"], unique=False)
    op.create_index("look_pass", "look", ["pass_hash", "id"], unique=False)
    op.create_index("ix_look_at", "look", ["at"], unique=False)
