"""Checking, reading, and destroying identities (本人確認). What was seen is sealed at once, every
reading is logged.

Not here: whether a deal needs a check (`queries.require_identity`), and the pictures themselves;
they lie sealed in the store of received files, only their ids and hashes are noted here.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlmodel import Session, select

from catalog.duties import sealing
from catalog.duties.actors import Actor
from catalog.duties.identity import names
from catalog.duties.identity.documents import Document, Fate, Picture, fate_of
from catalog.duties.identity.methods import Method
from catalog.duties.identity.rules import (
    Person,
    Seen,
    check_evidence,
    check_person,
    serves_through,
)
from catalog.duties.identity.tables import GuardianConsent, IdentityCheck, IdentityReading
from catalog.duties.rules import may_sell
from catalog.duties.sealing import DataKeys
from catalog.duties.terms import DutyTerms
from catalog.ground import journal, policy, worklist
from catalog.ground.calendar import tokyo_day
from catalog.ground.errors import Missing, Refused
from catalog.ground.record import CustomerId, new_id


class IdentityUnknown(Missing):
    """There is no such check, or it was destroyed when its time was over."""


class StaffNeeded(Refused):
    """Only a person of the shop may do this. `actor`: who tried."""

    def __init__(self, actor: Actor) -> None:
        super().__init__(f"{actor.name} is not of the staff")
        self.actor = actor


class Purpose(StrEnum):
    """What a check is opened for."""

    LEDGER = "ledger"
    DEAL = "deal"
    PAYMENT = "payment"
    POLICE = "police"
    AUTHORITY = "authority"
    THE_PERSON = "the_person"  # they asked what is kept of them


@dataclass(frozen=True, slots=True)
class NewCheck:
    """A check as it was made."""

    customer_id: CustomerId
    method: Method
    person: Person
    seen: Sequence[Seen]


def verify(
    db: Session, keys: DataKeys, check: NewCheck, *, actor: Actor, now: datetime, key: str
) -> str:
    """Note a check and seal what was seen; its id. A person of the shop signs for it (KOB-1,
    R-061).

    Raises StaffNeeded, PersonMalformed, NumberForbidden, MethodNotInForce, EvidenceMissing.
    """
    name_key = _name_key_of(db, keys, check.customer_id, now=now)
    name_keys = [names.keyed(check.person.name, name_key), names.keyed(check.person.kana, name_key)]
    request = {
        "customer": check.customer_id,
        "method": check.method.value,
        "evidence": _plain(check.seen),
        "person": names.stamp(json.dumps(_told(check.person), sort_keys=True), name_key),
    }
    stored = journal.stored_result(db, key, request)
    if stored is not None:
        return str(stored["identity"])
    if not actor.is_staff:
        raise StaffNeeded(actor)
    today = tokyo_day(now)
    in_force = policy.current(db)
    terms = in_force.of(DutyTerms)
    check_person(check.person)
    check_evidence(terms, check.method, check.seen, today)
    row = IdentityCheck(
        id=new_id(now),
        customer_id=check.customer_id,
        method=check.method.value,
        document=check.person.document.value,
        evidence=_plain(check.seen),
        sealed=b"",
        name_keys=name_keys,
        is_of_age=may_sell(terms, check.person.born_on, today),
        policy_version=in_force.version,
        verified_on=today,
        verified_at=now,
        verified_by=actor.name,
        valid_through=serves_through(terms, check.method, today),
    )
    row.sealed = sealed(db, keys, person_of(row.id), _told(check.person), now=now)
    db.add(row)
    db.flush()
    journal.record(
        db,
        f"customer:{check.customer_id}",
        "identity_verified",
        actor=actor.name,
        at=now,
        facts={"identity": row.id, "method": row.method},
        key=key,
        request=request,
        result={"identity": row.id},
    )
    return row.id


def person_of(identity_id: str) -> str:
    """Whose key seals the check: one of its own. A customer who asks to be erased does not erase
    what the law orders kept, and when that time is over this key alone goes.
    """
    return f"identity:{identity_id}"


def sealed(db: Session, keys: DataKeys, owner: str, told: Any, *, now: datetime) -> bytes:
    """A small JSON value sealed under the key of `owner`."""
    key = sealing.person_key(db, owner, keys, now=now)
    return b"".join(sealing.seal_stream(key, [json.dumps(told, ensure_ascii=False).encode()]))


def unsealed(db: Session, keys: DataKeys, owner: str, content: bytes) -> Any:
    """The value again. Raises PersonErased, DataKeyMissing, SealBroken."""
    key = sealing.known_key(db, owner, keys)
    return json.loads(b"".join(sealing.open_stream(key, [content])))


def _told(person: Person) -> dict[str, Any]:
    return {**asdict(person), "born_on": person.born_on.isoformat()}


def _plain(seen: Sequence[Seen]) -> list[Any]:
    return [
        {
            "kind": each.kind.value,
            "ref": each.ref,
            "sha256": each.sha256,
            "made_on": each.made_on.isoformat() if each.made_on else None,
        }
        for each in seen
    ]


def _name_key_of(db: Session, keys: DataKeys, customer: CustomerId, *, now: datetime) -> bytes:
    """Hashes of a customer's names are made with the customer's own key: they stay comparable from
    check to check, and tell nothing across customers.
    """
    return sealing.person_key(db, f"customer:{customer}", keys, now=now)


def name_key(db: Session, keys: DataKeys, customer: CustomerId, name: str, *, now: datetime) -> str:
    """What stands for a name given by that customer, an account holder's say; compare it with
    `queries.is_verified_name` (QUO-8).
    """
    return names.keyed(name, _name_key_of(db, keys, customer, now=now))


def open_identity(
    db: Session, keys: DataKeys, identity_id: str, *, by: str, purpose: Purpose, now: datetime
) -> Person:
    """What was seen, with the reading logged first (PII-1).

    Raises IdentityUnknown, PersonErased, DataKeyMissing.
    """
    row = db.get(IdentityCheck, identity_id)
    if row is None or row.destroyed_at is not None:
        raise IdentityUnknown(identity_id)
    db.add(IdentityReading(identity_id=identity_id, purpose=purpose.value, read_by=by, read_at=now))
    db.flush()
    told = unsealed(db, keys, person_of(identity_id), row.sealed)
    born_on, document = date.fromisoformat(told["born_on"]), Document(told["document"])
    return Person(**{**told, "born_on": born_on, "document": document})


class Doubt(StrEnum):
    """Why a check no longer serves."""

    FORGED = "forged"
    OTHER_PERSON = "other_person"
    MISTAKE = "mistake"


def revoke(db: Session, identity_id: str, *, doubt: Doubt, by: str, now: datetime) -> None:
    """The check no longer serves; noted once. Raises IdentityUnknown."""
    row = db.exec(
        select(IdentityCheck).where(IdentityCheck.id == identity_id).with_for_update()
    ).first()
    if row is None:
        raise IdentityUnknown(identity_id)
    if row.revoked_at is not None:
        return
    row.revoked_at = now
    db.flush()
    facts = {"identity": identity_id, "doubt": doubt.value}
    subject = f"customer:{row.customer_id}"
    journal.record(db, subject, "identity_revoked", actor=by, at=now, facts=facts)


@dataclass(frozen=True, slots=True)
class Guardian:
    """Who agreed to a deal of a person below the age to sell."""

    name: str
    relation: str
    phone: str


def agree_as_guardian(
    db: Session,
    keys: DataKeys,
    identity_id: str,
    guardian: Guardian,
    seen: Sequence[Seen],
    *,
    about: str,
    agreed_at: datetime,
    actor: Actor,
    now: datetime,
    key: str,
) -> str:
    """A guardian's consent to one deal, taken by a person of the shop (KOB-7).

    Raises StaffNeeded, IdentityUnknown.
    """
    request = {"identity": identity_id, "about": about, "evidence": _plain(seen)}
    stored = journal.stored_result(db, key, request)
    if stored is not None:
        return str(stored["consent"])
    if not actor.is_staff:
        raise StaffNeeded(actor)
    check = db.get(IdentityCheck, identity_id)
    if check is None or check.destroyed_at is not None:
        raise IdentityUnknown(identity_id)
    row = GuardianConsent(
        id=new_id(now),
        identity_id=identity_id,
        about=about,
        evidence=_plain(seen),
        sealed=sealed(db, keys, person_of(identity_id), asdict(guardian), now=now),
        agreed_at=agreed_at,
        noted_by=actor.name,
        noted_at=now,
    )
    db.add(row)
    db.flush()
    subject = f"customer:{check.customer_id}"
    facts = {"identity": identity_id, "about": about, "consent": row.id}
    journal.record(
        db,
        subject,
        "guardian_agreed",
        actor=actor.name,
        at=now,
        facts=facts,
        key=key,
        request=request,
        result=facts,
    )
    return row.id


def take_picture(
    db: Session, customer: CustomerId, asset: str, picture: Picture, *, by: str, now: datetime
) -> Fate:
    """A picture of a document arrived: what becomes of it. Where it may not stay, a task for the
    staff says which to destroy or mask; no check can rest on it (PII-1).
    """
    fate = fate_of(picture)
    subject = f"customer:{customer}"
    facts = {"asset": asset, "document": picture.document.value, "fate": fate.value}
    journal.record(db, subject, "identity_picture", actor=by, at=now, facts=facts)
    if fate is not Fate.KEEP:
        name = f"identity_picture_{fate.value}"
        worklist.task(db, name, subject, due_at=now, now=now, once=asset, facts={"asset": asset})
    return fate
