"""Consignments that ran before this register began, taken in from a list (委託契約の移行).

Each becomes an active contract with its own start; its piece, already in the register, becomes the
consignor's. The same gates as daily work: the least price, one contract a piece. The identity check
that was made back then is recorded as waived here and asked for before anything is paid.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, update
from sqlmodel import Session, col, select

from catalog.consignment import rules
from catalog.consignment.actions import contract_no
from catalog.consignment.contracts import about
from catalog.consignment.lines import ConsignmentLine
from catalog.consignment.states import LIVE, ContractState, Settlement
from catalog.consignment.tables import Contract
from catalog.consignment.terms import ConsignmentTerms
from catalog.customers import queries as customers
from catalog.ground import journal, policy
from catalog.ground.calendar import at_tokyo, tokyo_day
from catalog.ground.lines import Taken
from catalog.ground.record import new_id
from catalog.items.kinds import OwnerKind, UnitState
from catalog.items.tables import Unit

IMPORTED = "import"
_TAKEN_AS = frozenset(
    state.value
    for state in (UnitState.LISTED, UnitState.UNLISTED, UnitState.PREPARING, UnitState.REPAIR)
)


def take_lines(db: Session, lines: Sequence[ConsignmentLine], *, by: str, now: datetime) -> Taken:
    """Take the lines in, all in the caller's transaction; a second run changes nothing."""
    current = policy.current(db)
    terms = current.of(ConsignmentTerms)
    units = _units(db, lines)
    customers = _customers(db, lines)
    known = _known(db, [unit.id for unit in units.values()])
    there: list[str] = []
    different: list[str] = []
    refused: list[tuple[int, str]] = []
    fresh: list[tuple[Contract, Unit]] = []
    for number, line in enumerate(lines):
        unit, customer = units.get(line.unit_code), customers.get(line.customer_no)
        if unit is not None and unit.id in known:
            there.append(line.unit_code)
            if not _is_same(known[unit.id], line, customer):
                different.append(line.unit_code)
            continue
        why = _refusal(terms, line, unit, customer, now)
        if why is not None or unit is None or customer is None:
            refused.append((number, why or "cannot be taken"))
            continue
        contract = _contract(line, unit, customer, terms, current.version, now=now)
        known[unit.id] = contract
        fresh.append((contract, unit))
    if fresh:
        _write(db, fresh, by=by, now=now)
    return Taken(len(fresh), there, different, refused)


def _units(db: Session, lines: Sequence[ConsignmentLine]) -> dict[str, Unit]:
    codes = sorted({line.unit_code for line in lines})
    rows = select(Unit).where(col(Unit.code).in_(codes)).with_for_update()
    return {
        unit.code: unit for unit in db.exec(rows.execution_options(populate_existing=True)).all()
    }


def _customers(db: Session, lines: Sequence[ConsignmentLine]) -> dict[str, str]:
    numbers = {line.customer_no for line in lines}
    return {number: str(found) for number, found in customers.by_numbers(db, numbers).items()}


def _known(db: Session, unit_ids: Sequence[str]) -> dict[str, Contract]:
    """The imported or living contracts of these pieces: one of them makes a line a repeat."""
    rows = db.exec(
        select(Contract).where(
            col(Contract.unit_id).in_(unit_ids),
            col(Contract.state).in_(sorted(LIVE)) | (col(Contract.text_version) == IMPORTED),
        )
    )
    return {contract.unit_id: contract for contract in rows}


def _is_same(contract: Contract, line: ConsignmentLine, customer: str | None) -> bool:
    return (
        contract.customer_id,
        contract.start_on,
        contract.initial_list_price,
        contract.min_price,
        contract.guarantee_amount,
    ) == (customer, line.start_on, line.initial_list_price, line.min_price, line.guarantee_amount)


def _refusal(
    terms: ConsignmentTerms,
    line: ConsignmentLine,
    unit: Unit | None,
    customer: str | None,
    now: datetime,
) -> str | None:
    if unit is None:
        return f"unit_code: there is no unit {line.unit_code}"
    if customer is None:
        return "customer_no: there is no such customer"
    if not rules.is_eligible(terms, line.initial_list_price):
        return f"initial_list_price: below {terms.least_price}, no consignment"
    if line.start_on > tokyo_day(now):
        return "start_on: lies in the future"
    if unit.state not in _TAKEN_AS:
        return (
            f"unit_code: {line.unit_code} is {unit.state}; allowed: {', '.join(sorted(_TAKEN_AS))}"
        )
    if unit.owner_kind != OwnerKind.DEALER.value:
        return f"unit_code: {line.unit_code} belongs to a {unit.owner_kind}"
    return None


def _contract(
    line: ConsignmentLine,
    unit: Unit,
    customer: str,
    terms: ConsignmentTerms,
    version: int,
    *,
    now: datetime,
) -> Contract:
    contract_id = new_id(now)
    start = at_tokyo(line.start_on)
    return Contract(
        id=contract_id,
        contract_no=contract_no(contract_id, tokyo_day(now)),
        unit_id=unit.id,
        customer_id=customer,
        state=ContractState.ACTIVE.value,
        policy_version=version,
        initial_list_price=line.initial_list_price,
        min_price=line.min_price,
        guarantee_amount=line.guarantee_amount,
        settles_in=Settlement.BANK.value,
        proposed_at=start,
        in_custody_at=start,
        accepted_at=start,
        text_version=IMPORTED,
        start_on=line.start_on,
        last_day=rules.consignment_term(terms, line.start_on).last_day,
        # The list says what the piece costs now, so that the steps so far are in its price.
        drops_done=rules.steps_come(terms, line.start_on, tokyo_day(now)),
        written_at=now,
        changed_at=now,
    )


def _write(db: Session, fresh: Sequence[tuple[Contract, Unit]], *, by: str, now: datetime) -> None:
    db.connection().execute(insert(Contract), [contract.model_dump() for contract, _ in fresh])
    table: Any = Unit.__table__  # type: ignore[attr-defined]  # SQLModel gives every table class one
    db.connection().execute(
        update(table)
        .where(table.c.id == bindparam("unit"))
        .values(
            owner_kind=OwnerKind.CONSIGNOR.value,
            owner_id=bindparam("consignor"),
            version=table.c.version + 1,
            changed_at=now,
        ),
        [{"unit": unit.id, "consignor": contract.customer_id} for contract, unit in fresh],
    )
    journal.begin(
        db,
        [
            (
                about(contract),
                {"unit": contract.unit_id, "identity": "waived: import"},
                [
                    contract,
                    journal.Wrote(
                        Unit,
                        unit.id,
                        {
                            "owner_kind": OwnerKind.CONSIGNOR.value,
                            "owner_id": contract.customer_id,
                        },
                    ),
                ],
            )
            for contract, unit in fresh
        ],
        "opening_consignment",
        actor=by,
        at=now,
    )
    db.expire_all()
