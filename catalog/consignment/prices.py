"""The list price of a consigned piece (委託品の価格): it changes only with the consignor's consent,
given for one proposal or, at the contract, for the schedule of drops.

Not here: what the steps are (`rules`), and the price events (items).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from catalog.consignment import rules
from catalog.consignment.contracts import (
    ContractElsewhere,
    ContractMissing,
    Standing,
    about,
    guarantee_of,
    live_of,
    locked,
    locked_for,
    repeated,
    step,
    tell,
    terms_of,
)
from catalog.consignment.states import ContractState, ProposalState
from catalog.consignment.tables import Contract, PriceProposal
from catalog.consignment.terms import ConsignmentTerms
from catalog.duties.actors import Actor
from catalog.ground import policy, worklist
from catalog.ground.calendar import tokyo_day
from catalog.ground.errors import Malformed, Refused
from catalog.ground.journal import Command
from catalog.ground.money import Yen
from catalog.ground.record import UnitId, new_id
from catalog.items import actions as items
from catalog.items import prices as item_prices
from catalog.items.kinds import UnitState
from catalog.items.prices import Agreed
from catalog.items.tables import Unit


class ProposalOver(Refused):
    """The proposal was answered or overtaken. `state`."""

    def __init__(self, state: ProposalState) -> None:
        super().__init__(state.value)
        self.state = state


@dataclass(frozen=True, slots=True)
class Proposed:
    """A price put before the consignor, and what it would pay out."""

    proposal_id: str
    price: Yen
    payout: Yen
    rate_bps: int


def propose_price(
    db: Session,
    contract_id: str,
    price: Yen,
    *,
    reason: str | None,
    actor: Actor,
    now: datetime,
    key: str,
) -> Standing:
    """Ask the consignor for another list price (R-074). Nothing changes until they say yes; a newer
    proposal takes the place of an open one.
    """
    command = Command(
        key, {"verb": "consignment.propose_price", "contract": contract_id, "price": price}
    )
    if (before := repeated(db, command)) is not None:
        return before
    if price <= 0:
        raise Malformed(f"a list price of {price} yen")
    contract = locked(db, contract_id)
    _need_active(contract)
    older = proposals_overtaken(db, contract, now=now)
    row = PriceProposal(
        id=new_id(now),
        contract_id=contract.id,
        state=ProposalState.OPEN.value,
        price=price,
        reason=reason,
        written_at=now,
    )
    db.add(row)
    db.flush()
    standing = step(
        db, contract, None, by=actor.name, now=now, verb="price_proposed", command=command,
        facts={"proposal": row.id}, also=[*older, row],
    )  # fmt: skip
    worklist.close_tasks(db, about(contract), "consignor_price_wish", now=now)
    share = rules.consignment_payout(terms_of(db, contract), price)
    tell(
        db, contract, "price_proposed", now=now, proposal=row.id, price=price,
        payout=share.payout, rate_bps=share.rate_bps,
    )  # fmt: skip
    return standing


def _need_active(contract: Contract) -> None:
    if contract.state != ContractState.ACTIVE.value:
        raise ContractElsewhere(
            contract.contract_no, ContractState(contract.state), ContractState.ACTIVE
        )


def open_proposal(db: Session, contract_id: str) -> PriceProposal | None:
    """The proposal the consignor has not answered yet."""
    return db.exec(
        select(PriceProposal).where(
            PriceProposal.contract_id == contract_id,
            PriceProposal.state == ProposalState.OPEN.value,
        )
    ).first()


def proposals_overtaken(db: Session, contract: Contract, *, now: datetime) -> list[PriceProposal]:
    """An open proposal that no longer counts. The row for the caller's journal."""
    row = open_proposal(db, contract.id)
    if row is None:
        return []
    row.state = ProposalState.OVERTAKEN.value
    row.answered_at = now
    db.add(row)
    db.flush()
    return [row]


def answer_price(
    db: Session,
    proposal_id: str,
    *,
    is_yes: bool,
    message_id: str | None,
    actor: Actor,
    now: datetime,
    key: str,
) -> Standing:
    """The consignor's yes changes the list price at once; a no leaves it (R-074). Raises
    ConsignorOnly, ContractMissing, ProposalOver, and PieceTaken while a buyer has it.
    """
    command = Command(
        key, {"verb": "consignment.answer_price", "proposal": proposal_id, "yes": is_yes}
    )
    if (before := repeated(db, command)) is not None:
        return before
    row = db.get(PriceProposal, proposal_id)
    if row is None:
        raise ContractMissing(proposal_id)
    contract = locked_for(db, row.contract_id, actor)
    db.refresh(row)
    if row.state != ProposalState.OPEN.value:
        raise ProposalOver(ProposalState(row.state))
    if is_yes:
        _need_active(contract)
        _need_free(items.locked(db, UnitId(contract.unit_id)))
    row.state = (ProposalState.AGREED if is_yes else ProposalState.DECLINED).value
    row.message_id = message_id
    row.answered_at = now
    db.add(row)
    db.flush()
    standing = step(
        db, contract, None, by=actor.name, now=now,
        verb="price_agreed" if is_yes else "price_declined", command=command,
        facts={"proposal": row.id}, also=[row],
    )  # fmt: skip
    if is_yes:
        _reprice(db, contract, Yen(row.price), reason="agreed", by=actor.name, now=now, ref=row.id)
        tell(db, contract, "price_changed", now=now, price=row.price)
    return standing


