"""Pieces that go home (返送): free of charge, with tracking; and what became of those police held.

Not here: why one goes home; the verbs that decide it begin the return (`start_return`).
"""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from catalog.buyback import cases
from catalog.buyback.cases import Act, CaseMalformed, Standing
from catalog.buyback.stages import Stage, may_move
from catalog.buyback.tables import CasePiece
from catalog.buyback.terms import PayTerms
from catalog.duties.actors import Actor, Role
from catalog.ground.journal import Command
from catalog.ground.record import UnitId
from catalog.items import actions as items
from catalog.items.actions import Owner
from catalog.items.kinds import Custody, OwnerKind, UnitState
from catalog.items.tables import Unit

# The way of a unit to the door from wherever its case ends; each step is one of the table's moves.
_WAY_OUT = {
    UnitState.RECEIVED: (UnitState.APPRAISING, UnitState.APPRAISED, UnitState.RETURN_PENDING),
    UnitState.APPRAISING: (UnitState.APPRAISED, UnitState.RETURN_PENDING),
    UnitState.APPRAISED: (UnitState.RETURN_PENDING,),
    UnitState.REJECTED: (UnitState.RETURN_PENDING,),
    UnitState.COOLING_OFF_HOLD: (UnitState.RETURN_PENDING,),
    UnitState.PREPARING: (UnitState.RETURN_PENDING,),
    UnitState.RETURN_PENDING: (),
}


def unit_of(piece: CasePiece) -> UnitId:
    """The unit a piece became. Raises CaseMalformed before it was sent in."""
    if piece.unit_id is None:
        raise CaseMalformed("unit", "the piece was never sent in")
    return UnitId(piece.unit_id)


def start_return(act: Act, piece: CasePiece, *, role: Role = Role.SCHEDULER) -> None:
    """The piece will be sent back, at the shop's cost (R-049, CON-5)."""
    customer_moves = Stage(piece.stage) in {Stage.APPRAISING, Stage.APPROVAL_PENDING}
    act.go(piece, Stage.RETURN_SHIPPING, role=Role.CUSTOMER if customer_moves else role)
    to_the_door(act, piece)


def send_home(
    db: Session,
    piece_id: str,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
    key: str,
    role: Role | None = None,
) -> Standing:
    """A piece goes back free of charge because somebody of the shop says so: one that cannot be
    bought or whose offer ran out, or, by a manager with a reason, any that waits for the clock or
    the customer's next word; never one that is sold. `role`: whose move it is, where it follows
    from what was said before.

    Raises CaseMissing, StageRefused, MoverRefused, CaseMalformed.
    """
    request = {"verb": "buyback.send_home", "piece": piece_id, "reason": reason}
    command = Command(key, request)
    if (before := cases.repeated(db, command)) is not None:
        return before
    if not reason.strip():
        raise CaseMalformed("reason", "is wanted")
    act = cases.begin(db, cases.case_of_piece(db, piece_id), actor=actor, now=now)
    piece = act.piece(piece_id)
    if piece.price is not None:
        raise cases.StageRefused(piece_id, Stage(piece.stage), Stage.RETURN_SHIPPING)
    act.go(piece, Stage.RETURN_SHIPPING, role=role, is_override=True)
    to_the_door(act, piece)
    told = {"piece": piece_id, "fee": act.policy.of(PayTerms).return_fee}
    facts = {"piece": piece_id, "reason": reason}
    return act.end("sent_home", command, facts=facts, phase="return_begun", told=told)


def may_send_home(piece: CasePiece, unit: Unit | None, role: Role) -> bool:
    """Whether somebody in this role may say so now: it is here, unsold, and no contract took it."""
    is_free = unit is not None and UnitState(unit.state) in _WAY_OUT and piece.price is None
    before = Stage(piece.stage)
    return is_free and may_move(before, Stage.RETURN_SHIPPING, role, is_override=True)


def ran_out(act: Act, piece: CasePiece, *, once: str) -> None:
    """An offer nobody answered is over: the piece goes home free of charge, or a person decides
    (QUO-5). Silence is never consent.
    """
    act.go(piece, Stage.OFFER_EXPIRED, role=Role.SCHEDULER)
    if act.policy.of(PayTerms).silence_returns:
        start_return(act, piece)
    else:
        act.task("offer_unanswered", once=once, piece=piece.id)


