"""The document of a purchase at home (訪問購入の法定書面): what it said, its hash, when the seller
received it.

The page is rendered once, sealed, and never changed; a better one is a new document, and the eight
days begin with the latest received.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Session, col, select

from catalog.duties import sealing
from catalog.duties.actors import Actor
from catalog.duties.identity.actions import StaffNeeded
from catalog.duties.papers import page
from catalog.duties.papers.facts import Paper, VisitPurchase
from catalog.duties.rules import retain_ledger_through
from catalog.duties.sealing import DataKeys
from catalog.duties.terms import DutyTerms
from catalog.duties.visits.tables import StatutoryDocument
from catalog.ground import journal, policy
from catalog.ground.calendar import tokyo_day
from catalog.ground.errors import Missing, Refused
from catalog.ground.record import CustomerId, new_id


class Delivery(StrEnum):
    """How the seller got it."""

    PAPER = "paper"
    ELECTRONIC = "electronic"


class DocumentMissing(Missing):
    """There is no such document, or its time is over."""


class ConsentMissing(Refused):
    """Electronic delivery needs the seller's consent beforehand."""


class ReceivedOtherwise(Refused):
    """The day it was received is noted already and is not changed. `received_on`."""

    def __init__(self, received_on: date) -> None:
        super().__init__(f"received on {received_on}")
        self.received_on = received_on


@dataclass(frozen=True, slots=True)
class Receipt:
    """When and how a document came into the seller's hands. `consent_id`: the message in which
    the seller agreed to electronic delivery, and when.
    """

    received_on: date
    delivery: Delivery
    consent_id: str | None = None
    consented_at: datetime | None = None


def issue(
    db: Session,
    keys: DataKeys,
    case_id: str,
    customer: CustomerId,
    facts: VisitPurchase,
    *,
    by: str,
    now: datetime,
    key: str,
) -> StatutoryDocument:
    """Render the document of a case, seal it and keep its hash (TOK-2, R-062)."""
    content = page.render(Paper.VISIT_DOCUMENT, facts).encode()
    digest = hashlib.sha256(content).hexdigest()
    request = {"case": case_id, "customer": customer, "sha256": digest}
    stored = journal.stored_result(db, key, request)
    if stored is not None:
        return db.get_one(StatutoryDocument, stored["document"])
    row_id = new_id(now)
    seal = sealing.person_key(db, f"document:{row_id}", keys, now=now)
    row = StatutoryDocument(
        id=row_id,
        case_id=case_id,
        customer_id=customer,
        sha256=digest,
        sealed=b"".join(sealing.seal_stream(seal, [content])),
        issued_by=by,
        issued_at=now,
        keep_through=retain_ledger_through(policy.current(db).of(DutyTerms), tokyo_day(now)),
    )
    db.add(row)
    db.flush()
    journal.record(
        db,
        f"case:{case_id}",
        "statutory_document_issued",
        actor=by,
        at=now,
        facts={"document": row_id, "sha256": digest},
        key=key,
        request=request,
        result={"document": row_id},
    )
    return row


def note_received(
    db: Session, document_id: str, receipt: Receipt, *, actor: Actor, now: datetime
) -> None:
    """The seller has it: the first of the eight days (TOK-1, TOK-2).

    Raises StaffNeeded, DocumentMissing, ConsentMissing, ReceivedOtherwise.
    """
    if not actor.is_staff:
        raise StaffNeeded(actor)
    row = db.exec(
        select(StatutoryDocument)
        .where(StatutoryDocument.id == document_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise DocumentMissing(document_id)
    if row.received_on is not None:
        if row.received_on != receipt.received_on:
            raise ReceivedOtherwise(row.received_on)
        return
    if receipt.delivery is Delivery.ELECTRONIC and not _is_agreed(receipt, row.issued_at):
        raise ConsentMissing(document_id)
    if not tokyo_day(row.issued_at) <= receipt.received_on <= tokyo_day(now):
        raise ReceivedOtherwise(receipt.received_on)
    row.delivery, row.consent_id = receipt.delivery.value, receipt.consent_id
    row.delivered_at, row.received_on = now, receipt.received_on
    db.flush()
    facts = {
        "document": document_id,
        "received_on": receipt.received_on.isoformat(),
        "delivery": receipt.delivery.value,
    }
    subject = f"case:{row.case_id}"
    journal.record(
        db, subject, "statutory_document_received", actor=actor.name, at=now, facts=facts
    )


def _is_agreed(receipt: Receipt, issued_at: datetime) -> bool:
    return bool(receipt.consent_id) and (
        receipt.consented_at is not None and receipt.consented_at <= issued_at
    )


def opened(db: Session, keys: DataKeys, document_id: str) -> str:
    """The page as it was issued, held against its hash.

    Raises DocumentMissing, SealBroken, DataKeyMissing.
    """
    row = db.get(StatutoryDocument, document_id)
    if row is None or row.destroyed_at is not None:
        raise DocumentMissing(document_id)
    key = sealing.known_key(db, f"document:{document_id}", keys)
    content = b"".join(sealing.open_stream(key, [row.sealed]))
    if hashlib.sha256(content).hexdigest() != row.sha256:
        raise sealing.SealBroken("the document does not have its hash")
    return content.decode()


def of_case(db: Session, case_id: str) -> list[StatutoryDocument]:
    """The documents of a case that are still kept, the latest first."""
    return list(
        db.exec(
            select(StatutoryDocument)
            .where(
                StatutoryDocument.case_id == case_id,
                col(StatutoryDocument.destroyed_at).is_(None),
            )
            .order_by(col(StatutoryDocument.issued_at).desc(), col(StatutoryDocument.id).desc())
        )
    )


def received_on(db: Session, case_id: str) -> date | None:
    """When the seller received the latest document of the case; None: none yet (TOK-1)."""
    row = db.exec(
        select(StatutoryDocument)
        .where(
            StatutoryDocument.case_id == case_id,
            col(StatutoryDocument.received_on).is_not(None),
        )
        .order_by(col(StatutoryDocument.received_on).desc())
        .limit(1)
    ).first()
    return row.received_on if row is not None else None
