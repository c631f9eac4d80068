"""购买后的文言: orders, returns, exchanges, disputes and collecting in Simplified Chinese."""

from collections.abc import Sequence
from datetime import date

lang = "zh_hans"

_WEEKDAYS = "一二三四五六日"
_STAGES = {
    "open": "等待付款",
    "paid": "已确认付款，准备包装中",
    "packed": "已包装，等待发货",
    "shipped": "已发货",
    "delivered": "已送达",
    "closed": "交易完成",
    "returned": "已完成退货",
    "cancelled": "已取消",
}
_COLLECTED = {
    "paid": "已确认付款，准备门店取货中",
    "packed": "可至门店取货",
    "delivered": "已交付",
}
_RETURNS = {
    "asked": "等待您寄出商品",
    "underway": "寄回本店途中",
    "received": "已抵达，核对中",
    "compared": "核对完成，退款处理中",
    "disputed": "顾问确认中",
    "refunded": "已退款",
    "refused": "无法受理退货，寄还给您",
    "withdrawn": "已取消退货",
}
_CARRIERS = {"yamato": "大和运输", "sagawa": "佐川急便", "japanpost": "日本邮便"}
_LABELS = {
    "report": "报告书",
    "finding": "瑕疵",
    "seen": "确认时间",
    "stage": "状态",
    "place": "取货地点",
    "pickup_code": "取货码",
    "delivered": "送达日",
    "return_until": "退货期限",
    "total": "合计",
    "back": "退回原付款方式",
    "credit_part": "购物金支付部分退回购物金",
    "credit_all": "购物金合计",
    "bonus": "其中加赠",
    "carrier": "快递公司",
    "to": "收件地址",
    "name": "收件人",
    "phone": "电话",
    "contents": "品名栏",
}
_BUTTONS = {
    "condition": "购买时的状态",
    "condition_now": "确认状态",
    "condition_seen": "已确认",
    "condition_page": "查看报告书",
    "track": "查看配送状态",
    "orders": "我的订单",
    "address": "更改收件地址",
    "return": "退货或换货",
    "keep": "取消退货",
    "exchange": "换成其他商品",
    "refund": "希望退款",
    "as_paid": "退回原付款方式",
    "as_credit": "以购物金领取",
    "make_return": "申请退货",
    "label_by_post": "邮寄快递单给我",
    "take_instead": "换成这件商品",
    "make_exchange": "申请换货",
    "make_collect": "申请门店取货",
    "hours": "查看营业时间",
}
_REASONS = {
    "imagined": "与想象不同",
    "size": "尺寸不合适",
    "differs": "与说明或照片不符",
    "damaged": "有伤痕或破损",
    "wrong": "收到其他商品",
    "other": "其他",
}
_QUESTIONS = {
    "tag": "防退货吊牌是否仍系在商品上？",
    "set": "配件是否齐全？",
    "change": "收到后商品是否有变化？如有伤痕，请写下部位。",
}
_ANSWERS = {
    ("tag", "on"): "仍系着",
    ("tag", "off"): "已取下",
    ("tag", "none"): "原本就没有",
    ("set", "whole"): "全部齐全",
    ("set", "lacking"): "有缺少",
    ("change", "none"): "没有变化",
    ("change", "worn"): "使用过",
    ("change", "marked"): "有伤痕或脏污",
}


def stage(state: str, *, delivery: str) -> str:
    if delivery != "ship" and state in _COLLECTED:
        return _COLLECTED[state]
    return _STAGES[state]


def return_stage(state: str) -> str:
    return _RETURNS[state]


def carrier(name: str) -> str:
    return _CARRIERS.get(name, name)


def day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日（周{_WEEKDAYS[day.weekday()]}）"


def amount(amount: int) -> str:
    return f"{amount:,}日元"


def place(name: str) -> str:
    return "本店" if name == "shop" else name


def label(name: str) -> str:
    return _LABELS[name]


def button(name: str) -> str:
    return _BUTTONS[name]


def only_in_private() -> str:
    return "购买相关的内容，请在与本店的一对一对话中告诉我们。"


def order_said(order_no: str, stage: str) -> str:
    return f"订单 {order_no}：{stage}"


def no_orders() -> str:
    return "没有找到您的订单记录。如有疑问，顾问会为您查询。"


