"""What messages mean, without a network (R-171). Every text has a reading."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.ports import Situation
from conversations.understanding.context import ANSWERS
from conversations.understanding.offline import language, read

NOW = datetime(2026, 9, 16, 1, 0, tzinfo=UTC)


def meaning(text: str) -> str:
    return read(text, Situation(now=NOW)).meanings[0].intent


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("W-10234の動画を見せて", "media.request"),
        ("裏蓋アップで", "media.request"),
        ("W-10234 裏蓋の傷は?", "media.defect"),
        ("show me the case back of W-10234", "media.request"),
        ("担当者と話したい", "human.request"),
        ("人と話したいです", "human.request"),
        ("Can I talk to a person?", "human.request"),
        ("こんにちは", "chat.greeting"),
        ("ありがとうございました", "chat.thanks"),
        ("何ができますか", "bot.capabilities"),
        ("W-10234", "item.detail"),
        ("W-10234はいくらですか", "item.price"),
        ("ロレックスのデイトナありますか", "item.availability"),
        ("時計を売りたいです", "sell.quote"),
        ("クレジット残高", "credit.balance"),
        ("in English please", "pref.language"),
        ("最悪です。納得いかない", "complaint"),
        ("今日の天気", "oos"),
        ("🙏🙏", "oos"),
        ("", "oos"),
    ],
)
def test_everyday_messages_are_understood(text: str, intent: str) -> None:
    assert meaning(text) == intent


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("Ｗ－１０２３４とw10235", {"sku": ["W-10234", "W-10235"]}),
        ("ロレックスの黒サブの写真", {"brand": "rolex", "model": "submariner", "media": "photo"}),
        ("カルティエ タンクの動画", {"brand": "cartier", "model": "tank", "media": "video"}),
        ("ブレスのコマ見せて", {"part": "bracelet"}),
        ("2番", {"ordinal": 2}),
    ],
)
def test_slots_are_copied_from_the_message(text: str, slots: dict[str, Any]) -> None:
    found = read(text, Situation(now=NOW)).slots
    assert {name: found.get(name) for name in slots} == slots


@pytest.mark.parametrize(
    ("text", "previous", "lang"),
    [
        ("W-10234の動画", None, "ja"),
        ("film of W-10234 please", None, "en"),
        ("W-10234", "en", "en"),
        ("W-10877 在庫", None, "ja"),
        ("動画 W-10234", "zh_hant", "zh_hant"),
        ("我想看W-10234的视频", None, "zh_hans"),
        ("我想看W-10234的影片嗎", None, "zh_hant"),
        ("残高照会", None, "ja"),
        ("配信停止", "en", "ja"),
        ("영상 보여주세요", None, "ko"),
        ("Rolex Daytona", "ja", "ja"),
        ("👍", "en", "en"),
    ],
)
def test_the_language_is_heard_and_kept(text: str, previous: str | None, lang: str) -> None:
    assert language(text, previous=previous) == lang


_NUMBERS = st.one_of(
    st.text(st.characters(categories=["Nd", "Nl", "No"]), min_size=1, max_size=4),
    st.text("一二三四五六七八九十百千万億〇", min_size=1, max_size=20),
    st.builds(lambda digit, count: digit * count, st.sampled_from("0159"), st.integers(1, 4_990)),
)
_AROUND = st.sampled_from(
    (
        "", "¥", "W-", "令和", "午後", "No.", "万", "億", "円", "万円", "k", " million yen", "個",
        "本", "点", "番", "番目", "人", "時", "時半", "分", "月", "日", "年", "/", "-", ":", ",",
        ".", "%", "割", "サイズ", "ct", "cm", "日後", "週間", "か月", "以上", "以下", "〜", "만원",
        "개",
    )
)  # fmt: skip


@given(
    st.lists(st.tuples(_AROUND, _NUMBERS, _AROUND), min_size=1, max_size=3),
    st.sampled_from([None, *sorted(ANSWERS)]),
)
def test_every_number_has_a_reading_however_long_and_in_whatever_script(
    parts: list[tuple[str, str, str]], expecting: str | None
) -> None:
    text = "".join("".join(part) for part in parts)[:5_000]
    assert read(text, Situation(now=NOW, expecting=expecting)).meanings


@given(st.text(max_size=3000))
def test_every_text_has_a_reading(text: str) -> None:
    reading = read(text, Situation(now=NOW))
    assert reading.meanings
    assert 0 <= reading.meanings[0].confidence <= 1


def test_hostile_and_endless_texts_are_read_in_no_time() -> None:
    for text in ("1" * 20_000, "W-" * 10_000, "\x00\u202e" * 5_000, "ロレックス" * 4_000):
        assert read(text, Situation(now=NOW, lang="ja")).meanings
