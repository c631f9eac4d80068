"""A consignment contract in hand: finding and locking it, and the one way its state changes
(委託契約).

Not here: why a state changes; that is said by the verbs beside it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from catalog.consignment import rules
from catalog.consignment.states import LIVE, ContractState, may_move
from catalog.consignment.tables import Contract
from catalog.consignment.terms import ConsignmentTerms
from catalog.duties.actors import Actor, Role
from catalog.ground import journal, policy, worklist
from catalog.ground.errors import Missing, Refused
from catalog.ground.journal import Command
from catalog.ground.money import Yen
from catalog.ground.record import Row

TERMS_SLOT = "consignment-terms"  # each midnight: what is over, sent back, closed


class ContractMissing(Missing):
    """There is no such contract, or it is another customer's."""


class ContractElsewhere(Refused):
    """The contract's state allows no such step. `before`, `after`: states."""

    def __init__(self, contract_no: str, before: ContractState, after: ContractState) -> None:
        super().__init__(f"{contract_no}: {before.value} → {after.value} is no step")
        self.contract_no = contract_no
        self.before = before
        self.after = after


class ConsignorOnly(Refused):
    """Only the consignor may say this; nobody of the shop, and never silence. `said_by`."""

    def __init__(self, said_by: str) -> None:
        super().__init__(f"said by {said_by}")
        self.said_by = said_by


class StaffOnly(Refused):
    """The bot never makes an offer that binds, and a customer does not make one to themselves."""


class UnitPromised(Refused):
    """The piece is already under another contract. `contract_no`."""

    def __init__(self, contract_no: str) -> None:
        super().__init__(f"under {contract_no}")
        self.contract_no = contract_no


@dataclass(frozen=True, slots=True)
class Standing:
    """A contract after a step: what a repeat of the command is answered with."""

    contract_id: str
    contract_no: str
    state: str
    version: int


def locked(db: Session, contract_id: str) -> Contract:
    """The contract, held by this transaction until it ends. Raises ContractMissing."""
    contract = db.exec(
        select(Contract)
        .where(Contract.id == contract_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if contract is None:
        raise ContractMissing(contract_id)
    return contract


def locked_for(db: Session, contract_id: str, actor: Actor) -> Contract:
    """The same for the consignor alone. Raises ContractMissing for another customer's,
    ConsignorOnly for whoever is no customer.
    """
    if actor.role is not Role.CUSTOMER:
        raise ConsignorOnly(actor.name)
    contract = locked(db, contract_id)
    if contract.customer_id != actor.id:
        raise ContractMissing(contract_id)
    return contract


def live_of(db: Session, unit_id: str) -> Contract | None:
    """The contract a unit is under now, locked; at most one (invariant of the table)."""
    return db.exec(
        select(Contract)
        .where(Contract.unit_id == unit_id, col(Contract.state).in_(sorted(LIVE)))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()


def terms_of(db: Session, contract: Contract) -> ConsignmentTerms:
    """The terms the contract was made under; later versions never reach back."""
    return policy.at(db, contract.policy_version).of(ConsignmentTerms)


def guarantee_of(contract: Contract, day: date) -> Yen | None:
    """The guaranteed price of that day, that of a renewed contract included (CON-10)."""
    return rules.guarantee_on(
        yen_of(contract.guarantee_amount),
        carried=yen_of(contract.carried_guarantee),
        carried_through=contract.carried_through,
        day=day,
    )


def yen_of(amount: int | None) -> Yen | None:
    """A column's yen."""
    return None if amount is None else Yen(amount)


def step(
    db: Session,
    contract: Contract,
    to: ContractState | None,
    *,
    by: str,
    now: datetime,
    verb: str,
    command: Command | None = None,
    facts: Mapping[str, Any] | None = None,
    also: Iterable[Row | journal.Wrote] = (),
    result: Mapping[str, Any] | None = None,
    **columns: Any,
) -> Standing:
    """Bring a locked contract into another state (None: it stays), set columns, journal it.

    Raises ContractElsewhere when the table of moves does not know the step.
    """
    before = ContractState(contract.state)
    if to is not None and not may_move(before, to):
        raise ContractElsewhere(contract.contract_no, before, to)
    for name, value in columns.items():
        setattr(contract, name, value)
    contract.state = (to or before).value
    contract.version += 1
    contract.changed_at = now
    db.add(contract)
    db.flush()
    standing = standing_of(contract)
    journal.record(
        db,
        about(contract),
        verb,
        actor=by,
        at=now,
        facts=facts,
        key=command.key if command else None,
        request=command.request if command else None,
        result=(result if result is not None else as_result(standing)) if command else None,
        wrote=[contract, *also],
    )
    return standing


def standing_of(contract: Contract) -> Standing:
    """The contract as it stands."""
    return Standing(contract.id, contract.contract_no, contract.state, contract.version)


def as_result(standing: Standing) -> dict[str, Any]:
    """As the journal keeps it."""
    return {
        "contract_id": standing.contract_id,
        "contract_no": standing.contract_no,
        "state": standing.state,
        "version": standing.version,
    }


def repeated(db: Session, command: Command) -> Standing | None:
    """What the first command with this key was answered. Raises KeyUsedOtherwise."""
    before = journal.stored_result(db, command.key, command.request)
    return None if before is None else Standing(**before)


def about(contract: Contract) -> str:
    """The contract as a subject of journal, worklist and payouts."""
    return f"contract:{contract.id}"


def tell(
    db: Session,
    contract: Contract,
    phase: str,
    *,
    now: datetime,
    version: int | None = None,
    due_at: datetime | None = None,
    **facts: Any,
) -> None:
    """The consignor must be told of this step: one row per contract, phase and version."""
    worklist.notice(
        db,
        about(contract),
        phase,
        to=f"customer:{contract.customer_id}",
        version=contract.version if version is None else version,
        now=now,
        due_at=due_at,
        facts={"contract_no": contract.contract_no, "unit_id": contract.unit_id, **facts},
    )
