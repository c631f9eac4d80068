"""When a key of another program was last used."""

import sqlalchemy as sa
from alembic import op

from catalog.ground import record

revision = "2026_12_05_key_use"
down_revision = "2026_12_05_back_numbers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("api_key", sa.Column("used_at", record.Instant(), nullable=True))
