"""The buyback guarantee (買取保証): the consignor may sell to the shop at the first offer at any
time in the term, whatever the market does.

A request that meets only a buyer's reservation is parked and honoured by itself should that lapse.
Not here: how a consignor is paid (`settling`).
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlmodel import Session, select

from catalog.buyback.terms import PayTerms
from catalog.consignment import rules
from catalog.consignment.contracts import (
    TERMS_SLOT,
    ContractElsewhere,
    about,
    guarantee_of,
    live_of,
    locked,
    locked_for,
    step,
    tell,
    terms_of,
    yen_of,
)
from catalog.consignment.intake import item_kind_of, require_standing
from catalog.consignment.settling import plan_payment, sale_sides
from catalog.consignment.states import ContractState, RequestState
from catalog.consignment.tables import Contract, GuaranteeRequest
from catalog.duties.actors import Actor
from catalog.duties.identity.queries import IdentityMissing, SellerTooYoung
from catalog.duties.ledger.actions import LedgerEntry, enter
from catalog.duties.tables import LedgerKind
from catalog.ground import journal, policy, worklist
from catalog.ground.calendar import tokyo_day
from catalog.ground.errors import Malformed, Refused
from catalog.ground.journal import Command
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId, UnitId, new_id
from catalog.items import actions as items
from catalog.items.actions import Owner
from catalog.items.kinds import OwnerKind, UnitState
from catalog.items.tables import Unit

NO_GUARANTEE = "no_guarantee"


class OfferTooLow(Refused):
    """A new offer cannot be below the guaranteed price. `offered`, `guaranteed`: yen."""

    def __init__(self, offered: Yen, guaranteed: Yen) -> None:
        super().__init__(f"{offered} is below the guaranteed {guaranteed}")
        self.offered = offered
        self.guaranteed = guaranteed


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request meets: sold to the shop, parked, or refused with its reason (CON-7)."""

    state: RequestState
    amount: Yen | None = None
    pay_on: date | None = None
    reason: str | None = None


def request(
    db: Session,
    contract_id: str,
    *,
    sent_at: datetime,
    message_id: str | None,
    actor: Actor,
    now: datetime,
    key: str,
) -> Answer:
    """The consignor asks for the guaranteed price (CON-7, R-071). A refusal is an answer with its
    reason, kept; nothing else changes.

    `sent_at`: when the message was sent, by the channel's own clock. Raises ConsignorOnly,
    ContractMissing.
    """
    command = Command(
        key,
        {
            "verb": "consignment.guarantee",
            "contract": contract_id,
            "sent_at": sent_at.astimezone(UTC).isoformat(),
        },
    )
    stored = journal.stored_result(db, command.key, command.request)
    if stored is not None:
        return _answer(stored)
    contract = locked_for(db, contract_id, actor)
    if sent_at > now:
        raise Malformed("sent in the future")
    told = _judged(db, contract, sent_at)
    row = _requested(db, contract, told, sent_at=sent_at, message_id=message_id, now=now)
    state = RequestState(row.state)
    answer = Answer(state, told.amount, told.pay_on, told.reason)
    if state is RequestState.ACCEPTED:
        offered = rules.GuaranteeAnswer(told.amount, told.pay_on)
        _convert(db, contract, offered, by=actor.name, now=now, command=command, also=[row])
        return answer
    _note(db, contract, row, command, by=actor.name, now=now)
    return answer


def meets(
    db: Session, contract_id: str, *, sent_at: datetime, actor: Actor
) -> rules.GuaranteeAnswer:
    """What a request sent at that moment would meet, before the consignor decides (CON-7); nothing
    is written. A parked one names its amount. Raises ConsignorOnly, ContractMissing.
    """
    contract = locked_for(db, contract_id, actor)
    told = _judged(db, contract, sent_at)
    if not told.is_parked:
        return told
    least = guarantee_of(contract, tokyo_day(sent_at)) or Yen(0)
    better = Yen(max(least, contract.offered_now or 0))
    return rules.GuaranteeAnswer(better, None, told.reason, is_parked=True)


def _judged(db: Session, contract: Contract, sent_at: datetime) -> rules.GuaranteeAnswer:
    guaranteed = guarantee_of(contract, tokyo_day(sent_at))
    if guaranteed is None:
        return rules.GuaranteeAnswer(reason=NO_GUARANTEE)
    if contract.start_on is None:
        return rules.GuaranteeAnswer(reason=f"contract_{contract.state}")
    unit = items.locked(db, UnitId(contract.unit_id))
    told = rules.guarantee_request(
        terms_of(db, contract),
        policy.at(db, contract.policy_version).of(PayTerms),
        start_on=contract.start_on,
        sent_at=sent_at,
        offered=guaranteed,
        offered_now=yen_of(contract.offered_now),
        state=UnitState(unit.state),
    )
    # Sent in time and read after the term ended: the moment of sending decides.
    may_convert = {ContractState.ACTIVE.value, ContractState.TERM_ENDED.value}
    if contract.state not in may_convert and told.reason != "term_over":
        return rules.GuaranteeAnswer(reason=told.reason or f"contract_{contract.state}")
    return told


