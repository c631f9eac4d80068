"""購買後的文言: orders, returns, exchanges, disputes and collecting in Traditional Chinese."""

from collections.abc import Sequence
from datetime import date

lang = "zh_hant"

_WEEKDAYS = "一二三四五六日"
_STAGES = {
    "open": "等待付款",
    "paid": "已確認付款，準備包裝中",
    "packed": "已包裝，等待出貨",
    "shipped": "已出貨",
    "delivered": "已送達",
    "closed": "交易完成",
    "returned": "已完成退貨",
    "cancelled": "已取消",
}
_COLLECTED = {
    "paid": "已確認付款，準備門市取貨中",
    "packed": "可至門市取貨",
    "delivered": "已交付",
}
_RETURNS = {
    "asked": "等待您寄出商品",
    "underway": "寄回本店途中",
    "received": "已抵達，核對中",
    "compared": "核對完成，退款處理中",
    "disputed": "專人確認中",
    "refunded": "已退款",
    "refused": "無法受理退貨，寄還給您",
    "withdrawn": "已取消退貨",
}
_CARRIERS = {"yamato": "大和運輸", "sagawa": "佐川急便", "japanpost": "日本郵便"}
_LABELS = {
    "report": "報告書",
    "finding": "瑕疵",
    "seen": "確認時間",
    "stage": "狀態",
    "place": "取貨地點",
    "pickup_code": "取貨碼",
    "delivered": "送達日",
    "return_until": "退貨期限",
    "total": "合計",
    "back": "退回原付款方式",
    "credit_part": "購物金支付部分退回購物金",
    "credit_all": "購物金合計",
    "bonus": "其中加贈",
    "carrier": "物流公司",
    "to": "收件地址",
    "name": "收件人",
    "phone": "電話",
    "contents": "品名欄",
}
_BUTTONS = {
    "condition": "購買時的狀態",
    "condition_now": "確認狀態",
    "condition_seen": "已確認",
    "condition_page": "查看報告書",
    "track": "查看配送狀態",
    "orders": "我的訂單",
    "address": "更改收件地址",
    "return": "退貨或換貨",
    "keep": "取消退貨",
    "exchange": "換成其他商品",
    "refund": "希望退款",
    "as_paid": "退回原付款方式",
    "as_credit": "以購物金領取",
    "make_return": "申請退貨",
    "label_by_post": "郵寄託運單給我",
    "take_instead": "換成這件商品",
    "make_exchange": "申請換貨",
    "make_collect": "申請門市取貨",
    "hours": "查看營業時間",
}
_REASONS = {
    "imagined": "與想像不同",
    "size": "尺寸不合",
    "differs": "與說明或照片不符",
    "damaged": "有傷痕或破損",
    "wrong": "收到別的商品",
    "other": "其他",
}
_QUESTIONS = {
    "tag": "防退貨吊牌是否仍繫在商品上？",
    "set": "配件是否齊全？",
    "change": "收到後商品是否有變化？如有傷痕，請寫下部位。",
}
_ANSWERS = {
    ("tag", "on"): "仍繫著",
    ("tag", "off"): "已取下",
    ("tag", "none"): "原本就沒有",
    ("set", "whole"): "全部齊全",
    ("set", "lacking"): "有缺少",
    ("change", "none"): "沒有變化",
    ("change", "worn"): "使用過",
    ("change", "marked"): "有傷痕或髒污",
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
    return f"{day.year}年{day.month}月{day.day}日（週{_WEEKDAYS[day.weekday()]}）"


def amount(amount: int) -> str:
    return f"¥{amount:,}"


def place(name: str) -> str:
    return "本店" if name == "shop" else name


def label(name: str) -> str:
    return _LABELS[name]


def button(name: str) -> str:
    return _BUTTONS[name]


def only_in_private() -> str:
    return "購買相關的內容，請在與本店的一對一對話中告訴我們。"


def order_said(order_no: str, stage: str) -> str:
    return f"訂單 {order_no}：{stage}"


def no_orders() -> str:
    return "找不到您的訂單紀錄。如有疑問，專人會為您查詢。"


def need_order_no() -> str:
    return (
        "請寫下訂單編號（印在出貨單與包裹上），我們會查詢目前的階段。"
        "連結會員資料後，無需編號也能為您詳細說明。"
    )


def order_unknown(order_no: str) -> str:
    return f"在可為您說明的訂單中找不到 {order_no}。請再次確認編號。"


def stage_only(order_no: str, stage: str) -> str:
    return f"訂單 {order_no} 目前為「{stage}」。商品與追蹤號碼等細節，連結會員資料後即可為您說明。"


def choose_order(told: Sequence[tuple[str, str, str]]) -> str:
    lines = "\n".join(f"・{order_no}（{day}） {stage}" for order_no, stage, day in told)
    return f"請問是哪一筆訂單？\n{lines}"


def address_taken(order_no: str, *, by: str) -> str:
    return f"將為您更改訂單 {order_no} 的收件地址。請在此寫下新地址，專人會更改並於{by}前與您確認。"


def address_too_late(order_no: str) -> str:
    return f"訂單 {order_no} 已無法在此更改收件地址。專人會協助您向物流公司更改。"


def nothing_bought() -> str:
    return "找不到符合的購買紀錄。請從訂單中選擇，或聯絡專人。"


def choose_piece(count: int) -> str:
    return f"有{count}件商品可以退換貨。請問是哪一件？"


def ask_reason(title: str) -> str:
    return f"將為您辦理{title}的退換貨。請告訴我們原因。"


def reason(reason: str) -> str:
    return _REASONS[reason]


def ask_condition(question: str) -> str:
    return _QUESTIONS[question]


def condition(question: str, answer: str) -> str:
    return _ANSWERS[question, answer]


def window_over(title: str, last_day: date) -> str:
    return (
        f"{title}的退貨期限為{day(last_day)}，已無法在此受理。"
        "如有特殊情況，專人會聽取您的說明；也歡迎洽詢收購。"
    )


def at_counter(title: str) -> str:
    return f"{title}是在門市購買的，退貨由專人直接為您辦理。"


def not_delivered(title: str) -> str:
    return f"{title}尚無送達紀錄，無法開始退貨。送達前的取消由專人辦理。"


def return_underway(return_no: str, title: str, stage: str) -> str:
    return f"{title}的退貨（退貨編號 {return_no}）目前為「{stage}」。"


def all_was_credit(amount: int) -> str:
    return f"您全額以購物金支付，因此¥{amount:,}將退回原購物金。是否繼續辦理？"


def settle_heading(settle_as: str) -> str:
    return "退回原付款方式" if settle_as == "as_paid" else "以購物金領取"


def settle_short(settle_as: str) -> str:
    return "原付款方式" if settle_as == "as_paid" else "購物金"


def settle_question(*, as_paid: int, as_credit: int) -> str:
    return (
        f"退款可退回原付款方式¥{as_paid:,}，或以購物金領取¥{as_credit:,}。"
        "您希望哪一種？購物金日後無法兌換現金。"
    )


def credit_life(days: int | None, *, bonus: int | None) -> str:
    paid = "無期限" if days is None else f"發行日起{days}日"
    free = "無期限" if bonus is None else f"發行日起{bonus}日"
    return f"使用期限：{paid}（加贈部分：{free}）。無法兌換現金。"


def confirm_return(code: str, title: str, *, reason: str, amount: int, is_credit: bool) -> str:
    way = "購物金" if is_credit else "原付款方式"
    return (
        f"將申請退貨：{code} {title}。原因：{reason}。"
        f"商品抵達並與出貨紀錄核對後，以{way}退還¥{amount:,}。可以嗎？"
    )


def return_made(return_no: str, title: str) -> str:
    return (
        f"已受理{title}的退貨，退貨編號為 {return_no}。"
        "商品抵達並與出貨紀錄核對後，我們會辦理退款並通知您。"
    )


def waybill_promised(*, by: str) -> str:
    return f"填妥的託運單將於{by}前由本店寄出。也可致電或攜帶至門市辦理。"


def waybill_heading() -> str:
    return "退貨託運單的填寫內容"


def waybill_note() -> str:
    return "請使用原盒並備齊配件，於便利商店、營業所交寄或預約收件。也可攜帶至門市。"


def sent_by(carrier: str, *, buyer_pays: bool) -> str:
    return (
        f"{_CARRIERS.get(carrier, carrier)}（{'寄件人付' if buyer_pays else '到付，由本店負擔'}）"
    )


def confirm_keep(return_no: str, title: str) -> str:
    return f"將取消{title}的退貨（退貨編號 {return_no}），商品由您保留。可以嗎？"


def return_withdrawn(return_no: str, title: str) -> str:
    return f"已取消退貨編號 {return_no}。願{title}繼續陪伴您。"


def ask_exchange(title: str) -> str:
    return f"您想將{title}換成哪件商品？請寫下商品編號（例：W-10234）或品牌與型號。"


def not_for_exchange() -> str:
    return "該商品目前無法選為換貨商品。請寫下其他商品編號。"


def ask_difference(title: str, *, pays: int, back: int, bonus: int) -> str:
    if pays:
        return f"與{title}的差額為+¥{pays:,}。請選擇差額的付款方式。"
    return (
        f"將退還與{title}的差額¥{back:,}。以購物金領取可加贈¥{bonus:,}；"
        "購物金日後無法兌換現金。您希望哪一種？"
    )


def confirm_exchange(
    code: str, new: str, title: str, *, pays: int, back: int, settle_as: str, days: int
) -> str:
    way = settle_short(settle_as)
    if pays:
        net = f"差額+¥{pays:,}於核對後以{way}支付。"
    elif back:
        net = f"差額¥{back:,}於核對後以{way}退還。"
    else:
        net = "沒有差額。"
    return f"退回{code}，換成{new} {title}。{net}新商品為您保留{days}日。可以嗎？"


def exchange_made(return_no: str, code: str, order_no: str, until: str) -> str:
    return (
        f"已受理換貨。退貨編號為 {return_no}，新訂單編號為 {order_no}。"
        f"{code}為您保留至{until}。商品抵達並核對後，我們會處理差額、出貨並通知您。"
    )


def choose_disputed(count: int) -> str:
    return f"造成您的困擾，深感抱歉。您購買的{count}件商品中，請問是哪一件？"


def nothing_disputed() -> str:
    return "找不到符合的購買紀錄。請寫下商品編號，或聯絡專人。"


def dispute_opened(title: str, *, count: int, by: str) -> str:
    records = (
        f"本店的{count}件拍攝紀錄已依目前狀態保全。" if count else "本店沒有這件商品的拍攝紀錄。"
    )
    return (
        f"已受理您對{title}的反映。{records}請將您手上商品該部位的照片傳到這裡。"
        f"專人會與紀錄比對，並於{by}前回覆您。"
    )


def dispute_open_already(title: str, *, by: str) -> str:
    return f"您對{title}的反映已在處理中。請繼續將照片傳到這裡，專人會於{by}前回覆您。"


def pictures_attached(*, by: str | None) -> str:
    answer = f"專人會於{by}前回覆您。" if by else "專人正在確認。"
    return f"已收到照片，並附於您反映的紀錄中。{answer}"


def collect_which(shops: Sequence[str]) -> str:
    return f"線上購買的商品可在{'、'.join(shops)}領取。請問是哪件商品？請寫下商品編號。"


def collect_not_for_sale(code: str) -> str:
    return f"{code}目前無法辦理門市取貨。專人會為您尋找其他方式。"


def confirm_collect(code: str, title: str, shops: Sequence[str]) -> str:
    return f"將由專人安排您在{'、'.join(shops)}領取{code} {title}。目前尚無需付款。可以嗎？"


def collect_taken(code: str, *, by: str) -> str:
    return (
        f"已受理{code}的門市取貨。付款方式與備妥時間將於{by}前在此通知您。"
        "備妥後會告知取貨碼，請於門市出示。"
    )


def no_condition() -> str:
    return "找不到可供查看的狀態記錄。請聯絡服務人員，我們將為您查詢。"


def no_findings() -> str:
    return "沒有需要記錄的損傷"


def condition_frozen(count: int) -> str:
    return f"這是購買時保管的 {count} 份記錄，不含之後的記錄。"


def condition_lost(count: int) -> str:
    return f"其中{count}份的原件目前已不再保管。"


def condition_said(title: str, *, is_frozen: bool) -> str:
    return f"{title} 購買時的狀態" if is_frozen else f"{title} 目前的狀態"


def condition_noted(title: str, *, at: str) -> str:
    return f"已於{at}記錄您確認過{title}的狀態。謝謝。"


def condition_corrected() -> str:
    return "此報告書之後已發行更正版，請您一併確認更正版。"


def choose_condition(count: int) -> str:
    return f"您購買了 {count} 件商品。請問要查看哪一件的狀態？"
