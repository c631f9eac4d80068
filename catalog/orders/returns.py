"""A piece comes back (返品): asked for in time, underway, received for inspection.

Never straight on sale. Not here: comparing it with what was sent (`comparing`), its money
(`undoing`), exchanges (`exchanges`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from catalog.consignment.ending import ManagerOnly
from catalog.credit import consents
from catalog.duties.actors import Actor, Role
from catalog.duties.rules import may_return
from catalog.duties.terms import DutyTerms
from catalog.ground import journal, worklist
from catalog.ground.errors import Missing, Refused
from catalog.ground.journal import Command
from catalog.ground.record import CustomerId, Row, UnitId, new_id
from catalog.items import actions as items
from catalog.items.kinds import Custody, UnitState
from catalog.items.parcels import actions as parcels
from catalog.items.parcels.rules import Direction
from catalog.orders.states import (
    RETURN_MOVES,
    RETURN_OPEN,
    Delivery,
    LineState,
    ReturnKind,
    ReturnState,
    SettleAs,
)
from catalog.orders.steps import (
    OrderMalformed,
    OrderMissing,
    about,
    chosen,
    lines_of,
    locked,
    seen,
    step,
    tell,
    terms_of,
    to_state,
)
from catalog.orders.tables import OrderLine, ReturnCase, SaleOrder
from catalog.orders.terms import OrderTerms

LABEL = "return_label"
_MANAGERS = frozenset({Role.MANAGER, Role.OWNER})


class ReturnMissing(Missing):
    """There is no such return, or it is another customer's."""


class ReturnElsewhere(Refused):
    """The return stands where this step does not begin. `before`, `after`: states."""

    def __init__(self, return_no: str, before: ReturnState, after: ReturnState) -> None:
        super().__init__(f"{return_no}: {before.value} → {after.value} is no step")
        self.return_no = return_no
        self.before = before
        self.after = after


class WindowOver(Refused):
    """Asked for after the last day of the return window. `last_day`."""

    def __init__(self, order_no: str, last_day: str) -> None:
        super().__init__(f"{order_no}: until {last_day}")
        self.order_no = order_no
        self.last_day = last_day


class NotReturnable(Refused):
    """What was bought at the counter is not sent back by oneself; a person decides. `order_no`."""

    def __init__(self, order_no: str) -> None:
        super().__init__(order_no)
        self.order_no = order_no


@dataclass(frozen=True, slots=True)
class Asked:
    """What the buyer, or for a call-back the shop, wants. `told`: what the buyer says of the
    piece's condition (R-056). `credit_text`: the version of the text that told the buyer that
    credit is never paid out, where credit was chosen knowing it (CRD-13).
    """

    order_id: str
    unit_id: str
    reason: str
    kind: ReturnKind = ReturnKind.RETURN
    new_order_id: str | None = None
    told: Mapping[str, str] | None = None
    settle_as: SettleAs | None = None
    credit_text: str | None = None


@dataclass(frozen=True, slots=True)
class ReturnStanding:
    """A return after a step: what a repeat of the command is answered with."""

    return_id: str
    return_no: str
    state: str
    refund: int | None = None

    def told(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "return_id": self.return_id,
            "return_no": self.return_no,
            "state": self.state,
            "refund": self.refund,
        }


def ask(
    db: Session, wanted: Asked, *, asked_at: datetime, actor: Actor, now: datetime, key: str
) -> ReturnStanding:
    """Open a return; the moment of asking decides, by the channel's own clock (RET-1, R-094). The
    label follows at once.

    Raises OrderMissing (also for another customer's), WindowOver, NotReturnable, LineElsewhere.
    """
    command = Command(
        key,
        {
            "verb": "return.ask", "order": wanted.order_id, "unit": wanted.unit_id,
            "kind": wanted.kind.value, "new_order": wanted.new_order_id,
        },
    )  # fmt: skip
    if (before := repeated(db, command)) is not None:
        return before
    order = locked(db, wanted.order_id)
    if actor.role is Role.CUSTOMER and actor.id != order.customer_id:
        raise OrderMissing(wanted.order_id)
    if asked_at > now:
        raise OrderMalformed("asked in the future")
    line = chosen(lines_of(db, order.id), [wanted.unit_id])[0]
    _may_ask(db, order, line, wanted, asked_at, actor)
    to_state(line, LineState.RETURNING)
    case = _case(order, line, wanted, asked_at, now)
    case.consent_id = _consent(db, order, wanted, by=actor.name, now=now)
    db.add(case)
    db.flush()
    standing = ReturnStanding(case.id, case.return_no, case.state)
    step(
        db, order, [line], by=actor.name, now=now, verb="return_asked", command=command,
        facts={"return": case.id}, also=[case], result=standing.told(),
    )  # fmt: skip
    parcels.make(
        db, Direction.IN, about=about(order.id), unit_ids=[UnitId(line.unit_id)],
        carrier=terms_of(db, order).of(OrderTerms).return_carrier, by=actor.name, now=now,
        key=f"return:{case.id}:label",
    )  # fmt: skip
    worklist.task(
        db, LABEL, f"return:{case.id}", due_at=now, now=now,
        facts={"return_no": case.return_no, "order_no": order.order_no},
    )  # fmt: skip
    tell(
        db, order, "return_accepted", now=now, return_no=case.return_no, kind=case.kind,
        reason=case.reason,
    )  # fmt: skip
    return standing


