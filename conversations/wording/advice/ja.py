"""ご案内の文言: finder, story, terms, small talk and help in Japanese."""

from collections.abc import Sequence
from datetime import date

lang = "ja"

_WEEKDAYS = "月火水木金土日"
_LABELS = {
    "why": "おすすめの理由",
    "model": "ブランド・型番",
    "came_in": "当店への入庫",
    "graded": "状態の評価",
    "filmed": "撮影の記録",
    "listed": "販売の開始",
}
_BUTTONS = {
    "again": "条件を変えて探す",
    "story": "この商品の話",
    "finder": "ご一緒に選ぶ",
    "orders": "ご注文の一覧",
    "return": "返品・交換する",
    "hours": "営業時間",
    "terms": "送料・お支払いなど",
}
_CATEGORIES = {
    "watch": "時計",
    "diamond": "ダイヤモンド・ジュエリー",
    "bag": "バッグ・革小物",
    "apparel": "お洋服",
}
_QUESTIONS = {
    "category": "ご一緒にお選びします。どのようなお品をお探しですか。",
    "brand": "ブランドのお好みはございますか。",
    "budget": "ご予算はいかがですか。",
    "grade": "状態はどのくらいをお望みですか。",
}
_GIVEN_UP = {"grade": "状態", "budget": "ご予算", "brand": "ブランド"}
_TOPICS = {
    "shipping": "送料",
    "payment": "お支払い方法",
    "returns": "返品・交換",
    "cancelling": "キャンセル",
    "identity": "本人確認",
    "guarantee": "保証",
    "fees": "買取・委託の手数料",
    "ways": "お電話・店頭",
}


def day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日({_WEEKDAYS[day.weekday()]})"


def label(name: str) -> str:
    return _LABELS[name]


def button(name: str) -> str:
    return _BUTTONS[name]


def category(category: str) -> str:
    return _CATEGORIES.get(category, category)


def whatever() -> str:
    return "おまかせ"


def finder_question(name: str) -> str:
    return _QUESTIONS[name]


def budget_up_to(amount: int) -> str:
    return f"¥{amount:,}まで"


def budget_between(low: int, high: int) -> str:
    return f"¥{low // 10_000:,}〜{high // 10_000:,}万"


def budget_from(amount: int) -> str:
    return f"¥{amount:,}以上"


def grade_from(grade: str) -> str:
    return f"{grade}ランク以上"


def proposed(count: int, *, given_up: Sequence[str]) -> str:
    if given_up:
        told = "・".join(_GIVEN_UP[each] for each in given_up)
        return (
            f"ご希望どおりの商品がなかったため、{told}の条件を広げて{count}点をお選びしました。"
            "気になる商品がございましたら、担当者がご相談を承ります。"
        )
    return f"ご希望に合う{count}点をお選びしました。担当者へのご相談も承ります。"


def nothing_to_propose() -> str:
    return "ただいまご案内できる商品はございません。担当者がお探しいたします。"


def why(*, category: str, brand: str | None, in_budget: bool, grade: str | None) -> str:
    told = [category, brand, "ご予算内" if in_budget else None, f"ランク{grade}" if grade else None]
    return "・".join(each for each in told if each)


def story_of_which() -> str:
    return "どの商品のお話をいたしましょうか。商品番号か、ブランド名・型名をお書きください。"


def no_story() -> str:
    return (
        "申し訳ございません、その型についての当店の記録がございません。"
        "確かでないことは申し上げられませんので、よろしければ担当者がお調べいたします。"
    )


def story_said(title: str) -> str:
    return f"{title}のお話"


def from_description(text: str) -> str:
    return f"{text}\n(出典: 当店の商品説明)"


def from_records() -> str:
    return "入庫・評価・撮影・販売の日付は、当店の台帳と記録によります。"


def nothing_written() -> str:
    return (
        "この型についての当店の解説はまだございません。"
        "確かでないことは申し上げられませんので、よろしければ担当者がお調べいたします。"
    )


def graded(grade: str, on: date) -> str:
    return f"ランク{grade}({day(on)})"


def filmed(count: int, on: date) -> str:
    return f"{count}点(最新 {day(on)})"


def ask_topic() -> str:
    return "どちらについてご案内いたしましょうか。"


def topic(topic: str) -> str:
    return _TOPICS[topic]


def shipping(*, fee: int, free_from: int, bundles: bool) -> str:
    together = "同じ場所の商品は1つにおまとめします。" if bundles else ""
    return (
        f"送料はお荷物1つにつき¥{fee:,}、商品合計¥{free_from:,}以上で無料です。{together}"
        "店頭でのお受け取りには送料がかかりません。"
    )


