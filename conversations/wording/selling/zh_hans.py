"""買取の文言(簡体字): what the bot says of selling in simplified Chinese."""

from collections.abc import Sequence
from datetime import date, time

lang = "zh_hans"

_WEEKDAYS = "一二三四五六日"
_SHOTS = {
    "dial": "表盘正面",
    "case_back": "后盖",
    "side_crown": "表冠侧面",
    "clasp": "表扣",
    "serial": "序列号",
    "accessories": "配件",
    "face_up": "宝石正面",
    "side": "侧面",
    "mount_marks": "戒托刻印",
    "report_front": "鉴定书正面",
    "front": "正面",
    "back": "背面",
    "base": "底部",
    "corner_front_left": "边角",
    "handle": "提手",
    "interior": "内部",
    "code": "刻印或序列号",
    "label": "品牌标签",
    "composition_tag": "洗标",
    "defect_1": "最明显的损伤",
}
_CATEGORIES = {
    "watch": "腕表",
    "diamond": "钻石与珠宝",
    "bag": "包袋与小皮具",
    "apparel": "服饰",
}
_QUESTIONS = {
    "condition": "与新品相比，物品的状态如何？",
    "warranty_card": "有保卡吗？",
    "box": "有盒子吗？",
    "grading_report": "有鉴定书吗？",
    "authenticity_card": "有保证卡吗？",
    "strap": "有原附的肩带吗？",
    "tag": "购买时的吊牌还在吗？",
    "altered": "是否抛光、维修或修改过？",
    "years": "购买至今大约几年？",
}
_ANSWERS = {
    "unused": "未使用",
    "fine": "无明显伤痕",
    "light_marks": "有轻微伤痕",
    "worn": "有使用感",
    "damaged": "有明显损伤",
    "broken": "故障或损坏",
    "yes": "是",
    "no": "否",
    "unknown": "不清楚",
    "1": "1年以内",
    "5": "2至5年",
    "10": "6至10年",
    "20": "11年以上",
}
_PARTS = {
    "warranty_card": "保卡",
    "box": "盒子",
    "grading_report": "鉴定书",
    "authenticity_card": "保证卡",
    "strap": "肩带",
    "tag": "吊牌",
}
_METHODS = {
    "mail_in": "快递寄送",
    "home_visit": "上门收购",
    "store_drop": "送至门店",
}
_METHOD_NAMES = {"mail_in": "快递", "home_visit": "上门", "store_drop": "送至门店"}
_MERITS = {
    "mail_in": "免费寄送包装套装，您方便时寄出即可。",
    "home_visit": "估价师上门，适合多件或大件物品。",
    "store_drop": "当场估价，回复最快，也可当日付款。",
}
_STAGES = {
    "inquiry": "咨询中",
    "quoted": "已初步估价",
    "quote_expired": "初步估价已过期",
    "submitted": "已申请",
    "kit_sent": "包装套装已寄出",
    "in_transit": "运送至本店途中",
    "arrived": "已到店、等待估价",
    "appraising": "估价中",
    "approval_pending": "确认金额中",
    "police_hold": "保管中（由顾问说明）",
    "offered": "已报价",
    "offer_expired": "报价已过期",
    "declined": "已婉拒",
    "rejected": "无法收购",
    "accepted": "已同意、等待身份确认",
    "pay_scheduled": "已安排付款",
    "rescinded": "已解除合同",
    "return_shipping": "安排退回中",
    "paid": "已付款",
    "credited": "已存入购物金",
    "consign": "转为寄卖",
    "referred": "已介绍",
    "returned": "已退回",
    "compensated": "已办理补偿",
    "closed": "完成",
}
_MEANS = {"bank": "银行转账", "credit": "购物金", "split": "各一半", "cash": "现金"}
_PAYMENTS = {
    "planned": "预定付款",
    "released": "转账处理中",
    "sent": "已送交银行",
    "paid": "已付款",
    "failed": "转账未成功，顾问确认中",
}
_BOXES = {"small": "小（腕表）", "medium": "中（一个包）", "large": "大（多件）"}


