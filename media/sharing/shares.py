"""Share pages (お客様用リンク, R-029): make one, list and revoke them.

A page shows what there was to be seen when it was made, asset by asset with its digest, and nothing
that came later. A retailer, a customer or the shop makes it; it always ends, and may ask for a PIN
or open only so often. Not here: opening one (`opening`).
"""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import false, or_, update
from sqlmodel import Session, col, func, select

from catalog.ground import journal, policy
from catalog.ground.calendar import tokyo_day
from catalog.ground.errors import Malformed, Missing, Refused
from catalog.ground.record import AssetId, CustomerId, PartnerId, UnitId, new_id, to_millis
from catalog.items import queries as items
from catalog.items.queries import UnitFacts
from catalog.items.rules import CUSTOMER, PARTNER, STAFF, Viewer, can_see, is_own
from catalog.items.tables import Unit
from catalog.partners import queries as partners
from catalog.partners.rules import MediaKind, Right
from media.assets.kinds import ON_PAGES
from media.assets.tables import Asset
from media.log import actions as log
from media.log.rules import canonical
from media.report import queries as reports
from media.sharing.concerned import EvidenceNotTheirs, is_concerned, is_still_theirs
from media.sharing.kinds import MEDIA_KINDS, Reach
from media.sharing.passes import token_hash
from media.sharing.tables import Share, SharedAsset
from media.sharing.terms import SharingTerms

SHOP = "shop"
MOST_OPENED = 1000
_ID_BYTES = 16


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


class ShareMalformed(Malformed):
    """What was asked of a page cannot be. `what`: opened, assets, pin."""

    def __init__(self, what: str) -> None:
        super().__init__(f"a share page cannot have these {what}")
        self.what = what


@dataclass(frozen=True, slots=True)
class Given:
    """How a page is given. `pin_hash`: from `pin.digest`; `most_opened`: by how many browsers;
    `only`: these captures, else all there are; `audience`: `customer:ID` or `partner:ID`.
    `with_report`: the condition report in force goes with it, where its maker may pass reports on.
    `evidence`: an evidence zip and nothing else, behind a PIN (`concerned`).
    """

    reach: Reach = Reach.TILES
    pin_hash: str | None = None
    most_opened: int | None = None
    only: Collection[AssetId] | None = None
    audience: str | None = None
    note: str | None = None
    with_report: bool = True
    evidence: str | None = None


USUAL = Given()


@dataclass(frozen=True, slots=True)
class Made:
    """A new page. `token` is told once, here; a repeat of the command has none to tell."""

    share_id: str
    token: str | None
    ends_at: datetime
    assets: int


@dataclass(frozen=True, slots=True)
class ShareFacts:
    """A page, for the one who made it. `opened`: by how many browsers; `is_open`: neither ended nor
    closed.
    """

    share_id: str
    unit_code: str
    title: str
    made_at: datetime
    ends_at: datetime
    opened: int
    is_open: bool


def usual_end(db: Session, *, now: datetime) -> datetime:
    """When a page made now ends unless somebody says."""
    return now + timedelta(days=policy.current(db).of(SharingTerms).share_days)


def latest_end(db: Session, *, now: datetime) -> datetime:
    """The latest end a page made now may have."""
    return now + timedelta(days=policy.current(db).of(SharingTerms).most_share_days)


