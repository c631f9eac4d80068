"""From a yes to money (決済): the piece becomes the shop's, the ledger says so, and what is owed
goes to the bank, to credit, or against a purchase.

All of it happens in the transaction that opens the last gate: the acceptance itself, or the moment
the seller's identity is known. Nothing of it happens twice.
"""

from datetime import datetime

from sqlmodel import Session, select

from catalog.buyback import books, cases, credit_payouts, gates, resting, rules
from catalog.buyback.appraisal import approvals_of
from catalog.buyback.books import Account
from catalog.buyback.cases import Act, Standing
from catalog.buyback.inquiry import Purpose, QuoteState
from catalog.buyback.payouts import actions as payouts
from catalog.buyback.payouts.actions import Payment
from catalog.buyback.payouts.rules import net_of_fee
from catalog.buyback.payouts.tables import Payout
from catalog.buyback.returns import unit_of
from catalog.buyback.rules import QuoteKind
from catalog.buyback.stages import Stage
from catalog.buyback.tables import BuybackCase, CasePiece, Quote
from catalog.buyback.terms import PayTerms
from catalog.credit import actions as credit
from catalog.credit.terms import Origin
from catalog.duties.actors import SCHEDULER, Actor, Role
from catalog.duties.cash.actions import require_diligence
from catalog.duties.identity.queries import IdentityMissing, SellerTooYoung
from catalog.duties.invoices import SellerTax, seller_tax
from catalog.duties.ledger import actions as ledger
from catalog.duties.ledger.actions import LedgerEntry
from catalog.duties.rules import Means
from catalog.duties.tables import LedgerKind
from catalog.ground import worklist
from catalog.ground.journal import Command
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId
from catalog.items import actions as items
from catalog.items.actions import Owner
from catalog.items.kinds import Custody, OwnerKind, UnitState

WAITS_FOR_IDENTITY = "identity_wanted"


def settle(act: Act, piece: CasePiece, quote: Quote, *, since: datetime) -> Payout | None:
    """Make an accepted piece the shop's and pay for it (KOB-1, KOB-2, PAY-1, CRD-6, TOK-2).

    `since`: the moment from which the payment date counts. The payout, where money moves. Raises
    IdentityMissing, SellerTooYoung, CashAboveLimit, DiligenceMissing; nothing is written then.
    """
    identity_id = gates.identity_of(act)
    kinds = {gates.kind_of(each) for each in act.pieces if each.price is not None}
    if piece.means == Means.CASH.value and piece.bank:
        require_diligence(act.db, act.about, kinds=kinds, cash=Yen(piece.bank))
    act.case.identity_id = identity_id
    _own(act, piece, identity_id)
    _give_credit(act, piece)
    payout = _plan(act, piece, quote, identity_id, since=since)
    sides = [
        (Account.OWED, piece.credit + piece.offset_part),
        (Account.CREDIT, -piece.credit),
        (Account.OFFSET, -piece.offset_part),
    ]
    act.note(*books.post(act.db, act.about, sides, document=quote.id, now=act.now))
    if payout is not None:
        act.go(piece, Stage.PAY_SCHEDULED, role=Role.SCHEDULER)
    else:
        paid = Stage.CREDITED if piece.credit else Stage.PAID
        act.go(piece, paid, role=Role.SCHEDULER)
    return payout


def _own(act: Act, piece: CasePiece, identity_id: str | None) -> None:
    """Bought: the unit is the dealer's at its price, the ledger has its row; bought at home it
    waits out the eight days, with the customer where they keep it.
    """
    unit_id = unit_of(piece)
    by, now = act.actor.name, act.now
    stays = Custody.CUSTOMER.value if piece.keeps_goods else None
    items.move(
        act.db, unit_id, UnitState.STOCK, by=by, now=now, verb="bought",
        owner=Owner(OwnerKind.DEALER), facts={"case": act.case.id}, cost=piece.price, custody=stays,
    )  # fmt: skip
    entry = LedgerEntry(
        unit_id=unit_id,
        kind=LedgerKind.BOUGHT,
        item_kind=gates.kind_of(piece),
        about=act.about,
        price=Yen(piece.price or 0),
        customer_id=CustomerId(act.case.customer_id),
        identity_id=identity_id,
        seller=_seller(act),
    )
    ledger.enter(act.db, entry, by=by, now=now)
    if gates.is_visit(act):
        items.move(act.db, unit_id, UnitState.COOLING_OFF_HOLD, by=by, now=now, verb="cooling_off")


def _seller(act: Act) -> SellerTax | None:
    if act.case.seller_is_registered is None:
        return None
    return seller_tax(is_registered=act.case.seller_is_registered, number=act.case.seller_number)