def need_order_no() -> str:
    return (
        "请写下订单编号（印在发货单与包裹上），我们会查询目前的阶段。"
        "关联会员信息后，无需编号也能为您详细说明。"
    )


def order_unknown(order_no: str) -> str:
    return f"在可为您说明的订单中找不到 {order_no}。请再次确认编号。"


def stage_only(order_no: str, stage: str) -> str:
    return f"订单 {order_no} 目前为“{stage}”。商品与运单号等细节，关联会员信息后即可为您说明。"


def choose_order(told: Sequence[tuple[str, str, str]]) -> str:
    lines = "\n".join(f"・{order_no}（{day}） {stage}" for order_no, stage, day in told)
    return f"请问是哪一笔订单？\n{lines}"


def address_taken(order_no: str, *, by: str) -> str:
    return f"将为您更改订单 {order_no} 的收件地址。请在此写下新地址，顾问会更改并于{by}前与您确认。"


def address_too_late(order_no: str) -> str:
    return f"订单 {order_no} 已无法在此更改收件地址。顾问会协助您向快递公司更改。"


def nothing_bought() -> str:
    return "没有找到符合的购买记录。请从订单中选择，或联系顾问。"


def choose_piece(count: int) -> str:
    return f"有{count}件商品可以退换货。请问是哪一件？"


def ask_reason(title: str) -> str:
    return f"将为您办理{title}的退换货。请告诉我们原因。"


def reason(reason: str) -> str:
    return _REASONS[reason]


def ask_condition(question: str) -> str:
    return _QUESTIONS[question]


def condition(question: str, answer: str) -> str:
    return _ANSWERS[question, answer]


def window_over(title: str, last_day: date) -> str:
    return (
        f"{title}的退货期限为{day(last_day)}，已无法在此受理。"
        "如有特殊情况，顾问会听取您的说明；也欢迎咨询收购。"
    )


def at_counter(title: str) -> str:
    return f"{title}是在门店购买的，退货由顾问直接为您办理。"


def not_delivered(title: str) -> str:
    return f"{title}尚无送达记录，无法开始退货。送达前的取消由顾问办理。"


def return_underway(return_no: str, title: str, stage: str) -> str:
    return f"{title}的退货（退货编号 {return_no}）目前为“{stage}”。"


def all_was_credit(amount: int) -> str:
    return f"您全额以购物金支付，因此{amount:,}日元将退回原购物金。是否继续办理？"


def settle_heading(settle_as: str) -> str:
    return "退回原付款方式" if settle_as == "as_paid" else "以购物金领取"


def settle_short(settle_as: str) -> str:
    return "原付款方式" if settle_as == "as_paid" else "购物金"


def settle_question(*, as_paid: int, as_credit: int) -> str:
    return (
        f"退款可退回原付款方式{as_paid:,}日元，或以购物金领取{as_credit:,}日元。"
        "您希望哪一种？购物金日后无法兑换现金。"
    )


def credit_life(days: int | None, *, bonus: int | None) -> str:
    paid = "无期限" if days is None else f"发行日起{days}日"
    free = "无期限" if bonus is None else f"发行日起{bonus}日"
    return f"使用期限：{paid}（加赠部分：{free}）。无法兑换现金。"


def confirm_return(code: str, title: str, *, reason: str, amount: int, is_credit: bool) -> str:
    way = "购物金" if is_credit else "原付款方式"
    return (
        f"将申请退货：{code} {title}。原因：{reason}。"
        f"商品抵达并与发货记录核对后，以{way}退还{amount:,}日元。可以吗？"
    )


def return_made(return_no: str, title: str) -> str:
    return (
        f"已受理{title}的退货，退货编号为 {return_no}。"
        "商品抵达并与发货记录核对后，我们会办理退款并通知您。"
    )


def waybill_promised(*, by: str) -> str:
    return f"填妥的快递单将于{by}前由本店寄出。也可致电或携带至门店办理。"


def waybill_heading() -> str:
    return "退货快递单的填写内容"


def waybill_note() -> str:
    return "请使用原盒并备齐配件，于便利店、营业所交寄或预约收件。也可携带至门店。"


def sent_by(carrier: str, *, buyer_pays: bool) -> str:
    return (
        f"{_CARRIERS.get(carrier, carrier)}（{'寄件人付' if buyer_pays else '到付，由本店负担'}）"
    )


