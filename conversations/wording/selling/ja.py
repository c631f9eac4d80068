"""買取の文言: what the bot says of selling in Japanese."""

from collections.abc import Sequence
from datetime import date, time

lang = "ja"

_WEEKDAYS = "月火水木金土日"
_SHOTS = {
    "dial": "文字盤の正面",
    "case_back": "裏蓋",
    "side_crown": "リューズ側の側面",
    "clasp": "クラスプ(留め具)",
    "serial": "シリアル番号",
    "accessories": "付属品",
    "face_up": "石の正面",
    "side": "側面",
    "mount_marks": "枠の刻印",
    "report_front": "鑑定書の表面",
    "front": "正面",
    "back": "背面",
    "base": "底面",
    "corner_front_left": "角",
    "handle": "持ち手",
    "interior": "内側",
    "code": "刻印・シリアル",
    "label": "ブランドタグ",
    "composition_tag": "品質表示タグ",
    "defect_1": "いちばん目立つ傷み",
}
_CATEGORIES = {
    "watch": "時計",
    "diamond": "ダイヤモンド・ジュエリー",
    "bag": "バッグ・革小物",
    "apparel": "お洋服",
}
_QUESTIONS = {
    "condition": "新品と比べて、お品物の状態はいかがですか。",
    "warranty_card": "保証書はお手元にございますか。",
    "box": "箱はお手元にございますか。",
    "grading_report": "鑑定書はお手元にございますか。",
    "authenticity_card": "ギャランティカードはお手元にございますか。",
    "strap": "付属のストラップはお手元にございますか。",
    "tag": "購入時のタグは付いていますか。",
    "altered": "研磨・修理・お直しをされたことはございますか。",
    "years": "お買い求めから、およそ何年になりますか。",
}
_ANSWERS = {
    "unused": "未使用",
    "fine": "目立つ傷なし",
    "light_marks": "小さな傷あり",
    "worn": "使用感あり",
    "damaged": "目立つ傷みあり",
    "broken": "動かない・壊れている",
    "yes": "はい",
    "no": "いいえ",
    "unknown": "わからない",
    "1": "1年以内",
    "5": "2〜5年",
    "10": "6〜10年",
    "20": "11年以上",
}
_PARTS = {
    "warranty_card": "保証書",
    "box": "箱",
    "grading_report": "鑑定書",
    "authenticity_card": "ギャランティカード",
    "strap": "ストラップ",
    "tag": "タグ",
}
_METHODS = {
    "mail_in": "宅配で送る",
    "home_visit": "自宅に来てもらう",
    "store_drop": "店頭に持ち込む",
}
_METHOD_NAMES = {
    "mail_in": "宅配",
    "home_visit": "ご自宅への出張",
    "store_drop": "店頭へのお持ち込み",
}
_MERITS = {
    "mail_in": "無料の梱包キットをお届けします。ご都合のよい時にお送りいただけます。",
    "home_visit": "査定士が伺います。点数の多い時や、大きなお品物に向いています。",
    "store_drop": "その場で査定し、すぐにお返事できます。当日のお支払いも可能です。",
}
_STAGES = {
    "inquiry": "査定のご相談中",
    "quoted": "仮査定済み",
    "quote_expired": "仮査定の期限切れ",
    "submitted": "お申し込み済み",
    "kit_sent": "梱包キット発送済み",
    "in_transit": "当店へ配送中",
    "arrived": "到着・査定待ち",
    "appraising": "査定中",
    "approval_pending": "査定額の確認中",
    "police_hold": "お預かり中(担当者がご説明します)",
    "offered": "査定額のご提示中",
    "offer_expired": "ご提示の期限切れ",
    "declined": "お見送り",
    "rejected": "買取不可",
    "accepted": "ご承諾済み・ご本人確認待ち",
    "pay_scheduled": "お支払い手配済み",
    "rescinded": "ご契約解除",
    "return_shipping": "ご返送の手配中",
    "paid": "お支払い済み",
    "credited": "ストアクレジット付与済み",
    "consign": "委託へ",
    "referred": "ご紹介済み",
    "returned": "ご返送済み",
    "compensated": "補償のお手続き済み",
    "closed": "完了",
}
_MEANS = {"bank": "銀行振込", "credit": "ストアクレジット", "split": "半分ずつ", "cash": "現金"}
_PAYMENTS = {
    "planned": "お支払いの予定です",
    "released": "お振り込みの手続き中です",
    "sent": "銀行へ送金済みです",
    "paid": "お支払い済みです",
    "failed": "お振り込みができず、担当者が確認しています",
}
_BOXES = {"small": "小(時計・小物)", "medium": "中(バッグ1点)", "large": "大(複数点)"}


