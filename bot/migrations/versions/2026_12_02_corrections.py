"""A wrong match can be taken back, and what is no capture laid aside."""

import sqlalchemy as sa
from alembic import op

from catalog.ground import record

revision = "2026_12_02_corrections"
down_revision = "2026_12_01_asides"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("asset", sa.Column("corrected_at", record.Instant(), nullable=True))
    op.add_column("asset", sa.Column("laid_aside", record.Words(), nullable=True))
