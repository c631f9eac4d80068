"""A film has as many stills as somebody asked for, each at its moment."""

import sqlalchemy as sa
from alembic import op

from catalog.ground import record

revision = "2026_12_05_moments"
down_revision = "2026_12_05_given_evidence"
branch_labels = None
depends_on = None

_KEPT = (
    "id, asset_id, recipe, version, state, key, sha256, bytes, mime, width, height, duration_ms,"
    " error, made_at"
)
_KEY = ["asset_id", "recipe", "version", "at_ms"]


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _build_anew()
        return
    op.add_column(
        "rendition", sa.Column("at_ms", record.Whole(), nullable=False, server_default="0")
    )
    op.alter_column("rendition", "at_ms", server_default=None)
    op.drop_constraint("rendition_asset_id_recipe_version_key", "rendition", type_="unique")
    op.create_unique_constraint("rendition_asset_id_recipe_version_at_ms_key", "rendition", _KEY)


def _build_anew() -> None:
    """SQLite takes no constraint off a table. What points at a file does so again by the end."""
    op.execute("PRAGMA defer_foreign_keys=ON")
    op.execute(f"CREATE TABLE rendition_before AS SELECT {_KEPT} FROM rendition")
    op.drop_table("rendition")
    op.create_table(
        "rendition",
        sa.Column("id", record.Words(), nullable=False),
        sa.Column("asset_id", record.Words(), nullable=False),
        sa.Column("recipe", record.Words(), nullable=False),
        sa.Column("version", record.Whole(), nullable=False),
        sa.Column("at_ms", record.Whole(), nullable=False),
        sa.Column("state", record.Words(), nullable=False),
        sa.Column("key", record.Words(), nullable=True),
        sa.Column("sha256", record.Words(), nullable=True),
        sa.Column("bytes", record.Whole(), nullable=True),
        sa.Column("mime", record.Words(), nullable=True),
        sa.Column("width", record.Whole(), nullable=True),
        sa.Column("height", record.Whole(), nullable=True),
        sa.Column("duration_ms", record.Whole(), nullable=True),
        sa.Column("error", record.Words(), nullable=True),
        sa.Column("made_at", record.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(*_KEY),
        sqlite_strict=True,
    )
    op.execute(f"INSERT INTO rendition ({_KEPT}, at_ms) SELECT {_KEPT}, 0 FROM rendition_before")
    op.drop_table("rendition_before")