def _yen(amount: int) -> str:
    return f"¥{amount:,}"


def _free(amount: int) -> str:
    return "0円" if amount == 0 else _yen(amount)


def _all(titles: Sequence[str]) -> str:
    return "、".join(titles)


def day(day: date) -> str:
    """10月13日(火)."""
    return f"{day.month}月{day.day}日({_WEEKDAYS[day.weekday()]})"


def money(amount: int) -> str:
    return _yen(amount)


def span(low: int, high: int) -> str:
    return _yen(low) if low == high else f"{_yen(low)}〜{_yen(high)}"


def through(last: date) -> str:
    return f"{day(last)}まで"


def shot(code: str) -> str:
    return _SHOTS.get(code, code)


def category(category: str) -> str:
    return _CATEGORIES.get(category, category)


def unnamed() -> str:
    return "(商品名未確認)"


def which_piece(*, is_repair: bool) -> str:
    if is_repair:
        return "修理のお見積もりを承ります。ブランド名と型名(または型番)をお書きください。"
    return (
        "お品物の査定を承ります。ブランド名と型名(または型番)をお書きください。"
        "お写真だけでも、お電話・店頭・宅配でも承ります。"
    )


def which_category(title: str) -> str:
    return f"{title}は、次のどちらのお品物ですか。" if title else "どちらのお品物ですか。"


def who_are_you(title: str) -> str:
    return (
        f"{title}の査定を承ります。はじめてのお客様は、このトークのまま進められます。"
        "会員のお客様は、先に会員情報との連携をお願いいたします。"
    )


def send_pictures(title: str, shots: Sequence[str], *, before: int, is_repair: bool) -> str:
    what = "修理のお見積もり" if is_repair else "仮査定"
    sent = f"先ほどの{before}枚も拝見します。" if before else ""
    return (
        f"{title}の{what}を承ります。{sent}次のお写真を、上から順にお送りください。"
        f"まとめてでも構いません。\n" + "\n".join(f"{n}. {each}" for n, each in enumerate(shots, 1))
    )


def pictures_missing(
    *, shown: int, total: int, blurred: Sequence[str], missing: Sequence[str]
) -> str:
    again = f"{_all(blurred)}のお写真がぼけているようです。" if blurred else ""
    return (
        f"お写真を確かにお預かりしました({shown}/{total})。{again}"
        f"{_all(missing)}のお写真がまだのようです。次は{missing[0]}をお送りください。"
    )


def pictures_whole(*, total: int) -> str:
    return f"必要なお写真{total}枚がそろいました。ありがとうございます。次へお進みください。"


def pictures_kept(title: str) -> str:
    return f"お写真を確かに受け取り、{title}の資料として保管いたしました。"


def question(question: str) -> str:
    return _QUESTIONS.get(question, question)


def answer(question: str, choice: str) -> str:
    return _ANSWERS.get(choice, choice)


def quoted_already(title: str) -> str:
    return f"{title}は、すでにお手続きが進んでおります。"


def handed_over(title: str, by: str, *, is_repair: bool) -> str:
    what = "お見積もり" if is_repair else "査定額"
    return (
        f"{title}は、担当者が拝見したうえで{what}をお伝えします。{by}までに、"
        "こちらでお返事いたします。"
    )


def nothing_offered(title: str) -> str:
    return (
        f"申し訳ございません。{title}は、当店ではお値段をお付けするのが難しいお品物です。"
        "よりよい条件のお店を、無料でご紹介できる場合がございます。"
    )


def label_range() -> str:
    return "仮査定額"


def label_valid() -> str:
    return "有効期限"


def label_market() -> str:
    return "相場"


