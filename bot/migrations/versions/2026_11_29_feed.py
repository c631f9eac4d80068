"""What changed, for whoever watches many conversations."""

import sqlalchemy as sa
from alembic import op

from catalog.ground import record

revision = "2026_11_29_feed"
down_revision = "2026_11_29_staff_sign_in"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "feed",
        sa.Column("id", record.Whole(), nullable=False),
        sa.Column("conversation", record.Words(), nullable=False),
        sa.Column("at", record.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
