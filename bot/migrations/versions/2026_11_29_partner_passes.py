"""To which partner a pass was given: it opens as long as the partner may see the piece."""

import sqlalchemy as sa
from alembic import op

from catalog.ground import record

revision = "2026_11_29_partner_passes"
down_revision = "2026_11_29_newcomers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("media_pass", sa.Column("partner_id", record.Words(), nullable=True))
    op.create_index("media_pass_partner", "media_pass", ["partner_id"], unique=False)
    # Passes of before: the seat at their address tells whose they are.
    op.execute(
        "UPDATE media_pass SET partner_id = (SELECT partner_seat.partner_id FROM partner_seat"
        " WHERE media_pass.conversation = partner_seat.channel || ':' || partner_seat.address)"
    )