def payment(*, cash_limit: int | None, minutes: int) -> str:
    cash = (
        "店頭では現金も承りますが、"
        f"貴金属・宝石類は¥{cash_limit:,}を超える現金はお受けしておりません。"
        if cash_limit is not None
        else "店頭では現金も承ります。"
    )
    return (
        f"クレジットカード、銀行振込、ストアクレジットでお支払いいただけます。{cash}"
        f"ご注文の商品は、お支払いまで{minutes}分間お取り置きします。"
    )


def returns(*, days: int, buyer_pays: bool, exchange_days: int) -> str:
    fee = (
        "お客様のご都合による返送料はお客様のご負担です。"
        if buyer_pays
        else "返送料は当店が負担します。"
    )
    return (
        "オンラインでお買い上げの商品は、"
        f"お届け日を含め{days}日以内に返品をお申し込みいただけます。"
        f"{fee}到着後、発送時の記録と照合してからご返金します。"
        f"交換の場合、新しい商品を{exchange_days}日間お取り置きします。"
    )


def cancelling(*, seller_fee: int, days: int, cooling_off_days: int) -> str:
    told = "無料です" if seller_fee == 0 else f"¥{seller_fee:,}です"
    return (
        "ご注文は発送前であればキャンセルいただけ、お支払いの全額をお返しします(担当者が承ります)。"
        f"お届け後は、{days}日以内の返品となります。買取・委託のキャンセル料は{told}。"
        f"ご自宅などでお売りいただいた場合は、書面をお受け取りの日を含めて{cooling_off_days}日以内なら、"
        "理由を問わず契約を解除いただけます(クーリング・オフ)。"
    )


def identity(*, age: int, always: bool) -> str:
    when = "すべてのお取引で" if always else "法令で必要なお取引で"
    return (
        f"買取・委託では、法令に基づき{when}ご本人確認をお願いしております(満{age}歳以上の方)。"
        "運転免許証・パスポート・マイナンバーカード(表面のみ)などをご用意ください。"
        "マイナンバーの記載面はお送りにならないでください。"
    )


def guarantee(*, term_days: int, offer_days: int, return_days: int) -> str:
    return (
        f"委託では、{term_days}日の期間中いつでも、当初の買取金額以上での買取を保証します。"
        f"確定した買取金額は{offer_days}日間有効です。"
        f"お買い上げの商品は、お届け日を含め{return_days}日以内に返品いただけます。"
        "メーカー保証の有無は商品ごとに異なりますので、担当者が確認してお答えします。"
    )


def _yen_or_free(amount: int) -> str:
    return "無料" if amount == 0 else f"¥{amount:,}"


def fees(*, inbound: int, back: int, cancel: int, transfer: int) -> str:
    return (
        f"買取・委託でご負担いただく費用は、お送りいただく送料: {_yen_or_free(inbound)}、"
        f"返送料: {_yen_or_free(back)}、キャンセル料: {_yen_or_free(cancel)}、"
        f"振込手数料: {_yen_or_free(transfer)}です。"
    )


def ways(*, phone: str, email: str, address: str) -> str:
    told = [
        f"お電話: {phone}" if phone else "",
        f"メール: {email}" if email else "",
        f"店頭: {address}" if address else "",
    ]
    lines = "\n".join(each for each in told if each)
    head = "こちらのトークのほか、お電話・店頭・郵送でも承ります。"
    return f"{head}\n{lines}" if lines else f"{head}連絡先は担当者がご案内いたします。"


def smalltalk() -> str:
    return (
        "お声がけありがとうございます。こちらは自動でお答えしております。"
        "商品や状態の動画、ご注文のことでしたらすぐにお調べし、分からないことは"
        "「分かりません」と申し上げて担当者におつなぎします。"
    )


def can_visitor() -> str:
    return (
        "商品の状態の動画・写真、在庫と価格、ご一緒のお品選び、買取・委託のご相談、"
        "ご来店の予約、送料やお支払いのご案内を、夜間も承ります。"
        "「W-10234の動画を見せて」「買取いくら?」のようにお書きください。"
        "会員情報と連携していただくと、ご注文や残高もご案内できます。"
    )


def can_customer() -> str:
    return (
        "商品の状態の動画・写真、在庫と価格、ご注文の状況、返品・交換、ストアクレジットの残高、"
        "買取・委託の経過、ご来店の予約を、夜間も承ります。"
        "「注文どこ?」「残高は?」「委託どう?」のようにお書きください。"
    )


def can_retailer() -> str:
    return (
        "ご案内を許可された商品の動画・写真・状態、お客様へお渡しするリンク、お取り置きを承ります。"
        "「W-10234の裏蓋の動画」のように商品番号でお書きください。夜間もお答えします。"
    )
