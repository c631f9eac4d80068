"""Sellers as the law and the bank want them known (売主の確認): what waited for it goes on at once.

A check is noted by `duties.identity`, an account by `payouts.accounts`; here both are held against
each other and open what they kept shut: the payment of accepted pieces (R-061), the tasks of the
staff. Not here: what a contract waits for (the clock of consignment looks), and pages.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session, col, select

from catalog.buyback import cases, settling
from catalog.buyback.inquiry import Purpose
from catalog.buyback.payouts import accounts
from catalog.buyback.payouts import queries as payouts
from catalog.buyback.payouts.rules import PayoutStatus
from catalog.buyback.payouts.tables import Payout
from catalog.buyback.payouts.zengin import BankAccount
from catalog.buyback.stages import Stage
from catalog.buyback.tables import BuybackCase, CasePiece
from catalog.customers.newcomers import whole
from catalog.duties.actors import SCHEDULER, Actor
from catalog.duties.identity import actions as identity
from catalog.duties.identity.actions import Guardian, NewCheck
from catalog.duties.identity.methods import Evidence
from catalog.duties.identity.rules import Seen
from catalog.duties.identity.tables import IdentityCheck
from catalog.duties.sealing import DataKeys
from catalog.ground import worklist
from catalog.ground.errors import Refused
from catalog.ground.record import CustomerId


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
    _go_on(db, check.customer_id, now=now)
    return made


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
    id. Raises StaffNeeded, PayeeMissing, TransferMalformed, KanaMalformed.
    """
    if not actor.is_staff:
        raise identity.StaffNeeded(actor)
    made = accounts.name_account(db, keys, customer, account, by=actor.name, now=now, key=key)
    for case in _cases(db, customer):
        worklist.close_tasks(db, cases.about(case), "payee_account", now=now)
    _unblock(db, customer, now=now)
    return made


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
        col(BuybackCase.customer_id).in_(whole(db, customer)),
        BuybackCase.purpose == Purpose.BUYBACK.value,
    )
    if at:
        stages = [each.value for each in at]
        wanted = wanted.where(CasePiece.case_id == BuybackCase.id, col(CasePiece.stage).in_(stages))
    yield from db.exec(wanted.distinct().order_by(col(BuybackCase.id))).all()


def _unblock(db: Session, customer: CustomerId, *, now: datetime) -> None:
    """The tasks about payments in whose way nothing stands any more are done."""
    rows = db.exec(
        select(Payout).where(
            col(Payout.customer_id).in_(whole(db, customer)),
            Payout.status == PayoutStatus.PLANNED.value,
        )
    ).all()
    for payout in rows:
        if payouts.block(db, payout) is None:
            worklist.close_tasks(db, f"payout:{payout.id}", "payout_blocked", now=now)