def confirm_keep(return_no: str, title: str) -> str:
    return f"将取消{title}的退货（退货编号 {return_no}），商品由您保留。可以吗？"


def return_withdrawn(return_no: str, title: str) -> str:
    return f"已取消退货编号 {return_no}。愿{title}继续陪伴您。"


def ask_exchange(title: str) -> str:
    return f"您想将{title}换成哪件商品？请写下商品编号（例：W-10234）或品牌与型号。"


def not_for_exchange() -> str:
    return "该商品目前无法选为换货商品。请写下其他商品编号。"


def ask_difference(title: str, *, pays: int, back: int, bonus: int) -> str:
    if pays:
        return f"与{title}的差额为{pays:,}日元。请选择差额的付款方式。"
    return (
        f"将退还与{title}的差额{back:,}日元。以购物金领取可加赠{bonus:,}日元；"
        "购物金日后无法兑换现金。您希望哪一种？"
    )


def confirm_exchange(
    code: str, new: str, title: str, *, pays: int, back: int, settle_as: str, days: int
) -> str:
    way = settle_short(settle_as)
    if pays:
        net = f"差额{pays:,}日元于核对后以{way}支付。"
    elif back:
        net = f"差额{back:,}日元于核对后以{way}退还。"
    else:
        net = "没有差额。"
    return f"退回{code}，换成{new} {title}。{net}新商品为您保留{days}日。可以吗？"


def exchange_made(return_no: str, code: str, order_no: str, until: str) -> str:
    return (
        f"已受理换货。退货编号为 {return_no}，新订单编号为 {order_no}。"
        f"{code}为您保留至{until}。商品抵达并核对后，我们会处理差额、发货并通知您。"
    )


def choose_disputed(count: int) -> str:
    return f"造成您的困扰，深感抱歉。您购买的{count}件商品中，请问是哪一件？"


def nothing_disputed() -> str:
    return "没有找到符合的购买记录。请写下商品编号，或联系顾问。"


def dispute_opened(title: str, *, count: int, by: str) -> str:
    records = (
        f"本店的{count}件拍摄记录已依目前状态保全。" if count else "本店没有这件商品的拍摄记录。"
    )
    return (
        f"已受理您对{title}的反馈。{records}请将您手上商品该部位的照片传到这里。"
        f"顾问会与记录比对，并于{by}前回复您。"
    )


def dispute_open_already(title: str, *, by: str) -> str:
    return f"您对{title}的反馈已在处理中。请继续将照片传到这里，顾问会于{by}前回复您。"


def pictures_attached(*, by: str | None) -> str:
    answer = f"顾问会于{by}前回复您。" if by else "顾问正在确认。"
    return f"已收到照片，并附于您的反馈记录中。{answer}"


def collect_which(shops: Sequence[str]) -> str:
    return f"线上购买的商品可在{'、'.join(shops)}领取。请问是哪件商品？请写下商品编号。"


def collect_not_for_sale(code: str) -> str:
    return f"{code}目前无法办理门店取货。顾问会为您寻找其他方式。"


def confirm_collect(code: str, title: str, shops: Sequence[str]) -> str:
    return f"将由顾问安排您在{'、'.join(shops)}领取{code} {title}。目前尚无需付款。可以吗？"


def collect_taken(code: str, *, by: str) -> str:
    return (
        f"已受理{code}的门店取货。付款方式与备妥时间将于{by}前在此通知您。"
        "备妥后将告知取货码，请于门店出示。"
    )


def no_condition() -> str:
    return "未找到可供查看的状态记录。请联系工作人员，我们将为您查询。"


def no_findings() -> str:
    return "没有需要记录的损伤"


def condition_frozen(count: int) -> str:
    return f"这是购买时保管的 {count} 份记录，不含之后的记录。"


def condition_lost(count: int) -> str:
    return f"其中{count}份的原件目前已不再保管。"


def condition_said(title: str, *, is_frozen: bool) -> str:
    return f"{title} 购买时的状态" if is_frozen else f"{title} 目前的状态"


def condition_noted(title: str, *, at: str) -> str:
    return f"已于{at}记录您确认过{title}的状态。谢谢。"


def condition_corrected() -> str:
    return "此报告书之后已发行更正版，请您一并确认更正版。"


def choose_condition(count: int) -> str:
    return f"您购买了 {count} 件商品。请问要查看哪一件的状态？"
