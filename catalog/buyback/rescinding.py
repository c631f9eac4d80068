"""A sale at home taken back (クーリング・オフ): goods home at the shop's cost, money and credit
returned.

When the notice was dispatched decides, and it needs no reason. What has left the shop already
becomes a claim; no penalty is ever asked. Not here: counting the eight days (`catalog/duties`).
"""

from datetime import datetime

from sqlmodel import Session

from catalog.buyback import books, cases, gates
from catalog.buyback.books import Account
from catalog.buyback.cases import Act, StageRefused, Standing
from catalog.buyback.payouts import actions as payouts
from catalog.buyback.payouts.queries import of as payouts_of
from catalog.buyback.payouts.rules import PayoutStatus
from catalog.buyback.returns import to_the_door, unit_of
from catalog.buyback.settling import accepted_quote
from catalog.buyback.stages import Stage
from catalog.buyback.tables import CasePiece
from catalog.credit import reversal
from catalog.credit.tables import CreditLot
from catalog.duties.actors import Actor, Role
from catalog.duties.ledger import actions as ledger
from catalog.duties.ledger.actions import LedgerEntry
from catalog.duties.tables import LedgerKind
from catalog.duties.visits import cooling_off
from catalog.ground.errors import Refused
from catalog.ground.journal import Command
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId
from catalog.items import actions as items
from catalog.items.actions import Owner
from catalog.items.kinds import Custody, OwnerKind, UnitState

_SOLD = (Stage.ACCEPTED, Stage.PAY_SCHEDULED, Stage.PAID, Stage.CREDITED)
_GONE = frozenset({PayoutStatus.SENT.value, PayoutStatus.PAID.value})
_HERE = frozenset({UnitState.COOLING_OFF_HOLD, UnitState.PREPARING})


class NoCoolingOff(Refused):
    """Only a sale at the customer's home can be taken back (TOK-2)."""


class GoodsGone(Refused):
    """The piece is no longer where it could go home from; a person settles it. `code`."""

    def __init__(self, code: str) -> None:
        super().__init__(f"{code} has left the hold")
        self.code = code


def take_back(
    db: Session,
    case_id: str,
    *,
    dispatched_at: datetime,
    message_id: str | None,
    actor: Actor,
    now: datetime,
    key: str,
) -> Standing:
    """The seller takes the whole sale back, by a notice dispatched then (TOK-1, R-062). Payments
    that have not left are cancelled, others claimed back; credit is taken from its own lots alone.

    Raises CustomerOnly, CaseMissing, NoCoolingOff, RescissionLate, StageRefused, GoodsGone.
    """
    request = {"verb": "buyback.take_back", "case": case_id, "at": dispatched_at.isoformat()}
    command = Command(key, {**request, "message": message_id})
    if (before := cases.repeated(db, command)) is not None:
        return before
    act = cases.begin_for_customer(db, case_id, actor=actor, now=now)
    if not gates.is_visit(act):
        raise NoCoolingOff(case_id)
    sold = act.at(*_SOLD)
    if not sold:
        raise StageRefused(case_id, Stage(act.case.state), Stage.RESCINDED)
    cooling_off.rescind(
        db, case_id, dispatched_at=dispatched_at, by=actor.name, now=now, message_id=message_id
    )
    owed = sum(_undo(act, piece, key) for piece in sold)
    return act.end(
        "sale_taken_back", command, facts={"pieces": [piece.id for piece in sold], "owed": owed},
        phase="rescinded", told={"pieces": len(sold), "owed_back": owed, "fee": 0},
    )  # fmt: skip


