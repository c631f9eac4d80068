"""A station's folder is known by the disk it lay on when it was last looked through."""

import sqlalchemy as sa
from alembic import op

from catalog.ground import record

revision = "2026_12_05_station_disk"
down_revision = "2026_12_05_waived_shots"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("station_look", sa.Column("disk", record.Words(), nullable=True))
