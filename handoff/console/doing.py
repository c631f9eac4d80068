"""Where what a task asks for is done (作業の手続き): the form whose step ends it.

A task that is not named here is done somewhere outside these pages, or on the thing's own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from sqlmodel import Session

from catalog.buyback.payouts import lines
from catalog.buyback.payouts.rules import Block
from catalog.buyback.payouts.tables import Payout, PayoutLine
from catalog.buyback.tables import BuybackCase, CasePiece
from catalog.consignment.tables import Contract
from catalog.credit.tables import CreditAccount
from catalog.ground.calendar import tokyo_day
from catalog.items.kinds import OwnerKind
from catalog.items.tables import Unit
from catalog.orders.returns import LABEL
from catalog.orders.tables import ReturnCase, SaleOrder
from handoff.appointments.steps import LINK, UNASSIGNED
from handoff.appointments.tables import Appointment
from handoff.console.door import HOME, place
from handoff.desk.tasks import Todo, act_to_end
from handoff.staff.permissions import Act
from media.disputes.tables import Dispute


@dataclass(frozen=True, slots=True)
class Form:
    """The form by which a task is done, and what whoever fills it in must be allowed. `ends`:
    whether its step ends the task, or somebody says that it was done.
    """

    href: str
    act: Act
    ends: bool


def form_of(db: Session, todo: Todo) -> Form | None:
    """The form of the step, where there is one and what it is about is still there."""
    way = _WAYS.get(todo.name)
    href = way(db, todo) if way is not None else None
    if href is None:
        return None
    return Form(href, act_to_end(todo.name), ends=todo.name not in _SAID)


def _told(db: Session, table: Any, key: object) -> Any:
    return db.get(table, key) if isinstance(key, str) else None


def _key(todo: Todo) -> str:
    return todo.about.partition(":")[2]


def _case(db: Session, todo: Todo) -> BuybackCase | None:
    found: BuybackCase | None = db.get(BuybackCase, _key(todo))
    return found if todo.about.startswith("case:") else None


def _piece(db: Session, todo: Todo) -> str | None:
    """The part of the case's page that is about one piece."""
    case, piece = _case(db, todo), _told(db, CasePiece, todo.facts.get("piece"))
    if case is None:
        return None
    is_its = piece is not None and piece.case_id == case.id
    return place("cases", case.case_no) + (f"#piece-{piece.number}" if is_its else "")


def _of_case(part: str) -> Callable[[Session, Todo], str | None]:
    def way(db: Session, todo: Todo) -> str | None:
        case = _case(db, todo)
        return f"{place('cases', case.case_no)}#{part}" if case is not None else None

    return way


def _seller(db: Session, todo: Todo) -> str | None:
    """Who somebody is, and the account they are paid to."""
    tables: Mapping[str, Any] = {
        "case": BuybackCase, "contract": Contract, "payout": Payout, "account": CreditAccount,
    }  # fmt: skip
    table = tables.get(todo.about.partition(":")[0])
    row = db.get(table, _key(todo)) if table is not None else None
    if row is None:
        return None
    case = f"?case={quote(row.case_no, safe='')}" if isinstance(row, BuybackCase) else ""
    return f"{HOME}/customers/{quote(row.customer_id, safe='')}/identity{case}"


def _claim(db: Session, todo: Todo) -> str | None:
    found = _told(db, Dispute, _key(todo))
    return place("disputes", found.id) if found is not None else None


def _blocked(db: Session, todo: Todo) -> str | None:
    """Who may not release it is nobody's fault: it goes in another's list."""
    is_ours = todo.facts.get("block") in (Block.ONE_HAND.value, Block.MAY_HAVE_LEFT.value)
    return _payouts(db, todo) if is_ours else _seller(db, todo)


def _payouts(db: Session, todo: Todo) -> str | None:
    return f"{HOME}/payouts" if _told(db, Payout, _key(todo)) is not None else None


def _came_back(db: Session, todo: Todo) -> str | None:
    """The line whose money may be with the shop again; what else the bank says against itself is
    ended by whoever asked it.
    """
    line = _told(db, PayoutLine, todo.facts.get("line_id"))
    payout = _told(db, Payout, _key(todo))
    if line is None or payout is None or not lines.is_against(db, line, payout):
        return None
    return f"{HOME}/payouts/{todo.facts['list']}"


def _consign(db: Session, todo: Todo) -> str | None:
    """The piece that is to be consigned instead of sold, or by other terms than were proposed."""
    piece = _told(db, CasePiece, todo.facts.get("piece"))
    unit = _told(db, Unit, piece.unit_id if piece is not None else todo.facts.get("unit_id"))
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
    case, piece = _case(db, todo), _told(db, CasePiece, todo.facts.get("piece"))
    if case is None or piece is None or piece.case_id != case.id:
        return None
    return place("cases", case.case_no, "refer", str(piece.number))


def _police(db: Session, todo: Todo) -> str | None:
    unit = _told(db, Unit, _key(todo))
    return place("items", unit.code, "police") if unit is not None else None


def _deal(part: str) -> Callable[[Session, Todo], str | None]:
    def way(db: Session, todo: Todo) -> str | None:
        return f"{HOME}/duties?about={quote(todo.about, safe=':')}#{part}"

    return way


def _leaks(db: Session, todo: Todo) -> str | None:
    return f"{HOME}/breaches"


def _label(db: Session, todo: Todo) -> str | None:
    case = _told(db, ReturnCase, _key(todo))
    order = _told(db, SaleOrder, case.order_id) if case is not None else None
    return f"{place('orders', order.order_no)}#label-{case.id}" if order is not None else None


def _appointment(db: Session, todo: Todo) -> str | None:
    row = _told(db, Appointment, todo.facts.get("appointment"))
    day = tokyo_day(row.starts_at) if row is not None else None
    return f"{HOME}/appointments?day={day}#a-{row.id}" if row is not None else None


# What is claimed is settled with its owner and the police; nothing here tells that it was.
_SAID = frozenset({"recovery_claim"})

_WAYS: Mapping[str, Callable[[Session, Todo], str | None]] = {
    "media_dispute": _claim,
    "quote_review": _piece,
    "reference_price": _piece,
    "price_anew": _piece,
    "counter_offer": _piece,
    "repair": _piece,
    "dispose": _piece,
    "offer_unanswered": _piece,
    "repair_estimate": _piece,
    "packing_kit": _of_case("kit"),
    "visit_wanted": _of_case("visitor"),
    "identity_wanted": _seller,
    "identity_for_payout": _seller,
    "identity_for_guarantee": _seller,
    "payee_account": _seller,
    "payout_blocked": _blocked,
    "payout_failed": _payouts,
    "payout_late": _payouts,
    "payout_contradicted": _came_back,
    "consignment_proposal": _consign,
    "consignment_declined": _piece,
    "goods_never_came": _of_case("give_up"),
    "papers_never_came": _of_case("give_up"),
    "return_to_consignor": _contract("home"),
    "consignment_renewal": _contract("renew"),
    "consignor_price_wish": _contract("price"),
    "referral_wanted": _refer,
    "police_report": _police,
    "police_order_ends": _police,
    "recovery_claim": _police,
    UNASSIGNED: _appointment,
    LINK: _appointment,
    LABEL: _label,
    "suspicious_deal_report": _deal("suspicious"),
    "breach_preliminary": _leaks,
    "breach_preliminary_limit": _leaks,
    "breach_people": _leaks,
    "breach_final": _leaks,
}
