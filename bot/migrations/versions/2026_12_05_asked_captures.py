"""Who of the staff asked for a capture."""

import sqlalchemy as sa
from alembic import op

from catalog.ground import record

revision = "2026_12_05_asked_captures"
down_revision = "2026_12_05_finding_words"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("capture_task", sa.Column("asked_by", record.Words(), nullable=True))
