"""How long a check serves and is kept, and whether its evidence is whole (本人確認). Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from catalog.duties.identity.documents import Document, check_number
from catalog.duties.identity.methods import (
    IMAGES,
    Evidence,
    Method,
    is_in_force,
    missing_evidence,
    valid_through,
)
from catalog.duties.rules import DatesContradict
from catalog.duties.terms import DutyTerms
from catalog.ground.calendar import add_months
from catalog.ground.errors import Malformed, Refused

_NUMBER = re.compile(r"[!-~]*[0-9][!-~]*")  # a number of the post, an id of the house


class MethodNotInForce(Refused):
    """The method may not be used on that day. `method`, `on`."""

    def __init__(self, method: Method, on: date) -> None:
        super().__init__(f"{method.value} may not be used on {on}")
        self.method = method
        self.on = on


class EvidenceMissing(Refused):
    """The method needs more. `groups`: of each one is missing."""

    def __init__(self, method: Method, groups: Sequence[frozenset[Evidence]]) -> None:
        told = "; ".join(" or ".join(sorted(group)) for group in groups)
        super().__init__(f"{method.value} also needs {told}")
        self.method = method
        self.groups = groups


class PersonMalformed(Malformed):
    """A part of the person's data that the law wants is empty. `part`."""

    def __init__(self, part: str) -> None:
        super().__init__(f"{part} is empty")
        self.part = part


class WordsInEvidence(Malformed):
    """Words were told where a number or an id is noted in clear. `kind`."""

    def __init__(self, kind: Evidence) -> None:
        super().__init__(f"{kind.value} is told by a number")
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Person:
    """Who somebody is, as the law wants it noted (KOB-1)."""

    name: str
    kana: str
    address: str
    born_on: date
    occupation: str
    document: Document
    document_number: str | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """One piece of evidence: its kind, where it lies (an id or a number, in clear: never the bytes,
    never words), its hash, and the day it was made out, where that counts.
    """

    kind: Evidence
    ref: str
    sha256: str | None = None
    made_on: date | None = None


def check_person(person: Person) -> None:
    """Raises PersonMalformed, NumberForbidden (KOB-1, PII-1)."""
    for part in ("name", "kana", "address", "occupation"):
        if not str(getattr(person, part)).strip():
            raise PersonMalformed(part)
    check_number(person.document, person.document_number)


def check_evidence(terms: DutyTerms, method: Method, seen: Iterable[Seen], on: date) -> None:
    """Whether a check by that method is whole on that day (KOB-1).

    Raises MethodNotInForce, EvidenceMissing, WordsInEvidence; a supplementary document older than
    six months does not count, nor a picture that nobody sent.
    """
    if not is_in_force(terms, method, on):
        raise MethodNotInForce(method, on)
    told = list(seen)
    held = {each.kind for each in told if _counts(each, on)}
    groups = missing_evidence(method, held)
    if groups:
        raise EvidenceMissing(method, groups)
    for each in told:
        if not _NUMBER.fullmatch(each.ref):
            raise WordsInEvidence(each.kind)


def _counts(seen: Seen, on: date) -> bool:
    if seen.kind in IMAGES:
        return seen.sha256 is not None
    if seen.kind is not Evidence.SUPPLEMENTARY_DOCUMENT:
        return True
    if seen.made_on is None:
        return False
    if seen.made_on > on:
        raise DatesContradict("a document of a day to come")
    return on <= add_months(seen.made_on, 6)


def serves_through(terms: DutyTerms, method: Method, verified_on: date) -> date:
    """The last day a later deal may rest on the check: the house's time, never beyond the method's
    own end (KOB-1, AML-1).
    """
    return min(verified_on + timedelta(days=terms.reuse_days), valid_through(terms, method))
