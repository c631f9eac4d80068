"""商品についての日本語."""

from collections.abc import Sequence

from catalog.grading.rubric import BY_CATEGORY, GRADES, score_told
from catalog.grading.scale import Grade
from catalog.items.kinds import Category

lang = "ja"

_STANDINGS = {
    "free": "販売中",
    "talks": "商談中",
    "yours": "お取り置き中",
    "sold": "販売済み",
    "unlisted": "ご案内できます(店頭掲載前)",
    "ask": "お問い合わせください",
}
_AXES = {
    "case": "ケース",
    "bezel": "ベゼル",
    "crystal": "風防",
    "dial": "文字盤・針",
    "bracelet": "ブレスの伸び",
    "clasp": "クラスプ",
    "crown": "リューズ",
    "movement": "ムーブメント",
    "water_test": "防水検査",
    "four_c": "4C",
    "girdle": "ガードル",
    "fluorescence": "蛍光性",
    "finish": "仕上げ",
    "setting": "石座・枠",
    "prongs": "爪",
    "corners": "四隅",
    "handles": "持ち手",
    "exterior": "外装",
    "edge_paint": "コバ",
    "hardware": "金具",
    "interior": "内装",
    "odour": "におい",
    "shape": "型崩れ",
    "fabric": "生地",
    "pilling": "毛玉",
    "stains": "しみ・汚れ",
    "seams": "縫い目",
    "lining": "裏地",
    "hem_cuff": "裾・袖口",
}
_CATEGORIES = {
    "watch": "時計",
    "diamond": "ダイヤモンド・ジュエリー",
    "bag": "バッグ・革小物",
    "apparel": "お洋服",
}


def availability(standing: str, *, until: str | None) -> str:
    told = _STANDINGS.get(standing, _STANDINGS["ask"])
    return told if until is None else f"{told}({until}まで)"


def label_media() -> str:
    return "記録"


def label_parts() -> str:
    return "撮影済みの部位"


def label_accessories() -> str:
    return "付属品"


def label_reference() -> str:
    return "型番"


def label_size() -> str:
    return "サイズ"


def label_colour() -> str:
    return "色"


def listed(told: Sequence[str]) -> str:
    return "、".join(told)


def not_recorded() -> str:
    return "記録なし"


def rest_by_a_person() -> str:
    return (
        "年式・修理歴・真贋など、ここに記録のない点は、憶測でお答えせず、担当者が現物を"
        "確認してお返事いたします。"
    )


def last_one() -> str:
    return "同じ型でただいまご案内できるのは、この1点のみです。"


def price_note() -> str:
    return "お値引き・お支払い方法のご相談は、担当者が承ります。"


def price_by_a_person() -> str:
    return "価格は担当者がご案内いたします。"


def button_still() -> str:
    return "写真を見る"


def button_all_parts() -> str:
    return "部位を選ぶ"


def button_similar() -> str:
    return "同じ型のほかの状態"


def button_details() -> str:
    return "付属品・詳細"


def button_grade() -> str:
    return "ランクの説明"


def button_sample(grade: str) -> str:
    return f"{grade}ランクの例"


def button_another_shot() -> str:
    return "別のカットを頼む"


def on_hand(count: int, *, is_cut: bool) -> str:
    if is_cut:
        return (
            f"新しい順に{count}点をお出しします。ブランド名・型名・ご予算をお書き添えいただ"
            "くと絞り込めます。"
        )
    return f"ご案内できる商品は{count}点です。"


def none_on_hand() -> str:
    return "ご希望に合う商品は、ただいまございません。"


def button_any_price() -> str:
    return "ほかの価格・ランクも見る"


def similar(title: str, count: int) -> str:
    return f"{title}と同じ型の商品は、ほかに{count}点ございます。ランクと価格の順にお出しします。"


def none_similar(title: str) -> str:
    return f"{title}と同じ型の商品は、ほかにはございません。"


def several(count: int) -> str:
    return f"{count}点をまとめてお出しします。"


def several_by_tap(count: int) -> str:
    return f"{count}点をお出しします。ご覧になりたい商品の「動画を見る」を押してください。"


def which_grade() -> str:
    return "どのランクについてお知りになりたいですか。"


def grade_meaning(grade: str, category: str | None) -> str:
    general = GRADES[Grade(grade)]
    if category is None:
        return f"ランク{grade}: {general}。"
    cat, own = _CATEGORIES[category], BY_CATEGORY[Category(category)][Grade(grade)]
    return f"ランク{grade}: {general}。\n{cat}では: {own}。"


def grade_of_piece(title: str, grade: str, *, is_provisional: bool) -> str:
    if is_provisional:
        return f"{title}は、お写真での仮のランク{grade}です。現物の確認後に確定します。"
    return f"{title}はランク{grade}です。"


def category(category: str) -> str:
    return _CATEGORIES.get(category, category)


def axis(axis: str) -> str:
    return _AXES.get(axis, axis)


def score(axis: str, score: int) -> str:
    return score_told(axis, score)


def findings(told: Sequence[tuple[str, str]]) -> str:
    rows = "\n".join(f"・{a}: {s}" for a, s in told)
    return f"査定の記録です。\n{rows}"


def no_findings() -> str:
    return "査定の記録に、目立つ傷みはございません。"


def no_grading(title: str) -> str:
    return f"{title}の項目ごとの査定記録は、まだございません。"


def grade_of_before(grade: str) -> str:
    return f"ランク{grade}は前回お預かりした際の評価です。"


def no_sample(grade: str) -> str:
    return f"ランク{grade}の商品の例は、ただいまご用意がございません。"


def part_recorded(title: str, part: str) -> str:
    return f"{title}の{part}について、査定の記録をお伝えします。"


def part_not_recorded(title: str, part: str) -> str:
    return f"{title}の{part}について、傷みの記録はございません。動画・写真でお確かめください。"


def another_shot(title: str, what: str, promised: str) -> str:
    return (
        f"承知いたしました。{title}の{what}を新しく撮影いたします。"
        f"{promised}ごろまでに、こちらへお送りします。"
    )


def another_shot_arranged(title: str, what: str, promised: str) -> str:
    return (
        f"{title}の{what}は新しい撮影を手配済みです。{promised}ごろまでに、こちらへお送りします。"
    )


def button_still_of_film() -> str:
    return "静止画にする"


def which_moment(title: str, length: str, example: str) -> str:
    return (
        f"{title}の動画のどの場面を静止画にいたしましょうか。下からお選びいただくか、"
        f"「{example}の静止画」のようにお書きください(動画の長さは{length}です)。"
    )


def still_being_made(title: str, clock: str) -> str:
    return (
        f"承知いたしました。{title}の動画、{clock}の静止画をご用意しています。まもなくこちらへ"
        "お送りします。"
    )


def still_of_film(title: str, clock: str) -> str:
    return f"{title}の動画、{clock}の静止画です。"


def no_still(title: str) -> str:
    return f"申し訳ございません。{title}の動画の静止画をご用意できませんでした。担当者が承ります。"
