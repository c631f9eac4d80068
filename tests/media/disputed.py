"""A watch from its report to a claim about it that was answered: pictures, certificate, a page its
buyer looked at, 「確認しました」, the sale, the claim, the piece back again and compared.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlmodel import Session, select

from catalog.ground.record import AssetId, ConversationId
from catalog.ground.session.database import Database
from catalog.items import queries as items
from catalog.items.rules import STAFF
from media.assets import actions as assets
from media.assets.kinds import Readiness
from media.assets.tables import Asset
from media.comparing import actions as comparing
from media.comparing import queries as pairs
from media.comparing.tables import Verdict
from media.disputes import actions as disputes
from media.disputes.actions import Claim
from media.log import authority, checkpoints
from media.originals.local import LocalStore
from media.report import certificates, press, sales
from media.sharing import shares
from media.sharing.export import Archive
from media.sharing.looks import What
from media.sharing.shares import Given
from media.sharing.tables import Look, Viewing
from tests.authority import Authority
from tests.media.evidence import archive_of
from tests.media.report.desk import BY, Desk
from tests.media.report.sold import Sold

TALK = ConversationId("line:misaki")
NOTE = "6時側に購入時にない線傷"


@dataclass
class Disputed:
    """The shop of it. `others`: what nobody but another customer was shown."""

    desk: Desk
    archive: Archive
    sold: Sold
    dispute_id: str
    returned: AssetId
    share_id: str
    others: str
    stamped: int


def disputed(
    database: Database,
    store: LocalStore,
    folder: Path,
    tsa: Authority | None = None,
    *,
    prints: bool = False,
) -> Disputed:
    """With `tsa` a checkpoint is stamped soon after the sale; with `prints` there is a certificate,
    of today, because that is what tools hold it against.
    """
    archive = archive_of(database, store, folder)
    desk = Desk(database, store, folder / "in")
    if prints:
        desk.now = datetime.now(UTC)
    sold = Sold(desk, makes=prints)
    if prints:
        _print(desk, sold.report.id, folder)
    share_id = _shown(desk, f"customer:{sold.buyer}")
    others = _shown(desk, "customer:another")
    desk.write(
        lambda db: sales.acknowledge(
            db, sold.buyer, sold.report.id, conversation=TALK, lang="ja", now=desk.later()
        )
    )
    sold.freeze()
    stamped = 0
    if tsa is not None:
        stamped = _stamp(desk, archive, tsa)
    opened = desk.write(
        lambda db: disputes.claim(
            db, Claim(desk.unit, TALK, order_id="O1", sold_at=sold.sold_at),
            by=f"customer:{sold.buyer}", promised_at=desk.now, now=desk.later(),
        )
    )  # fmt: skip
    returned = desk.capture("dial", makes=False, n=9)
    desk.write(lambda db: _found(db, sold.before["dial"], returned, desk))
    return Disputed(desk, archive, sold, opened.dispute_id, returned, share_id, others, stamped)


def _print(desk: Desk, report_id: str, folder: Path) -> None:
    seal = authority.seal_in(folder / "seal", name="証質店", now=desk.now)
    sheet = desk.read(
        lambda db: certificates.sheet(db, report_id, public_url="https://shop.example")
    )
    pictures = certificates.read_pictures(desk.store, sheet)
    printed = press.print_certificate(sheet.facts, pictures, seal, now=desk.now)
    certificates.keep(desk.store, sheet, printed, now=desk.now)
    desk.write(lambda db: certificates.record(db, report_id, printed, by=BY, now=desk.now))


def _shown(desk: Desk, audience: str) -> str:
    """A page the shop made for them, looked at in one browser."""

    def unit(db: Session) -> str:
        for each in db.exec(select(Asset.id).where(Asset.unit_id == desk.unit)).all():
            assets.mark(db, AssetId(each), Readiness.WHOLE)
        piece = items.by_id(db, desk.unit, viewer=STAFF)
        assert piece is not None
        made = shares.share(
            db, piece, STAFF, ends_at=shares.usual_end(db, now=desk.now), lang="ja", now=desk.now,
             key=audience, by=BY, given=Given(audience=audience),
        )  # fmt: skip
        viewing = hashlib.sha256(audience.encode()).hexdigest()[:20]
        db.add(
            Viewing(id=viewing, share_id=made.share_id, mark=viewing[:8].upper(),
                    begun_at=desk.now, network="203.0.113.0/24", agent="phone")
        )  # fmt: skip
        db.flush()
        for times in (1, 3):
            db.add(
                Look(at=desk.later(), what=What.FILE.value, result="shown", times=times,
                     share_id=made.share_id, viewing_id=viewing, network="203.0.113.0/24",
                     agent="phone")
            )  # fmt: skip
        db.flush()
        return made.share_id

    return str(desk.write(unit))


def _stamp(desk: Desk, archive: Archive, tsa: Authority) -> int:
    point = desk.write(lambda db: _fresh(db, archive, desk))
    answer = tsa.stamp_of(point[1].encode())
    desk.write(lambda db: checkpoints.keep_stamp(db, point[0], answer, now=desk.now))
    return int(point[2])


def _fresh(db: Session, archive: Archive, desk: Desk) -> tuple[int, str, int]:
    row = checkpoints.fresh(db, archive.notary, now=desk.later())
    return row.number or 0, row.note, row.size


def _found(db: Session, before: str, after: str, desk: Desk) -> None:
    pair = pairs.pair_of(db, AssetId(before), AssetId(after))
    points = [[0.1, 0.1], [0.9, 0.1], [0.1, 0.2], [0.9, 0.2]]
    comparing.register(db, pair, points, by=BY, now=desk.now)
    comparing.decide(db, pair, Verdict.DIFFERS, note=NOTE, by=BY, now=desk.later(), key="found")
