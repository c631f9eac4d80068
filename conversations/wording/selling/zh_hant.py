"""買取の文言(繁体字): what the bot says of selling in traditional Chinese."""

from collections.abc import Sequence
from datetime import date, time

lang = "zh_hant"

_WEEKDAYS = "一二三四五六日"
_SHOTS = {
    "dial": "面盤正面",
    "case_back": "底蓋",
    "side_crown": "錶冠側面",
    "clasp": "錶扣",
    "serial": "序號",
    "accessories": "配件",
    "face_up": "寶石正面",
    "side": "側面",
    "mount_marks": "戒台刻印",
    "report_front": "鑑定書正面",
    "front": "正面",
    "back": "背面",
    "base": "底部",
    "corner_front_left": "邊角",
    "handle": "提把",
    "interior": "內部",
    "code": "刻印或序號",
    "label": "品牌標籤",
    "composition_tag": "洗標",
    "defect_1": "最明顯的損傷",
}
_CATEGORIES = {
    "watch": "腕錶",
    "diamond": "鑽石與珠寶",
    "bag": "包包與小皮件",
    "apparel": "服飾",
}
_QUESTIONS = {
    "condition": "與新品相比，商品的狀態如何？",
    "warranty_card": "有保卡嗎？",
    "box": "有盒子嗎？",
    "grading_report": "有鑑定書嗎？",
    "authenticity_card": "有保證卡嗎？",
    "strap": "有原附的肩帶嗎？",
    "tag": "購買時的吊牌還在嗎？",
    "altered": "是否拋光、維修或修改過？",
    "years": "購買至今大約幾年？",
}
_ANSWERS = {
    "unused": "未使用",
    "fine": "無明顯傷痕",
    "light_marks": "有輕微傷痕",
    "worn": "有使用感",
    "damaged": "有明顯損傷",
    "broken": "故障或損壞",
    "yes": "是",
    "no": "否",
    "unknown": "不清楚",
    "1": "1年以內",
    "5": "2至5年",
    "10": "6至10年",
    "20": "11年以上",
}
_PARTS = {
    "warranty_card": "保卡",
    "box": "盒子",
    "grading_report": "鑑定書",
    "authenticity_card": "保證卡",
    "strap": "肩帶",
    "tag": "吊牌",
}
_METHODS = {
    "mail_in": "宅配寄送",
    "home_visit": "到府收購",
    "store_drop": "親送門市",
}
_METHOD_NAMES = {"mail_in": "宅配", "home_visit": "到府", "store_drop": "親送門市"}
_MERITS = {
    "mail_in": "免費寄送包裝組，您方便時寄出即可。",
    "home_visit": "鑑價師到府，適合多件或大件商品。",
    "store_drop": "當場估價，回覆最快，也可當日付款。",
}
_STAGES = {
    "inquiry": "洽詢中",
    "quoted": "已初步估價",
    "quote_expired": "初步估價已過期",
    "submitted": "已申請",
    "kit_sent": "包裝組已寄出",
    "in_transit": "運送至本店途中",
    "arrived": "已到店、等待估價",
    "appraising": "估價中",
    "approval_pending": "確認金額中",
    "police_hold": "保管中（由專人說明）",
    "offered": "已報價",
    "offer_expired": "報價已過期",
    "declined": "已婉拒",
    "rejected": "無法收購",
    "accepted": "已同意、等待身分確認",
    "pay_scheduled": "已安排付款",
    "rescinded": "已解除合約",
    "return_shipping": "安排退回中",
    "paid": "已付款",
    "credited": "已存入購物金",
    "consign": "轉為寄賣",
    "referred": "已介紹",
    "returned": "已退回",
    "compensated": "已辦理補償",
    "closed": "完成",
}
_MEANS = {"bank": "銀行匯款", "credit": "購物金", "split": "各一半", "cash": "現金"}
_PAYMENTS = {
    "planned": "預定付款",
    "released": "匯款處理中",
    "sent": "已送交銀行",
    "paid": "已付款",
    "failed": "匯款未成功，專人確認中",
}
_BOXES = {"small": "小（腕錶）", "medium": "中（一個包）", "large": "大（多件）"}


