"""Every way of writing a code or a name folds to one (R-090)."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.items import lexicon, names
from catalog.items.words import code_of, codes, fold, grams, words

letters = st.text("ABCDWX", min_size=1, max_size=4)
digits = st.text("0123456789", min_size=3, max_size=9)
WIDE = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-",
    "ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ０１２３４５６７８９－",
)


@given(letters, digits, st.sampled_from(["-", "", " ", "－", "−", "–", "‐", "ー"]), st.booleans())
def test_a_code_is_found_however_it_is_written(
    letter: str, number: str, hyphen: str, is_wide: bool
) -> None:
    written = f"{letter}{hyphen}{number}"
    written = written.translate(WIDE) if is_wide else written.lower()
    assert codes(f"これ({written})の動画") == [f"{letter}-{number}"]


@given(st.text(max_size=200))
def test_any_text_has_words_grams_and_codes_without_error(text: str) -> None:
    assert isinstance(words(text), list)
    assert all(1 <= len(gram) <= 2 for gram in grams(text))
    assert all(code_of(code) == code for code in codes(text))
    assert fold(fold(text)) == fold(text) or "ー" in fold(text)


@pytest.mark.parametrize("text", ["12345", "W-12", "ABCDE-123", "order ORD20260801", ""])
def test_what_is_no_code_is_none(text: str) -> None:
    assert codes(text) == []


def test_two_codes_are_found_in_order_and_each_once() -> None:
    assert codes("W-1042 w1043 W-1042") == ["W-1042", "W-1043"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ロレのデイトナ", ["rolex", "daytona"]),
        ("スピマスの動画", ["speedmaster"]),
        ("黒サブありますか", ["submariner"]),
        ("rolex sub", ["rolex", "submariner"]),
        ("Patek Philippe Nautilus 5711", ["patek_philippe", "nautilus"]),
        ("ﾛﾚｯｸｽ ｻﾌﾞﾏﾘｰﾅ", ["rolex", "submariner"]),
        ("thanks tankard", []),
        ("エルメスのバーキン25", ["hermes", "birkin"]),
    ],
)
def test_brands_and_families_are_known_by_their_everyday_names(text: str, found: list[str]) -> None:
    assert [mention.entry.id for mention in lexicon.mentions(fold(text))] == found


@given(st.text(max_size=300))
def test_mentions_never_overlap(text: str) -> None:
    found = lexicon.mentions(fold(text))
    assert all(a.end <= b.start for a, b in pairwise(found))


def test_every_family_has_a_known_brand() -> None:
    brands = {name.id for name in names.names() if name.kind == "brand"}
    assert {name.brand for name in names.names() if name.kind == "family"} <= brands
