"""What is on record of one deal's cash (現金・取引時確認・疑わしい取引), for whoever acts on it.

Not here: what was answered to due diligence beside the purpose; it lies sealed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from catalog.duties.cash.tables import ContractCash, Diligence, SuspiciousDeal
from catalog.duties.terms import DutyTerms
from catalog.ground import policy
from catalog.ground.money import Yen


@dataclass(frozen=True, slots=True)
class CashRecord:
    """One deal, the latest first. `total`: all its cash so far; `limit`: the most without due
    diligence; `is_taken_above`: whether the house takes more at all.
    """

    total: Yen
    limit: Yen
    is_taken_above: bool
    diligence: Sequence[Diligence]
    suspicions: Sequence[SuspiciousDeal]


def of_deal(db: Session, about: str) -> CashRecord:
    """What is known of a deal (`case:…`, `contract:…`, `order:…`) (AML-1)."""
    terms = policy.current(db).of(DutyTerms)
    total = db.exec(select(ContractCash.total).where(ContractCash.about == about)).first() or 0
    diligence = db.exec(
        select(Diligence)
        .where(Diligence.about == about, col(Diligence.destroyed_at).is_(None))
        .order_by(col(Diligence.done_at).desc(), col(Diligence.id).desc())
    ).all()
    suspicions = db.exec(
        select(SuspiciousDeal)
        .where(SuspiciousDeal.about == about)
        .order_by(col(SuspiciousDeal.noted_at).desc(), col(SuspiciousDeal.id).desc())
    ).all()
    limit, above = Yen(terms.cash_limit), terms.takes_cash_above_limit
    return CashRecord(Yen(total), limit, above, diligence, suspicions)
