"""クレジットの文言(簡体字): store credit in simplified Chinese."""

from collections.abc import Sequence
from datetime import date

lang = "zh_hans"

_WEEKDAYS = "一二三四五六日"
_ORIGINS = {
    "return": "退货",
    "trade_in": "旧换新抵扣",
    "consignment_payout": "寄卖款项",
    "bonus": "加赠",
    "goodwill": "致歉、致谢",
    "promo": "活动",
}
_KINDS = {
    "issue": "发放",
    "hold": "结账中保留",
    "capture": "使用",
    "void": "解除保留",
    "refund": "退款返还",
    "expire": "到期",
    "reverse": "取消",
    "adjust": "调整",
}


def money(amount: int) -> str:
    return f"{amount:,}日元"


def day(on: date) -> str:
    return f"{on.year}年{on.month}月{on.day}日（周{_WEEKDAYS[on.weekday()]}）"


def origin(origin: str) -> str:
    return _ORIGINS.get(origin, "其他")


def lot(left: int, expires_on: date | None) -> str:
    until = "无期限" if expires_on is None else f"至{day(expires_on)}"
    return f"{money(left)} {until}"


def heading() -> str:
    return "购物金"


def label_total() -> str:
    return "余额"


def label_paid() -> str:
    return "其中有偿部分"


def label_free() -> str:
    return "其中无偿部分"


def label_held() -> str:
    return "结账中保留"


def label_owed() -> str:
    return "不足金额"


def label_more(count: int) -> str:
    return f"另有{count}笔"


def ends_next(on: date, amount: int) -> str:
    return f"最近到期的是{money(amount)}，可使用至{day(on)}。将优先使用最早到期的部分。"


def never_ends() -> str:
    return "此余额没有期限。"


def nothing_to_end() -> str:
    return "目前没有即将到期的购物金。"


def balance_said(lines: Sequence[tuple[str, str]], ends_next: str) -> str:
    told = "、".join(f"{label} {value}" for label, value in lines)
    return f"购物金：{told}。{ends_next}"


def nothing() -> str:
    return "您目前没有可使用的购物金。"


def nothing_to_spend() -> str:
    return "目前没有可使用的余额。"


def expiry(days: Sequence[tuple[date, int]], endless: int, more: int) -> str:
    lines = [f"・{money(amount)} 至{day(on)}" for on, amount in days]
    if more:
        lines.append(f"・之后另有{more}个到期日")
    if endless:
        lines.append(f"・{money(endless)} 无期限")
    told = "\n".join(lines)
    return f"购物金的期限如下，最后一天24时（日本时间）前均可使用。\n{told}"


def history_heading() -> str:
    return "购物金明细"


def history_note(shown: int, count: int) -> str | None:
    return f"共{count}笔，以上为最近{shown}笔。" if shown < count else None


def history_said(lines: Sequence[str]) -> str:
    return "购物金明细：" + "、".join(lines)


def entry(kind: str, origin: str, amount: int, yen: int, left: int, reason: str | None) -> str:
    told = f"{_KINDS.get(kind, kind)} {_change(amount, yen)}（{_ORIGINS.get(origin, '其他')}）"
    why = f" {reason}" if reason else ""
    return f"{told}{why} 余额{money(left)}"


def _change(amount: int, yen: int) -> str:
    if amount == 0:
        return money(yen)
    return f"+{money(amount)}" if amount > 0 else f"−{money(-amount)}"


def no_history() -> str:
    return "目前还没有购物金的记录。"


def howto(lives: Sequence[tuple[str, int | None]]) -> str:
    told = "、".join(
        f"{origin(each)}{'无期限' if days is None else f'自发放起{days}天'}" for each, days in lives
    )
    return (
        "购物金可在门店与线上使用，1日元起即可，也可与信用卡等方式并用，并优先使用最早到期的部分。"
        "以购物金购买的商品退货时，所使用的部分会以原本的期限返还。\n"
        f"期限：{told}。\n"
        "购物金无法兑换现金，选择前请先确认。"
    )


def compared(amount: int, bonus: int, bonus_days: int | None) -> str:
    life = "无期限" if bonus_days is None else f"加赠部分的期限为发放起{bonus_days}天"
    return (
        f"例：应收{money(amount)}时\n"
        f"・现金（转账）：{money(amount)}\n"
        f"・购物金：{money(amount + bonus)}（含加赠{money(bonus)}，{life}）\n"
        "两者均不收手续费。"
    )


def till_code(code: str, until: str, held: int, most: int | None) -> str:
    limit = "" if most is None else f"此付款码最多可使用{money(most)}。"
    return (
        "请在门店结账时出示此付款码。\n"
        f"{code}\n"
        f"有效至{until}，限用一次。{limit}可使用的余额为{money(held)}。出示付款码前不会扣款。"
    )


def nothing_within(held: int) -> str:
    return f"目前没有仅以余额{money(held)}即可购买的商品。与其他付款方式并用时，任何商品均可使用。"


def within(held: int, count: int) -> str:
    return f"为您选出{count}件以余额{money(held)}即可购买的商品。"


def button_till() -> str:
    return "在门店使用"


def button_new_code() -> str:
    return "产生新付款码"


def button_reach() -> str:
    return "余额可购买的商品"


def button_history() -> str:
    return "使用明细"


def button_howto() -> str:
    return "使用方法"


def button_balance() -> str:
    return "查看余额"


def pay_out_moved() -> str:
    return "通知之后余额或应付款有变动，请再次确认金额。"


def pay_out_agreed(to_pay: int, pay_on: date | None, *, needs_account: bool) -> str:
    if pay_on is None:
        return "已收到您的同意。已与应付款相抵，没有需要支付的余额。"
    told = f"已收到您的同意，预定于{day(pay_on)}转账{money(to_pay)}。"
    return told + "收款账户由顾问以安全的方式向您确认。" if needs_account else told


def pay_out_kept() -> str:
    return "好的，购物金保持不变。"


def pay_out_over() -> str:
    return "这次退还的通知已经结束。"


def heading_pay_out() -> str:
    return "购物金退还"


def button_pay_out() -> str:
    return "同意退还"


def button_keep() -> str:
    return "暂不退还"
