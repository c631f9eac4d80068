"""Pictures through the jailed child: upright, small, without secrets; hostile ones are refused."""

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
import pyvips

from media.assets.kinds import Spot
from media.decoding import stills
from media.decoding.runner import NoRoom
from media.decoding.sniff import Format, NotAPicture, must_be
from media.decoding.stills import PictureTooLarge, PictureUnreadable
from media.intake import tags
from tests.disks import small_disk
from tests.media import captures


def test_a_picture_tells_its_time_camera_and_place(tmp_path: Path) -> None:
    path = captures.still_with_exif(tmp_path / "one.jpg")
    facts = stills.look(path, Format.JPEG)
    assert (facts.width, facts.height) == (200, 400)
    assert facts.taken == datetime(2026, 9, 16, 18, 30, tzinfo=timezone(timedelta(hours=9)))
    assert facts.device == "Canon EOS R5"
    assert facts.spot == Spot(35.675, 139.75)


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_what_is_made_is_upright_and_says_nothing_of_camera_or_place(
    tmp_path: Path, orientation: int
) -> None:
    path = captures.still_with_exif(tmp_path / "one.jpg", orientation=orientation)
    both = stills.make(path, Format.JPEG, tmp_path)
    for made in (both.full, both.preview):
        image = pyvips.Image.new_from_file(str(made.path))
        assert (made.width, made.height) == (image.width, image.height)
        assert (image.width > image.height) == (orientation in (1, 3))
        red_at = {1: (5, 5), 3: (-5, -5), 6: (5, 5), 8: (5, -5)}[orientation]
        pixel = image.getpoint(red_at[0] % image.width, red_at[1] % image.height)
        assert pixel[0] > 150 > pixel[2]
        assert not image.get_typeof("orientation")
        content = made.path.read_bytes()
        for secret in (b"Canon", b"2026:09:16", b"GPS", b"Exif"):
            assert secret not in content


def test_a_large_picture_is_made_small_enough_for_a_chat(tmp_path: Path) -> None:
    path = captures.still(tmp_path / "large.jpg", width=5000, height=3000)
    made = stills.make(path, Format.JPEG, tmp_path)
    full, preview = made.full, made.preview
    assert (made.width, made.height) == (5000, 3000)
    assert (full.width, full.height) == (2048, 1229)
    assert (preview.width, preview.height) == (800, 480)
    assert full.path.stat().st_size <= 10_000_000
    assert preview.path.stat().st_size <= 1_000_000


@pytest.mark.parametrize("suffix", [".png", ".webp", ".tif"])
def test_transparent_deep_and_grey_pictures_become_plain_ones(tmp_path: Path, suffix: str) -> None:
    deep = (pyvips.Image.black(300, 200, bands=4) + 128).cast("uchar").copy(interpretation="srgb")
    if suffix != ".webp":
        deep = deep.cast("ushort") * 257
        deep = deep.cast("ushort").copy(interpretation="rgb16")
    path = tmp_path / f"deep{suffix}"
    deep.write_to_file(str(path))
    grey = tmp_path / f"grey{suffix}"
    (pyvips.Image.black(300, 200) + 200).cast("uchar").write_to_file(str(grey))
    for each in (path, grey):
        full = stills.make(each, must_be(each), tmp_path).full
        image = pyvips.Image.new_from_file(str(full.path))
        assert (image.width, image.height, image.format) == (300, 200, "uchar")
        assert image.bands in (1, 3)


def test_a_bomb_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    path = captures.bomb(tmp_path / "bomb.png")
    assert path.stat().st_size < 2_000_000
    with pytest.raises(PictureTooLarge):
        stills.make(path, Format.PNG, tmp_path)
    with pytest.raises(PictureTooLarge):
        stills.look(path, Format.PNG, scan=True)


def test_a_cut_off_picture_is_unreadable(tmp_path: Path) -> None:
    path = captures.still(tmp_path / "one.jpg")
    path.write_bytes(path.read_bytes()[:9_000])
    with pytest.raises(PictureUnreadable):
        stills.make(path, Format.JPEG, tmp_path)
    assert not (tmp_path / "full.jpg").exists()


def test_a_heading_without_a_picture_is_unreadable(tmp_path: Path) -> None:
    for form, head in ((Format.JPEG, b"\xff\xd8\xff\xe0"), (Format.HEIC, b"\0\0\0\x18ftypheic")):
        path = tmp_path / f"broken.{form.value}"
        path.write_bytes(head + b"rubbish" * 50)
        with pytest.raises(PictureUnreadable):
            stills.make(path, form, tmp_path)


def test_a_film_is_no_picture(tmp_path: Path, ready_film: Path) -> None:
    with pytest.raises(NotAPicture):
        stills.make(ready_film, Format.MP4, tmp_path)


def test_a_photographed_tag_is_read(tmp_path: Path) -> None:
    path = captures.tag_photo(tmp_path / "tag.jpg", "W-10234")
    facts = stills.look(path, Format.JPEG, scan=True)
    assert [tags.read(text) for text in facts.tags] == ["W-10234"]
    assert stills.look(path, Format.JPEG).tags == ()


@pytest.mark.parametrize(
    ("taken", "offset", "is_time"),
    [
        ("2026:09:16 18:30:00", None, True),
        ("2026-09-16 18:30:00", "+09:00", True),
        ("2026:09:16 18:30:00", "nonsense", True),
        ("0000:00:00 00:00:00", None, False),
        ("1970:01:01 00:00:00", None, False),
        ("    :  :     :  :  ", None, False),
        ("yesterday", None, False),
        (None, None, False),
    ],
)
def test_only_real_times_count(taken: str | None, offset: str | None, is_time: bool) -> None:
    moment = stills.taken_moment(taken, offset)
    assert (moment is not None) == is_time
    if moment is not None:
        assert (moment.tzinfo is not None) == (offset == "+09:00")


@pytest.mark.parametrize("orientation", [1, 6])
def test_a_disk_that_is_full_says_nothing_against_the_picture(
    tmp_path: Path, orientation: int
) -> None:
    path = captures.still(tmp_path / "large.jpg", width=3000, height=2000)
    turned = pyvips.Image.new_from_file(str(path)).copy()
    turned.set_type(pyvips.GValue.gint_type, "orientation", orientation)
    turned.jpegsave(str(tmp_path / "turned.jpg"), Q=85)
    with small_disk(tmp_path, megabytes=1) as disk, pytest.raises(NoRoom):
        stills.tiles(tmp_path / "turned.jpg", Format.JPEG, disk)
    assert stills.tiles(tmp_path / "turned.jpg", Format.JPEG, tmp_path).path.exists()
