"""What becomes of a contract that was proposed and not agreed to (委託の提案の行方): overtaken by
another, taken back, over, or declined; and the way home of its piece.

Of one piece one proposal stands. Not here: making one, and the consignor's yes (`actions`).
"""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from catalog.buyback import answers, cases, returns
from catalog.buyback.stages import Stage, may_move
from catalog.buyback.tables import CasePiece
from catalog.consignment.contracts import (
    ContractElsewhere,
    StaffOnly,
    Standing,
    UnitPromised,
    about,
    locked,
    locked_for,
    repeated,
    step,
    tell,
)
from catalog.consignment.intake import PROPOSAL, UNWANTED, NotTheirs
from catalog.consignment.states import LIVE, ContractState
from catalog.consignment.tables import Contract
from catalog.duties.actors import Actor, Role
from catalog.ground import worklist
from catalog.ground.journal import Command
from catalog.ground.record import UnitId
from catalog.ground.worklist import WorkState
from catalog.items import actions as items
from catalog.items.kinds import IN_CUSTODY, OwnerKind, UnitState
from catalog.items.tables import Unit

RENEWAL = "consignment_renewal"
_TAKEN_BACK = "consignment_taken_back"


def standing(db: Session, unit_id: str) -> Sequence[Contract]:
    """What is before the owner of a piece, not answered; locked."""
    return db.exec(
        select(Contract)
        .where(Contract.unit_id == unit_id, Contract.state == ContractState.PROPOSED.value)
        .order_by(col(Contract.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def overtake(
    db: Session, contract: Contract, *, by: str, now: datetime, is_told: bool = True
) -> None:
    """This one takes the place of every other proposal of the piece, whose unit the caller holds;
    the consignor is told which no longer counts.
    """
    for old in standing(db, contract.unit_id):
        if old.id == contract.id:
            continue
        _end(db, old, verb="overtaken", by=by, now=now, overtaken_by=contract.id)
        if is_told:
            tell(db, old, _TAKEN_BACK, now=now, is_replaced=True)


def _end(
    db: Session, old: Contract, *, verb: str, by: str, now: datetime, overtaken_by: str | None
) -> None:
    step(
        db, old, ContractState.DECLINED, by=by, now=now, verb=verb,
        facts={"by": overtaken_by}, ended_at=now,
    )  # fmt: skip
    worklist.close_tasks(db, about(old), PROPOSAL, now=now)


def take_back(
    db: Session, contract_id: str, *, reason: str, actor: Actor, now: datetime, key: str
) -> Standing:
    """The shop takes back what it proposed, while nobody agreed to it; the consignor is told, and
    who waits for a proposal is to be made another. Raises StaffOnly, ContractMissing,
    ContractElsewhere.
    """
    request = {"verb": "consignment.take_back", "contract": contract_id, "reason": reason}
    command = Command(key, request)
    if (before := repeated(db, command)) is not None:
        return before
    if not actor.is_staff:
        raise StaffOnly(actor.name)
    contract = locked(db, contract_id)
    before_it = ContractState(contract.state)
    if before_it is not ContractState.PROPOSED:
        raise ContractElsewhere(contract.contract_no, before_it, ContractState.DECLINED)
    done = step(
        db, contract, ContractState.DECLINED, by=actor.name, now=now, verb="taken_back",
        command=command, facts={"reason": reason}, ended_at=now,
    )  # fmt: skip
    worklist.close_tasks(db, about(contract), PROPOSAL, now=now)
    tell(db, contract, _TAKEN_BACK, now=now, is_replaced=False)
    if waiting(db, contract.unit_id) is not None:
        propose_anew(db, contract, due_at=now, now=now)
    return done


def propose_anew(db: Session, contract: Contract, *, due_at: datetime, now: datetime) -> None:
    """Staff are to put another contract in the place of this one, which does not hold any more."""
    if contract.renewed_from is not None:
        name, subject = RENEWAL, f"contract:{contract.renewed_from}"
    else:
        name, subject = PROPOSAL, about(contract)
    facts = {"contract_no": contract.contract_no, "unit_id": contract.unit_id}
    piece = waiting(db, contract.unit_id)
    if name == PROPOSAL and piece is not None:
        subject, facts = cases.about(piece.case_id), {**facts, "piece": piece.id}
    worklist.task(db, name, subject, due_at=due_at, now=now, once=contract.id, facts=facts)


def decline(db: Session, contract_id: str, *, actor: Actor, now: datetime, key: str) -> Standing:
    """The consignor does not want it, before anything is active; what they had sent in for it then
    waits to go home.
    """
    command = Command(key, {"verb": "consignment.decline", "contract": contract_id})
    if (before := repeated(db, command)) is not None:
        return before
    contract = locked_for(db, contract_id, actor)
    done = step(
        db, contract, ContractState.DECLINED, by=actor.name, now=now, verb="declined",
        command=command, ended_at=now,
    )  # fmt: skip
    came_to_nothing(db, contract, now=now)
    return done


def came_to_nothing(db: Session, contract: Contract, *, now: datetime) -> None:
    """The consignor said no: a piece that is here for nothing else is somebody's to send home."""
    worklist.close_tasks(db, about(contract), PROPOSAL, now=now)
    piece = waiting(db, contract.unit_id) if contract.renewed_from is None else None
    if piece is None:
        return
    worklist.close_tasks(db, cases.about(piece.case_id), PROPOSAL, now=now, piece=piece.id)
    worklist.task(
        db, UNWANTED, cases.about(piece.case_id), due_at=now, now=now, once=contract.id,
        facts={"piece": piece.id, "contract_no": contract.contract_no},
    )  # fmt: skip


def waiting(db: Session, unit_id: str) -> CasePiece | None:
    """The piece of a case that was to be consigned, is here, and still its seller's; under no
    contract.
    """
    found = db.exec(
        select(CasePiece, Unit)
        .where(
            CasePiece.unit_id == unit_id,
            CasePiece.stage == Stage.CONSIGN.value,
            CasePiece.unit_id == Unit.id,
            Unit.owner_kind == OwnerKind.CUSTOMER.value,
        )
        .order_by(col(CasePiece.id).desc())
    ).first()
    if found is None or UnitState(found[1].state) not in IN_CUSTODY or _promised(db, unit_id):
        return None
    return found[0]


def is_leaving(db: Session, unit_id: str) -> bool:
    """Whether the piece of a case is on its way home already."""
    found = select(CasePiece.id).where(
        CasePiece.unit_id == unit_id, CasePiece.stage == Stage.RETURN_SHIPPING.value
    )
    return db.exec(found).first() is not None


def _promised(db: Session, unit_id: str) -> Contract | None:
    return db.exec(
        select(Contract).where(Contract.unit_id == unit_id, col(Contract.state).in_(sorted(LIVE)))
    ).first()


def is_unwanted(db: Session, piece: CasePiece) -> bool:
    """Whether its seller said no to what was proposed, and it is still to be sent home."""
    tasks = worklist.tasks_about(db, cases.about(piece.case_id), name=UNWANTED)
    return any(
        each.state == WorkState.DUE.value and each.facts.get("piece") == piece.id for each in tasks
    )


def may_send_home(db: Session, piece: CasePiece, role: Role) -> bool:
    """Whether somebody in this role may send home what was to be consigned: `send_home`."""
    if piece.stage != Stage.CONSIGN.value or piece.unit_id is None:
        return False
    waits = waiting(db, piece.unit_id)
    is_its = waits is not None and waits.id == piece.id
    may = may_move(Stage.CONSIGN, Stage.RETURN_SHIPPING, role, is_override=True)
    return is_its and (may or is_unwanted(db, piece))


def send_home(
    db: Session, piece_id: str, *, reason: str, actor: Actor, now: datetime, key: str
) -> cases.Standing:
    """Somebody of the shop sends a piece of a case home (`returns.send_home`); one that was to be
    consigned by whoever handles pieces once its seller said no, by a manager before. What was
    proposed for it is over.

    Raises CaseMissing, StageRefused, MoverRefused, CaseMalformed, NotTheirs, UnitPromised.
    """
    piece = _in_hand(db, piece_id, actor=actor, now=now)
    # A free return after a decline: the clock's, whoever presses.
    role = Role.SCHEDULER if actor.is_staff and is_unwanted(db, piece) else None
    done = returns.send_home(db, piece_id, reason=reason, actor=actor, now=now, key=key, role=role)
    _over(db, piece, by=actor.name, now=now)
    return done


def bring_home(
    db: Session, piece_id: str, *, actor: Actor, now: datetime, key: str
) -> cases.Standing:
    """The seller wants back what was to be consigned; what was proposed for it is over.

    Raises CaseMissing, CustomerOnly, StageRefused, NotTheirs, UnitPromised.
    """
    piece = _in_hand(db, piece_id, actor=actor, now=now)
    done = answers.bring_home(db, piece_id, actor=actor, now=now, key=key)
    _over(db, piece, by=actor.name, now=now)
    return done


def _in_hand(db: Session, piece_id: str, *, actor: Actor, now: datetime) -> CasePiece:
    """The piece with its case and unit held: one that a contract took, or that was bought through
    it, is no longer this case's to send anywhere.
    """
    act = cases.begin(db, cases.case_of_piece(db, piece_id), actor=actor, now=now)
    piece = act.piece(piece_id)
    if piece.stage != Stage.CONSIGN.value or piece.unit_id is None:
        return piece
    unit = items.locked(db, UnitId(piece.unit_id))
    if unit.owner_kind != OwnerKind.CUSTOMER.value or unit.owner_id != act.case.customer_id:
        raise NotTheirs(unit.code)
    if (contract := _promised(db, unit.id)) is not None:
        raise UnitPromised(contract.contract_no)
    return piece


def _over(db: Session, piece: CasePiece, *, by: str, now: datetime) -> None:
    """Told by the return itself, not once more."""
    for old in standing(db, piece.unit_id) if piece.unit_id is not None else ():
        _end(db, old, verb="taken_back", by=by, now=now, overtaken_by=None)
    worklist.close_tasks(
        db, cases.about(piece.case_id), PROPOSAL, UNWANTED, now=now, piece=piece.id
    )
