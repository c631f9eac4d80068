"""Verbs that make a consignment contract: propose, agree, arrive, activate, renew (委託契約の成立).

A piece is active once the consignor has accepted the very text shown (its version and hash are
kept) and the piece is in the shop, whichever is later. Silence is never consent. Not here: what
becomes of a proposal nobody agreed to (`proposals`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from catalog.consignment import proposals, rules
from catalog.consignment.backing import need_bound
from catalog.consignment.contracts import (
    ContractMissing,
    StaffOnly,
    Standing,
    UnitPromised,
    about,
    as_result,
    locked,
    locked_for,
    repeated,
    standing_of,
    step,
    tell,
    terms_of,
)
from catalog.consignment.intake import (
    consigned_in,
    need_theirs,
    proposal_made,
    require_standing,
)
from catalog.consignment.states import LIVE, ContractState, Settlement
from catalog.consignment.tables import Contract
from catalog.consignment.terms import ConsignmentTerms
from catalog.credit.consents import NEVER_PAID_OUT, need
from catalog.duties.actors import Actor, Role
from catalog.ground import journal, policy, worklist
from catalog.ground.calendar import tokyo_day
from catalog.ground.errors import Malformed, Refused
from catalog.ground.journal import Command
from catalog.ground.money import Yen
from catalog.ground.record import UnitId, new_id
from catalog.items import actions as items
from catalog.items.kinds import IN_CUSTODY, UnitState
from catalog.items.tables import Unit

_SHA256 = frozenset("0123456789abcdef")


class TooCheap(Refused):
    """Below the price from which a piece is taken on consignment: the shop buys it or not.
    `price`, `least`: yen.
    """

    def __init__(self, price: Yen, least: Yen) -> None:
        super().__init__(f"{price} is below {least}")
        self.price = price
        self.least = least


class TermsContradict(Malformed):
    """Prices, texts or moments of a contract that cannot stand together."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed to a consignor. `guarantee`: the binding buyback offer, good all term."""

    unit_id: UnitId
    customer_id: str
    initial_list_price: Yen
    min_price: Yen
    guarantee: Yen | None = None
    settles_in: Settlement = Settlement.BANK
    case_id: str | None = None
    quote_id: str | None = None


@dataclass(frozen=True, slots=True)
class ShownText:
    """The contract text the consignor saw: its version and the SHA-256 of its bytes (R-079)."""

    version: str
    sha256: str

    def __post_init__(self) -> None:
        if not self.version or len(self.sha256) != 64 or not set(self.sha256) <= _SHA256:
            raise TermsContradict("a text needs its version and 64 hex digits of its hash")


def propose(db: Session, wanted: Proposal, *, actor: Actor, now: datetime, key: str) -> Standing:
    """Put a contract before a consignor, in the place of any other that waits for their answer;
    whoever was to do it need not any more. Raises TooCheap (CON-1, R-067), UnitPromised,
    TermsContradict, GuaranteeUnbound, StaffOnly, NotTheirs, StageRefused; what the piece's state
    allows is asked again when it is agreed.
    """
    command = Command(key, {"verb": "consignment.propose", **_plain(wanted)})
    if (before := repeated(db, command)) is not None:
        return before
    if not actor.is_staff:
        raise StaffOnly(actor.name)
    contract = _proposed(db, wanted, now=now)
    _not_promised(db, contract)
    unit = items.locked(db, wanted.unit_id)
    need_theirs(db, unit, wanted.customer_id)
    proposal_made(db, unit, now=now)
    return _begin(db, contract, by=actor.name, now=now, command=command)


def _proposed(db: Session, wanted: Proposal, *, now: datetime) -> Contract:
    current = policy.current(db)
    terms = current.of(ConsignmentTerms)
    if not rules.is_eligible(terms, wanted.initial_list_price):
        raise TooCheap(wanted.initial_list_price, Yen(terms.least_price))
    if not 0 <= wanted.min_price <= wanted.initial_list_price or (wanted.guarantee or 0) < 0:
        raise TermsContradict(f"{wanted.min_price} of {wanted.initial_list_price}")
    need_bound(db, wanted.guarantee, wanted.quote_id, now)
    unit = items.locked(db, wanted.unit_id)
    is_here = UnitState(unit.state) in IN_CUSTODY
    contract_id = new_id(now)
    return Contract(
        id=contract_id,
        contract_no=contract_no(contract_id, tokyo_day(now)),
        unit_id=wanted.unit_id,
        customer_id=wanted.customer_id,
        case_id=wanted.case_id,
        quote_id=wanted.quote_id,
        state=ContractState.PROPOSED.value,
        policy_version=current.version,
        initial_list_price=wanted.initial_list_price,
        min_price=wanted.min_price,
        guarantee_amount=wanted.guarantee,
        settles_in=wanted.settles_in.value,
        proposed_at=now,
        in_custody_at=now if is_here else None,
        written_at=now,
        changed_at=now,
    )


