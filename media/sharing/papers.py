"""What a share page gives besides its captures: its condition report, the certificates of that, and
the evidence zip it was made to give. Each for a browser that has a viewing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from catalog.ground.record import Sha256
from catalog.items.queries import UnitFacts
from media.sharing import evidence, reporting
from media.sharing.concerned import PIECE
from media.sharing.kinds import Why
from media.sharing.opening import Verb, admitted, signed
from media.sharing.passes import About, PassUnknown
from media.sharing.reporting import Reported


@dataclass(frozen=True, slots=True)
class Print:
    """The signed certificate of a report, among the originals; `name`: of the file they get."""

    sha256: Sha256
    size: int
    name: str
    about: About


@dataclass(frozen=True, slots=True)
class Bag:
    """An evidence zip: what it is of, and for whom it was made an address."""

    of: evidence.About
    whom: str
    about: About


def find_report(
    db: Session, address: str, *, seats: Mapping[str, str], now: datetime
) -> tuple[str, About]:
    """The code under which the report of the page is checked. Raises PassUnknown."""
    report, _, thing, about = _reported(db, address, Verb.REPORT, seats, now)
    if thing != report.report_id:
        raise PassUnknown(Why.UNKNOWN, about)
    return report.code, about


def find_print(db: Session, address: str, *, seats: Mapping[str, str], now: datetime) -> Print:
    """A certificate of the report of the page. Raises PassUnknown."""
    report, unit, thing, about = _reported(db, address, Verb.PRINT, seats, now)
    found = next((told for told in report.prints.items() if told[1].sha256 == thing), None)
    if found is None:  # another was printed since, or a picture in it was masked
        raise PassUnknown(Why.GONE, about)
    lang, printed = found
    name = f"{unit.code}-{report.code}-{lang}.pdf"
    return Print(Sha256(thing), printed.bytes, name, about)


def _reported(
    db: Session, address: str, verb: Verb, seats: Mapping[str, str], now: datetime
) -> tuple[Reported, UnitFacts, str, About]:
    """The report: who has its code can always check it."""
    row, thing, about = signed(db, address, verb, seats, now)
    unit, viewer = admitted(db, row, now=now, about=about)
    if about.viewing_id is None:
        raise PassUnknown(Why.UNKNOWN, about)
    report = reporting.of_page(db, row, unit, viewer)
    if report is None:
        raise PassUnknown(Why.FOREIGN, about)
    return report, unit, thing, about


def find_evidence(db: Session, address: str, *, seats: Mapping[str, str], now: datetime) -> Bag:
    """The zip of the page. Raises PassUnknown."""
    row, thing, about = signed(db, address, Verb.EVIDENCE, seats, now)
    unit, _ = admitted(db, row, now=now, about=about)
    if about.viewing_id is None or row.evidence is None or thing != row.evidence:
        raise PassUnknown(Why.UNKNOWN, about)
    of_piece = row.evidence == PIECE
    told = evidence.About(code=unit.code) if of_piece else evidence.About(dispute_id=row.evidence)
    return Bag(told, row.audience or row.holder, about)
