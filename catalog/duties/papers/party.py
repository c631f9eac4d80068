"""The other side as papers name it (相手方): as verified, else as the register knows them."""

from datetime import datetime

from sqlmodel import Session, col, select

from catalog.customers.newcomers import whole
from catalog.customers.tables import Customer
from catalog.duties.identity.actions import Purpose, open_identity
from catalog.duties.identity.tables import IdentityCheck
from catalog.duties.papers.facts import Party
from catalog.duties.sealing import DataKeys
from catalog.ground.errors import Missing
from catalog.ground.record import CustomerId


class PartyMissing(Missing):
    """There is no such customer."""


def party(db: Session, keys: DataKeys, customer: CustomerId, *, by: str, now: datetime) -> Party:
    """Name and address of the latest check that is still kept, opened and logged; without one of
    the customer's own that of a newcomer they turned out to be, without any the name of the
    register. Raises PartyMissing.
    """
    row = db.get(Customer, customer)
    if row is None:
        raise PartyMissing(customer)
    kept = (_latest(db, who) for who in whole(db, customer))
    check = next((each for each in kept if each is not None), None)
    if check is None:
        name = " ".join(part for part in (row.family_name, row.given_name) if part)
        return Party(name, phone=row.phone or "", number=row.customer_no)
    person = open_identity(db, keys, check, by=by, purpose=Purpose.DEAL, now=now)
    return Party(person.name, person.address, row.phone or "", row.customer_no)


def _latest(db: Session, customer: CustomerId) -> str | None:
    return db.exec(
        select(IdentityCheck.id)
        .where(
            IdentityCheck.customer_id == customer,
            col(IdentityCheck.destroyed_at).is_(None),
            col(IdentityCheck.revoked_at).is_(None),
        )
        .order_by(col(IdentityCheck.verified_at).desc(), col(IdentityCheck.id).desc())
        .limit(1)
    ).first()