def _yen(amount: int) -> str:
    return f"¥{amount:,}"


def _all(titles: Sequence[str]) -> str:
    return "、".join(titles)


def _bearer(fee: int) -> str:
    return "手續費由本店負擔" if fee == 0 else f"手續費{_yen(fee)}由您負擔"


def day(day: date) -> str:
    return f"{day.month}月{day.day}日（週{_WEEKDAYS[day.weekday()]}）"


def money(amount: int) -> str:
    return _yen(amount)


def span(low: int, high: int) -> str:
    return _yen(low) if low == high else f"{_yen(low)}~{_yen(high)}"


def through(last: date) -> str:
    return f"至{day(last)}"


def shot(code: str) -> str:
    return _SHOTS.get(code, code)


def category(category: str) -> str:
    return _CATEGORIES.get(category, category)


def unnamed() -> str:
    return "（品名未確認）"


def which_piece(*, is_repair: bool) -> str:
    if is_repair:
        return "樂意為您估算維修費用。請寫下品牌與型號。"
    return "樂意為您估價。請寫下品牌與型號。只傳照片，或透過電話、門市、宅配也都可以。"


def which_category(title: str) -> str:
    return f"{title}是哪一類商品？" if title else "是哪一類商品？"


def who_are_you(title: str) -> str:
    return f"樂意為您的{title}估價。初次使用可直接在此繼續；若您是會員，請先連結會員資料。"


def send_pictures(title: str, shots: Sequence[str], *, before: int, is_repair: bool) -> str:
    what = "估算維修費用" if is_repair else "初步估價"
    sent = f"您剛才傳來的{before}張也會一併查看。" if before else ""
    return f"為您的{title}{what}。{sent}請依序傳送以下照片，一次傳送也可以。\n" + "\n".join(
        f"{n}. {each}" for n, each in enumerate(shots, 1)
    )


def pictures_missing(
    *, shown: int, total: int, blurred: Sequence[str], missing: Sequence[str]
) -> str:
    again = f"{_all(blurred)}的照片似乎模糊。" if blurred else ""
    return (
        f"照片已妥善收到（{shown}/{total}）。{again}還缺{_all(missing)}的照片。"
        f"請接著傳送{missing[0]}。"
    )


def pictures_whole(*, total: int) -> str:
    return f"需要的{total}張照片都齊了，謝謝您。請繼續。"


def pictures_kept(title: str) -> str:
    return f"照片已妥善收到，並作為{title}的資料保存。"


def question(question: str) -> str:
    return _QUESTIONS.get(question, question)


def answer(question: str, choice: str) -> str:
    return _ANSWERS.get(choice, choice)


def quoted_already(title: str) -> str:
    return f"{title}的手續已在進行中。"


def handed_over(title: str, by: str, *, is_repair: bool) -> str:
    what = "維修估價" if is_repair else "估價金額"
    return f"專人查看{title}後，將於{by}前在此告知{what}。"


def nothing_offered(title: str) -> str:
    return f"很抱歉，本店難以為{title}報價。或許可以免費為您介紹條件更好的店家。"


def label_range() -> str:
    return "初步估價"


def label_valid() -> str:
    return "有效期限"


def label_market() -> str:
    return "行情"


def label_pictures() -> str:
    return "照片"


def label_reckoned() -> str:
    return "評估"


def comparables(count: int) -> str:
    return f"依近期{count}件成交計算" if count else "由專人評估"


def shown_of(shown: int, required: int) -> str:
    return f"{shown}/{required}張"


def reckoned(grade: str, missing: Sequence[str]) -> str:
    parts = _all([_PARTS.get(each, each) for each in missing])
    return f"相當於等級{grade}" + (f"、無{parts}" if parts else "、配件齊全")


def provisional() -> str:
    return "此為依照片與說明的初步估價金額，以正式估價為準。"


def range_said(title: str, low: int, high: int) -> str:
    return f"{title}的初步估價為{span(low, high)}。"


def range_binds_nobody() -> str:
    return "初步估價對您與本店都沒有約束力。請選擇下一步。"


def order_unknown(order_no: str) -> str:
    return f"找不到訂單{order_no}。請再確認編號。"


