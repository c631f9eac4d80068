"""What people look for, pages passed on, for whom a capture is, and codes typed in vain."""

import sqlalchemy as sa
from alembic import op

from catalog.ground import record

revision = "2026_11_28_wishes_and_shares"
down_revision = "2026_11_28_membership"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "wish",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("who", record.Words(), nullable=False),
        sa.Column("brand", record.Words(), nullable=True),
        sa.Column("model", record.Words(), nullable=True),
        sa.Column("category", record.Words(), nullable=True),
        sa.Column("price_to", record.Whole(), nullable=True),
        sa.Column("grade_at_least", record.Words(), nullable=True),
        sa.Column("made_at", record.Instant(), nullable=False),
        sa.Column("ended_at", record.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index(
        "wish_open",
        "wish",
        ["brand"],
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("wish_who", "wish", ["who"])
    op.create_table(
        "partner_invitation_try",
        sa.Column("id", record.Whole(), nullable=False),
        sa.Column("channel", record.Words(), nullable=False),
        sa.Column("address", record.Words(), nullable=False),
        sa.Column("at", record.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index(
        "partner_invitation_try_of", "partner_invitation_try", ["channel", "address", "at"]
    )
    op.create_table(
        "share",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("id_hash", record.Words(), nullable=False),
        sa.Column("unit_id", record.Words(), nullable=False),
        sa.Column("holder", record.Words(), nullable=False),
        sa.Column("lang", record.Words(), nullable=False),
        sa.Column("signs", record.Words(), nullable=False),
        sa.Column("made_at", record.Instant(), nullable=False),
        sa.Column("ends_at", record.Instant(), nullable=False),
        sa.Column("revoked_at", record.Instant(), nullable=True),
        sa.Column("opened", record.Whole(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("id_hash"),
        sqlite_strict=True,
    )
    op.create_index("share_holder", "share", ["holder"])
    op.create_index("ix_share_unit_id", "share", ["unit_id"])
    op.create_table(
        "shared_asset",
        sa.Column("share_id", record.Words(), nullable=False),
        sa.Column("place", record.Whole(), nullable=False),
        sa.Column("asset_id", record.Words(), nullable=False),
        sa.Column("sha256", record.Words(), nullable=False),
        sa.ForeignKeyConstraint(["share_id"], ["share.id"]),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"]),
        sa.PrimaryKeyConstraint("share_id", "place"),
        sqlite_strict=True,
    )
    op.add_column("capture_wait", sa.Column("partner_id", record.Words(), nullable=True))