def _requested(
    db: Session,
    contract: Contract,
    told: rules.GuaranteeAnswer,
    *,
    sent_at: datetime,
    message_id: str | None,
    now: datetime,
) -> GuaranteeRequest:
    parked = parked_of(db, contract.id)
    if told.is_parked and parked is not None:
        return parked  # the first one counts
    state = (
        RequestState.ACCEPTED
        if told.is_accepted
        else RequestState.PARKED
        if told.is_parked
        else RequestState.REFUSED
    )
    row = GuaranteeRequest(
        id=new_id(now),
        contract_id=contract.id,
        state=state.value,
        reason=told.reason,
        message_id=message_id,
        sent_at=sent_at,
        amount=told.amount,
        pay_on=told.pay_on,
        written_at=now,
        decided_at=None if told.is_parked else now,
    )
    db.add(row)
    db.flush()
    return row


def parked_of(db: Session, contract_id: str) -> GuaranteeRequest | None:
    """The request that waits for a reservation to end."""
    return db.exec(
        select(GuaranteeRequest).where(
            GuaranteeRequest.contract_id == contract_id,
            GuaranteeRequest.state == RequestState.PARKED.value,
        )
    ).first()


def _note(
    db: Session,
    contract: Contract,
    row: GuaranteeRequest,
    command: Command,
    *,
    by: str,
    now: datetime,
) -> None:
    told = {"state": row.state, "reason": row.reason, "amount": None, "pay_on": None}
    step(
        db,
        contract,
        None,
        by=by,
        now=now,
        verb=f"guarantee_{row.state}",
        command=command,
        facts={"reason": row.reason, "request": row.id},
        also=[row],
        result=told,
    )
    tell(db, contract, f"guarantee_{row.state}", now=now, reason=row.reason)


def _convert(
    db: Session,
    contract: Contract,
    told: rules.GuaranteeAnswer,
    *,
    by: str,
    now: datetime,
    command: Command | None,
    also: list[GuaranteeRequest],
) -> None:
    """The piece becomes the shop's own stock, bought at that price and paid by PAY-1."""
    if told.amount is None or told.pay_on is None:
        raise Malformed("a conversion needs its price and its day")
    amount, pay_on = told.amount, told.pay_on
    identity = require_standing(db, contract, now=now)
    contract.basis, contract.payout, contract.commission = amount, amount, 0
    sides = sale_sides(db, contract, sign=1, now=now)
    step(
        db,
        contract,
        ContractState.CONVERTED,
        by=by,
        now=now,
        verb="converted",
        command=command,
        also=[*also, *sides],
        result={
            "state": RequestState.ACCEPTED.value,
            "reason": None,
            "amount": amount,
            "pay_on": pay_on.isoformat(),
        },
        sold_at=now,
        identity_id=identity,
        commission_tax=0,
        pay_on=pay_on,
    )
    items.move(
        db,
        UnitId(contract.unit_id),
        UnitState.STOCK,
        by=by,
        now=now,
        verb="guarantee_converted",
        owner=Owner(OwnerKind.DEALER),
        facts={"contract": contract.id},
        cost=amount,
    )
    entry = LedgerEntry(
        UnitId(contract.unit_id),
        LedgerKind.BOUGHT,
        item_kind_of(db, contract.unit_id),
        about(contract),
        price=amount,
        customer_id=CustomerId(contract.customer_id),
        identity_id=identity,
    )
    enter(db, entry, by=by, now=now)
    tell(db, contract, "guarantee_converted", now=now, amount=amount, pay_on=pay_on.isoformat())
    plan_payment(db, contract, by=by, now=now)


def reservation_lapsed(db: Session, unit_id: str, *, by: str, now: datetime) -> bool:
    """A buyer's reservation ended without a sale: a parked request is honoured from this moment,
    also when the term has ended meanwhile (CON-7). Whether the piece is no longer for sale.
    """
    contract = live_of(db, unit_id)
    if contract is None or contract.state != ContractState.ACTIVE.value:
        return False
    row = parked_of(db, contract.id)
    unit = items.locked(db, UnitId(unit_id))
    if row is None or UnitState(unit.state) not in {UnitState.LISTED, UnitState.UNLISTED}:
        return False
    offered = guarantee_of(contract, tokyo_day(row.sent_at))
    if offered is None:
        raise Malformed(f"{contract.contract_no}: parked without a guarantee")
    row.lapsed_at = row.lapsed_at or now
    told = rules.honoured(
        policy.at(db, contract.policy_version).of(PayTerms),
        offered=offered,
        offered_now=yen_of(contract.offered_now),
        at=row.lapsed_at,
    )
    try:
        require_standing(db, contract, now=now)
    except (IdentityMissing, SellerTooYoung):
        _kept_back(db, contract, unit, row, by=by, now=now)
        return True
    worklist.close_tasks(db, about(contract), "identity_for_guarantee", now=now)
    row.state = RequestState.ACCEPTED.value
    row.amount, row.pay_on, row.decided_at = told.amount, told.pay_on, now
    db.add(row)
    db.flush()
    _convert(db, contract, told, by=by, now=now, command=None, also=[row])
    return True


