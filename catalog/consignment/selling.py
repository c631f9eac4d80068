"""What a sale does to a contract (委託品の販売): sold at its basis, held through the buyer's return
window, then payable; and back when the buyer sends the piece back.

Called by orders. Not here: the buyer's money, and moving the piece.
"""

from datetime import date, datetime

from sqlmodel import Session, col, select

from catalog.buyback.terms import PayTerms
from catalog.consignment import rules
from catalog.consignment.contracts import live_of, step, tell, terms_of
from catalog.consignment.guarantee import overtaken
from catalog.consignment.prices import proposals_overtaken
from catalog.consignment.settling import plan_payment, sale_sides, take_back
from catalog.consignment.states import ContractState, SaleKind
from catalog.consignment.tables import Contract
from catalog.duties.terms import DutyTerms
from catalog.ground import policy, worklist
from catalog.ground.errors import Refused
from catalog.ground.money import Yen

_NOT_SOLD = {
    "sold_at": None,
    "sale_kind": None,
    "order_id": None,
    "basis": None,
    "rate_bps": None,
    "payout": None,
    "commission": None,
    "commission_tax": None,
    "delivered_on": None,
    "pay_on": None,
}


class NotForSale(Refused):
    """The contract does not let the shop sell the piece now. `contract_no`, `state`."""

    def __init__(self, contract_no: str, state: str) -> None:
        super().__init__(f"{contract_no}: {state}")
        self.contract_no = contract_no
        self.state = state


def require_sellable(db: Session, unit_id: str) -> Contract | None:
    """The active contract of a piece, locked; None: it is the shop's own. Raises NotForSale."""
    contract = live_of(db, unit_id)
    if contract is not None and contract.state != ContractState.ACTIVE.value:
        raise NotForSale(contract.contract_no, contract.state)
    return contract


def sold(
    db: Session,
    contract: Contract,
    basis: Yen,
    *,
    kind: SaleKind,
    order_id: str,
    by: str,
    now: datetime,
) -> None:
    """A buyer has paid: what the consignor gets is settled by the contract's own terms (CON-3,
    R-075). Sold in the shop it is payable at once (PAY-2).

    `basis`: the list price agreed with the consignor, before anything the dealer funds and without
    shipping.
    """
    if contract.state != ContractState.ACTIVE.value:
        raise NotForSale(contract.contract_no, contract.state)
    share = rules.consignment_payout(terms_of(db, contract), basis)
    pay_on = None
    if kind is SaleKind.IN_STORE:
        pay = policy.at(db, contract.policy_version).of(PayTerms)
        pay_on = rules.in_store_pay_date(pay, now)
    contract.basis, contract.payout = share.basis, share.payout
    contract.commission = share.commission
    also = [
        *overtaken(db, contract, now=now),
        *proposals_overtaken(db, contract, now=now),
        *sale_sides(db, contract, sign=1, now=now),
    ]
    step(
        db,
        contract,
        ContractState.SOLD,
        by=by,
        now=now,
        verb="sold",
        facts={"order": order_id},
        also=also,
        sold_at=now,
        sale_kind=kind.value,
        order_id=order_id,
        rate_bps=share.rate_bps,
        commission_tax=share.commission_tax,
        pay_on=pay_on,
    )
    _tell_sold(db, contract, now=now)
    if kind is SaleKind.IN_STORE:
        _payable(db, contract, by=by, now=now)


def _tell_sold(db: Session, contract: Contract, *, now: datetime) -> None:
    tell(
        db,
        contract,
        "consignment_sold",
        now=now,
        basis=contract.basis,
        rate_bps=contract.rate_bps,
        payout=contract.payout,
        commission=contract.commission,
        commission_tax=contract.commission_tax,
        pay_on=contract.pay_on.isoformat() if contract.pay_on else None,
    )


def sold_in(db: Session, unit_id: str, order_id: str, *, is_locked: bool = True) -> Contract | None:
    """The contract under which an order's piece was sold."""
    wanted = (
        select(Contract)
        .where(Contract.unit_id == unit_id, Contract.order_id == order_id)
        .order_by(col(Contract.id).desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    return db.exec(wanted.with_for_update() if is_locked else wanted).first()


def delivered(
    db: Session,
    contract: Contract,
    delivered_on: date,
    duties: DutyTerms,
    *,
    by: str,
    now: datetime,
) -> None:
    """The buyer has the piece: the day the payout is certain is known (PAY-2, R-076).

    `duties`: the terms the buyer's return window runs under.
    """
    if contract.state != ContractState.SOLD.value:
        return
    pay_on = rules.online_pay_date(duties, delivered_on)
    step(
        db,
        contract,
        ContractState.RETURN_WINDOW,
        by=by,
        now=now,
        verb="delivered",
        delivered_on=delivered_on,
        pay_on=pay_on,
    )
    tell(db, contract, "consignment_payout_dated", now=now, pay_on=pay_on.isoformat())


def window_over(db: Session, contract: Contract, *, by: str, now: datetime) -> None:
    """The buyer can no longer send it back: the payout is put on the list (PAY-2)."""
    if contract.state == ContractState.RETURN_WINDOW.value:
        _payable(db, contract, by=by, now=now)


def _payable(db: Session, contract: Contract, *, by: str, now: datetime) -> None:
    step(db, contract, ContractState.PAYABLE, by=by, now=now, verb="payable")
    tell(
        db,
        contract,
        "consignment_payable",
        now=now,
        amount=contract.payout,
        pay_on=contract.pay_on.isoformat() if contract.pay_on else None,
    )
    plan_payment(db, contract, by=by, now=now)


def came_back(
    db: Session, contract: Contract, *, by: str, now: datetime, is_told: bool = True
) -> bool:
    """The sale is undone: cancelled before shipping, or sent back. The contract goes on where its
    term allows; a payout not yet paid is cancelled. `is_told`: not where the police are in it.

    False: the consignor has the money already; the piece stays the shop's and staff are told.
    """
    state = ContractState(contract.state)
    if state is ContractState.PAYABLE and not take_back(db, contract, by=by, now=now):
        state = ContractState.PAID
    if state not in {ContractState.SOLD, ContractState.RETURN_WINDOW, ContractState.PAYABLE}:
        worklist.task(
            db,
            "consignor_paid_piece_returned",
            f"contract:{contract.id}",
            due_at=now,
            now=now,
            facts={"contract_no": contract.contract_no, "unit_id": contract.unit_id},
        )
        return False
    rows = sale_sides(db, contract, sign=-1, now=now)
    step(
        db, contract, ContractState.ACTIVE, by=by, now=now,
        verb="came_back" if is_told else "given_up", also=rows, **_NOT_SOLD,
    )  # fmt: skip
    if is_told:
        tell(db, contract, "consignment_sale_undone", now=now)
    return True
