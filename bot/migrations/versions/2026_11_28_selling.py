"""Selling by chat: pictures that belong to a piece, the packing kit of a case, dealers proposed."""

import sqlalchemy as sa
from alembic import op

from catalog.ground import record

revision = "2026_11_28_selling"
down_revision = "2026_11_22_first_house"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("asset", sa.Column("about", record.Words(), nullable=True))
    op.create_index("asset_about", "asset", ["about"], unique=False)
    op.add_column("buyback_case", sa.Column("kit_box", record.Words(), nullable=True))
    op.add_column("buyback_case", sa.Column("kit_no", record.Words(), nullable=True))
    op.create_table(
        "attachment",
        sa.Column("file_id", record.Words(), nullable=False),
        sa.Column("asset_id", record.Words(), nullable=False),
        sa.Column("sharpness", record.Whole(), nullable=True),
        sa.Column("attached_at", record.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"]),
        sa.ForeignKeyConstraint(["file_id"], ["received_file.id"]),
        sa.PrimaryKeyConstraint("file_id"),
        sqlite_strict=True,
    )
    op.create_table(
        "referral_proposal",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("piece_id", record.Words(), nullable=False),
        sa.Column("partner_id", record.Words(), nullable=False),
        sa.Column("indication", record.Whole(), nullable=True),
        sa.Column("reason", record.Words(), nullable=False),
        sa.Column("proposed_by", record.Words(), nullable=False),
        sa.Column("proposed_at", record.Instant(), nullable=False),
        sa.Column("answered_at", record.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"]),
        sa.ForeignKeyConstraint(["piece_id"], ["case_piece.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("referral_proposal_piece", "referral_proposal", ["piece_id"], unique=False)
    op.create_index(op.f("ix_attachment_asset_id"), "attachment", ["asset_id"], unique=False)
