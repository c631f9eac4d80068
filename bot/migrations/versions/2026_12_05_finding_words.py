"""Captures are found by part, by day and by the words of their pins."""

from collections import defaultdict
from datetime import datetime

import sqlalchemy as sa
from alembic import op

from catalog.ground import record
from catalog.items.words import grams, plain_words

revision = "2026_12_05_finding_words"
down_revision = "2026_12_05_station_disk"
branch_labels = None
depends_on = None

_KINDS = {
    "scratch": "線傷", "dent": "打痕", "chip": "欠け", "stain": "汚れ・しみ", "wear": "擦れ・摩耗",
    "discolouration": "変色", "deformation": "変形", "repair": "修理跡", "other": "その他",
}  # fmt: skip
_FOUND = sa.table(
    "report_finding",
    sa.column("report_id", record.Words()),
    sa.column("asset_id", record.Words()),
    sa.column("kind", record.Words()),
    sa.column("told", record.Words()),
)
_ASSET = sa.table(
    "asset", sa.column("id", record.Words()), sa.column("captured_at", record.Instant())
)
_REPORT = sa.table(
    "condition_report", sa.column("id", record.Words()), sa.column("state", record.Words())
)


def upgrade() -> None:
    op.create_index("asset_captured", "asset", ["captured_at"])
    op.create_index("asset_part", "asset", ["part", "captured_at"])
    op.create_index("report_finding_asset", "report_finding", ["asset_id"])
    gram = op.create_table(
        "finding_gram",
        sa.Column("gram", record.Words(), nullable=False),
        sa.Column("asset_id", record.Words(), nullable=False),
        sa.Column("captured_at", record.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"]),
        sa.PrimaryKeyConstraint("gram", "asset_id"),
        sqlite_strict=True,
    )
    op.create_index("finding_gram_at", "finding_gram", ["gram", "captured_at"])
    op.create_index("finding_gram_asset", "finding_gram", ["asset_id"])
    told: defaultdict[str, set[str]] = defaultdict(set)
    standing = sa.select(
        _FOUND.c.asset_id, _FOUND.c.kind, _FOUND.c.told, _ASSET.c.captured_at
    ).where(
        _FOUND.c.report_id == _REPORT.c.id,
        _REPORT.c.state != "dropped",
        _ASSET.c.id == _FOUND.c.asset_id,
    )
    db = op.get_bind()
    taken: dict[str, datetime] = {}
    for asset_id, kind, words, captured_at in db.execute(standing):
        taken[asset_id] = captured_at
        plain = plain_words(f"{_KINDS.get(kind, '')} {words}")
        told[asset_id] |= grams(plain) | {sign for sign in "".join(plain) if ord(sign) > 127}
    rows = [
        {"gram": each, "asset_id": asset, "captured_at": taken[asset]}
        for asset, all_ in told.items()
        for each in all_
    ]
    if rows:
        op.bulk_insert(gram, rows)
