"""Since when nobody has a ticket, and when the time its customer was told was kept: a second wait
is measured from its own beginning, and a second promise is kept by words of its own.
"""

import sqlalchemy as sa
from alembic import op

from catalog.ground import record

revision = "2026_12_01_promises"
down_revision = "2026_11_30_masks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("waits_since", "kept_at"):
        op.add_column("ticket", sa.Column(name, record.Instant(), nullable=True))
    op.execute("UPDATE ticket SET waits_since = opened_at, kept_at = answered_at")
