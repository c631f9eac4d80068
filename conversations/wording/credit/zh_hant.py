"""クレジットの文言(繁体字): store credit in traditional Chinese."""

from collections.abc import Sequence
from datetime import date

lang = "zh_hant"

_WEEKDAYS = "一二三四五六日"
_ORIGINS = {
    "return": "退貨",
    "trade_in": "折抵換購",
    "consignment_payout": "寄賣款項",
    "bonus": "加贈",
    "goodwill": "致歉、致謝",
    "promo": "活動",
}
_KINDS = {
    "issue": "發放",
    "hold": "結帳中保留",
    "capture": "使用",
    "void": "解除保留",
    "refund": "退款返還",
    "expire": "到期",
    "reverse": "取消",
    "adjust": "調整",
}


def money(amount: int) -> str:
    return f"¥{amount:,}"


def day(on: date) -> str:
    return f"{on.year}年{on.month}月{on.day}日（週{_WEEKDAYS[on.weekday()]}）"


def origin(origin: str) -> str:
    return _ORIGINS.get(origin, "其他")


def lot(left: int, expires_on: date | None) -> str:
    until = "無期限" if expires_on is None else f"至{day(expires_on)}"
    return f"{money(left)} {until}"


def heading() -> str:
    return "購物金"


def label_total() -> str:
    return "餘額"


def label_paid() -> str:
    return "其中有償部分"


def label_free() -> str:
    return "其中無償部分"


def label_held() -> str:
    return "結帳中保留"


def label_owed() -> str:
    return "不足金額"


def label_more(count: int) -> str:
    return f"另有{count}筆"


def ends_next(on: date, amount: int) -> str:
    return f"最近到期的是{money(amount)}，可使用至{day(on)}。將優先使用最早到期的部分。"


def never_ends() -> str:
    return "此餘額沒有期限。"


def nothing_to_end() -> str:
    return "目前沒有即將到期的購物金。"


def balance_said(lines: Sequence[tuple[str, str]], ends_next: str) -> str:
    told = "、".join(f"{label} {value}" for label, value in lines)
    return f"購物金：{told}。{ends_next}"


def nothing() -> str:
    return "您目前沒有可使用的購物金。"


def nothing_to_spend() -> str:
    return "目前沒有可使用的餘額。"


def expiry(days: Sequence[tuple[date, int]], endless: int, more: int) -> str:
    lines = [f"・{money(amount)} 至{day(on)}" for on, amount in days]
    if more:
        lines.append(f"・之後另有{more}個到期日")
    if endless:
        lines.append(f"・{money(endless)} 無期限")
    told = "\n".join(lines)
    return f"購物金的期限如下，最後一天24時（日本時間）前皆可使用。\n{told}"


def history_heading() -> str:
    return "購物金明細"


def history_note(shown: int, count: int) -> str | None:
    return f"共{count}筆，以上為最近{shown}筆。" if shown < count else None


def history_said(lines: Sequence[str]) -> str:
    return "購物金明細：" + "、".join(lines)


def entry(kind: str, origin: str, amount: int, yen: int, left: int, reason: str | None) -> str:
    told = f"{_KINDS.get(kind, kind)} {_change(amount, yen)}（{_ORIGINS.get(origin, '其他')}）"
    why = f" {reason}" if reason else ""
    return f"{told}{why} 餘額{money(left)}"


def _change(amount: int, yen: int) -> str:
    if amount == 0:
        return money(yen)
    return f"+{money(amount)}" if amount > 0 else f"−{money(-amount)}"


def no_history() -> str:
    return "目前還沒有購物金的紀錄。"


def howto(lives: Sequence[tuple[str, int | None]]) -> str:
    told = "、".join(
        f"{origin(each)}{'無期限' if days is None else f'自發放起{days}天'}" for each, days in lives
    )
    return (
        "購物金可在門市與線上使用，1日圓起即可，也可與信用卡等方式併用，並優先使用最早到期的部分。"
        "以購物金購買的商品退貨時，所使用的部分會以原本的期限返還。\n"
        f"期限：{told}。\n"
        "購物金無法兌換現金，選擇前請先確認。"
    )


def compared(amount: int, bonus: int, bonus_days: int | None) -> str:
    life = "無期限" if bonus_days is None else f"加贈部分的期限為發放起{bonus_days}天"
    return (
        f"例：應收{money(amount)}時\n"
        f"・現金（匯款）：{money(amount)}\n"
        f"・購物金：{money(amount + bonus)}（含加贈{money(bonus)}，{life}）\n"
        "兩者皆不收手續費。"
    )


def till_code(code: str, until: str, held: int, most: int | None) -> str:
    limit = "" if most is None else f"此代碼最多可使用{money(most)}。"
    return (
        "請在門市結帳時出示此代碼。\n"
        f"{code}\n"
        f"有效至{until}，限用一次。{limit}可使用的餘額為{money(held)}。出示代碼前不會扣款。"
    )


def nothing_within(held: int) -> str:
    return f"目前沒有僅以餘額{money(held)}即可購買的商品。與其他付款方式併用時，任何商品皆可使用。"


def within(held: int, count: int) -> str:
    return f"為您選出{count}件以餘額{money(held)}即可購買的商品。"


def button_till() -> str:
    return "在門市使用"


def button_new_code() -> str:
    return "產生新代碼"


def button_reach() -> str:
    return "餘額可購買的商品"


def button_history() -> str:
    return "使用明細"


def button_howto() -> str:
    return "使用方法"


def button_balance() -> str:
    return "查看餘額"


def pay_out_moved() -> str:
    return "通知之後餘額或應付款有變動，請再次確認金額。"


def pay_out_agreed(to_pay: int, pay_on: date | None, *, needs_account: bool) -> str:
    if pay_on is None:
        return "已收到您的同意。已與應付款相抵，沒有需要支付的餘額。"
    told = f"已收到您的同意，預定於{day(pay_on)}轉帳{money(to_pay)}。"
    return told + "收款帳戶由專人以安全的方式向您確認。" if needs_account else told


def pay_out_kept() -> str:
    return "好的，購物金保持不變。"


def pay_out_over() -> str:
    return "這次退還的通知已經結束。"


def heading_pay_out() -> str:
    return "購物金退還"


def button_pay_out() -> str:
    return "同意退還"


def button_keep() -> str:
    return "暫不退還"