def label_pictures() -> str:
    return "お写真"


def label_reckoned() -> str:
    return "見立て"


def comparables(count: int) -> str:
    return f"直近の成約{count}件をもとに算出" if count else "担当者の見立て"


def shown_of(shown: int, required: int) -> str:
    return f"{shown}/{required}枚"


def reckoned(grade: str, missing: Sequence[str]) -> str:
    parts = _all([_PARTS.get(each, each) for each in missing])
    return f"ランク{grade}相当" + (f"、{parts}なし" if parts else "、付属品あり")


def provisional() -> str:
    return "お写真とお話による仮の金額です。実物を拝見した本査定で確定します。"


def range_said(title: str, low: int, high: int) -> str:
    return f"{title}の仮査定額は{span(low, high)}です。"


def range_binds_nobody() -> str:
    return "仮査定で、お客様にも当店にも義務は生じません。次のお手続きをお選びください。"


def order_unknown(order_no: str) -> str:
    return f"ご注文{order_no}は見つかりませんでした。番号をもう一度お確かめください。"


def nothing_bought() -> str:
    return (
        "当店でお買い求めの該当するお品物は見つかりませんでした。ブランド名と型名をお書きください。"
    )


def which_bought() -> str:
    return "どちらのお品物の査定をご希望ですか。"


def bought_said(title: str, code: str) -> str:
    return f"当店でお買い求めの{title}({code})です。"


def methods() -> str:
    lines = [f"・{_METHOD_NAMES[each]}: {_MERITS[each]}" for each in _METHOD_NAMES]
    return (
        "送り方は3通りです。どれも無料で、到着前ならいつでも変更できます。\n"
        + "\n".join(lines)
        + "\nどちらになさいますか。"
    )


def method(method: str) -> str:
    return _METHODS.get(method, method)


def method_told(method: str) -> str:
    return f"{_METHOD_NAMES.get(method, method)}: {_MERITS.get(method, '')}まず査定から承ります。"


def which_day() -> str:
    return "伺う日はいつがよろしいでしょうか。お時間は担当者がご相談します。"


def which_scope() -> str:
    return "伺う際は、査定だけになさいますか、その場での買取のご提案もご希望になりますか。"


def scope(scope: str) -> str:
    return {"appraise_only": "査定だけ", "may_offer": "買取の提案も希望"}.get(scope, scope)


def rejected_rule() -> str:
    return (
        "お申し込みの前に一つ伺います。万一買取のできないお品物は、どのようにいたしましょうか。"
        "処分は、その時にお品物ごとに改めてご同意をいただいた場合だけ行います。"
    )


def rejected(choice: str) -> str:
    return {"return": "無料で返送", "dispose": "処分を相談"}.get(choice, choice)


def ask_submit(
    pieces: Sequence[str],
    method: str,
    *,
    rejected: str,
    on: date | None,
    scope: str | None,
    inbound: int,
    back: int,
    cancel: int,
) -> str:
    visit = ""
    if on is not None:
        only = "査定だけ" if scope == "appraise_only" else "買取のご提案も含めて"
        visit = f"伺う日は{day(on)}、{only}承ります。"
    choice = "無料でご返送" if rejected == "return" else "処分をその都度ご相談"
    return (
        f"{_METHOD_NAMES.get(method, method)}で{len(pieces)}点({_all(pieces)})を"
        "お申し込みになります。"
        f"{visit}買取のできない場合は{choice}します。"
        f"送料{_free(inbound)}・返送料{_free(back)}・キャンセル料{_free(cancel)}です。"
        "よろしければ下のボタンを押してください。"
    )


def submitted_already() -> str:
    return "お申し込みはすでに承っております。"


def visit_applied(on: date, *, by: str) -> str:
    return (
        f"{day(on)}のご自宅への出張を承りました。"
        f"お時間は、{by}までに担当者がこちらでご相談いたします。"
    )


def store_applied(case_no: str) -> str:
    return (
        f"お持ち込みを承りました。受付番号は{case_no}です。営業時間内にお越しください。"
        "ご本人確認書類をお持ちいただくと、お手続きが早く済みます。"
    )