def contract_no(contract_id: str, day: date) -> str:
    """`K-261122-7F3K9QX2`: the day, and the random end of the id; nobody can count or guess."""
    return f"K-{day:%y%m%d}-{contract_id[-8:]}"


def _begin(
    db: Session, contract: Contract, *, by: str, now: datetime, command: Command
) -> Standing:
    proposals.overtake(db, contract, by=by, now=now)
    db.add(contract)
    db.flush()
    standing = standing_of(contract)
    journal.record(
        db,
        about(contract),
        "proposed",
        actor=by,
        at=now,
        facts={"unit": contract.unit_id, "renews": contract.renewed_from},
        key=command.key,
        request=command.request,
        result=as_result(standing),
        wrote=[contract],
    )
    tell(
        db,
        contract,
        "consignment_proposed",
        now=now,
        list_price=contract.initial_list_price,
        guarantee=contract.guarantee_amount,
    )
    return standing


def _not_promised(db: Session, contract: Contract) -> None:
    others = _others(db, contract)
    if others and others[0].id != contract.renewed_from:
        raise UnitPromised(others[0].contract_no)


def _others(db: Session, contract: Contract) -> Sequence[Contract]:
    return db.exec(
        select(Contract).where(
            Contract.unit_id == contract.unit_id,
            Contract.id != contract.id,
            col(Contract.state).in_(sorted(LIVE)),
        )
    ).all()


def agree(
    db: Session,
    contract_id: str,
    text: ShownText,
    *,
    accepted_at: datetime,
    consent_id: str | None = None,
    actor: Actor,
    now: datetime,
    key: str,
) -> Standing:
    """The consignor accepts that text (R-079); active at once when the piece is here (CON-6).

    `accepted_at`: when the consignor said so, by the channel's own clock. A renewal ends the
    contract it renews (CON-10). Who is to be paid in credit was told before that it is never paid
    out: `consent_id` (CRD-13). Raises ConsignorOnly, ContractElsewhere, UnitPromised,
    GuaranteeUnbound when the offer behind its guarantee was over at that moment, IdentityMissing,
    ConsentMissing.
    """
    command = Command(
        key,
        {"verb": "consignment.agree", "contract": contract_id, "text": text.sha256},
    )
    if (before := repeated(db, command)) is not None:
        return before
    contract = _held_to_agree(db, contract_id, actor)
    if accepted_at > now:
        raise TermsContradict("accepted before it was said")
    if contract.state == ContractState.PROPOSED.value:
        need_bound(db, contract.guarantee_amount, contract.quote_id, accepted_at)
    if contract.settles_in == Settlement.CREDIT.value:
        need(db, contract.customer_id, consent_id or "", NEVER_PAID_OUT)
    _not_promised(db, contract)
    proposals.overtake(db, contract, by=actor.name, now=now, is_told=False)
    _end_renewed(db, contract, actor=actor, now=now)
    standing = step(
        db,
        contract,
        ContractState.AGREED,
        by=actor.name,
        now=now,
        verb="agreed",
        command=None if contract.in_custody_at else command,
        facts={"text": text.sha256},
        accepted_at=accepted_at,
        text_version=text.version,
        text_sha256=text.sha256,
        consent_id=consent_id,
    )
    if contract.in_custody_at is None:
        tell(db, contract, "consignment_agreed", now=now)
        return standing
    return _activate(db, contract, by=actor.name, now=now, command=command)


def _held_to_agree(db: Session, contract_id: str, actor: Actor) -> Contract:
    """The contract, locked after the one it renews and after its unit: whoever proposes for the
    unit takes them in that order. Raises ContractMissing, ConsignorOnly.
    """
    found = db.exec(
        select(Contract.unit_id, Contract.renewed_from).where(Contract.id == contract_id)
    ).first()
    if found is not None and actor.role is Role.CUSTOMER:
        unit_id, renewed_from = found
        if renewed_from is not None:
            locked(db, renewed_from)
        items.locked(db, UnitId(unit_id))
    return locked_for(db, contract_id, actor)


