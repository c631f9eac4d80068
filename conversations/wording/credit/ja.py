"""ストアクレジットの文言(日本語): what the bot says of store credit in Japanese."""

from collections.abc import Sequence
from datetime import date

lang = "ja"

_WEEKDAYS = "月火水木金土日"
_ORIGINS = {
    "return": "ご返品分",
    "trade_in": "下取り分",
    "consignment_payout": "委託お支払い分",
    "bonus": "特典分",
    "goodwill": "お詫び・お礼分",
    "promo": "キャンペーン分",
}
_KINDS = {
    "issue": "発行",
    "hold": "お会計でお預かり",
    "capture": "ご利用",
    "void": "お預かり解除",
    "refund": "ご返金で復活",
    "expire": "期限切れ",
    "reverse": "取消",
    "adjust": "調整",
}


def money(amount: int) -> str:
    return f"¥{amount:,}"


def day(on: date) -> str:
    return f"{on.year}年{on.month}月{on.day}日({_WEEKDAYS[on.weekday()]})"


def origin(origin: str) -> str:
    return _ORIGINS.get(origin, "その他")


def lot(left: int, expires_on: date | None) -> str:
    until = "期限なし" if expires_on is None else f"{day(expires_on)}まで"
    return f"{money(left)} {until}"


def heading() -> str:
    return "ストアクレジット"


def label_total() -> str:
    return "残高"


def label_paid() -> str:
    return "うち有償分"


def label_free() -> str:
    return "うち無償分"


def label_held() -> str:
    return "お会計中のお預かり"


def label_owed() -> str:
    return "不足額"


def label_more(count: int) -> str:
    return f"ほか{count}件"


def ends_next(on: date, amount: int) -> str:
    return (
        f"次に期限を迎えるのは、{day(on)}までの{money(amount)}です。期限の近いものから使われます。"
    )


def never_ends() -> str:
    return "この残高に期限はございません。"


def nothing_to_end() -> str:
    return "期限を迎えるものはございません。"


def balance_said(lines: Sequence[tuple[str, str]], ends_next: str) -> str:
    told = "、".join(f"{label} {value}" for label, value in lines)
    return f"ストアクレジット: {told}。{ends_next}"


def nothing() -> str:
    return "ただいまお使いいただけるストアクレジットはございません。"


def nothing_to_spend() -> str:
    return "ただいまお使いいただける残高がございません。"


def expiry(days: Sequence[tuple[date, int]], endless: int, more: int) -> str:
    lines = [f"・{day(on)}まで {money(amount)}" for on, amount in days]
    if more:
        lines.append(f"・そのあとに期限を迎えるものが{more}件")
    if endless:
        lines.append(f"・期限なし {money(endless)}")
    told = "\n".join(lines)
    return f"ストアクレジットの期限は次のとおりです。最終日の24時までお使いいただけます。\n{told}"


def history_heading() -> str:
    return "ストアクレジットご利用明細"


def history_note(shown: int, count: int) -> str | None:
    return f"全{count}件のうち、新しい{shown}件です。" if shown < count else None


def history_said(lines: Sequence[str]) -> str:
    return "ストアクレジットご利用明細: " + "、".join(lines)


def entry(kind: str, origin: str, amount: int, yen: int, left: int, reason: str | None) -> str:
    told = f"{_KINDS.get(kind, kind)} {_change(amount, yen)}({_ORIGINS.get(origin, 'その他')})"
    why = f" {reason}" if reason else ""
    return f"{told}{why} 残高{money(left)}"


def _change(amount: int, yen: int) -> str:
    if amount == 0:
        return money(yen)
    return f"+{money(amount)}" if amount > 0 else f"−{money(-amount)}"


def no_history() -> str:
    return "ストアクレジットのご利用履歴はまだございません。"


def howto(lives: Sequence[tuple[str, int | None]]) -> str:
    told = "、".join(
        f"{origin(each)}は{'期限なし' if days is None else f'発行から{days}日'}"
        for each, days in lives
    )
    return (
        "ストアクレジットは、店頭でもオンラインでも1円からお使いいただけます。"
        "残りのお支払いはカードなどを併用いただけます。期限の近いものから使われます。"
        "ストアクレジットでお求めの品をご返品の場合は、お使いの分が元の期限のまま戻ります。\n"
        f"期限: {told}です。\n"
        "ストアクレジットは現金でのお払い戻しができません。お選びになる前にご確認ください。"
    )


def compared(amount: int, bonus: int, bonus_days: int | None) -> str:
    life = "期限なし" if bonus_days is None else f"特典分の期限は発行から{bonus_days}日"
    return (
        f"例: {money(amount)}をお受け取りになる場合\n"
        f"・現金(お振込): {money(amount)}\n"
        f"・ストアクレジット: {money(amount + bonus)}(うち特典{money(bonus)}、{life})\n"
        "どちらも手数料はいただきません。"
    )


def till_code(code: str, until: str, held: int, most: int | None) -> str:
    limit = "" if most is None else f"このコードで使えるのは{money(most)}までです。"
    return (
        "店頭のお会計で、このコードをお見せください。\n"
        f"{code}\n"
        f"有効: {until}まで・1回限り。{limit}お使いいただける残高は{money(held)}です。"
        "コードをお見せいただくまで、残高は減りません。"
    )


def nothing_within(held: int) -> str:
    return (
        f"残高{money(held)}だけでお求めいただける商品は、ただいまございません。"
        "ほかのお支払い方法との併用でしたら、どの商品にもお使いいただけます。"
    )


def within(held: int, count: int) -> str:
    return f"残高{money(held)}でお求めいただける商品を{count}点お選びしました。"


def button_till() -> str:
    return "店頭で使う"


def button_new_code() -> str:
    return "新しいコードを出す"


def button_reach() -> str:
    return "残高で選べる商品"


def button_history() -> str:
    return "ご利用明細"


def button_howto() -> str:
    return "使い方を見る"


def button_balance() -> str:
    return "残高を見る"


def pay_out_moved() -> str:
    return "ご案内のあとに残高またはご請求が変わりました。改めて金額をご確認ください。"


def pay_out_agreed(to_pay: int, pay_on: date | None, *, needs_account: bool) -> str:
    if pay_on is None:
        return "承りました。ご請求の残りと差し引きましたので、お支払いはございません。"
    told = f"承りました。{money(to_pay)}を{day(pay_on)}にお振り込みする予定です。"
    return told + "お振込先は担当者が安全な方法で伺います。" if needs_account else told


def pay_out_kept() -> str:
    return "承知いたしました。ストアクレジットはそのままです。"


def pay_out_over() -> str:
    return "この払い戻しのご案内は終わっています。"


def heading_pay_out() -> str:
    return "ストアクレジットの払い戻し"


def button_pay_out() -> str:
    return "払い戻しに同意する"


def button_keep() -> str:
    return "今は払い戻さない"
