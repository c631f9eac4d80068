"""When a conversation was last heard, and a quick count of what was sent unasked in a month."""

import sqlalchemy as sa
from alembic import op

from catalog.ground import record

revision = "2026_11_28_news"
down_revision = "2026_11_28_wishes_and_shares"
branch_labels = None
depends_on = None

_IS_MARKETING = sa.text("priority = 3")


def upgrade() -> None:
    op.add_column("thread", sa.Column("heard_at", record.Instant(), nullable=True))
    op.create_index(
        "outbox_marketing",
        "outbox",
        ["conversation", "written_at"],
        sqlite_where=_IS_MARKETING,
        postgresql_where=_IS_MARKETING,
    )
