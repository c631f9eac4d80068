"""Which check serves a deal, and whether a name is the verified one (KOB-1, KOB-7, QUO-8)."""

from collections.abc import Collection
from datetime import date

from sqlmodel import Session, col, select

from catalog.customers.newcomers import surviving, whole
from catalog.duties.identity.methods import Method, serves
from catalog.duties.identity.tables import GuardianConsent, IdentityCheck, IdentityReading
from catalog.duties.rules import Channel, Deal, ItemKind, identity_required
from catalog.duties.terms import DutyTerms
from catalog.ground import policy
from catalog.ground.errors import Refused
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId


class IdentityMissing(Refused):
    """The deal needs an identity check that serves on that day. `customer`, `on`."""

    def __init__(self, customer: CustomerId, on: date) -> None:
        super().__init__(f"no identity check of {customer} serves on {on}")
        self.customer = customer
        self.on = on


class SellerTooYoung(Refused):
    """Below the age to sell, and no guardian agreed to this deal. `identity_id`."""

    def __init__(self, identity_id: str) -> None:
        super().__init__(f"the person of {identity_id} is too young to sell alone")
        self.identity_id = identity_id


def require_identity(
    db: Session,
    customer: CustomerId,
    *,
    deal: Deal,
    total: Yen,
    kinds: Collection[ItemKind],
    on: date,
    is_own_sale: bool = False,
    channel: Channel | None = None,
    about: str | None = None,
) -> str | None:
    """The check a deal rests on, or None where neither law nor house asks for one (KOB-1, R-061).

    `total`: of the whole deal. `is_own_sale`: the shop buys back what it sold to this customer.
    `channel`: only a method that fits it. `about`: the deal a guardian may have agreed to (KOB-7).
    Raises IdentityMissing, SellerTooYoung.
    """
    terms = policy.current(db).of(DutyTerms)
    is_bought_back = is_own_sale and deal is not Deal.CONSIGNMENT
    needed = identity_required(
        terms, total=total, kinds=kinds, is_own_sale_bought_back=is_bought_back
    )
    if not needed.holds:
        return None
    check = serving(db, customer, on=on, channel=channel)
    if check is None:
        raise IdentityMissing(customer, on)
    if not check.is_of_age and not _has_guardian(db, check.id, about):
        raise SellerTooYoung(check.id)
    return check.id


def serving(
    db: Session, customer: CustomerId, *, on: date, channel: Channel | None = None
) -> IdentityCheck | None:
    """The customer's latest check that serves on that day: a person known to the shop is not asked
    again while it does (KOB-1). Without one of their own, that of a newcomer they turned out to be.
    """
    found = (_serving(db, who, on=on, channel=channel) for who in whole(db, customer))
    return next((each for each in found if each is not None), None)


def _serving(
    db: Session, customer: CustomerId, *, on: date, channel: Channel | None
) -> IdentityCheck | None:
    rows = db.exec(
        select(IdentityCheck)
        .where(
            IdentityCheck.customer_id == customer,
            col(IdentityCheck.verified_on) <= on,
            col(IdentityCheck.valid_through) >= on,
            col(IdentityCheck.revoked_at).is_(None),
            col(IdentityCheck.destroyed_at).is_(None),
        )
        .order_by(col(IdentityCheck.verified_at).desc(), col(IdentityCheck.id).desc())
    )
    for row in rows:
        if channel is None or serves(Method(row.method), channel):
            return row
    return None


def stands(db: Session, identity_id: str, *, of: str) -> bool:
    """Whether a deal of that customer that rests on the check may go on resting on it: it is of the
    same person, nobody doubts it and it was not destroyed.
    """
    check = db.get(IdentityCheck, identity_id, populate_existing=True)
    return (
        check is not None
        and surviving(db, check.customer_id) == surviving(db, of)
        and check.revoked_at is None
        and check.destroyed_at is None
    )


def _has_guardian(db: Session, identity_id: str, about: str | None) -> bool:
    if about is None:
        return False
    wanted = select(GuardianConsent.id).where(
        GuardianConsent.identity_id == identity_id, GuardianConsent.about == about
    )
    return db.exec(wanted).first() is not None


def of_customer(db: Session, customer: CustomerId) -> list[IdentityCheck]:
    """Every check of the customer that was not destroyed, revoked ones too, the latest first."""
    rows = db.exec(
        select(IdentityCheck)
        .where(
            col(IdentityCheck.customer_id).in_(whole(db, customer)),
            col(IdentityCheck.destroyed_at).is_(None),
        )
        .order_by(col(IdentityCheck.verified_at).desc(), col(IdentityCheck.id).desc())
    )
    return list(rows)


def is_verified_name(db: Session, identity_id: str, name_key: str) -> bool:
    """Whether a name, by its `actions.name_key`, is the verified one in kanji or in kana
    (QUO-8).
    """
    check = db.get(IdentityCheck, identity_id)
    return check is not None and check.destroyed_at is None and name_key in check.name_keys


def is_verified_holder(db: Session, customer: str, name_key: str) -> bool:
    """Whether a name that customer gave is the one of a check of theirs that nobody doubts."""
    checks = db.exec(
        select(IdentityCheck).where(
            IdentityCheck.customer_id == customer,
            col(IdentityCheck.revoked_at).is_(None),
            col(IdentityCheck.destroyed_at).is_(None),
        )
    )
    return any(name_key in check.name_keys for check in checks)


def readings(db: Session, identity_id: str) -> list[IdentityReading]:
    """Who opened the check, oldest first (PII-1)."""
    return list(
        db.exec(
            select(IdentityReading)
            .where(IdentityReading.identity_id == identity_id)
            .order_by(col(IdentityReading.id))
        )
    )
