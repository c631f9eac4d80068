"""Words that say how something is wished, never which piece: dropped before a free search."""

import re

from catalog.items.words import fold

# fmt: off
_JAPANESE = (
    "人と話", "人ト話", "担当者", "担当ノ", "スタッフ", "店員", "オペレーター", "人間", "直接話",
    "人に繋", "人につな", "電話したい", "電話で話", "電話して", "折り返し", "有人", "クレーム",
    "苦情", "ひどい", "最悪", "怒って", "納得いかない", "納得できない", "騙さ", "お客様用リンク",
    "共有リンク", "リンクを発行", "リンクください", "リンクを送", "買った時と", "買ったときと",
    "状態が違", "前と違", "話が違", "動画", "映像", "ビデオ", "ムービー", "フィルム", "写真",
    "画像", "見せて", "見たい", "見せろ", "みせて", "みたい", "撮影", "アップで", "アップを",
    "拡大", "状態を確認", "コンディション", "傷", "キズ", "スレ", "凹み", "へこみ", "汚れ",
    "シミ", "サビ", "錆", "買取", "買い取", "売りたい", "売却", "査定", "いくらで買", "手放",
    "委託", "クレジット", "残高", "ポイント", "返品", "交換したい", "返金", "注文", "発送",
    "届か", "配送", "追跡", "予約", "来店したい", "伺いたい", "アポ", "営業時間", "住所", "場所",
    "どこにあ", "アクセス", "駐車場", "定休", "何時まで", "何時から", "取り置き", "取置",
    "キープして", "押さえて", "いくら", "値段", "価格", "おいくら", "お値段", "値引", "安く",
    "付属品", "保証書", "箱", "サイズ", "年式", "グレード", "ランク", "本物", "詳細", "状態",
    "在庫", "ありますか", "あります?", "ありますでしょうか", "まだある", "売ってる",
    "売っています", "探して", "探す", "検索", "ほしい", "欲しい", "英語で", "日本語で",
    "中国語で", "韓国語で", "会員連携", "連携したい", "アカウント連携", "使い方", "何ができ",
    "なにができ", "ヘルプ", "できること", "メニュー", "ありがと", "有難う", "有り難う", "感謝",
    "助かりま", "こんにちは", "こんばんは", "おはよう", "はじめまして", "初めまして",
    "お世話になって", "はい", "お願いします", "了解", "オッケー", "それで", "いいえ", "いらない",
    "結構です", "やめて", "違います", "キャンセル",
)
_LATIN = (
    r"human|(real )?person|staff|agent|representative|operator|someone|somebody|call me|真人|"
    r"客服|人工|店員|상담원|직원|사람",
    r"complain\w*|terrible|awful|angry|unacceptable|ridiculous",
    r"(looks|is) different from|not as described|differs from",
    r"videos?|films?|movies?|clips?|footage|photos?|pics?|pictures?|images?|show( me)?|see|"
    r"close[- ]?up|影片|視頻|视频|照片|영상|동영상|사진|보여",
    r"scratch\w*|scuffs?|dents?|stains?|damage\w*|marks?|wear|defects?",
    r"sell|buy ?back|quote|appraisal|appraise|valuation|賣|卖|팔고",
    r"consign\w*|寄賣|寄售|위탁",
    r"credit|balance|points?|餘額|余额|잔액",
    r"return|refund|exchange",
    r"order|shipping|shipped|delivery|tracking|parcel",
    r"book|appointment|reserve a visit|visit",
    r"address|open(ing)?( hours)?|hours|where (is|are)|located|location|directions",
    r"hold|set aside|reserve",
    r"price|how much|cost|discount|多少錢|多少钱|얼마",
    r"details?|papers|box|size|year|grade|condition|authentic\w*|accessories",
    r"in stock|available|availability|do you have|looking for|find|search|stock|有貨|재고",
    r"in english|in japanese|english please|japanese please",
    r"link my account|membership",
    r"help|what can you do|how does this work|menu",
    r"thanks?|thank you|thx|cheers|謝謝|谢谢|감사",
    r"hello|hi|hey|good (morning|afternoon|evening)|你好|안녕",
    r"yes|yep|ok(ay)?|sure|please do",
    r"no|nope|no thanks|cancel|stop",
)
# fmt: on
_HOW = re.compile(
    "|".join(
        [
            *(re.escape(fold(word)) for word in sorted(_JAPANESE, key=len, reverse=True)),
            rf"(?<![a-z])(?:{'|'.join(_LATIN)})(?![a-z])",
        ]
    )
)
# fmt: off
_FILLER = re.compile(
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
_BLANKS = re.compile(r"\s+")
_LONGEST = 200


def searched_for(folded: str) -> str:
    """What is left of a folded text to search for; empty when nothing is."""
    left = _FILLER.sub(" ", _HOW.sub(" ", folded))
    return _BLANKS.sub(" ", left).strip()[:_LONGEST]
