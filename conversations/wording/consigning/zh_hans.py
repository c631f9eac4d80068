"""委託の文言(簡体字): to consignors in simplified Chinese."""

from collections.abc import Sequence
from datetime import date

lang = "zh_hans"

_WEEKDAYS = "一二三四五六日"
_STAGES = {
    "proposed": "等待签约",
    "awaiting_item": "等待商品送达",
    "guarantee_requested": "已申请收购（洽谈中）",
    "consigned": "已收到，准备上架中",
    "listed": "销售中",
    "unlisted": "暂停上架",
    "repair": "保养中",
    "reserved": "洽谈中",
    "sold": "已售出",
    "return_window": "已售出，买方退货期间内",
    "payable": "款项已确定",
    "converted": "已收购",
    "compensated": "补偿办理中",
    "paid": "已付款",
    "closed": "已完成",
    "term_ended": "寄卖期满",
    "returning": "安排退回中",
    "returned": "已退回",
    "declined": "未成立",
}
_NOTES = {
    "sold": "付款日将于送达买方并过了退货期间后确定。",
    "return_window": "付款日将于买方退货期间结束后确定。",
    "guarantee_requested": "若洽谈未成立，将以保证收购价收购。",
    "term_ended": "请选择续约、退回等方式。若未收到回复，将免费退回。",
}


def money(amount: int) -> str:
    return f"{amount:,}日元"


def day(on: date) -> str:
    return f"{on.year}年{on.month}月{on.day}日（周{_WEEKDAYS[on.weekday()]}）"


def stage(stage: str) -> str:
    return _STAGES.get(stage, "顾问确认中")


def stage_note(stage: str) -> str | None:
    return _NOTES.get(stage)


def term(last_day: date, days_left: int) -> str:
    left = f"还有{days_left}天" if days_left > 0 else "今天为止"
    return f"{day(last_day)}（{left}）"


def share(payout: int, rate_bps: int) -> str:
    return f"{money(payout)}（{_rate(rate_bps)}）"


def _rate(rate_bps: int) -> str:
    return f"{rate_bps / 100:g}%"


def views(shown: int, watched: int) -> str:
    return f"{shown}次（其中看完视频{watched}次）"


def label_piece() -> str:
    return "商品编号"


def label_stage() -> str:
    return "状态"


def label_since() -> str:
    return "开始上架"


def label_price() -> str:
    return "售价"


def label_share() -> str:
    return "预计可得金额"


def label_views() -> str:
    return "聊天中的浏览"


def label_term() -> str:
    return "寄卖期限"


def label_guarantee() -> str:
    return "保证收购价"


def label_payout() -> str:
    return "可得金额"


def label_pay_on() -> str:
    return "付款日"


def status_said(title: str, lines: Sequence[tuple[str, str]]) -> str:
    return f"{title}: " + "、".join(f"{label} {value}" for label, value in lines)


def none() -> str:
    return "找不到可为您说明的寄卖品。"


def several(count: int) -> str:
    return f"您寄卖的{count}件商品状态如下。"


def which_contract(contracts: Sequence[tuple[str, str]]) -> str:
    told = "\n".join(f"・{code} {title}" for code, title in contracts)
    return f"请问是哪一件商品？\n{told}"


def record_heading(title: str) -> str:
    return f"收件时的记录：{title}"


def recorded(what: str, digest: str) -> str:
    return f"{what} SHA-256 {digest}…"


def record_note(more: int) -> str | None:
    return f"另有{more}笔记录。" if more else None


def record_said(title: str, lines: Sequence[str]) -> str:
    return f"{title}收件时的记录。" + "、".join(lines)


def no_record(title: str) -> str:
    return f"{title}目前还没有拍摄记录。"


def which_price(title: str, price: int) -> str:
    return f"{title}目前的售价为{money(price)}（含税）。请写下您希望的售价，例如“30万日元”。"


def would_pay(title: str | None, price: int, payout: int, rate_bps: int) -> str:
    what = f"{title}若" if title else "若"
    by = "" if title else "此为按目前寄卖条件计算的金额。"
    return (
        f"{what}以{money(price)}（含税）售出，您可得{money(payout)}"
        f"（比率{_rate(rate_bps)}）。不另收手续费。{by}"
    )


