"""Documents people show, and what of them may not be kept (本人確認書類の取扱い). Pure.

Copying the back of a My Number card is prohibited, noting its number too; the insurer's symbols and
number on a health insurance card may be neither asked for nor noted (PII-1).
"""

from dataclasses import dataclass
from enum import StrEnum

from catalog.ground.errors import Malformed


class Document(StrEnum):
    """A document somebody is told by."""

    DRIVING_LICENCE = "driving_licence"
    MY_NUMBER_CARD = "my_number_card"
    PASSPORT = "passport"
    RESIDENCE_CARD = "residence_card"
    HEALTH_INSURANCE = "health_insurance"
    RESIDENCE_RECORD = "residence_record"
    SEAL_CERTIFICATE = "seal_certificate"
    ELECTRONIC_CERTIFICATE = "electronic_certificate"
    OTHER_OFFICIAL = "other_official"


class Side(StrEnum):
    """Which side a picture shows."""

    FRONT = "front"
    BACK = "back"


class Fate(StrEnum):
    """What becomes of a picture on arrival."""

    KEEP = "keep"
    MASK = "mask"
    DESTROY = "destroy"


class NumberForbidden(Malformed):
    """The number of this document may not be noted. `document`."""

    def __init__(self, document: Document) -> None:
        super().__init__(f"the number of a {document.value} is not kept")
        self.document = document


class DocumentUntold(Malformed):
    """Which document a picture shows was not told, or a copy shows another than the one checked.
    `document`: the one that was checked.
    """

    def __init__(self, document: Document) -> None:
        super().__init__(f"a picture beside a check by {document.value} tells no document")
        self.document = document


_NUMBERLESS = frozenset({Document.MY_NUMBER_CARD, Document.HEALTH_INSURANCE})


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a document as it arrived. `is_masked`: the insurer's symbols are covered."""

    document: Document
    side: Side = Side.FRONT
    is_masked: bool = False


def fate_of(picture: Picture) -> Fate:
    """Kept, masked first, or destroyed unread (PII-1)."""
    if picture.document is Document.MY_NUMBER_CARD and picture.side is Side.BACK:
        return Fate.DESTROY
    if picture.document is Document.HEALTH_INSURANCE and not picture.is_masked:
        return Fate.MASK
    return Fate.KEEP


def check_number(document: Document, number: str | None) -> None:
    """Raises NumberForbidden where a number was noted that may not be (PII-1)."""
    if number and document in _NUMBERLESS:
        raise NumberForbidden(document)
