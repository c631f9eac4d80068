"""Who was entered with nothing but a chat, and who they turned out to be."""

import sqlalchemy as sa
from alembic import op

from catalog.ground import record

revision = "2026_11_29_newcomers"
down_revision = "2026_11_29_words_of_the_shop"
branch_labels = None
depends_on = None


def upgrade() -> None:
    newcomer: sa.Column[bool] = sa.Column(
        "is_newcomer", record.YesNo(), nullable=False, server_default=sa.false()
    )
    op.add_column("customer", newcomer)
    op.add_column("customer", sa.Column("merged_into", record.Words(), nullable=True))
    op.create_index("ix_customer_merged_into", "customer", ["merged_into"], unique=False)
    # Until now only the journal told who was entered by the bot itself.
    yes = "1" if op.get_bind().dialect.name == "sqlite" else "true"
    op.execute(
        f"UPDATE customer SET is_newcomer = {yes} WHERE customer_no LIKE 'N-%' AND EXISTS ("
        "SELECT 1 FROM journal WHERE journal.subject = 'customer:' || customer.id"
        " AND journal.verb = 'registered' AND journal.actor = 'bot')"
    )
