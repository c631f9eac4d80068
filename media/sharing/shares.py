"""Share pages (お客様用リンク, R-029): make one, list and revoke them, open one.

A page shows what there was to be seen when it was made, asset by asset with its digest, and nothing
that came later. It is open while it has not ended, was not revoked, and its maker may still see the
piece and pass it on: unknown, ended, revoked and no longer allowed are one answer. Inside it the
bytes have addresses of their own, signed for ten minutes.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import false, update
from sqlmodel import Session, col, select

from catalog.ground import journal, policy
from catalog.ground.calendar import tokyo_day
from catalog.ground.errors import Malformed, Missing, Refused
from catalog.ground.record import (
    AssetId,
    CustomerId,
    PartnerId,
    UnitId,
    from_millis,
    new_id,
    to_millis,
)
from catalog.items import queries as items
from catalog.items.queries import UnitFacts
from catalog.items.rules import CUSTOMER, PARTNER, Viewer, can_see, is_own
from catalog.items.tables import Unit
from catalog.partners import queries as partners
from catalog.partners.rules import MediaKind, Right
from media.assets.kinds import AssetKind, Readiness
from media.assets.tables import Asset
from media.log import actions as log
from media.log.rules import canonical
from media.renditions import queries as renditions
from media.renditions.queries import Showable
from media.renditions.tables import Recipe, Rendition, RenditionState
from media.sharing.kinds import MEDIA_KINDS
from media.sharing.passes import Passed, PassUnknown, token_hash
from media.sharing.tables import Share, SharedAsset
from media.sharing.terms import SharingTerms

BYTES_LIVE = timedelta(minutes=10)
MOST_ASSETS = 40
_ID_BYTES = 16
_MOST_ID = 64


class ShareMissing(Missing):
    """There is no such page, it is another's, or it is closed: one answer."""


class NothingToShare(Refused):
    """Of that piece there is nothing its maker may pass on. `code`."""

    def __init__(self, code: str) -> None:
        super().__init__(f"nothing of {code} can be passed on")
        self.code = code


class ShareEndMalformed(Malformed):
    """A page must end after now and at the latest at `latest`."""

    def __init__(self, latest: datetime) -> None:
        super().__init__(f"a share page ends by {latest.isoformat()}")
        self.latest = latest


@dataclass(frozen=True, slots=True)
class Made:
    """A new page. `token` is told once, here; a repeat of the command has none to tell."""

    share_id: str
    token: str | None
    ends_at: datetime
    assets: int


@dataclass(frozen=True, slots=True)
class ShareFacts:
    """A page that is open, for the one who made it."""

    share_id: str
    unit_code: str
    title: str
    made_at: datetime
    ends_at: datetime
    opened: int


@dataclass(frozen=True, slots=True)
class Shown:
    """One capture on an open page. `sha256`: of its original."""

    media: Showable
    sha256: str


@dataclass(frozen=True, slots=True)
class Opened:
    """What a page tells. `made_for`: the retailer's name; None on a customer's own page."""

    share_id: str
    unit: UnitFacts
    made_for: str | None
    lang: str
    made_at: datetime
    ends_at: datetime
    shown: Sequence[Shown]
    signs: str


def usual_end(db: Session, *, now: datetime) -> datetime:
    """When a page made now ends unless somebody says."""
    return now + timedelta(days=policy.current(db).of(SharingTerms).share_days)


def latest_end(db: Session, *, now: datetime) -> datetime:
    """The latest end a page made now may have."""
    return now + timedelta(days=policy.current(db).of(SharingTerms).most_share_days)


def may_share(viewer: Viewer, unit: UnitFacts) -> bool:
    """A partner what was granted with the right to pass it on; a customer their own."""
    if is_own(viewer, unit.standing):
        return True
    return viewer.partner is not None and can_see(
        viewer.able_to(Right.LINK, *MEDIA_KINDS.values()), unit.standing
    )


