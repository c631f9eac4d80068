"""The credit of a newcomer who turned out to be a known customer (残高の引継ぎ).

Lots go over as they are, with their yen in every bucket, their last day, what is held of them and
what is owed for them: nothing is issued, spent or ended by it, and no entry is written. Both
accounts' journals tell it. Refunds stay as they were noted: they are found by their order.
"""

from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from catalog.credit import rules
from catalog.credit.posting import account_id_of, locked, opened
from catalog.credit.tables import CreditHold, CreditLot, Receivable, TillCode
from catalog.customers.newcomers import Becoming
from catalog.ground import journal
from catalog.ground.money import Yen
from catalog.ground.record import Row

_KINDS: tuple[type[Any], ...] = (CreditLot, CreditHold, Receivable)


def move(db: Session, becoming: Becoming) -> Yen:
    """What the newcomer had is the customer's; the yen of it that are not over yet, held ones
    included.
    """
    before = account_id_of(db, becoming.newcomer)
    if before is None:
        return Yen(0)
    known, is_new = opened(db, becoming.customer, becoming.now)
    locked(db, before)
    wrote: list[Row] = [known] if is_new else []
    lots: list[CreditLot] = []
    for kind in _KINDS:
        rows = db.exec(
            select(kind)
            .where(kind.account_id == before)
            .order_by(col(kind.id))
            .with_for_update()
            .execution_options(populate_existing=True)
        ).all()
        for row in rows:
            row.account_id = known.id
        wrote += rows
        lots += [row for row in rows if isinstance(row, CreditLot)]
    db.connection().execute(
        update(TillCode).where(col(TillCode.account_id) == before).values(account_id=known.id)
    )
    db.flush()
    whole = sum(lot.remaining + lot.held for lot in lots)
    alive = [lot for lot in lots if rules.is_alive(lot.expires_on, becoming.now)]
    yen = Yen(sum(lot.remaining for lot in alive) + sum(lot.held for lot in lots))
    facts = {**becoming.facts, "from": before, "to": known.id, "yen": whole, "lots": len(lots)}
    journal.record(
        db, f"account:{before}", "credit_gone_over", actor=becoming.by, at=becoming.now,
        facts=facts, key=f"{becoming.key}:credit", request={"verb": "become", **becoming.facts},
        result={"yen": yen},
    )  # fmt: skip
    journal.record(
        db, f"account:{known.id}", "credit_came_over", actor=becoming.by, at=becoming.now,
        facts=facts, wrote=wrote,
    )  # fmt: skip
    return yen
