"""委託の文言(日本語): what the bot says to consignors in Japanese."""

from collections.abc import Sequence
from datetime import date

lang = "ja"

_WEEKDAYS = "月火水木金土日"
_STAGES = {
    "proposed": "ご契約待ち",
    "awaiting_item": "お品物の到着待ち",
    "guarantee_requested": "買取のお申し込み済み(商談中)",
    "consigned": "お預かり済み・掲載準備中",
    "listed": "販売中",
    "unlisted": "掲載を一時停止中",
    "repair": "お手入れ中",
    "reserved": "商談中",
    "sold": "販売済み",
    "return_window": "販売済み・ご購入者の返品期間中",
    "payable": "お支払い確定",
    "converted": "買取済み",
    "compensated": "補償手続き中",
    "paid": "お支払い済み",
    "closed": "完了",
    "term_ended": "委託期間満了",
    "returning": "ご返却の手配中",
    "returned": "ご返却済み",
    "declined": "ご契約に至らず",
}
_NOTES = {
    "sold": "お支払い日は、ご購入者へのお届けと返品期間のあとに確定します。",
    "return_window": "お支払い日は、ご購入者の返品期間が終わると確定します。",
    "guarantee_requested": "商談が成立しなかった場合、買取保証額での買取に進みます。",
    "term_ended": "延長・ご返却などからお選びください。お返事がない場合は無料でご返却します。",
}


def money(amount: int) -> str:
    return f"¥{amount:,}"


def day(on: date) -> str:
    return f"{on.year}年{on.month}月{on.day}日({_WEEKDAYS[on.weekday()]})"


def stage(stage: str) -> str:
    return _STAGES.get(stage, "担当者が確認中")


def stage_note(stage: str) -> str | None:
    return _NOTES.get(stage)


def term(last_day: date, days_left: int) -> str:
    left = f"あと{days_left}日" if days_left > 0 else "本日まで"
    return f"{day(last_day)}({left})"


def share(payout: int, rate_bps: int) -> str:
    return f"{money(payout)}({_rate(rate_bps)})"


def _rate(rate_bps: int) -> str:
    return f"{rate_bps / 100:g}%"


def views(shown: int, watched: int) -> str:
    return f"{shown}回(うち動画を最後まで {watched}回)"


def label_piece() -> str:
    return "商品番号"


def label_stage() -> str:
    return "状況"


def label_since() -> str:
    return "掲載開始"


def label_price() -> str:
    return "販売価格"


def label_share() -> str:
    return "お受取予定額"


def label_views() -> str:
    return "チャットでの閲覧"


def label_term() -> str:
    return "委託期限"


def label_guarantee() -> str:
    return "買取保証額"


def label_payout() -> str:
    return "お受取額"


def label_pay_on() -> str:
    return "お支払い日"


def status_said(title: str, lines: Sequence[tuple[str, str]]) -> str:
    return f"{title}: " + "、".join(f"{label} {value}" for label, value in lines)


def none() -> str:
    return "ご案内できる委託品は見つかりませんでした。"


def several(count: int) -> str:
    return f"お預かりしている委託品{count}点の状況です。"


def which_contract(contracts: Sequence[tuple[str, str]]) -> str:
    told = "\n".join(f"・{code} {title}" for code, title in contracts)
    return f"どちらのお品物でしょうか。\n{told}"


def record_heading(title: str) -> str:
    return f"お預かり時の記録: {title}"


def recorded(what: str, digest: str) -> str:
    return f"{what} SHA-256 {digest}…"


def record_note(more: int) -> str | None:
    return f"ほかに{more}点の記録がございます。" if more else None


def record_said(title: str, lines: Sequence[str]) -> str:
    return f"{title}のお預かり時の記録です。" + "、".join(lines)


def no_record(title: str) -> str:
    return f"{title}の撮影記録は、まだございません。"


def which_price(title: str, price: int) -> str:
    return (
        f"{title}の現在の販売価格は{money(price)}(税込)です。"
        "ご希望の販売価格を「30万円」のようにお書きください。"
    )


def would_pay(title: str | None, price: int, payout: int, rate_bps: int) -> str:
    what = f"{title}が" if title else ""
    by = "" if title else "現在の委託条件での金額です。"
    return (
        f"{what}{money(price)}(税込)で売れた場合、お受取額は{money(payout)}"
        f"(お受取率{_rate(rate_bps)})です。ほかに手数料はいただきません。{by}"
    )


def price_settled(title: str) -> str:
    return f"{title}の販売価格は、ただいま変更できる段階ではございません。"


