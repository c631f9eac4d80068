"""Take one file in (撮影データ取込): copy and digest, look, match, keep the original, then write it
down.

The order is the promise: original first, database second. Matching: the unit that was named, else
a code written with its hyphen in name and folders, else the same bytes again, else the session of
tag or station, else a name that is like a code when nothing else speaks, else the tray. What is not
certain is never guessed: the tray tells what it may be (`suggesting`). Used by hot
folders, by the command line and by uploads (`take_staged`) alike.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePath
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import false
from sqlmodel import Session, col, select

from catalog.ground.errors import Malformed, Missing, Refused, Unavailable
from catalog.ground.record import AssetId, Sha256, UnitId
from catalog.ground.session.database import Database
from catalog.items.queries import id_of_code
from media.assets import sidecars
from media.assets.kinds import NO_SCALE, AssetKind, Part, Scale, Spot, TimeSource
from media.assets.queries import with_bytes
from media.assets.tables import Asset
from media.decoding import ffmpeg, sniff, stills
from media.decoding.sniff import MIME, Format, NotAPicture
from media.intake import sessions, tags
from media.intake.naming import Hint, clean_name, item_hint
from media.intake.receive import Capture, Received, need_settled, receive
from media.intake.sessions import Moment, Place
from media.intake.staging import Staged, stage
from media.intake.stations import card_of, folder_of
from media.intake.tables import CaptureSession, TakenFile
from media.originals.store import OriginalStore

_SHOP_TIME = ZoneInfo("Asia/Tokyo")
_UNKNOWN_MIME = "application/octet-stream"
_YEARS = range(1900, 9000)  # beyond them no hour of the shop is written

log = structlog.get_logger()


class UnitUnknown(Missing):
    """No unit has this code."""

    def __init__(self, code: str) -> None:
        super().__init__(f"no unit {code}")
        self.code = code


@dataclass(frozen=True, slots=True)
class Wish:
    """What the person who hands a file in says about it; nothing for a hot folder."""

    code: str | None = None
    part: Part | None = None


@dataclass(frozen=True, slots=True)
class Entrance:
    """Where files come in: database, store, the program for films, who answers for it in the
    journal.
    """

    database: Database
    store: OriginalStore
    actor: str
    ffmpeg: str | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a file came from. `path`: its name and folders, for hints, up to `root`; `source`: the
    same as a text that no other file has; `place`: whose session it falls into; `time_source`:
    what the staged copy's time is; `came_at`: when it began to appear, where somebody watched;
    `is_behind`: whether something that began before it is not in yet, which may be a tag.
    """

    path: PurePath
    root: PurePath | None
    source: str
    place: Place
    time_source: TimeSource = TimeSource.FILE
    came_at: datetime | None = None
    is_behind: Callable[[Session], bool] = lambda db: False


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a look at the file told."""

    captured_at: datetime
    time_source: TimeSource
    device: str | None = None
    spot: Spot | None = None
    sight: tags.Sight = tags.NOTHING
    scale: Scale = NO_SCALE


@dataclass(frozen=True, slots=True)
class _Match:
    unit_id: UnitId | None
    part: Part | None
    hinted_code: str | None
    session_id: str | None = None


def take(
    path: Path,
    entrance: Entrance,
    *,
    now: datetime,
    root: Path | None = None,
    wish: Wish | None = None,
    station: str | None = None,
    came_at: datetime | None = None,
    is_behind: bool = False,
) -> Received:
    """Take one file in; the file itself is left where it is. `station`: whose session counts;
    `came_at`: when it began to appear; `is_behind`: one that came before it is not in yet.

    Raises UnitUnknown, NotAPicture (neither its bytes nor its name are a picture's or a film's),
    SourceRefused, SourceChanged, StoreFull, DatabaseUnavailable, FileNotFoundError. A file that
    cannot be decoded is taken in all the same.
    """
    wish = wish or Wish()
    asked = _asked_unit(entrance.database, wish)
    origin = _origin(path.absolute(), root.absolute() if root else None, station)
    origin = replace(origin, came_at=came_at, is_behind=lambda db: is_behind)
    staged = stage(path, entrance.store)

    def also(db: Session, received: Received) -> None:
        _remember(db, path, staged, received.asset_id, now)

    return _take_in(staged, origin, entrance, wish, now=now, asked=asked, also=also)


def _origin(path: Path, root: Path | None, station: str | None) -> Origin:
    return Origin(path, root, path_text(path), place_of(path, root, station))


def place_of(path: Path, root: Path | None, station: str | None) -> Place:
    """Whose session a file falls into."""
    return Place(path_text(folder_of(path, root)), station, card_of(path, root) is not None)


def take_staged(
    staged: Staged,
    origin: Origin,
    entrance: Entrance,
    *,
    now: datetime,
    wish: Wish,
    also: Callable[[Session, Received], None],
) -> Received:
    """The same for a file that lies staged already, whose digest is known; it is used up. `also`
    runs in the unit that writes the capture down.
    """
    try:
        asked = _asked_unit(entrance.database, wish)
    except UnitUnknown:
        staged.path.unlink(missing_ok=True)
        raise
    return _take_in(staged, origin, entrance, wish, now=now, asked=asked, also=also)


def _take_in(
    staged: Staged,
    origin: Origin,
    entrance: Entrance,
    wish: Wish,
    *,
    now: datetime,
    asked: UnitId | None,
    also: Callable[[Session, Received], None],
) -> Received:
    hint = item_hint(origin.path, origin.root)
    try:
        form = sniff.sniff(staged.path)
        kind = sniff.kind_of(form) if form else sniff.kind_by_name(origin.path.name)
        if kind is None:
            raise NotAPicture(origin.path.suffix.lower())
        is_nameless = asked is None and not hint.is_sure
        written = _written(staged, origin, now)
        seen = _look(staged, form, entrance, written, scan=is_nameless)
        entrance.database.read(lambda db: need_settled(db, staged.sha256))
        entrance.store.put(
            staged.path, staged.sha256, facts=_sidecar(origin, form, kind, hint, seen, now)
        )
    finally:
        staged.path.unlink(missing_ok=True)

    def unit(db: Session) -> Received:
        match = _match(db, origin, hint, seen, staged.sha256, asked=asked, wish=wish)
        is_known = seen.sight.code is not None and _is_known_tag(db, staged.sha256)
        capture = _capture(origin, staged, form, kind, match, seen)
        received = receive(db, capture, actor=entrance.actor, now=now)
        if received.is_new:
            _session(db, origin, seen, match, received, now=now, is_known=is_known)
        also(db, received)
        return received

    received = entrance.database.write(unit)
    if received.is_new:
        _describe(entrance, received.asset_id)
    return received


def is_taken(db: Session, path: Path, size: int, mtime_ns: int) -> bool:
    """Whether this very file, as it is now, was taken in before."""
    found = db.exec(
        select(TakenFile.asset_id).where(
            TakenFile.path == path_text(path.absolute()),
            TakenFile.size == size,
            TakenFile.mtime_ns == mtime_ns,
        )
    ).first()
    return found is not None


def _describe(entrance: Entrance, asset_id: AssetId) -> None:
    """Beside the bytes at once, so that the store alone tells what came in; a store that does not
    answer now is told by due work.
    """
    try:
        sidecars.write(
            entrance.store, entrance.database.read(lambda db: sidecars.described(db, asset_id))
        )
    except Unavailable as later:
        log.info("capture.undescribed", asset=asset_id, reason=str(later))


def _asked_unit(database: Database, wish: Wish) -> UnitId | None:
    if wish.code is None:
        return None
    code = wish.code
    found = database.read(lambda db: id_of_code(db, code))
    if found is None:
        raise UnitUnknown(code)
    return found


def _match(
    db: Session,
    origin: Origin,
    hint: Hint,
    seen: _Seen,
    sha256: Sha256,
    *,
    asked: UnitId | None,
    wish: Wish,
) -> _Match:
    shot = Moment(seen.captured_at, seen.time_source.value, seen.device, origin.came_at)
    part = wish.part or hint.part
    named = id_of_code(db, hint.code) if hint.code else None
    if asked is not None:
        return _Match(asked, part, wish.code)
    if hint.is_sure:  # also without a unit: a session must not swallow it
        return _in_session(db, _Match(named, part, hint.code), origin, shot)
    if seen.sight.code is not None:
        return _Match(id_of_code(db, seen.sight.code), None, seen.sight.code)
    if seen.sight.is_unclear:
        return _Match(None, part, None)
    if with_bytes(db, sha256, origin.source):
        return _Match(None, part, None)  # the very same file: it is what it was
    is_behind = origin.is_behind(db)
    session = None if is_behind else sessions.find(db, origin.place, shot)
    before = _shown_by(db, sha256)
    match = _by_what_came(session, before, part)
    if named is None or match.unit_id == named:
        return match
    is_alone = not (before or is_behind or sessions.is_any_open(db, origin.place))
    return _Match(named if is_alone else None, part, hint.code)


def _by_what_came(session: CaptureSession | None, before: set[UnitId], part: Part | None) -> _Match:
    """What the same bytes and the session say together."""
    if before:
        # The same picture once more. It cannot show another piece now than it did then.
        unit_id = next(iter(before)) if len(before) == 1 else None
        is_doubtful = session is not None and session.unit_id != unit_id
        return _Match(None if is_doubtful else unit_id, part, None)
    if session is None:
        return _Match(None, part, None)
    return _Match(UnitId(session.unit_id), part, None, session.id)


def _in_session(db: Session, match: _Match, origin: Origin, shot: Moment) -> _Match:
    """A capture that names the piece its station is at came in during that session too."""
    station = origin.place.station
    session = sessions.at_station_of(db, station, shot) if station is not None else None
    if session is None or session.unit_id != match.unit_id:
        return match
    return replace(match, session_id=session.id)


def _shown_by(db: Session, sha256: Sha256) -> set[UnitId]:
    """The pieces these very bytes are captures of."""
    found = db.exec(
        select(Asset.unit_id)
        .where(
            Asset.sha256 == sha256,
            col(Asset.unit_id).is_not(None),
            col(Asset.is_tag).is_(false()),
        )
        .distinct()
    )
    return {UnitId(each) for each in found if each}


def _is_known_tag(db: Session, sha256: Sha256) -> bool:
    """Whether this is a copy of a tag photographed before, and not another look at one."""
    return db.exec(select(Asset.id).where(Asset.sha256 == sha256).limit(1)).first() is not None


def _session(
    db: Session,
    origin: Origin,
    seen: _Seen,
    match: _Match,
    received: Received,
    *,
    now: datetime,
    is_known: bool,
) -> None:
    """What this capture opens, ends, or came in during. A tag nobody can read, of no piece, or
    copied beside a session of another piece ends what is open: whose the next shots are is not
    known.
    """
    place, at = origin.place, origin.came_at or now
    shot = Moment(seen.captured_at, seen.time_source.value, seen.device, at)
    if match.session_id is not None:
        sessions.keep(db, match.session_id, received.asset_id)
    elif seen.sight.is_unclear:
        sessions.end_by_tag(db, place, tag=received.asset_id, shot=shot, now=at)
    elif seen.sight.code is not None:
        open_now = sessions.of_scope(db, place.folder)
        is_copy = is_known and open_now is not None and open_now.unit_id != match.unit_id
        if match.unit_id is None or is_copy:
            sessions.end_by_tag(db, place, tag=received.asset_id, shot=shot, now=at)
        else:
            tag = received.asset_id
            sessions.open_by_tag(db, place, match.unit_id, tag=tag, shot=shot, now=at)


def _written(staged: Staged, origin: Origin, now: datetime) -> _Seen:
    """When the file was written; when it came in, where its disk tells no year there was."""
    try:
        at = datetime.fromtimestamp(staged.mtime_ns / 1e9, UTC)
    except (ValueError, OverflowError, OSError):
        return _Seen(now, TimeSource.ARRIVAL)
    return _Seen(at, origin.time_source) if at.year in _YEARS else _Seen(now, TimeSource.ARRIVAL)


def _look(
    staged: Staged, form: Format | None, entrance: Entrance, written: _Seen, *, scan: bool
) -> _Seen:
    """What the file says of itself; a file that says nothing still has the time it was written."""
    if form is None:
        return written
    try:
        if sniff.kind_of(form) is AssetKind.STILL:
            return _seen_still(stills.look(staged.path, form, scan=scan), written)
        facts = ffmpeg.look(ffmpeg.find(entrance.ffmpeg), staged.path)
    except (Malformed, Refused, Unavailable) as broken:
        # The rendition will say what is wrong with it; the original must come in whatever it is.
        log.info("capture.unread", reason=str(broken))
        return written
    if facts.taken is None or facts.taken.year not in _YEARS:
        return _Seen(written.captured_at, written.time_source, facts.device, facts.spot)
    return _Seen(facts.taken.astimezone(UTC), TimeSource.CAMERA, facts.device, facts.spot)


def _seen_still(facts: stills.StillFacts, written: _Seen) -> _Seen:
    sight = tags.seen(facts.tags)
    if facts.taken is None or facts.taken.year not in _YEARS:
        at, source = written.captured_at, written.time_source
        return _Seen(at, source, facts.device, facts.spot, sight, facts.scale)
    is_aware = facts.taken.tzinfo is not None
    taken = facts.taken if is_aware else facts.taken.replace(tzinfo=_SHOP_TIME)
    source = TimeSource.CAMERA if is_aware else TimeSource.CAMERA_LOCAL
    return _Seen(taken.astimezone(UTC), source, facts.device, facts.spot, sight, facts.scale)


def _capture(
    origin: Origin,
    staged: Staged,
    form: Format | None,
    kind: AssetKind,
    match: _Match,
    seen: _Seen,
) -> Capture:
    return Capture(
        sha256=staged.sha256,
        size=staged.size,
        mime=MIME[form] if form else _UNKNOWN_MIME,
        kind=kind,
        name=clean_name(origin.path.name),
        source=origin.source,
        unit_id=match.unit_id,
        part=match.part,
        captured_at=seen.captured_at,
        time_source=seen.time_source,
        hinted_code=match.hinted_code,
        device=seen.device,
        spot=seen.spot,
        scale=seen.scale,
        is_tag=seen.sight.code is not None,
    )


def _sidecar(
    origin: Origin, form: Format | None, kind: AssetKind, hint: Hint, seen: _Seen, now: datetime
) -> dict[str, object]:
    return {
        "name": clean_name(origin.path.name),
        "mime": MIME[form] if form else _UNKNOWN_MIME,
        "media": kind.value,
        "hinted_code": hint.code,
        "part": hint.part,
        "captured_at": seen.captured_at.isoformat(),
        "time_source": seen.time_source.value,
        "received_at": now.isoformat(),
        "um_per_px": seen.scale.um_per_px,
        "source": origin.source,
        "device": seen.device,
        "is_tag": seen.sight.code is not None,
        "spot": {"latitude": seen.spot.latitude, "longitude": seen.spot.longitude}
        if seen.spot
        else None,
    }


def _remember(db: Session, path: Path, staged: Staged, asset_id: AssetId, now: datetime) -> None:
    if is_taken(db, path, staged.size, staged.mtime_ns):
        return
    db.add(
        TakenFile(
            path=path_text(path.absolute()),
            size=staged.size,
            mtime_ns=staged.mtime_ns,
            asset_id=asset_id,
            taken_at=now,
        )
    )
    db.flush()


def path_text(path: Path | str) -> str:
    """A path as text for the database; bytes that are no UTF-8 are written as marks."""
    return str(path).encode("utf-8", "replace").decode()
