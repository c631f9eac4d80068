"""Reads on consignment: both ways to sell side by side, where a piece stands, terms by their end,
and what the shop has guaranteed (委託の照会).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, or_
from sqlmodel import Session, col, select

from catalog.buyback.rules import buyback_pay_date
from catalog.buyback.terms import PayTerms
from catalog.consignment import rules
from catalog.consignment.contracts import ContractMissing, guarantee_of, terms_of, yen_of
from catalog.consignment.guarantee import parked_of
from catalog.consignment.rules import Exposure, Payout
from catalog.consignment.states import LIVE, ContractState, ProposalState, RequestState, stage_of
from catalog.consignment.tables import Contract, GuaranteeRequest, PriceProposal
from catalog.consignment.terms import ConsignmentTerms
from catalog.ground import journal, policy
from catalog.ground.calendar import tokyo_day
from catalog.ground.money import Yen
from catalog.items.kinds import UnitState
from catalog.items.tables import Unit


@dataclass(frozen=True, slots=True)
class BuybackOption:
    """Sold to the shop now: the amount, and the day it is paid when accepted at this moment."""

    amount: Yen
    pay_on: date


@dataclass(frozen=True, slots=True)
class ConsignmentOption:
    """Sold by the shop for the customer. `at_list`: what the list price would pay; `low` and
    `high`: what the expected prices would (R-068). `guarantee`: good on every day of the term.
    """

    list_price: Yen
    at_list: Payout
    low: Payout
    high: Payout
    term_days: int
    last_day: date
    guarantee: Yen | None
    drop_steps: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Options:
    """Both, before anything is chosen. `why_not`: why there is no consignment side (R-067)."""

    buyback: BuybackOption | None
    consignment: ConsignmentOption | None
    why_not: str | None
    least_price: Yen


def options(
    db: Session,
    *,
    buyback: Yen | None,
    list_price: Yen,
    low: Yen | None = None,
    high: Yen | None = None,
    now: datetime,
) -> Options:
    """Buyback and consignment of one piece side by side, by the terms of today (PAY-2).

    `buyback`: the binding offer, which is also the guaranteed price; `low`, `high`: the prices the
    piece is expected to reach, the list price where nothing is known.
    """
    current = policy.current(db)
    terms, pay = current.of(ConsignmentTerms), current.of(PayTerms)
    bought = BuybackOption(buyback, buyback_pay_date(pay, now)) if buyback is not None else None
    least = Yen(terms.least_price)
    if not rules.is_eligible(terms, list_price):
        return Options(bought, None, "below_least_price", least)
    term = rules.consignment_term(terms, tokyo_day(now))
    consigned = ConsignmentOption(
        list_price,
        rules.consignment_payout(terms, list_price),
        rules.consignment_payout(terms, list_price if low is None else low),
        rules.consignment_payout(terms, list_price if high is None else high),
        terms.term_days,
        term.last_day,
        buyback,
        terms.drop_steps,
    )
    return Options(bought, consigned, None, least)


def payout_at(db: Session, price: Yen, *, contract_id: str | None = None) -> Payout:
    """「いくらで売れたら？」: the rate and the yen, by the contract's terms or by those of today
    (R-069).
    """
    if contract_id is None:
        return rules.consignment_payout(policy.current(db).of(ConsignmentTerms), price)
    return rules.consignment_payout(terms_of(db, get(db, contract_id)), price)


def get(db: Session, contract_id: str) -> Contract:
    """The contract. Raises ContractMissing."""
    contract = db.get(Contract, contract_id)
    if contract is None:
        raise ContractMissing(contract_id)
    return contract


@dataclass(frozen=True, slots=True)
class Status:
    """Where a piece stands (R-066). `views` are counted above and not known here. `offered_now`: a
    fresh offer of the shop.
    """

    contract_id: str
    contract_no: str
    state: ContractState
    unit_id: str
    unit_code: str
    stage: str
    listed_since: date | None
    price: Yen | None
    payout_at_price: Yen | None
    last_day: date | None
    days_left: int | None
    guarantee: Yen | None
    payout: Yen | None
    pay_on: date | None
    start_on: date | None
    offered_now: Yen | None


def status(db: Session, contract_id: str, *, now: datetime) -> Status:
    """What 「委託どう？」 is answered with. Raises ContractMissing."""
    contract = get(db, contract_id)
    unit = db.get_one(Unit, contract.unit_id)
    return _status(db, contract, unit, now=now)


def of_customer(
    db: Session, customer_id: str, *, now: datetime, is_declined_too: bool = False
) -> list[Status]:
    """A consignor's pieces, those with the nearest last day first."""
    hidden = {ContractState.RENEWED.value} | (
        set() if is_declined_too else {ContractState.DECLINED.value}
    )
    rows = db.exec(
        select(Contract, Unit)
        .where(
            Contract.customer_id == customer_id,
            Contract.unit_id == Unit.id,
            col(Contract.state).not_in(sorted(hidden)),
        )
        .order_by(col(Contract.last_day), col(Contract.id))
    ).all()
    return [_status(db, contract, unit, now=now) for contract, unit in rows]