def _kept_back(
    db: Session, contract: Contract, unit: Unit, row: GuaranteeRequest, *, by: str, now: datetime
) -> None:
    """Nobody may buy it meanwhile: it is honoured as soon as the consignor is identified."""
    if unit.state == UnitState.LISTED.value:
        items.move(
            db, UnitId(unit.id), UnitState.UNLISTED, by=by, now=now, verb="guarantee_waits",
            facts={"contract": contract.id},
        )  # fmt: skip
    db.add(row)
    db.flush()
    worklist.task(
        db, "identity_for_guarantee", about(contract), due_at=now, now=now, once=row.id,
        facts={"contract_no": contract.contract_no},
    )  # fmt: skip


def honour_waiting(db: Session, at: datetime) -> None:
    """Parked requests whose reservation has ended and that could not be honoured then; running it
    again changes nothing (slot `consignment-terms`).
    """
    waiting = select(Contract.unit_id).where(
        GuaranteeRequest.state == RequestState.PARKED.value,
        GuaranteeRequest.contract_id == Contract.id,
    )
    worklist.sweep(
        db,
        TERMS_SLOT,
        waiting,
        lambda each: reservation_lapsed(db, each, by="scheduler", now=at),
        now=at,
    )


def overtaken(db: Session, contract: Contract, *, now: datetime) -> list[GuaranteeRequest]:
    """A parked request whose piece was sold after all: moot. The row for the caller's journal."""
    row = parked_of(db, contract.id)
    if row is None:
        return []
    row.state = RequestState.MOOT.value
    row.decided_at = now
    db.add(row)
    db.flush()
    return [row]


def raise_offer(
    db: Session, contract_id: str, amount: Yen, *, actor: Actor, now: datetime, key: str
) -> None:
    """Staff would now pay more than guaranteed; the better of the two counts (CON-7). Raises
    OfferTooLow.
    """
    command = Command(
        key, {"verb": "consignment.raise_offer", "contract": contract_id, "amount": amount}
    )
    if journal.stored_result(db, command.key, command.request) is not None:
        return
    if not actor.is_staff:
        raise Refused(f"an offer by {actor.name}")
    contract = locked(db, contract_id)
    guaranteed = Yen(contract.guarantee_amount or 0)
    if amount < guaranteed:
        raise OfferTooLow(amount, guaranteed)
    step(
        db,
        contract,
        None,
        by=actor.name,
        now=now,
        verb="offer_raised",
        command=command,
        facts={"amount": amount},
        offered_now=amount,
    )


def sell_at_fresh_offer(
    db: Session, contract_id: str, *, amount: Yen, actor: Actor, now: datetime, key: str
) -> Answer:
    """After the term the consignor sells at the shop's fresh offer; `amount` repeats what was shown
    (CON-9). Raises OfferMoved when the offer is another, ContractElsewhere outside the grace.
    """
    command = Command(
        key, {"verb": "consignment.fresh_offer", "contract": contract_id, "amount": amount}
    )
    stored = journal.stored_result(db, command.key, command.request)
    if stored is not None:
        return _answer(stored)
    contract = locked_for(db, contract_id, actor)
    if contract.state != ContractState.TERM_ENDED.value:
        raise ContractElsewhere(
            contract.contract_no, ContractState(contract.state), ContractState.CONVERTED
        )
    if contract.offered_now != amount:
        raise OfferMoved(amount, yen_of(contract.offered_now))
    pay = policy.at(db, contract.policy_version).of(PayTerms)
    told = rules.honoured(pay, offered=amount, offered_now=None, at=now)
    _convert(db, contract, told, by=actor.name, now=now, command=command, also=[])
    return Answer(RequestState.ACCEPTED, told.amount, told.pay_on)


class OfferMoved(Refused):
    """The offer is not the one that was accepted. `accepted`, `offered`: yen."""

    def __init__(self, accepted: Yen, offered: Yen | None) -> None:
        super().__init__(f"{accepted} accepted, {offered} offered")
        self.accepted = accepted
        self.offered = offered


def _answer(stored: Any) -> Answer:
    pay_on = stored["pay_on"]
    return Answer(
        RequestState(stored["state"]),
        yen_of(stored["amount"]),
        date.fromisoformat(pay_on) if pay_on else None,
        stored["reason"],
    )
