"""What must hold before a piece is taken on consignment, and what is written when it is (受託).

Accepting on consignment needs the consignor's identity as buying does, and enters the dealer's
ledger. Not here: the contract's own steps.
"""

from datetime import datetime

from sqlmodel import Session, col, select

from catalog.buyback import stages
from catalog.buyback.cases import StageRefused
from catalog.buyback.stages import Stage
from catalog.buyback.tables import CasePiece
from catalog.consignment.tables import Contract
from catalog.duties.identity.queries import require_identity, stands
from catalog.duties.ledger.actions import LedgerEntry, enter
from catalog.duties.rules import Deal, ItemKind
from catalog.duties.tables import LedgerKind
from catalog.ground import worklist
from catalog.ground.calendar import tokyo_day
from catalog.ground.errors import Refused
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId, UnitId
from catalog.items import actions as items
from catalog.items.actions import Owner
from catalog.items.kinds import OwnerKind, UnitState
from catalog.items.tables import Style, Unit

PROPOSAL = "consignment_proposal"  # task: a seller wishes consignment instead of the offer
UNWANTED = "consignment_declined"  # task: the seller did not want it; the piece is still here


class NotTheirs(Refused):
    """The piece is not this customer's to give on consignment. `code`."""

    def __init__(self, code: str) -> None:
        super().__init__(f"{code} is another's")
        self.code = code


def need_theirs(db: Session, unit: Unit, customer_id: str) -> None:
    """What is proposed to a customer is their own piece, and no case still wants to buy it. Raises
    NotTheirs, StageRefused.
    """
    if unit.owner_kind != OwnerKind.CUSTOMER or unit.owner_id != customer_id:
        raise NotTheirs(unit.code)
    wanted = db.exec(
        select(CasePiece).where(
            CasePiece.unit_id == unit.id,
            col(CasePiece.stage).not_in([stage.value for stage in stages.ENDED]),
        )
    ).first()
    if wanted is not None:
        raise StageRefused(wanted.id, Stage(wanted.stage), Stage.CONSIGN)


def proposal_made(db: Session, unit: Unit, *, now: datetime) -> None:
    """Nobody needs to put one before the seller any more, nor to send home what they declined."""
    for piece in db.exec(select(CasePiece).where(CasePiece.unit_id == unit.id)):
        worklist.close_tasks(
            db, f"case:{piece.case_id}", PROPOSAL, UNWANTED, now=now, piece=piece.id
        )


def item_kind_of(db: Session, unit_id: str) -> ItemKind:
    """The kind of goods as the law tells it."""
    category = db.exec(
        select(Style.category).where(Unit.id == unit_id, Unit.style_id == Style.id)
    ).one()
    return ItemKind(category)


def require_standing(db: Session, contract: Contract, *, now: datetime) -> str | None:
    """The identity check the contract rests on (KOB-1): the one it was made with while nobody
    doubts it, else one that serves today. Raises IdentityMissing, SellerTooYoung.
    """
    made_with = contract.identity_id
    if made_with is not None and stands(db, made_with, of=contract.customer_id):
        return made_with
    return require_serving(db, contract, now=now)


def require_serving(db: Session, contract: Contract, *, now: datetime) -> str | None:
    """A check that serves today, whatever the contract was made with; None where none is asked for.
    Raises IdentityMissing, SellerTooYoung.
    """
    return require_identity(
        db,
        CustomerId(contract.customer_id),
        deal=Deal.CONSIGNMENT,
        total=Yen(contract.initial_list_price),
        kinds=[item_kind_of(db, contract.unit_id)],
        on=tokyo_day(now),
        about=f"contract:{contract.id}",
    )


def consigned_in(db: Session, contract: Contract, *, by: str, now: datetime) -> None:
    """The piece becomes a consigned one of its consignor, with its row in the ledger (KOB-2)."""
    items.move(
        db,
        UnitId(contract.unit_id),
        UnitState.CONSIGNED,
        by=by,
        now=now,
        verb="consigned",
        owner=Owner(OwnerKind.CONSIGNOR, contract.customer_id),
        facts={"contract": contract.id},
        price=contract.initial_list_price,
    )
    entry = LedgerEntry(
        UnitId(contract.unit_id),
        LedgerKind.CONSIGNED_IN,
        item_kind_of(db, contract.unit_id),
        f"contract:{contract.id}",
        customer_id=CustomerId(contract.customer_id),
        identity_id=contract.identity_id,
    )
    enter(db, entry, by=by, now=now)