def _give_credit(act: Act, piece: CasePiece) -> None:
    if not piece.credit:
        return
    lot, bonus = credit.issue_with_bonus(
        act.db, CustomerId(act.case.customer_id), Origin.TRADE_IN, Yen(piece.credit),
        document=act.about, channel="buyback", by=act.actor.name, now=act.now,
        key=f"case:{act.case.id}:{piece.id}:credit", consent_id=piece.credit_consent,
    )  # fmt: skip
    piece.credit_lot = lot.lot_id
    piece.bonus_lot = bonus.lot_id if bonus is not None else None
    act.note(piece)


def _plan(
    act: Act, piece: CasePiece, quote: Quote, identity_id: str | None, *, since: datetime
) -> Payout | None:
    if not piece.bank:
        return None
    terms = act.policy.of(PayTerms)
    means = Means(piece.means or Means.BANK)
    fee = Yen(terms.transfer_fee if means is Means.BANK else 0)
    amount, taken = net_of_fee(Yen(piece.bank), fee)
    sides = [(Account.OWED, int(taken)), (Account.FEE, -int(taken))]
    act.note(*books.post(act.db, act.about, sides, document=quote.id, now=act.now))
    payment = Payment(
        about=act.about,
        document=quote.id,
        customer_id=act.case.customer_id,
        amount=amount,
        due_on=rules.buyback_pay_date(terms, since),
        identity_id=identity_id,
        means=means,
        hands=hands_of(act.db, quote),
    )
    return payouts.plan(act.db, payment, by=act.actor.name, now=act.now)


def hands_of(db: Session, quote: Quote) -> list[str]:
    """Who appraised and who approved an offer."""
    return sorted({quote.made_by, *(person for person, _ in approvals_of(db, quote.id))})


def settle_or_wait(
    act: Act, piece: CasePiece, quote: Quote, *, since: datetime
) -> tuple[Payout | None, str | None]:
    """The payout, or why it waits; then staff have a task and the piece stays accepted (R-061)."""
    try:
        return settle(act, piece, quote, since=since), None
    except (IdentityMissing, SellerTooYoung) as gate:
        why = "identity" if isinstance(gate, IdentityMissing) else "guardian"
        act.task(WAITS_FOR_IDENTITY, once=piece.id, piece=piece.id, why=why)
        return None, why


def resume(
    db: Session, case_id: str, *, actor: Actor, now: datetime, key: str | None = None
) -> Standing | None:
    """Pay what was accepted and waited for the seller's identity; None when nothing waits or it is
    still not known. The payment date counts from now.
    """
    command = Command(key, {"verb": "buyback.resume", "case": case_id}) if key else None
    if command is not None and (before := cases.repeated(db, command)) is not None:
        return before
    act = cases.begin(db, case_id, actor=actor, now=now)
    planned = []
    for piece in act.at(Stage.ACCEPTED):
        if act.case.purpose != Purpose.BUYBACK.value:
            continue
        payout, why = settle_or_wait(act, piece, accepted_quote(act, piece), since=now)
        if why is None:
            planned.append((piece, payout))
    if not planned:
        return None
    return act.end(
        "settled", command, facts={"pieces": [piece.id for piece, _ in planned]},
        phase="pay_scheduled",
        told={"pieces": [told_payment(piece, payout) for piece, payout in planned]},
    )  # fmt: skip


def told_payment(piece: CasePiece, payout: Payout | None) -> dict[str, object]:
    """What a seller is told about being paid for one piece (R-051, R-052)."""
    return {
        "piece": piece.id,
        "price": piece.price,
        "bank": payout.amount if payout is not None else 0,
        "means": piece.means,
        "pay_on": payout.due_on.isoformat() if payout is not None else None,
        "credit": piece.credit,
        "offset": piece.offset_part,
    }


def accepted_quote(act: Act, piece: CasePiece) -> Quote:
    """The offer that was accepted for a piece."""
    return act.db.exec(
        select(Quote).where(
            Quote.piece_id == piece.id,
            Quote.kind == QuoteKind.BINDING.value,
            Quote.state == QuoteState.ACCEPTED.value,
        )
    ).one()


def settle_waiting(db: Session, at: datetime) -> None:
    """Slot `buyback-settling`: accepted pieces whose seller is known by now are paid (R-061), and
    payments whose check no longer serves rest on the one that does.
    """
    waiting = select(BuybackCase.id).where(
        BuybackCase.purpose == Purpose.BUYBACK.value,
        CasePiece.case_id == BuybackCase.id,
        CasePiece.stage == Stage.ACCEPTED.value,
    )
    worklist.sweep(
        db,
        resting.SLOT,
        waiting,
        lambda each: resume(db, each, actor=SCHEDULER, now=at),
        now=at,
    )
    resting.rest_doubted(db, at)
    credit_payouts.rest_doubted(db, at)
