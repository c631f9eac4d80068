"""The contracts of a newcomer who turned out to be a known customer; the check each was made with
stays with it.
"""

from sqlmodel import Session, col, select

from catalog.consignment.contracts import about
from catalog.consignment.states import LIVE, OWED
from catalog.consignment.tables import Contract
from catalog.customers.newcomers import Becoming
from catalog.ground import journal


def move(db: Session, becoming: Becoming) -> list[str]:
    """The newcomer's contracts are the customer's; the numbers of those that are not at their
    end.
    """
    contracts = db.exec(
        select(Contract)
        .where(Contract.customer_id == becoming.newcomer)
        .order_by(col(Contract.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for contract in contracts:
        contract.customer_id = becoming.customer
        db.flush()
        journal.record(
            db, about(contract), "consignor_known", actor=becoming.by, at=becoming.now,
            facts=becoming.facts, wrote=[contract],
        )  # fmt: skip
    return [each.contract_no for each in contracts if each.state in LIVE | OWED]
