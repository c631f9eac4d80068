"""What is plainly said to be a taste, and what is not (R-117); which Chinese is written (R-130)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.understanding import tastes
from conversations.understanding.scripts import spoken


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


@pytest.mark.parametrize(
    ("text", "previous", "lang"),
    [
        ("请问这个还有吗", None, "zh_hans"),
        ("請問這個還有嗎", None, "zh_hant"),
        ("請問這個還有嗎", "zh_hans", "zh_hant"),
        ("你好", "zh_hans", "zh_hans"),
        ("你好", "ja", "zh_hant"),
    ],
)
def test_the_script_is_kept_with_the_conversation(
    text: str, previous: str | None, lang: str
) -> None:
    assert spoken("zh", text, previous=previous) == lang


@given(st.sampled_from(["ja", "en", "ko", "zh_hant"]), st.text(max_size=50))
def test_every_other_language_stays_as_it_is(lang: str, text: str) -> None:
    assert spoken(lang, text, previous=None) == lang