def nothing_bought() -> str:
    return "找不到您在本店購買的該商品。請寫下品牌與型號。"


def which_bought() -> str:
    return "您想為哪一件估價？"


def bought_said(title: str, code: str) -> str:
    return f"您在本店購買的{title}（{code}）。"


def methods() -> str:
    lines = [f"・{_METHOD_NAMES[each]}：{_MERITS[each]}" for each in _METHOD_NAMES]
    return "有三種方式，都免費，到店前隨時可以更改。\n" + "\n".join(lines) + "\n您想用哪一種？"


def method(method: str) -> str:
    return _METHODS.get(method, method)


def method_told(method: str) -> str:
    return f"{_METHOD_NAMES.get(method, method)}：{_MERITS.get(method, '')}請先讓我們估價。"


def which_day() -> str:
    return "希望哪一天到府？時間由專人與您商量。"


def which_scope() -> str:
    return "到府時只估價，還是也可以當場提出收購金額？"


def scope(scope: str) -> str:
    return {"appraise_only": "只估價", "may_offer": "也可提出收購"}.get(scope, scope)


def rejected_rule() -> str:
    return (
        "申請前請教一件事：萬一無法收購的商品，該如何處理？只有屆時逐件再次取得您同意，才會報廢。"
    )


def rejected(choice: str) -> str:
    return {"return": "免費退回", "dispose": "洽商報廢"}.get(choice, choice)


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
        only = "只估價" if scope == "appraise_only" else "也可提出收購"
        visit = f"到府日為{day(on)}，{only}。"
    choice = "免費退回" if rejected == "return" else "逐件與您洽商報廢"
    return (
        f"您將以{_METHOD_NAMES.get(method, method)}申請{len(pieces)}件（{_all(pieces)}）。{visit}"
        f"無法收購時{choice}。運費{_yen(inbound)}、退回{_yen(back)}、取消{_yen(cancel)}。"
        "確認無誤請按下方按鈕。"
    )


def submitted_already() -> str:
    return "已收到您的申請。"


def visit_applied(on: date, *, by: str) -> str:
    return f"已受理{day(on)}的到府。專人將於{by}前在此與您商量時間。"


def store_applied(case_no: str) -> str:
    return f"已受理。受理編號為{case_no}。請於營業時間內前來，攜帶身分證件可加快手續。"


def same_method(method: str) -> str:
    return f"目前就是以{_METHOD_NAMES.get(method, method)}受理。"


def ask_change(pieces: Sequence[str], method: str) -> str:
    return f"將{_all(pieces)}改為{_METHOD_NAMES.get(method, method)}，不收費用。可以嗎？"


def changed(method: str, *, by: str) -> str:
    if method == "home_visit":
        return f"已改為到府。專人將於{by}前與您商量時間。"
    if method == "store_drop":
        return "已改為親送門市。請於營業時間內前來。"
    return "已改為宅配。請使用先前寄給您的包裝組。"


def too_late_to_change() -> str:
    return "商品已在運送中，無法更改方式。您可以查看進度。"


def which_box() -> str:
    return "已受理。我們將免費寄送包裝組。請選擇盒子大小。"


def box(box: str) -> str:
    return _BOXES.get(box, box)


def kit_leaves(box: str, *, by: str) -> str:
    size = f"（{_BOXES[box]}）" if box in _BOXES else ""
    return f"包裝組{size}將於{by}前寄出，寄出後在此告知追蹤號碼。"


def kit_on_its_way(tracking_no: str) -> str:
    return f"包裝組已寄出，追蹤號碼為{tracking_no}。"


def kit_explained() -> str:
    return "我們免費寄送包裝組。先估價，再請您選擇盒子大小。"


def ask_withdraw(pieces: Sequence[str], *, is_sent: bool, cancel: int, back: int) -> str:
    home = f"商品將退回，退回費{_yen(back)}。" if is_sent else ""
    return f"將取消{_all(pieces)}的手續。取消費{_yen(cancel)}。{home}確認無誤請按下方按鈕。"


def withdrawn(*, is_sent: bool) -> str:
    if is_sent:
        return "已受理取消。將以免費退回標籤寄回，並告知追蹤號碼。"
    return "已受理取消，不收費用。歡迎再次洽詢。"


