"""Visits: only where the customer asked, only for what they named, never again after a no
(訪問購入の規制).

Not here: the document and the eight days (`documents`, `cooling_off`), and the appointment itself.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Session, col, select

from catalog.customers.newcomers import whole
from catalog.duties.actors import Actor
from catalog.duties.identity.actions import StaffNeeded
from catalog.duties.rules import ItemKind, Place, may_receive_at
from catalog.duties.visits.tables import Visit, VisitRefusal
from catalog.ground import journal, worklist
from catalog.ground.errors import Malformed, Missing, Refused
from catalog.ground.record import CustomerId, new_id


class Scope(StrEnum):
    """What the customer asked for."""

    APPRAISE_ONLY = "appraise_only"
    MAY_OFFER = "may_offer"


class VisitMalformed(Malformed):
    """A visit without the customer's own message or without named kinds."""


class VisitMissing(Missing):
    """There is no such visit."""


class PlaceRefused(Refused):
    """Goods may not be received there. `place`, `on`."""

    def __init__(self, place: Place, on: date) -> None:
        super().__init__(f"no goods may be received at {place.value} on {on}")
        self.place = place
        self.on = on


class SolicitationRefused(Refused):
    """The customer said no; only a new message of their own opens the subject. `refused_at`."""

    def __init__(self, refused_at: datetime) -> None:
        super().__init__(f"refused at {refused_at.isoformat()}")
        self.refused_at = refused_at


class KindNotNamed(Refused):
    """The customer named no such goods when they asked for the visit. `kinds`."""

    def __init__(self, kinds: Collection[ItemKind]) -> None:
        super().__init__(", ".join(sorted(kinds)))
        self.kinds = kinds


class OnlyAppraisal(Refused):
    """The customer asked for an appraisal only; no offer may be made at the visit."""


class LicenceCardMissing(Refused):
    """Who visits carries a card with a licence number (行商従業者証)."""


@dataclass(frozen=True, slots=True)
class NewVisit:
    """What the customer asked for in a message of their own."""

    customer_id: CustomerId
    message_id: str
    asked_at: datetime
    kinds: Sequence[ItemKind]
    scope: Scope
    place: Place
    visit_on: date
    place_filed_on: date | None = None


def ask_visit(db: Session, visit: NewVisit, *, by: str, now: datetime, key: str) -> str:
    """Note a visit the customer asked for; its id (TOK-2, KOB-8, R-062).

    Raises VisitMalformed, PlaceRefused, SolicitationRefused (a message older than a refusal).
    """
    request = {
        "customer": visit.customer_id,
        "message": visit.message_id,
        "kinds": sorted(kind.value for kind in visit.kinds),
        "scope": visit.scope.value,
        "place": visit.place.value,
        "visit_on": visit.visit_on.isoformat(),
    }
    stored = journal.stored_result(db, key, request)
    if stored is not None:
        return str(stored["visit"])
    if not visit.message_id.strip() or not visit.kinds:
        raise VisitMalformed("a visit rests on the customer's message and the kinds named in it")
    if not may_receive_at(visit.place, on=visit.visit_on, filed_on=visit.place_filed_on):
        raise PlaceRefused(visit.place, visit.visit_on)
    refused_at = last_refusal(db, visit.customer_id)
    if refused_at is not None and visit.asked_at <= refused_at:
        raise SolicitationRefused(refused_at)
    row = Visit(
        id=new_id(now),
        customer_id=visit.customer_id,
        message_id=visit.message_id,
        asked_at=visit.asked_at,
        kinds=sorted(kind.value for kind in visit.kinds),
        scope=visit.scope.value,
        place=visit.place.value,
        place_filed_on=visit.place_filed_on,
        visit_on=visit.visit_on,
        noted_by=by,
        noted_at=now,
    )
    db.add(row)
    db.flush()
    journal.record(
        db,
        f"customer:{visit.customer_id}",
        "visit_asked",
        actor=by,
        at=now,
        facts={"visit": row.id, "message": visit.message_id},
        key=key,
        request=request,
        result={"visit": row.id},
    )
    return row.id


