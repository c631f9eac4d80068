"""Which of the shop's terms a question is about."""

import pytest

from conversations.understanding.topics import Topic, topics_in


@pytest.mark.parametrize(
    ("words", "topics"),
    [
        ("送料はいくらですか", [Topic.SHIPPING]),
        ("How much is shipping?", [Topic.SHIPPING]),
        ("キャンセルできますか", [Topic.CANCELLING]),
        ("クーリングオフはできますか", [Topic.CANCELLING]),
        ("買取に身分証は必要ですか", [Topic.IDENTITY]),
        ("偽物だったらどうなりますか 保証は", [Topic.GUARANTEE]),
        ("支払い方法と送料", [Topic.SHIPPING, Topic.PAYMENT]),
        ("査定料や手数料はかかりますか", [Topic.FEES]),
        ("运费多少", [Topic.SHIPPING]),
        ("반품 가능한가요", [Topic.RETURNS]),
        ("電話番号を教えて", [Topic.WAYS]),
        ("こんにちは", []),
    ],
)
def test_topics_by_their_words(words: str, topics: list[Topic]) -> None:
    assert topics_in(words) == topics