def may_share(viewer: Viewer, unit: UnitFacts) -> bool:
    """The shop everything; a partner what was granted with the right to pass it on; a customer
    their own.
    """
    if viewer.sees_all or is_own(viewer, unit.standing):
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
    given: Given = USUAL,
    by: str | None = None,
) -> Made:
    """Make a page of what there is to be seen of the unit now; a leaf of the log has the digest of
    the list. `by`: who of the shop, for a page of the shop's own.

    Raises ShareMissing (also for who may not), ShareEndMalformed, ShareMalformed, NothingToShare,
    EvidenceNotTheirs.
    """
    holder = SHOP if viewer.sees_all else viewer.who
    if holder is None or not may_share(viewer, unit):
        raise ShareMissing(unit.code)
    if given.most_opened is not None and not 1 <= given.most_opened <= MOST_OPENED:
        raise ShareMalformed("opened")
    if given.evidence is not None:
        _may_be_given(db, unit, viewer, given, now=now)
    request = {"share": unit.id, "holder": holder, "ends": ends_at.isoformat()}
    stored = journal.stored_result(db, key, request)
    if stored is not None:
        row = db.get_one(Share, stored["share"])
        return Made(row.id, None, row.ends_at, stored["assets"])
    latest = latest_end(db, now=now)
    if not now < ends_at <= latest:
        raise ShareEndMalformed(latest)
    assets = _assets(db, unit, viewer) if given.evidence is None else []
    if given.only is not None:
        if not set(given.only) <= {each for each, _ in assets}:
            raise ShareMalformed("assets")
        assets = [each for each in assets if each[0] in given.only]
    if not assets and given.evidence is None:
        raise NothingToShare(unit.code)
    listed = canonical({"assets": [list(each) for each in assets]})
    digest = hashlib.sha256(listed.encode()).hexdigest()
    is_reported = given.with_report and given.evidence is None
    report_id = _report(db, unit, viewer) if is_reported else None
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
        reach=given.reach.value,
        pin_hash=given.pin_hash,
        most_opened=given.most_opened,
        made_by=by,
        audience=given.audience,
        note=given.note,
        report_id=report_id,
        evidence=given.evidence,
    )
    db.add(row)
    db.flush()
    for place, (asset_id, sha256) in enumerate(assets, 1):
        db.add(SharedAsset(share_id=row.id, place=place, asset_id=asset_id, sha256=sha256))
    db.flush()
    # Not who made it: a log cannot forget, and the journal says so under the same id.
    leaf = {"share": row.id, "unit": unit.id, "assets": digest, "ends_at": to_millis(ends_at)}
    log.append(db, "share.made", leaf | ({"report": report_id} if report_id else {}), now=now)
    journal.record(
        db,
        f"unit:{unit.id}",
        "shared",
        actor=by or holder,
        at=now,
        facts={
            "share": row.id,
            "assets": [each for each, _ in assets],
            "reach": given.reach.value,
            "pin": given.pin_hash is not None,
            "most_opened": given.most_opened,
            "audience": given.audience,
            "report": report_id,
            "evidence": given.evidence,
        },
        key=key,
        request=request,
        result={"share": row.id, "assets": len(assets)},
    )
    return Made(row.id, token, ends_at, len(assets))


def _may_be_given(
    db: Session, unit: UnitFacts, viewer: Viewer, given: Given, *, now: datetime
) -> None:
    """Originals leave by the shop's own hand alone, for one who is named, behind a PIN."""
    if not viewer.sees_all:
        raise ShareMissing(unit.code)
    if given.pin_hash is None:
        raise ShareMalformed("pin")
    if not is_concerned(db, given.evidence or "", unit, given.audience, now=now):
        raise EvidenceNotTheirs(unit.code)


def _report(db: Session, unit: UnitFacts, viewer: Viewer) -> str | None:
    """The report in force, when the maker may pass reports on."""
    if not sees(viewer, unit, MediaKind.REPORT):
        return None
    found = reports.in_force(db, unit.id)
    return found.id if found is not None else None


def offered(db: Session, unit: UnitFacts, viewer: Viewer) -> list[AssetId]:
    """What a page made now could show."""
    return [AssetId(each) for each, _ in _assets(db, unit, viewer)]


