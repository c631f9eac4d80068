"""What a payment notice (支払通知書) says, read from contracts. Names and the masked account are
given: they lie sealed elsewhere.
"""

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session, col, select

from catalog.consignment.contracts import ContractMissing
from catalog.consignment.states import ContractState, Settlement
from catalog.consignment.tables import Contract
from catalog.duties.papers.facts import Dealer, Party, Payment, PaymentNotice, Sale
from catalog.ground.calendar import tokyo_day
from catalog.ground.errors import Refused
from catalog.ground.money import WHOLE, Yen
from catalog.items.tables import Unit

_MEANS = {Settlement.BANK.value: "銀行振込", Settlement.CREDIT.value: "ストアクレジット"}
SETTLED = frozenset({ContractState.PAYABLE, ContractState.PAID, ContractState.CLOSED})


class NotSettled(Refused):
    """There is nothing to notify of yet. `contract_no`, `state`."""

    def __init__(self, contract_no: str, state: str) -> None:
        super().__init__(f"{contract_no} is {state}")
        self.contract_no = contract_no
        self.state = state


def payment_notice(
    db: Session,
    contract_ids: Sequence[str],
    *,
    dealer: Dealer,
    customer: Party,
    account: str = "",
    seller_number: str = "",
    issued_on: date,
) -> PaymentNotice:
    """The notice for sold contracts of one consignor: price, rate, commission with the tax inside,
    payout and its day (R-075, INV-1). `seller_number`: of a registered consignor.

    Raises ContractMissing (also when they are not one customer's), NotSettled.
    """
    rows = db.exec(
        select(Contract, Unit)
        .where(col(Contract.id).in_(contract_ids), Contract.unit_id == Unit.id)
        .order_by(col(Contract.sold_at), col(Contract.id))
    ).all()
    contracts = [contract for contract, _ in rows]
    if not rows or len(rows) != len(set(contract_ids)):
        raise ContractMissing(", ".join(contract_ids))
    if len({contract.customer_id for contract in contracts}) != 1:
        raise ContractMissing("two consignors")
    for contract in contracts:
        if ContractState(contract.state) not in SETTLED or contract.sold_at is None:
            raise NotSettled(contract.contract_no, contract.state)
    return PaymentNotice(
        dealer=dealer,
        number=contracts[0].contract_no,
        issued_on=issued_on,
        customer=customer,
        sales=[_sale(contract, unit) for contract, unit in rows],
        total=sum(contract.payout or 0 for contract in contracts),
        payments=[_payment(contract, account) for contract in contracts],
        seller_number=seller_number,
    )


def _sale(contract: Contract, unit: Unit) -> Sale:
    commission = Yen(contract.commission or 0)
    return Sale(
        code=unit.code,
        title=unit.title,
        sold_on=tokyo_day(contract.sold_at or contract.written_at),
        price=contract.basis or 0,
        rate=WHOLE if contract.rate_bps is None else contract.rate_bps,
        commission=commission,
        commission_tax=contract.commission_tax or 0,
        payout=contract.payout or 0,
        contract_no=contract.contract_no,
    )


def _payment(contract: Contract, account: str) -> Payment:
    is_bank = contract.settles_in == Settlement.BANK.value
    return Payment(
        means=_MEANS[contract.settles_in],
        amount=contract.payout or 0,
        pay_on=contract.pay_on,
        account=account if is_bank else "",
    )
