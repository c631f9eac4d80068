"""A seller's piece that is lost on its way, either way, or lost or damaged while with the shop
(紛失・破損の補償): at the shop's risk, as long as it is not bought.

Not here: a consigned piece (`consignment/ending`) and one that is bought (`items/freezing`).
"""

from datetime import datetime

from sqlmodel import Session, col, select

from catalog.buyback import books, cases, gates, rules
from catalog.buyback.books import Account
from catalog.buyback.cases import Act, CaseMalformed, MoverRefused, StageRefused, Standing
from catalog.buyback.inquiry import Purpose
from catalog.buyback.payouts import actions as payouts
from catalog.buyback.payouts.actions import Payment
from catalog.buyback.returns import unit_of
from catalog.buyback.rules import QuoteKind
from catalog.buyback.stages import COMPENSABLE, Stage
from catalog.buyback.tables import BuybackCase, CasePiece, Quote
from catalog.buyback.terms import PayTerms
from catalog.duties.actors import Actor, Role
from catalog.duties.identity.queries import serving
from catalog.ground.calendar import tokyo_day
from catalog.ground.errors import Refused
from catalog.ground.journal import Command
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId
from catalog.items import actions as items
from catalog.items.actions import Owner
from catalog.items.freezing import back_as
from catalog.items.kinds import OwnerKind, UnitState

_MANAGERS = frozenset({Role.MANAGER, Role.OWNER})
DOCUMENT = "piece:"  # a payment that settles a loss, not an offer


class BelowOffer(Refused):
    """Less than the shop last offered for the piece, binding. `offered`, `least`: yen."""

    def __init__(self, offered: Yen, least: Yen) -> None:
        super().__init__(f"{offered} is below {least}")
        self.offered = offered
        self.least = least


def may_be(case: BuybackCase, piece: CasePiece) -> bool:
    """Whether it is at the shop's risk and still its seller's; what is in repair always is."""
    stage = Stage(piece.stage)
    is_sold = stage is Stage.ACCEPTED and case.purpose != Purpose.REPAIR.value
    return stage in COMPENSABLE and not is_sold


def least_of(db: Session, piece_id: str) -> Yen:
    """What a lost piece is made good with at the least: the last binding offer that was told."""
    told = select(Quote.amount).where(
        Quote.piece_id == piece_id,
        BuybackCase.id == Quote.case_id,
        BuybackCase.purpose == Purpose.BUYBACK.value,  # of a repair it is what the customer pays
        Quote.kind == QuoteKind.BINDING.value,
        col(Quote.sent_at).is_not(None),
    )
    return Yen(db.exec(told.order_by(col(Quote.number).desc()).limit(1)).first() or 0)


def compensate(
    db: Session,
    piece_id: str,
    amount: Yen,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
    key: str,
) -> Standing:
    """A piece that is still its seller's is lost or broken: they are paid for it by PAY-1, at least
    what the shop last offered, once who they are and their account are known.

    Raises CaseMissing, MoverRefused, CaseMalformed, StageRefused, BelowOffer, MoveRefused.
    """
    request = {
        "verb": "buyback.compensate", "piece": piece_id, "amount": amount, "reason": reason
    }  # fmt: skip
    command = Command(key, request)
    if (before := cases.repeated(db, command)) is not None:
        return before
    if actor.role not in _MANAGERS:
        raise MoverRefused(actor.role, "compensating")
    if not reason.strip():
        raise CaseMalformed("reason", "is wanted")
    act = cases.begin(db, cases.case_of_piece(db, piece_id), actor=actor, now=now)
    piece = act.piece(piece_id)
    if not may_be(act.case, piece):
        raise StageRefused(piece_id, Stage(piece.stage), Stage.COMPENSATED)
    if amount < max(least := least_of(db, piece_id), 1):
        raise BelowOffer(amount, least)
    gates.drop_quotes(act, piece)
    act.go(piece, Stage.COMPENSATED)
    _out(act, piece)
    payout_due = _owe(act, piece, amount)
    told = {"piece": piece_id, "amount": amount, "pay_on": payout_due}
    facts = {"piece": piece_id, "amount": amount, "reason": reason.strip()}
    return act.end(
        "compensated", command, facts=facts, phase="piece_compensated", told=told,
        made=piece_id,
    )  # fmt: skip


def _owe(act: Act, piece: CasePiece, amount: Yen) -> str:
    """On the list of payments; one hand does not decide and pay."""
    who, day = CustomerId(act.case.customer_id), tokyo_day(act.now)
    check = serving(act.db, who, on=day, channel=act.channel)
    document = DOCUMENT + piece.id
    sides = [(Account.GOODS, int(amount)), (Account.OWED, -int(amount))]
    act.note(*books.post(act.db, act.about, sides, document=document, now=act.now))
    payment = Payment(
        about=act.about,
        document=document,
        customer_id=who,
        amount=amount,
        due_on=rules.buyback_pay_date(act.policy.of(PayTerms), act.now),
        identity_id=check.id if check is not None else None,
        hands=[act.actor.name],
    )
    return payouts.plan(act.db, payment, by=act.actor.name, now=act.now).due_on.isoformat()


def _out(act: Act, piece: CasePiece) -> None:
    unit = items.locked(act.db, unit_of(piece))
    items.move(
        act.db, unit_of(piece), UnitState.LOST_DAMAGED, by=act.actor.name, now=act.now,
        verb="lost_or_damaged", owner=Owner(OwnerKind.DEALER), facts={"case": act.case.id},
        state_before=back_as(UnitState(unit.state)).value,
    )  # fmt: skip