def price_settled(title: str) -> str:
    return f"{title}目前的阶段无法变更售价。"


def price_proposed(title: str, before: int | None, price: int, payout: int, rate_bps: int) -> str:
    now = f"由{money(before)}" if before is not None else ""
    return (
        f"可以将{title}的售价{now}改为{money(price)}（含税）吗？"
        f"以此价格售出时，您可得{money(payout)}（{_rate(rate_bps)}）。"
        "在您回复之前不会变更。"
    )


def proposal_over(state: str) -> str:
    if state == "agreed":
        return "您已同意过此次价格变更。"
    if state == "declined":
        return "您已婉拒此次价格变更，价格维持不变。"
    return "此提案已结束，价格未因此变更。"


def price_held() -> str:
    return "目前因洽谈中等原因无法变更价格，价格维持不变。"


def price_changed(title: str, price: int | None) -> str:
    told = f"为{money(price)}（含税）" if price is not None else ""
    return f"谢谢您。{title}的售价已变更{told}。"


def price_kept(title: str, price: int | None) -> str:
    told = f"{money(price)}（含税）" if price is not None else "目前的价格"
    return f"了解。{title}的售价维持{told}，不作变更。"


def wish_noted(title: str, price: int, by: str) -> str:
    return (
        f"已收到您希望将{title}改为{money(price)}（含税）的意愿。"
        f"顾问将于{by}前在此回复，在那之前价格不变。"
    )


def convert_question(title: str, amount: int, pay_on: date) -> str:
    return (
        f"本店将以保证收购价{money(amount)}收购{title}，寄卖就此结束，"
        f"款项将于{day(pay_on)}支付。可以吗？"
    )


def park_question(title: str, amount: int) -> str:
    return f"{title}目前洽谈中。若洽谈未成立，本店将以保证收购价{money(amount)}收购。您要申请吗？"


def already_parked(title: str) -> str:
    return f"已收到{title}的收购申请。若洽谈未成立，将自动以保证收购价收购，并在此通知您。"


def parked(title: str) -> str:
    return (
        f"已受理。{title}目前洽谈中，若未成立，将自动以保证收购价收购，"
        "即使过了寄卖期限仍有效。结果将在此通知您。"
    )


def converted(title: str, amount: int, pay_on: date) -> str:
    return f"已受理。本店已以{money(amount)}收购{title}，款项将于{day(pay_on)}支付。"


def no_guarantee(title: str) -> str:
    return f"{title}的合同未附保证收购。收购价由顾问为您估价。"


def term_over(title: str) -> str:
    return f"{title}的寄卖期间已满，无法使用保证收购。"


def not_convertible(title: str, stage: str) -> str:
    return f"{title}目前为“{_STAGES.get(stage, '确认中')}”，无法改为收购。"


def identity_first(title: str) -> str:
    return f"办理{title}前，需先确认您的身份。顾问将为您说明。"


def withdraw_question(title: str, *, waits: bool) -> str:
    if waits:
        return f"{title}目前洽谈中。若未成立，将结束寄卖并免费退回。可以吗？"
    return f"将结束{title}的寄卖并免费退回。可以吗？"


def decline_question(title: str) -> str:
    return f"您要婉拒{title}的寄卖提案吗？不收任何费用。"


def declined(title: str) -> str:
    return f"了解。{title}将不寄卖，不收任何费用。"


def declined_here(title: str) -> str:
    return (
        f"了解。{title}将不寄卖，并免费退回。请按下方按钮，我们即开始准备。其他需求由顾问为您服务。"
    )


def going_home(title: str) -> str:
    return f"已受理。{title}将免费退回，寄出后告知运单号。"


def offer_over(title: str, by: str) -> str:
    return f"{title}的保证收购价已过有效期限，无法按此提案签约。顾问将于{by}前在此提出新的条件。"


def returning(title: str) -> str:
    return f"了解。{title}的寄卖已结束，将免费退回，并于1个营业日内安排寄送。"


def withdrawal_waits(title: str) -> str:
    return f"了解。{title}目前洽谈中，若未成立，将自动免费退回。结果将在此通知您。"