class PieceTaken(Refused):
    """A buyer has it, or is about to; its price stays. `state` of the unit."""

    def __init__(self, state: str) -> None:
        super().__init__(f"unit is {state}")
        self.state = state


def _need_free(unit: Unit) -> None:
    if UnitState(unit.state) not in item_prices.PRICED:
        raise PieceTaken(unit.state)


def _reprice(
    db: Session, contract: Contract, price: Yen, *, reason: str, by: str, now: datetime, ref: str
) -> None:
    item_prices.reprice(
        db,
        UnitId(contract.unit_id),
        price,
        reason=reason,
        agreed=Agreed(about(contract), ref),
        by=by,
        now=now,
        key=f"{about(contract)}:price:{ref}",
    )


def run_drops(db: Session, at: datetime) -> None:
    """The price drops agreed at the contract, due at 00:00 Tokyo (CON-8). Each step is looked at
    once; running it again changes nothing (slot `price-drops`).
    """
    known: dict[int, ConsignmentTerms] = {}
    day = tokyo_day(at)

    def look(contract_id: str) -> None:
        contract = db.get_one(Contract, contract_id)
        version, start_on = contract.policy_version, contract.start_on
        if version not in known:
            known[version] = policy.at(db, version).of(ConsignmentTerms)
        if start_on and rules.steps_come(known[version], start_on, day) > contract.drops_done:
            _drop(db, locked(db, contract.id), by="scheduler", now=at)

    active = select(Contract.id).where(Contract.state == ContractState.ACTIVE.value)
    worklist.sweep(db, "price-drops", active, look, now=at)


def drop_due(db: Session, unit_id: str, *, by: str, now: datetime) -> None:
    """The same for one piece, at the moment its price matters: a late clock sells nothing dear."""
    contract = live_of(db, unit_id)
    if contract is not None:
        _drop(db, contract, by=by, now=now)


def _drop(db: Session, contract: Contract, *, by: str, now: datetime) -> None:
    terms, day = terms_of(db, contract), tokyo_day(now)
    if contract.start_on is None or contract.state != ContractState.ACTIVE.value:
        return
    come = rules.steps_come(terms, contract.start_on, day)
    unit = items.locked(db, UnitId(contract.unit_id))
    if come <= contract.drops_done or UnitState(unit.state) not in item_prices.PRICED:
        return
    before = Yen(unit.price if unit.price is not None else contract.initial_list_price)
    due = rules.due_drops(
        terms,
        start_on=contract.start_on,
        initial=Yen(contract.initial_list_price),
        least=Yen(contract.min_price),
        guarantee=guarantee_of(contract, day),
        day=day,
        price=before,
        after=contract.drops_done,
    )
    _apply(db, contract, due, come, before, by=by, now=now)


def _apply(
    db: Session,
    contract: Contract,
    due: rules.PriceOn,
    come: int,
    before: Yen,
    *,
    by: str,
    now: datetime,
) -> None:
    facts = {"price": due.price, "blocked": list(due.blocked), "steps": come}
    step(db, contract, None, by=by, now=now, verb="price_steps", facts=facts, drops_done=come)
    if due.price < before:
        _reprice(db, contract, due.price, reason="drop", by=by, now=now, ref=f"step-{come}")
        tell(db, contract, "price_changed", now=now, price=due.price)
    if due.blocked:
        terms = terms_of(db, contract)
        candidates = {
            str(days): rules.drop_candidate(
                Yen(contract.initial_list_price), off, Yen(contract.min_price)
            )
            for days, off in terms.drop_steps
            if days in due.blocked
        }
        tell(
            db, contract, "price_drop_blocked", now=now, steps=list(due.blocked),
            candidates=candidates, guarantee=contract.guarantee_amount,
        )  # fmt: skip


def current_terms(db: Session) -> ConsignmentTerms:
    """The terms a new contract would be made under."""
    return policy.current(db).of(ConsignmentTerms)
