"""Which of the shop's terms a question is about (faq.policy), by the words in it."""

import re
from enum import StrEnum

from catalog.items.words import fold


class Topic(StrEnum):
    """What customers ask about how the shop works."""

    SHIPPING = "shipping"
    PAYMENT = "payment"
    RETURNS = "returns"
    CANCELLING = "cancelling"
    IDENTITY = "identity"
    GUARANTEE = "guarantee"
    FEES = "fees"
    WAYS = "ways"


# fmt: off
_WORDS: dict[Topic, tuple[str, ...]] = {
    Topic.SHIPPING: (
        "送料", "配送料", "発送費", "配送方法", "shipping", "delivery cost", "postage", "運費",
        "运费", "배송비", "배송료",
    ),
    Topic.PAYMENT: (
        "支払い方法", "支払方法", "お支払", "決済", "カード", "現金で", "振込で", "分割",
        "payment", "pay with", "pay by", "credit card", "cash", "付款", "支付", "결제", "카드",
    ),
    Topic.RETURNS: (
        "返品", "返金", "交換でき", "return", "refund", "退貨", "退货", "退款", "반품", "환불",
    ),
    Topic.CANCELLING: (
        "キャンセル", "取り消", "取消", "クーリング", "cancel", "cooling", "冷靜期", "猶豫期",
        "冷静期", "犹豫期", "취소", "쿨링오프", "철회",
    ),
    Topic.IDENTITY: (
        "本人確認", "身分証", "免許証", "マイナンバー", "必要書類", "パスポート", "identity",
        "id card", "passport", "documents", "證件", "证件", "身分證", "身份证", "신분증",
    ),
    Topic.GUARANTEE: (
        "保証", "本物", "真贋", "偽物", "guarantee", "warranty", "authentic", "保固", "保证",
        "保證", "보증", "정품",
    ),
    Topic.FEES: (
        "手数料", "査定料", "返送料", "費用", "無料です", "fee", "charge", "手續費", "手续费",
        "수수료",
    ),
    Topic.WAYS: (
        "電話番号", "問い合わせ先", "連絡先", "phone", "contact", "電話", "전화", "联系", "聯絡",
    ),
}
# fmt: on
_PATTERNS = {
    topic: re.compile("|".join(re.escape(fold(word)) for word in words))
    for topic, words in _WORDS.items()
}


def topics_in(text: str) -> list[Topic]:
    """The topics a question names, in the order they are listed above."""
    folded = fold(text[:1_500])
    return [topic for topic, pattern in _PATTERNS.items() if pattern.search(folded)]
