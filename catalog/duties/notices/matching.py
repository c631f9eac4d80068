"""Whether a piece may be a wanted one (品触れとの照合): by its serial, or by every word of the
description (KOB-4).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlmodel import Session, col, select

from catalog.duties.notices.tables import PoliceNotice, WantedPiece
from catalog.ground.record import UnitId
from catalog.items.kinds import IN_CUSTODY, UnitState
from catalog.items.tables import Unit, UnitWords
from catalog.items.words import fold, plain_key, words

LEAST_WORDS = 3


class Ground(StrEnum):
    """What speaks for it."""

    SERIAL = "serial"
    FEATURES = "features"


@dataclass(frozen=True, slots=True)
class Match:
    """A wanted piece and a unit."""

    wanted_id: int
    unit_id: UnitId
    ground: Ground


def telling_words(features: str) -> list[str]:
    """The words of a description, each without its inner marks, as units are indexed."""
    plain = ("".join(each for each in word if each.isalnum()) for word in words(fold(features)))
    return list(dict.fromkeys(word for word in plain if word))


def is_telling(features: str) -> bool:
    """Whether a description tells one piece from the next well enough to be matched by machine:
    three words, or two of which one carries a number (KOB-4).
    """
    told = telling_words(features)
    has_number = any(sum(each.isdigit() for each in word) >= 3 for word in told)
    return len(told) >= LEAST_WORDS or (len(told) == 2 and has_number)


def fits(features: str, unit_words: str) -> bool:
    """Whether every word of the description is among the unit's words (KOB-4)."""
    return is_telling(features) and all(word in unit_words for word in telling_words(features))


def in_stock(db: Session, wanted: Sequence[WantedPiece]) -> list[Match]:
    """Units in the shop's hands that a notice may mean (KOB-4)."""
    found = {(each.wanted_id, each.unit_id): each for each in _by_features(db, wanted)}
    found.update({(each.wanted_id, each.unit_id): each for each in _by_serial(db, wanted)})
    return list(found.values())


_HELD = [state.value for state in (*IN_CUSTODY, UnitState.POLICE_HOLD)]


def _by_serial(db: Session, wanted: Iterable[WantedPiece]) -> list[Match]:
    found: list[Match] = []
    for piece in wanted:
        if piece.serial_key is None:
            continue
        units = db.exec(
            select(Unit.id).where(Unit.serial_key == piece.serial_key, col(Unit.state).in_(_HELD))
        )
        found.extend(Match(piece.id or 0, UnitId(unit), Ground.SERIAL) for unit in units)
    return found


def _by_features(db: Session, wanted: Iterable[WantedPiece]) -> list[Match]:
    found: list[Match] = []
    for piece in wanted:
        if not is_telling(piece.features):
            continue
        query = select(Unit.id, Unit.serial_key).where(
            UnitWords.unit_id == Unit.id, col(Unit.state).in_(_HELD)
        )
        for word in telling_words(piece.features):
            query = query.where(col(UnitWords.words).contains(word, autoescape=True))
        found.extend(
            Match(piece.id or 0, UnitId(unit), Ground.FEATURES)
            for unit, serial in db.exec(query)
            if _may_be(piece, serial)
        )
    return found


def _may_be(piece: WantedPiece, serial_key: str | None) -> bool:
    """Two serials that are both known and differ are two pieces."""
    return piece.serial_key is None or serial_key is None or piece.serial_key == serial_key


def of_unit(db: Session, unit: Unit, *, today: date) -> list[Match]:
    """Wanted pieces of notices still kept that the unit may be (KOB-4)."""
    kept = db.exec(
        select(WantedPiece).where(
            WantedPiece.notice_id == PoliceNotice.id, col(PoliceNotice.keep_through) >= today
        )
    ).all()
    told = db.exec(select(UnitWords.words).where(UnitWords.unit_id == unit.id)).first() or ""
    return [match for piece in kept if (match := _match(piece, unit, told)) is not None]


def _match(piece: WantedPiece, unit: Unit, told: str) -> Match | None:
    if piece.serial_key is not None and piece.serial_key == unit.serial_key:
        return Match(piece.id or 0, UnitId(unit.id), Ground.SERIAL)
    if fits(piece.features, told) and _may_be(piece, unit.serial_key):
        return Match(piece.id or 0, UnitId(unit.id), Ground.FEATURES)
    return None


def untelling(wanted: Collection[WantedPiece]) -> list[WantedPiece]:
    """Pieces only a person can look for."""
    return [piece for piece in wanted if not piece.serial_key and not is_telling(piece.features)]


def is_wanted_serial(db: Session, serial: str, *, today: date) -> bool:
    """Whether a notice still kept names a piece with that serial (KOB-4)."""
    key = plain_key(serial)
    if key is None:
        return False
    found = db.exec(
        select(WantedPiece.id).where(
            WantedPiece.serial_key == key,
            WantedPiece.notice_id == PoliceNotice.id,
            col(PoliceNotice.keep_through) >= today,
        )
    ).first()
    return found is not None
