"""Reminders before a contract's term ends (委託期限のお知らせ)."""

from datetime import datetime

from sqlmodel import Session, col, select

from catalog.consignment import rules
from catalog.consignment.contracts import tell
from catalog.consignment.states import ContractState
from catalog.consignment.tables import Contract
from catalog.consignment.terms import ConsignmentTerms
from catalog.ground import policy
from catalog.ground.calendar import tokyo_day


def run_reminders(db: Session, at: datetime) -> None:
    """Remind consignors 30, 14, 7 and 1 days before the last day, each once; after downtime only
    the latest missed one (CON-9, R-073; slot `consignment-reminders`, 10:00 Tokyo).
    """
    known: dict[int, policy.Policy] = {}
    day = tokyo_day(at)
    rows = select(Contract).where(
        Contract.state == ContractState.ACTIVE.value,
        col(Contract.last_day) >= day,
    )
    for contract in db.exec(rows.order_by(col(Contract.last_day), col(Contract.id))).all():
        if contract.start_on is None or contract.last_day is None:
            continue
        if contract.policy_version not in known:
            known[contract.policy_version] = policy.at(db, contract.policy_version)
        agreed = known[contract.policy_version]
        offset = rules.reminder_due(
            agreed.of(ConsignmentTerms),
            agreed.of(policy.NoticeTerms),
            contract.start_on,
            since=contract.written_at,
            moment=at,
        )
        if offset is None:
            continue
        tell(
            db, contract, "consignment_term_reminder", now=at, version=offset,
            last_day=contract.last_day.isoformat(), days_left=(contract.last_day - day).days,
            guarantee=contract.guarantee_amount, choices=["renew", "convert", "return"],
        )  # fmt: skip
