"""Paying the consignor (精算・支払): what is owed goes to the bank or to store credit, once.

Not here: when something becomes owed (`selling`, `guarantee`, `ending`), and the bank's list
(buyback payouts).
"""

from datetime import datetime

from sqlmodel import Session, col, select

from catalog.buyback.books import Account, post
from catalog.buyback.payouts import actions as payouts
from catalog.buyback.payouts.rules import PayoutStatus
from catalog.buyback.payouts.tables import Payout
from catalog.buyback.tables import Posting
from catalog.consignment.contracts import TERMS_SLOT, about, locked, step, tell
from catalog.consignment.intake import require_standing
from catalog.consignment.states import OWED, ContractState, Settlement
from catalog.consignment.tables import Contract
from catalog.credit import actions as credit
from catalog.credit.terms import Origin
from catalog.duties.identity.queries import IdentityMissing, SellerTooYoung
from catalog.ground import worklist
from catalog.ground.calendar import at_tokyo, tokyo_day
from catalog.ground.errors import Malformed
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId

_SLOT = "consignment-payouts"


def sale_sides(db: Session, contract: Contract, *, sign: int, now: datetime) -> list[Posting]:
    """The sale on the contract's books: the price against what is owed and what the shop keeps;
    `sign` -1 takes it back (R-080).
    """
    basis, payout, commission = contract.basis or 0, contract.payout or 0, contract.commission or 0
    sides = [
        (Account.GOODS, sign * basis),
        (Account.OWED, -sign * payout),
        (Account.FEE, -sign * commission),
    ]
    return post(db, about(contract), sides, document=document(contract), now=now)


def document(contract: Contract) -> str:
    """What a payment settles: one payment per contract that is not cancelled."""
    return f"contract:{contract.contract_no}"


def plan_payment(db: Session, contract: Contract, *, by: str, now: datetime) -> bool:
    """What is owed goes on the bank's list, or becomes credit at once where the consignor chose
    that. Nobody is paid whose identity is not known (KOB-1): False, and staff are told; it is
    planned as soon as that is mended.
    """
    if contract.payout is None or contract.pay_on is None:
        raise Malformed(f"{contract.contract_no}: nothing is owed")
    try:
        identity = require_standing(db, contract, now=now)
    except (IdentityMissing, SellerTooYoung):
        worklist.task(
            db, "identity_for_payout", about(contract), due_at=now, now=now,
            facts={"contract_no": contract.contract_no},
        )  # fmt: skip
        return False
    worklist.close_tasks(db, about(contract), "identity_for_payout", now=now)
    amount = Yen(contract.payout)
    if amount == 0:
        _paid(db, contract, None, by=by, now=now)
    elif contract.settles_in == Settlement.CREDIT.value:
        _as_credit(db, contract, amount, by=by, now=now)
    else:
        payment = payouts.Payment(
            about=about(contract),
            document=document(contract),
            customer_id=contract.customer_id,
            amount=amount,
            due_on=max(contract.pay_on, tokyo_day(now)),
            identity_id=identity,
        )
        payouts.plan(db, payment, by=by, now=now)
    return True


def origin_of(contract: Contract) -> Origin:
    """What credit for this contract is called: a sale's payout, or a sale to the shop."""
    is_sale = contract.state == ContractState.PAYABLE.value
    return Origin.CONSIGNMENT_PAYOUT if is_sale else Origin.TRADE_IN


def _as_credit(db: Session, contract: Contract, amount: Yen, *, by: str, now: datetime) -> None:
    lot = credit.issue(
        db,
        CustomerId(contract.customer_id),
        origin_of(contract),
        amount,
        document=about(contract),
        channel="consignment",
        by=by,
        now=now,
        key=f"{about(contract)}:credit:{contract.version}",
        consent_id=contract.consent_id,
    )
    sides = [(Account.OWED, int(amount)), (Account.CREDIT, -amount)]
    rows = post(db, about(contract), sides, document=lot.lot_id, now=now)
    _paid(db, contract, f"credit:{lot.lot_id}", by=by, now=now, also=rows)


def _paid(
    db: Session,
    contract: Contract,
    paid_by: str | None,
    *,
    by: str,
    now: datetime,
    also: list[Posting] | None = None,
) -> None:
    step(
        db,
        contract,
        ContractState.PAID,
        by=by,
        now=now,
        verb="paid",
        facts={"by": paid_by, "amount": contract.payout},
        also=also or [],
        paid_by=paid_by,
        paid_at=now,
    )
    tell(db, contract, "consignment_paid", now=now, amount=contract.payout, reference=paid_by)


def note_paid(db: Session, at: datetime) -> None:
    """Contracts whose payout has been carried out are paid, and what could not be planned before is
    planned; running it again changes nothing (slot `consignment-payouts`).
    """
    owed = col(Contract.state).in_(sorted(OWED))
    is_its = Payout.document == "contract:" + col(Contract.contract_no)
    done = select(Payout.id).where(is_its, Payout.status == PayoutStatus.PAID.value)
    ready = select(Contract.id).where(owed, done.exists())
    worklist.sweep(db, _SLOT, ready, lambda each: _note_paid(db, each, now=at), now=at)
    planned = select(Payout.id).where(is_its, Payout.status != PayoutStatus.CANCELLED.value)
    waiting = select(Contract.id).where(owed, ~planned.exists())
    worklist.sweep(db, _SLOT, waiting, lambda each: _plan(db, each, now=at), now=at)


def _note_paid(db: Session, contract_id: str, *, now: datetime) -> None:
    contract = locked(db, contract_id)
    paid = select(Payout.id).where(
        Payout.document == f"contract:{contract.contract_no}",
        Payout.status == PayoutStatus.PAID.value,
    )
    payout_id = db.exec(paid.order_by(col(Payout.id)).limit(1)).first()
    if ContractState(contract.state) in OWED and payout_id is not None:
        _paid(db, contract, f"payout:{payout_id}", by="scheduler", now=now)


def _plan(db: Session, contract_id: str, *, now: datetime) -> None:
    contract = locked(db, contract_id)
    if ContractState(contract.state) in OWED:
        plan_payment(db, contract, by="scheduler", now=now)


def take_back(db: Session, contract: Contract, *, by: str, now: datetime) -> bool:
    """Stop the payment of a sale that came back; False: the money has left, nothing can be
    stopped.
    """
    payout_id = db.exec(
        select(Payout.id).where(
            Payout.document == document(contract), Payout.status != PayoutStatus.CANCELLED.value
        )
    ).first()
    if payout_id is None:
        return True
    try:
        payouts.cancel(db, payout_id, why="sale_undone", by=by, now=now)
    except payouts.PayoutElsewhere:
        return False
    return True


def close_paid(db: Session, at: datetime) -> None:
    """Contracts paid before today are closed (slot `consignment-terms`)."""
    today = at_tokyo(tokyo_day(at))
    paid = select(Contract.id).where(
        Contract.state == ContractState.PAID.value, col(Contract.paid_at) < today
    )
    worklist.sweep(db, TERMS_SLOT, paid, lambda each: _close(db, each, now=at), now=at)


def _close(db: Session, contract_id: str, *, now: datetime) -> None:
    contract = locked(db, contract_id)
    if contract.state == ContractState.PAID.value:
        step(
            db, contract, ContractState.CLOSED, by="scheduler", now=now, verb="closed",
            ended_at=now,
        )  # fmt: skip
