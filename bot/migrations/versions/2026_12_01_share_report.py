"""Which condition report a share page tells of; pages made before tell of none."""

import sqlalchemy as sa
from alembic import op

from catalog.ground import record

revision = "2026_12_01_share_report"
down_revision = "2026_12_01_unread"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("share", sa.Column("report_id", record.Words(), nullable=True))