def share(
    db: Session,
    unit: UnitFacts,
    viewer: Viewer,
    *,
    ends_at: datetime,
    lang: str,
    now: datetime,
    key: str,
) -> Made:
    """Make a page of what there is to be seen of the unit now; a leaf of the log has the digest of
    the list.

    Raises ShareMissing (also for who may not), ShareEndMalformed, NothingToShare.
    """
    holder = viewer.who
    if holder is None or not may_share(viewer, unit):
        raise ShareMissing(unit.code)
    request = {"share": unit.id, "holder": holder, "ends": ends_at.isoformat()}
    stored = journal.stored_result(db, key, request)
    if stored is not None:
        row = db.get_one(Share, stored["share"])
        return Made(row.id, None, row.ends_at, stored["assets"])
    latest = latest_end(db, now=now)
    if not now < ends_at <= latest:
        raise ShareEndMalformed(latest)
    assets = _assets(db, unit, viewer)
    if not assets:
        raise NothingToShare(unit.code)
    listed = canonical({"assets": [list(each) for each in assets]})
    digest = hashlib.sha256(listed.encode()).hexdigest()
    token = secrets.token_urlsafe(_ID_BYTES)
    row = Share(
        id=new_id(now),
        id_hash=token_hash(token),
        unit_id=unit.id,
        holder=holder,
        lang=lang,
        signs=secrets.token_hex(32),
        made_at=now,
        ends_at=ends_at,
    )
    db.add(row)
    db.flush()
    for place, (asset_id, sha256) in enumerate(assets, 1):
        db.add(SharedAsset(share_id=row.id, place=place, asset_id=asset_id, sha256=sha256))
    db.flush()
    # Not who made it: a log cannot forget, and the journal says so under the same id.
    leaf = {"share": row.id, "unit": unit.id, "assets": digest, "ends_at": to_millis(ends_at)}
    log.append(db, "share.made", leaf, now=now)
    journal.record(
        db,
        f"unit:{unit.id}",
        "shared",
        actor=holder,
        at=now,
        facts={"share": row.id, "assets": [each for each, _ in assets]},
        key=key,
        request=request,
        result={"share": row.id, "assets": len(assets)},
    )
    return Made(row.id, token, ends_at, len(assets))


def _assets(db: Session, unit: UnitFacts, viewer: Viewer) -> list[tuple[str, str]]:
    """Films first, the latest first; only what can be shown whole and the maker may see."""
    kinds = [kind.value for kind, told in MEDIA_KINDS.items() if _sees(viewer, unit, told)]
    rows = db.exec(
        select(Asset.id, Asset.sha256)
        .where(
            Asset.unit_id == unit.id,
            col(Asset.kind).in_(kinds),
            Asset.readiness == Readiness.WHOLE.value,
            col(Asset.is_tag).is_(false()),
        )
        .order_by(col(Asset.kind), col(Asset.captured_at).desc(), col(Asset.id).desc())
        .limit(MOST_ASSETS)
    )
    return list(rows)


def _sees(viewer: Viewer, unit: UnitFacts, kind: MediaKind) -> bool:
    return can_see(viewer.able_to(Right.LINK, kind), unit.standing)


def shares_of(db: Session, holder: str, *, now: datetime) -> list[ShareFacts]:
    """The pages of a holder that are open, the latest first (リンク一覧)."""
    rows = db.exec(
        select(Share, Unit.code, Unit.title)
        .where(
            Share.holder == holder,
            col(Share.revoked_at).is_(None),
            col(Share.ends_at) > now,
            Unit.id == Share.unit_id,
        )
        .order_by(col(Share.made_at).desc(), col(Share.id).desc())
    )
    return [
        ShareFacts(row.id, code, title, row.made_at, row.ends_at, row.opened)
        for row, code, title in rows
    ]


@dataclass(frozen=True, slots=True)
class SharePage:
    """A page about one piece, for staff. `holder`: `partner:ID` or `customer:ID`."""

    share_id: str
    holder: str
    made_at: datetime
    ends_at: datetime
    revoked_at: datetime | None
    opened: int


def shares_about(db: Session, unit_id: UnitId, *, limit: int = 50) -> list[SharePage]:
    """Every page made of that piece, closed ones too, the latest first."""
    rows = db.exec(
        select(Share)
        .where(Share.unit_id == unit_id)
        .order_by(col(Share.made_at).desc(), col(Share.id).desc())
        .limit(limit)
    )
    return [
        SharePage(row.id, row.holder, row.made_at, row.ends_at, row.revoked_at, row.opened)
        for row in rows
    ]


def revoke(db: Session, share_id: str, holder: str, *, now: datetime) -> None:
    """The page is closed at once, its byte addresses with it. Raises ShareMissing."""
    ended = db.connection().execute(
        update(Share)
        .where(
            col(Share.id) == share_id,
            col(Share.holder) == holder,
            col(Share.revoked_at).is_(None),
            col(Share.ends_at) > now,
        )
        .values(revoked_at=now)
        .returning(col(Share.unit_id))
    )
    unit_id = ended.scalar()
    if unit_id is None:
        raise ShareMissing(share_id)
    log.append(db, "share.revoked", {"share": share_id, "unit": unit_id}, now=now)
    journal.record(
        db, f"unit:{unit_id}", "unshared", actor=holder, at=now, facts={"share": share_id}
    )


def revoke_all(db: Session, holder: str, *, now: datetime) -> int:
    """Every page of the holder is closed; how many (R-137)."""
    pages = shares_of(db, holder, now=now)
    for page in pages:
        revoke(db, page.share_id, holder, now=now)
    return len(pages)


