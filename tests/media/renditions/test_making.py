"""From a capture to what is shown: made without a transaction, recorded in one."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import Session

from catalog.ground import worklist
from catalog.ground.errors import Unavailable
from catalog.ground.record import AssetId, Sha256, UnitId
from catalog.ground.session.database import Database
from catalog.items import queries as items
from catalog.items.rules import STAFF
from media.assets import queries as assets
from media.assets.kinds import MOMENT_WORK, AssetKind, Part, Readiness
from media.intake.take import Entrance, Wish, take
from media.originals.local import LocalStore
from media.originals.store import original_key
from media.renditions import actions, making, moments, queries
from media.renditions.making import Job, Made, Tools
from media.renditions.queries import Showable
from media.renditions.tables import RenditionState
from media.sharing import shares
from tests.media import captures
from tests.media.captures import NOON


class Workbench:
    """Takes captures in and works the due rows, as the workers do."""

    def __init__(self, database: Database, store: LocalStore, folder: Path) -> None:
        self.database, self.store, self.folder = database, store, folder
        self.tools = Tools(store)
        self.entrance = Entrance(database, store, actor="test")
        self.unit_id: UnitId = captures.unit(database)

    def take(self, source: Path, *, part: Part | None = None, name: str | None = None) -> AssetId:
        path = self.folder / (name or source.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(source.read_bytes())
        return take(path, self.entrance, now=NOON, wish=Wish("W-10234", part)).asset_id

    def due(self) -> list[worklist.DueWork]:
        return self.database.write(
            lambda db: worklist.claim(
                db, (*making.KINDS, MOMENT_WORK), worker="test", now=NOON, lease_seconds=60, limit=1
            )
        )

    def work(self, tools: Tools | None = None) -> list[Readiness]:
        """Work all that is due; how far each step brought its asset."""
        steps: list[Readiness] = []
        while found := self.due():
            [work] = found
            job = self.database.read(lambda db, work=work: queries.job(db, work))
            made = making.make(job, tools or self.tools)

            def unit(
                db: Session, work: worklist.DueWork = work, job: Job = job, made: Made = made
            ) -> Readiness:
                worklist.done(db, work, worker="test", now=NOON)
                readiness = actions.record(db, job, made, now=NOON)
                if job.at_ms is not None:
                    moments.made(db, work, failed=made.failure is not None, now=NOON)
                return readiness

            steps.append(self.database.write(unit))
        return steps

    def shown(self, kind: AssetKind, part: Part | None = None) -> Showable | None:
        return self.database.read(lambda db: queries.showable(db, self.unit_id, kind, part))

    def kept(self, asset_id: AssetId) -> bool:
        digest = self.database.read(lambda db: assets.asset_of(db, asset_id).sha256)
        content = b"".join(self.store.open(original_key(Sha256(digest))))
        return hashlib.sha256(content).hexdigest() == digest


@pytest.fixture
def bench(database: Database, store: LocalStore, tmp_path: Path) -> Workbench:
    return Workbench(database, store, tmp_path / "shots")


def test_a_still_is_shown_in_two_sizes(bench: Workbench, tmp_path: Path) -> None:
    assert bench.shown(AssetKind.STILL) is None
    asset = bench.take(captures.still(tmp_path / "a.jpg", width=3000, height=2000))
    assert bench.work() == [Readiness.WHOLE, Readiness.WHOLE]  # the second made its tiles
    shown = bench.shown(AssetKind.STILL)
    assert shown is not None
    assert shown.asset_id == asset
    assert shown.full is not None
    assert shown.preview is not None
    assert (shown.width, shown.height, shown.is_pending) == (2048, 1365, False)
    assert bench.shown(AssetKind.FILM) is None


def test_a_ready_film_is_shown_in_one_step(bench: Workbench, ready_film: Path) -> None:
    bench.take(ready_film)
    assert bench.work() == [Readiness.WHOLE]
    shown = bench.shown(AssetKind.FILM)
    assert shown is not None
    assert shown.film is not None
    assert shown.poster is not None
    assert (shown.width, shown.height) == (640, 360)
    assert shown.duration_ms == pytest.approx(1000, abs=100)


def test_a_film_made_anew_shows_its_poster_first(bench: Workbench, other_film: Path) -> None:
    asset = bench.take(other_film)
    [work] = bench.due()
    job = bench.database.read(lambda db: queries.job(db, work))
    made = making.make(job, bench.tools)
    assert made.needs_transcode
    assert bench.database.write(lambda db: actions.record(db, job, made, now=NOON)) == "poster"
    bench.database.write(lambda db: worklist.done(db, work, worker="test", now=NOON))
    shown = bench.shown(AssetKind.FILM)
    assert shown is not None
    assert shown.is_pending
    assert (shown.film, shown.poster is None) == (None, False)
    assert bench.work() == [Readiness.WHOLE]
    shown = bench.shown(AssetKind.FILM)
    assert shown is not None
    assert (shown.asset_id, shown.is_pending) == (asset, False)


def test_a_film_too_long_for_a_messenger_is_watched_on_pages_alone(
    bench: Workbench, tmp_path: Path
) -> None:
    """Of half an hour: nobody is promised it in a chat, and the house and share pages play it."""
    slow = ("-vf", "setpts=PTS*1800", "-r", "0.2")
    path = captures.film(tmp_path / "W-10234_07.mp4", size="64x48", sound=False, extra=slow)
    asset = bench.take(path)
    assert bench.work() == [Readiness.WAITING, Readiness.PAGES]
    assert bench.shown(AssetKind.FILM) is None
    shown = bench.database.read(lambda db: queries.of_asset(db, asset))
    assert shown is not None
    assert shown.film is None
    assert shown.playing == shown.long is not None
    assert shown.poster is not None
    assert shown.is_pending  # for good, as far as a chat goes
    assert shown.duration_ms is not None
    assert shown.duration_ms > 1_500_000
    assert bench.database.read(queries.troubles) == []

    def passed_on(db: Session) -> list[AssetId]:
        piece = items.by_id(db, UnitId("unit-W-10234"), viewer=STAFF)
        assert piece is not None
        return shares.offered(db, piece, STAFF)

    assert bench.database.read(passed_on) == [asset]


def test_a_finished_film_is_shown_before_a_later_one_still_being_made(
    bench: Workbench, ready_film: Path, other_film: Path
) -> None:
    first = bench.take(ready_film)
    bench.work()
    second = bench.take(other_film)
    [work] = bench.due()
    job = bench.database.read(lambda db: queries.job(db, work))
    made = making.make(job, bench.tools)
    bench.database.write(lambda db: actions.record(db, job, made, now=NOON))
    shown = bench.shown(AssetKind.FILM)
    assert shown is not None
    assert (shown.asset_id, shown.is_pending) == (first, False)
    assert second != first


def test_the_whole_piece_comes_before_its_parts_and_a_part_when_asked(
    bench: Workbench, tmp_path: Path
) -> None:
    whole = bench.take(captures.still(tmp_path / "a.jpg", seed=1))
    back = bench.take(captures.still(tmp_path / "b.jpg", seed=2), part=Part.CASE_BACK)
    bench.work()
    anything = bench.shown(AssetKind.STILL)
    part = bench.shown(AssetKind.STILL, Part.CASE_BACK)
    assert anything is not None
    assert part is not None
    assert (anything.asset_id, part.asset_id) == (whole, back)
    assert bench.shown(AssetKind.STILL, Part.DIAL) is None
    available = bench.database.read(lambda db: queries.available(db, bench.unit_id))
    assert set(available) == {(AssetKind.STILL, None), (AssetKind.STILL, Part.CASE_BACK)}


def text(path: Path) -> Path:
    path.write_text("this is not a film")
    return path


def playlist(path: Path) -> Path:
    path.write_text("#EXTM3U\n#EXTINF:9,\nhttp://127.0.0.1:1/x.ts\n")
    return path


def cut_off(path: Path) -> Path:
    captures.still(path)
    path.write_bytes(path.read_bytes()[:5000])
    return path


@pytest.mark.parametrize(
    ("hostile", "name", "reason"),
    [
        (captures.bomb, "bomb.png", "too many pixels"),
        (cut_off, "cut.jpg", "cannot be read"),
        (text, "text.mp4", "neither a picture nor a film"),
        (playlist, "list.mp4", "neither a picture nor a film"),
    ],
)
def test_a_hostile_file_is_kept_reported_once_and_harms_no_neighbour(
    bench: Workbench,
    tmp_path: Path,
    hostile: Callable[[Path], Path],
    name: str,
    reason: str,
) -> None:
    bad = bench.take(hostile(tmp_path / name))
    good = bench.take(captures.still(tmp_path / "good.jpg"))
    assert set(bench.work()) == {Readiness.FAILED, Readiness.WHOLE}
    assert bench.kept(bad)
    troubles = bench.database.read(queries.troubles)
    assert {each.asset_id for each in troubles} == {bad}
    assert {each.state for each in troubles} == {RenditionState.FAILED}
    assert all(reason in each.error and "\n" not in each.error for each in troubles)
    shown = bench.shown(AssetKind.STILL)
    assert shown is not None
    assert shown.asset_id == good
    assert [each.id for each in bench.database.read(assets.failed)] == [bad]
    assert list(bench.store.staging.iterdir()) == []


def test_without_the_program_a_film_waits_and_is_made_later(
    bench: Workbench, ready_film: Path
) -> None:
    asset = bench.take(ready_film)
    [work] = bench.due()
    job = bench.database.read(lambda db: queries.job(db, work))
    with pytest.raises(Unavailable) as missing:
        making.make(job, Tools(bench.store, ffmpeg="/nowhere/ffmpeg"))

    def put_off(db: Session) -> None:
        actions.wait(db, job, reason=str(missing.value), now=NOON)
        worklist.postpone(db, work, until=NOON)

    bench.database.write(put_off)
    [trouble, _] = bench.database.read(queries.troubles)
    assert trouble.state is RenditionState.WAITING
    assert "ffmpeg" in trouble.error
    assert bench.kept(asset)
    assert bench.work() == [Readiness.WHOLE]
    assert bench.database.read(queries.troubles) == []


def test_making_twice_leaves_one_of_each(bench: Workbench, tmp_path: Path) -> None:
    bench.take(captures.still(tmp_path / "a.jpg"))
    [work] = bench.due()
    job = bench.database.read(lambda db: queries.job(db, work))
    for _ in range(2):
        made = making.make(job, bench.tools)
        bench.database.write(lambda db, made=made: actions.record(db, job, made, now=NOON))
    before = bench.shown(AssetKind.STILL)
    late = Made(failure="a late complaint")
    bench.database.write(lambda db: actions.record(db, job, late, now=NOON))
    assert bench.shown(AssetKind.STILL) == before
    assert replace(job, makes_film=True) != job
