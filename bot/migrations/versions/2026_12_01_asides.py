"""Which files of the stations were not taken in, and when each station was last looked at."""

import sqlalchemy as sa
from alembic import op

from catalog.ground import record

revision = "2026_12_01_asides"
down_revision = "2026_12_01_share_report"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "laid_aside",
        sa.Column("path", record.Words(), nullable=False),
        sa.Column("station", record.Words(), nullable=False),
        sa.Column("name", record.Words(), nullable=False),
        sa.Column("reason", record.Words(), nullable=False),
        sa.Column("since", record.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("path"),
        sqlite_strict=True,
    )
    op.create_index("ix_laid_aside_station", "laid_aside", ["station"])
    op.create_table(
        "station_look",
        sa.Column("station", record.Words(), nullable=False),
        sa.Column("looked_at", record.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("station"),
        sqlite_strict=True,
    )