def _consent(db: Session, order: SaleOrder, wanted: Asked, *, by: str, now: datetime) -> str | None:
    if wanted.settle_as is not SettleAs.CREDIT or wanted.credit_text is None:
        return None
    return consents.agree(
        db, CustomerId(order.customer_id), consents.NEVER_PAID_OUT,
        text_version=wanted.credit_text, source="chat", document=about(order.id), by=by, now=now,
    )  # fmt: skip


def _may_ask(
    db: Session,
    order: SaleOrder,
    line: OrderLine,
    wanted: Asked,
    asked_at: datetime,
    actor: Actor,
) -> None:
    if wanted.kind is ReturnKind.COLLECT:
        if not actor.is_staff:
            raise ManagerOnly(actor.name)
        return
    if order.delivery == Delivery.IN_STORE.value and not actor.is_staff:
        raise NotReturnable(order.order_no)
    if line.delivered_on is None or line.last_return_day is None:
        raise NotReturnable(order.order_no)
    if not may_return(terms_of(db, order).of(DutyTerms), line.delivered_on, asked_at):
        raise WindowOver(order.order_no, line.last_return_day.isoformat())


def _case(
    order: SaleOrder, line: OrderLine, wanted: Asked, asked_at: datetime, now: datetime
) -> ReturnCase:
    return_id = new_id(now)
    return ReturnCase(
        id=return_id,
        return_no=f"R-{return_id[-8:]}",
        order_id=order.id,
        line_id=line.id,
        unit_id=line.unit_id,
        kind=wanted.kind.value,
        reason=wanted.reason,
        state=ReturnState.ASKED.value,
        asked_at=asked_at,
        new_order_id=wanted.new_order_id,
        told=dict(wanted.told) if wanted.told else None,
        settle_as=wanted.settle_as.value if wanted.settle_as else None,
        written_at=now,
        changed_at=now,
    )


def repeated(db: Session, command: Command) -> ReturnStanding | None:
    """What the first command with this key was answered. Raises KeyUsedOtherwise."""
    before = journal.stored_result(db, command.key, command.request)
    return None if before is None else ReturnStanding(**before)


@dataclass(slots=True)
class Held:
    """A return with its order and piece."""

    case: ReturnCase
    order: SaleOrder
    line: OrderLine


def held(db: Session, return_id: str, *, is_locked: bool = True) -> Held:
    """The return, its order first; without a lock only to be looked at. Raises ReturnMissing."""
    order_id = db.exec(select(ReturnCase.order_id).where(ReturnCase.id == return_id)).first()
    if order_id is None:
        raise ReturnMissing(return_id)
    order = locked(db, order_id) if is_locked else seen(db, order_id)
    case = db.exec(
        select(ReturnCase)
        .where(ReturnCase.id == return_id)
        .execution_options(populate_existing=True)
    ).one()
    line = next(line for line in lines_of(db, order_id) if line.id == case.line_id)
    return Held(case, order, line)


def move(
    db: Session,
    kept: Held,
    to: ReturnState,
    *,
    by: str,
    now: datetime,
    verb: str,
    command: Command | None,
    also: list[Row] | None = None,
    line_to: LineState | None = None,
    facts: Mapping[str, Any] | None = None,
    **columns: Any,
) -> ReturnStanding:
    """Bring a return on, with its order's journal. Raises ReturnElsewhere."""
    case = kept.case
    before = ReturnState(case.state)
    if to not in RETURN_MOVES[before]:
        raise ReturnElsewhere(case.return_no, before, to)
    case.state = to.value
    case.version += 1
    case.changed_at = now
    for name, value in columns.items():
        setattr(case, name, value)
    db.add(case)
    db.flush()
    worklist.close_tasks(db, f"return:{case.id}", LABEL, now=now)  # sent, come or kept without it
    lines = [to_state(kept.line, line_to)] if line_to is not None else []
    standing = ReturnStanding(case.id, case.return_no, case.state, case.refund_amount)
    step(
        db, kept.order, lines, by=by, now=now, verb=verb, command=command,
        facts={"return": case.id, **(facts or {})}, also=[case, *(also or [])],
        result=standing.told(),
    )  # fmt: skip
    return standing