def price_proposed(title: str, before: int | None, price: int, payout: int, rate_bps: int) -> str:
    now = f"{money(before)}から" if before is not None else ""
    return (
        f"{title}の販売価格を{now}{money(price)}(税込)に変更してよろしいでしょうか。"
        f"この価格で売れた場合のお受取額は{money(payout)}({_rate(rate_bps)})です。"
        "お返事がない間は変更いたしません。"
    )


def proposal_over(state: str) -> str:
    if state == "agreed":
        return "この価格変更には、すでにご同意をいただいております。"
    if state == "declined":
        return "この価格変更は、すでにお断りいただいております。価格はそのままです。"
    return "このご提案は終了しております。価格は変更しておりません。"


def price_held() -> str:
    return "ただいま商談中などのため、価格を変更できません。価格はそのままです。"


def price_changed(title: str, price: int | None) -> str:
    told = f"{money(price)}(税込)に" if price is not None else ""
    return f"ありがとうございます。{title}の販売価格を{told}変更いたしました。"


def price_kept(title: str, price: int | None) -> str:
    told = f"{money(price)}(税込)の" if price is not None else "いまの"
    return f"承知いたしました。{title}の販売価格は{told}まま変更いたしません。"


def wish_noted(title: str, price: int, by: str) -> str:
    return (
        f"{title}を{money(price)}(税込)にとのご希望を承りました。"
        f"{by}までに、担当者がこちらでお返事いたします。それまで価格は変わりません。"
    )


def convert_question(title: str, amount: int, pay_on: date) -> str:
    return (
        f"{title}を買取保証額{money(amount)}で当店が買い取ります。委託はこれで終了し、"
        f"お支払いは{day(pay_on)}です。よろしいでしょうか。"
    )


def park_question(title: str, amount: int) -> str:
    return (
        f"{title}はただいま商談中です。商談が成立しなかった場合に、"
        f"買取保証額{money(amount)}で当店が買い取ります。お申し込みになりますか。"
    )


def already_parked(title: str) -> str:
    return (
        f"{title}の買取は、すでに承っております。商談が成立しなかった場合に、"
        "買取保証額での買取へ自動的に進み、こちらでお知らせします。"
    )


def parked(title: str) -> str:
    return (
        f"承りました。{title}はただいま商談中のため、商談が成立しなかった場合に、"
        "買取保証額での買取へ自動的に進みます。"
        "委託期限を過ぎても有効です。結果はこちらでお知らせします。"
    )


def converted(title: str, amount: int, pay_on: date) -> str:
    return f"承りました。{title}を{money(amount)}で買い取りました。お支払いは{day(pay_on)}です。"


def no_guarantee(title: str) -> str:
    return f"{title}のご契約には買取保証が付いておりません。買取額は担当者がお見積もりいたします。"


def term_over(title: str) -> str:
    return f"{title}の委託期間は満了しているため、買取保証はお使いいただけません。"


def not_convertible(title: str, stage: str) -> str:
    return f"{title}はただいま「{_STAGES.get(stage, '確認中')}」のため、買取に変更できません。"


def identity_first(title: str) -> str:
    return f"{title}のお手続きには、先にご本人確認が必要です。担当者がご案内いたします。"


def withdraw_question(title: str, *, waits: bool) -> str:
    if waits:
        return (
            f"{title}はただいま商談中です。商談が成立しなかった場合に委託を終了し、"
            "無料でご返却します。よろしいでしょうか。"
        )
    return f"{title}の委託を終了し、無料でご返却します。よろしいでしょうか。"


def decline_question(title: str) -> str:
    return f"{title}の委託のご提案をお断りになりますか。費用はかかりません。"


def declined(title: str) -> str:
    return f"承知いたしました。{title}の委託は行いません。費用はかかりません。"


def declined_here(title: str) -> str:
    return (
        f"承知いたしました。{title}の委託は行いません。お品物は無料でお返しします。"
        "下のボタンで返送の準備を始めます。別のご希望は担当者が承ります。"
    )


def going_home(title: str) -> str:
    return f"承りました。{title}は無料でお返しします。発送しましたら追跡番号をお知らせします。"


def offer_over(title: str, by: str) -> str:
    return (
        f"{title}の買取保証額の有効期限が過ぎたため、このご提案ではご契約いただけません。"
        f"{by}までに、担当者が新しい条件をこちらでご提案します。"
    )


def returning(title: str) -> str:
    return (
        f"承知いたしました。{title}の委託を終了し、無料でご返却します。"
        "1営業日以内に発送の手配をいたします。"
    )


