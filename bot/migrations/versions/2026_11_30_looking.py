"""Scale of a microscope's pictures, chapters of films, comparisons; tiles for what is there."""

import sqlalchemy as sa
from alembic import op

from catalog.ground import record

revision = "2026_11_30_looking"
down_revision = "2026_11_30_uploads"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("asset", sa.Column("um_per_px", record.Measure(), nullable=True))
    op.add_column("asset", sa.Column("axes", record.Words(), nullable=True))
    op.add_column("asset", sa.Column("pages", record.Whole(), nullable=True))
    op.create_table(
        "chapter",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("asset_id", record.Words(), nullable=False),
        sa.Column("at_ms", record.Whole(), nullable=False),
        sa.Column("part", record.Words(), nullable=True),
        sa.Column("label", record.Words(), nullable=False),
        sa.Column("open_key", record.Words(), nullable=True),
        sa.Column("marked_by", record.Words(), nullable=False),
        sa.Column("marked_at", record.Instant(), nullable=False),
        sa.Column("ended_at", record.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("open_key"),
        sqlite_strict=True,
    )
    op.create_index("chapter_asset", "chapter", ["asset_id"], unique=False)
    op.create_table(
        "registration",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("earlier_id", record.Words(), nullable=False),
        sa.Column("later_id", record.Words(), nullable=False),
        sa.Column("points", record.Json(), nullable=False),
        sa.Column("made_by", record.Words(), nullable=False),
        sa.Column("made_at", record.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["earlier_id"], ["asset.id"]),
        sa.ForeignKeyConstraint(["later_id"], ["asset.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("registration_pair", "registration", ["earlier_id", "later_id"], unique=False)
    op.create_table(
        "comparison_candidates",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("earlier_id", record.Words(), nullable=False),
        sa.Column("later_id", record.Words(), nullable=False),
        sa.Column("version", record.Whole(), nullable=False),
        sa.Column("matrix", record.Json(), nullable=True),
        sa.Column("inliers", record.Whole(), nullable=False),
        sa.Column("boxes", record.Json(), nullable=False),
        sa.Column("asked_by", record.Words(), nullable=False),
        sa.Column("made_at", record.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["earlier_id"], ["asset.id"]),
        sa.ForeignKeyConstraint(["later_id"], ["asset.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("earlier_id", "later_id", "version"),
        sqlite_strict=True,
    )
    op.create_table(
        "comparison",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("earlier_id", record.Words(), nullable=False),
        sa.Column("later_id", record.Words(), nullable=False),
        sa.Column("earlier_sha256", record.Words(), nullable=False),
        sa.Column("later_sha256", record.Words(), nullable=False),
        sa.Column("registration", record.Json(), nullable=True),
        sa.Column("matrix", record.Json(), nullable=True),
        sa.Column("boxes", record.Json(), nullable=False),
        sa.Column("verdict", record.Words(), nullable=False),
        sa.Column("note", record.Words(), nullable=True),
        sa.Column("decided_by", record.Words(), nullable=False),
        sa.Column("decided_at", record.Instant(), nullable=False),
        sa.Column("log_number", record.Whole(), nullable=False),
        sa.ForeignKeyConstraint(["earlier_id"], ["asset.id"]),
        sa.ForeignKeyConstraint(["later_id"], ["asset.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("comparison_pair", "comparison", ["earlier_id", "later_id"], unique=False)
    # Pictures that were made smaller to be shown get their tiles, as new ones do.
    op.execute(
        sa.text(
            "INSERT INTO worklist (kind, subject, work_key, facts, state, due_at, attempts,"
            " written_at)"
            " SELECT 'rendition.tiles', a.id, a.id, '{}', 'due', a.received_at, 0, a.received_at"
            " FROM asset a JOIN rendition r ON r.asset_id = a.id AND r.recipe = 'full'"
            " AND r.version = 1 AND r.state = 'ready' AND (r.width = 2048 OR r.height = 2048)"
            " WHERE a.kind = 'still'"
        )
    )