def _assets(db: Session, unit: UnitFacts, viewer: Viewer) -> list[tuple[str, str]]:
    """All that can be shown whole and the maker may see; films first, the latest first."""
    kinds = [kind.value for kind, told in MEDIA_KINDS.items() if sees(viewer, unit, told)]
    rows = db.exec(
        select(Asset.id, Asset.sha256)
        .where(
            Asset.unit_id == unit.id,
            col(Asset.kind).in_(kinds),
            col(Asset.readiness).in_([each.value for each in ON_PAGES]),
            col(Asset.is_tag).is_(false()),
        )
        .order_by(col(Asset.kind), col(Asset.captured_at).desc(), col(Asset.id).desc())
    )
    return list(rows)


def sees(viewer: Viewer, unit: UnitFacts, kind: MediaKind) -> bool:
    """Whether a page of theirs may show that kind."""
    return can_see(viewer.able_to(Right.LINK, kind), unit.standing)


def maker_of(db: Session, holder: str, *, now: datetime) -> Viewer:
    """Who made a page, with what they may see today."""
    if holder == SHOP:
        return STAFF
    if holder.startswith(PARTNER):
        partner = PartnerId(holder.removeprefix(PARTNER))
        return Viewer(partner=partner, grants=partners.grants_on(db, partner, tokyo_day(now)))
    return Viewer(customer=CustomerId(holder.removeprefix(CUSTOMER)))


def shares_of(db: Session, holder: str, *, now: datetime) -> list[ShareFacts]:
    """The pages of a holder that open, the latest first (リンク一覧): not those of what they may
    not pass on any more.
    """
    return [
        facts
        for row, facts in _made_by(db, holder, now=now)
        if facts.is_open and allowed(db, row, now=now) is not None
    ]


def allowed(db: Session, row: Share, *, now: datetime) -> tuple[UnitFacts, Viewer] | None:
    """The piece of a page and who made it; None while they may not pass it on, or whom it was made
    for lost the grant it leaned on.
    """
    viewer = maker_of(db, row.holder, now=now)
    unit = items.by_id(db, UnitId(row.unit_id), viewer=viewer)
    if unit is None or not may_share(viewer, unit) or not is_still_theirs(db, row, unit, now=now):
        return None
    return unit, viewer


def shut(db: Session, share_ids: Collection[str], *, now: datetime) -> set[str]:
    """Which of these pages open nothing for want of a grant, whatever their end says."""
    rows = db.exec(select(Share).where(col(Share.id).in_(share_ids)))
    return {row.id for row in rows if allowed(db, row, now=now) is None}


def made_by(db: Session, holder: str, *, now: datetime) -> list[ShareFacts]:
    """Every page a holder ever made, closed ones too, the latest first."""
    return [facts for _, facts in _made_by(db, holder, now=now)]


