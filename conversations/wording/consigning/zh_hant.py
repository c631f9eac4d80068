"""委託の文言(繁体字): to consignors in traditional Chinese."""

from collections.abc import Sequence
from datetime import date

lang = "zh_hant"

_WEEKDAYS = "一二三四五六日"
_STAGES = {
    "proposed": "等待簽約",
    "awaiting_item": "等待商品送達",
    "guarantee_requested": "已申請收購（洽談中）",
    "consigned": "已收到，準備上架中",
    "listed": "銷售中",
    "unlisted": "暫停上架",
    "repair": "保養中",
    "reserved": "洽談中",
    "sold": "已售出",
    "return_window": "已售出，買方退貨期間內",
    "payable": "款項已確定",
    "converted": "已收購",
    "compensated": "補償辦理中",
    "paid": "已付款",
    "closed": "已完成",
    "term_ended": "寄賣期滿",
    "returning": "安排退回中",
    "returned": "已退回",
    "declined": "未成立",
}
_NOTES = {
    "sold": "付款日將於送達買方並過了退貨期間後確定。",
    "return_window": "付款日將於買方退貨期間結束後確定。",
    "guarantee_requested": "若洽談未成立，將以保證收購價收購。",
    "term_ended": "請選擇續約、退回等方式。若未收到回覆，將免費退回。",
}


def money(amount: int) -> str:
    return f"¥{amount:,}"


def day(on: date) -> str:
    return f"{on.year}年{on.month}月{on.day}日（週{_WEEKDAYS[on.weekday()]}）"


def stage(stage: str) -> str:
    return _STAGES.get(stage, "專人確認中")


def stage_note(stage: str) -> str | None:
    return _NOTES.get(stage)


def term(last_day: date, days_left: int) -> str:
    left = f"還有{days_left}天" if days_left > 0 else "今天為止"
    return f"{day(last_day)}（{left}）"


def share(payout: int, rate_bps: int) -> str:
    return f"{money(payout)}（{_rate(rate_bps)}）"


def _rate(rate_bps: int) -> str:
    return f"{rate_bps / 100:g}%"


def views(shown: int, watched: int) -> str:
    return f"{shown}次（其中看完影片{watched}次）"


def label_piece() -> str:
    return "商品編號"


def label_stage() -> str:
    return "狀況"


def label_since() -> str:
    return "開始上架"


def label_price() -> str:
    return "售價"


def label_share() -> str:
    return "預計可得金額"


def label_views() -> str:
    return "聊天中的瀏覽"


def label_term() -> str:
    return "寄賣期限"


def label_guarantee() -> str:
    return "保證收購價"


def label_payout() -> str:
    return "可得金額"


def label_pay_on() -> str:
    return "付款日"


def status_said(title: str, lines: Sequence[tuple[str, str]]) -> str:
    return f"{title}: " + "、".join(f"{label} {value}" for label, value in lines)


def none() -> str:
    return "找不到可為您說明的寄賣品。"


def several(count: int) -> str:
    return f"您寄賣的{count}件商品狀況如下。"


def which_contract(contracts: Sequence[tuple[str, str]]) -> str:
    told = "\n".join(f"・{code} {title}" for code, title in contracts)
    return f"請問是哪一件商品？\n{told}"


def record_heading(title: str) -> str:
    return f"收件時的紀錄：{title}"


def recorded(what: str, digest: str) -> str:
    return f"{what} SHA-256 {digest}…"


def record_note(more: int) -> str | None:
    return f"另有{more}筆紀錄。" if more else None


def record_said(title: str, lines: Sequence[str]) -> str:
    return f"{title}收件時的紀錄。" + "、".join(lines)


def no_record(title: str) -> str:
    return f"{title}目前還沒有拍攝紀錄。"


def which_price(title: str, price: int) -> str:
    return f"{title}目前的售價為{money(price)}（含稅）。請寫下您希望的售價，例如「30萬日圓」。"


