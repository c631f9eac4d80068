"""Each place of objects bears a mark."""

import sqlalchemy as sa
from alembic import op

from catalog.ground import record

revision = "2026_12_05_store_places"
down_revision = "2026_12_04_piece_tasks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "store_place",
        sa.Column("place", record.Words(), nullable=False),
        sa.Column("mark", record.Words(), nullable=False),
        sa.Column("given_at", record.Instant(), nullable=False),
        sa.Column("marked_at", record.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("place"),
        sqlite_strict=True,
    )
