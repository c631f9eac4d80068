"""What came of a victim's claim is kept."""

import sqlalchemy as sa
from alembic import op

from catalog.ground import record

revision = "2026_12_04_claims"
down_revision = "2026_12_03_staff_leaving"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("recovery_claim", sa.Column("outcome", record.Words(), nullable=True))
    op.add_column("recovery_claim", sa.Column("ended_by", record.Words(), nullable=True))
    op.add_column("recovery_claim", sa.Column("ended_at", record.Instant(), nullable=True))
