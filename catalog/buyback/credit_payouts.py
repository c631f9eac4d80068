"""Credit the shop gives up, paid out like whatever leaves the shop (クレジットの払い戻し): once the
customer has agreed, a payment stands in the bank's list, seen by four eyes (CRD-13, R-051).

Not here: what ends of the credit (`credit.giving_up`), who asked for it (`credit.asking`), and the
lists (`payouts`).
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from catalog.buyback import books, resting, rules
from catalog.buyback.books import Account
from catalog.buyback.payouts import accounts, queries
from catalog.buyback.payouts import actions as payouts
from catalog.buyback.payouts.rules import NOT_SENT
from catalog.buyback.payouts.tables import Payout
from catalog.buyback.terms import PayTerms
from catalog.credit import asking, giving_up
from catalog.credit.asking import Kind, Offer, Waiting
from catalog.customers.newcomers import surviving, whole
from catalog.duties.actors import Actor
from catalog.duties.identity.queries import serving
from catalog.ground import journal, policy, worklist
from catalog.ground.calendar import tokyo_day
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId, begins

KIND = "account"


@dataclass(frozen=True, slots=True)
class PaidOut:
    """What the customer is paid for the credit that ended, and when; nothing where all of it was
    set off. `needs_account`: nobody knows yet where to.
    """

    to_pay: Yen
    offset: Yen
    pay_on: date | None
    needs_account: bool


def agree(db: Session, wish_id: int, *, actor: Actor, now: datetime) -> Waiting:
    """A second person agrees to a change of credit. Where the customer had signed that it is given
    up, it is; else they are asked. Raises what `asking.agree` and `giving_up.discontinue` raise.
    """
    asked = asking.agree(db, wish_id, actor=actor, now=now)
    if asked.wish.kind is Kind.DISCONTINUE and asked.wish.consent == asking.PAPER:
        found = asking.offer(db, asking.offer_of(db, asked))
        consent = asking.take(db, found, is_yes=True, by=actor.name, message_id=None, now=now)
        _carry_out(db, found, consent or "", now=now)
    return asked


def accept(
    db: Session,
    offer_id: int,
    *,
    shown: tuple[Yen, Yen],
    message_id: str,
    actor: Actor,
    now: datetime,
) -> PaidOut:
    """The customer agrees to be paid that and to have that set off: it binds at once (CRD-13).
    Raises WishMissing, OfferOver, FiguresMoved, CreditMalformed.
    """
    found = asking.offer(db, offer_id, customer=CustomerId(actor.id))
    consent = asking.take(db, found, is_yes=True, by=actor.name, message_id=message_id, now=now)
    return _carry_out(db, found, consent or "", now=now, shown=shown)


def decline(db: Session, offer_id: int, *, actor: Actor, now: datetime) -> None:
    """The customer keeps their credit. Raises WishMissing, OfferOver."""
    found = asking.offer(db, offer_id, customer=CustomerId(actor.id))
    asking.take(db, found, is_yes=False, by=actor.name, message_id=None, now=now)


def _carry_out(
    db: Session,
    found: Offer,
    consent_id: str,
    *,
    now: datetime,
    shown: tuple[Yen, Yen] | None = None,
) -> PaidOut:
    """The credit ends and its payment is planned, in one."""
    customer = found.wish.customer
    told = giving_up.discontinue(
        db, customer, consent_id=consent_id, reason=found.wish.reason, actor=found.asked_by,
        approved_by=found.agreed_by, now=now, key=found.key, shown=shown,
    )  # fmt: skip
    if not told.to_pay:
        return PaidOut(told.to_pay, told.offset, None, needs_account=False)
    about = f"{KIND}:{told.account_id}"
    document = f"credit_given_up:{found.id}"
    sides = [(Account.CREDIT, int(told.to_pay)), (Account.OWED, -told.to_pay)]
    rows = books.post(db, about, sides, document=document, now=now)
    facts = {"amount": told.to_pay, "document": document}
    by = found.agreed_by.name
    journal.record(db, about, "credit_owed", actor=by, at=now, facts=facts, wrote=rows)
    check = serving(db, customer, on=tokyo_day(now))
    pay_on = rules.buyback_pay_date(policy.current(db).of(PayTerms), now)
    payment = payouts.Payment(
        about=about, document=document, customer_id=customer, amount=told.to_pay, due_on=pay_on,
        identity_id=check.id if check is not None else None,
        hands=(found.asked_by.name, found.agreed_by.name),
    )  # fmt: skip
    payouts.plan(db, payment, by=by, now=now)
    is_known = bool(accounts.of_person(db, customer))
    if not is_known:
        worklist.task(db, "payee_account", about, due_at=now, now=now, once=document)
    return PaidOut(told.to_pay, told.offset, pay_on, needs_account=not is_known)


def rest_again(db: Session, customer: CustomerId, *, now: datetime) -> None:
    """Such payments rest on the check that serves the customer today: the bank pays nobody without
    a verified name (QUO-8). The tasks end about those in whose way nothing stands any more.
    """
    waiting = select(Payout.id).where(
        col(Payout.customer_id).in_(whole(db, surviving(db, customer))),
        col(Payout.status).in_([each.value for each in NOT_SENT]),
        begins(col(Payout.about), f"{KIND}:"),
    )
    for payout_id in db.exec(waiting.order_by(col(Payout.id))).all():
        _rest_again(db, payout_id, now=now)


def _rest_again(db: Session, payout_id: str, *, now: datetime) -> None:
    payout = payouts.locked(db, payout_id)
    if queries.is_held_by_check(db, payout):
        check = serving(db, surviving(db, payout.customer_id), on=tokyo_day(now))
        if check is not None and check.id != payout.identity_id:
            payouts.rest_on(db, payout_id, check.id, by="scheduler", now=now)
    payout = payouts.locked(db, payout_id)
    if queries.payee_of(db, payout) is not None:
        worklist.close_tasks(db, payout.about, "payee_account", now=now)
    if queries.block(db, payout) is None:
        worklist.close_tasks(db, f"payout:{payout_id}", "payout_blocked", now=now)


def rest_doubted(db: Session, at: datetime) -> None:
    """Part of slot `buyback-settling`: payments whose check was revoked or that staff look at."""
    doubted = queries.in_doubt(KIND)
    worklist.sweep(db, resting.SLOT, doubted, lambda each: _rest_all(db, each, now=at), now=at)


def _rest_all(db: Session, about: str, *, now: datetime) -> None:
    for payout in queries.of(db, about):
        if payouts.is_open(payout):
            _rest_again(db, payout.id, now=now)
