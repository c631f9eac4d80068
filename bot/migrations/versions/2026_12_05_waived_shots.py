"""A report may do without a required shot, for a reason that stands in it."""

import sqlalchemy as sa
from alembic import op

from catalog.ground import record

revision = "2026_12_05_waived_shots"
down_revision = "2026_12_05_store_places"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("condition_report", sa.Column("waived", record.Json(), nullable=True))
