"""Sellers as the law and the bank want them known (売主の確認): what waited for it goes on at once.

A check is noted by `duties.identity`, an account by `payouts.accounts`; here both are held against
each other and open what they kept shut: the payment of accepted pieces (R-061), the tasks of the
staff. Not here: what a contract waits for (the clock of consignment looks), and pages.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session, col, select

from catalog.buyback import cases, credit_payouts, resting, settling
from catalog.buyback.inquiry import Purpose
from catalog.buyback.payouts import accounts
from catalog.buyback.payouts.rules import NOT_SENT
from catalog.buyback.payouts.tables import Payout
from catalog.buyback.payouts.zengin import BankAccount
from catalog.buyback.stages import Stage
from catalog.buyback.tables import BuybackCase, CasePiece
from catalog.customers.newcomers import surviving, whole
from catalog.customers.tables import Customer
from catalog.duties.actors import SCHEDULER, Actor
from catalog.duties.identity import actions as identity
from catalog.duties.identity import queries
from catalog.duties.identity.actions import Doubt, Guardian, NewCheck
from catalog.duties.identity.methods import Evidence
from catalog.duties.identity.rules import Seen
from catalog.duties.identity.tables import IdentityCheck
from catalog.duties.sealing import DataKeys
from catalog.ground import worklist
from catalog.ground.calendar import tokyo_day
from catalog.ground.errors import Refused
from catalog.ground.record import CustomerId, begins


def note_identity(
    db: Session, keys: DataKeys, check: NewCheck, *, actor: Actor, now: datetime, key: str
) -> str:
    """A person of the shop checked who the seller is; the check's id (KOB-1, R-061). Where the
    method rests on an account of their own, it is the one they are paid to, in the name that was
    seen (QUO-8).

    Raises StaffNeeded, PersonMalformed, NumberForbidden, MethodNotInForce, EvidenceMissing,
    PayeeMissing, HolderDiffers.
    """
    seen = [_rests_on(db, keys, check, each, now=now) for each in check.seen]
    made = identity.verify(db, keys, replace(check, seen=seen), actor=actor, now=now, key=key)
    accounts.seat(db, keys, check.customer_id, by=actor.name, now=now)
    _go_on(db, check.customer_id, now=now)
    return made


def doubt_identity(
    db: Session, keys: DataKeys, identity_id: str, doubt: Doubt, *, actor: Actor, now: datetime
) -> None:
    """A check no longer serves, noted once: what rests on it waits, or rests on another of the
    person's that does. Raises IdentityUnknown.
    """
    identity.revoke(db, identity_id, doubt=doubt, by=actor.name, now=now)
    whose = CustomerId(db.get_one(IdentityCheck, identity_id).customer_id)
    accounts.seat(db, keys, whose, by=actor.name, now=now)
    _go_on(db, whose, now=now)


def _rests_on(db: Session, keys: DataKeys, check: NewCheck, seen: Seen, *, now: datetime) -> Seen:
    if seen.kind is not Evidence.OWN_NAME_ACCOUNT:
        return seen
    names = (check.person.name, check.person.kana)
    payee = accounts.own_account(db, keys, check.customer_id, names, now=now)
    return replace(seen, ref=f"payee:{payee}")


def note_guardian(
    db: Session,
    keys: DataKeys,
    identity_id: str,
    guardian: Guardian,
    seen: Seen,
    *,
    case_id: str,
    actor: Actor,
    now: datetime,
    key: str,
) -> str:
    """A guardian agreed to one case of a seller below the age to sell (KOB-7); the consent's id.
    Raises StaffNeeded, IdentityUnknown, CaseMissing.
    """
    check, case = db.get(IdentityCheck, identity_id), db.get(BuybackCase, case_id)
    if check is None:
        raise identity.IdentityUnknown(identity_id)
    if case is None or check.customer_id not in whole(db, case.customer_id):
        raise cases.CaseMissing(case_id)
    made = identity.agree_as_guardian(
        db, keys, identity_id, guardian, [seen], about=cases.about(case_id), agreed_at=now,
        actor=actor, now=now, key=key,
    )  # fmt: skip
    _go_on(db, CustomerId(case.customer_id), now=now)
    return made


def note_account(
    db: Session,
    keys: DataKeys,
    customer: CustomerId,
    account: BankAccount,
    *,
    actor: Actor,
    now: datetime,
    key: str,
) -> str:
    """A person of the shop notes where the seller is paid, as the seller told them; the account's
    id. It lies with the check that bears the seller's name: payments look for it there.

    Raises StaffNeeded, PayeeMissing, TransferMalformed, KanaMalformed.
    """
    if not actor.is_staff:
        raise identity.StaffNeeded(actor)
    whose = _checked_as(db, customer, now=now)
    made = accounts.name_account(db, keys, whose, account, by=actor.name, now=now, key=key)
    accounts.seat(db, keys, whose, by=actor.name, now=now)
    for case in _cases(db, customer):
        worklist.close_tasks(db, cases.about(case), "payee_account", now=now)
    _unblock(db, customer, now=now)
    return made


def _checked_as(db: Session, customer: CustomerId, *, now: datetime) -> CustomerId:
    """Under which id the person's check lies: one that serves, else one nobody doubts; without any,
    who they are today. One account at a time is noted for a person.
    """
    today = surviving(db, customer)
    db.exec(select(Customer.id).where(Customer.id == today).with_for_update(key_share=True)).first()
    serving = queries.serving(db, today, on=tokyo_day(now))
    known = [each for each in queries.of_customer(db, today) if each.revoked_at is None]
    for check in [serving, *known]:
        if check is not None and db.get_one(Customer, check.customer_id).erased_at is None:
            return CustomerId(check.customer_id)
    return today


def _go_on(db: Session, customer: CustomerId, *, now: datetime) -> None:
    """Accepted pieces are paid for; what the rules refuse besides is told by the clock, which tries
    again (slot `buyback-settling`).
    """
    for case in list(_cases(db, customer, Stage.ACCEPTED)):
        try:
            with db.begin_nested():
                settling.resume(db, case, actor=SCHEDULER, now=now)
        except Refused:
            continue
    _unblock(db, customer, now=now)


def _cases(db: Session, customer: CustomerId, *at: Stage) -> Iterator[str]:
    wanted = select(BuybackCase.id).where(
        col(BuybackCase.customer_id).in_(whole(db, surviving(db, customer))),
        BuybackCase.purpose == Purpose.BUYBACK.value,
    )
    if at:
        stages = [each.value for each in at]
        wanted = wanted.where(CasePiece.case_id == BuybackCase.id, col(CasePiece.stage).in_(stages))
    yield from db.exec(wanted.distinct().order_by(col(BuybackCase.id))).all()


def _unblock(db: Session, customer: CustomerId, *, now: datetime) -> None:
    """Payments rest on the check that serves, and the tasks about those in whose way nothing stands
    any more are done.
    """
    of_cases = select(Payout.about).where(
        col(Payout.customer_id).in_(whole(db, surviving(db, customer))),
        col(Payout.status).in_([each.value for each in NOT_SENT]),
        begins(col(Payout.about), "case:"),
    )
    for about in db.exec(of_cases.distinct().order_by(col(Payout.about))).all():
        resting.rest_again(db, about.removeprefix("case:"), now=now)
    credit_payouts.rest_again(db, customer, now=now)
