"""What a capture in the tray may be of (候補), and why: for staff to decide with one tap.

Nothing here is certain enough to match it silently; each suggestion says what speaks for it. The
strongest first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import chain
from pathlib import PurePath

from sqlalchemy import ColumnElement, false, or_
from sqlmodel import Session, col, select

from catalog.ground.record import UnitId
from catalog.items.rules import STAFF
from catalog.items.search import search
from catalog.items.tables import Unit
from catalog.items.words import CODE, fold
from media.assets.tables import Asset
from media.intake.sessions import of_scope
from media.intake.stations import Station, station_of
from media.intake.tables import CaptureSession, CaptureTask, TaskState

_NEAR = timedelta(minutes=10)
_AFTER_SESSION = timedelta(minutes=30)
_LOOKED_AT = 20


class Reason(StrEnum):
    """What speaks for a piece."""

    SAME_BYTES = "same_bytes"  # the very same picture is a capture of it
    NAME = "name"  # the code stands in the file's name or folder
    OPEN_SESSION = "open_session"  # its session is open at the station
    SESSION_TIME = "session_time"  # taken while its session was open, or shortly after
    NEIGHBOURS = "neighbours"  # the shots just before or after, of the same camera or folder
    FOLDER = "folder"  # other files of the folder show it
    TASK = "task"  # somebody waits for a capture of it
    WORDS = "words"  # its title is like the file's name; only where nothing else is known


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A piece it may show. `reasons`: the strongest first."""

    unit_id: UnitId
    code: str
    title: str
    reasons: tuple[Reason, ...]


def suggest(
    db: Session, asset: Asset, stations: Sequence[Station], *, limit: int = 3
) -> list[Suggestion]:
    """The pieces this capture of the tray may show."""
    station = station_of(stations, asset.source)
    found: dict[str, list[Reason]] = {}
    for unit_id, reason in chain(
        _same_bytes(db, asset),
        _named(db, asset, station),
        _sessions(db, asset, station),
        _neighbours(db, asset),
        _of_folder(db, asset),
        _wanted(db, asset),
    ):
        reasons = found.setdefault(unit_id, [])
        if reason not in reasons:
            reasons.append(reason)
    if not found:
        likely = search(db, PurePath(asset.name).stem, viewer=STAFF, limit=limit)
        found = {each.id: [Reason.WORDS] for each in likely}
    order = list(Reason)
    ranked = sorted(found.items(), key=lambda each: (order.index(each[1][0]), -len(each[1])))
    chosen = dict(ranked[:limit])
    units = {each.id: each for each in db.exec(select(Unit).where(col(Unit.id).in_(list(chosen))))}
    return [
        Suggestion(UnitId(unit_id), units[unit_id].code, units[unit_id].title, tuple(reasons))
        for unit_id, reasons in chosen.items()
        if unit_id in units
    ]


_Found = Iterator[tuple[str, Reason]]


def _same_bytes(db: Session, asset: Asset) -> _Found:
    rows = db.exec(
        select(Asset.unit_id)
        .where(Asset.sha256 == asset.sha256, col(Asset.unit_id).is_not(None))
        .where(col(Asset.is_tag).is_(false()))
        .distinct()
    )
    for unit_id in rows:
        yield unit_id or "", Reason.SAME_BYTES


def _named(db: Session, asset: Asset, station: Station | None) -> _Found:
    """Every code in the name or in a folder of the station, however it is written."""
    path = PurePath(asset.source)
    root = station.folder.absolute() if station is not None else path.parent.parent
    inside = path.relative_to(root) if path.is_relative_to(root) else PurePath(asset.name)
    codes = [asset.hinted_code or ""]
    for part in reversed(inside.parts):
        codes += [f"{letters.upper()}-{digits}" for letters, digits in CODE.findall(fold(part))]
    rows = db.exec(select(Unit.id).where(col(Unit.code).in_([code for code in codes if code])))
    for unit_id in rows:
        yield unit_id, Reason.NAME


def _sessions(db: Session, asset: Asset, station: Station | None) -> _Found:
    """What is or was open where it came from."""
    scopes = [str(PurePath(asset.source).parent)]
    if station is not None:
        scopes.insert(0, station.scope)
    for scope in scopes:
        open_now = of_scope(db, scope)
        if open_now is not None and open_now.opened_at <= asset.received_at:
            yield open_now.unit_id, Reason.OPEN_SESSION
    for moment in (asset.captured_at, asset.received_at):
        rows = db.exec(
            select(CaptureSession.unit_id)
            .where(
                col(CaptureSession.scope).in_(scopes),
                col(CaptureSession.opened_at) <= moment,
                or_(
                    col(CaptureSession.closed_at).is_(None),
                    col(CaptureSession.closed_at) >= moment - _AFTER_SESSION,
                ),
            )
            .order_by(col(CaptureSession.opened_at).desc())
            .limit(2)
        )
        for unit_id in rows:
            yield unit_id, Reason.SESSION_TIME


def _neighbours(db: Session, asset: Asset) -> _Found:
    """The nearest shot before and after it, by its camera, else in its folder."""
    same = (
        Asset.device == asset.device
        if asset.device
        else col(Asset.source).startswith(_folder(asset), autoescape=True)
    )
    near = select(Asset.unit_id).where(
        same, Asset.id != asset.id, col(Asset.unit_id).is_not(None), col(Asset.about).is_(None)
    )
    at = asset.captured_at
    before = near.where(_between(at - _NEAR, at)).order_by(col(Asset.captured_at).desc())
    after = near.where(_between(at, at + _NEAR)).order_by(col(Asset.captured_at))
    for query in (before, after):
        for unit_id in db.exec(query.limit(1)):
            yield unit_id or "", Reason.NEIGHBOURS


def _between(first: datetime, last: datetime) -> ColumnElement[bool]:
    return col(Asset.captured_at).between(first, last)


def _of_folder(db: Session, asset: Asset) -> _Found:
    rows = db.exec(
        select(Asset.unit_id)
        .where(
            col(Asset.source).startswith(_folder(asset), autoescape=True),
            col(Asset.unit_id).is_not(None),
        )
        .order_by(col(Asset.received_at).desc())
        .limit(_LOOKED_AT)
    ).all()
    if len(set(rows)) == 1:
        yield rows[0] or "", Reason.FOLDER


def _folder(asset: Asset) -> str:
    return f"{PurePath(asset.source).parent}/"


def _wanted(db: Session, asset: Asset) -> _Found:
    """Pieces of which such a capture was promised when it was taken, the most urgent first."""
    rows = db.exec(
        select(CaptureTask.unit_id)
        .where(
            CaptureTask.state == TaskState.OPEN.value,
            or_(col(CaptureTask.kind).is_(None), col(CaptureTask.kind) == asset.kind),
            col(CaptureTask.opened_at) <= asset.received_at,
        )
        .order_by(col(CaptureTask.due_at), col(CaptureTask.id))
        .limit(3)
    )
    for unit_id in rows:
        yield unit_id, Reason.TASK
