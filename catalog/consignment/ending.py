"""How a contract ends without a buyer (委託の終了): withdrawn, over its term, sent back, or
compensated for a piece lost or damaged here.

A piece that did not sell goes back free of charge; it is never disposed of and never becomes the
shop's by silence.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from catalog.buyback.tables import Posting
from catalog.buyback.terms import PayTerms
from catalog.consignment import rules
from catalog.consignment.contracts import (
    TERMS_SLOT,
    ContractElsewhere,
    Standing,
    about,
    live_of,
    locked,
    locked_for,
    repeated,
    standing_of,
    step,
    tell,
    terms_of,
    yen_of,
)
from catalog.consignment.guarantee import honour_waiting, overtaken, parked_of, reservation_lapsed
from catalog.consignment.intake import item_kind_of
from catalog.consignment.prices import proposals_overtaken
from catalog.consignment.proposals import came_to_nothing
from catalog.consignment.settling import close_paid, plan_payment, sale_sides
from catalog.consignment.states import ContractState
from catalog.consignment.tables import Contract
from catalog.duties.actors import Actor, Role
from catalog.duties.ledger.actions import LedgerEntry, enter
from catalog.duties.tables import LedgerKind
from catalog.ground import policy, worklist
from catalog.ground.calendar import tokyo_day
from catalog.ground.errors import Refused
from catalog.ground.journal import Command
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId, UnitId
from catalog.items import actions as items
from catalog.items.actions import Owner
from catalog.items.freezing import back_as
from catalog.items.kinds import OwnerKind, UnitState, may_move

_UNSOLD = frozenset(
    {
        ContractState.AGREED, ContractState.ACTIVE, ContractState.TERM_ENDED,
        ContractState.RETURNING,
    }
)  # fmt: skip
_LABEL_HOURS = 24  # a free return is on its way within one business day
RETURN_TASKS = ("return_to_consignor", "return_is_due")  # done once the piece has left


class ManagerOnly(Refused):
    """Only a manager may decide this. `said_by`."""

    def __init__(self, said_by: str) -> None:
        super().__init__(f"said by {said_by}")
        self.said_by = said_by


class CompensationTooLow(Refused):
    """Less than the consignor would have got under the guarantee. `offered`, `least`: yen."""

    def __init__(self, offered: Yen, least: Yen) -> None:
        super().__init__(f"{offered} is below {least}")
        self.offered = offered
        self.least = least


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """`is_waiting`: a buyer has the piece reserved; it comes back when that ends without a sale."""

    state: str
    is_waiting: bool


def withdraw(db: Session, contract_id: str, *, actor: Actor, now: datetime, key: str) -> Withdrawal:
    """The consignor wants the piece back: any time, free; while a buyer has it reserved, after that
    (CON-11). Raises ContractElsewhere once it is sold, ConsignorOnly.
    """
    command = Command(key, {"verb": "consignment.withdraw", "contract": contract_id})
    before = repeated(db, command)
    if before is not None:
        return Withdrawal(before.state, before.state == ContractState.ACTIVE.value)
    contract = locked_for(db, contract_id, actor)
    unit = items.locked(db, UnitId(contract.unit_id))
    state = UnitState(unit.state)
    is_active = contract.state == ContractState.ACTIVE.value
    if is_active and not may_move(state, UnitState.RETURN_PENDING):
        step(
            db, contract, None, by=actor.name, now=now, verb="withdrawal_waits", command=command,
            facts={"unit_state": unit.state}, withdraw_asked_at=now,
        )  # fmt: skip
        tell(db, contract, "withdrawal_waits", now=now, reason=f"unit_{unit.state}")
        return Withdrawal(contract.state, True)
    standing = _send_back(db, contract, by=actor.name, now=now, verb="withdrawn", command=command)
    return Withdrawal(standing.state, False)


def _send_back(
    db: Session,
    contract: Contract,
    *,
    by: str,
    now: datetime,
    verb: str,
    command: Command | None = None,
) -> Standing:
    """The piece goes back, free (CON-5, CON-9, R-077)."""
    also = [
        *overtaken(db, contract, now=now),
        *proposals_overtaken(db, contract, now=now),
    ]
    if contract.in_custody_at is None:  # it never came
        declined = step(
            db, contract, ContractState.DECLINED, by=by, now=now, verb=verb, command=command,
            also=also, ended_at=now,
        )  # fmt: skip
        came_to_nothing(db, contract, now=now)
        return declined
    standing = step(
        db, contract, ContractState.RETURNING, by=by, now=now, verb=verb, command=command,
        also=also,
    )  # fmt: skip
    items.move(
        db,
        UnitId(contract.unit_id),
        UnitState.RETURN_PENDING,
        by=by,
        now=now,
        verb="to_be_returned",
        facts={"contract": contract.id},
    )
    worklist.task(
        db,
        "return_to_consignor",
        about(contract),
        due_at=now + timedelta(hours=_LABEL_HOURS),
        now=now,
        facts={"contract_no": contract.contract_no, "unit_id": contract.unit_id},
    )
    worklist.close_tasks(db, about(contract), "return_is_due", now=now)
    tell(db, contract, "consignment_returning", now=now)
    return standing


def returned(db: Session, contract_id: str, *, by: str, now: datetime) -> Standing:
    """The consignor has it back: the ledger notes it (KOB-2). Telling it again changes nothing."""
    contract = locked(db, contract_id)
    if contract.state == ContractState.RETURNED.value:
        return standing_of(contract)
    standing = step(
        db, contract, ContractState.RETURNED, by=by, now=now, verb="returned", ended_at=now
    )
    entry = LedgerEntry(
        UnitId(contract.unit_id),
        LedgerKind.RETURNED,
        item_kind_of(db, contract.unit_id),
        about(contract),
        customer_id=CustomerId(contract.customer_id),
    )
    enter(db, entry, by=by, now=now)
    worklist.close_tasks(db, about(contract), *RETURN_TASKS, now=now)
    tell(db, contract, "consignment_returned", now=now)
    return standing


def give_up(db: Session, unit_id: str, *, by: str, now: datetime) -> None:
    """The piece was handed to the police or to whom it was stolen from: its contract ends, with
    nothing paid and without a word to the consignor. A contract whose piece is sold goes on.
    """
    contract = live_of(db, unit_id)
    if contract is None or ContractState(contract.state) not in _UNSOLD:
        return
    also = [*overtaken(db, contract, now=now), *proposals_overtaken(db, contract, now=now)]
    if contract.state != ContractState.RETURNING.value:
        step(db, contract, ContractState.RETURNING, by=by, now=now, verb="given_up", also=also)
    worklist.close_tasks(db, about(contract), *RETURN_TASKS, now=now)
    step(db, contract, ContractState.RETURNED, by=by, now=now, verb="given_up", ended_at=now)


def free_again(db: Session, unit_id: str, *, by: str, now: datetime) -> None:
    """A buyer's reservation or sale ended and the piece is the consignor's to decide about again:
    a parked guarantee request first, then a withdrawal that waited (CON-7, CON-11).
    """
    if reservation_lapsed(db, unit_id, by=by, now=now):
        return
    contract = live_of(db, unit_id)
    if contract is None or contract.state != ContractState.ACTIVE.value:
        return
    if contract.withdraw_asked_at is None:
        return
    unit = items.locked(db, UnitId(unit_id))
    if may_move(UnitState(unit.state), UnitState.RETURN_PENDING):
        _send_back(db, contract, by=by, now=now, verb="withdrawn")


def compensate(
    db: Session,
    contract_id: str,
    amount: Yen,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
    key: str,
) -> Standing:
    """The piece was lost or damaged while with the shop or on its way home: the consignor gets at
    least the guaranteed price, by PAY-1 (CON-7). A sold one is its order's (`make_good`). Raises
    ManagerOnly, CompensationTooLow, ContractElsewhere.
    """
    command = Command(
        key, {"verb": "consignment.compensate", "contract": contract_id, "amount": amount}
    )
    if (before := repeated(db, command)) is not None:
        return before
    if actor.role not in {Role.MANAGER, Role.OWNER}:
        raise ManagerOnly(actor.name)
    contract = locked(db, contract_id)
    if contract.state == ContractState.SOLD.value:
        raise ContractElsewhere(contract.contract_no, ContractState.SOLD, ContractState.COMPENSATED)
    least = _least(contract)
    if amount < max(least, 1):
        raise CompensationTooLow(amount, least)
    return _compensated(
        db, contract, amount, reason=reason, by=actor.name, now=now, command=command
    )


def make_good(
    db: Session,
    contract: Contract,
    *,
    reason: str,
    by: str,
    now: datetime,
    brought: Yen | None = None,
) -> Yen | None:
    """A sold piece was lost before its buyer had it, or on its way back: the consignor gets what
    the sale brought them, never less than the guaranteed price (CON-7). `brought`: where the sale
    was undone already; else it is undone here. None: it is settled with them, and stays so.
    """
    if brought is None and contract.state != ContractState.SOLD.value:
        return None
    is_undone = brought is not None
    amount = Yen(max(brought or contract.payout or 0, _least(contract), 1))
    undone = [] if is_undone else sale_sides(db, contract, sign=-1, now=now)
    contract.rate_bps = contract.sale_kind = None  # no share of a price any more
    _compensated(db, contract, amount, reason=reason, by=by, now=now, command=None, also=undone)
    return amount


def _least(contract: Contract) -> Yen:
    return rules.least_compensation(yen_of(contract.guarantee_amount), yen_of(contract.offered_now))


def _compensated(
    db: Session,
    contract: Contract,
    amount: Yen,
    *,
    reason: str,
    by: str,
    now: datetime,
    command: Command | None,
    also: Sequence[Posting] = (),
) -> Standing:
    pay = policy.at(db, contract.policy_version).of(PayTerms)
    told = rules.honoured(pay, offered=amount, offered_now=None, at=now)
    unit = items.locked(db, UnitId(contract.unit_id))
    if unit.state != UnitState.LOST_DAMAGED.value:
        items.move(
            db, UnitId(unit.id), UnitState.LOST_DAMAGED, by=by, now=now, verb="lost_or_damaged",
            owner=Owner(OwnerKind.DEALER), facts={"contract": contract.id},
            state_before=back_as(UnitState(unit.state)).value,
        )  # fmt: skip
    contract.basis, contract.payout, contract.commission = amount, amount, 0
    rows = [
        *also,
        *overtaken(db, contract, now=now),
        *proposals_overtaken(db, contract, now=now),
        *sale_sides(db, contract, sign=1, now=now),
    ]
    standing = step(
        db, contract, ContractState.COMPENSATED, by=by, now=now, verb="compensated",
        command=command, facts={"reason": reason}, also=rows,
        commission_tax=0, pay_on=told.pay_on, sold_at=now,
    )  # fmt: skip
    worklist.close_tasks(db, about(contract), *RETURN_TASKS, now=now)
    tell(db, contract, "consignment_compensated", now=now, amount=amount)
    plan_payment(db, contract, by=by, now=now)
    return standing


def run_terms(db: Session, at: datetime) -> None:
    """End what is over, send back what was not decided within the grace, close what is paid
    (CON-6, CON-9; slot `consignment-terms`, 00:00 Tokyo). Running it again changes nothing.
    """
    honour_waiting(db, at)
    day = tokyo_day(at)
    over = select(Contract.id).where(
        Contract.state == ContractState.ACTIVE.value, col(Contract.last_day) < day
    )
    worklist.sweep(db, TERMS_SLOT, over, lambda each: _end(db, each, now=at), now=at)
    ended = select(Contract.id).where(
        Contract.state == ContractState.TERM_ENDED.value, col(Contract.last_day) < day
    )
    worklist.sweep(db, TERMS_SLOT, ended, lambda each: _after_grace(db, each, now=at), now=at)
    waiting = select(Contract.unit_id).where(
        Contract.state == ContractState.ACTIVE.value, col(Contract.withdraw_asked_at).is_not(None)
    )
    worklist.sweep(
        db, TERMS_SLOT, waiting, lambda each: free_again(db, each, by="scheduler", now=at), now=at
    )
    close_paid(db, at)


def _end(db: Session, contract_id: str, *, now: datetime) -> None:
    contract = locked(db, contract_id)
    unit = items.locked(db, UnitId(contract.unit_id))
    # A buyer's reservation comes first: it is paid, or it lapses and a parked request is honoured.
    if (
        contract.state != ContractState.ACTIVE.value
        or unit.state in {UnitState.RESERVED.value, UnitState.SOLD.value}
        or parked_of(db, contract.id) is not None
    ):
        return
    also = proposals_overtaken(db, contract, now=now)
    step(
        db, contract, ContractState.TERM_ENDED, by="scheduler", now=now, verb="term_ended",
        also=also,
    )  # fmt: skip
    if unit.state == UnitState.LISTED.value:
        items.move(
            db, UnitId(unit.id), UnitState.UNLISTED, by="scheduler", now=now, verb="term_ended",
            facts={"contract": contract.id},
        )  # fmt: skip
    tell(
        db, contract, "consignment_term_ended", now=now,
        choices=["renew", "fresh_offer", "return"],
    )  # fmt: skip


def _after_grace(db: Session, contract_id: str, *, now: datetime) -> None:
    contract = locked(db, contract_id)
    if contract.state != ContractState.TERM_ENDED.value or contract.start_on is None:
        return
    notices = policy.at(db, contract.policy_version).of(policy.NoticeTerms)
    told = rules.term_reminders(terms_of(db, contract), notices, contract.start_on)
    if tokyo_day(now) < told.auto_return_from:
        return
    unit = items.locked(db, UnitId(contract.unit_id))
    if may_move(UnitState(unit.state), UnitState.RETURN_PENDING):
        _send_back(db, contract, by="scheduler", now=now, verb="auto_return")
        return
    worklist.task(
        db, "return_is_due", about(contract), due_at=now, now=now,
        facts={"contract_no": contract.contract_no, "unit_state": unit.state},
    )  # fmt: skip


def ask_back(db: Session, contract_id: str, *, actor: Actor, now: datetime, key: str) -> Standing:
    """After the term the consignor chooses the free return (CON-9, R-073)."""
    command = Command(key, {"verb": "consignment.ask_back", "contract": contract_id})
    if (before := repeated(db, command)) is not None:
        return before
    contract = locked_for(db, contract_id, actor)
    if contract.state != ContractState.TERM_ENDED.value:
        raise ContractElsewhere(
            contract.contract_no, ContractState(contract.state), ContractState.RETURNING
        )
    return _send_back(db, contract, by=actor.name, now=now, verb="asked_back", command=command)
