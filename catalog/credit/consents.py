"""What customers were told about credit and agreed to before they chose (同意記録)."""

from datetime import datetime

from sqlmodel import Session

from catalog.credit.posting import AccountMissing, need_text
from catalog.credit.tables import CreditConsent
from catalog.customers.newcomers import whole
from catalog.customers.tables import Customer
from catalog.ground import journal
from catalog.ground.errors import Refused
from catalog.ground.record import CustomerId, new_id

NEVER_PAID_OUT = "never_paid_out"
DISCONTINUANCE = "discontinuance"


class ConsentMissing(Refused):
    """The customer has not agreed to this."""


def need(db: Session, customer: str, consent_id: str, purpose: str) -> None:
    """Raises ConsentMissing unless it is this customer's consent to that, or the one of a newcomer
    who turned out to be this customer.
    """
    consent = db.get(CreditConsent, consent_id)
    is_theirs = consent is not None and consent.customer_id in whole(db, customer)
    if consent is None or not is_theirs or consent.purpose != purpose:
        raise ConsentMissing(f"no consent of the customer: {purpose}")


def agree(
    db: Session,
    customer: CustomerId,
    purpose: str,
    *,
    text_version: str,
    source: str,
    document: str | None = None,
    by: str,
    now: datetime,
) -> str:
    """Keep that the customer was told something about credit and agreed before choosing it: that it
    is never paid out (`NEVER_PAID_OUT`), or that the shop gives credit up and pays it out
    (`DISCONTINUANCE`) (CRD-13). The consent's id. Raises AccountMissing, CreditMalformed.
    """
    need_text(purpose=purpose, text_version=text_version, source=source)
    if db.get(Customer, customer) is None:
        raise AccountMissing(customer)
    consent = CreditConsent(
        id=new_id(now),
        customer_id=customer,
        purpose=purpose,
        text_version=text_version,
        document=document,
        source=source,
        given_at=now,
    )
    db.add(consent)
    db.flush()
    facts = {"consent": consent.id, "purpose": purpose, "text": text_version}
    journal.record(db, f"customer:{customer}", "credit_agreed", actor=by, at=now, facts=facts)
    return consent.id
