"""The capture session (撮影セッション): whose the shots of a scope are that say nothing themselves.

A photographed tag opens one for its folder or card, a member of staff one for a whole station; it
lasts until it is closed, another is opened, a tag is photographed, or nothing was shot for hours
(`lapsing`). Which session a shot falls into goes by when its camera took it, else by when its file
began to appear, so that a large file that is complete late is not taken for the next piece's. In
doubt it falls into none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, update
from sqlmodel import Session, col, select

from catalog.ground import journal
from catalog.ground.errors import Missing, Stale
from catalog.ground.record import AssetId, UnitId, new_id
from catalog.ground.session.database import insert_once
from media.assets.kinds import Occasion, TimeSource
from media.assets.tables import Asset
from media.intake import lapsing
from media.intake.stations import Station
from media.intake.tables import CaptureSession, SessionCapture

_CAMERA = frozenset({TimeSource.CAMERA.value, TimeSource.CAMERA_LOCAL.value})
_CLOCKS_APART = timedelta(minutes=10)  # how wrong a camera's clock may be
_LOOKED_BACK = 20


class NoSession(Missing):
    """No session is open there."""

    def __init__(self, scope: str) -> None:
        super().__init__(f"no session is open at {scope}")
        self.scope = scope


class SessionMoved(Stale):
    """Somebody opened another one there at the same moment."""

    def __init__(self, scope: str) -> None:
        super().__init__(f"another session was opened at {scope}")
        self.scope = scope


@dataclass(frozen=True, slots=True)
class Place:
    """Where a shot came from. `folder`: whose tags count for it; `station`: whose session, as a
    scope; `is_card`: copied from a memory card.
    """

    folder: str
    station: str | None = None
    is_card: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """When a shot was taken, by whom it is told, and when its file began to appear where that was
    seen.
    """

    at: datetime | None
    source: str
    device: str | None
    came_at: datetime | None

    @property
    def is_cameras(self) -> bool:
        """Whether the camera itself tells."""
        return self.at is not None and self.source in _CAMERA


def came_before(shot: Moment, other: Moment) -> bool | None:
    """Whether the shot was taken before the other one; None when nobody can tell. Two cameras'
    clocks are not compared.
    """
    is_one_clock = shot.is_cameras and other.is_cameras and shot.device == other.device
    if is_one_clock and shot.device and shot.at and other.at:
        return None if shot.at == other.at else shot.at < other.at
    if shot.came_at is None or other.came_at is None or shot.came_at == other.came_at:
        return None
    return shot.came_at < other.came_at


def apart(last: Moment, shot: Moment) -> timedelta | None:
    """How long after the other one the shot was taken, by the clock both were told by; None when
    there is none.
    """
    is_one_clock = shot.is_cameras and last.is_cameras and shot.device == last.device
    if is_one_clock and shot.device and shot.at and last.at:
        return shot.at - last.at
    if shot.came_at is None or last.came_at is None:
        return None
    return shot.came_at - last.came_at


def is_during(shot: Moment, opened_at: datetime, *, is_card: bool) -> bool:
    """Whether a shot that comes in while staff's session is open was taken for it. What a card
    holds may be of any day; what a connected camera writes from then on is for it.
    """
    if is_card:
        if not shot.is_cameras or shot.at is None:
            return False
        return shot.at >= opened_at - _CLOCKS_APART
    return shot.came_at is None or shot.came_at >= opened_at


def open_by_tag(
    db: Session, place: Place, unit_id: UnitId, *, tag: AssetId, shot: Moment, now: datetime
) -> CaptureSession:
    """From now on the shots of the folder or card belong to this unit; what was open before it
    there, and at its station, ends. `now`: when the tag's file began to appear; one that is late
    takes its place between those that began before and after it.
    """
    newer = _opened_after(db, place, shot, now)
    if newer is not None:
        _end_then(db, place, tag=tag, now=now)
        return _put_before(db, place.folder, unit_id, now, tag=tag, newer=newer)
    end_by_tag(db, place, tag=tag, shot=shot, now=now)
    return _put(db, place.folder, unit_id, now, opened_by=tag)


def end_by_tag(db: Session, place: Place, *, tag: AssetId, shot: Moment, now: datetime) -> None:
    """A tag was photographed: what was open there ends. A card's tag is of the past and ends
    nothing but its card's; one that is late ends what was open when it was photographed.
    """
    if _opened_after(db, place, shot, now) is not None:
        _end_then(db, place, tag=tag, now=now)
        return
    for scope in _scopes(place):
        _end(db, scope, now=now, ended_by=tag)


def end_in_doubt(db: Session, place: Place, *, now: datetime) -> None:
    """Something came there that may have been a tag: what is open ends."""
    _close(db, col(CaptureSession.open_scope).in_(_scopes(place)), now=now, ended_by=None)


def _scopes(place: Place) -> list[str]:
    """Whose sessions a tag ends."""
    if place.station is None or place.is_card:
        return [place.folder]
    return [place.folder, place.station]


def _opened_after(db: Session, place: Place, shot: Moment, now: datetime) -> CaptureSession | None:
    """What is open there by somebody who came after this tag."""
    for scope in _scopes(place):
        found = of_scope(db, scope)
        if found is not None and found.opened_at > now and came_before(shot, _opening(db, found)):
            return found
    return None


def _end_then(db: Session, place: Place, *, tag: AssetId, now: datetime) -> None:
    """What was open at that moment ended at it."""
    still = or_(col(CaptureSession.closed_at).is_(None), col(CaptureSession.closed_at) > now)
    was_open = and_(
        col(CaptureSession.scope).in_(_scopes(place)), col(CaptureSession.opened_at) <= now, still
    )
    _close(db, was_open, now=now, ended_by=tag)


def _put_before(
    db: Session,
    scope: str,
    unit_id: UnitId,
    now: datetime,
    *,
    tag: AssetId,
    newer: CaptureSession,
) -> CaptureSession:
    """A session that is over already: it lasted until the next one was opened."""
    following = db.exec(
        select(CaptureSession)
        .where(CaptureSession.scope == scope, col(CaptureSession.opened_at) > now)
        .order_by(col(CaptureSession.opened_at), col(CaptureSession.id))
        .limit(1)
    ).first()
    until = following if following is not None else newer
    row = CaptureSession(
        id=new_id(now),
        scope=scope,
        unit_id=unit_id,
        opened_by=tag,
        opened_at=now,
        closed_at=until.opened_at,
        ended_by=until.opened_by,
    )
    db.add(row)
    db.flush()
    return row


def open_at(
    db: Session,
    station: Station,
    unit_id: UnitId,
    *,
    occasion: Occasion | None,
    by: str,
    now: datetime,
) -> CaptureSession:
    """From now on what the station gives belongs to this unit. The same again changes nothing;
    another session there ends, and so do those tags opened there. Raises SessionMoved.
    """
    before = at_station(db, station)
    wanted = occasion.value if occasion else None
    is_same = before is not None and (before.unit_id, before.occasion) == (unit_id, wanted)
    if before is not None and is_same and not _has_lapsed(db, before, _now(now)):
        return before
    _end_all(db, station, now=now)
    row = _put(db, station.scope, unit_id, now, operator=by, occasion=wanted)
    facts = {"session": row.id, "station": station.name, "occasion": wanted}
    journal.record(db, f"unit:{unit_id}", "session_opened", actor=by, at=now, facts=facts)
    return row


def close_at(db: Session, station: Station, *, by: str, now: datetime) -> None:
    """What is open at the station ends. Raises NoSession."""
    open_now = _open_rows(db, station)
    if not open_now:
        raise NoSession(station.scope)
    _end_all(db, station, now=now)
    for row in open_now:
        facts = {"session": row.id, "station": station.name}
        journal.record(db, f"unit:{row.unit_id}", "session_closed", actor=by, at=now, facts=facts)


def at_station(db: Session, station: Station) -> CaptureSession | None:
    """The session staff opened there, while it is open."""
    return of_scope(db, station.scope)


def open_sessions(db: Session, station: Station, *, now: datetime) -> Sequence[CaptureSession]:
    """Everything that takes shots in at the station, staff's and tags', the latest first."""
    return [each for each in _open_rows(db, station) if not _has_lapsed(db, each, _now(now))]


def _open_rows(db: Session, station: Station) -> Sequence[CaptureSession]:
    return db.exec(
        select(CaptureSession)
        .where(_at(station))
        .order_by(col(CaptureSession.opened_at).desc(), col(CaptureSession.id).desc())
    ).all()


def open_of(db: Session, unit_id: UnitId, *, now: datetime) -> datetime | None:
    """Since when shots of that unit are being taken in somewhere; None: nowhere."""
    rows = db.exec(
        select(CaptureSession)
        .where(CaptureSession.unit_id == unit_id, col(CaptureSession.open_scope).is_not(None))
        .order_by(col(CaptureSession.opened_at))
    ).all()
    going = [each.opened_at for each in rows if not _has_lapsed(db, each, _now(now))]
    return going[0] if going else None


def find(db: Session, place: Place, shot: Moment) -> CaptureSession | None:
    """The session the shot falls into; None when there is none, or it is in doubt."""
    tagged = of_scope(db, place.folder)
    opened = of_scope(db, place.station) if place.station is not None else None
    if tagged is not None and (opened is None or opened.opened_at < tagged.opened_at):
        found = _by_tag(db, tagged, shot)
    elif opened is None or not is_during(shot, opened.opened_at, is_card=place.is_card):
        found = None
    else:
        found = None if _is_of_another(db, opened, shot) else opened
    return None if found is None or _has_lapsed(db, found, shot) else found


def is_any_open(db: Session, place: Place) -> bool:
    """Whether somebody or a tag said whose the shots there are, in doubt or not."""
    scopes = [place.folder, *([place.station] if place.station is not None else [])]
    found = db.exec(
        select(CaptureSession.id).where(col(CaptureSession.open_scope).in_(scopes)).limit(1)
    )
    return found.first() is not None


def at_station_of(db: Session, scope: str, shot: Moment) -> CaptureSession | None:
    """The session staff opened there, for a shot that names its piece itself."""
    found = of_scope(db, scope)
    return None if found is None or _has_lapsed(db, found, shot) else found


def _has_lapsed(db: Session, session: CaptureSession, shot: Moment) -> bool:
    latest = lapsing.latest_of(db, session)
    if latest is None:
        last = _opening(db, session)
    else:
        came_at = latest.received_at
        last = Moment(latest.captured_at, latest.time_source, latest.device, came_at)
    passed = apart(last, shot)
    return passed is not None and passed > timedelta(hours=lapsing.terms(db).session_hours)


def _now(now: datetime) -> Moment:
    return Moment(now, TimeSource.ARRIVAL.value, None, now)


def _by_tag(db: Session, session: CaptureSession, shot: Moment) -> CaptureSession | None:
    """The open session, or an earlier one of the folder when the shot was taken before its tag."""
    if not came_before(shot, _opening(db, session)):
        return session
    earlier = db.exec(
        select(CaptureSession)
        .where(
            CaptureSession.scope == session.scope,
            CaptureSession.id != session.id,
            col(CaptureSession.opened_at) <= session.opened_at,
        )
        .order_by(col(CaptureSession.opened_at).desc(), col(CaptureSession.id).desc())
        .limit(_LOOKED_BACK)
    ).all()
    for each in earlier:
        if came_before(shot, _opening(db, each)) is False:
            return each if came_before(shot, _ending(db, each)) else None
    return None


def _is_of_another(db: Session, session: CaptureSession, shot: Moment) -> bool:
    """Whether the camera says it was taken while the station was at another piece."""
    if not shot.is_cameras or shot.at is None or shot.at >= session.opened_at:
        return False
    found = db.exec(
        select(CaptureSession.id)
        .where(
            CaptureSession.scope == session.scope,
            CaptureSession.unit_id != session.unit_id,
            col(CaptureSession.opened_at) <= shot.at,
            col(CaptureSession.closed_at) > shot.at,
        )
        .limit(1)
    ).first()
    return found is not None


def _opening(db: Session, session: CaptureSession) -> Moment:
    return _moment(db, session.opened_by, session.opened_at)


def _ending(db: Session, session: CaptureSession) -> Moment:
    return _moment(db, session.ended_by, session.closed_at)


def _moment(db: Session, tag: str | None, came_at: datetime | None) -> Moment:
    """When a tag was photographed."""
    asset = db.get(Asset, tag) if tag else None
    if asset is None:
        return Moment(came_at, TimeSource.ARRIVAL.value, None, came_at)
    return Moment(asset.captured_at, asset.time_source, asset.device, came_at)


def keep(db: Session, session_id: str, asset_id: AssetId) -> None:
    """Note that the capture came in during the session."""
    db.add(SessionCapture(asset_id=asset_id, session_id=session_id))
    db.flush()


def captures_of(db: Session, session_id: str) -> Sequence[Asset]:
    """What came in during it, the oldest first."""
    return db.exec(
        select(Asset)
        .where(SessionCapture.session_id == session_id, SessionCapture.asset_id == Asset.id)
        .order_by(col(Asset.captured_at), col(Asset.id))
    ).all()


def occasion_of(db: Session, asset_id: AssetId) -> Occasion | None:
    """What the session was for that a capture came in during."""
    found = db.exec(
        select(CaptureSession.occasion).where(
            SessionCapture.asset_id == asset_id, SessionCapture.session_id == CaptureSession.id
        )
    ).first()
    return Occasion(found) if found else None


def of_scope(db: Session, scope: str) -> CaptureSession | None:
    """The session that is open there."""
    return db.exec(select(CaptureSession).where(CaptureSession.open_scope == scope)).first()


def _put(
    db: Session,
    scope: str,
    unit_id: UnitId,
    now: datetime,
    *,
    opened_by: AssetId | None = None,
    operator: str | None = None,
    occasion: str | None = None,
) -> CaptureSession:
    values = {
        "id": new_id(now),
        "scope": scope,
        "open_scope": scope,
        "unit_id": unit_id,
        "occasion": occasion,
        "operator": operator,
        "opened_by": opened_by,
        "opened_at": now,
    }
    if not insert_once(db, CaptureSession, values):
        raise SessionMoved(scope)
    return db.get_one(CaptureSession, values["id"])


def _at(station: Station) -> Any:
    """Open at the station: its own session, and those of tags in its folder."""
    folder = str(station.folder.absolute())
    return or_(
        col(CaptureSession.open_scope).in_([station.scope, folder]),
        col(CaptureSession.open_scope).startswith(f"{folder}/", autoescape=True),
    )


def _end_all(db: Session, station: Station, *, now: datetime) -> None:
    _close(db, _at(station), now=now, ended_by=None)


def _end(db: Session, scope: str, *, now: datetime, ended_by: AssetId) -> None:
    _close(db, col(CaptureSession.open_scope) == scope, now=now, ended_by=ended_by)


def _close(db: Session, which: Any, *, now: datetime, ended_by: AssetId | None) -> None:
    db.connection().execute(
        update(CaptureSession)
        .where(which)
        .values(open_scope=None, closed_at=now, ended_by=ended_by)
    )
    db.expire_all()