def nothing_to_withdraw() -> str:
    return "目前沒有可以取消的手續。"


def no_open_offer() -> str:
    return "目前沒有等待您回覆的報價。"


def offers_open(count: int) -> str:
    if count == 1:
        return "報價已備妥。請以卡片上的按鈕選擇。"
    return f"已備妥{count}件報價，可以逐件決定。"


def offer_said(title: str, amount: int) -> str:
    return f"{title}的報價為{_yen(amount)}。"


def label_buyback() -> str:
    return "收購金額"


def label_as_credit() -> str:
    return "換成購物金"


def label_paid_on() -> str:
    return "收購付款"


def label_consign_price() -> str:
    return "寄賣預估售價"


def label_consign_payout() -> str:
    return "寄賣您可得"


def label_consign_paid() -> str:
    return "寄賣付款"


def label_market_falls() -> str:
    return "行情下跌時"


def label_costs() -> str:
    return "費用"


def label_below() -> str:
    return "與初步估價的差額"


def label_repair() -> str:
    return "維修估價"


def with_bonus(amount: int, bonus: int) -> str:
    return f"{_yen(amount + bonus)}（加贈{_yen(bonus)}）"


def paid_on(pay_on: date) -> str:
    return f"現在同意則為{day(pay_on)}"


def consign_payout(low: int, high: int, rate_bps: int) -> str:
    return f"{span(low, high)}（售價的{rate_bps / 100:g}%）"


def consign_paid(days: int) -> str:
    return f"最長銷售{days}天。成交且退貨期滿後的下一個銀行營業日"


def market_falls(guarantee: int | None) -> str:
    least = "正式估價金額" if guarantee is None else _yen(guarantee)
    return f"收購：金額不變 / 寄賣：即使降價，期間內保證{least}"


def costs(transfer_fee: int) -> str:
    return f"運費、退回、取消 ¥0，匯款手續費 {_yen(transfer_fee)}"


def below(amount: int, reasons: Sequence[str]) -> str:
    return f"比初步估價少¥{amount:,}：{_all(reasons)}"


def too_cheap(least: int) -> str:
    return f"寄賣僅限預估售價{_yen(least)}以上的商品，因此只提供收購。"


def decided_later() -> str:
    return "收購或寄賣，都可以看過正式估價金額後再決定。"


def routes(*, least: int, low_bps: int, high_bps: int, days: int) -> str:
    return (
        "收購在金額確定後，當日或下一個銀行營業日付款，行情變動由本店承擔。"
        f"寄賣由本店銷售最長{days}天，支付售價的{low_bps / 100:g}~{high_bps / 100:g}%；"
        f"期間內隨時可改以正式估價金額收購（售價{_yen(least)}以上）。"
        "告訴我們商品，即可算出兩種金額。"
    )


def means(means: str) -> str:
    return _MEANS.get(means, means)


def which_means(
    *, amount: int, bank: int, transfer_fee: int, pay_on: date, credit: int, bonus: int
) -> str:
    return (
        f"請選擇{_yen(amount)}的收款方式。\n"
        f"・銀行匯款：{_yen(bank)}（{_bearer(transfer_fee)}，{day(pay_on)}）\n"
        f"・購物金：{_yen(credit)}（含加贈{_yen(bonus)}）"
    )


def ask_accept(
    title: str, amount: int, *, bank: int, credit: int, means: str, pay_on: date | None
) -> str:
    ways = []
    if bank and pay_on is not None:
        how = "以現金交付" if means == "cash" else "匯款"
        ways.append(f"{_yen(bank)}將於{day(pay_on)}{how}。")
    if credit:
        ways.append(f"{_yen(credit)}以購物金（附加贈）領取；購物金不能兌換現金。")
    return f"您將以{_yen(amount)}把{title}賣給本店。{''.join(ways)}確認無誤請按下方按鈕。"


def ask_repair(title: str, amount: int) -> str:
    return f"您將以{_yen(amount)}委託維修{title}。確認無誤請按下方按鈕。"


