"""A watch whose list has three shots, its captures with what they are shown by, and a report."""

from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import Session

from catalog.grading import shotlists
from catalog.grading.checklists import Shot
from catalog.ground.record import AssetId, Sha256, UnitId
from catalog.ground.session.database import Database
from catalog.ground.worklist import DueWork
from catalog.items import actions as items
from catalog.items.kinds import Category, UnitState
from catalog.items.tables import Unit
from media.assets.kinds import Occasion
from media.assets.tables import Asset
from media.intake.take import Entrance, Wish, take
from media.originals.local import LocalStore
from media.originals.reading import Condition, Seen
from media.renditions import actions as renditions
from media.renditions import making
from media.renditions import queries as shown
from media.report import actions
from media.report.actions import Issued
from media.report.rules import FindingKind, Mark, Pin, Severity
from media.report.tables import ConditionReport
from media.retention import actions as retention
from tests.media import captures
from tests.media.captures import NOON

BY = "staff:S"
SHOTS = (
    Shot("dial", "文字盤正面", "dial", told_en="Dial"),
    Shot("case_back", "裏蓋", "case_back", told_en="Case back"),
    Shot("serial", "シリアル", told_en="Serial"),
)
NAMES = "髙橋 𠮷田 山﨑 葛󠄀城"


class Desk:
    """The piece on the desk. `now` moves a minute with every step."""

    def __init__(self, database: Database, store: LocalStore, folder: Path) -> None:
        self.database, self.store, self.folder = database, store, folder
        self.now = NOON
        self.unit = captures.unit(database)
        self.write(self._set_up)

    def _set_up(self, db: Session) -> None:
        shotlists.write(db, Category.WATCH, SHOTS, after=1, by=BY, now=self.now)
        unit = db.get_one(Unit, self.unit)
        unit.grade, unit.serial, unit.title = "AB", "Z1234589", f"デイトナ {NAMES}"
        db.add(unit)

    def write(self, act):  # type: ignore[no-untyped-def]
        return self.database.write(act)

    def read(self, act):  # type: ignore[no-untyped-def]
        return self.database.read(act)

    def later(self, minutes: int = 1) -> datetime:
        self.now += timedelta(minutes=minutes)
        return self.now

    def moves(self, state: UnitState, custody: str) -> datetime:
        """The register writes another state and other hands; when."""
        at = self.later()
        self.write(
            lambda db: items.change(
                db, db.get_one(Unit, self.unit), {"state": state.value, "custody": custody},
                by=BY, now=at, verb="moved",
            )
        )  # fmt: skip
        return at

    def capture(self, shot: str, *, makes: bool = True, n: int = 1) -> AssetId:
        """A picture of that shot, and what it is shown by."""
        path = captures.still(
            self.folder / f"W-10234_{shot}_{n:02}.jpg", seed=hash((shot, n)) % 997
        )
        if makes:
            captures.give_away(path)
        entrance = Entrance(self.database, self.store, actor=BY)
        asset = take(path, entrance, now=self.later(), wish=Wish("W-10234")).asset_id
        if makes:
            work = DueWork(1, making.RENDITION, asset, asset, {}, 0, self.now, self.now)
            due = self.read(lambda db: shown.job(db, work))
            made = making.make(due, making.Tools(self.store))
            self.write(lambda db: renditions.record(db, due, made, now=self.now))
        return asset

    def draft(self, occasion: Occasion = Occasion.BEFORE_SHIPPING) -> ConditionReport:
        return self.write(lambda db: actions.draft(db, self.unit, occasion, by=BY, now=self.now))

    def pin(self, report: ConditionReport, asset: str, told: str = "6時側の線傷") -> str:
        return self.write(
            lambda db: actions.pin(
                db, report.id, pinned(asset, told), edition=self.edition(report), by=BY,
                now=self.later(),
            )
        )  # fmt: skip

    def edition(self, report: ConditionReport) -> int:
        return int(self.read(lambda db: db.get_one(ConditionReport, report.id).edition))

    def issue(self, report: ConditionReport, *, key: str = "k1") -> Issued:
        edition = self.edition(report)
        return self.write(
            lambda db: actions.issue(
                db, report.id, edition=edition, by=BY, now=self.later(), key=key
            )
        )

    def unit_id(self) -> UnitId:
        return self.unit


def pinned(asset: str, told: str = "6時側の線傷") -> Pin:
    mark = Mark(400_000, 700_000, 100_000, 50_000)
    return Pin(asset, mark, FindingKind.SCRATCH, Severity.LIGHT, told, 800)


def lose(desk: Desk, asset_id: AssetId) -> None:
    """No place holds the original any more, and the check of everything has told so."""

    def unit(db: Session) -> None:
        digest = Sha256(db.get_one(Asset, asset_id).sha256)
        retention.record(db, digest, {"first": Seen(Condition.MISSING)}, now=desk.now)

    desk.write(unit)
