"""Whoever asked is told once, the moment it is there, and nobody is forgotten."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from catalog.ground.record import AssetId, ConversationId, UnitId
from catalog.ground.session.database import Database
from catalog.ground.worklist import Work
from catalog.items import actions as items
from catalog.items.tables import Unit
from media.assets import actions as assets
from media.assets import queries as assets_queries
from media.assets.kinds import AssetKind, Part, Readiness
from media.intake import tasks
from media.intake.take import Entrance, Wish, take
from media.intake.tasks import CaptureUnready, Promise, TaskClosed
from media.originals.local import LocalStore
from tests.media import captures
from tests.media.captures import NOON

MISAKI = ConversationId("line:Umisaki")
KENTO = ConversationId("line:Ukento")
TOMORROW = NOON + timedelta(days=1)


class Studio:
    """Asks, captures and listens, in trade words."""

    def __init__(self, database: Database, store: LocalStore, folder: Path) -> None:
        self.database = database
        self.entrance = Entrance(database, store, actor="test")
        self.folder = folder
        self.unit_id: UnitId = captures.unit(database)
        self.shots = 0

    def ask(
        self,
        who: ConversationId = MISAKI,
        *,
        part: Part | None = None,
        kind: AssetKind | None = AssetKind.STILL,
        at: datetime = NOON,
    ) -> Promise:
        return self.database.write(
            lambda db: tasks.ask(
                db,
                self.unit_id,
                part=part,
                kind=kind,
                conversation=who,
                lang="ja",
                promised_at=TOMORROW,
                now=at,
            )
        )

    def shoot(self, *, part: Part | None = None) -> AssetId:
        self.shots += 1
        path = captures.still(self.folder / f"W-10234_{self.shots}.jpg", seed=self.shots)
        return take(path, self.entrance, now=NOON, wish=Wish("W-10234", part)).asset_id

    def ready(self, asset_id: AssetId, how: Readiness = Readiness.WHOLE) -> None:
        def unit(db: Session) -> None:
            assets.mark(db, asset_id, how)
            tasks.close_for(db, asset_id, now=NOON)

        self.database.write(unit)

    def told(self) -> list[tuple[str, str, str]]:
        """Kind, conversation and asset of every due notice."""
        rows = self.database.read(
            lambda db: db.exec(select(Work).where(Work.kind.like("capture.%"))).all()  # type: ignore[attr-defined]
        )
        return [(row.kind, row.subject, row.facts["asset"]) for row in rows]


@pytest.fixture
def studio(database: Database, store: LocalStore, tmp_path: Path) -> Studio:
    return Studio(database, store, tmp_path / "shots")


def test_everyone_who_waits_is_told_once(studio: Studio) -> None:
    first = studio.ask(MISAKI)
    assert first.is_new_task
    second = studio.ask(KENTO, at=NOON + timedelta(minutes=1))
    assert (second.task_id, second.is_new_task, second.was_waiting) == (first.task_id, False, False)
    assert studio.ask(MISAKI).was_waiting
    [listed] = studio.database.read(tasks.open_tasks)
    assert (listed.unit_code, listed.waiting, listed.due_at) == ("W-10234", 2, TOMORROW)
    asset = studio.shoot()
    assert studio.told() == []
    studio.ready(asset)
    studio.ready(asset)
    assert studio.told() == [(tasks.READY, MISAKI, asset), (tasks.READY, KENTO, asset)]
    assert studio.database.read(tasks.open_tasks) == []


def test_a_poster_is_announced_before_the_film(studio: Studio) -> None:
    studio.ask(kind=None)
    asset = studio.shoot()
    studio.ready(asset, Readiness.POSTER)
    studio.ready(asset, Readiness.POSTER)
    assert studio.told() == [(tasks.SOON, MISAKI, asset)]
    assert len(studio.database.read(tasks.open_tasks)) == 1
    studio.ready(asset)
    assert studio.told() == [(tasks.SOON, MISAKI, asset), (tasks.READY, MISAKI, asset)]


def test_a_part_is_only_answered_by_that_part(studio: Studio) -> None:
    studio.ask(part=Part.CASE_BACK, kind=None)
    studio.ready(studio.shoot())
    studio.ready(studio.shoot(part=Part.DIAL))
    assert studio.told() == []
    back = studio.shoot(part=Part.CASE_BACK)
    studio.ready(back)
    assert studio.told() == [(tasks.READY, MISAKI, back)]


def test_a_film_is_not_answered_by_a_still(studio: Studio) -> None:
    studio.ask(kind=AssetKind.FILM)
    studio.ready(studio.shoot())
    assert studio.told() == []


def test_what_can_never_be_shown_answers_nobody(studio: Studio) -> None:
    studio.ask()
    studio.ready(studio.shoot(), Readiness.FAILED)
    studio.ready(studio.shoot(), Readiness.WAITING)
    assert studio.told() == []
    assert len(studio.database.read(tasks.open_tasks)) == 1


def test_asking_for_what_became_ready_meanwhile_is_answered_at_once(studio: Studio) -> None:
    asset = studio.shoot()
    studio.ready(asset)
    studio.ask()
    assert studio.told() == [(tasks.READY, MISAKI, asset)]


def test_after_an_answer_the_same_question_is_a_new_task(studio: Studio) -> None:
    first = studio.ask(part=Part.DIAL)
    studio.ready(studio.shoot(part=Part.DIAL))
    second = studio.ask(part=Part.CROWN)
    assert second.task_id != first.task_id


def test_no_task_is_closed_by_what_cannot_be_sent_yet(studio: Studio) -> None:
    """Else whoever waits is told nothing, and staff believe it is on its way."""
    promise = studio.ask(part=Part.CROWN)
    asset = studio.shoot()
    with pytest.raises(CaptureUnready):
        studio.database.write(
            lambda db: tasks.close_by_staff(
                db, promise.task_id, asset_id=asset, by="staff:1", now=NOON
            )
        )
    assert studio.told() == []


def test_staff_may_close_a_task_once(studio: Studio) -> None:
    promise = studio.ask(part=Part.CROWN)
    asset = studio.shoot()
    studio.ready(asset)

    def close(asset_id: AssetId | None) -> None:
        studio.database.write(
            lambda db: tasks.close_by_staff(
                db, promise.task_id, asset_id=asset_id, by="staff:1", now=NOON
            )
        )

    close(asset)
    assert studio.told() == [(tasks.READY, MISAKI, asset)]
    with pytest.raises(TaskClosed):
        close(None)


def test_a_capture_of_an_earlier_stay_answers_nobody_who_asks_now(studio: Studio) -> None:
    """What was captured before the piece left shows nothing of how it is since it came back."""
    asset = studio.shoot()
    studio.ready(asset)
    studio.database.write(
        lambda db: setattr(assets_queries.asset_of(db, asset), "captured_at", NOON)
    )

    def moved(db: Session, state: str, custody: str, at: datetime) -> None:
        unit = db.get_one(Unit, studio.unit_id)
        told = {"state": state, "custody": custody}
        items.change(db, unit, told, by="t", now=at, verb="moved")

    way = (("preparing", "dealer:shop"), ("delivered", "buyer"), ("inspection", "dealer:shop"))
    for hour, (state, custody) in enumerate(way, 1):
        at = NOON + timedelta(hours=hour)
        studio.database.write(lambda db, to=(state, custody), at=at: moved(db, *to, at))
    studio.ask(at=NOON + timedelta(hours=5))
    assert studio.told() == []
    assert len(studio.database.read(tasks.open_tasks)) == 1
