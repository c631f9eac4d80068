"""The cases of a newcomer who turned out to be a known customer.

Every case goes over, open or ended, and both people's open ones stay side by side. What it rests on
stays: the check it was paid under, payouts and the account they go to were recorded of the
newcomer, and are found through them (`payouts.queries`).
"""

from sqlmodel import Session, col, select

from catalog.buyback.cases import about
from catalog.buyback.stages import ENDED
from catalog.buyback.tables import BuybackCase
from catalog.customers.newcomers import Becoming
from catalog.ground import journal


def move(db: Session, becoming: Becoming) -> list[str]:
    """The newcomer's cases are the customer's; the numbers of those that are open."""
    cases = db.exec(
        select(BuybackCase)
        .where(BuybackCase.customer_id == becoming.newcomer)
        .order_by(col(BuybackCase.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for case in cases:
        case.customer_id = becoming.customer
        db.flush()
        journal.record(
            db, about(case.id), "seller_known", actor=becoming.by, at=becoming.now,
            facts=becoming.facts, wrote=[case],
        )  # fmt: skip
    return [case.case_no for case in cases if case.state not in ENDED]
