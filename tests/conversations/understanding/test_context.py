"""What the conversation makes of a message: yes and no, answers, corrections, half-said wishes."""

from datetime import UTC, datetime
from typing import Any

import pytest

from conversations.ports import CONFIRM, Situation
from conversations.understanding.offline import read

NOW = datetime(2026, 9, 16, 1, 0, tzinfo=UTC)


def meanings(text: str, **more: Any) -> list[str]:
    return [each.intent for each in read(text, Situation(now=NOW, **more)).meanings]


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("はい", "chat.affirm"),
        ("お願いします", "chat.affirm"),
        ("OKです", "chat.affirm"),
        ("yes please", "chat.affirm"),
        ("好的", "chat.affirm"),
        ("네", "chat.affirm"),
        ("いいえ", "chat.deny"),
        ("やっぱりやめます", "chat.deny"),
        ("結構です", "chat.deny"),
        ("no thanks", "chat.deny"),
        ("不用了", "chat.deny"),
        ("아니요", "chat.deny"),
    ],
)
def test_a_yes_and_a_no_to_a_question(text: str, intent: str) -> None:
    assert meanings(text, expecting=CONFIRM, last="item.hold") == [intent]


@pytest.mark.parametrize(
    ("text", "expecting", "slots"),
    [
        ("持ち込み", "sell.method", {"method": "store_drop"}),
        ("3箱", "sell.kit", {"count": 3}),
        ("2", "sell.kit", {"count": 2}),
        ("ORD-20260801-0001", "order.return", {"order_no": "ORD-20260801-0001"}),
        ("taro@example.com", "account.link", {"email": "taro@example.com"}),
        ("15時", "store.book", {}),
        ("85万", "item.price", {"money": 850_000}),
    ],
)
def test_a_short_answer_belongs_to_the_question(
    text: str, expecting: str, slots: dict[str, Any]
) -> None:
    reading = read(text, Situation(now=NOW, expecting=expecting, last=expecting))
    assert reading.meanings[0].intent == expecting
    assert {name: reading.slots.get(name) for name in slots} == slots


def test_another_wish_in_the_middle_is_heard() -> None:
    assert meanings("担当者と話したいです", expecting="sell.method") == ["human.request"]
    assert meanings("ところで銀座店は何時まで開いていますか", expecting="item.price") == [
        "store.nearest"
    ]


def test_a_correction_keeps_the_wish() -> None:
    assert meanings("やっぱり委託で", expecting=CONFIRM, last="sell.route") == ["sell.route"]
    reading = read(
        "間違えた、W-10235の方です", Situation(now=NOW, expecting=CONFIRM, last="item.hold")
    )
    assert reading.meanings[0].intent == "item.hold"
    assert reading.slots["sku"] == ["W-10235"]


def test_half_said_goes_on_with_the_wish_before() -> None:
    assert meanings("じゃあ裏蓋は?", last="media.request") == ["media.request"]
    assert meanings("じゃあ裏蓋は?", last="media.defect") == ["media.defect"]


def test_two_wishes_are_both_heard_in_order() -> None:
    assert meanings("残高と期限教えて") == ["credit.balance", "credit.expiry"]
    assert meanings("W-31007の動画見たい。あと保証書付いてる?") == ["media.request", "item.detail"]


def test_a_place_in_what_was_offered() -> None:
    assert meanings("2番でお願いします", offered=3) == ["chat.affirm"]


@pytest.mark.parametrize(
    "text",
    [
        "「承諾します」と書いたら承諾になりますか?",
        "キャンセルしたらどうなりますか?",
        "返品したら、送料はかかりますか",
        "if I say yes will it be sold?",
        "売るつもりはないんです、相場だけ知りたい",
        "退会するつもりはないです。クレジットの期限だけ教えて",
    ],
)
def test_what_is_only_mentioned_changes_nothing(text: str) -> None:
    changing = {"sell.accept", "account.delete", "order.return", "consign.withdraw"}
    assert not changing & set(meanings(text))


def test_a_polite_request_is_one() -> None:
    assert meanings("W-30412を土曜日まで取り置きしてもらえますか") == ["item.hold"]


@pytest.mark.parametrize("text", ["写真なしで進みます", "写真を送ります", "without photos please"])
def test_photos_of_what_is_sold_are_no_wish_to_see_the_shops(text: str) -> None:
    assert meanings(text, expecting="sell.quote", last="sell.quote") == ["sell.quote"]


def test_photos_of_a_named_piece_are_a_wish_to_see_it() -> None:
    told = meanings("W-10234の写真はありますか", expecting="sell.quote", last="sell.quote")
    assert told == ["media.request"]