def not_returnable(title: str, stage: str) -> str:
    return f"{title}目前为“{_STAGES.get(stage, '确认中')}”，无法退回。"


def renewal_asked(title: str, by: str) -> str:
    return (
        f"已收到{title}的续约意愿。顾问将于{by}前在此提出新的条件。在您同意之前，目前的合同不变。"
    )


def renewal_ready(title: str) -> str:
    return f"{title}的新合同内容已备妥，请确认。"


def not_renewable(title: str, stage: str) -> str:
    return f"{title}目前为“{_STAGES.get(stage, '确认中')}”，无法续约。"


def fresh_question(title: str, amount: int) -> str:
    return f"您将以{money(amount)}将{title}售予本店。可以吗？"


def no_fresh_offer(title: str) -> str:
    return f"{title}目前没有可接受的收购报价。"


def contract_question(contract_no: str) -> str:
    return f"您要按上述内容签订寄卖合同{contract_no}吗？"


def contract_settled(title: str, stage: str) -> str:
    return f"{title}的合同为“{stage}”，目前没有需要您同意的新内容。"


def contract_text(
    contract_no: str,
    version: str,
    title: str,
    code: str,
    *,
    price: int,
    least: int,
    guarantee: int | None,
    tiers: Sequence[tuple[int, int]],
    is_slab: bool,
    drops: Sequence[tuple[int, int]],
    term_days: int,
    grace_days: int,
    in_credit: bool,
) -> str:
    rates = "、".join(f"{money(bound)}以上为{_rate(bps)}" for bound, bps in tiers)
    whole = "售价全额" if is_slab else "各价格区间的金额"
    steps = "、".join(f"{days}天后降{_rate(off)}" for days, off in drops) or "无"
    floor = f"（下限{money(least)}）" if least else ""
    kept = (
        f"寄卖期间内，本店随时以{money(guarantee)}以上收购。" if guarantee is not None else "无。"
    )
    paid = "以购物金支付。购物金无法兑换现金。" if in_credit else "以转账支付。"
    return "\n".join(
        [
            f"寄卖合同 {contract_no}（版本 {version}）",
            f"1. 商品：{title}（{code}）",
            f"2. 起始售价：{money(price)}（含税）",
            f"3. 可得金额：{whole}乘以下列比率。{rates}（含税）。",
            f"4. 降价：自合同开始起{steps}{floor}，均以起始售价计算。"
            "不会降到使可得金额低于保证收购价。其他价格变更仅在您同意时进行。",
            f"5. 保证收购：{kept}",
            f"6. 寄卖期间：自开始日的次日起{term_days}天。期满后{grace_days}天内若无回复，"
            "将免费退回，不会报废或收购。",
            "7. 费用：上架、拍摄、保管、退回、中途取消、转账均不收费。",
            f"8. 付款：{paid}线上售出于买方退货期间结束后，门店售出于当日或下一个银行营业日。",
            "9. 中途取消：随时可免费取消。洽谈中的，在洽谈结束后办理。",
        ]
    )


def signed(title: str, version: str, digest: str, last_day: date | None) -> str:
    until = f"寄卖期限为{day(last_day)}。" if last_day is not None else "寄卖期间自商品送达后开始。"
    return f"谢谢您。{title}的寄卖合同已成立。{until}文件留存：版本 {version}、SHA-256 {digest}…"


def button_record() -> str:
    return "收件时的记录"


def button_contract() -> str:
    return "确认合同内容"


def button_sign() -> str:
    return "按此内容签约"


def button_price() -> str:
    return "商谈售价"


def button_wish(price: int) -> str:
    return f"希望改为{money(price)}"


def button_price_yes() -> str:
    return "同意变更"


def button_price_no() -> str:
    return "不变更"


def button_convert() -> str:
    return "改为收购"


def button_sell_at(amount: int) -> str:
    return f"以{money(amount)}出售"


def button_fresh_offer(amount: int) -> str:
    return f"以{money(amount)}出售"


def button_withdraw() -> str:
    return "申请退回"


def button_home() -> str:
    return "免费退回"


def button_withdraw_it() -> str:
    return "结束并退回"


def button_renew() -> str:
    return "续约"