def _yen(amount: int) -> str:
    return f"{amount:,}日元"


def _all(titles: Sequence[str]) -> str:
    return "、".join(titles)


def _bearer(fee: int) -> str:
    return "手续费由本店承担" if fee == 0 else f"手续费{_yen(fee)}由您承担"


def day(day: date) -> str:
    return f"{day.month}月{day.day}日（周{_WEEKDAYS[day.weekday()]}）"


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
    return "（品名未确认）"


def which_piece(*, is_repair: bool) -> str:
    if is_repair:
        return "乐意为您估算维修费用。请写下品牌与型号。"
    return "乐意为您估价。请写下品牌与型号。只传照片，或通过电话、门店、快递也都可以。"


def which_category(title: str) -> str:
    return f"{title}是哪一类物品？" if title else "是哪一类物品？"


def who_are_you(title: str) -> str:
    return f"乐意为您的{title}估价。初次使用可直接在此继续；若您是会员，请先关联会员信息。"


def send_pictures(title: str, shots: Sequence[str], *, before: int, is_repair: bool) -> str:
    what = "估算维修费用" if is_repair else "初步估价"
    sent = f"您刚才传来的{before}张也会一并查看。" if before else ""
    return f"为您的{title}{what}。{sent}请按顺序发送以下照片，一次发送也可以。\n" + "\n".join(
        f"{n}. {each}" for n, each in enumerate(shots, 1)
    )


def pictures_missing(
    *, shown: int, total: int, blurred: Sequence[str], missing: Sequence[str]
) -> str:
    again = f"{_all(blurred)}的照片似乎模糊。" if blurred else ""
    return (
        f"照片已妥善收到（{shown}/{total}）。{again}还缺{_all(missing)}的照片。"
        f"请接着发送{missing[0]}。"
    )


def pictures_whole(*, total: int) -> str:
    return f"需要的{total}张照片都齐了，谢谢您。请继续。"


def pictures_kept(title: str) -> str:
    return f"照片已妥善收到，并作为{title}的资料保存。"


def question(question: str) -> str:
    return _QUESTIONS.get(question, question)


def answer(question: str, choice: str) -> str:
    return _ANSWERS.get(choice, choice)


def quoted_already(title: str) -> str:
    return f"{title}的手续已在进行中。"


def handed_over(title: str, by: str, *, is_repair: bool) -> str:
    what = "维修估价" if is_repair else "估价金额"
    return f"顾问查看{title}后，将于{by}前在此告知{what}。"


def nothing_offered(title: str) -> str:
    return f"很抱歉，本店难以为{title}报价。或许可以免费为您介绍条件更好的店铺。"


def label_range() -> str:
    return "初步估价"


def label_valid() -> str:
    return "有效期限"


def label_market() -> str:
    return "行情"


def label_pictures() -> str:
    return "照片"


def label_reckoned() -> str:
    return "评估"


def comparables(count: int) -> str:
    return f"根据近期{count}件成交计算" if count else "由顾问评估"


def shown_of(shown: int, required: int) -> str:
    return f"{shown}/{required}张"


def reckoned(grade: str, missing: Sequence[str]) -> str:
    parts = _all([_PARTS.get(each, each) for each in missing])
    return f"相当于等级{grade}" + (f"、无{parts}" if parts else "、配件齐全")


def provisional() -> str:
    return "此为根据照片与说明的初步估价金额，以正式估价为准。"


def range_said(title: str, low: int, high: int) -> str:
    return f"{title}的初步估价为{span(low, high)}。"


def range_binds_nobody() -> str:
    return "初步估价对您与本店都没有约束力。请选择下一步。"


def order_unknown(order_no: str) -> str:
    return f"找不到订单{order_no}。请再确认编号。"


def nothing_bought() -> str:
    return "找不到您在本店购买的该物品。请写下品牌与型号。"


def which_bought() -> str:
    return "您想为哪一件估价？"


def bought_said(title: str, code: str) -> str:
    return f"您在本店购买的{title}（{code}）。"


