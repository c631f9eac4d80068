"""A certificate tells the language it was printed in."""

import sqlalchemy as sa
from alembic import op

from catalog.ground import record

revision = "2026_11_30_custody"
down_revision = "2026_11_30_sharing"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("report_certificate", sa.Column("lang", record.Words(), nullable=True))


def downgrade() -> None:
    op.drop_column("report_certificate", "lang")