def revoke_unseen(db: Session, partner: PartnerId, *, now: datetime) -> int:
    """The partner's pages about pieces it may not pass on today are closed; how many."""
    holder = f"{PARTNER}{partner}"
    viewer = Viewer(partner=partner, grants=partners.grants_on(db, partner, tokyo_day(now)))
    closed = 0
    pages = db.exec(
        select(Share.id, Share.unit_id).where(
            Share.holder == holder, col(Share.revoked_at).is_(None), col(Share.ends_at) > now
        )
    ).all()
    for share_id, unit_id in pages:
        unit = items.by_id(db, UnitId(unit_id), viewer=viewer)
        if unit is None or not may_share(viewer, unit):
            revoke(db, share_id, holder, now=now)
            closed += 1
    return closed


def opened(db: Session, token: str, *, now: datetime) -> Opened:
    """What the page behind an address tells. Raises PassUnknown."""
    if len(token) > _MOST_ID:
        raise PassUnknown
    row = db.exec(select(Share).where(Share.id_hash == token_hash(token))).first()
    if row is None:
        raise PassUnknown
    unit, viewer = _allowed(db, row, now=now)
    assets = db.exec(
        select(SharedAsset).where(SharedAsset.share_id == row.id).order_by(col(SharedAsset.place))
    ).all()
    shown = []
    for each in assets:
        media = renditions.of_asset(db, AssetId(each.asset_id))
        if media is not None and _sees(viewer, unit, MEDIA_KINDS[media.kind]):
            shown.append(Shown(media, each.sha256))
    firm = partners.name_of(db, viewer.partner) if viewer.partner is not None else None
    return Opened(row.id, unit, firm, row.lang, row.made_at, row.ends_at, shown, row.signs)


def count_opening(db: Session, share_id: str) -> None:
    """Somebody looked at the page."""
    db.connection().execute(
        update(Share).where(col(Share.id) == share_id).values(opened=col(Share.opened) + 1)
    )


def _allowed(db: Session, row: Share, *, now: datetime) -> tuple[UnitFacts, Viewer]:
    """The unit and who made the page, while it is open to them. Raises PassUnknown."""
    if row.revoked_at is not None or row.ends_at <= now:
        raise PassUnknown
    if row.holder.startswith(PARTNER):
        partner = PartnerId(row.holder.removeprefix(PARTNER))
        viewer = Viewer(partner=partner, grants=partners.grants_on(db, partner, tokyo_day(now)))
    else:
        viewer = Viewer(customer=CustomerId(row.holder.removeprefix(CUSTOMER)))
    unit = items.by_id(db, UnitId(row.unit_id), viewer=viewer)
    if unit is None or not may_share(viewer, unit):
        raise PassUnknown
    return unit, viewer


def byte_address(share: Opened, rendition_id: str, *, now: datetime) -> str:
    """`share.rendition.until.signature`: one file of the page for ten minutes; of tiles, all of
    them.
    """
    until = to_millis(now + BYTES_LIVE)
    told = f"{share.share_id}.{rendition_id}.{until}"
    return f"{told}.{_signature(share.signs, told)}"


def _signature(signs: str, told: str) -> str:
    return hmac.new(bytes.fromhex(signs), told.encode(), hashlib.sha256).hexdigest()[:32]


def find_bytes(db: Session, address: str, *, now: datetime) -> Passed:
    """What such an address opens. Tiles are never given whole. Raises PassUnknown."""
    made = _signed(db, address, now=now)
    if made.recipe == Recipe.TILES:
        raise PassUnknown
    if made.key is None or made.sha256 is None or made.bytes is None or made.mime is None:
        raise PassUnknown
    return Passed(made.key, made.sha256, made.bytes, made.mime)


def find_tiles(db: Session, address: str, *, now: datetime) -> str:
    """Where the tiles lie that such an address opens one by one. Raises PassUnknown."""
    made = _signed(db, address, now=now)
    if made.recipe != Recipe.TILES or made.key is None:
        raise PassUnknown
    return made.key


def _signed(db: Session, address: str, *, now: datetime) -> Rendition:
    parts = address.split(".")
    if len(address) > 200 or len(parts) != 4 or not (parts[2].isascii() and parts[2].isdigit()):
        raise PassUnknown
    share_id, rendition_id, until, signature = parts
    row = db.get(Share, share_id)
    if row is None:
        raise PassUnknown
    told = f"{share_id}.{rendition_id}.{until}"
    is_ours = hmac.compare_digest(_signature(row.signs, told).encode(), signature.encode())
    if not is_ours or from_millis(int(until)) <= now:
        raise PassUnknown
    unit, viewer = _allowed(db, row, now=now)
    found = db.exec(
        select(Rendition, Asset.kind).where(
            Rendition.id == rendition_id,
            Rendition.state == RenditionState.READY.value,
            Asset.id == Rendition.asset_id,
            SharedAsset.share_id == share_id,
            SharedAsset.asset_id == Asset.id,
        )
    ).first()
    if found is None:
        raise PassUnknown
    made, kind = found
    if not _sees(viewer, unit, MEDIA_KINDS[AssetKind(kind)]):
        raise PassUnknown
    return made