def may_ask(db: Session, order: SaleOrder, line: OrderLine, *, asked_at: datetime) -> bool:
    """Whether a buyer may send that piece back by themselves at that moment (RET-1)."""
    if order.delivery == Delivery.IN_STORE.value or line.state != LineState.DELIVERED.value:
        return False
    if line.delivered_on is None or line.last_return_day is None:
        return False
    return may_return(terms_of(db, order).of(DutyTerms), line.delivered_on, asked_at)


def withdraw(
    db: Session, return_id: str, *, actor: Actor, now: datetime, key: str
) -> ReturnStanding:
    """The buyer keeps the piece after all, before it was sent. Raises ReturnElsewhere."""
    command = Command(key, {"verb": "return.withdraw", "return": return_id})
    if (before := repeated(db, command)) is not None:
        return before
    kept = held(db, return_id)
    if actor.role is Role.CUSTOMER and actor.id != kept.order.customer_id:
        raise ReturnMissing(return_id)
    return move(
        db, kept, ReturnState.WITHDRAWN, by=actor.name, now=now, verb="return_withdrawn",
        command=command, line_to=LineState.DELIVERED, ended_at=now,
    )  # fmt: skip


def underway(db: Session, return_id: str, *, by: str, now: datetime) -> None:
    """The carrier has it; telling it again changes nothing."""
    kept = held(db, return_id)
    if kept.case.state != ReturnState.ASKED.value:
        return
    move(db, kept, ReturnState.UNDERWAY, by=by, now=now, verb="return_underway", command=None)
    _bring_in(db, kept, None, by=by, now=now)
    tell(db, kept.order, "return_underway", now=now, return_no=kept.case.return_no)


def _bring_in(db: Session, kept: Held, place: str | None, *, by: str, now: datetime) -> None:
    """The piece is on its way back, or (with a place) lies there for inspection (RET-2)."""
    unit = items.locked(db, UnitId(kept.line.unit_id))
    if unit.state == UnitState.DELIVERED.value:
        items.move(
            db, UnitId(unit.id), UnitState.RETURN_IN, by=by, now=now, verb="return_in",
            custody=Custody.CARRIER.value, facts={"return": kept.case.id},
        )  # fmt: skip
    if place is not None:
        items.move(
            db, UnitId(unit.id), UnitState.INSPECTION, by=by, now=now, verb="inspection",
            custody=f"{Custody.DEALER.value}:{place}", facts={"return": kept.case.id},
        )  # fmt: skip


def receive(
    db: Session, return_id: str, *, place: str, by: str, now: datetime, key: str
) -> ReturnStanding:
    """The piece is back at that place, for inspection and never straight on sale (RET-2)."""
    command = Command(key, {"verb": "return.receive", "return": return_id, "place": place})
    if (before := repeated(db, command)) is not None:
        return before
    kept = held(db, return_id)
    standing = move(
        db, kept, ReturnState.RECEIVED, by=by, now=now, verb="return_received", command=command
    )
    _bring_in(db, kept, place, by=by, now=now)
    worklist.task(
        db, "compare_return", f"return:{return_id}", due_at=now, now=now,
        facts={
            "return_no": kept.case.return_no, "unit_id": kept.line.unit_id,
            "told": kept.case.told or {},
        },
    )  # fmt: skip
    tell(db, kept.order, "return_received", now=now, return_no=kept.case.return_no)
    return standing


def become_plain(
    db: Session, bought: SaleOrder, exchange_of: str, *, by: str, now: datetime
) -> str | None:
    """The piece kept for an exchange is on sale again: the return goes on as a plain one, its money
    back by the means it was paid with. `bought`: the order that ended; `exchange_of`: the locked
    order whose piece comes back. The return's number; None where no open return waits for it.
    """
    order = seen(db, exchange_of)
    case = db.exec(
        select(ReturnCase).where(
            ReturnCase.order_id == exchange_of,
            ReturnCase.new_order_id == bought.id,
            col(ReturnCase.state).in_([state.value for state in RETURN_OPEN]),
        )
    ).first()
    if case is None:
        return None
    wished = case.settle_as
    # How the difference was to be settled says nothing about the whole price.
    case.kind, case.new_order_id, case.settle_as = ReturnKind.RETURN.value, None, None
    case.version += 1
    case.changed_at = now
    db.add(case)
    db.flush()
    step(
        db, order, [], by=by, now=now, verb="exchange_over", also=[case],
        facts={"return": case.id, "new_order": bought.id, "settle_as": wished},
    )  # fmt: skip
    return case.return_no


def open_returns(db: Session, order_id: str) -> list[ReturnCase]:
    """The returns of an order, oldest first."""
    return list(
        db.exec(select(ReturnCase).where(ReturnCase.order_id == order_id).order_by(ReturnCase.id))
    )
