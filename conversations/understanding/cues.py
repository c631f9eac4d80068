"""The words that show what a message wants, per intent, folded as `items.words.fold` does (R-171).

Order matters: the first intent with a matching cue leads, so the ones that must not be missed (a
person, a complaint) stand first. Kana are katakana here because folding makes them so.
"""

import re

from catalog.items.words import fold

# fmt: off
_JA_WORDS: dict[str, tuple[str, ...]] = {
    "human.request": (
        "人と話", "人ト話", "担当者", "担当ノ", "スタッフ", "店員", "オペレーター", "人間",
        "直接話", "人に繋", "人につな", "電話したい", "電話で話", "電話して", "折り返し", "有人",
    ),
    "complaint": (
        "クレーム", "苦情", "ひどい", "最悪", "怒って", "納得いかない", "納得できない", "騙さ",
    ),
    "media.share": ("お客様用リンク", "共有リンク", "リンクを発行", "リンクください", "リンクを送"),
    "media.dispute": ("買った時と", "買ったときと", "状態が違", "前と違", "話が違"),
    "media.request": (
        "動画", "映像", "ビデオ", "ムービー", "フィルム", "写真", "画像", "見せて", "見たい",
        "見せろ", "みせて", "みたい", "撮影", "アップで", "アップを", "拡大", "状態を確認",
        "コンディション",
    ),
    "media.defect": ("傷", "キズ", "スレ", "凹み", "へこみ", "汚れ", "シミ", "サビ", "錆"),
    "sell.quote": ("買取", "買い取", "売りたい", "売却", "査定", "いくらで買", "手放"),
    "consign.status": ("委託",),
    "credit.balance": ("クレジット", "残高", "ポイント"),
    "order.return": ("返品", "交換したい", "返金"),
    "order.status": ("注文", "発送", "届か", "配送", "追跡"),
    "store.book": ("予約", "来店したい", "伺いたい", "アポ"),
    "store.nearest": (
        "営業時間", "住所", "場所", "どこにあ", "アクセス", "駐車場", "定休", "何時まで",
        "何時から",
    ),
    "item.hold": ("取り置き", "取置", "キープして", "押さえて"),
    "item.price": ("いくら", "値段", "価格", "おいくら", "お値段", "値引", "安く"),
    "item.detail": (
        "付属品", "保証書", "箱", "サイズ", "年式", "グレード", "ランク", "本物", "詳細", "状態",
    ),
    "item.availability": (
        "在庫", "ありますか", "あります?", "ありますでしょうか", "まだある", "売ってる",
        "売っています", "探して", "探す", "検索", "ほしい", "欲しい",
    ),
    "pref.language": ("英語で", "日本語で", "中国語で", "韓国語で"),
    "account.link": ("会員連携", "連携したい", "アカウント連携"),
    "bot.capabilities": ("使い方", "何ができ", "なにができ", "ヘルプ", "できること", "メニュー"),
    "chat.thanks": ("ありがと", "有難う", "有り難う", "感謝", "助かりま"),
    "chat.greeting": (
        "こんにちは", "こんばんは", "おはよう", "はじめまして", "初めまして", "お世話になって",
    ),
    "chat.affirm": ("はい", "お願いします", "了解", "オッケー", "それで"),
    "chat.deny": ("いいえ", "いらない", "結構です", "やめて", "違います", "キャンセル"),
}
# fmt: on
_LATIN_WORDS: dict[str, str] = {
    "human.request": r"human|(real )?person|staff|agent|representative|operator|someone|somebody"
    r"|call me|真人|客服|人工|店員|상담원|직원|사람",
    "complaint": r"complain\w*|terrible|awful|angry|unacceptable|ridiculous",
    "media.dispute": r"(looks|is) different from|not as described|differs from",
    "media.request": r"videos?|films?|movies?|clips?|footage|photos?|pics?|pictures?|images?"
    r"|show( me)?|see|close[- ]?up|影片|視頻|视频|照片|영상|동영상|사진|보여",
    "media.defect": r"scratch\w*|scuffs?|dents?|stains?|damage\w*|marks?|wear|defects?",
    "sell.quote": r"sell|buy ?back|quote|appraisal|appraise|valuation|賣|卖|팔고",
    "consign.status": r"consign\w*|寄賣|寄售|위탁",
    "credit.balance": r"credit|balance|points?|餘額|余额|잔액",
    "order.return": r"return|refund|exchange",
    "order.status": r"order|shipping|shipped|delivery|tracking|parcel",
    "store.book": r"book|appointment|reserve a visit|visit",
    "store.nearest": r"address|open(ing)?( hours)?|hours|where (is|are)|located|location"
    r"|directions",
    "item.hold": r"hold|set aside|reserve",
    "item.price": r"price|how much|cost|discount|多少錢|多少钱|얼마",
    "item.detail": r"details?|papers|box|size|year|grade|condition|authentic\w*|accessories",
    "item.availability": r"in stock|available|availability|do you have|looking for|find|search"
    r"|stock|有貨|재고",
    "pref.language": r"in english|in japanese|english please|japanese please",
    "account.link": r"link my account|membership",
    "bot.capabilities": r"help|what can you do|how does this work|menu",
    "chat.thanks": r"thanks?|thank you|thx|cheers|謝謝|谢谢|감사",
    "chat.greeting": r"hello|hi|hey|good (morning|afternoon|evening)|你好|안녕",
    "chat.affirm": r"yes|yep|ok(ay)?|sure|please do",
    "chat.deny": r"no|nope|no thanks|cancel|stop",
}


