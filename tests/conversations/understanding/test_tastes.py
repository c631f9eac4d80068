"""What is plainly said to be a taste, and what is not (R-117)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.understanding import tastes


@pytest.mark.parametrize(
    ("text", "taste"),
    [
        ("革ベルト派です", "革ベルト派"),
        ("わたしは革ベルト派なんだよね", "革ベルト派"),
        ("実は、小ぶりな時計が好きなんです", "小ぶりな時計が好き"),
        ("手首は16cmです", "手首は16cm"),
        ("指輪サイズは11号", "指輪サイズは11号"),
        ("I prefer leather straps", "leather straps"),
        ("My wrist is 16 cm", "My wrist is 16 cm"),
        ("我喜歡小錶徑", "小錶徑"),
        ("我比较喜欢金色", "金色"),
        ("가죽 스트랩을 좋아해요", "가죽 스트랩"),
    ],
)
def test_a_taste_is_heard(text: str, taste: str) -> None:
    assert tastes.said(text) == taste


@pytest.mark.parametrize(
    "text",
    [
        "ロボットですか",
        "こんにちは",
        "革ベルト派の方は多いですか",
        "W-10234",
        "派",
        "",
        "どれが好きですか?",
    ],
)
def test_nothing_else_is(text: str) -> None:
    assert tastes.said(text) is None


@given(st.text(max_size=300))
def test_every_text_has_an_answer(text: str) -> None:
    told = tastes.said(text)
    assert told is None or (told and told in text)