def would_pay(title: str | None, price: int, payout: int, rate_bps: int) -> str:
    what = f"{title}若" if title else "若"
    by = "" if title else "此為依目前寄賣條件計算的金額。"
    return (
        f"{what}以{money(price)}（含稅）售出，您可得{money(payout)}"
        f"（比率{_rate(rate_bps)}）。不另收手續費。{by}"
    )


def price_settled(title: str) -> str:
    return f"{title}目前的階段無法變更售價。"


def price_proposed(title: str, before: int | None, price: int, payout: int, rate_bps: int) -> str:
    now = f"由{money(before)}" if before is not None else ""
    return (
        f"可以將{title}的售價{now}改為{money(price)}（含稅）嗎？"
        f"以此價格售出時，您可得{money(payout)}（{_rate(rate_bps)}）。"
        "在您回覆之前不會變更。"
    )


def proposal_over(state: str) -> str:
    if state == "agreed":
        return "您已同意過此次價格變更。"
    if state == "declined":
        return "您已婉拒此次價格變更，價格維持不變。"
    return "此提案已結束，價格未因此變更。"


def price_held() -> str:
    return "目前因洽談中等原因無法變更價格，價格維持不變。"


def price_changed(title: str, price: int | None) -> str:
    told = f"為{money(price)}（含稅）" if price is not None else ""
    return f"謝謝您。{title}的售價已變更{told}。"


def price_kept(title: str, price: int | None) -> str:
    told = f"{money(price)}（含稅）" if price is not None else "目前的價格"
    return f"了解。{title}的售價維持{told}，不作變更。"


def wish_noted(title: str, price: int, by: str) -> str:
    return (
        f"已收到您希望將{title}改為{money(price)}（含稅）的意願。"
        f"專人將於{by}前在此回覆，在那之前價格不變。"
    )


def convert_question(title: str, amount: int, pay_on: date) -> str:
    return (
        f"本店將以保證收購價{money(amount)}收購{title}，寄賣就此結束，"
        f"款項將於{day(pay_on)}支付。可以嗎？"
    )


def park_question(title: str, amount: int) -> str:
    return f"{title}目前洽談中。若洽談未成立，本店將以保證收購價{money(amount)}收購。您要申請嗎？"


def already_parked(title: str) -> str:
    return f"已收到{title}的收購申請。若洽談未成立，將自動以保證收購價收購，並在此通知您。"


def parked(title: str) -> str:
    return (
        f"已受理。{title}目前洽談中，若未成立，將自動以保證收購價收購，"
        "即使過了寄賣期限仍有效。結果將在此通知您。"
    )


def converted(title: str, amount: int, pay_on: date) -> str:
    return f"已受理。本店已以{money(amount)}收購{title}，款項將於{day(pay_on)}支付。"


def no_guarantee(title: str) -> str:
    return f"{title}的合約未附保證收購。收購價由專人為您估價。"


def term_over(title: str) -> str:
    return f"{title}的寄賣期間已滿，無法使用保證收購。"


def not_convertible(title: str, stage: str) -> str:
    return f"{title}目前為「{_STAGES.get(stage, '確認中')}」，無法改為收購。"


def identity_first(title: str) -> str:
    return f"辦理{title}前，需先確認您的身分。專人將為您說明。"


def withdraw_question(title: str, *, waits: bool) -> str:
    if waits:
        return f"{title}目前洽談中。若未成立，將結束寄賣並免費退回。可以嗎？"
    return f"將結束{title}的寄賣並免費退回。可以嗎？"


def decline_question(title: str) -> str:
    return f"您要婉拒{title}的寄賣提案嗎？不收任何費用。"


def declined(title: str) -> str:
    return f"了解。{title}將不寄賣，不收任何費用。"


def declined_here(title: str) -> str:
    return (
        f"了解。{title}將不寄賣，並免費退回。請按下方按鈕，我們即開始準備。其他需求由專人為您服務。"
    )


def going_home(title: str) -> str:
    return f"已受理。{title}將免費退回，寄出後告知追蹤號碼。"


def offer_over(title: str, by: str) -> str:
    return f"{title}的保證收購價已過有效期限，無法依此提案簽約。專人將於{by}前在此提出新的條件。"