def methods() -> str:
    lines = [f"・{_METHOD_NAMES[each]}：{_MERITS[each]}" for each in _METHOD_NAMES]
    return "有三种方式，都免费，到店前随时可以更改。\n" + "\n".join(lines) + "\n您想用哪一种？"


def method(method: str) -> str:
    return _METHODS.get(method, method)


def method_told(method: str) -> str:
    return f"{_METHOD_NAMES.get(method, method)}：{_MERITS.get(method, '')}请先让我们估价。"


def which_day() -> str:
    return "希望哪一天上门？时间由顾问与您商量。"


def which_scope() -> str:
    return "上门时只估价，还是也可以当场提出收购金额？"


def scope(scope: str) -> str:
    return {"appraise_only": "只估价", "may_offer": "也可提出收购"}.get(scope, scope)


def rejected_rule() -> str:
    return (
        "申请前请教一件事：万一无法收购的物品，该如何处理？只有届时逐件再次取得您同意，才会报废。"
    )


def rejected(choice: str) -> str:
    return {"return": "免费退回", "dispose": "商谈报废"}.get(choice, choice)


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
        only = "只估价" if scope == "appraise_only" else "也可提出收购"
        visit = f"上门日为{day(on)}，{only}。"
    choice = "免费退回" if rejected == "return" else "逐件与您商谈报废"
    return (
        f"您将以{_METHOD_NAMES.get(method, method)}申请{len(pieces)}件（{_all(pieces)}）。{visit}"
        f"无法收购时{choice}。运费{_yen(inbound)}、退回{_yen(back)}、取消{_yen(cancel)}。"
        "确认无误请点击下方按钮。"
    )


def submitted_already() -> str:
    return "已收到您的申请。"


def visit_applied(on: date, *, by: str) -> str:
    return f"已受理{day(on)}的上门。顾问将于{by}前在此与您商量时间。"


def store_applied(case_no: str) -> str:
    return f"已受理。受理编号为{case_no}。请于营业时间内前来，携带身份证件可加快手续。"


def same_method(method: str) -> str:
    return f"目前就是以{_METHOD_NAMES.get(method, method)}受理。"


def ask_change(pieces: Sequence[str], method: str) -> str:
    return f"将{_all(pieces)}改为{_METHOD_NAMES.get(method, method)}，不收取费用。可以吗？"


def changed(method: str, *, by: str) -> str:
    if method == "home_visit":
        return f"已改为上门。顾问将于{by}前与您商量时间。"
    if method == "store_drop":
        return "已改为送至门店。请于营业时间内前来。"
    return "已改为快递。请使用先前寄给您的包装套装。"


def too_late_to_change() -> str:
    return "物品已在运送中，无法更改方式。您可以查看进度。"


def which_box() -> str:
    return "已受理。我们将免费寄送包装套装。请选择盒子大小。"


def box(box: str) -> str:
    return _BOXES.get(box, box)


def kit_leaves(box: str, *, by: str) -> str:
    size = f"（{_BOXES[box]}）" if box in _BOXES else ""
    return f"包装套装{size}将于{by}前寄出，寄出后在此告知运单号。"


def kit_on_its_way(tracking_no: str) -> str:
    return f"包装套装已寄出，运单号为{tracking_no}。"


def kit_explained() -> str:
    return "我们免费寄送包装套装。先估价，再请您选择盒子大小。"


def ask_withdraw(pieces: Sequence[str], *, is_sent: bool, cancel: int, back: int) -> str:
    home = f"物品将退回，退回费{_yen(back)}。" if is_sent else ""
    return f"将取消{_all(pieces)}的手续。取消费{_yen(cancel)}。{home}确认无误请点击下方按钮。"


def withdrawn(*, is_sent: bool) -> str:
    if is_sent:
        return "已受理取消。将以免费退回标签寄回，并告知运单号。"
    return "已受理取消，不收取费用。欢迎再次咨询。"


def nothing_to_withdraw() -> str:
    return "目前没有可以取消的手续。"


def no_open_offer() -> str:
    return "目前没有等待您回复的报价。"


