"""What names and folders say, however people write them."""

from pathlib import PurePath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.assets.kinds import Part
from media.intake.naming import PART_WORDS, clean_name, item_hint, part_of

HOT = PurePath("/hot")

codes = st.builds(
    lambda letter, number: f"{letter}-{number}",
    st.sampled_from("WDBA"),
    st.integers(min_value=100, max_value=9_999_999),
)


@pytest.mark.parametrize(
    ("name", "code", "part"),
    [
        ("W-10234_01.mp4", "W-10234", None),
        ("W-10234_case_back_01.jpg", "W-10234", Part.CASE_BACK),
        ("W-10234/IMG_0001.JPG", "W-10234", None),
        ("W-10234/裏蓋/DSC00123.JPG", "W-10234", Part.CASE_BACK),
        ("W-10234/風防/IMG_0001.JPG", "W-10234", Part.CRYSTAL),
        ("w-10234 Case Back.jpg", "W-10234", Part.CASE_BACK),
        ("W-10234_case.jpg", "W-10234", Part.CASE),
        ("W-10234_bookcase.jpg", "W-10234", None),
        ("B-20001_四隅/2.jpg", "B-20001", Part.CORNER),
        ("Ｗ－１０２３４＿０１．ＭＰ４", "W-10234", None),
        ("W−10234.mp4", "W-10234", None),
        ("w10234.mov", "W-10234", None),
        ("W 10234.mov", "W-10234", None),
        ("2026-09-17/W-10234/clip.mp4", "W-10234", None),
        ("W-10234/W-10235_01.mp4", "W-10235", None),
        ("W-10234/C0001.MP4", "W-10234", None),
        ("w10234/C0001.MP4", "W-10234", None),
        ("IMG_0001.JPG", None, None),
        ("DSC00123.JPG", None, None),
        ("IMG-20260917-WA0001.jpg", None, None),
        ("2026-09-17.jpg", None, None),
        ("IMG_E1234.JPG", None, None),
        ("C0001.MP4", None, None),
        ("C1234.MP4", None, None),
        ("L1000123.DNG", None, None),
        ("R0012345.JPG", None, None),
        ("P1000123.JPG", None, None),
        ("B0001234.3FR", None, None),
        ("_MG_1234.CR2", None, None),
        ("B-0001234.jpg", "B-0001234", None),
        ("C-0001.MP4", "C-0001", None),
        ("ダイヤル.jpg", None, Part.DIAL),
    ],
)
def test_a_name_is_understood(name: str, code: str | None, part: Part | None) -> None:
    hint = item_hint(HOT / name, HOT)
    assert (hint.code, hint.part) == (code, part)


def test_folders_above_the_hot_folder_say_nothing() -> None:
    root = PurePath("/srv/W-99999/hot")
    assert item_hint(root / "IMG_1.jpg", root).code is None


@given(codes, st.integers(0, 99), st.sampled_from(["", "0x", "full", "lower", "bare"]))
def test_every_way_of_writing_a_code_is_the_same_code(code: str, number: int, way: str) -> None:
    written = code
    if way == "full":
        written = "".join(chr(ord(each) + 0xFEE0) for each in code)
    elif way == "lower":
        written = code.lower()
    elif way == "bare":
        written = code.replace("-", "")
    for name in (f"{written}_{number:02}.mp4", f"{written}/IMG_{number:04}.JPG"):
        hint = item_hint(HOT / name, HOT)
        assert hint.code == code
        assert hint.is_sure == (way != "bare")


TOLD = [(part, word) for part, words in PART_WORDS.items() for word in words.split()]


@given(codes, st.sampled_from(TOLD))
def test_every_word_for_a_part_is_found_in_names_and_folders(
    code: str, told: tuple[Part, str]
) -> None:
    part, word = told
    for name in (f"{code}_{word}_01.jpg", f"{code}/{word}/IMG_0001.JPG", f"{word}/{code}.jpg"):
        hint = item_hint(HOT / name, HOT)
        assert (hint.code, hint.part) == (code, part)


@given(st.text(max_size=60))
def test_any_name_has_an_answer(name: str) -> None:
    path = HOT / (name.replace("\0", "") or "x")
    item_hint(path, HOT)
    part_of(name)


@given(st.text(max_size=400))
def test_a_cleaned_name_is_safe_to_show(name: str) -> None:
    shown = clean_name(name)
    assert 0 < len(shown.encode()) <= 255
    assert "/" not in shown
    assert "\\" not in shown
    assert shown not in (".", "..")
    assert all(each.isprintable() or each == "\u3000" or each.isspace() for each in shown)


def test_a_name_that_climbs_keeps_only_its_last_step() -> None:
    assert clean_name("../../etc/passwd") == "passwd"
    assert clean_name("..\\..\\boot.ini") == "boot.ini"
    assert clean_name("..") == "unnamed"
    assert clean_name("a\u202egpj.exe") == "agpj.exe"
