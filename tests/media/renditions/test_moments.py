"""A still out of a film (R-010): what it shows at that moment, hidden where the film is, and never
in the way of the film itself.
"""

from pathlib import Path

import pytest
import pyvips
from sqlmodel import Session

from catalog.ground.record import AssetId, new_id
from catalog.ground.session.database import Database
from media.assets.kinds import MOMENT_WORK, AssetKind
from media.decoding.masking import Mask
from media.originals.local import LocalStore
from media.renditions import actions, making, moments, queries
from media.renditions.moments import Moment, MomentMalformed, MomentsRefused
from media.renditions.tables import Recipe, Rendition
from media.sharing import passes, standing
from tests.media import captures
from tests.media.captures import NOON
from tests.media.renditions.test_making import Workbench
from tests.media.renditions.test_masks import content, draw, pass_for, served

COLOURS = ("red", "green", "blue")


@pytest.fixture
def bench(database: Database, store: LocalStore, tmp_path: Path) -> Workbench:
    return Workbench(database, store, tmp_path / "shots")


@pytest.fixture
def three_colours(tmp_path: Path) -> Path:
    """A second of each."""
    parts = [f"color={each}:s=640x360:r=10:d=1[c{n}]" for n, each in enumerate(COLOURS)]
    shown = ";".join(parts) + ";[c0][c1][c2]concat=n=3[out]"
    codec = ("-filter_complex", shown, "-map", "[out]", "-c:v", "libx264", "-pix_fmt", "yuv420p")
    told = ("-metadata", "comment=GINZA", "-metadata", "location=+35.6700+139.7600/")
    return captures.film(tmp_path / "colours.mp4", seconds=3, sound=False, codec=codec, extra=told)


def ask(bench: Workbench, asset: AssetId, at_ms: int) -> Moment | None:
    return bench.database.write(lambda db: moments.ask(db, asset, at_ms, now=NOON))


def got(bench: Workbench, asset: AssetId, at_ms: int) -> bytes:
    """The still of that moment out of the store."""
    found = bench.database.read(lambda db: moments.one(db, asset, at_ms))
    assert found is not None
    passed = bench.database.read(lambda db: passes.of_rendition(db, found.rendition_id))
    assert passed.mime == "image/jpeg"
    return content(bench, passed.key)


def colour(picture: bytes, x: int = 10, y: int = 10) -> str:
    shown = pyvips.Image.new_from_buffer(picture, "").getpoint(x, y)
    return COLOURS[shown.index(max(shown))] if max(shown) > 60 else "black"


def test_a_still_shows_what_the_film_shows_then_also_at_its_very_end(
    bench: Workbench, three_colours: Path
) -> None:
    asset = bench.take(three_colours)
    bench.work()
    for at_ms in (200, 1500, 3000):
        assert ask(bench, asset, at_ms) is None
        assert ask(bench, asset, at_ms) is None  # twice is once
    assert len(bench.work()) == 3
    assert [colour(got(bench, asset, each)) for each in (200, 1500, 3000)] == list(COLOURS)
    told = bench.database.read(lambda db: moments.of(db, asset))
    assert [each.at_ms for each in told] == [200, 1500, 3000]
    assert ask(bench, asset, 1500) == told[1]
    assert bench.work() == []
    assert b"GINZA" in three_colours.read_bytes()
    assert not any(each in got(bench, asset, 1500) for each in (b"GINZA", b"139.76", b"Exif"))
    still = pyvips.Image.new_from_buffer(got(bench, asset, 1500), "")
    assert (still.width, still.height) == (640, 360)


def test_many_stills_never_stand_before_the_film(bench: Workbench, ready_film: Path) -> None:
    asset = bench.take(ready_film)
    bench.work()
    before = bench.shown(AssetKind.FILM)

    def unit(db: Session) -> None:
        for at_ms in range(1, 41):
            db.add(
                Rendition(
                    id=new_id(NOON), asset_id=asset, recipe=Recipe.MOMENT.value, version=1,
                    at_ms=at_ms, state="ready", key=f"renditions/{asset}/m{at_ms}", sha256="0",
                    bytes=1, mime="image/jpeg", made_at=NOON,
                )
            )  # fmt: skip

    bench.database.write(unit)
    assert before is not None and before.film is not None and before.poster is not None
    assert bench.shown(AssetKind.FILM) == before
    assert bench.database.read(lambda db: queries.of_asset(db, asset)) == before
    looked_after = bench.database.read(lambda db: standing._needed(db, {asset: AssetKind.FILM}))
    assert {each.recipe for each in looked_after} == {Recipe.FILM, Recipe.POSTER}


def test_a_still_is_masked_with_its_film_also_under_old_links(
    bench: Workbench, three_colours: Path
) -> None:
    asset = bench.take(three_colours)
    bench.work()
    ask(bench, asset, 1500)
    bench.work()
    token = pass_for(bench, asset, Recipe.MOMENT)
    assert colour(served(bench, token), 320, 180) == "green"
    ask(bench, asset, 2500)
    [work] = bench.due()
    job = bench.database.read(lambda db: queries.job(db, work))
    draw(bench, asset, Mask(4000, 4000, 2000, 2000), after=0)
    with pytest.raises(passes.PassUnknown):
        served(bench, token)
    made = making.make(job, bench.tools)  # begun before the mask was drawn: too late

    def too_late(db: Session) -> None:
        moments.worklist.done(db, work, worker="test", now=NOON)
        actions.record(db, job, made, now=NOON)
        moments.made(db, work, failed=False, now=NOON)

    bench.database.write(too_late)
    assert bench.database.read(lambda db: moments.of(db, asset)) == []
    bench.work()
    for at_ms, shown in ((1500, "green"), (2500, "blue")):
        still = got(bench, asset, at_ms)
        assert (colour(still), colour(still, 320, 180)) == (shown, "black")
    assert colour(served(bench, token), 320, 180) == "black"


def test_a_still_is_taken_out_of_a_film_within_it_and_not_without_end(
    bench: Workbench, ready_film: Path, tmp_path: Path
) -> None:
    photo = bench.take(captures.still(tmp_path / "a.jpg"))
    film = bench.take(ready_film)
    bench.work()
    with pytest.raises(MomentsRefused):
        ask(bench, photo, 0)
    for at_ms in (-1, 3_600_000):
        with pytest.raises(MomentMalformed):
            ask(bench, film, at_ms)
    for at_ms in range(moments.MOST):
        ask(bench, film, at_ms)
    ask(bench, film, 3)  # one of them
    with pytest.raises(MomentsRefused):
        ask(bench, film, moments.MOST)


def test_who_asked_hears_of_it_once(bench: Workbench, ready_film: Path) -> None:
    asset = bench.take(ready_film)
    bench.work()
    told_to = {"conversation": "line:U1", "lang": "ja"}
    for _ in range(2):
        bench.database.write(lambda db: moments.ask(db, asset, 300, now=NOON, told_to=told_to))
    ask(bench, asset, 300)  # somebody of the shop, who looks by themselves
    bench.work()
    due = bench.database.write(
        lambda db: moments.worklist.claim(
            db, [moments.READY, MOMENT_WORK], worker="w", now=NOON, lease_seconds=60, limit=9
        )
    )
    assert [(each.kind, each.subject) for each in due] == [(moments.READY, "line:U1")]
    assert due[0].facts == {"at_ms": 300, "asset": asset, **told_to}
