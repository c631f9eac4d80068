"""What staff hide is hidden from everybody outside, in every size and from the first moment of a
film to its last, also where it was shown before; the original stays as it is (evidence rule 10).
"""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import pyvips
from sqlmodel import select

from catalog.ground.record import AssetId, ConversationId
from catalog.ground.session.database import Database
from media.assets.kinds import AssetKind, Readiness
from media.decoding import ffmpeg
from media.decoding.masking import Mask
from media.log import queries as log
from media.originals.local import LocalStore
from media.originals.replicas import Replicas
from media.renditions import actions, making, masks, queries
from media.renditions.masks import Bare, MaskMalformed, MasksMoved
from media.renditions.tables import Recipe, Rendition, RenditionState
from media.renditions.tiles import Tiles
from media.retention import pages
from media.retention.rebuilding import rebuild
from media.sharing import passes
from media.sharing.passes import PassUnknown
from tests.databases import fresh
from tests.media.captures import NOON
from tests.media.renditions.test_making import Workbench

SERIAL = Mask(2000, 3000, 1500, 1000)  # where the serial number stands


@pytest.fixture
def bench(database: Database, store: LocalStore, tmp_path: Path) -> Workbench:
    return Workbench(database, store, tmp_path / "shots")


def white(path: Path, width: int = 2600, height: int = 1800) -> Path:
    """A bright picture, larger than is shown at once."""
    image = (pyvips.Image.black(width, height, bands=3) + 250).cast("uchar")
    path.parent.mkdir(parents=True, exist_ok=True)
    image.copy(interpretation="srgb").jpegsave(str(path), Q=90)
    return path


def draw(bench: Workbench, asset: AssetId, *drawn: Mask, after: int) -> int:
    return bench.database.write(
        lambda db: masks.draw(db, asset, drawn, after=after, by="staff:sato", now=NOON)
    )


def row(bench: Workbench, asset: AssetId, recipe: Recipe) -> Rendition:
    wanted = select(Rendition).where(Rendition.asset_id == asset, Rendition.recipe == recipe.value)
    return bench.database.read(lambda db: db.exec(wanted).one())


def bare(bench: Workbench, asset: AssetId) -> dict[Recipe, Bare]:
    return bench.database.read(lambda db: masks.bare(db, asset))


def content(bench: Workbench, key: str | None) -> bytes:
    assert key is not None
    return b"".join(bench.store.open(key))


def is_hidden(picture: bytes, mask: Mask = SERIAL) -> bool:
    """Whether the middle of the mask is black; around it, it is not."""
    image = pyvips.Image.new_from_buffer(picture, "")
    x = (mask.x + mask.width / 2) * image.width / 10_000
    y = (mask.y + mask.height / 2) * image.height / 10_000
    outside = (mask.x - 800) * image.width / 10_000
    assert max(image.getpoint(outside, y)) > 60
    return bool(max(image.getpoint(x, y)) < 24)


def pass_for(bench: Workbench, asset: AssetId, recipe: Recipe) -> str:
    rendition = row(bench, asset, recipe).id
    talk = ConversationId("line:Umisaki")
    tokens = bench.database.write(
        lambda db: passes.issue(db, [rendition], talk, purpose="test", now=NOON)
    )
    return str(tokens[rendition])


def served(bench: Workbench, token: str) -> bytes:
    found = bench.database.read(lambda db: passes.find(db, token, now=NOON))
    return content(bench, found.key)


def dropped(bench: Workbench) -> list[str]:
    """The files that are due to go."""
    due = bench.database.write(
        lambda db: masks.worklist.claim(
            db, [masks.DROP], worker="w", now=NOON, lease_seconds=60, limit=50
        )
    )
    return [each.subject for each in due]


