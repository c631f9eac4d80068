"""The carrier's number under which a piece of a buyback case went home."""

import sqlalchemy as sa
from alembic import op

from catalog.ground import record

revision = "2026_12_05_back_numbers"
down_revision = "2026_12_05_moments"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("case_piece", sa.Column("back_no", record.Words(), nullable=True))
