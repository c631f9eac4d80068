"""Open a share page (お客様用リンクを開く), and the addresses of the bytes on it.

A page is open while it has not ended, was not revoked, its maker may still see the piece and pass
it on, and the partner it was made for still sees what it saw by a grant: unknown, ended, revoked,
spent and no longer allowed are one answer. One with a PIN, or one that opens only so often, asks
first; the browser that was let in has a seat, and its bytes come to that seat alone. Every browser
is a viewing, and every byte address is signed for one viewing and ten minutes.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import or_, update
from sqlmodel import Session, col, select

from catalog.grading import queries as grading
from catalog.ground.calendar import tokyo_day
from catalog.ground.record import (
    AssetId,
    Sha256,
    from_millis,
    new_id,
    to_millis,
)
from catalog.items.queries import UnitFacts
from catalog.items.rules import Viewer
from catalog.partners import queries as partners
from media.assets.kinds import AssetKind
from media.assets.queries import without_original
from media.assets.tables import Asset, Blob
from media.renditions import moments
from media.renditions import queries as renditions
from media.renditions.moments import Moment
from media.renditions.queries import Showable
from media.renditions.tables import Recipe, Rendition, RenditionState
from media.sharing import pin, reporting, scenes
from media.sharing.kinds import MEDIA_KINDS, Reach, Why, ending_of
from media.sharing.passes import About, Passed, PassUnknown, passed, token_hash
from media.sharing.reporting import Reported
from media.sharing.rules import Sheet, sheet_of
from media.sharing.scenes import Scene
from media.sharing.shares import allowed, sees
from media.sharing.tables import Share, SharedAsset, Viewing

BYTES_LIVE = timedelta(minutes=10)
AT_ONCE = 40  # captures on one sheet of a page
ONE = Sheet(1, 1, 0, AT_ONCE)
NOBODY = "-"  # the viewing of a robot and of a check: what asks for no seat
_MOST_ID = 64
_KEPT = (Recipe.FILM, Recipe.FULL, Recipe.MOMENT)
_LARGE = (Recipe.FULL, Recipe.TILES, Recipe.MOMENT)
_MOST_ADDRESS = 240
_MARK_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_MARK_LENGTH = 8


class Verb(StrEnum):
    """What a byte address is signed for."""

    LOOK = "look"
    DOWNLOAD = "download"
    ORIGINAL = "original"
    REPORT = "report"
    PRINT = "print"
    EVIDENCE = "evidence"


_NEEDED = {
    Verb.LOOK: Reach.PREVIEW,
    Verb.DOWNLOAD: Reach.DOWNLOAD,
    Verb.ORIGINAL: Reach.ORIGINAL,
    Verb.REPORT: Reach.PREVIEW,
    Verb.PRINT: Reach.TILES,  # its pictures are as large as those
    Verb.EVIDENCE: Reach.PREVIEW,  # whose page was made for nothing else
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One capture on an open page. `sha256`: of its original, which may be lost since; of a film
    `scenes`: what it shows when, and `stills` taken out of it.
    """

    media: Showable
    sha256: str
    scenes: Sequence[Scene] = ()
    is_lost: bool = False
    stills: Sequence[Moment] = ()


@dataclass(frozen=True, slots=True)
class Opened:
    """What a page tells. `made_for`: the retailer's name; None on a customer's and on the shop's
    own page. `shown`: the captures of one `sheet`, of `count` in all. `evidence`: the zip it gives;
    `is_old_grade`: nobody graded the piece since it came back.
    """

    share_id: str
    viewing_id: str
    unit: UnitFacts
    made_for: str | None
    lang: str
    made_at: datetime
    ends_at: datetime
    reach: Reach
    shown: Sequence[Shown]
    signs: str
    report: Reported | None = None
    sheet: Sheet = ONE
    count: int = 0
    evidence: str | None = None
    is_old_grade: bool = False