def _end_renewed(db: Session, contract: Contract, *, actor: Actor, now: datetime) -> None:
    if contract.renewed_from is None:
        return
    old = locked(db, contract.renewed_from)
    step(
        db,
        old,
        ContractState.RENEWED,
        by=actor.name,
        now=now,
        verb="renewed",
        facts={"by": contract.id},
        ended_at=now,
    )


def arrive(
    db: Session, contract_id: str, *, at: datetime, by: str, now: datetime, key: str
) -> Standing:
    """The piece of an agreed contract has come in and is appraised: the contract becomes active."""
    command = Command(key, {"verb": "consignment.arrive", "contract": contract_id})
    if (before := repeated(db, command)) is not None:
        return before
    contract = locked(db, contract_id)
    if at > now:
        raise TermsContradict("arrived in the future")
    contract.in_custody_at = contract.in_custody_at or at
    return _activate(db, contract, by=by, now=now, command=command)


def _activate(
    db: Session, contract: Contract, *, by: str, now: datetime, command: Command
) -> Standing:
    """Accepted and in custody: the term runs from the later of the two (CON-6)."""
    if contract.accepted_at is None or contract.in_custody_at is None:
        raise TermsContradict("a contract is active once accepted and the piece is here")
    term = rules.consignment_term(
        terms_of(db, contract), rules.term_start(contract.accepted_at, contract.in_custody_at)
    )
    identity = require_standing(db, contract, now=now)
    standing = step(
        db,
        contract,
        ContractState.ACTIVE,
        by=by,
        now=now,
        verb="activated",
        command=command,
        start_on=term.start_on,
        last_day=term.last_day,
        identity_id=identity,
    )
    if contract.renewed_from is None:
        consigned_in(db, contract, by=by, now=now)
    tell(
        db,
        contract,
        "consignment_active",
        now=now,
        last_day=term.last_day.isoformat(),
        guarantee=contract.guarantee_amount,
    )
    return standing


@dataclass(frozen=True, slots=True)
class Renewal:
    """The new terms of a contract that goes on: a new offer, a new term (CON-10)."""

    initial_list_price: Yen
    min_price: Yen
    guarantee: Yen | None = None
    quote_id: str | None = None


def renew(
    db: Session, contract_id: str, wanted: Renewal, *, actor: Actor, now: datetime, key: str
) -> Standing:
    """Propose a new contract for the same piece; the old one goes on until the new is agreed, and
    its guarantee through its own last day (CON-10, R-073).
    """
    command = Command(
        key,
        {
            "verb": "consignment.renew",
            "contract": contract_id,
            "price": wanted.initial_list_price,
            "least": wanted.min_price,
            "guarantee": wanted.guarantee,
            "quote": wanted.quote_id,
        },
    )
    if (before := repeated(db, command)) is not None:
        return before
    if not actor.is_staff:
        raise StaffOnly(actor.name)
    old = locked(db, contract_id)
    if old.state not in {ContractState.ACTIVE.value, ContractState.TERM_ENDED.value}:
        raise ContractMissing(contract_id)
    contract = _proposed(
        db,
        Proposal(
            UnitId(old.unit_id),
            old.customer_id,
            wanted.initial_list_price,
            wanted.min_price,
            wanted.guarantee,
            Settlement(old.settles_in),
            old.case_id,
            wanted.quote_id,
        ),
        now=now,
    )
    contract.renewed_from = old.id
    contract.in_custody_at = old.in_custody_at
    contract.carried_guarantee = old.guarantee_amount
    contract.carried_through = old.last_day
    worklist.close_tasks(db, about(old), "consignment_renewal", now=now)
    return _begin(db, contract, by=actor.name, now=now, command=command)


def _plain(wanted: Proposal) -> dict[str, Any]:
    return {
        "unit": wanted.unit_id,
        "customer": wanted.customer_id,
        "price": wanted.initial_list_price,
        "least": wanted.min_price,
        "guarantee": wanted.guarantee,
        "settles_in": wanted.settles_in.value,
        "case": wanted.case_id,
        "quote": wanted.quote_id,
    }


def unit_of(db: Session, contract: Contract) -> Unit:
    """The piece of a contract, locked."""
    return items.locked(db, UnitId(contract.unit_id))
