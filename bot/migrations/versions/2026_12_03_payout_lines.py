"""The lines each list for the bank had, and the terms its file was written by; of earlier lists
what stands in them still.
"""

import sqlalchemy as sa
from alembic import op

from catalog.ground import record

revision = "2026_12_03_payout_lines"
down_revision = "2026_12_02_corrections"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("payout_batch", sa.Column("policy_version", record.Whole(), nullable=True))
    op.create_table(
        "payout_line",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("batch_id", record.Words(), nullable=False),
        sa.Column("line", record.Whole(), nullable=False),
        sa.Column("payout_id", record.Words(), nullable=False),
        sa.Column("amount", record.Whole(), nullable=False),
        sa.Column("outcome", record.Words(), nullable=True),
        sa.Column("answered_at", record.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["payout_batch.id"]),
        sa.ForeignKeyConstraint(["payout_id"], ["payout.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("batch_id", "line"),
        sqlite_strict=True,
    )
    op.create_index("payout_line_payout", "payout_line", ["payout_id"])
    op.execute(
        "INSERT INTO payout_line (id, batch_id, line, payout_id, amount, outcome)"
        " SELECT payout.id, payout.batch_id, payout.line, payout.id, payout.amount,"
        " CASE payout.status WHEN 'paid' THEN 'paid' WHEN 'failed' THEN"
        " coalesce(payout.failure, 'other') END"
        " FROM payout JOIN payout_batch ON payout_batch.id = payout.batch_id"
        " WHERE payout.status IN ('sent', 'paid', 'failed')"
        " AND payout_batch.status IN ('sent', 'done') AND payout.line IS NOT NULL"
    )
