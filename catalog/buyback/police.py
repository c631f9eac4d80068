"""Police and a case (差止め): nothing goes on with a piece they hold, and afterwards it goes on
from where it stood.

Not here: the order itself, its end date and the unit's freezing; those are duties.
"""

from datetime import datetime

from sqlmodel import Session, col, select

from catalog.buyback import cases, gates, rules
from catalog.buyback.appraisal import open_quote
from catalog.buyback.cases import Act, MoverRefused, StageRefused, Standing
from catalog.buyback.payouts import actions as payouts
from catalog.buyback.payouts.actions import Payment
from catalog.buyback.payouts.queries import of as payouts_of
from catalog.buyback.payouts.rules import PayoutStatus
from catalog.buyback.returns import ran_out, start_return, unit_of
from catalog.buyback.settling import accepted_quote, hands_of
from catalog.buyback.stages import ENDED, Stage
from catalog.buyback.tables import BuybackCase, CasePiece
from catalog.buyback.terms import PayTerms
from catalog.duties.actors import Actor, Role
from catalog.duties.rules import Means
from catalog.ground.errors import Refused
from catalog.ground.journal import Command
from catalog.ground.money import Yen
from catalog.items import actions as items
from catalog.items import freezing
from catalog.items.actions import MoveRefused
from catalog.items.kinds import UnitState

_MANAGERS = frozenset({Role.MANAGER, Role.OWNER})


class UnitHeld(Refused):
    """The unit itself is still held by the police; that is released first. `code`."""

    def __init__(self, code: str) -> None:
        super().__init__(f"{code} is still held")
        self.code = code


def piece_of(db: Session, unit_id: str) -> tuple[CasePiece, BuybackCase] | None:
    """The place of a unit in a case that is not at its end."""
    found = db.exec(
        select(CasePiece, BuybackCase)
        .where(
            CasePiece.unit_id == unit_id,
            col(CasePiece.stage).not_in([stage.value for stage in ENDED]),
            BuybackCase.id == CasePiece.case_id,
        )
        .order_by(col(CasePiece.id).desc())
    ).first()
    return (found[0], found[1]) if found is not None else None


def hold(
    db: Session, piece_id: str, *, reason: str, actor: Actor, now: datetime, key: str
) -> Standing:
    """Stop everything with a piece: a hit, an order, a suspicion (KOB-4, KOB-5). A payment that has
    not left is called off. Raises CaseMissing, StageRefused, MoverRefused.
    """
    command = Command(key, {"verb": "buyback.hold", "piece": piece_id, "reason": reason})
    if (before := cases.repeated(db, command)) is not None:
        return before
    if actor.role not in _MANAGERS:
        raise MoverRefused(actor.role, "a police hold")
    act = cases.begin(db, cases.case_of_piece(db, piece_id), actor=actor, now=now)
    piece = act.piece(piece_id)
    gates.stop_for_police(act, piece)
    unit = items.locked(db, unit_of(piece))
    if unit.state != UnitState.POLICE_HOLD.value:
        freezing.freeze(
            db, unit_of(piece), UnitState.POLICE_HOLD, by=actor.name, now=now,
            facts={"case": act.case.id},
        )  # fmt: skip
    return act.end("held_for_police", command, facts={"piece": piece_id, "reason": reason})


def let_go(db: Session, piece_id: str, *, actor: Actor, now: datetime, key: str) -> Standing:
    """The unit was released: the piece goes on from where it stood, a payment is planned anew.

    Raises CaseMissing, StageRefused, MoverRefused, UnitHeld.
    """
    command = Command(key, {"verb": "buyback.let_go", "piece": piece_id})
    if (before := cases.repeated(db, command)) is not None:
        return before
    if actor.role not in _MANAGERS:
        raise MoverRefused(actor.role, "ending a police hold")
    act = cases.begin(db, cases.case_of_piece(db, piece_id), actor=actor, now=now)
    piece = act.piece(piece_id)
    if Stage(piece.stage) is not Stage.POLICE_HOLD or piece.stage_before is None:
        raise StageRefused(piece_id, Stage(piece.stage), Stage(piece.stage))
    unit = items.locked(db, unit_of(piece))
    if unit.state == UnitState.POLICE_HOLD.value:
        raise UnitHeld(unit.code)
    piece.stage, piece.stage_before, piece.moved_at = piece.stage_before, None, now
    act.note(piece)
    is_over = _with_its_offer(act, piece)
    _go_on(act, piece)
    return act.end(
        "let_go_by_police", command, facts={"piece": piece_id},
        phase="offer_expired" if is_over else None, told={"piece": piece_id},
    )  # fmt: skip


def give_up(db: Session, piece_id: str, *, actor: Actor, now: datetime, key: str) -> Standing:
    """The unit was handed to the police or to whom it was stolen from: the piece's way through the
    case ends, and nothing of it is paid any more. The seller is not told. What was paid before is
    claimed back by people.

    Raises CaseMissing, StageRefused, MoverRefused, MoveRefused.
    """
    command = Command(key, {"verb": "buyback.give_up", "piece": piece_id})
    if (before := cases.repeated(db, command)) is not None:
        return before
    if actor.role not in _MANAGERS:
        raise MoverRefused(actor.role, "ending a police hold")
    act = cases.begin(db, cases.case_of_piece(db, piece_id), actor=actor, now=now)
    piece = act.piece(piece_id)
    unit = items.locked(db, unit_of(piece))
    if unit.state != UnitState.SURRENDERED.value:
        raise MoveRefused(unit.code, UnitState(unit.state), UnitState.SURRENDERED)
    if Stage(piece.stage) is not Stage.POLICE_HOLD:
        gates.stop_for_police(act, piece)
    gates.drop_quotes(act, piece)
    piece.stage_before = None
    act.go(piece, Stage.CLOSED)
    return act.end("given_up", command, facts={"piece": piece_id})


def _go_on(act: Act, piece: CasePiece) -> None:
    if Stage(piece.stage) is Stage.ARRIVED and piece.is_withdrawn:
        start_return(act, piece)
    if Stage(piece.stage) is not Stage.PAY_SCHEDULED:
        return
    quote = accepted_quote(act, piece)
    mine = [each for each in payouts_of(act.db, act.about) if each.document == quote.id]
    if any(each.status == PayoutStatus.PAID.value for each in mine):  # it had left already
        act.go(piece, Stage.PAID, role=Role.ACCOUNTING)
        return
    if not mine or any(each.status != PayoutStatus.CANCELLED.value for each in mine):
        return
    terms = act.policy.of(PayTerms)
    payment = Payment(
        about=act.about,
        document=quote.id,
        customer_id=act.case.customer_id,
        amount=Yen(mine[-1].amount),
        due_on=rules.buyback_pay_date(terms, act.now),
        identity_id=act.case.identity_id,
        means=Means(piece.means or Means.BANK),
        hands=hands_of(act.db, quote),
    )
    payouts.plan(act.db, payment, by=act.actor.name, now=act.now)


def _with_its_offer(act: Act, piece: CasePiece) -> bool:
    """What became of its offer while nobody could answer: one sent back is priced anew, one that
    ran out is over. Whether it ran out.
    """
    stage = Stage(piece.stage)
    if stage is Stage.APPROVAL_PENDING and not gates.has_quote(act, piece):
        act.go(piece, Stage.APPRAISING, role=Role.APPRAISER)
    elif stage is Stage.OFFERED and open_quote(act, piece) is None:
        gates.drop_quotes(act, piece)
        ran_out(act, piece, once=f"{piece.id}:{act.case.version}")
        return True
    return False
