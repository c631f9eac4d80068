"""What leaves the house holds nothing personal, and comes back whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.understanding.redaction import redact


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("メールは taro.yamada@example.com です", "taro.yamada@example.com"),
        ("電話は090-1234-5678まで", "090-1234-5678"),
        ("call me at +81 90 1234 5678 please", "90 1234 5678"),
        ("０３－１２３４－５６７８に折り返して", "１２３４"),
        ("ORD-20260801-0001はどこ", "20260801"),
        ("口座は1234567です", "1234567"),
        ("東京都中央区銀座4-5-6に来て", "銀座4-5-6"),
        ("〒104-0061です", "104-0061"),
        ("シリアルはF123456です", "F123456"),
        ("佐藤健一と申します", "佐藤健一"),
        ("田中様の残高を教えて", "田中"),
        ("My name is Emma Clarke", "Emma"),
        ("https://example.com/u?id=5 を見て", "example.com"),
    ],
)
def test_personal_things_do_not_leave(text: str, secret: str) -> None:
    hidden = redact(text)
    assert secret not in hidden.text
    assert hidden.restored(hidden.text) == text


@pytest.mark.parametrize(
    "text",
    ["W-10234の動画", "116500LN 3万円", "¥1,200,000で売れますか", "100万円以下", "明日15時に2人で"],
)
def test_what_the_wish_is_about_stays(text: str) -> None:
    assert redact(text).text == text


@given(st.text(max_size=300))
def test_every_text_comes_back_whole(text: str) -> None:
    if "<" in text:
        return
    hidden = redact(text)
    assert hidden.restored(hidden.text) == text