def returning(title: str) -> str:
    return f"了解。{title}的寄賣已結束，將免費退回，並於1個營業日內安排寄送。"


def withdrawal_waits(title: str) -> str:
    return f"了解。{title}目前洽談中，若未成立，將自動免費退回。結果將在此通知您。"


def not_returnable(title: str, stage: str) -> str:
    return f"{title}目前為「{_STAGES.get(stage, '確認中')}」，無法退回。"


def renewal_asked(title: str, by: str) -> str:
    return (
        f"已收到{title}的續約意願。專人將於{by}前在此提出新的條件。在您同意之前，目前的合約不變。"
    )


def renewal_ready(title: str) -> str:
    return f"{title}的新合約內容已備妥，請確認。"


def not_renewable(title: str, stage: str) -> str:
    return f"{title}目前為「{_STAGES.get(stage, '確認中')}」，無法續約。"


def fresh_question(title: str, amount: int) -> str:
    return f"您將以{money(amount)}將{title}售予本店。可以嗎？"


def no_fresh_offer(title: str) -> str:
    return f"{title}目前沒有可接受的收購報價。"


def contract_question(contract_no: str) -> str:
    return f"您要依上述內容簽訂寄賣合約{contract_no}嗎？"


def contract_settled(title: str, stage: str) -> str:
    return f"{title}的合約為「{stage}」，目前沒有需要您同意的新內容。"


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
    rates = "、".join(f"{money(bound)}以上為{_rate(bps)}" for bound, bps in tiers)
    whole = "售價全額" if is_slab else "各價格級距的金額"
    steps = "、".join(f"{days}天後降{_rate(off)}" for days, off in drops) or "無"
    floor = f"（下限{money(least)}）" if least else ""
    kept = (
        f"寄賣期間內，本店隨時以{money(guarantee)}以上收購。" if guarantee is not None else "無。"
    )
    paid = "以購物金支付。購物金無法兌換現金。" if in_credit else "以匯款支付。"
    return "\n".join(
        [
            f"寄賣合約 {contract_no}（版本 {version}）",
            f"1. 商品：{title}（{code}）",
            f"2. 起始售價：{money(price)}（含稅）",
            f"3. 可得金額：{whole}乘以下列比率。{rates}（含稅）。",
            f"4. 降價：自合約開始起{steps}{floor}，皆以起始售價計算。"
            "不會降到使可得金額低於保證收購價。其他價格變更僅在您同意時進行。",
            f"5. 保證收購：{kept}",
            f"6. 寄賣期間：自開始日的翌日起{term_days}天。期滿後{grace_days}天內若無回覆，"
            "將免費退回，不會報廢或收購。",
            "7. 費用：上架、拍攝、保管、退回、中途取消、匯款皆不收費。",
            f"8. 付款：{paid}線上售出於買方退貨期間結束後，門市售出於當日或次一銀行營業日。",
            "9. 中途取消：隨時可免費取消。洽談中者於其結束後辦理。",
        ]
    )


def signed(title: str, version: str, digest: str, last_day: date | None) -> str:
    until = f"寄賣期限為{day(last_day)}。" if last_day is not None else "寄賣期間自商品送達後開始。"
    return f"謝謝您。{title}的寄賣合約已成立。{until}文件留存：版本 {version}、SHA-256 {digest}…"


def button_record() -> str:
    return "收件時的紀錄"


def button_contract() -> str:
    return "確認合約內容"


def button_sign() -> str:
    return "依此內容簽約"


def button_price() -> str:
    return "商談售價"


def button_wish(price: int) -> str:
    return f"希望改為{money(price)}"


def button_price_yes() -> str:
    return "同意變更"


def button_price_no() -> str:
    return "不變更"


def button_convert() -> str:
    return "改為收購"


def button_sell_at(amount: int) -> str:
    return f"以{money(amount)}出售"


def button_fresh_offer(amount: int) -> str:
    return f"以{money(amount)}出售"


def button_withdraw() -> str:
    return "申請退回"


def button_home() -> str:
    return "免費退回"


def button_withdraw_it() -> str:
    return "結束並退回"


def button_renew() -> str:
    return "續約"
