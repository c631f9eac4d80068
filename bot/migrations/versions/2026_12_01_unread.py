"""How many copies a check of everything could not read, because their place did not answer."""

import sqlalchemy as sa
from alembic import op

from catalog.ground import record

revision = "2026_12_01_unread"
down_revision = "2026_12_01_promises"
branch_labels = None
depends_on = None


def upgrade() -> None:
    unread: sa.Column[int] = sa.Column(
        "unread", record.Whole(), nullable=False, server_default=sa.text("0")
    )
    op.add_column("fixity_pass", unread)
