"""Paying the consignor (精算・支払): what is owed goes to the bank or to store credit, once.

Not here: when something becomes owed (`selling`, `guarantee`, `ending`), and the bank's list
(buyback payouts).
"""

from datetime import datetime

from sqlmodel import Session, col, select

from catalog.buyback.books import Account, post
from catalog.buyback.payouts import actions as payouts
from catalog.buyback.payouts import queries
from catalog.buyback.payouts.rules import PayoutStatus
from catalog.buyback.payouts.tables import Payout
from catalog.buyback.tables import Posting
from catalog.consignment.contracts import TERMS_SLOT, about, locked, step, tell
from catalog.consignment.intake import require_serving, require_standing
from catalog.consignment.states import OWED, ContractState, Settlement
from catalog.consignment.tables import Contract
from catalog.credit import actions as credit
from catalog.credit.terms import Origin
from catalog.customers.newcomers import surviving, whole
from catalog.duties.identity.queries import IdentityMissing, SellerTooYoung, serving
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
    _rest_on(db, contract, identity, by=by, now=now)
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


def _rest_on(
    db: Session, contract: Contract, identity: str | None, *, by: str, now: datetime
) -> None:
    if identity is None or identity == contract.identity_id:
        return
    facts = {"identity": identity, "earlier": contract.identity_id}
    step(
        db, contract, None, by=by, now=now, verb="identity_changed", facts=facts,
        identity_id=identity,
    )  # fmt: skip


def go_on(db: Session, customer: CustomerId, *, now: datetime) -> None:
    """Somebody of the shop noted who the consignor is or where they are paid: what waited for it is
    planned, or rests on the check that serves.
    """
    owed = select(Contract.id).where(
        col(Contract.customer_id).in_(whole(db, surviving(db, customer))),
        col(Contract.state).in_(sorted(OWED)),
    )
    for contract_id in db.exec(owed.order_by(col(Contract.id))).all():
        rest_again(db, contract_id, now=now)
        if _payment_of(db, contract_id) is None:
            _plan(db, contract_id, now=now)


def rest_again(db: Session, contract_id: str, *, now: datetime) -> None:
    """A payment in whose way its check stands, revoked or in another name, rests on the one that
    serves today, the contract with it (KOB-1, QUO-8); its task ends once nothing stands in the way.
    """
    contract = locked(db, contract_id)
    payout_id = _payment_of(db, contract_id)
    if payout_id is None:
        return
    if queries.is_held_by_check(db, payouts.locked(db, payout_id)):
        identity = _serving(db, contract, now=now)
        rested = payouts.locked(db, payout_id).identity_id
        if identity is not None and identity != rested:
            payouts.rest_on(db, payout_id, identity, by="scheduler", now=now)
            _rest_on(db, contract, identity, by="scheduler", now=now)
    if queries.block(db, payouts.locked(db, payout_id)) is None:
        worklist.close_tasks(db, f"payout:{payout_id}", "payout_blocked", now=now)


def _serving(db: Session, contract: Contract, *, now: datetime) -> str | None:
    """Asked for or not: the bank pays nobody without a verified name."""
    try:
        identity = require_serving(db, contract, now=now)
    except (IdentityMissing, SellerTooYoung):
        return None
    check = None
    if identity is None:
        check = serving(db, CustomerId(contract.customer_id), on=tokyo_day(now))
    return check.id if check is not None else identity


def _payment_of(db: Session, contract_id: str) -> str | None:
    return db.exec(
        select(Payout.id).where(
            Payout.about == f"contract:{contract_id}",
            Payout.status != PayoutStatus.CANCELLED.value,
        )
    ).first()


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
    doubted = queries.in_doubt("contract")
    worklist.sweep(db, _SLOT, doubted, lambda each: _rest_again(db, each, now=at), now=at)


def _rest_again(db: Session, about_it: str, *, now: datetime) -> None:
    rest_again(db, about_it.removeprefix("contract:"), now=now)


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