def _status(db: Session, contract: Contract, unit: Unit, *, now: datetime) -> Status:
    state, day = ContractState(contract.state), tokyo_day(now)
    is_active = state is ContractState.ACTIVE
    left = (contract.last_day - day).days if contract.last_day and is_active else None
    price = yen_of(unit.price) if is_active else None
    at_price = None
    if price is not None:
        at_price = rules.consignment_payout(terms_of(db, contract), price).payout
    return Status(
        contract_id=contract.id,
        contract_no=contract.contract_no,
        state=state,
        unit_id=unit.id,
        unit_code=unit.code,
        stage=stage_of(
            state, UnitState(unit.state), is_parked=parked_of(db, contract.id) is not None
        ),
        listed_since=listed_since(db, unit.id) if is_active else None,
        price=price,
        payout_at_price=at_price,
        last_day=contract.last_day,
        days_left=left,
        guarantee=guarantee_of(contract, day) if is_active else None,
        payout=yen_of(contract.payout),
        pay_on=contract.pay_on,
        start_on=contract.start_on,
        offered_now=yen_of(contract.offered_now),
    )


def renewal_of(db: Session, contract_id: str) -> Contract | None:
    """The new contract proposed to take the place of this one, not answered yet (CON-10)."""
    return db.exec(
        select(Contract).where(
            Contract.renewed_from == contract_id, Contract.state == ContractState.PROPOSED.value
        )
    ).first()


def listed_since(db: Session, unit_id: str) -> date | None:
    """The Tokyo day from which the piece is listed without a break; None: it is not."""
    since: date | None = None
    shown = {UnitState.LISTED.value, UnitState.RESERVED.value}
    for entry in journal.of(db, f"unit:{unit_id}"):
        state = entry.facts.get("rows", {}).get("unit", {}).get(unit_id, {}).get("state")
        if state is None:
            continue
        since = (since or tokyo_day(entry.at)) if state in shown else None
    return since


@dataclass(frozen=True, slots=True)
class TermRow:
    """One running contract in the list by last day (R-070)."""

    contract_id: str
    contract_no: str
    unit_code: str
    title: str
    customer_id: str
    state: str
    start_on: date
    last_day: date
    guarantee: Yen | None


def terms_by_end(db: Session, *, limit: int = 500, offset: int = 0) -> list[TermRow]:
    """A page of all running contracts, the first to end first (R-070)."""
    rows = db.exec(
        select(Contract, Unit.code, Unit.title)
        .where(
            col(Contract.state).in_([ContractState.ACTIVE.value, ContractState.TERM_ENDED.value]),
            Contract.unit_id == Unit.id,
        )
        .order_by(col(Contract.last_day), col(Contract.id))
        .limit(limit)
        .offset(offset)
    )
    return [
        TermRow(
            contract.id,
            contract.contract_no,
            code,
            title,
            contract.customer_id,
            contract.state,
            contract.start_on,
            contract.last_day,
            yen_of(contract.guarantee_amount),
        )
        for contract, code, title in rows
        if contract.start_on is not None and contract.last_day is not None
    ]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A contract whose term has not begun: it waits for the consignor's yes, or for the piece."""

    contract_no: str
    unit_code: str
    title: str
    customer_id: str
    state: str
    since: datetime