def same_method(method: str) -> str:
    return f"{_METHOD_NAMES.get(method, method)}で承っております。"


def ask_change(pieces: Sequence[str], method: str) -> str:
    return (
        f"{_all(pieces)}を、{_METHOD_NAMES.get(method, method)}に変更します。"
        "費用はかかりません。よろしいでしょうか。"
    )


def changed(method: str, *, by: str) -> str:
    if method == "home_visit":
        return f"ご自宅への出張に変更しました。お時間は、{by}までに担当者がご相談いたします。"
    if method == "store_drop":
        return "店頭へのお持ち込みに変更しました。営業時間内にお越しください。"
    return "宅配に変更しました。先にお届けの梱包キットでお送りください。"


def too_late_to_change() -> str:
    return "お品物の配送が始まっているため、送り方の変更はできません。状況をご覧いただけます。"


def which_box() -> str:
    return "承りました。無料の梱包キットをお送りします。箱の大きさをお選びください。"


def box(box: str) -> str:
    return _BOXES.get(box, box)


def kit_leaves(box: str, *, by: str) -> str:
    size = f"({_BOXES[box]})" if box in _BOXES else ""
    return f"梱包キット{size}は{by}までに発送します。発送後、追跡番号をこちらでお知らせします。"


def kit_on_its_way(tracking_no: str) -> str:
    return f"梱包キットは発送済みです。追跡番号は{tracking_no}です。"


def kit_explained() -> str:
    return (
        "無料の梱包キットをお届けします。まず査定を承り、そのあと箱の大きさをお選びいただきます。"
    )


def ask_withdraw(pieces: Sequence[str], *, is_sent: bool, cancel: int, back: int) -> str:
    home = f"お品物は返送料{_free(back)}でお返しします。" if is_sent else ""
    return (
        f"{_all(pieces)}のお手続きを取りやめます。キャンセル料は{_free(cancel)}です。{home}"
        "よろしければ下のボタンを押してください。"
    )


def withdrawn(*, is_sent: bool) -> str:
    if is_sent:
        return "お取りやめを承りました。無料の返送ラベルでお返しし、追跡番号をお知らせします。"
    return "お取りやめを承りました。費用はかかりません。またのご相談をお待ちしております。"


def nothing_to_withdraw() -> str:
    return "ただいま取りやめのできるお手続きはございません。"


def no_open_offer() -> str:
    return "ただいまお返事をお待ちしている査定額はございません。"


def offers_open(count: int) -> str:
    if count == 1:
        return "査定額をご提示しております。カードのボタンからお選びください。"
    return f"{count}点の査定額をご提示しております。1点ずつお選びいただけます。"


def offer_said(title: str, amount: int) -> str:
    return f"{title}の査定額は{_yen(amount)}です。"


def label_buyback() -> str:
    return "買取金額"


def label_as_credit() -> str:
    return "ストアクレジットなら"


def label_paid_on() -> str:
    return "買取のお支払い"


def label_consign_price() -> str:
    return "委託の想定価格"


def label_consign_payout() -> str:
    return "委託のお受取額"


def label_consign_paid() -> str:
    return "委託のお支払い"


def label_market_falls() -> str:
    return "相場が下がったら"


def label_costs() -> str:
    return "費用"


def label_below() -> str:
    return "仮査定との差"


def label_repair() -> str:
    return "修理のお見積もり"


def with_bonus(amount: int, bonus: int) -> str:
    return f"{_yen(amount + bonus)}(うち特典{_yen(bonus)})"


def paid_on(pay_on: date) -> str:
    return f"今ご承諾なら{day(pay_on)}"


def consign_payout(low: int, high: int, rate_bps: int) -> str:
    return f"{span(low, high)}(成約価格の{rate_bps / 100:g}%)"


def consign_paid(days: int) -> str:
    return f"最長{days}日間の販売。成約・返品期間後の翌銀行営業日"


def market_falls(guarantee: int | None) -> str:
    if guarantee is None:
        return "買取: 金額は変わりません / 委託: 値下げをしても、本査定の金額を期間中保証"
    return f"買取: 金額は変わりません / 委託: 値下げをしても{_yen(guarantee)}を期間中保証"