def _locked(db: Session, visit_id: str) -> Visit:
    row = db.exec(
        select(Visit)
        .where(Visit.id == visit_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise VisitMissing(visit_id)
    return row


def assign(
    db: Session, visit_id: str, staff_id: str, licence_no: str, *, actor: Actor, now: datetime
) -> None:
    """Who goes, with the number of their card (KOB-8).

    Raises StaffNeeded, LicenceCardMissing, VisitMissing.
    """
    if not actor.is_staff:
        raise StaffNeeded(actor)
    if not licence_no.strip():
        raise LicenceCardMissing(visit_id)
    row = _locked(db, visit_id)
    if (row.staff_id, row.licence_no) == (staff_id, licence_no):
        return
    row.staff_id, row.licence_no = staff_id, licence_no
    db.flush()
    worklist.close_tasks(db, f"case:{row.case_id}", "visit_wanted", now=now, visit=visit_id)
    subject = f"customer:{row.customer_id}"
    facts = {"visit": visit_id, "staff": staff_id}
    journal.record(db, subject, "visit_assigned", actor=actor.name, at=now, facts=facts)


def require_visit(
    db: Session,
    visit_id: str,
    *,
    customer: CustomerId,
    kinds: Collection[ItemKind],
    makes_offer: bool,
) -> Visit:
    """The visit a case at the customer's home rests on: their own request, these kinds named, an
    offer allowed, a card to show (TOK-2, KOB-8).

    Raises VisitMissing (also another customer's), KindNotNamed, OnlyAppraisal, LicenceCardMissing,
    SolicitationRefused.
    """
    row = db.get(Visit, visit_id)
    if row is None or row.customer_id != customer:
        raise VisitMissing(visit_id)
    refused_at = last_refusal(db, customer)
    if refused_at is not None and row.asked_at <= refused_at:
        raise SolicitationRefused(refused_at)
    unnamed = [kind for kind in kinds if kind.value not in row.kinds]
    if unnamed:
        raise KindNotNamed(unnamed)
    if makes_offer and row.scope != Scope.MAY_OFFER.value:
        raise OnlyAppraisal(visit_id)
    if not row.licence_no:
        raise LicenceCardMissing(visit_id)
    return row


def bind_case(
    db: Session, visit_id: str, case_id: str, *, kinds: Collection[ItemKind], by: str, now: datetime
) -> None:
    """The case opened at the visit; only for kinds the customer named (TOK-2).

    Raises VisitMissing, KindNotNamed.
    """
    row = _locked(db, visit_id)
    unnamed = [kind for kind in kinds if kind.value not in row.kinds]
    if unnamed:
        raise KindNotNamed(unnamed)
    if row.case_id == case_id:
        return
    row.case_id = case_id
    db.flush()
    subject = f"customer:{row.customer_id}"
    facts = {"visit": visit_id, "case": case_id}
    journal.record(db, subject, "visit_case_opened", actor=by, at=now, facts=facts)


def refuse(
    db: Session, customer: CustomerId, *, visit_id: str | None, by: str, now: datetime, key: str
) -> None:
    """The customer said no to selling at home, at the visit or before any: nobody asks again until
    they do themselves (TOK-2). Raises VisitMissing (also another customer's).
    """
    request = {"verb": "visit.refuse", "customer": customer, "visit": visit_id}
    if journal.stored_result(db, key, request) is not None:
        return
    if visit_id is not None and _locked(db, visit_id).customer_id != customer:
        raise VisitMissing(visit_id)
    row = VisitRefusal(customer_id=customer, visit_id=visit_id, refused_at=now, noted_by=by)
    db.add(row)
    db.flush()
    journal.record(
        db, f"customer:{customer}", "visit_refused", actor=by, at=now,
        facts={"visit": visit_id} if visit_id else None, key=key, request=request,
        result={"refusal": row.id},
    )  # fmt: skip


def last_refusal(db: Session, customer: CustomerId) -> datetime | None:
    """When the customer last said no; None: never."""
    return db.exec(
        select(VisitRefusal.refused_at)
        .where(col(VisitRefusal.customer_id).in_(whole(db, customer)))
        .order_by(col(VisitRefusal.refused_at).desc())
        .limit(1)
    ).first()


def standing_refusal(db: Session, customer: CustomerId) -> datetime | None:
    """When the customer said no to selling at home, unless they asked for a visit themselves since:
    while it stands, nobody brings the subject up (TOK-2).
    """
    refused_at = last_refusal(db, customer)
    wanted = select(Visit.asked_at).where(col(Visit.customer_id).in_(whole(db, customer)))
    asked_at = db.exec(wanted.order_by(col(Visit.asked_at).desc()).limit(1)).first()
    is_over = refused_at is not None and asked_at is not None and asked_at > refused_at
    return None if is_over else refused_at
