"""Pages that give an evidence zip to whom it concerns."""

import sqlalchemy as sa
from alembic import op

from catalog.ground import record

revision = "2026_12_05_given_evidence"
down_revision = "2026_12_05_dispute_answers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("share", sa.Column("evidence", record.Words(), nullable=True))