def _made_by(db: Session, holder: str, *, now: datetime) -> list[tuple[Share, ShareFacts]]:
    rows = db.exec(
        select(Share, Unit.code, Unit.title)
        .where(Share.holder == holder, Unit.id == Share.unit_id)
        .order_by(col(Share.made_at).desc(), col(Share.id).desc())
    )
    return [
        (
            row,
            ShareFacts(
                row.id, code, title, row.made_at, row.ends_at, row.opened,
                row.revoked_at is None and row.ends_at > now,
            ),
        )
        for row, code, title in rows
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class SharePage:
    """A page, for staff. `holder`: `partner:ID`, `customer:ID`, or `shop`, made by `made_by`."""

    share_id: str
    unit_id: str
    code: str
    title: str
    holder: str
    made_by: str | None
    audience: str | None
    note: str | None
    made_at: datetime
    ends_at: datetime
    revoked_at: datetime | None
    opened: int
    most_opened: int | None
    reach: Reach
    has_pin: bool
    has_report: bool
    evidence: str | None = None


def shares_about(db: Session, unit_id: UnitId, *, limit: int = 50) -> list[SharePage]:
    """Every page made of that piece, closed ones too, the latest first."""
    return _pages(db, Share.unit_id == unit_id, limit=limit)


def count_about(db: Session, unit_id: UnitId) -> int:
    """How many pages were ever made of that piece."""
    return db.exec(select(func.count()).select_from(Share).where(Share.unit_id == unit_id)).one()


def every(
    db: Session,
    *,
    open_at: datetime | None = None,
    code: str | None = None,
    limit: int = 100,
    offset: int = 0,
) -> list[SharePage]:
    """Every page of the shop, the latest first; `open_at`: those that are open then alone."""
    which: list[Any] = []
    if open_at is not None:
        which += [col(Share.revoked_at).is_(None), col(Share.ends_at) > open_at]
    if code is not None:
        which.append(Unit.code == code)
    return _pages(db, *which, limit=limit, offset=offset)


def page_of(db: Session, share_id: str) -> SharePage:
    """One page. Raises ShareMissing."""
    found = _pages(db, Share.id == share_id, limit=1)
    if not found:
        raise ShareMissing(share_id)
    return found[0]


def _pages(db: Session, *which: Any, limit: int, offset: int = 0) -> list[SharePage]:
    rows = db.exec(
        select(Share, Unit.code, Unit.title)
        .where(Unit.id == Share.unit_id, *which)
        .order_by(col(Share.made_at).desc(), col(Share.id).desc())
        .limit(limit)
        .offset(offset)
    )
    return [
        SharePage(
            row.id, row.unit_id, code, title, row.holder, row.made_by, row.audience, row.note,
            row.made_at, row.ends_at, row.revoked_at, row.opened, row.most_opened,
            Reach(row.reach), row.pin_hash is not None, row.report_id is not None,
            row.evidence,
        )
        for row, code, title in rows
    ]  # fmt: skip


def revoke(
    db: Session, share_id: str, holder: str | None, *, now: datetime, by: str | None = None
) -> None:
    """The page is closed at once, its byte addresses with it; `holder` None: whosever it is, for
    `by` of the shop. Raises ShareMissing.
    """
    ended = db.connection().execute(
        update(Share)
        .where(
            col(Share.id) == share_id,
            *([col(Share.holder) == holder] if holder is not None else []),
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
        db,
        f"unit:{unit_id}",
        "unshared",
        actor=by or holder or SHOP,
        at=now,
        facts={"share": share_id},
    )


def revoke_all(db: Session, who: str, *, now: datetime) -> int:
    """Every page somebody made, and every one the shop made for them, is closed and what was noted
    of it is gone; how many (R-137).
    """
    theirs = or_(col(Share.holder) == who, col(Share.audience) == who)
    pages = db.exec(
        select(Share.id).where(theirs, col(Share.revoked_at).is_(None), col(Share.ends_at) > now)
    ).all()
    for share_id in pages:
        revoke(db, share_id, None, now=now, by=who)
    db.connection().execute(update(Share).where(theirs).values(note=None))
    db.expire_all()
    return len(pages)


def revoke_unseen(
    db: Session, partner: PartnerId, unit_code: str | None = None, *, by: str, now: datetime
) -> int:
    """The partner's pages about pieces it may not pass on today are closed, and those the shop made
    for it of the piece whose grants ended (None: every one); how many.
    """
    who = f"{PARTNER}{partner}"
    viewer = Viewer(partner=partner, grants=partners.grants_on(db, partner, tokyo_day(now)))
    closed = 0
    pages = db.exec(
        select(Share.id, Share.unit_id, Share.holder, Unit.code).where(
            or_(col(Share.holder) == who, col(Share.audience) == who),
            col(Share.revoked_at).is_(None),
            col(Share.ends_at) > now,
            Unit.id == Share.unit_id,
        )
    ).all()
    for share_id, unit_id, holder, code in pages:
        unit = items.by_id(db, UnitId(unit_id), viewer=viewer)
        if holder == who:
            is_over = unit is None or not may_share(viewer, unit)
        else:
            is_over = unit_code is None or (unit_code == code and unit is None)
        if is_over:
            revoke(db, share_id, None, now=now, by=by)
            closed += 1
    return closed
