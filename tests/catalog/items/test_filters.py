"""Wishes in words: price, grade, stock, category (R-090)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.items.filters import NONE, Filters, category_in, filters_in
from catalog.items.kinds import Category, UnitState
from catalog.items.words import fold


def prices(text: str) -> tuple[int | None, int | None]:
    asked, _ = filters_in(fold(text))
    return asked.price_from, asked.price_to


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("デイトナ 100万以下", None, 1_000_000),
        ("100万円まで", None, 1_000_000),
        ("〜50万", None, 500_000),
        ("予算80万", None, 800_000),
        ("10萬以內", None, 100_000),
        ("under 1,000,000", None, 1_000_000),
        ("below 500k", None, 500_000),
        ("80万円を切ったら", None, 800_000),
        ("80万を下回ったら", None, 800_000),
        ("80万円割れたら", None, 800_000),
        ("80万円より安くなったら", None, 800_000),
        ("80万円になったら", None, 800_000),
        ("低于80万", None, 800_000),
        ("¥500,000以下", None, 500_000),
        ("１００万以下", None, 1_000_000),
        ("三十万以下", None, 300_000),
        ("百二十万以下", None, 1_200_000),
        ("1億2000万以下", None, 120_000_000),
        ("1.5万以下", None, 15_000),
        ("1万5000円以下", None, 15_000),
        ("120万以上", 1_200_000, None),
        ("5万〜", 50_000, None),
        ("50万〜80万", 500_000, 800_000),
        ("50〜80万", 500_000, 800_000),
        ("50万円から80万円", 500_000, 800_000),
        ("100万～150万円", 1_000_000, 1_500_000),
        ("80万くらい", 640_000, 960_000),
        ("15万円前後", 120_000, 180_000),
        ("300万", 2_400_000, 3_600_000),
        ("50万円台", 500_000, 599_999),
        ("シーマスター300 50万まで", None, 500_000),
    ],
)
def test_amounts_are_understood(text: str, low: int | None, high: int | None) -> None:
    assert prices(text) == (low, high)


@pytest.mark.parametrize(
    "text",
    [
        "5711-1A",
        "116500 - 126500",
        "シーマスター300",
        "300m防水",
        "2023年",
        "datejust 36-41",
        "10~20만원",
        "500 dollars",
        "",
    ],
)
def test_what_is_no_yen_asks_no_price(text: str) -> None:
    assert prices(text) == (None, None)


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("A以上", "A"),
        ("ランクAB以上", "AB"),
        ("AB", "AB"),
        ("Sランク", "S"),
        ("SA以上", "S"),
        ("grade b or better", "B"),
        ("新品 デイトナ", "N"),
        ("未使用", "S"),
        ("全新", "N"),
        ("デイトナ A", None),
        ("AB2010121B1S1", None),
        ("68017A77-BC", None),
    ],
)
def test_grades_are_at_least(text: str, grade: str | None) -> None:
    asked, _ = filters_in(fold(text))
    assert asked.grade_at_least == grade


@pytest.mark.parametrize(
    ("text", "alone"),
    [("デイトナ80万で探して", 800_000), ("80万前後", None), ("80万以下", None), ("デイトナ", None)],
)
def test_an_amount_alone_is_told_apart_from_about(text: str, alone: int | None) -> None:
    asked, _ = filters_in(fold(text))
    assert asked.alone == alone


def test_grades_that_will_do_are_the_better_ones() -> None:
    assert Filters(grade_at_least="AB").grades == ("N", "S", "A", "AB")
    assert NONE.grades == ()


@pytest.mark.parametrize("text", ["在庫あり", "在庫ありますか", "in stock", "現貨", "有货", "재고"])
def test_stock_is_what_is_listed(text: str) -> None:
    asked, _ = filters_in(fold(text))
    assert asked.states == (UnitState.LISTED,)


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("ロレックス 時計", Category.WATCH),
        ("腕錶", Category.WATCH),
        ("バッグ", Category.BAG),
        ("包包", Category.BAG),
        ("ジュエリー", Category.DIAMOND),
        ("clothing", Category.APPAREL),
        ("バックル", None),
        ("財布", None),
    ],
)
def test_categories_are_named(text: str, category: Category | None) -> None:
    assert category_in(fold(text))[0] is category


@pytest.mark.parametrize(
    "text",
    ["᥆万円", "٣٠万円", "9" * 4_999 + "万", "1" + ",000" * 1_200 + "円"],
)
def test_numbers_no_price_can_be_are_no_wish(text: str) -> None:
    """Digits of other scripts, and more of them than any amount has."""
    assert filters_in(fold(text))[0].price_to is None


@given(st.text(max_size=200))
def test_any_text_keeps_its_places_when_wishes_are_taken_out(text: str) -> None:
    folded = fold(text)
    asked, rest = filters_in(folded)
    assert len(rest) == len(folded)
    assert all(now in (was, " ") for was, now in zip(folded, rest, strict=True))
    assert asked.price_from is None or asked.price_from >= 0
    assert category_in(rest)[1].strip() == category_in(rest)[1].strip()