def offers_open(count: int) -> str:
    if count == 1:
        return "报价已备妥。请点击卡片上的按钮选择。"
    return f"已备妥{count}件报价，可以逐件决定。"


def offer_said(title: str, amount: int) -> str:
    return f"{title}的报价为{_yen(amount)}。"


def label_buyback() -> str:
    return "收购金额"


def label_as_credit() -> str:
    return "换成购物金"


def label_paid_on() -> str:
    return "收购付款"


def label_consign_price() -> str:
    return "寄卖预估售价"


def label_consign_payout() -> str:
    return "寄卖您可得"


def label_consign_paid() -> str:
    return "寄卖付款"


def label_market_falls() -> str:
    return "行情下跌时"


def label_costs() -> str:
    return "费用"


def label_below() -> str:
    return "与初步估价的差额"


def label_repair() -> str:
    return "维修估价"


def with_bonus(amount: int, bonus: int) -> str:
    return f"{_yen(amount + bonus)}（加赠{_yen(bonus)}）"


def paid_on(pay_on: date) -> str:
    return f"现在同意则为{day(pay_on)}"


def consign_payout(low: int, high: int, rate_bps: int) -> str:
    return f"{span(low, high)}（售价的{rate_bps / 100:g}%）"


def consign_paid(days: int) -> str:
    return f"最长销售{days}天。成交且退货期满后的下一个银行营业日"


def market_falls(guarantee: int | None) -> str:
    least = "正式估价金额" if guarantee is None else _yen(guarantee)
    return f"收购：金额不变 / 寄卖：即使降价，期间内保证{least}"


def costs(transfer_fee: int) -> str:
    return f"运费、退回、取消 0日元，转账手续费 {_yen(transfer_fee)}"


def below(amount: int, reasons: Sequence[str]) -> str:
    return f"比初步估价少{amount:,}日元：{_all(reasons)}"


def too_cheap(least: int) -> str:
    return f"寄卖仅限预估售价{_yen(least)}以上的物品，因此只提供收购。"


def decided_later() -> str:
    return "收购或寄卖，都可以看过正式估价金额后再决定。"


def routes(*, least: int, low_bps: int, high_bps: int, days: int) -> str:
    return (
        "收购在金额确定后，当日或下一个银行营业日付款，行情变动由本店承担。"
        f"寄卖由本店销售最长{days}天，支付售价的{low_bps / 100:g}~{high_bps / 100:g}%；"
        f"期间内随时可改以正式估价金额收购（售价{_yen(least)}以上）。"
        "告诉我们物品，即可算出两种金额。"
    )


def means(means: str) -> str:
    return _MEANS.get(means, means)


def which_means(
    *, amount: int, bank: int, transfer_fee: int, pay_on: date, credit: int, bonus: int
) -> str:
    return (
        f"请选择{_yen(amount)}的收款方式。\n"
        f"・银行转账：{_yen(bank)}（{_bearer(transfer_fee)}，{day(pay_on)}）\n"
        f"・购物金：{_yen(credit)}（含加赠{_yen(bonus)}）"
    )


def ask_accept(
    title: str, amount: int, *, bank: int, credit: int, means: str, pay_on: date | None
) -> str:
    ways = []
    if bank and pay_on is not None:
        how = "以现金交付" if means == "cash" else "转账"
        ways.append(f"{_yen(bank)}将于{day(pay_on)}{how}。")
    if credit:
        ways.append(f"{_yen(credit)}以购物金（附加赠）领取；购物金不能兑换现金。")
    return f"您将以{_yen(amount)}把{title}卖给本店。{''.join(ways)}确认无误请点击下方按钮。"


def ask_repair(title: str, amount: int) -> str:
    return f"您将以{_yen(amount)}委托维修{title}。确认无误请点击下方按钮。"


def accepted(
    title: str,
    amount: int,
    *,
    pay_on: date | None,
    bank: int,
    credit: int,
    waits_for_identity: bool,
) -> str:
    told = f"谢谢您。已受理以{_yen(amount)}收购{title}。"
    if waits_for_identity:
        return told + "身份确认完成后，将告知付款日。"
    if bank and pay_on is not None:
        told += f"{_yen(bank)}将于{day(pay_on)}付款。"
    if credit:
        told += f"{_yen(credit)}已连同加赠存为购物金。"
    return told