def withdrawal_waits(title: str) -> str:
    return (
        f"承知いたしました。{title}はただいま商談中のため、商談が成立しなかった場合に、"
        "無料でのご返却へ自動的に進みます。結果はこちらでお知らせします。"
    )


def not_returnable(title: str, stage: str) -> str:
    return f"{title}はただいま「{_STAGES.get(stage, '確認中')}」のため、ご返却を承れません。"


def renewal_asked(title: str, by: str) -> str:
    return (
        f"{title}の委託の延長を承りました。{by}までに、担当者が新しい条件をこちらでご提案します。"
        "ご同意いただくまで、いまのご契約は変わりません。"
    )


def renewal_ready(title: str) -> str:
    return f"{title}の新しいご契約の内容をご用意しております。ご確認ください。"


def not_renewable(title: str, stage: str) -> str:
    return f"{title}はただいま「{_STAGES.get(stage, '確認中')}」のため、延長を承れません。"


def fresh_question(title: str, amount: int) -> str:
    return f"{title}を{money(amount)}で当店にお売りいただきます。よろしいでしょうか。"


def no_fresh_offer(title: str) -> str:
    return f"{title}には、ただいまお受けいただける買取額のご提示がございません。"


def contract_question(contract_no: str) -> str:
    return f"上記の内容で委託契約{contract_no}をお結びになりますか。"


def contract_settled(title: str, stage: str) -> str:
    return f"{title}のご契約は「{stage}」です。いま新しくご同意いただく内容はございません。"


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
    rates = "、".join(f"{money(bound)}以上は{_rate(bps)}" for bound, bps in tiers)
    whole = "販売価格の全体に" if is_slab else "価格帯ごとの金額に"
    steps = "、".join(f"{days}日後に{_rate(off)}引き" for days, off in drops) or "なし"
    floor = f"(下限{money(least)})" if least else ""
    kept = (
        f"委託期間中はいつでも、{money(guarantee)}以上で当店が買い取ります。"
        if guarantee is not None
        else "付きません。"
    )
    paid = (
        "ストアクレジットでお支払いします。現金でのお払い戻しはできません。"
        if in_credit
        else "銀行振込でお支払いします。"
    )
    return "\n".join(
        [
            f"委託販売契約 {contract_no}(版 {version})",
            f"1. お品物: {title}({code})",
            f"2. 販売開始価格: {money(price)}(税込)",
            f"3. お受取額: {whole}次の率を掛けた額です。{rates}(税込)。",
            f"4. 値下げ: 契約開始から{steps}{floor}。開始価格からの割引です。"
            "買取保証額を下回るお支払いになる値下げはいたしません。"
            "これ以外の価格変更は、ご同意をいただいたときだけ行います。",
            f"5. 買取保証: {kept}",
            f"6. 委託期間: 開始日の翌日から{term_days}日間。満了後{grace_days}日以内に"
            "お返事がなければ、無料でご返却します。処分や買取はいたしません。",
            "7. 費用: 掲載・撮影・保管・返送・途中でのお取りやめ・お振り込みの"
            "費用はいただきません。",
            f"8. お支払い: {paid}"
            "オンラインでの販売はご購入者の返品期間が終わってから、"
            "店頭での販売は当日または翌銀行営業日です。",
            "9. 途中のお取りやめ: いつでも無料です。商談中の場合は、その終了後となります。",
        ]
    )


def signed(title: str, version: str, digest: str, last_day: date | None) -> str:
    until = (
        f"委託期限は{day(last_day)}です。"
        if last_day is not None
        else "委託期間は、お品物が届いてから始まります。"
    )
    return (
        f"ありがとうございます。{title}の委託契約が成立しました。{until}"
        f"文面の控え: 版 {version}、SHA-256 {digest}…"
    )


def button_record() -> str:
    return "お預かり時の記録"


def button_contract() -> str:
    return "契約内容を確認する"


def button_sign() -> str:
    return "この内容で契約する"


def button_price() -> str:
    return "販売価格の相談"


def button_wish(price: int) -> str:
    return f"{money(price)}への変更を相談"


def button_price_yes() -> str:
    return "変更に同意する"


def button_price_no() -> str:
    return "変更しない"


def button_convert() -> str:
    return "買取に変更"


def button_sell_at(amount: int) -> str:
    return f"{money(amount)}で売却する"


def button_fresh_offer(amount: int) -> str:
    return f"{money(amount)}で売却"


def button_withdraw() -> str:
    return "返却してもらう"


def button_home() -> str:
    return "無料で返送"


def button_withdraw_it() -> str:
    return "終了して返却"


def button_renew() -> str:
    return "延長する"