def costs(transfer_fee: int) -> str:
    return f"送料・返送料・キャンセル料 0円、振込手数料 {_free(transfer_fee)}"


def below(amount: int, reasons: Sequence[str]) -> str:
    return f"仮査定から−{_yen(amount)}: {_all(reasons)}"


def too_cheap(least: int) -> str:
    return f"委託は想定販売価格{_yen(least)}以上のお品物に限るため、買取のみのご案内です。"


def decided_later() -> str:
    return "買取・委託のどちらも、本査定の金額をご覧になってからお決めいただけます。"


def routes(*, least: int, low_bps: int, high_bps: int, days: int) -> str:
    return (
        "買取は、金額が決まりしだい当日か翌銀行営業日にお支払いします。相場の変動は当店が負います。"
        f"委託は、最長{days}日間当店で販売し、成約価格の{low_bps / 100:g}〜{high_bps / 100:g}%を"
        f"お支払いします。期間中はいつでも本査定の金額で買取に切り替えられます({_yen(least)}以上)。"
        "お品物を伺えれば、両方の金額をお出しします。"
    )


def means(means: str) -> str:
    return _MEANS.get(means, means)


def which_means(
    *, amount: int, bank: int, transfer_fee: int, pay_on: date, credit: int, bonus: int
) -> str:
    bearer = "当店負担" if transfer_fee == 0 else f"お客様負担{_free(transfer_fee)}"
    return (
        f"査定額{_yen(amount)}のお受け取り方法をお選びください。\n"
        f"・銀行振込: {_yen(bank)}(振込手数料は{bearer}、{day(pay_on)})\n"
        f"・ストアクレジット: {_yen(credit)}(特典{_yen(bonus)}を含む、当店でのお買い物に)"
    )


def ask_accept(
    title: str, amount: int, *, bank: int, credit: int, means: str, pay_on: date | None
) -> str:
    ways = []
    if bank and pay_on is not None:
        how = "現金でお渡し" if means == "cash" else "お振り込み"
        ways.append(f"{_yen(bank)}は{day(pay_on)}に{how}します。")
    if credit:
        ways.append(
            f"{_yen(credit)}はストアクレジット(特典付き)でお受け取りになります。"
            "ストアクレジットは現金でのお払い戻しができません。"
        )
    return (
        f"{title}を{_yen(amount)}で当店にお売りいただきます。{''.join(ways)}"
        "よろしければ下のボタンを押してください。"
    )


def ask_repair(title: str, amount: int) -> str:
    return (
        f"{title}の修理を{_yen(amount)}でご依頼になります。よろしければ下のボタンを押してください。"
    )


def accepted(
    title: str,
    amount: int,
    *,
    pay_on: date | None,
    bank: int,
    credit: int,
    waits_for_identity: bool,
) -> str:
    told = f"ありがとうございます。{title}を{_yen(amount)}でお売りいただくことを承りました。"
    if waits_for_identity:
        return told + "ご本人確認が済みしだい、お支払い日をお知らせします。"
    if bank and pay_on is not None:
        told += f"{_yen(bank)}を{day(pay_on)}にお支払いします。"
    if credit:
        told += f"{_yen(credit)}をストアクレジットとして、特典とともにお付けしました。"
    return told


def account_wanted(*, by: str) -> str:
    return (
        f"お振込先のご登録がまだのため、{by}までに担当者が安全な手続きをご案内します。"
        "口座番号はこのトークにお書きにならないでください。"
    )


def repair_ordered(title: str, amount: int, *, by: str) -> str:
    return (
        f"{title}の修理を{_yen(amount)}で承りました。仕上がりの予定は、{by}までにお知らせします。"
    )


def offer_gone() -> str:
    return "このご提示は変更されたか、すでにお返事をいただいています。最新の内容をご覧ください。"


def offer_over() -> str:
    return "申し訳ございません、この査定額は有効期限を過ぎました。改めて査定を承ります。"


def refuse_options(title: str, amount: int, *, through: date) -> str:
    return (
        f"{title}の査定額{_yen(amount)}は{day(through)}まで有効です。"
        "お見送りの場合も費用は0円です。いかがなさいますか。"
    )