def to_the_door(act: Act, piece: CasePiece) -> None:
    """The unit waits to be sent back, its owner the customer."""
    unit = items.locked(act.db, unit_of(piece))
    way = _WAY_OUT.get(UnitState(unit.state))
    if way is None:
        raise items.MoveRefused(unit.code, UnitState(unit.state), UnitState.RETURN_PENDING)
    for state in way:
        items.move(
            act.db, UnitId(unit.id), state, by=act.actor.name, now=act.now, verb="going_home",
            owner=Owner(OwnerKind.CUSTOMER, act.case.customer_id),
            facts={"case": act.case.id},
        )  # fmt: skip


def send_back(
    db: Session,
    case_id: str,
    *,
    tracking_no: str,
    actor: Actor,
    now: datetime,
    key: str,
    piece_ids: Sequence[str] | None = None,
) -> Standing:
    """What waits to go home (all of it, or of these) is with the carrier under this number; what
    left before stays as it is (R-049). Raises CaseMissing, MoverRefused, StageRefused,
    CaseMalformed.
    """
    command = _command("send_back", case_id, piece_ids, key, tracking_no=tracking_no)
    if (before := cases.repeated(db, command)) is not None:
        return before
    act = cases.begin(db, case_id, actor=actor, now=now)
    if not actor.is_staff:
        raise cases.MoverRefused(actor.role, "sending back")
    left = [piece for piece in _leaving(act, piece_ids) if _leave(act, piece)]
    if not left:
        raise cases.StageRefused(case_id, Stage(act.case.state), Stage.RETURN_SHIPPING)
    for piece in left:
        piece.back_no = tracking_no
        act.note(piece)
    fee = act.policy.of(PayTerms).return_fee
    told = {"tracking_no": tracking_no, "pieces": len(left), "fee": fee}
    return act.end("sent_back", command, phase="return_shipping", told=told)


def _leave(act: Act, piece: CasePiece) -> bool:
    """Whether it still waited at the door, and went."""
    unit = items.locked(act.db, unit_of(piece))
    if unit.state != UnitState.RETURN_PENDING.value:
        return False
    items.move(
        act.db, UnitId(unit.id), UnitState.IN_TRANSIT_OUT, by=act.actor.name, now=act.now,
        verb="sent_back", custody=Custody.CARRIER.value,
    )  # fmt: skip
    return True


def returned(
    db: Session,
    case_id: str,
    *,
    actor: Actor,
    now: datetime,
    key: str,
    piece_ids: Sequence[str] | None = None,
) -> Standing:
    """The pieces are back with the customer, by the carrier's word or over the counter."""
    command = _command("returned", case_id, piece_ids, key)
    if (before := cases.repeated(db, command)) is not None:
        return before
    act = cases.begin(db, case_id, actor=actor, now=now)
    pieces = _leaving(act, piece_ids)
    for piece in pieces:
        act.go(piece, Stage.RETURNED)
        _home(act, piece)
    return act.end("returned", command, phase="returned", told={"pieces": len(pieces)})


def _home(act: Act, piece: CasePiece) -> None:
    unit = items.locked(act.db, unit_of(piece))
    for state in (UnitState.IN_TRANSIT_OUT, UnitState.RETURNED):
        if unit.state in (UnitState.RETURNED.value, state.value):
            continue
        unit = items.move(
            act.db, UnitId(unit.id), state, by=act.actor.name, now=act.now, verb=state.value,
            custody=(
                Custody.CUSTOMER if state is UnitState.RETURNED else Custody.CARRIER
            ).value,
        )  # fmt: skip


def _leaving(act: Act, piece_ids: Sequence[str] | None) -> list[CasePiece]:
    pieces = act.open_pieces(piece_ids, Stage.RETURN_SHIPPING)
    for piece in pieces or act.pieces[:1]:
        if Stage(piece.stage) is not Stage.RETURN_SHIPPING:
            raise cases.StageRefused(piece.id, Stage(piece.stage), Stage.RETURNED)
    return pieces


def _command(
    verb: str, case_id: str, piece_ids: Sequence[str] | None, key: str, **more: str
) -> Command:
    pieces = sorted(piece_ids) if piece_ids is not None else None
    return Command(key, {"verb": f"buyback.{verb}", "case": case_id, "pieces": pieces, **more})
