"""What a person answered to a claim about a piece, and what follows from it."""

import sqlalchemy as sa
from alembic import op

from catalog.ground import record

revision = "2026_12_05_dispute_answers"
down_revision = "2026_12_05_asked_captures"
branch_labels = None
depends_on = None

_COLUMNS = ("outcome", "follow", "answer", "answer_salt", "return_id")


def upgrade() -> None:
    for each in _COLUMNS:
        op.add_column("dispute", sa.Column(each, record.Words(), nullable=True))