def ask_home(title: str, amount: int) -> str:
    return (
        f"{title}の査定額{_yen(amount)}をお断りになり、お品物は返送料0円でお返しします。"
        "よろしければ下のボタンを押してください。"
    )


def going_home(title: str) -> str:
    return f"承りました。{title}は無料でお返しします。発送しましたら追跡番号をお知らせします。"


def ask_consign(title: str, amount: int, *, days: int) -> str:
    return (
        f"{title}を買取ではなく委託になさいます。{_yen(amount)}は、"
        f"{days}日間の買取保証額になります。"
        "よろしければ下のボタンを押してください。"
    )


def consign_wanted(title: str, *, by: str) -> str:
    return (
        f"承りました。{title}の委託契約の内容を、{by}までに担当者がお送りします。"
        "ご同意いただくまで販売は始まりません。"
    )


def which_wish(title: str) -> str:
    return f"{title}のご希望の金額をお書きください(例: 45万円)。"


def ask_counter(title: str, *, offered: int, wanted: int) -> str:
    return (
        f"{title}の査定額{_yen(offered)}に対し、ご希望額{_yen(wanted)}を査定士に伝えます。"
        "よろしければ下のボタンを押してください。"
    )


def countered(title: str, wanted: int, *, offered: int, by: str) -> str:
    return (
        f"{title}のご希望額{_yen(wanted)}を査定士に伝えました。{by}までにお返事いたします。"
        f"それまで{_yen(offered)}のご提示も有効です。"
    )


def cannot_buy(title: str, reasons: Sequence[str]) -> str:
    return (
        f"申し訳ございません。{title}は買取ができませんでした。理由: {_all(reasons)}。"
        "お品物をどのようにいたしましょうか。"
    )


def decided_already(title: str) -> str:
    return f"{title}は、すでにお手続きが決まっております。"


def ask_send_home(title: str) -> str:
    return f"{title}を返送料0円でお返しします。よろしければ下のボタンを押してください。"


def ask_dispose(title: str) -> str:
    return (
        f"{title}を処分します。費用は0円ですが、お返しはできなくなります。"
        "よろしければ下のボタンを押してください。"
    )


def disposal_agreed(title: str) -> str:
    return f"承りました。{title}は当店で責任をもって処分いたします。"


def ask_refer(title: str) -> str:
    return (
        f"{title}に、よりよい条件のお店をお探しします。ご紹介は無料です。"
        "お名前・ご連絡先・お品物の情報を紹介先にお伝えすることへのご同意が必要です。"
        "ご同意いただけますか。"
    )


def referral_wanted(title: str, *, by: str) -> str:
    return (
        f"ご同意を承りました。{title}の紹介先とその理由を、{by}までに担当者がお知らせします。"
        "お客様の情報は、紹介先をご確認いただいてからお伝えします。"
    )


def ask_introduce(title: str, dealer: str, *, reason: str, indication: int | None) -> str:
    worth = f"(目安{_yen(indication)})" if indication is not None else ""
    return (
        f"{title}は、{dealer}{worth}をご紹介できます。理由: {reason}。ご紹介は無料です。"
        "お名前・ご連絡先・お品物の情報を先方にお伝えすることにご同意いただけますか。"
    )


def introduced(title: str, dealer: str) -> str:
    return (
        f"ご同意を承りました。{title}を{dealer}へご紹介します。先方からご連絡いたします。"
        "当店でお預かりのお品物は、無料でお返しします。"
    )


def ask_take_back(pieces: Sequence[str], last: date | None) -> str:
    term = f"期限は{day(last)}です。" if last is not None else ""
    return (
        f"訪問での売買契約({_all(pieces)})を、クーリング・オフにより解除します。{term}"
        "違約金はなく、お品物は当店の費用でお返しします。お受け取り済みの代金はお返しいただきます。"
        "よろしければ下のボタンを押してください。"
    )


def taken_back(pieces: Sequence[str]) -> str:
    return (
        f"{_all(pieces)}のご契約の解除を承りました。お品物は当店の費用でお返しします。"
        "お受け取り済みの代金がある場合は、担当者がご返金の方法をご案内します。"
    )


