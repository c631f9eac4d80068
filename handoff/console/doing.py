"""Where what a task asks for is done (作業の手続き): the form whose step ends it.

A task that is not named here is done somewhere outside these pages, or on the thing's own.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sqlmodel import Session

from catalog.buyback.tables import BuybackCase, CasePiece
from catalog.consignment.tables import Contract
from catalog.items.kinds import OwnerKind
from catalog.items.tables import Unit
from handoff.console.door import place
from handoff.desk.tasks import Todo


def door_of(db: Session, todo: Todo) -> str | None:
    """The page of the step, where there is one and what it is about is still there."""
    way = _WAYS.get(todo.name)
    return way(db, todo) if way is not None else None


def _told(db: Session, table: Any, key: object) -> Any:
    return db.get(table, key) if isinstance(key, str) else None


def _key(todo: Todo) -> str:
    return todo.about.partition(":")[2]


def _consign(db: Session, todo: Todo) -> str | None:
    """The piece that is to be consigned instead of sold."""
    piece = _told(db, CasePiece, todo.facts.get("piece"))
    unit = _told(db, Unit, piece.unit_id) if piece is not None else None
    if unit is None or unit.owner_kind != OwnerKind.CUSTOMER:
        return None
    return place("items", unit.code, "consign")


def _contract(part: str) -> Callable[[Session, Todo], str | None]:
    def way(db: Session, todo: Todo) -> str | None:
        contract = _told(db, Contract, _key(todo))
        found = contract is not None
        return f"{place('consignments', contract.contract_no)}#{part}" if found else None

    return way


def _refer(db: Session, todo: Todo) -> str | None:
    """The dealer a customer waits to be named."""
    case = _told(db, BuybackCase, _key(todo))
    piece = _told(db, CasePiece, todo.facts.get("piece"))
    if case is None or piece is None or piece.case_id != case.id:
        return None
    return place("cases", case.case_no, "refer", str(piece.number))


def _police(db: Session, todo: Todo) -> str | None:
    unit = _told(db, Unit, _key(todo))
    return place("items", unit.code, "police") if unit is not None else None


_WAYS: Mapping[str, Callable[[Session, Todo], str | None]] = {
    "consignment_proposal": _consign,
    "consignment_renewal": _contract("renew"),
    "consignor_price_wish": _contract("price"),
    "referral_wanted": _refer,
    "police_report": _police,
    "police_order_ends": _police,
    "recovery_claim": _police,
}