def test_a_masked_picture_is_masked_in_every_size_also_under_old_links(
    bench: Workbench, tmp_path: Path
) -> None:
    asset = bench.take(white(tmp_path / "a.jpg"))
    bench.work()
    token = pass_for(bench, asset, Recipe.FULL)
    before = {recipe: row(bench, asset, recipe) for recipe in (Recipe.FULL, Recipe.TILES)}
    preview = row(bench, asset, Recipe.PREVIEW).key
    assert not is_hidden(served(bench, token))
    assert draw(bench, asset, SERIAL, after=0) == 1
    with pytest.raises(PassUnknown):  # from this moment on, and nothing shown meanwhile
        served(bench, token)
    assert bench.shown(AssetKind.STILL) is None
    assert bench.work() == [Readiness.WHOLE, Readiness.WHOLE]
    assert is_hidden(served(bench, token))
    for recipe in (Recipe.FULL, Recipe.PREVIEW):
        assert is_hidden(content(bench, row(bench, asset, recipe).key)), recipe
    tiled = row(bench, asset, Recipe.TILES)
    reader = Tiles(bench.store)
    assert tiled.key is not None
    for level in (8, 9):  # one tile each
        assert is_hidden(reader.tile(tiled.key, f"{level}/0_0.jpg"))
    at = pyvips.Image.new_from_buffer(reader.tile(tiled.key, "12/1_1.jpg"), "")
    assert max(at.getpoint(2600 * 0.27 - 512, 1800 * 0.35 - 512)) < 24
    held = bare(bench, asset)  # the same files as before, for the house
    assert {recipe: each.key for recipe, each in held.items()} == {
        recipe: each.key for recipe, each in before.items()
    }
    assert not is_hidden(content(bench, held[Recipe.FULL].key))
    assert dropped(bench) == [preview]
    assert bench.kept(asset)


def frames(film: bytes, folder: Path) -> list[bytes]:
    """Every fifth picture of a film."""
    path = folder / "film.mp4"
    path.write_bytes(film)
    command = [
        ffmpeg.find(),
        "-loglevel",
        "error",
        "-i",
        str(path),
        "-vf",
        "select=not(mod(n\\,5))",
    ]
    subprocess.run([*command, "-vsync", "0", str(folder / "frame%03d.png")], check=True, timeout=60)
    return [each.read_bytes() for each in sorted(folder.glob("frame*.png"))]


def test_a_masked_film_is_masked_from_its_first_moment_to_its_last(
    bench: Workbench, ready_film: Path, tmp_path: Path
) -> None:
    asset = bench.take(ready_film)
    bench.work()
    token = pass_for(bench, asset, Recipe.FILM)
    mask = Mask(4000, 4000, 2000, 2000)
    draw(bench, asset, mask, after=0)
    assert bench.work()[-1] is Readiness.WHOLE
    shown = frames(served(bench, token), tmp_path)
    assert len(shown) >= 5
    for each in [*shown, content(bench, row(bench, asset, Recipe.POSTER).key)]:
        image = pyvips.Image.new_from_buffer(each, "")
        middle = image.crop(image.width * 0.41, image.height * 0.41, image.width * 0.18, 60)
        assert middle.avg() < 24
    assert set(bare(bench, asset)) == {Recipe.FILM, Recipe.POSTER}


def test_what_was_begun_before_a_mask_was_drawn_is_never_shown(
    bench: Workbench, tmp_path: Path
) -> None:
    """A worker that had read the job makes an unmasked picture, and is too late."""
    asset = bench.take(white(tmp_path / "a.jpg", 800, 600))
    [work] = bench.due()
    job = bench.database.read(lambda db: queries.job(db, work))
    draw(bench, asset, SERIAL, after=0)
    made = making.make(job, bench.tools)
    told = bench.database.write(lambda db: actions.record(db, job, made, now=NOON))
    assert told is Readiness.WAITING
    assert bench.shown(AssetKind.STILL) is None
    assert bare(bench, asset) == {}
    assert sorted(dropped(bench)) == sorted(each.key for each in made.files)
    bench.database.write(lambda db: masks.worklist.done(db, work, worker="test", now=NOON))
    bench.work()
    assert is_hidden(content(bench, row(bench, asset, Recipe.FULL).key))
    assert not is_hidden(content(bench, bare(bench, asset)[Recipe.FULL].key))


