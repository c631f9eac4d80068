"""Whoever leaves leaves name, e-mail and Slack user to others."""

import sqlalchemy as sa
from alembic import op

from catalog.ground import record

revision = "2026_12_03_staff_leaving"
down_revision = "2026_12_03_payout_lines"
branch_labels = None
depends_on = None

_KEPT = "id, name, role, email, slack_id, added_at, left_at"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _build_anew()
    else:
        op.drop_constraint("staff_name_key", "staff", type_="unique")
        op.add_column("staff", sa.Column("open_name", record.Words(), nullable=True))
        op.create_unique_constraint("staff_open_name_key", "staff", ["open_name"])
    op.execute("UPDATE staff SET open_name = name WHERE left_at IS NULL")
    op.execute("UPDATE staff SET email = NULL, slack_id = NULL WHERE left_at IS NOT NULL")


def _build_anew() -> None:
    """SQLite takes no constraint off a table. Who points at a person does so again by the end."""
    op.execute("PRAGMA defer_foreign_keys=ON")
    op.execute(f"CREATE TABLE staff_before AS SELECT {_KEPT} FROM staff")
    op.drop_table("staff")
    op.create_table(
        "staff",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("name", record.Words(), nullable=False),
        sa.Column("open_name", record.Words(), nullable=True),
        sa.Column("role", record.Words(), nullable=False),
        sa.Column("email", record.Words(), nullable=True),
        sa.Column("slack_id", record.Words(), nullable=True),
        sa.Column("added_at", record.Instant(), nullable=False),
        sa.Column("left_at", record.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("email"),
        sa.UniqueConstraint("open_name"),
        sa.UniqueConstraint("slack_id"),
        sqlite_strict=True,
    )
    op.execute(f"INSERT INTO staff ({_KEPT}) SELECT {_KEPT} FROM staff_before")
    op.drop_table("staff_before")