def account_wanted(*, by: str) -> str:
    return f"尚未登记转账账户，顾问将于{by}前告知安全的手续。请勿在此写下账号。"


def repair_ordered(title: str, amount: int, *, by: str) -> str:
    return f"已受理以{_yen(amount)}维修{title}。将于{by}前告知完成预定。"


def offer_gone() -> str:
    return "此报价已变更或已回复。请查看最新内容。"


def offer_over() -> str:
    return "很抱歉，此报价已过期。乐意重新为您估价。"


def refuse_options(title: str, amount: int, *, through: date) -> str:
    return f"{title}的报价{_yen(amount)}有效至{day(through)}。婉拒的费用也是0日元。您希望怎么做？"


def ask_home(title: str, amount: int) -> str:
    return f"您将婉拒{title}的报价{_yen(amount)}，物品免费退回。确认无误请点击下方按钮。"


def going_home(title: str) -> str:
    return f"已受理。{title}将免费退回，寄出后告知运单号。"


def ask_consign(title: str, amount: int, *, days: int) -> str:
    return (
        f"{title}将改为寄卖，不由本店收购。"
        f"{_yen(amount)}为{days}天内的保证收购价。确认无误请点击下方按钮。"
    )


def consign_wanted(title: str, *, by: str) -> str:
    return f"已受理。顾问将于{by}前寄送{title}的寄卖合同内容。您同意之前不会开始销售。"


def which_wish(title: str) -> str:
    return f"请写下您对{title}的期望金额（例：45万日元）。"


def ask_counter(title: str, *, offered: int, wanted: int) -> str:
    return (
        f"{title}的报价为{_yen(offered)}。将向估价师转达您的期望金额{_yen(wanted)}。"
        "确认无误请点击下方按钮。"
    )


def countered(title: str, wanted: int, *, offered: int, by: str) -> str:
    return (
        f"已向估价师转达{title}的期望金额{_yen(wanted)}，将于{by}前回复。"
        f"在此之前{_yen(offered)}的报价仍有效。"
    )


def cannot_buy(title: str, reasons: Sequence[str]) -> str:
    return f"很抱歉，无法收购{title}。理由：{_all(reasons)}。物品该如何处理？"


def decided_already(title: str) -> str:
    return f"{title}的手续已经决定。"


def ask_send_home(title: str) -> str:
    return f"将免费退回{title}。确认无误请点击下方按钮。"


def ask_dispose(title: str) -> str:
    return f"将报废{title}。费用0日元，但之后无法归还。确认无误请点击下方按钮。"


def disposal_agreed(title: str) -> str:
    return f"已受理。本店将负责报废{title}。"


def ask_refer(title: str) -> str:
    return (
        f"将为{title}寻找条件更好的店铺，介绍免费。需要您同意将姓名、"
        "联系方式与物品信息告知对方。您同意吗？"
    )


def referral_wanted(title: str, *, by: str) -> str:
    return f"谢谢您的同意。顾问将于{by}前告知{title}的介绍店铺与理由；经您确认后才会提供您的信息。"


def ask_introduce(title: str, dealer: str, *, reason: str, indication: int | None) -> str:
    worth = f"（约{_yen(indication)}）" if indication is not None else ""
    return (
        f"{title}可为您介绍{dealer}{worth}。理由：{reason}。介绍免费。"
        "您同意将姓名、联系方式与物品信息告知对方吗？"
    )


def introduced(title: str, dealer: str) -> str:
    return f"谢谢您的同意。将把{title}介绍给{dealer}，由对方与您联系。本店保管的物品将免费退回。"


def ask_take_back(pieces: Sequence[str], last: date | None) -> str:
    term = f"期限为{day(last)}。" if last is not None else ""
    return (
        f"您将以冷静期制度解除上门买卖合同（{_all(pieces)}）。{term}"
        "没有违约金，物品由本店承担费用退回；已收到的款项需请您退还。确认无误请点击下方按钮。"
    )