@dataclass(frozen=True, slots=True)
class Ajar:
    """A page that may be opened, and whether it asks first, and for a PIN. `seated`: the viewing
    this browser was let in with before.
    """

    share_id: str
    lang: str
    is_gated: bool
    asks_pin: bool
    seated: str | None
    locked_until: datetime | None = None

    @property
    def about(self) -> About:
        """For the record of looks."""
        return About(share_id=self.share_id, viewing_id=self.seated)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who stands there, as far as it is kept: the first part of the address, and the kind of
    program.
    """

    network: str
    agent: str


@dataclass(frozen=True, slots=True)
class Original:
    """The bytes a camera wrote, for whoever may have them. `name`: of the file they get."""

    sha256: Sha256
    size: int
    mime: str
    name: str
    about: About


@dataclass(frozen=True, slots=True)
class Download:
    """A file to keep, the mark it gets and the name of it."""

    passed: Passed
    is_film: bool
    code: str
    mark: str
    name: str


def knock(db: Session, token: str, *, seats: Mapping[str, str], now: datetime) -> Ajar:
    """Whether there is an open page behind an address; `seats`: what the browser keeps, by share.
    Raises PassUnknown.
    """
    row = _row(db, token)
    admitted(db, row, now=now)
    seated = _seated(db, row, seats.get(row.id))
    is_gated = row.pin_hash is not None or row.most_opened is not None
    if seated is None and row.most_opened is not None and row.opened >= row.most_opened:
        raise PassUnknown(Why.SPENT, About(share_id=row.id))
    locked = row.pin_locked_until
    return Ajar(
        row.id, row.lang, is_gated, row.pin_hash is not None, seated,
        locked if locked is not None and locked > now else None,
    )  # fmt: skip


def count_try(db: Session, share_id: str, *, now: datetime) -> str | None:
    """The digest to hold a PIN against, the try counted before anybody knows whether it is right;
    None while nobody may try.
    """
    counted = db.connection().execute(
        update(Share)
        .where(
            col(Share.id) == share_id,
            col(Share.pin_hash).is_not(None),
            or_(col(Share.pin_locked_until).is_(None), col(Share.pin_locked_until) <= now),
        )
        .values(pin_tries=col(Share.pin_tries) + 1)
        .returning(col(Share.pin_hash), col(Share.pin_tries))
    )
    found = counted.first()
    if found is None:
        return None
    kept, tries = found
    if (wait := pin.wait_after(tries)) is not None:
        db.connection().execute(
            update(Share).where(col(Share.id) == share_id).values(pin_locked_until=now + wait)
        )
    return str(kept)


def enter(
    db: Session, share_id: str, who: Visitor, *, told_pin: bool = False, now: datetime
) -> tuple[str, str]:
    """A browser comes in: the id of its viewing, and the seat it keeps as a cookie. The count of
    openings is taken in the same step. Raises PassUnknown when it was opened as often as it may be.
    """
    free = or_(col(Share.most_opened).is_(None), col(Share.opened) < col(Share.most_opened))
    more = {"pin_tries": 0, "pin_locked_until": None} if told_pin else {}
    signs = (
        db.connection()
        .execute(
            update(Share)
            .where(col(Share.id) == share_id, col(Share.revoked_at).is_(None), free)
            .values(opened=col(Share.opened) + 1, **more)
            .returning(col(Share.signs))
        )
        .scalar()
    )
    if signs is None:
        raise PassUnknown(Why.SPENT, About(share_id=share_id))
    viewing_id = new_id(now)
    mark = "".join(secrets.choice(_MARK_SIGNS) for _ in range(_MARK_LENGTH))
    db.add(
        Viewing(
            id=viewing_id, share_id=share_id, mark=mark, begun_at=now, network=who.network,
            agent=who.agent,
        )
    )  # fmt: skip
    db.flush()
    return viewing_id, f"{viewing_id}.{_seat_signature(signs, viewing_id)}"


def opened(
    db: Session, token: str, viewing_id: str, *, now: datetime, sheet: int | None = 1
) -> Opened:
    """What the page tells this viewing, `AT_ONCE` captures to a sheet (None: all on one; the last
    for one beyond). Raises PassUnknown.
    """
    row = _row(db, token)
    unit, viewer = admitted(db, row, now=now)
    kinds = [kind.value for kind, told in MEDIA_KINDS.items() if sees(viewer, unit, told)]
    assets = db.exec(
        select(SharedAsset)
        .where(
            SharedAsset.share_id == row.id,
            Asset.id == SharedAsset.asset_id,
            Asset.unit_id == row.unit_id,  # not what was taken off the piece since
            col(Asset.kind).in_(kinds),
        )
        .order_by(col(SharedAsset.place))
    ).all()
    at = sheet_of(len(assets), sheet, at_once=AT_ONCE)
    shown, lost = [], without_original(db, [each.asset_id for each in assets[at.start : at.stop]])
    for each in assets[at.start : at.stop]:
        media = renditions.of_asset(db, AssetId(each.asset_id))
        if media is not None:
            told, stills = scenes.of_film(db, unit.id, media), moments.of(db, media.asset_id)
            shown.append(Shown(media, each.sha256, told, each.asset_id in lost, stills))
    firm = partners.name_of(db, viewer.partner) if viewer.partner is not None else None
    return Opened(
        row.id, viewing_id, unit, firm, row.lang, row.made_at, row.ends_at, Reach(row.reach),
        shown, row.signs, reporting.of_page(db, row, unit, viewer), at, len(assets),
        row.evidence, unit.grade is not None and grading.is_of_before(db, unit.id),
    )  # fmt: skip


def peeped(db: Session, token: str, *, now: datetime) -> Opened:
    """All of the same for whoever comes without a browser of their own; a page that asks first
    stays shut. Raises PassUnknown.
    """
    found = knock(db, token, seats={}, now=now)
    if found.is_gated:
        raise PassUnknown(Why.SEATLESS, found.about)
    return opened(db, token, NOBODY, now=now, sheet=None)


def _row(db: Session, token: str) -> Share:
    if len(token) > _MOST_ID:
        raise PassUnknown
    row = db.exec(select(Share).where(Share.id_hash == token_hash(token))).first()
    if row is None:
        raise PassUnknown
    return row


def admitted(
    db: Session, row: Share, *, now: datetime, about: About | None = None
) -> tuple[UnitFacts, Viewer]:
    """The unit and who made the page, while it is open to them. Raises PassUnknown."""
    about = about or About(share_id=row.id)
    if row.revoked_at is not None:
        raise PassUnknown(Why.REVOKED, about)
    if row.ends_at <= now:
        raise PassUnknown(Why.ENDED, about)
    found = allowed(db, row, now=now)
    if found is None:
        raise PassUnknown(Why.FOREIGN, about)
    return found


def _seated(db: Session, row: Share, seat: str | None) -> str | None:
    viewing_id, _, signature = (seat or "")[:_MOST_ADDRESS].partition(".")
    wanted = _seat_signature(row.signs, viewing_id)
    if not viewing_id or not hmac.compare_digest(wanted.encode(), signature.encode()):
        return None
    there = db.get(Viewing, viewing_id)
    return viewing_id if there is not None and there.share_id == row.id else None


def byte_address(share: Opened, thing: str, *, verb: Verb = Verb.LOOK, now: datetime) -> str:
    """`share.viewing.thing.until.signature`: one file of the page (a rendition; of tiles, all of
    them; for the original, the capture; a report, a certificate by its digest, or what the evidence
    is of) for one viewing and ten minutes.
    """
    until = to_millis(now + BYTES_LIVE)
    told = f"{share.share_id}.{share.viewing_id}.{thing}.{until}"
    return f"{told}.{_signature(share.signs, verb, told)}"


def lives_until(address: str) -> datetime:
    """When an address that was found ends by itself."""
    return from_millis(int(address.split(".")[3]))


def _signature(signs: str, verb: Verb, told: str) -> str:
    signed = f"{verb}:{told}".encode()
    return hmac.new(bytes.fromhex(signs), signed, hashlib.sha256).hexdigest()[:32]


def _seat_signature(signs: str, viewing_id: str) -> str:
    return hmac.new(bytes.fromhex(signs), f"seat:{viewing_id}".encode(), hashlib.sha256).hexdigest()


def find_bytes(db: Session, address: str, *, seats: Mapping[str, str], now: datetime) -> Passed:
    """What such an address opens. Tiles are never given whole. Raises PassUnknown."""
    made, about, _ = _rendition(db, address, Verb.LOOK, seats, now)
    return passed(made, about)


def find_tiles(
    db: Session, address: str, *, seats: Mapping[str, str], now: datetime
) -> tuple[str, About]:
    """Where the tiles lie that such an address opens one by one. Raises PassUnknown."""
    made, about, _ = _rendition(db, address, Verb.LOOK, seats, now)
    if made.recipe != Recipe.TILES or made.key is None:
        raise PassUnknown(Why.UNKNOWN, about)
    return made.key, about


def find_download(
    db: Session, address: str, *, seats: Mapping[str, str], now: datetime
) -> Download:
    """A file to keep: a picture at most 2048 px, or the film or a still out of it. Raises
    PassUnknown.
    """
    made, about, unit = _rendition(db, address, Verb.DOWNLOAD, seats, now)
    found = passed(made, about)
    viewing = db.get(Viewing, about.viewing_id or "")
    if viewing is None or made.recipe not in _KEPT:
        raise PassUnknown(Why.UNKNOWN, about)
    is_film = made.recipe == Recipe.FILM
    name = f"{unit.code}-{made.asset_id[-6:]}-{viewing.mark}.{'mp4' if is_film else 'jpg'}"
    return Download(found, is_film, unit.code, viewing.mark, name)


def find_original(
    db: Session, address: str, *, seats: Mapping[str, str], now: datetime
) -> Original:
    """The original of a capture on the page. Raises PassUnknown."""
    row, asset_id, about = signed(db, address, Verb.ORIGINAL, seats, now)
    about = About(about.share_id, about.viewing_id, asset_id=asset_id)
    unit, viewer = admitted(db, row, now=now, about=about)
    found = db.exec(
        select(Asset, Blob).where(
            Asset.id == asset_id,
            Asset.unit_id == row.unit_id,
            Blob.sha256 == Asset.sha256,
            SharedAsset.share_id == row.id,
            SharedAsset.asset_id == Asset.id,
            SharedAsset.sha256 == Asset.sha256,
        )
    ).first()
    if found is None:
        raise PassUnknown(Why.UNKNOWN, about)
    asset, blob = found
    if not sees(viewer, unit, MEDIA_KINDS[AssetKind(asset.kind)]):
        raise PassUnknown(Why.FOREIGN, about)
    return Original(
        Sha256(asset.sha256), blob.bytes, blob.mime, _name(unit, asset, blob.mime), about
    )


def _name(unit: UnitFacts, asset: Asset, mime: str) -> str:
    """The code, when it was taken, and what it is: nothing of what the file was called."""
    day = f"{tokyo_day(asset.captured_at):%Y%m%d}"
    return f"{unit.code}-{day}-{asset.id[-6:]}.{ending_of(mime)}"


def signed(
    db: Session, address: str, verb: Verb, seats: Mapping[str, str], now: datetime
) -> tuple[Share, str, About]:
    """The share, the thing and who asks. Raises PassUnknown."""
    parts = address.split(".")
    if len(address) > _MOST_ADDRESS or len(parts) != 5:
        raise PassUnknown
    share_id, viewing_id, thing, until, signature = parts
    if not (until.isascii() and until.isdigit()):
        raise PassUnknown
    row = db.get(Share, share_id)
    if row is None:
        raise PassUnknown
    told = f"{share_id}.{viewing_id}.{thing}.{until}"
    wanted = _signature(row.signs, verb, told)
    if not hmac.compare_digest(wanted.encode(), signature.encode()):
        raise PassUnknown(Why.UNKNOWN, About(share_id=share_id))
    about = About(share_id, None if viewing_id == NOBODY else viewing_id)
    if from_millis(int(until)) <= now:
        raise PassUnknown(Why.ENDED, about)
    if not Reach(row.reach).covers(_NEEDED[verb]):
        raise PassUnknown(Why.FOREIGN, about)
    is_gated = row.pin_hash is not None or row.most_opened is not None
    if is_gated and _seated(db, row, seats.get(share_id)) != viewing_id:
        raise PassUnknown(Why.SEATLESS, about)
    return row, thing, about


def _rendition(
    db: Session, address: str, verb: Verb, seats: Mapping[str, str], now: datetime
) -> tuple[Rendition, About, UnitFacts]:
    row, rendition_id, about = signed(db, address, verb, seats, now)
    unit, viewer = admitted(db, row, now=now, about=about)
    found = db.exec(
        select(Rendition, Asset.kind).where(
            Rendition.id == rendition_id,
            Asset.id == Rendition.asset_id,
            Asset.unit_id == row.unit_id,
            SharedAsset.share_id == row.id,
            SharedAsset.asset_id == Asset.id,
        )
    ).first()
    if found is None:
        raise PassUnknown(Why.UNKNOWN, about)
    made, kind = found
    about = About(about.share_id, about.viewing_id, None, made.asset_id, made.id)
    if not sees(viewer, unit, MEDIA_KINDS[AssetKind(kind)]):
        raise PassUnknown(Why.FOREIGN, about)
    if made.state != RenditionState.READY.value:  # being made anew, or hidden since
        raise PassUnknown(Why.GONE, about)
    large = made.recipe in _LARGE
    if large and verb is Verb.LOOK and not Reach(row.reach).covers(Reach.TILES):
        raise PassUnknown(Why.FOREIGN, about)
    return made, about, unit
