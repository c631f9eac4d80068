"""The people of the demo (登場人物): two customers and a retailer, and their phones' words.

Their LINE user ids are fixed so that a demo shop can know them. Who they are to the shop
(customer number, partner rights) is the demo's business, not ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Persona:
    """One person with a phone. `role` is what the page writes under the name."""

    key: str
    user_id: str
    name: str
    initial: str
    language: str
    role: str


MISAKI = Persona(
    key="misaki",
    user_id="U4b8e1f0c92d74a35b6e8d1c07f29a513",
    name="佐藤 美咲",
    initial="美",
    language="ja",
    role="お客様・日本語",
)
EMMA = Persona(
    key="emma",
    user_id="U9d2c7a61e0f84b13a5c4f7e2b8063d9a",
    name="Emma Clarke",
    initial="E",
    language="en",
    role="Customer · English",
)
GINZA = Persona(
    key="ginza",
    user_id="U71f3a8d5c6b2490e8d7e4a9b13c05f62",
    name="銀座リテール",
    initial="銀",
    language="ja",
    role="小売パートナー",
)

EVERYONE = (MISAKI, EMMA, GINZA)

_JAPANESE = {
    "locale": "ja-JP",
    "message": "メッセージ",
    "send": "送信",
    "add": "送るものを選ぶ",
    "photo": "写真・動画",
    "place": "位置情報",
    "stickers": "スタンプ",
    "sticker": "スタンプ",
    "read": "既読",
    "waiting": "再送待ち",
    "lost": "未達",
    "unsend": "取消",
    "unsend_this": "送信を取り消す",
    "unsent": "メッセージの送信を取り消しました",
    "block": "ブロック",
    "unblock": "ブロック解除",
    "blocked": "ブロック中（届きません）",
    "play": "動画を再生",
    "enlarge": "写真を拡大",
    "thread": "トーク",
    "quick": "返信の候補",
    "menu": "メニュー",
    "loading": "入力中",
    "token": "返信トークン",
    "token_used": "返信トークン 使用済み",
    "token_old": "返信トークン 期限切れ",
    "seconds": "秒",
    "reply": "返信・無料",
    "push": "プッシュ",
    "today": "今日",
    "hints": "試してみる",
    "cancel": "やめる",
    "choose": "決定",
    "copied": "コピーしました",
    "failed": "送れませんでした。もう一度お試しください。",
}
_ENGLISH = {
    "locale": "en-GB",
    "message": "Message",
    "send": "Send",
    "add": "Choose what to send",
    "photo": "Photo or video",
    "place": "Location",
    "stickers": "Stickers",
    "sticker": "Sticker",
    "read": "Read",
    "waiting": "Retrying",
    "lost": "Not delivered",
    "unsend": "Unsend",
    "unsend_this": "Unsend this message",
    "unsent": "You unsent a message",
    "block": "Block",
    "unblock": "Unblock",
    "blocked": "Blocked: nothing arrives",
    "play": "Play the film",
    "enlarge": "Enlarge the photo",
    "thread": "Chat",
    "quick": "Quick replies",
    "menu": "Menu",
    "loading": "Typing",
    "token": "Reply token",
    "token_used": "Reply token used",
    "token_old": "Reply token expired",
    "seconds": " s",
    "reply": "reply · free",
    "push": "push",
    "today": "Today",
    "hints": "Try saying",
    "cancel": "Cancel",
    "choose": "Choose",
    "copied": "Copied",
    "failed": "Not sent. Please try again.",
}


def phone_words(language: str) -> Mapping[str, str]:
    """What the buttons of a phone set to that language say; English for any other language."""
    return MappingProxyType(_JAPANESE if language == "ja" else _ENGLISH)