def accepted(
    title: str,
    amount: int,
    *,
    pay_on: date | None,
    bank: int,
    credit: int,
    waits_for_identity: bool,
) -> str:
    told = f"謝謝您。已受理以{_yen(amount)}收購{title}。"
    if waits_for_identity:
        return told + "身分確認完成後，將告知付款日。"
    if bank and pay_on is not None:
        told += f"{_yen(bank)}將於{day(pay_on)}付款。"
    if credit:
        told += f"{_yen(credit)}已連同加贈存為購物金。"
    return told


def account_wanted(*, by: str) -> str:
    return f"尚未登錄匯款帳戶，專人將於{by}前告知安全的手續。請勿在此寫下帳號。"


def repair_ordered(title: str, amount: int, *, by: str) -> str:
    return f"已受理以{_yen(amount)}維修{title}。將於{by}前告知完成預定。"


def offer_gone() -> str:
    return "此報價已變更或已答覆。請查看最新內容。"


def offer_over() -> str:
    return "很抱歉，此報價已過期。樂意重新為您估價。"


def refuse_options(title: str, amount: int, *, through: date) -> str:
    return f"{title}的報價{_yen(amount)}有效至{day(through)}。婉拒的費用也是¥0。您希望怎麼做？"


def ask_home(title: str, amount: int) -> str:
    return f"您將婉拒{title}的報價{_yen(amount)}，商品免費退回。確認無誤請按下方按鈕。"


def going_home(title: str) -> str:
    return f"已受理。{title}將免費退回，寄出後告知追蹤號碼。"


def ask_consign(title: str, amount: int, *, days: int) -> str:
    return (
        f"{title}將改為寄賣，不由本店收購。"
        f"{_yen(amount)}為{days}天內的保證收購價。確認無誤請按下方按鈕。"
    )


def consign_wanted(title: str, *, by: str) -> str:
    return f"已受理。專人將於{by}前寄送{title}的寄賣合約內容。您同意之前不會開始銷售。"


def which_wish(title: str) -> str:
    return f"請寫下您對{title}的期望金額（例：45萬日圓）。"


def ask_counter(title: str, *, offered: int, wanted: int) -> str:
    return (
        f"{title}的報價為{_yen(offered)}。將向鑑價師轉達您的期望金額{_yen(wanted)}。"
        "確認無誤請按下方按鈕。"
    )


def countered(title: str, wanted: int, *, offered: int, by: str) -> str:
    return (
        f"已向鑑價師轉達{title}的期望金額{_yen(wanted)}，將於{by}前回覆。"
        f"在此之前{_yen(offered)}的報價仍有效。"
    )


def cannot_buy(title: str, reasons: Sequence[str]) -> str:
    return f"很抱歉，無法收購{title}。理由：{_all(reasons)}。商品該如何處理？"


def decided_already(title: str) -> str:
    return f"{title}的手續已經決定。"


def ask_send_home(title: str) -> str:
    return f"將免費退回{title}。確認無誤請按下方按鈕。"


def ask_dispose(title: str) -> str:
    return f"將報廢{title}。費用¥0，但之後無法歸還。確認無誤請按下方按鈕。"


def disposal_agreed(title: str) -> str:
    return f"已受理。本店將負責報廢{title}。"


def ask_refer(title: str) -> str:
    return (
        f"將為{title}尋找條件更好的店家，介紹免費。需要您同意將姓名、"
        "聯絡方式與商品資訊告知對方。您同意嗎？"
    )


def referral_wanted(title: str, *, by: str) -> str:
    return f"謝謝您的同意。專人將於{by}前告知{title}的介紹店家與理由；經您確認後才會提供您的資訊。"


def ask_introduce(title: str, dealer: str, *, reason: str, indication: int | None) -> str:
    worth = f"（約{_yen(indication)}）" if indication is not None else ""
    return (
        f"{title}可為您介紹{dealer}{worth}。理由：{reason}。介紹免費。"
        "您同意將姓名、聯絡方式與商品資訊告知對方嗎？"
    )


def introduced(title: str, dealer: str) -> str:
    return f"謝謝您的同意。將把{title}介紹給{dealer}，由對方與您聯絡。本店保管的商品將免費退回。"