def _compiled() -> tuple[tuple[str, re.Pattern[str]], ...]:
    patterns = []
    for intent in dict.fromkeys([*_JA_WORDS, *_LATIN_WORDS]):
        parts = [re.escape(fold(word)) for word in _JA_WORDS.get(intent, ())]
        if intent in _LATIN_WORDS:
            parts.append(rf"(?<![a-z])(?:{_LATIN_WORDS[intent]})(?![a-z])")
        patterns.append((intent, re.compile("|".join(parts))))
    return tuple(patterns)


CUES = _compiled()

# Words that say how something is wished, never what: dropped before a free search for a piece.
# fmt: off
FILLER = re.compile(
    "|".join(
        [
            *(
                re.escape(fold(word))
                for word in (
                    "お願いします", "おねがいします", "ください", "下さい", "いただけますか",
                    "もらえますか", "ですか", "ますか", "でしょうか",
                    "まだ", "もう", "について", "したい",
                    "ほしい", "欲しい", "です", "ます", "を", "の", "は", "が", "に", "で", "と",
                    "も", "って", "か", "ね", "よ", "!", "?", "。", "、",
                )
            ),
            r"(?<![a-z])(?:please|could|can|would|you|i|me|my|the|a|an|of|for|to|want|like|do|have|is"
            r"|are|any|some|it|this|that|there|in|on|with|and|get|send|us|your|their|still)(?![a-z])",
        ]
    )
)
# fmt: on
ENGLISH = re.compile(r"(?<![a-z])(?:in english|english please|英語で)", re.IGNORECASE)
JAPANESE = re.compile(r"(?<![a-z])(?:in japanese|japanese please|日本語で)", re.IGNORECASE)
ORDINAL = re.compile(r"^(?:no\.?\s*|#)?(\d{1,2})\s*(?:番目?|ツ目|個目|st|nd|rd|th|番ノ.*)?$")
DEICTIC = re.compile(
    "コレ|コノ|ソレ|ソノ|サッキノ|先ホド|同ジ|上記|(?<![a-z])(?:this|that|it|same)(?![a-z])"
)
STILL = re.compile(
    r"写真|画像|静止画|(?<![a-z])(?:photos?|pics?|pictures?|images?|stills?)(?![a-z])|照片|사진"
)
FILM = re.compile(
    r"動画|映像|ビデオ|ムービー|フィルム|(?<![a-z])(?:videos?|films?|movies?|clips?|footage)(?![a-z])"
    r"|影片|視頻|视频|영상"
)