def not_begun(db: Session, *, limit: int = 200) -> list[Waiting]:
    """What was proposed or agreed and is not active yet, the longest waiting first."""
    states = [ContractState.PROPOSED.value, ContractState.AGREED.value]
    rows = db.exec(
        select(Contract, Unit.code, Unit.title)
        .where(col(Contract.state).in_(states), Contract.unit_id == Unit.id)
        .order_by(col(Contract.changed_at), col(Contract.id))
        .limit(limit)
    )
    return [
        Waiting(each.contract_no, code, title, each.customer_id, each.state, each.changed_at)
        for each, code, title in rows
    ]


@dataclass(frozen=True, slots=True)
class ExposureReport:
    """Every guarantee in force; what all cost together, and how far the market is below them."""

    rows: Sequence[Exposure]
    owed: Yen
    short: Yen


def exposure(db: Session, *, on: date, market: Mapping[str, Yen] | None = None) -> ExposureReport:
    """What the shop has promised to pay at any time (R-072): the guaranteed price, or the better
    offer of since; a request that waits for a reservation to end is honoured after the term too
    (CON-7). `market`: what a piece would be bought for now, by unit id, where known; a fallen
    market changes no guarantee.
    """
    worth = market or {}
    found = db.exec(
        select(Contract, GuaranteeRequest.sent_at)
        .join(
            GuaranteeRequest,
            and_(
                col(GuaranteeRequest.contract_id) == col(Contract.id),
                col(GuaranteeRequest.state) == RequestState.PARKED.value,
            ),
            isouter=True,
        )
        .where(
            Contract.state == ContractState.ACTIVE.value,
            or_(col(Contract.last_day) >= on, col(GuaranteeRequest.id).is_not(None)),
        )
        .order_by(col(Contract.last_day), col(Contract.id))
    )
    rows = []
    for contract, sent_at in found:
        promised = guarantee_of(contract, on if sent_at is None else tokyo_day(sent_at))
        if promised is not None and contract.last_day is not None:
            owed = Yen(max(promised, contract.offered_now or 0))
            value = worth.get(contract.unit_id)
            rows.append(Exposure(contract.unit_id, owed, value, contract.last_day))
    return ExposureReport(rows, *rules.exposure_total(rows))


def live(db: Session, unit_id: str) -> Contract | None:
    """The contract a piece is under, only looked at."""
    return db.exec(
        select(Contract).where(Contract.unit_id == unit_id, col(Contract.state).in_(sorted(LIVE)))
    ).first()


@dataclass(frozen=True, slots=True)
class BelowLeast:
    """A price put before a consignor that is below the least they would take; not answered."""

    contract_no: str
    title: str
    price: Yen
    least: Yen


def below_least(db: Session) -> Sequence[BelowLeast]:
    """Open proposals below the consignor's least price, the oldest first (R-074)."""
    rows = db.exec(
        select(Contract.contract_no, Unit.title, PriceProposal.price, Contract.min_price)
        .where(
            PriceProposal.state == ProposalState.OPEN.value,
            PriceProposal.contract_id == Contract.id,
            Contract.unit_id == Unit.id,
            col(PriceProposal.price) < col(Contract.min_price),
        )
        .order_by(col(PriceProposal.written_at), col(PriceProposal.id))
    )
    return [BelowLeast(no, title, Yen(price), Yen(least)) for no, title, price, least in rows]


def by_number(db: Session, contract_no: str) -> Contract:
    """The contract with that number. Raises ContractMissing."""
    contract = db.exec(select(Contract).where(Contract.contract_no == contract_no)).first()
    if contract is None:
        raise ContractMissing(contract_no)
    return contract
