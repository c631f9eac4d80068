"""What the shop tells people to write is understood as what the shop meant."""

import importlib
from datetime import UTC, datetime
from typing import Any

import pytest

from conversations.ports import Situation
from conversations.understanding.offline import UNSURE, read

NOW = datetime(2026, 10, 13, 3, 0, tzinfo=UTC)
FACTS: dict[str, dict[str, Any]] = {
    "help": {},
    "retail.joined": {"firm": "銀座リテール"},
    "advice.can_visitor": {},
    "advice.can_customer": {},
    "advice.can_retailer": {},
    "membership.ask_notices": {"category": "marketing", "given": True},
    "news.stop_hint": {"is_credit": False},
    "news.follow_up_value": {"piece": "Rolex", "low": None, "high": None},
}


@pytest.mark.parametrize(
    ("lang", "sentence", "text", "intent"),
    [
        ("ja", "help", "W-10234の動画を見せて", "media.request"),
        ("ja", "help", "裏蓋アップで", "media.request"),
        ("en", "help", "film of W-10234", "media.request"),
        ("zh_hant", "help", "看底蓋", "media.request"),
        ("zh_hans", "help", "看后盖", "media.request"),
        ("ja", "retail.joined", "W-10234の動画", "media.request"),
        ("ja", "retail.joined", "W-10234 取り置き", "item.hold"),
        ("ja", "retail.joined", "預かり一覧", "catalog.bulk"),
        ("en", "retail.joined", "hold W-10234", "item.hold"),
        ("en", "retail.joined", "loan list", "catalog.bulk"),
        ("zh_hant", "retail.joined", "保留 W-10234", "item.hold"),
        ("zh_hans", "retail.joined", "保留 W-10234", "item.hold"),
        ("ko", "retail.joined", "W-10234 보관해 주세요", "item.hold"),
        ("ja", "advice.can_visitor", "買取いくら?", "sell.quote"),
        ("zh_hant", "advice.can_visitor", "收購多少錢？", "sell.quote"),
        ("zh_hans", "advice.can_visitor", "想卖表，多少钱收？", "sell.quote"),
        ("ko", "advice.can_visitor", "매입 견적 부탁드려요", "sell.quote"),
        ("ja", "advice.can_customer", "注文どこ?", "order.status"),
        ("ja", "advice.can_customer", "残高は?", "credit.balance"),
        ("ja", "advice.can_customer", "委託どう?", "consign.status"),
        ("ja", "membership.ask_notices", "配信停止", "pref.notify"),
        ("en", "membership.ask_notices", "stop messages", "pref.notify"),
        ("zh_hant", "membership.ask_notices", "停止通知", "pref.notify"),
        ("zh_hans", "membership.ask_notices", "停止通知", "pref.notify"),
        ("ko", "membership.ask_notices", "수신 거부", "pref.notify"),
        ("ja", "news.stop_hint", "配信停止", "pref.notify"),
        ("en", "news.stop_hint", "stop messages", "pref.notify"),
        ("zh_hant", "news.stop_hint", "停止通知", "pref.notify"),
        ("zh_hans", "news.stop_hint", "停止通知", "pref.notify"),
        ("ko", "news.stop_hint", "수신 거부", "pref.notify"),
        ("ja", "news.follow_up_value", "買取査定", "sell.quote"),
        ("en", "news.follow_up_value", "estimate", "sell.quote"),
        ("zh_hant", "news.follow_up_value", "估價", "sell.quote"),
        ("zh_hans", "news.follow_up_value", "估价", "sell.quote"),
        ("ko", "news.follow_up_value", "매입 견적", "sell.quote"),
    ],
)
def test_what_people_are_told_to_write_is_understood(
    lang: str, sentence: str, text: str, intent: str
) -> None:
    subject, _, name = sentence.rpartition(".")
    module = ".".join(each for each in ("conversations.wording", subject, lang) if each)
    said = getattr(importlib.import_module(module), name)(**FACTS[sentence])
    assert text in said
    meaning, *others = read(text, Situation(now=NOW, lang=lang)).meanings
    assert not others
    assert meaning.intent == intent
    assert meaning.confidence >= UNSURE