def _undo(act: Act, piece: CasePiece, key: str) -> int:
    """What the customer has to give back in yen."""
    is_settled = Stage(piece.stage) is not Stage.ACCEPTED
    act.go(piece, Stage.RESCINDED)
    document = accepted_quote(act, piece).id
    price = piece.price or 0
    sides = [(Account.GOODS, -price)]
    owed = 0
    if is_settled:
        owed, back = _money_back(act, piece, document)
        lent, given = _credit_back(act, piece, key)
        owed += lent + piece.offset_part
        claimed = (Account.RECEIVABLE, lent + piece.offset_part)
        sides += [*back, *given, claimed]
    else:
        sides += [(Account.OWED, price)]
    act.note(*books.post(act.db, act.about, _summed(sides), document=document, now=act.now))
    _goods_back(act, piece, is_bought=is_settled)
    if owed:
        act.task("claim_back", once=piece.id, piece=piece.id, amount=owed)
    return owed


def _summed(sides: list[tuple[Account, int]]) -> list[tuple[Account, int]]:
    total: dict[Account, int] = {}
    for account, amount in sides:
        total[account] = total.get(account, 0) + amount
    return list(total.items())


def _money_back(act: Act, piece: CasePiece, document: str) -> tuple[int, list[tuple[Account, int]]]:
    """What was transferred and is claimed back; a payout that has not left is cancelled."""
    owed = 0
    sides: list[tuple[Account, int]] = []
    for payout in payouts_of(act.db, act.about):
        if payout.document != document or payout.status == PayoutStatus.CANCELLED.value:
            continue
        if payout.status in _GONE:
            owed += payout.amount
            sides += [(Account.RECEIVABLE, payout.amount)]
        else:
            payouts.cancel(act.db, payout.id, why="rescinded", by=act.actor.name, now=act.now)
            sides += [(Account.OWED, payout.amount)]
    fee = piece.bank - sum(amount for _, amount in sides)
    return owed, [*sides, (Account.FEE, fee)]


def _credit_back(act: Act, piece: CasePiece, key: str) -> tuple[int, list[tuple[Account, int]]]:
    """What was spent of the credit and is claimed back (CRD-9). Of the bonus only what is left is
    taken: no penalty.
    """
    if piece.credit_lot is None:
        return 0, []
    told = reversal.reverse(
        act.db, piece.credit_lot, Yen(piece.credit), document=act.about, reason="rescinded",
        by=act.actor.name, now=act.now, key=f"{key}:{piece.id}:credit",
    )  # fmt: skip
    bonus = act.db.get(CreditLot, piece.bonus_lot) if piece.bonus_lot else None
    if bonus is not None and bonus.remaining:
        reversal.reverse(
            act.db, bonus.id, Yen(bonus.remaining), document=act.about, reason="rescinded",
            by=act.actor.name, now=act.now, key=f"{key}:{piece.id}:bonus",
        )  # fmt: skip
    return told.owed, [(Account.CREDIT, piece.credit - told.owed)]


def _goods_back(act: Act, piece: CasePiece, *, is_bought: bool) -> None:
    unit_id = unit_of(piece)
    unit = items.locked(act.db, unit_id)
    if is_bought and UnitState(unit.state) not in _HERE:
        raise GoodsGone(unit.code)
    if is_bought:
        entry = LedgerEntry(
            unit_id=unit_id,
            kind=LedgerKind.RETURNED,
            item_kind=gates.kind_of(piece),
            about=act.about,
            price=Yen(piece.price or 0),
            customer_id=CustomerId(act.case.customer_id),
            identity_id=act.case.identity_id,
        )
        ledger.enter(act.db, entry, by=act.actor.name, now=act.now)
    to_the_door(act, piece)
    if piece.keeps_goods:
        _stays_home(act, piece)
        act.go(piece, Stage.CLOSED, role=Role.SCHEDULER)
    else:
        act.go(piece, Stage.RETURN_SHIPPING, role=Role.SCHEDULER)


def _stays_home(act: Act, piece: CasePiece) -> None:
    """The customer kept it all the time: its way out is already gone."""
    for state in (UnitState.IN_TRANSIT_OUT, UnitState.RETURNED):
        items.move(
            act.db, unit_of(piece), state, by=act.actor.name, now=act.now, verb="stayed_home",
            owner=Owner(OwnerKind.CUSTOMER, act.case.customer_id),
            custody=Custody.CUSTOMER.value,
        )  # fmt: skip