def ask_take_back(pieces: Sequence[str], last: date | None) -> str:
    term = f"期限為{day(last)}。" if last is not None else ""
    return (
        f"您將以冷靜期制度解除到府買賣合約（{_all(pieces)}）。{term}"
        "沒有違約金，商品由本店負擔費用退回；已收到的款項需請您退還。確認無誤請按下方按鈕。"
    )


def taken_back(pieces: Sequence[str]) -> str:
    return f"已受理解除{_all(pieces)}的合約。商品由本店負擔費用退回；若已收款，專人將告知退款方式。"


def take_back_late(last: date) -> str:
    return f"很抱歉，冷靜期已於{day(last)}結束。專人將聽取您的情況。"


def goods_gone(*, by: str) -> str:
    return f"已受理。確認商品狀況後，專人將於{by}前與您聯絡。"


def no_case() -> str:
    return "目前沒有進行中的估價。"


def cases_open(count: int) -> str:
    return f"進行中的估價共{count}件。"


def case_said(case_no: str, stage: str) -> str:
    return f"受理編號{case_no}：{stage}"


def stage(stage: str) -> str:
    return _STAGES.get(stage, stage)


def stage_since(stage: str, since: str) -> str:
    return f"{_STAGES.get(stage, stage)}（{since}）"


def label_next() -> str:
    return "下次聯絡"


def next_by(by: str) -> str:
    return f"{by}前"


def label_kit() -> str:
    return "包裝組追蹤號碼"


def label_hash() -> str:
    return "紀錄"


def anything_else() -> str:
    return "有進展時會在此通知您。還有其他需要嗎？"


def payment(amount: int, due_on: date, status: str, *, transfer_fee: int) -> str:
    return (
        f"{_yen(amount)}：{day(due_on)}，"
        f"{_PAYMENTS.get(status, status)}（{_bearer(transfer_fee)}）。"
    )


def waits_for_identity() -> str:
    return "您已同意的商品，身分確認完成後將告知付款日。"


def how_paid(on: date, *, cutoff: time, transfer_fee: int, example: int, as_credit: int) -> str:
    return (
        f"銀行營業日{cutoff:%H:%M}前同意則當日付款，之後為下一個銀行營業日；"
        f"現在同意則為{day(on)}（{_bearer(transfer_fee)}）。"
        f"若換成購物金，例如{_yen(example)}變為{_yen(as_credit)}。"
    )


def button_begin() -> str:
    return "開始估價"


def button_bought_here() -> str:
    return "在本店購買的商品"


def button_repair() -> str:
    return "洽詢維修"


def button_methods() -> str:
    return "門市、宅配、到府"


def button_phone() -> str:
    return "電話洽詢"


def button_first_time() -> str:
    return "初次使用"


def button_no_pictures() -> str:
    return "不傳照片繼續"


def button_no_more_pictures() -> str:
    return "照片就這些"


def button_go_on() -> str:
    return "繼續"


def button_more() -> str:
    return "再估一件"


def button_choose_method() -> str:
    return "選擇寄送方式"


def button_change_method() -> str:
    return "更改方式"


def button_compare() -> str:
    return "比較收購與寄賣"


def button_submit() -> str:
    return "申請"


def button_change() -> str:
    return "更改"


def button_status() -> str:
    return "查看進度"


def button_withdraw() -> str:
    return "取消手續"


def button_sell() -> str:
    return "收購"


def button_consign() -> str:
    return "寄賣"


def button_refuse() -> str:
    return "暫不出售"


def button_accept(amount: int) -> str:
    return f"確認{_yen(amount)}"


def button_order_repair() -> str:
    return "委託維修"


def button_other_offers() -> str:
    return "查看報價"


def button_payment() -> str:
    return "查看付款日"


def button_home() -> str:
    return "免費退回"


def button_wish() -> str:
    return "告知期望金額"


def button_counter(wanted: int) -> str:
    return f"期望{_yen(wanted)}"


def button_refer() -> str:
    return "介紹其他店家"


def button_agree_refer() -> str:
    return "同意並請介紹"


def button_rejected() -> str:
    return "選擇處理方式"


def button_dispose() -> str:
    return "洽商報廢"


def button_dispose_it() -> str:
    return "同意報廢"


def button_take_back() -> str:
    return "解除合約"


def button_proposal() -> str:
    return "查看介紹店家"