def taken_back(pieces: Sequence[str]) -> str:
    return f"已受理解除{_all(pieces)}的合同。物品由本店承担费用退回；若已收款，顾问将告知退款方式。"


def take_back_late(last: date) -> str:
    return f"很抱歉，冷静期已于{day(last)}结束。顾问将听取您的情况。"


def goods_gone(*, by: str) -> str:
    return f"已受理。确认物品状态后，顾问将于{by}前与您联系。"


def no_case() -> str:
    return "目前没有进行中的估价。"


def cases_open(count: int) -> str:
    return f"进行中的估价共{count}件。"


def case_said(case_no: str, stage: str) -> str:
    return f"受理编号{case_no}：{stage}"


def stage(stage: str) -> str:
    return _STAGES.get(stage, stage)


def stage_since(stage: str, since: str) -> str:
    return f"{_STAGES.get(stage, stage)}（{since}）"


def label_next() -> str:
    return "下次联系"


def next_by(by: str) -> str:
    return f"{by}前"


def label_kit() -> str:
    return "包装套装运单号"


def label_hash() -> str:
    return "记录"


def anything_else() -> str:
    return "有进展时会在此通知您。还有其他需要吗？"


def payment(amount: int, due_on: date, status: str, *, transfer_fee: int) -> str:
    return (
        f"{_yen(amount)}：{day(due_on)}，"
        f"{_PAYMENTS.get(status, status)}（{_bearer(transfer_fee)}）。"
    )


def waits_for_identity() -> str:
    return "您已同意的物品，身份确认完成后将告知付款日。"


def how_paid(on: date, *, cutoff: time, transfer_fee: int, example: int, as_credit: int) -> str:
    return (
        f"银行营业日{cutoff:%H:%M}前同意则当日付款，之后为下一个银行营业日；"
        f"现在同意则为{day(on)}（{_bearer(transfer_fee)}）。"
        f"若换成购物金，例如{_yen(example)}变为{_yen(as_credit)}。"
    )


def button_begin() -> str:
    return "开始估价"


def button_bought_here() -> str:
    return "在本店购买的物品"


def button_repair() -> str:
    return "咨询维修"


def button_methods() -> str:
    return "门店、快递、上门"


def button_phone() -> str:
    return "电话咨询"


def button_first_time() -> str:
    return "初次使用"


def button_no_pictures() -> str:
    return "不传照片继续"


def button_no_more_pictures() -> str:
    return "照片就这些"


def button_go_on() -> str:
    return "继续"


def button_more() -> str:
    return "再估一件"


def button_choose_method() -> str:
    return "选择寄送方式"


def button_change_method() -> str:
    return "更改方式"


def button_compare() -> str:
    return "比较收购与寄卖"


def button_submit() -> str:
    return "申请"


def button_change() -> str:
    return "更改"


def button_status() -> str:
    return "查看进度"


def button_withdraw() -> str:
    return "取消手续"


def button_sell() -> str:
    return "收购"


def button_consign() -> str:
    return "寄卖"


def button_refuse() -> str:
    return "暂不出售"


def button_accept(amount: int) -> str:
    return f"确认{_yen(amount)}"


def button_order_repair() -> str:
    return "委托维修"


def button_other_offers() -> str:
    return "查看报价"


def button_payment() -> str:
    return "查看付款日"


def button_home() -> str:
    return "免费退回"


def button_wish() -> str:
    return "告知期望金额"


def button_counter(wanted: int) -> str:
    return f"期望{_yen(wanted)}"


def button_refer() -> str:
    return "介绍其他店铺"


def button_agree_refer() -> str:
    return "同意并请介绍"


def button_rejected() -> str:
    return "选择处理方式"


def button_dispose() -> str:
    return "商谈报废"


def button_dispose_it() -> str:
    return "同意报废"


def button_take_back() -> str:
    return "解除合同"


def button_proposal() -> str:
    return "查看介绍店铺"
