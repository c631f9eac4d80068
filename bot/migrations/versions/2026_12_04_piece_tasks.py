"""Tasks about a piece of a case tell which, and end where the piece has gone on since."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from catalog.ground import record

revision = "2026_12_04_piece_tasks"
down_revision = "2026_12_04_claims"
branch_labels = None
depends_on = None

_PRICING = ("inquiry", "quoted", "quote_expired")
_WAIT_AT = {
    "quote_review": _PRICING,
    "reference_price": _PRICING,
    "price_anew": ("appraising", "offered"),
    "counter_offer": ("offered",),
    "repair": ("accepted",),
    "dispose": ("rejected",),
    "offer_unanswered": ("offer_expired",),
}
_WORK = sa.table(
    "worklist",
    sa.column("id", record.Whole()),
    sa.column("kind", record.Words()),
    sa.column("state", record.Words()),
    sa.column("facts", record.Json()),
    sa.column("ended_at", record.Instant()),
)
_PIECE = sa.table(
    "case_piece",
    sa.column("id", record.Words()),
    sa.column("stage", record.Words()),
    sa.column("stage_before", record.Words()),
    sa.column("moved_at", record.Instant()),
)
_QUOTE = sa.table("quote", sa.column("id", record.Words()), sa.column("piece_id", record.Words()))


def upgrade() -> None:
    db = op.get_bind()
    wanted = sa.select(_WORK.c.id, _WORK.c.facts).where(
        _WORK.c.kind == "task", _WORK.c.state == "due"
    )
    for work_id, facts in db.execute(wanted).all():
        if (stages := _WAIT_AT.get(facts.get("task"))) is None:
            continue
        piece_id = facts.get("piece") or db.scalar(
            sa.select(_QUOTE.c.piece_id).where(_QUOTE.c.id == facts.get("quote"))
        )
        piece = db.execute(sa.select(_PIECE).where(_PIECE.c.id == piece_id)).first()
        if piece is None:
            continue
        told: dict[str, Any] = {"facts": {**facts, "piece": piece_id}}
        # The police give a piece back to where it stood.
        if (piece.stage_before or piece.stage) not in stages:
            told |= {"state": "done", "ended_at": piece.moved_at}
        db.execute(sa.update(_WORK).where(_WORK.c.id == work_id).values(**told))