def test_each_set_of_masks_is_a_fact_with_who_and_when_and_the_last_one_counts(
    bench: Workbench, tmp_path: Path
) -> None:
    asset = bench.take(white(tmp_path / "a.jpg", 800, 600))
    bench.work()
    other = Mask(6000, 6000, 500, 500)
    draw(bench, asset, SERIAL, after=0)
    assert draw(bench, asset, SERIAL, after=0) == 1  # sent twice
    bench.work()
    first = row(bench, asset, Recipe.FULL).key
    with pytest.raises(MasksMoved):
        draw(bench, asset, other, after=0)
    draw(bench, asset, SERIAL, other, after=1)
    bench.work()
    assert first in dropped(bench)
    assert is_hidden(content(bench, row(bench, asset, Recipe.FULL).key), other)
    assert draw(bench, asset, after=2) == 3
    bench.work()
    assert not is_hidden(content(bench, row(bench, asset, Recipe.FULL).key))
    assert bare(bench, asset) == {}
    shown = row(bench, asset, Recipe.FULL)
    assert shown.state == RenditionState.READY.value
    assert shown.key not in dropped(bench)
    told = bench.database.read(lambda db: masks.history(db, asset))
    assert [(each.number, len(each.boxes), each.drawn_by) for each in told] == [
        (1, 1, "staff:sato"), (2, 2, "staff:sato"), (3, 0, "staff:sato"),
    ]  # fmt: skip
    leaves = [bench.database.read(lambda db, n=each.log_number: log.leaf(db, n)) for each in told]
    facts = [json.loads(leaf.payload) for leaf in leaves]
    assert [each["kind"] for each in facts] == ["asset.masked"] * 3
    assert facts[0]["masks"] == [[2000, 3000, 1500, 1000]]
    assert bench.kept(asset)


@pytest.mark.parametrize(
    "drawn",
    [
        [Mask(-1, 0, 10, 10)], [Mask(0, 0, 0, 10)], [Mask(9999, 0, 2, 10)],
        [Mask(0, 9000, 10, 1001)], [Mask(n, 0, 10, 10) for n in range(masks.MOST + 1)],
    ],
)  # fmt: skip
def test_a_mask_lies_inside_and_they_are_not_too_many(
    bench: Workbench, tmp_path: Path, drawn: list[Mask]
) -> None:
    asset = bench.take(white(tmp_path / "a.jpg", 64, 64))
    with pytest.raises(MaskMalformed):
        draw(bench, asset, *drawn, after=0)


@pytest.fixture
def empty(database: Database, tmp_path: Path) -> Iterator[Database]:
    folder = tmp_path / "anew"
    folder.mkdir()
    with fresh("sqlite" if database.dialect == "sqlite" else "postgres", folder) as opened:
        yield opened


def test_masks_come_back_with_the_log_when_the_database_is_gone(
    bench: Workbench, empty: Database, tmp_path: Path
) -> None:
    asset = bench.take(white(tmp_path / "a.jpg", 800, 600))
    draw(bench, asset, SERIAL, after=0)
    pages.write(bench.database, Replicas(bench.store))
    rebuild(empty, bench.store, now=NOON)
    again = Workbench.__new__(Workbench)
    again.database, again.store, again.tools = empty, bench.store, bench.tools
    assert empty.read(lambda db: masks.masks_of(masks.current(db, asset))) == (SERIAL,)
    again.work()
    assert is_hidden(content(again, row(again, asset, Recipe.FULL).key))
    rebuild(empty, bench.store, now=NOON)  # again changes nothing
    assert empty.read(lambda db: masks.number_of(db, asset)) == 1