def take_back_late(last: date) -> str:
    return (
        f"申し訳ございません。クーリング・オフの期限は{day(last)}まででした。"
        "ご事情を担当者が伺います。"
    )


def goods_gone(*, by: str) -> str:
    return f"お申し出を承りました。お品物の状況を確認し、{by}までに担当者がご連絡いたします。"


def no_case() -> str:
    return "ただいまお手続き中の査定はございません。"


def cases_open(count: int) -> str:
    return f"お手続き中の査定は{count}件です。"


def case_said(case_no: str, stage: str) -> str:
    return f"受付番号{case_no}: {stage}"


def stage(stage: str) -> str:
    return _STAGES.get(stage, stage)


def stage_since(stage: str, since: str) -> str:
    return f"{_STAGES.get(stage, stage)}({since})"


def label_next() -> str:
    return "次のご連絡"


def next_by(by: str) -> str:
    return f"{by}まで"


def label_kit() -> str:
    return "キットの追跡番号"


def label_hash() -> str:
    return "記録"


def anything_else() -> str:
    return "進みましたら、こちらへお知らせします。ほかにご用件はございますか。"


def payment(amount: int, due_on: date, status: str, *, transfer_fee: int) -> str:
    bearer = "当店負担" if transfer_fee == 0 else f"お客様負担{_free(transfer_fee)}"
    return f"{_yen(amount)}: {day(due_on)}、{_PAYMENTS.get(status, status)}(振込手数料は{bearer})。"


def waits_for_identity() -> str:
    return "ご承諾いただいたお品物は、ご本人確認が済みしだい、お支払い日をお知らせします。"


def how_paid(on: date, *, cutoff: time, transfer_fee: int, example: int, as_credit: int) -> str:
    bearer = "当店" if transfer_fee == 0 else "お客様"
    return (
        f"銀行営業日の{cutoff:%H:%M}までのご承諾で当日、以降は翌銀行営業日にお支払いします。"
        f"今のご承諾なら{day(on)}です。振込手数料は{bearer}の負担です。"
        f"ストアクレジットでのお受け取りなら、例えば{_yen(example)}が{_yen(as_credit)}になります。"
    )


def button_begin() -> str:
    return "査定を始める"


def button_bought_here() -> str:
    return "当店で買った品"


def button_repair() -> str:
    return "修理を相談する"


def button_methods() -> str:
    return "店頭・宅配・出張"


def button_phone() -> str:
    return "電話で相談する"


def button_first_time() -> str:
    return "はじめて利用する"


def button_no_pictures() -> str:
    return "写真なしで進む"


def button_no_more_pictures() -> str:
    return "写真はこれで全部"


def button_go_on() -> str:
    return "次へ進む"


def button_more() -> str:
    return "もう1点査定する"


def button_choose_method() -> str:
    return "送り方を選ぶ"


def button_change_method() -> str:
    return "送り方を変える"


def button_compare() -> str:
    return "買取と委託を比べる"


def button_submit() -> str:
    return "申し込む"


def button_change() -> str:
    return "変更する"


def button_status() -> str:
    return "状況を見る"


def button_withdraw() -> str:
    return "取りやめる"


def button_sell() -> str:
    return "買取で進む"


def button_consign() -> str:
    return "委託で進む"


def button_refuse() -> str:
    return "見送る"


def button_accept(amount: int) -> str:
    return f"{_yen(amount)}で確定する"


def button_order_repair() -> str:
    return "修理を依頼する"


def button_other_offers() -> str:
    return "査定額を見る"


def button_payment() -> str:
    return "入金日を見る"


def button_home() -> str:
    return "無料で返送"


def button_wish() -> str:
    return "希望額を伝える"


def button_counter(wanted: int) -> str:
    return f"{_yen(wanted)}を希望"


def button_refer() -> str:
    return "ほかのお店の紹介"


def button_agree_refer() -> str:
    return "同意して紹介を希望"


def button_rejected() -> str:
    return "お返しの方法を選ぶ"


def button_dispose() -> str:
    return "処分を相談"


def button_dispose_it() -> str:
    return "処分に同意する"


def button_take_back() -> str:
    return "契約を解除する"


def button_proposal() -> str:
    return "紹介先を見る"
