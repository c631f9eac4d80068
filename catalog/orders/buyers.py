"""Who bought what the law wants in the ledger with its buyer (買主の記載, KOB-2): watches,
jewellery and art from 10,000 yen.

A sale is entered when the piece leaves; its buyer's name, address, occupation and age are written
as a further row that stands for it, sealed. Not here: entering the sale (`dispatch`).
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from catalog.duties.ledger import queries
from catalog.duties.ledger.actions import Correction, CounterpartyMissing, correct
from catalog.duties.ledger.queries import Counterparty
from catalog.duties.sealing import DataKeys
from catalog.duties.tables import Direction, LedgerKind, LedgerRow
from catalog.orders.steps import about, locked

_SALES = (LedgerKind.SOLD.value, LedgerKind.CONSIGNMENT_DELIVERED.value)
_REASON = "買主の記載"


def unnamed(db: Session, order_id: str) -> Sequence[LedgerRow]:
    """Sales of the order that the law wants with their buyer, and that have none yet."""
    newer = aliased(LedgerRow)
    is_corrected = select(newer.id).where(col(newer.corrects) == col(LedgerRow.id)).exists()
    wanted = select(LedgerRow).where(
        LedgerRow.about == about(order_id),
        LedgerRow.direction == Direction.OUT.value,
        col(LedgerRow.kind).in_(_SALES),
        col(LedgerRow.is_by_law),
        col(LedgerRow.identity_id).is_(None),
        col(LedgerRow.counterparty).is_(None),
        ~is_corrected,
    )
    return db.exec(wanted.order_by(col(LedgerRow.id))).all()


def name(
    db: Session, keys: DataKeys, order_id: str, who: Counterparty, *, by: str, now: datetime,
    key: str,
) -> int:  # fmt: skip
    """Write the buyer into every such sale of the order; how many there were. Once they are named
    nothing changes. Raises OrderMissing, CounterpartyMissing.
    """
    if not (who.name and who.address and who.occupation and who.age):
        raise CounterpartyMissing("a buyer has name, address, occupation and age")
    locked(db, order_id)
    rows = unnamed(db, order_id)
    for row in rows:
        sealed = queries.seal_counterparty(db, keys, who, now=now)
        told = Correction(_REASON, counterparty=sealed)
        correct(db, row.id or 0, told, by=by, now=now, key=f"{key}:{row.id}")
    return len(rows)
